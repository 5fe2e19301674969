//! The attributes by themselves: length, repetition, names, and the values of the simple ones.

use std::collections::BTreeMap;

use super::report::{Report, readable};
use super::{Code, Severity};
use crate::set_cookie::AttributeName;
use crate::spelling::distance;
use crate::{Attribute, MAX_ATTRIBUTE_VALUE, SameSite, SetCookie};

/// Names longer than this are not compared with the known ones.
const LONGEST_SLIP: usize = 16;

pub(super) fn check(report: &mut Report<'_>) {
    check_each(report);
    check_repeated(report);
    let Some(cookie) = report.cookie else { return };
    check_same_site(report, &cookie);
    check_path(report);
    check_partitioned(report, &cookie);
}

fn check_each(report: &mut Report<'_>) {
    for attribute in report.syntax.attributes() {
        let length = attribute.value.map_or(0, |value| value.text.len());
        if length > MAX_ATTRIBUTE_VALUE {
            let message = format!(
                "the value has {length} bytes; above {MAX_ATTRIBUTE_VALUE} the attribute is ignored"
            );
            report.add(Code::LongAttribute, attribute.whole.range(), message).remove(&attribute);
        } else if AttributeName::of(attribute.name.text).is_none() {
            check_unknown(report, &attribute);
        }
    }
}

fn check_unknown(report: &mut Report<'_>, attribute: &Attribute<'_>) {
    let name = attribute.name;
    if name.text.is_empty() && attribute.value.is_none_or(|value| value.text.is_empty()) {
        return; // a semicolon too many
    }
    let shown = readable(name.text);
    let Some(meant) = closest(name.text) else {
        let message = format!("`{shown}` is no attribute and is ignored");
        let _ = report.add(Code::UnknownAttribute, name.range(), message).severity(Severity::Note);
        return;
    };
    let meant = meant.as_str();
    let message = format!("`{shown}` is no attribute and is ignored; did you mean `{meant}`?");
    report.add(Code::UnknownAttribute, name.range(), message).replace(name.range(), meant);
}

/// The attribute that a name is a slip of.
fn closest(name: &[u8]) -> Option<AttributeName> {
    if name.len() > LONGEST_SLIP {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let all = AttributeName::ALL
        .into_iter()
        .map(|known| (distance(&name, known.as_str().to_ascii_lowercase().as_bytes()), known));
    let (distance, known) = all.min_by_key(|(distance, _)| *distance)?;
    let most = if known.as_str().len() <= 4 { 1 } else { 2 };
    (distance <= most).then_some(known)
}

//= RFC 6265bis §4.1.1: no attribute twice
fn check_repeated(report: &mut Report<'_>) {
    let mut seen: BTreeMap<Vec<u8>, Attribute<'_>> = BTreeMap::new();
    for attribute in report.syntax.attributes() {
        let name = attribute.name.text;
        if name.is_empty() || name.len() > LONGEST_SLIP {
            continue;
        }
        if let Some(earlier) = seen.insert(name.to_ascii_lowercase(), attribute) {
            let message = format!("`{}` is there again; the last one counts", readable(name));
            report.add(Code::Repeated, attribute.name.range(), message).remove(&earlier);
        }
    }
}

fn check_same_site(report: &mut Report<'_>, cookie: &SetCookie<'_>) {
    let Some(attribute) = report.last(AttributeName::SameSite) else { return };
    if cookie.same_site() == SameSite::Default {
        let message = "the value is none of Strict, Lax and None; the default applies".to_owned();
        let _ = report.add(Code::UnknownSameSite, attribute.whole.range(), message);
    }
    if cookie.same_site() == SameSite::None && !cookie.is_secure() {
        let message = "SameSite=None needs Secure; the cookie is dropped".to_owned();
        report.add(Code::SameSiteNone, attribute.whole.range(), message).append("Secure");
    }
}

fn check_path(report: &mut Report<'_>) {
    let Some(attribute) = report.last(AttributeName::Path) else { return };
    let value = attribute.value.map_or(&[][..], |value| value.text);
    if value.starts_with(b"/") {
        return;
    }
    let message = "the Path does not begin with a slash; the directory of the page is taken";
    let added = report.add(Code::RelativePath, attribute.whole.range(), message.to_owned());
    if let Ok(value) = str::from_utf8(value) {
        added.replace(attribute.whole.range(), &format!(" Path=/{value}"));
    }
}

fn check_partitioned(report: &mut Report<'_>, cookie: &SetCookie<'_>) {
    let Some(attribute) = report.last(AttributeName::Partitioned) else { return };
    let span = attribute.name.range();
    if !cookie.is_secure() {
        let message = "Partitioned needs Secure; the cookie is dropped".to_owned();
        let is_sent = cookie.same_site() == SameSite::None;
        let needed = if is_sent { "Secure" } else { "Secure; SameSite=None" };
        report.add(Code::Partitioned, span, message).append(needed);
    } else if cookie.same_site() != SameSite::None {
        let message = "without SameSite=None a partitioned cookie does not go with embedded \
                       requests, which is what it is for";
        let _ = report.add(Code::Partitioned, span, message.to_owned()).severity(Severity::Warning);
    }
}
