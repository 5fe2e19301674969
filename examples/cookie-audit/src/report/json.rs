//! One JSON document.

use anyhow::Result;
use serde_json::{Value, json};
use upheld_cookies::policy::Jurisdiction;

use super::{Report, Reported};

pub(super) fn write(report: &Report) -> Result<String> {
    let findings: Vec<Value> = report.findings.iter().map(finding).collect();
    let document = json!({
        "policy": report.policy.display().to_string(),
        "scope": report.scope,
        "findings": findings,
    });
    Ok(serde_json::to_string_pretty(&document)?)
}

fn finding(found: &Reported) -> Value {
    let finding = &found.finding;
    json!({
        "code": finding.code.as_str(),
        "severity": finding.severity.as_str(),
        "subject": finding.subject,
        "message": finding.message,
        "jurisdiction": finding.jurisdiction.map(Jurisdiction::as_str),
        "line": finding.place.map(|place| place.line),
        "column": finding.place.map(|place| place.column),
        "source": finding.code.rule().source,
        "evidence": found.evidence.as_ref().map(|evidence| json!({
            "recording": evidence.recording,
            "entry": evidence.entry,
            "url": evidence.url,
        })),
    })
}
