//! Cookies and findings as JSON.

use data_encoding::HEXLOWER;
use serde_json::{Value, json};
use upheld_cookies::lint::Diagnostic;
use upheld_cookies::{SameSite, StoredCookie};

pub(crate) fn cookie(cookie: &StoredCookie) -> Value {
    json!({
        "name": text(cookie.name()),
        "value": text(cookie.value()),
        "domain": cookie.domain(),
        "host_only": cookie.is_host_only(),
        "path": text(cookie.path()),
        "expires": cookie.expires().map(|moment| moment.0),
        "expires_date": cookie.expires().map(|moment| moment.to_imf_fixdate().to_string()),
        "secure": cookie.is_secure(),
        "http_only": cookie.is_http_only(),
        "same_site": same_site(cookie.same_site()),
        "partition": cookie.partition(),
    })
}

fn same_site(same_site: SameSite) -> &'static str {
    same_site.as_str().unwrap_or("Default")
}

/// Text as it is, or where it is no UTF-8 an object with its bytes in hexadecimal.
fn text(bytes: &[u8]) -> Value {
    let hex = || json!({ "hex": HEXLOWER.encode(bytes) });
    str::from_utf8(bytes).map_or_else(|_| hex(), Value::from)
}

pub(crate) fn diagnostic(finding: &Diagnostic) -> Value {
    let fix = finding.fix.as_ref().map(
        |fix| json!({ "span": [fix.span.start, fix.span.end], "replacement": fix.replacement }),
    );
    json!({
        "code": finding.code.as_str(),
        "severity": finding.severity.as_str(),
        "span": [finding.span.start, finding.span.end],
        "message": finding.message,
        "source": finding.code.rule().source,
        "fix": fix,
    })
}
