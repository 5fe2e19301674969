//! For people.

use upheld_cookies::lint::Severity;

use super::{Report, Reported, clean};

pub(super) fn write(report: &Report) -> String {
    if report.findings.is_empty() {
        return format!("no findings in {}", report.scope);
    }
    let findings = report.findings.iter().map(|found| finding(report, found));
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(|severity| {
        let count = report.count(severity);
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {}{plural}", severity.as_str())
    });
    let (counts, scope) = (counts.join(", "), &report.scope);
    let total = format!("\n{counts} in {scope}; `cookie-audit explain CODE` says more\n");
    findings.chain([total]).collect()
}

fn finding(report: &Report, found: &Reported) -> String {
    let finding = &found.finding;
    let (severity, code) = (finding.severity.as_str(), finding.code.as_str());
    let at = found.region().map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
    let (file, message) = (found.file(&report.policy), clean(&finding.message));
    let seen = found.seen().map(|seen| format!("    seen in {seen}\n")).unwrap_or_default();
    format!("{file}{at}: {severity}[{code}]: {message}\n{seen}")
}
