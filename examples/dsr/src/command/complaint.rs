//! `dsr complaint`

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use upheld_consent::{Regime, complaint_deadline};

use super::deadline::trace;
use crate::args::Complaint;
use crate::{calendar, output};

pub(crate) fn run(args: &Complaint) -> Result<ExitCode> {
    let calendar = calendar::of(&args.days, Regime::Uk)?;
    let deadline = complaint_deadline(args.received, &calendar)?;
    if args.json {
        output::json(&json!({
            "calendar": calendar.name(),
            "nominal_end": deadline.nominal_end.to_string(),
            "acknowledge_by": deadline.acknowledge_by.to_string(),
            "projected": deadline.projected,
            "trace": trace(&deadline.steps),
        }))?;
    } else {
        output::line(&format!("acknowledge by {}", deadline.acknowledge_by))?;
        for step in &deadline.steps {
            output::line(&format!("  {step}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
