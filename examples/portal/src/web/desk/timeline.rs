//! What happened to a request, in words.

use upheld_consent::Date;
use upheld_consent::request::{
    Choice, Clearance, Event, Identity, Notified, Outcome, Recorded, Response, SearchResult,
    Verdict,
};

use super::labels;
use crate::desk::assignment::Assignment;
use crate::language::phrase;

/// Something that happened.
pub(super) struct Line {
    pub(super) at: Date,
    /// Who recorded it; none for what the person did themselves.
    pub(super) by: Option<String>,
    pub(super) what: &'static str,
    /// What was written down about it.
    pub(super) words: Vec<String>,
}

/// The line of each event, in order.
pub(super) fn lines(events: &[Recorded]) -> Vec<Line> {
    let line = |recorded: &Recorded| Line {
        at: recorded.at,
        by: Some(recorded.by.to_string()).filter(|_| !is_persons(&recorded.event)),
        what: labels::done(recorded.event.act()),
        words: words(&recorded.event),
    };
    events.iter().map(line).collect()
}

/// The same with who was to deal with it, each change after what happened until the end of its day.
pub(super) fn with_assignments(mut lines: Vec<Line>, assignments: Vec<Assignment>) -> Vec<Line> {
    for assignment in assignments {
        let Some(at) = assignment.day() else { continue };
        let place = lines.iter().rposition(|line| line.at <= at);
        let what = if assignment.to.is_some() { phrase("Assigned") } else { phrase("Given up") };
        let words = assignment.to.into_iter().collect();
        let line = Line { at, by: Some(assignment.by), what, words };
        lines.insert(place.map_or(0, |place| place.saturating_add(1)), line);
    }
    lines
}

/// Whether it is something that people do in their account and nobody does for them. Names do not
/// tell: anybody may be called anything.
const fn is_persons(event: &Event) -> bool {
    matches!(event, Event::Received(_) | Event::Withdrawn)
}

/// How it is known who asks, as far as it is.
pub(super) fn evidence(events: &[Recorded]) -> Vec<(Date, &'static str, String)> {
    let told = |recorded: &Recorded| {
        let (what, words) = match &recorded.event {
            Event::Received(receipt) => match &receipt.identity {
                Identity::SignedIn => (phrase("Signed in when they asked"), String::new()),
                Identity::Known(how) => (phrase("Known when they asked"), how.to_string()),
                _ => (phrase("Nothing was known when they asked"), String::new()),
            },
            Event::IdentityRequested { doubt } => {
                (labels::done(recorded.event.act()), doubt.to_string())
            }
            Event::IdentityConfirmed { how } | Event::AuthorityReceived { how } => {
                (labels::done(recorded.event.act()), how.to_string())
            }
            Event::AuthorityRequested => (labels::done(recorded.event.act()), String::new()),
            _ => return None,
        };
        Some((recorded.at, what, words))
    };
    events.iter().filter_map(told).collect()
}

fn words(event: &Event) -> Vec<String> {
    match event {
        Event::IdentityRequested { doubt: text }
        | Event::IdentityConfirmed { how: text }
        | Event::AuthorityReceived { how: text }
        | Event::FeeWaived { why: text }
        | Event::ClarificationAsked { question: text }
        | Event::Clarified { answer: text }
        | Event::WentOnUnclarified { why: text, .. }
        | Event::Extended { reasons: text, .. }
        | Event::AccountDeletionRequired { why: text }
        | Event::Chosen(Choice::Narrow(text))
        | Event::Reopened { news: text } => vec![text.to_string()],
        Event::FeeCharged(fee) => vec![format!("{} p", fee.pence), fee.covers.to_string()],
        Event::CollectionBegun(plan) => {
            let sources = plan.sources.iter().map(ToString::to_string);
            sources.chain([plan.scope.to_string(), plan.proportionate.to_string()]).collect()
        }
        Event::ItemFound(item) => vec![item.name.to_string(), item.source.to_string()],
        Event::SourceFinished { source: name, result }
        | Event::ProcessorFinished { processor: name, result } => match result {
            SearchResult::NotSearched(why) => vec![name.to_string(), why.to_string()],
            _ => vec![name.to_string()],
        },
        Event::ProcessorInstructed { processor: name }
        | Event::NotificationOwed { recipient: name }
        | Event::Complained { complaint: name } => vec![name.to_string()],
        Event::RecipientNotified { recipient, result } => match result {
            Notified::Impossible(why) | Notified::Disproportionate(why) => {
                vec![recipient.to_string(), why.to_string()]
            }
            _ => vec![recipient.to_string()],
        },
        Event::Reviewed { item, verdict } => of_verdict(item.to_string(), verdict),
        Event::Responded(response) | Event::Lapsed(response) => of_response(response),
        _ => Vec::new(),
    }
}

fn of_verdict(item: String, verdict: &Verdict) -> Vec<String> {
    let mut words = vec![item];
    if let Some(ground) = verdict.ground() {
        words.push(format!("{}: {}", ground.provision(), ground.because()));
    }
    if let Verdict::Disclose(Clearance::AlreadyKnown(how)) = verdict {
        words.push(how.to_string());
    }
    words
}

fn of_response(response: &Response) -> Vec<String> {
    if let Outcome::NothingHeld { searched } = &response.outcome {
        return vec![searched.to_string()];
    }
    let grounds = response.outcome.refused().iter();
    grounds.map(|ground| format!("{}: {}", ground.provision(), ground.because())).collect()
}
