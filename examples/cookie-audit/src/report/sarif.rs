//! SARIF 2.1.0 (OASIS), as code-scanning services read it.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};
use upheld_cookies::lint::{Code, Rule, Severity};

use super::{Report, Reported};

pub(super) fn write(report: &Report) -> Result<String> {
    let codes: BTreeSet<Code> = report.findings.iter().map(|found| found.finding.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let results: Vec<Value> =
        report.findings.iter().map(|found| result(report, &codes, found)).collect();
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cookie-audit",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<Value>>(),
            } },
            "results": results,
        }],
    });
    Ok(serde_json::to_string_pretty(&document)?)
}

fn rule(code: Code) -> Value {
    let Rule { id, severity, title, source, why, .. } = code.rule();
    json!({
        "id": id,
        "shortDescription": { "text": title },
        "fullDescription": { "text": why },
        "help": { "text": format!("{why} Source: {source}") },
        "defaultConfiguration": { "level": level(*severity) },
    })
}

fn result(report: &Report, codes: &[Code], found: &Reported) -> Value {
    let finding = &found.finding;
    let artifact = json!({ "uri": uri(&found.file(&report.policy)) });
    let physical = match found.region() {
        Some((line, column)) => json!({
            "artifactLocation": artifact,
            "region": { "startLine": line, "startColumn": column },
        }),
        None => json!({ "artifactLocation": artifact }),
    };
    let location = match found.seen() {
        Some(seen) => json!({
            "physicalLocation": physical,
            "message": { "text": format!("seen in {seen}") },
        }),
        None => json!({ "physicalLocation": physical }),
    };
    let subject = finding.subject.as_deref().unwrap_or_default();
    json!({
        "ruleId": finding.code.as_str(),
        "ruleIndex": codes.iter().position(|code| *code == finding.code),
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [location],
        // The same finding tomorrow, whatever line it is in then.
        "partialFingerprints": { "subject/v1": format!("{} {subject}", finding.code.as_str()) },
    })
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        _ => "note",
    }
}

/// A path as a relative reference (RFC 3986).
fn uri(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encode = |byte| match byte {
        b'\\' => "/".to_owned(),
        byte if is_plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.bytes().map(encode).collect()
}
