//! From a declaration.

use std::collections::BTreeSet;

use super::{DeviceStorage, Disclosure, DomainUse, Storage};
use crate::policy::{Basis, DomainPattern, Item, Jurisdiction, Lifetime, Policy, PurposeKind};

pub(super) fn of(policy: &Policy, vendor: Option<&str>) -> Option<DeviceStorage> {
    let domains = match vendor {
        Some(id) => &policy.vendor(id)?.domains,
        None => &policy.site().hosts,
    };
    let items = policy.items().iter();
    let its = items.filter(|item| item.is_live() && item.vendor.as_deref() == vendor);
    let texts = |domains: &[DomainPattern]| domains.iter().map(ToString::to_string).collect();
    let disclosures = its.filter_map(|item| {
        let own = if item.domains.is_empty() { domains } else { &item.domains };
        disclosure(policy, item, texts(own))
    });
    let domains =
        domains.iter().map(|domain| DomainUse { domain: domain.to_string(), purpose: None });
    Some(DeviceStorage {
        disclosures: disclosures.collect(),
        domains: domains.collect(),
        sdks: Vec::new(),
    })
}

fn disclosure(policy: &Policy, item: &Item, domains: Vec<String>) -> Option<Disclosure> {
    let is_cookie = item.is_cookie();
    if !item.kind.is_stored() {
        return None;
    }
    let kinds = || policy.purposes_of(item).map(|purpose| purpose.kind);
    let mut purposes: BTreeSet<u16> = policy
        .purposes_of(item)
        .flat_map(|purpose| purpose.tcf.iter().copied().map(u16::from))
        .collect();
    //= TCF Vendor Device Storage 1.1, disclosures: purpose 1 is there if and only if consent is needed
    match item.ground_in(Some(Jurisdiction::Eea)) {
        Basis::Exempt(_) => purposes.remove(&1),
        _ => purposes.insert(1),
    };
    let special: BTreeSet<u16> = kinds().filter_map(special_purpose).collect();
    Some(Disclosure {
        identifier: item.name.as_str().to_owned(),
        storage: if is_cookie { Storage::Cookie } else { Storage::Web },
        //= TCF Vendor Device Storage 1.1, disclosures: cookies have a time, 0 for a session; other storage has null
        max_age_seconds: match item.lifetime {
            Some(Lifetime::Session) if is_cookie => Some(0),
            Some(Lifetime::Seconds(seconds)) if is_cookie => i64::try_from(seconds).ok(),
            _ => None,
        },
        cookie_refresh: is_cookie.then_some(item.refreshes),
        domains,
        domain: None,
        purposes: purposes.into_iter().collect(),
        special_purposes: special.into_iter().collect(),
        description: item.description.clone(),
        opt_out: kinds().any(|kind| kind == PurposeKind::RecordChoice),
    })
}

/// The special purpose of the Global Vendor List that a kind is.
const fn special_purpose(kind: PurposeKind) -> Option<u16> {
    match kind {
        PurposeKind::Security => Some(1),
        PurposeKind::RecordChoice => Some(3),
        _ => None,
    }
}
