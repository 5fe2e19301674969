//! What the tables of the file mean, one after the other.

use std::collections::BTreeMap;

use super::error::{Fault, PolicyError};
use super::file::{self, File};
use super::item::OfPurposes;
use super::name::NamePattern;
use super::place::{element, member};
use super::reader::{Names, Reader};
use super::word::Word;
use super::{
    Banner, Basis, ConsentSettings, GpcRule, Item, ItemKind, OptOut, Policy, Purpose, PurposeKind,
    SignalSettings, Site, Status, Suppression, Vendor, VendorRole,
};
use crate::Day;
use crate::lint::Code;

/// The most items, and of anything else in an array of tables.
const MOST: usize = 4096;

/// The most purposes that a person can choose about.
pub(super) const MOST_PURPOSES: usize = 64;

/// 182 days: half a year.
const HALF_A_YEAR: u64 = 182 * 86_400;

const DEFAULT_COOKIE: &str = "__Host-consent";

/// The names that other tables may refer to.
struct Known {
    purposes: Names,
    vendors: Names,
    opt_outs: Names,
}

pub(super) fn policy(file: &File, mut reader: Reader<'_>) -> Result<Policy, PolicyError> {
    let reader_ = &mut reader;
    for (what, path, count) in [
        ("items", "item", file.item.len()),
        ("vendors", "vendor", file.vendor.len()),
        ("ways to opt out", "opt_out", file.opt_out.len()),
        ("suppressions", "suppress", file.suppress.len()),
        ("purposes", "purpose", file.purpose.len()),
    ] {
        reader_.check(count <= MOST, path, || Fault::TooMuch { what, limit: MOST });
    }
    if !reader_.is_clean() {
        return Err(reader.into_error());
    }
    reader_.check(file.schema == 1, "schema", || Fault::Schema { schema: file.schema });
    let known = known(file, reader_);
    let site = site(&file.site, reader_);
    let items =
        reader_.each("item", &file.item, |reader, path, given| item(given, path, reader, &known));
    check_duplicates(&items, reader_);
    let vendors = reader_.each("vendor", &file.vendor, |reader, path, given| {
        Some(vendor(given, path, reader, &known))
    });
    let opt_outs =
        reader_.each("opt_out", &file.opt_out, |reader, path, given| opt_out(given, path, reader));
    let purposes = purposes(file, &items, reader_);
    let suppressions = reader_
        .each("suppress", &file.suppress, |reader, path, given| suppress(given, path, reader));
    let consent = consent(&file.consent, reader_);
    let signals = signals(&file.signals, reader_);
    let banner = file.banner.as_ref().and_then(|given| banner(given, reader_, &known));
    let language = file.language.clone().unwrap_or_else(|| "en".to_owned());
    reader.check(is_language(&language), "language", || Fault::Language);
    let site = reader.finish(site)?;
    let Some(site) = site else { return Err(PolicyError::of(Vec::new())) };
    Ok(Policy::of_parts(super::Parts {
        language,
        site,
        consent,
        signals,
        banner,
        purposes,
        vendors,
        opt_outs,
        items,
        suppressions,
    }))
}

/// Whether a text has the form of a tag for a language: RFC 5646 §2.1, letters first.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let is_first = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
    is_first && parts.all(is_part)
}

fn known(file: &File, reader: &mut Reader<'_>) -> Known {
    let own = file.purpose.iter().map(|purpose| &purpose.id);
    let mut purposes = Names::of(reader, "purpose", "purpose", own);
    for kind in PurposeKind::ALL {
        // A standard purpose that the file describes itself keeps its name.
        let _earlier = purposes.add(kind.word(), 0);
    }
    let vendors = file.vendor.iter().map(|vendor| &vendor.id);
    let vendors = Names::of(reader, "vendor", "vendor", vendors);
    let opt_outs = file.opt_out.iter().map(|opt_out| &opt_out.id);
    let opt_outs = Names::of(reader, "opt_out", "way to opt out", opt_outs);
    Known { purposes, vendors, opt_outs }
}

fn site(given: &file::Site, reader: &mut Reader<'_>) -> Option<Site> {
    let hosts = reader.domains("site.hosts", &given.hosts);
    reader.check(!given.hosts.is_empty(), "site.hosts", || Fault::Empty { what: "host" });
    let jurisdictions = reader.words("site.jurisdictions", &given.jurisdictions);
    let what = "jurisdiction";
    let is_somewhere = !given.jurisdictions.is_empty();
    reader.check(is_somewhere, "site.jurisdictions", || Fault::Empty { what });
    let updated = reader.day("site.updated", Some(&given.updated));
    let name = given.name.clone().or_else(|| given.hosts.first().cloned()).unwrap_or_default();
    Some(Site {
        name,
        hosts,
        jurisdictions,
        controller: given.controller.clone(),
        contact: given.contact.clone(),
        policy_url: reader.address("site.policy_url", given.policy_url.as_ref()),
        statutes: given.statutes.clone(),
        place: reader.place("site"),
        updated: updated?,
    })
}

