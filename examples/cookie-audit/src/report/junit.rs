//! `JUnit` XML, as build servers read it.

use super::{Report, Reported};

pub(super) fn write(report: &Report) -> String {
    let failures = report.findings.iter().filter(|found| report.is_failure(found)).count();
    let tests = report.findings.len().max(1);
    let cases: String = if report.findings.is_empty() {
        let scope = escape(&report.scope);
        format!("    <testcase classname=\"cookie-audit\" name=\"no findings in {scope}\"/>\n")
    } else {
        report.findings.iter().map(|found| case(report, found)).collect()
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n  <testsuite \
         name=\"cookie-audit\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" \
         skipped=\"0\">\n{cases}  </testsuite>\n</testsuites>\n"
    )
}

fn case(report: &Report, found: &Reported) -> String {
    let finding = &found.finding;
    let name = escape(finding.subject.as_deref().unwrap_or("site"));
    let (code, message) = (finding.code.as_str(), escape(&finding.message));
    let detail = escape(&found.seen().unwrap_or_default());
    let body = if report.is_failure(found) {
        format!("<failure type=\"{code}\" message=\"{message}\">{detail}</failure>")
    } else {
        format!("<system-out>{message} {detail}</system-out>")
    };
    format!("    <testcase classname=\"cookie-audit.{code}\" name=\"{name}\">{body}</testcase>\n")
}

/// Text within XML 1.0, which has no place for control characters, however written.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() || matches!(letter, '\u{FFFE}' | '\u{FFFF}') => {
                escaped.push('\u{FFFD}');
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}
