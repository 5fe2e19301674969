//! `dsr deadline`

use std::process::ExitCode;

use anyhow::{Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};
use upheld_consent::{Awaited, Calendar, Date, Due, Extension, Facts, Step, Waiting};
use upheld_consent::{explain, to_icalendar};

use crate::args::Deadline;
use crate::{calendar, output};

pub(crate) fn run(args: &Deadline) -> Result<ExitCode> {
    let calendar = calendar::of(&args.days, args.regime)?;
    let (due, steps) = explain(&facts(args), args.regime, &calendar)?;
    if args.json {
        output::json(&to_json(args, &calendar, &due, &steps))?;
    } else if args.ics {
        let Due::Running(deadline) = due else {
            ensure!(false, "{}: there is no date for a calendar", said(&due));
            return Ok(ExitCode::SUCCESS);
        };
        let request = format!("{}-{}-{}", args.regime.name(), args.kind.name(), args.received);
        let subject = format!("{} request of {}", args.kind.name(), args.received);
        output::raw(&to_icalendar(&request, &subject, &deadline, today()?))?;
    } else {
        output::line(&said(&due))?;
        for step in steps.iter().filter(|_| args.explain) {
            output::line(&format!("  {step}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn facts(args: &Deadline) -> Facts<'_> {
    let awaited = |asked, received: Option<Date>| match received {
        Some(date) => Awaited::Received(date),
        None if asked => Awaited::Outstanding,
        None => Awaited::NotAsked,
    };
    let extension = match args.extended {
        None => Extension::None,
        Some(None) => Extension::NotifiedInTime,
        Some(Some(date)) => Extension::Notified(date),
    };
    Facts::new(args.kind, args.received)
        .with_identity(awaited(args.identity_asked, args.identity_received))
        .with_authority(awaited(args.authority_asked, args.authority_received))
        .with_fee(awaited(args.fee_charged, args.fee_paid))
        .with_clarifications(&args.clarification)
        .with_extension(extension)
}

/// One line for a person.
fn said(due: &Due) -> String {
    match due {
        Due::Running(deadline) => format!("due by {}", deadline.due),
        Due::NotRunning(waiting) => {
            format!("not running: waiting for {}", missing(*waiting).join(", "))
        }
        Due::Paused { since } => format!("paused since {since}: waiting for clarification"),
    }
}

fn missing(waiting: Waiting) -> Vec<&'static str> {
    let all =
        [(waiting.identity, "identity"), (waiting.authority, "authority"), (waiting.fee, "fee")];
    all.into_iter().filter(|(is_missing, _)| *is_missing).map(|(_, name)| name).collect()
}

fn to_json(args: &Deadline, calendar: &Calendar, due: &Due, steps: &[Step]) -> Value {
    let mut json = json!({
        "regime": args.regime.name(),
        "kind": args.kind.name(),
        "calendar": calendar.name(),
        "trace": trace(steps),
    });
    let text = |date: Option<Date>| date.map(|date| date.to_string());
    let more = match due {
        Due::Running(deadline) => json!({
            "status": "running",
            "relevant_time": deadline.relevant_time.to_string(),
            "nominal_end": deadline.nominal_end.to_string(),
            "due": deadline.due.to_string(),
            "notice_deadline": text(deadline.notice_deadline),
            "acknowledge_by": text(deadline.acknowledge_by),
            "projected": deadline.projected,
        }),
        Due::NotRunning(waiting) => {
            json!({ "status": "not_running", "due": null, "waiting_for": missing(*waiting) })
        }
        Due::Paused { since } => {
            json!({ "status": "paused", "due": null, "since": since.to_string() })
        }
    };
    if let (Value::Object(json), Value::Object(more)) = (&mut json, more) {
        json.extend(more);
    }
    json
}

/// The steps as JSON.
pub(super) fn trace(steps: &[Step]) -> Value {
    let step = |step: &Step| json!({ "provision": step.provision().to_string(), "text": step.event().to_string() });
    steps.iter().map(step).collect()
}

fn today() -> Result<Date> {
    let now = Timestamp::now().to_string();
    Ok(Date::parse(now.get(..10).unwrap_or_default())?)
}