fn consent(given: &file::Consent, reader: &mut Reader<'_>) -> ConsentSettings {
    let cookie = given.cookie.clone().unwrap_or_else(|| DEFAULT_COOKIE.to_owned());
    let is_of_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let is_host = cookie.starts_with("__Host-") && cookie.bytes().all(is_of_token);
    let is_short = (8..=128).contains(&cookie.len());
    reader.check(is_host && is_short, "consent.cookie", || Fault::ConsentCookie);
    let valid_for = reader.seconds("consent.valid_for", given.valid_for.as_deref(), HALF_A_YEAR);
    let again = given.ask_again_after.as_deref();
    ConsentSettings {
        cookie,
        valid_for,
        ask_again_after: reader.seconds("consent.ask_again_after", again, valid_for),
        settings_url: reader.address("consent.settings_url", given.settings_url.as_ref()),
        place: reader.place("consent"),
    }
}

fn signals(given: &file::Signals, reader: &mut Reader<'_>) -> SignalSettings {
    SignalSettings {
        gpc: reader.word_or("signals.gpc", given.gpc.as_deref(), GpcRule::Wins),
        dnt: given.dnt,
        tcf: given.tcf,
        gpc_file: given.gpc_file,
        place: reader.place("signals"),
    }
}

fn banner(given: &file::Banner, reader: &mut Reader<'_>, known: &Known) -> Option<Banner> {
    let reject = reader.word("banner.reject", &given.reject);
    let withdrawal = reader.word("banner.withdrawal", &given.withdrawal);
    let path = "banner.preselected";
    let preselected = reader.references(path, "purpose", &given.preselected, &known.purposes);
    Some(Banner {
        reject: reject?,
        equal_weight: given.equal_weight,
        preselected,
        wall: given.wall,
        close_accepts: given.close_accepts,
        withdrawal: withdrawal?,
        place: reader.place("banner"),
    })
}

/// The purposes that the file describes, and the standard ones that its items have.
fn purposes(file: &File, items: &[Item], reader: &mut Reader<'_>) -> Vec<Purpose> {
    let mut purposes = reader.each("purpose", &file.purpose, |reader, path, given| {
        let kind: PurposeKind = reader.word(&member(path, "kind"), &given.kind)?;
        let mut purpose = kind.standard();
        purpose.id.clone_from(&given.id);
        purpose.name = given.name.clone().unwrap_or(purpose.name);
        purpose.description = given.description.clone().unwrap_or(purpose.description);
        if let Some(tcf) = &given.tcf {
            let is_known = tcf.iter().all(|number| (1..=24).contains(number));
            reader.check(is_known, &member(path, "tcf"), || Fault::TcfPurpose);
            purpose.tcf.clone_from(tcf);
        }
        Some(purpose)
    });
    for kind in PurposeKind::ALL {
        let is_used = items.iter().any(|item| item.purposes.iter().any(|id| id == kind.word()));
        if is_used && purposes.iter().all(|purpose| purpose.id != kind.word()) {
            purposes.push(kind.standard());
        }
    }
    purposes.sort_by(|one, other| one.id.cmp(&other.id));
    let limit = MOST_PURPOSES;
    let what = "purposes";
    reader.check(purposes.len() <= limit, "purpose", || Fault::TooMuch { what, limit });
    purposes
}

fn vendor(given: &file::Vendor, path: &str, reader: &mut Reader<'_>, known: &Known) -> Vendor {
    let at = |key| member(path, key);
    let profile = given.profile.as_deref();
    let way = "way to opt out";
    Vendor {
        id: given.id.clone(),
        name: given.name.clone(),
        role: reader.word_or(&at("role"), given.role.as_deref(), VendorRole::Controller),
        profile: profile.and_then(|word| reader.word(&at("profile"), word)),
        gvl: given.gvl,
        domains: reader.domains(&at("domains"), &given.domains),
        privacy: reader.address(&at("privacy"), given.privacy.as_ref()),
        opt_outs: reader.references(&at("opt_outs"), way, &given.opt_outs, &known.opt_outs),
        linked_from_every_page: given.linked_from_every_page,
        campaign_started: reader.day(&at("campaign_started"), given.campaign_started.as_deref()),
        place: reader.place(path),
    }
}

fn opt_out(given: &file::OptOut, path: &str, reader: &mut Reader<'_>) -> Option<OptOut> {
    let at = |key| member(path, key);
    let url = reader.address(&at("url"), Some(&given.url));
    Some(OptOut {
        id: given.id.clone(),
        name: given.name.clone(),
        how: given.how.clone(),
        checked: reader.day(&at("checked"), given.checked.as_deref()),
        valid_until: reader.day(&at("valid_until"), given.valid_until.as_deref()),
        place: reader.place(path),
        url: url?,
    })
}

