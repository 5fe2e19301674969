//! `dsr opendsr check`

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use upheld_consent::opendsr::{Cancelled, Discovery, Leniency, Order, StatusReport};

use crate::args::OpenDsrCheck;
use crate::{NOT_AS_SPECIFIED, output};

pub(crate) fn run(args: &OpenDsrCheck) -> Result<ExitCode> {
    let name = args.file.display();
    let body = fs::read(&args.file).with_context(|| format!("cannot read {name}"))?;
    let (kind, leniency) = read(&body).with_context(|| name.to_string())?;
    let found: Vec<String> = leniency.iter().map(Leniency::to_string).collect();
    if args.json {
        output::json(&json!({ "kind": kind, "as_specified": found.is_empty(), "found": found }))?;
    } else if found.is_empty() {
        output::line(&format!("{kind}: as OpenDSR 2.0 has it"))?;
    } else {
        output::line(&format!("{kind}: readable, and not as OpenDSR 2.0 has it"))?;
        for deviation in &found {
            output::line(&format!("  {deviation}"))?;
        }
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(NOT_AS_SPECIFIED) })
}

/// Tells messages apart by the field that each alone requires.
fn read(body: &[u8]) -> Result<(&'static str, Vec<Leniency>)> {
    let Ok(Value::Object(fields)) = serde_json::from_slice(body) else {
        bail!("not a JSON object");
    };
    let has = |field: &str| fields.contains_key(field);
    Ok(if has("subject_request_type") {
        ("request", Order::parse(body)?.1)
    } else if has("request_status") {
        let (report, leniency) = StatusReport::parse(body)?;
        let kind = if report.status_callback_url.is_some() { "callback" } else { "status" };
        (kind, leniency)
    } else if has("supported_identities") {
        Discovery::parse(body)?;
        ("discovery", Vec::new())
    } else if has("received_time") && !has("encoded_request") {
        Cancelled::parse(body)?;
        ("cancellation", Vec::new())
    } else {
        bail!("neither a request, a status, a cancellation nor a discovery document");
    })
}
