//! Into items for a declaration.

use std::collections::BTreeSet;

use super::super::document::visible;
use super::{DeviceStorage, Disclosure, Storage};
use crate::policy::{DomainPattern, NamePattern, PurposeKind};

pub(super) fn items(document: &DeviceStorage, vendor: &str) -> String {
    let mut out = String::new();
    for disclosure in &document.disclosures {
        let item = match NamePattern::parse(&disclosure.identifier) {
            Some(name) if disclosure.storage != Storage::App => item(disclosure, &name, vendor),
            Some(name) => comment(name.as_str(), "is storage of an app"),
            None => comment(&disclosure.identifier, "is no name of an item"),
        };
        out.push_str(&item);
    }
    out
}

fn comment(name: &str, why: &str) -> String {
    format!("# {} {why}.\n\n", visible(name))
}

fn item(disclosure: &Disclosure, name: &NamePattern, vendor: &str) -> String {
    let is_cookie = disclosure.storage == Storage::Cookie;
    let mut lines = vec![
        "[[item]]".to_owned(),
        format!("name = {}", quoted(name.as_str())),
        // Whether a response or a script sets it, the document does not say.
        format!("kind = \"{}\"", if is_cookie { "js-cookie" } else { "local-storage" }),
        format!("vendor = {}", quoted(vendor)),
        purposes(disclosure),
        "basis = \"consent\"".to_owned(),
    ];
    if !disclosure.needs_consent() {
        lines.push("# The vendor claims that no consent is needed.".to_owned());
    }
    match disclosure.max_age_seconds {
        Some(0) => lines.push("lifetime = \"session\"".to_owned()),
        Some(seconds @ 1..) => lines.push(match seconds.checked_div(86_400) {
            Some(days) if seconds.checked_rem(86_400) == Some(0) => {
                format!("lifetime = \"{days}d\"")
            }
            _ => format!("lifetime = \"{seconds}s\""),
        }),
        _ if is_cookie => {}
        _ => lines.push("lifetime = \"until-deleted\"".to_owned()),
    }
    if disclosure.cookie_refresh == Some(true) {
        lines.push("refreshes = true".to_owned());
    }
    let domains = disclosure.all_domains().filter(|domain| DomainPattern::parse(domain).is_some());
    let domains: Vec<String> = domains.map(quoted).collect();
    if !domains.is_empty() {
        lines.push(format!("domains = [{}]", domains.join(", ")));
    }
    if let Some(description) = &disclosure.description {
        lines.push(format!("description = {}", quoted(description)));
    }
    lines.push("\n".to_owned());
    lines.join("\n")
}

/// The standard purposes that the numbers of the Global Vendor List are.
fn purposes(disclosure: &Disclosure) -> String {
    let of_number = |number: &u16| match number {
        2..=4 => Some(PurposeKind::Advertising),
        5 | 6 | 11 => Some(PurposeKind::Personalisation),
        7 => Some(PurposeKind::AdMeasurement),
        8 | 9 => Some(PurposeKind::Statistics),
        _ => None,
    };
    let of_special = |number: &u16| match number {
        1 => Some(PurposeKind::Security),
        3 => Some(PurposeKind::RecordChoice),
        _ => None,
    };
    let kinds = disclosure.purposes.iter().filter_map(of_number);
    let special = disclosure.special_purposes.iter().filter_map(of_special);
    let kinds: BTreeSet<PurposeKind> = kinds.chain(special).collect();
    if kinds.is_empty() {
        return "purposes = [] # say what for".to_owned();
    }
    let words: Vec<String> = kinds.iter().map(|kind| quoted(kind.as_str())).collect();
    format!("purposes = [{}]", words.join(", "))
}

/// A basic string of TOML: JSON's escapes, and one more.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7F}', "\\u007F")
}
