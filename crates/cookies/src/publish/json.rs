//! The declaration as JSON for programs, with what follows from it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::Day;
use crate::policy::{Basis, GpcRule, Item, Lifetime, Policy, Status};

/// The fields in the order in which they are written, whatever a map of `serde_json` does.
#[derive(Serialize)]
struct Page<'a> {
    schema: u32,
    language: &'a str,
    site: Site<'a>,
    signals: Signals,
    purposes: Vec<Purpose<'a>>,
    companies: Vec<Company<'a>>,
    opt_outs: Vec<Way<'a>>,
    items: Vec<Thing<'a>>,
}

#[derive(Serialize)]
struct Site<'a> {
    name: &'a str,
    hosts: Vec<String>,
    jurisdictions: Vec<&'static str>,
    updated: String,
    fingerprint: String,
    controller: Option<&'a str>,
    contact: Option<&'a str>,
    policy_url: Option<&'a str>,
    settings_url: Option<&'a str>,
    statutes: &'a [String],
}

#[derive(Serialize)]
struct Signals {
    gpc: &'static str,
    dnt: bool,
    tcf: bool,
}

#[derive(Serialize)]
struct Purpose<'a> {
    id: &'a str,
    kind: &'static str,
    name: &'a str,
    description: &'a str,
    choosable: bool,
}

#[derive(Serialize)]
struct Company<'a> {
    id: &'a str,
    name: &'a str,
    role: &'static str,
    profile: Option<&'static str>,
    statements: Vec<&'static str>,
    gvl: Option<u16>,
    domains: Vec<String>,
    privacy: Option<&'a str>,
    opt_outs: &'a [String],
}

#[derive(Serialize)]
struct Way<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
    how: Option<&'a str>,
    checked: Option<String>,
    valid_until: Option<String>,
    relied_on: bool,
}

#[derive(Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a declaration")]
struct Thing<'a> {
    name: &'a str,
    kind: &'static str,
    live: bool,
    retired: Option<String>,
    company: Option<&'a str>,
    purposes: &'a [String],
    grounds: BTreeMap<&'static str, Ground>,
    lifetime: Option<String>,
    seconds: Option<u64>,
    refreshes: bool,
    domains: Vec<String>,
    paths: &'a [String],
    partitioned: bool,
    data: Vec<&'static str>,
    aggregate_only: bool,
    recipients: &'a [String],
    retention: Option<String>,
    sold_or_shared: bool,
    objection: Option<&'a str>,
    opt_out: Option<&'a str>,
    description: Option<&'a str>,
    evidence: Option<String>,
}

/// The ground that is claimed in a jurisdiction, and the one that counts there.
#[derive(Serialize)]
struct Ground {
    claimed: &'static str,
    counts: &'static str,
}

pub(super) fn page(policy: &Policy, today: Day) -> String {
    let choosable = policy.choosable();
    let purposes = policy.purposes().iter().enumerate();
    let purposes = purposes.map(|(place, purpose)| Purpose {
        id: &purpose.id,
        kind: purpose.kind.as_str(),
        name: &purpose.name,
        description: &purpose.description,
        choosable: choosable.contains(crate::PurposeSet::EMPTY.with(place)),
    });
    let companies = policy.vendors().iter().map(|vendor| Company {
        id: &vendor.id,
        name: &vendor.name,
        role: vendor.role.as_str(),
        profile: vendor.profile.map(crate::policy::VendorProfile::as_str),
        statements: {
            let statements = vendor.profile.map_or(&[][..], |profile| profile.statements());
            statements.iter().map(|statement| statement.text).collect()
        },
        gvl: vendor.gvl,
        domains: texts(&vendor.domains),
        privacy: vendor.privacy.as_deref(),
        opt_outs: &vendor.opt_outs,
    });
    let opt_outs = policy.opt_outs().iter().map(|way| Way {
        id: &way.id,
        name: &way.name,
        url: &way.url,
        how: way.how.as_deref(),
        checked: way.checked.map(|day| day.to_string()),
        valid_until: way.valid_until.map(|day| day.to_string()),
        relied_on: way.is_relied_on(today),
    });
    text(&Page {
        schema: 1,
        language: policy.language(),
        site: site(policy),
        signals: Signals {
            gpc: match policy.signals().gpc {
                GpcRule::Wins => "wins",
                GpcRule::ExplicitChoiceWins => "explicit-choice-wins",
            },
            dnt: policy.signals().dnt,
            tcf: policy.signals().tcf,
        },
        purposes: purposes.collect(),
        companies: companies.collect(),
        opt_outs: opt_outs.collect(),
        items: policy.items().iter().map(|item| thing(policy, item)).collect(),
    })
}

fn site(policy: &Policy) -> Site<'_> {
    let site = policy.site();
    Site {
        name: &site.name,
        hosts: texts(&site.hosts),
        jurisdictions: site.jurisdictions.iter().map(|place| place.as_str()).collect(),
        updated: site.updated.to_string(),
        fingerprint: policy.fingerprint().to_string(),
        controller: site.controller.as_deref(),
        contact: site.contact.as_deref(),
        policy_url: site.policy_url.as_deref(),
        settings_url: policy.consent().settings_url.as_deref(),
        statutes: &site.statutes,
    }
}

fn thing<'a>(policy: &Policy, item: &'a Item) -> Thing<'a> {
    let grounds = policy.site().jurisdictions.iter().map(|place| {
        let claimed = item.claimed_basis(Some(*place)).as_str();
        (place.as_str(), Ground { claimed, counts: Basis::as_str(item.ground_in(Some(*place))) })
    });
    let retired = match item.status {
        Status::Retired { since } => since.map(|day| day.to_string()),
        Status::Live => None,
    };
    Thing {
        name: item.name.as_str(),
        kind: item.kind.as_str(),
        live: item.is_live(),
        retired,
        company: item.vendor.as_deref(),
        purposes: &item.purposes,
        grounds: grounds.collect(),
        lifetime: item.lifetime.map(|lifetime| lifetime.to_string()),
        seconds: item.lifetime.and_then(Lifetime::as_seconds),
        refreshes: item.refreshes,
        domains: texts(&item.domains),
        paths: &item.paths,
        partitioned: item.partitioned,
        data: item.data.iter().map(|kind| kind.as_str()).collect(),
        aggregate_only: item.aggregate_only,
        recipients: &item.recipients,
        retention: item.retention.map(|retention| retention.to_string()),
        sold_or_shared: item.sold_or_shared,
        objection: item.objection.as_deref(),
        opt_out: item.opt_out.as_deref(),
        description: item.description.as_deref(),
        evidence: item.evidence.map(|day| day.to_string()),
    }
}

fn texts(values: &[impl ToString]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

/// JSON with a line end, safe within a script element.
pub(super) fn text(value: &impl Serialize) -> String {
    // Nothing here has keys that are no strings, which is all that could fail.
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("{}\n", safe_in_script(&json))
}

/// JSON as JSON that cannot end a `<script>` element or begin a comment in one, and that JavaScript
/// before 2019 reads as well.
///
/// ```
/// use upheld_cookies::publish::safe_in_script;
///
/// assert_eq!(safe_in_script(r#"["</script>"]"#), r#"["\u003C/script\u003E"]"#);
/// ```
///
/// # Source
///
/// HTML, "Restrictions for contents of script elements".
#[must_use]
pub fn safe_in_script(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for letter in json.chars() {
        // In JSON these stand in strings alone.
        match letter {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\u{7F}' => {
                safe.extend(["\\u", &format!("{:04X}", u32::from(letter))]);
            }
            other => safe.push(other),
        }
    }
    safe
}