fn suppress(given: &file::Suppress, path: &str, reader: &mut Reader<'_>) -> Option<Suppression> {
    let code = Code::parse(&given.code);
    reader.check(code.is_some(), &member(path, "code"), || Fault::Word {
        what: "code",
        given: given.code.chars().take(20).collect(),
        expected: "codes are such as CL05".to_owned(),
    });
    let what = "word of a reason";
    let has_reason = !given.reason.trim().is_empty();
    reader.check(has_reason, &member(path, "reason"), || Fault::Empty { what });
    let until = reader.day(&member(path, "until"), Some(&given.until))?;
    let (subject, reason) = (given.subject.clone(), given.reason.clone());
    Some(Suppression { code: code?, subject, reason, until, place: reader.place(path) })
}

fn item(given: &file::Item, path: &str, reader: &mut Reader<'_>, known: &Known) -> Option<Item> {
    let at = |key| member(path, key);
    let name = NamePattern::parse(&given.name);
    reader.check(name.is_some(), &at("name"), || Fault::Name);
    let kind: Option<ItemKind> = reader.word(&at("kind"), &given.kind);
    let (basis, by_jurisdiction) = basis(given.basis.as_ref(), &at("basis"), reader);
    let vendor = given.vendor.as_deref();
    let vendor =
        vendor.and_then(|id| reader.reference(&at("vendor"), "vendor", id, &known.vendors));
    let way = "way to opt out";
    let opt_out = given.opt_out.as_deref();
    let opt_out = opt_out.and_then(|id| reader.reference(&at("opt_out"), way, id, &known.opt_outs));
    let purposes = reader.references(&at("purposes"), "purpose", &given.purposes, &known.purposes);
    reader.check(!given.purposes.is_empty(), &at("purposes"), || Fault::Empty { what: "purpose" });
    // What can be missing comes last, so that the rest is looked at as well.
    Some(Item {
        status: status(given, path, reader),
        purposes,
        basis,
        by_jurisdiction,
        lifetime: reader.lifetime(&at("lifetime"), given.lifetime.as_deref()),
        refreshes: given.refreshes,
        vendor,
        domains: reader.domains(&at("domains"), &given.domains),
        paths: reader.paths(&at("paths"), &given.paths),
        partitioned: given.partitioned,
        data: reader.words(&at("data"), &given.data),
        recipients: given.recipients.clone(),
        retention: reader.lifetime(&at("retention"), given.retention.as_deref()),
        sold_or_shared: given.sold_or_shared,
        aggregate_only: given.aggregate_only,
        objection: reader.address(&at("objection"), given.objection.as_ref()),
        opt_out,
        description: given.description.clone(),
        evidence: reader.day(&at("evidence"), given.evidence.as_deref()),
        place: reader.place(path),
        of_purposes: OfPurposes::default(),
        name: name?,
        kind: kind?,
    })
}

fn basis(
    given: Option<&file::Basis>,
    path: &str,
    reader: &mut Reader<'_>,
) -> (Basis, BTreeMap<super::Jurisdiction, Basis>) {
    let mut by_jurisdiction = BTreeMap::new();
    let mut general = Basis::Consent;
    match given {
        None => {}
        Some(file::Basis::Everywhere(word)) => {
            general = reader.word_or(path, Some(word), Basis::Consent);
        }
        Some(file::Basis::By(words)) => {
            for (key, word) in words {
                let at = member(path, key);
                let basis = reader.word_or(&at, Some(word), Basis::Consent);
                if key == "default" {
                    general = basis;
                } else if let Some(jurisdiction) = reader.word(&at, key) {
                    by_jurisdiction.insert(jurisdiction, basis);
                }
            }
        }
    }
    (general, by_jurisdiction)
}

fn status(given: &file::Item, path: &str, reader: &mut Reader<'_>) -> Status {
    let since: Option<Day> = reader.day(&member(path, "retired"), given.retired.as_deref());
    match given.status.as_deref() {
        Some("retired") => Status::Retired { since },
        None if given.retired.is_some() => Status::Retired { since },
        None | Some("live") => Status::Live,
        Some(word) => {
            let expected = "it is one of live, retired".to_owned();
            let given = word.chars().take(20).collect();
            let fault = Fault::Word { what: "status", given, expected };
            reader.fault(&member(path, "status"), fault);
            Status::Live
        }
    }
}

/// One name of one kind and vendor stands once.
fn check_duplicates(items: &[Item], reader: &mut Reader<'_>) {
    let mut seen = BTreeMap::new();
    for (index, item) in items.iter().enumerate() {
        let domains: Vec<String> = item.domains.iter().map(ToString::to_string).collect();
        let key = (item.name.as_str(), item.kind, domains.join(" "));
        let line = item.place.line;
        if let Some(line) = seen.insert(key, line) {
            let path = member(&element("item", index), "name");
            let given = item.name.as_str().chars().take(60).collect();
            reader.fault(&path, Fault::Duplicate { what: "item", given, line });
        }
    }
}
