//! `Expires` and `Max-Age`.

use super::report::Report;
use super::{Code, Severity};
use crate::set_cookie::AttributeName;
use crate::{Api, MAX_AGE_LIMIT, SetCookie, UnixSeconds};

/// Two ways of saying one lifetime may differ by this many seconds: responses take time.
const TOLERANCE: i64 = 300;

/// How long some browsers keep what a script sets: seven days, in seconds.
const SCRIPT_LIMIT: i64 = 7 * 86_400;

pub(super) fn check(report: &mut Report<'_>) {
    let Some(cookie) = report.cookie else { return };
    check_expires(report);
    check_max_age(report);
    check_agreement(report, &cookie);
    check_limit(report, &cookie);
    check_script(report, &cookie);
}

fn check_expires(report: &mut Report<'_>) {
    let Some(attribute) = report.last(AttributeName::Expires) else { return };
    let text = attribute.value.map_or(&[][..], |value| value.text);
    let span = attribute.whole.range();
    match UnixSeconds::parse_cookie_date(text) {
        Err(error) => {
            let message =
                format!("{error}; Expires is ignored, so the cookie ends with the session");
            let _ = report.add(Code::UnreadableExpires, span, message);
        }
        Ok(moment) if UnixSeconds::parse_imf_fixdate(text).is_none() => {
            let written = moment.to_imf_fixdate();
            let message = format!("the date is no IMF-fixdate; user agents take it for {written}");
            report
                .add(Code::UnusualDate, span.clone(), message)
                .replace(span, &format!(" Expires={written}"));
        }
        Ok(_) => {}
    }
}

//= RFC 6265bis §4.1.1: Max-Age is one digit or more
fn check_max_age(report: &mut Report<'_>) {
    let Some(attribute) = report.last(AttributeName::MaxAge) else { return };
    let text = attribute.value.map_or(&[][..], |value| value.text);
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    if is_number(text) {
        return;
    }
    let span = attribute.whole.range();
    if text.strip_prefix(b"-").is_some_and(is_number) {
        let message = "a negative Max-Age removes the cookie, and 0 is how to write that";
        report
            .add(Code::MaxAgeDigits, span.clone(), message.to_owned())
            .severity(Severity::Note)
            .replace(span, " Max-Age=0");
        return;
    }
    let message = "Max-Age is not a number of seconds and is ignored".to_owned();
    let added = report.add(Code::MaxAgeDigits, span.clone(), message);
    let unquoted = text.strip_prefix(b"\"").and_then(|text| text.strip_suffix(b"\""));
    if let Some(number) = unquoted.filter(|text| is_number(text)) {
        added.replace(span, &format!(" Max-Age={}", number.escape_ascii()));
    }
}

fn check_agreement(report: &mut Report<'_>, cookie: &SetCookie<'_>) {
    let (Some(seconds), Some(expires)) = (cookie.max_age(), cookie.expires()) else { return };
    let now = report.setting.now;
    let ends = now.saturating_add(seconds);
    let both_ended = seconds <= 0 && expires <= now;
    if both_ended || ends.0.abs_diff(expires.0) <= TOLERANCE.unsigned_abs() {
        return;
    }
    let Some(attribute) = report.last(AttributeName::Expires) else { return };
    let message = "Max-Age and Expires disagree; Max-Age counts".to_owned();
    report.add(Code::Disagreement, attribute.whole.range(), message).remove_only(&attribute);
}

fn check_limit(report: &mut Report<'_>, cookie: &SetCookie<'_>) {
    let now = report.setting.now;
    let most = now.saturating_add(MAX_AGE_LIMIT);
    let asked = match (cookie.max_age(), cookie.expires()) {
        (Some(seconds), _) => now.saturating_add(seconds),
        (None, Some(expires)) => expires,
        (None, None) => return,
    };
    if asked <= most {
        return;
    }
    let days = asked.0.saturating_sub(now.0).checked_div(86_400).unwrap_or_default();
    let message = format!("{days} days are asked for; user agents keep a cookie for 400");
    let (name, fixed) = if cookie.max_age().is_some() {
        (AttributeName::MaxAge, format!(" Max-Age={MAX_AGE_LIMIT}"))
    } else {
        (AttributeName::Expires, format!(" Expires={}", most.to_imf_fixdate()))
    };
    let Some(span) = report.last(name).map(|attribute| attribute.whole.range()) else { return };
    report.add(Code::LongLifetime, span.clone(), message).replace(span, &fixed);
}

fn check_script(report: &mut Report<'_>, cookie: &SetCookie<'_>) {
    let now = report.setting.now;
    let limit = now.saturating_add(SCRIPT_LIMIT);
    if report.setting.api != Api::Script || cookie.expiry(now).is_none_or(|end| end <= limit) {
        return;
    }
    let name =
        if cookie.max_age().is_some() { AttributeName::MaxAge } else { AttributeName::Expires };
    let Some(attribute) = report.last(name) else { return };
    let message = "some browsers keep what a script sets for seven days; set it by a response";
    let _ = report.add(Code::ScriptLifetime, attribute.whole.range(), message.to_owned());
}
