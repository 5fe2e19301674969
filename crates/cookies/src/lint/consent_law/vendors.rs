//! What vendors ask for, and whether the ways to opt out still work.

use std::collections::BTreeSet;

use super::Finding;
use crate::Day;
use crate::lint::Code;
use crate::policy::{DataKind, Item, OptOut, Policy, Vendor, VendorProfile};

/// Places that are gone, by a part of their address, and since when.
const GONE: [(&str, &str); 3] = [
    ("optout.networkadvertising.org", "2025-09-15"),
    ("networkadvertising.org/choices", "2025-09-15"),
    ("thenai.org/opt-out", "2025-09-15"),
];

/// For how many days somebody's having tried it is believed.
const BELIEVED: i64 = 365;

pub(super) fn check(policy: &Policy, today: Day, findings: &mut Vec<Finding>) {
    for opt_out in policy.opt_outs() {
        if let Some(message) = fault(opt_out, today) {
            let finding = Finding::new(Code::DeadOptOut, message);
            findings.push(finding.about(&opt_out.id, opt_out.place));
        }
    }
    for vendor in policy.vendors() {
        let Some(profile) = vendor.profile else { continue };
        let days = profile.days_to_publish();
        let started = vendor.campaign_started;
        let has_time = started.is_some_and(|start| today.days_since(start) <= days);
        for message in missing(policy, vendor, profile, today) {
            let finding = Finding::new(Code::VendorStatement, message);
            let finding = finding.about(&vendor.id, vendor.place);
            findings.push(if has_time { finding.into_warning() } else { finding });
        }
    }
}

/// Why nobody should be sent there.
fn fault(opt_out: &OptOut, today: Day) -> Option<String> {
    let gone = GONE.iter().find(|(part, _)| opt_out.url.contains(part));
    if let Some((_, since)) = gone {
        return Some(format!("this page closed on {since}; point to Global Privacy Control"));
    }
    match (opt_out.valid_until, opt_out.checked) {
        (Some(until), _) if until < today => Some(format!("it was relied on until {until}")),
        (None, Some(checked)) if today.days_since(checked) > BELIEVED => {
            Some(format!("nobody has tried it since {checked}"))
        }
        (None, None) => Some("it does not say when it was checked, or until when".to_owned()),
        _ => None,
    }
}

//= AdRoll Help Centre, Privacy Policy Requirements: data, use and opt-out, linked from every page, in 30 days
fn missing(policy: &Policy, vendor: &Vendor, profile: VendorProfile, today: Day) -> Vec<String> {
    let mut missing = Vec::new();
    let is_of_vendor = |item: &&Item| item.vendor.as_ref() == Some(&vendor.id) && item.is_live();
    let items: Vec<&Item> = policy.items().iter().filter(is_of_vendor).collect();
    if items.is_empty() {
        return missing;
    }
    let told: BTreeSet<DataKind> = items.iter().flat_map(|item| item.data.clone()).collect();
    let untold = profile.data().iter().filter(|kind| !told.contains(kind));
    let untold: Vec<&str> = untold.map(|kind| kind.as_str()).collect();
    if !untold.is_empty() {
        missing.push(format!("no item of it says that it collects {}", untold.join(", ")));
    }
    let is_advertising =
        |item: &&Item| policy.purposes_of(item).any(|purpose| purpose.kind.is_advertising());
    if !items.iter().any(is_advertising) {
        missing.push("no item of it says that it is for targeted advertising".to_owned());
    }
    let ways = vendor.opt_outs.iter().chain(items.iter().filter_map(|item| item.opt_out.as_ref()));
    let works = |id: &String| policy.opt_out(id).is_some_and(|way| fault(way, today).is_none());
    if !ways.clone().any(works) {
        missing.push("it has no way to opt out that works".to_owned());
    }
    if !vendor.linked_from_every_page {
        missing.push("every page with its pixel must link to the policy".to_owned());
    }
    missing
}
