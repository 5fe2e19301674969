//! Annotations of GitHub Actions: workflow commands on standard output.

use upheld_cookies::lint::Severity;

use super::Report;

pub(super) fn write(report: &Report) -> String {
    let lines = report.findings.iter().map(|found| {
        let finding = &found.finding;
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            _ => "notice",
        };
        let file = property(&found.file(&report.policy));
        let at = found.region().map(|(line, column)| format!(",line={line},col={column}"));
        let (at, code) = (at.unwrap_or_default(), finding.code.as_str());
        let seen = found.seen().map(|seen| format!(" (seen in {seen})")).unwrap_or_default();
        let message = data(&format!("{}{seen}", finding.message));
        format!("::{command} file={file}{at},title={code}::{message}\n")
    });
    lines.collect()
}

/// What would end the line or begin another escape.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
