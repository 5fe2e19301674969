//! `cookie-audit set-cookie`

use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};
use upheld_cookies::lint::{Diagnostic, Setting, lint, lint_response};
use upheld_cookies::{Jar, PublicSuffixes, Received, Request};

use crate::args::SetCookie;
use crate::{FINDINGS, describe, input, moment, output};

pub(crate) fn run(args: &SetCookie) -> Result<ExitCode> {
    let lines = input::header_lines()?;
    let request = Request::new(&args.url, moment::or_now(args.now)?);
    let setting = Setting::new(request.now()).from_url(&args.url).with_suffixes(&PublicSuffixes);
    let headers: Vec<&[u8]> = lines.iter().map(Vec::as_slice).collect();
    let findings = if args.response {
        lint_response(&headers, &setting)
    } else {
        headers.iter().map(|header| lint(header, &setting)).collect()
    };
    for (header, found) in headers.iter().zip(&findings) {
        output::line(describe(header, &request, found).to_string().as_bytes())?;
    }
    let fails = findings.iter().flatten().any(|finding| args.fail_on.concerns(finding.severity));
    Ok(if fails { ExitCode::from(FINDINGS) } else { ExitCode::SUCCESS })
}

fn describe(header: &[u8], request: &Request<'_>, found: &[Diagnostic]) -> Value {
    let mut jar = Jar::new(PublicSuffixes);
    let (outcome, reason) = match jar.receive(header, request) {
        Received::Dropped(dropped) => ("dropped", Some(dropped.to_string())),
        Received::Expired { .. } => ("expired", None),
        _ => ("stored", None),
    };
    let diagnostics: Vec<Value> = found.iter().map(describe::diagnostic).collect();
    json!({
        "cookie": jar.cookies().next().map(describe::cookie),
        "outcome": outcome,
        "reason": reason,
        "diagnostics": diagnostics,
    })
}
