//! What a policy says, as plain fields by the keys of the file: to be hashed, and to be compared.

use super::word::Word;
use super::{
    Banner, ConsentSettings, Item, Lifetime, OptOut, Policy, Purpose, SignalSettings, Site, Status,
    Suppression, Vendor,
};

/// Keeps the parts of a list apart: no text of a policy has control characters.
const BETWEEN: &str = "\u{1F}";

/// One thing that a policy says.
#[derive(Debug)]
pub(super) struct Entry {
    /// The table of the file.
    pub(super) table: &'static str,
    /// Its name in the file; empty where there is one of the kind.
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    /// Whether it is in use.
    pub(super) is_live: bool,
}

/// A value under its key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) key: &'static str,
    value: String,
    /// Whether it is part of what people agreed to.
    pub(super) is_material: bool,
}

impl Field {
    /// The value for people to read.
    pub(super) fn shown(&self) -> String {
        self.value.replace(BETWEEN, ", ")
    }
}

impl Entry {
    /// Everything that a policy says.
    pub(super) fn all(policy: &Policy) -> Vec<Self> {
        let mut all = vec![site(policy), consent(policy.consent()), signals(policy.signals())];
        all.extend(policy.banner().map(banner));
        all.extend(Self::of_what_is_done(policy));
        all.extend(policy.opt_outs().iter().map(opt_out));
        all.extend(policy.suppressions().iter().map(suppression));
        all
    }

    /// Purposes, third parties and items: what people agree to is among these.
    pub(super) fn of_what_is_done(policy: &Policy) -> impl Iterator<Item = Self> {
        let purposes = policy.purposes().iter().map(purpose);
        let vendors = policy.vendors().iter().map(vendor);
        purposes.chain(vendors).chain(policy.items().iter().map(item))
    }

    /// What people agree to of it.
    pub(super) fn material(&self) -> impl Iterator<Item = &str> {
        let fields = self.fields.iter().filter(|field| field.is_material && self.is_live);
        fields.map(|field| &*field.value)
    }

    fn new(table: &'static str, name: &str) -> Self {
        Self { table, name: name.to_owned(), fields: Vec::new(), is_live: true }
    }

    /// The same with something that people agree to.
    fn with_material(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.fields.push(Field { key, value: value.into(), is_material: true });
        self
    }

    /// The same with something that may change without asking anybody again.
    fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.fields.push(Field { key, value: value.into(), is_material: false });
        self
    }
}

fn purpose(purpose: &Purpose) -> Entry {
    Entry::new("purpose", &purpose.id)
        .with_material("id", &*purpose.id)
        .with_material("kind", purpose.kind.as_str())
        .with_material("tcf", sorted(purpose.tcf.iter().map(u8::to_string)))
        .with("name", &*purpose.name)
        .with("description", &*purpose.description)
}

fn vendor(vendor: &Vendor) -> Entry {
    Entry::new("vendor", &vendor.id)
        .with_material("id", &*vendor.id)
        .with_material("role", vendor.role.as_str())
        .with_material("gvl", vendor.gvl.map(|number| number.to_string()).unwrap_or_default())
        .with_material("domains", sorted(vendor.domains.iter().map(ToString::to_string)))
        .with("name", &*vendor.name)
        .with("profile", vendor.profile.map(Word::word).unwrap_or_default())
        .with("privacy", or_nothing(vendor.privacy.as_ref()))
        .with("opt_outs", vendor.opt_outs.join(BETWEEN))
        .with("linked_from_every_page", vendor.linked_from_every_page.to_string())
        .with("campaign_started", or_nothing(vendor.campaign_started))
}

fn item(item: &Item) -> Entry {
    let by_jurisdiction = item.by_jurisdiction.iter();
    let by_jurisdiction =
        by_jurisdiction.map(|(at, basis)| format!("{}={}", at.as_str(), basis.as_str()));
    let status = match item.status {
        Status::Live => "live".to_owned(),
        Status::Retired { since: None } => "retired".to_owned(),
        Status::Retired { since: Some(day) } => format!("retired {day}"),
    };
    let entry = Entry::new("item", item.name.as_str())
        .with_material("name", item.name.as_str())
        .with_material("kind", item.kind.as_str())
        .with_material("purposes", sorted(item.purposes.iter().cloned()))
        .with_material("basis", item.basis.as_str())
        .with_material("basis", sorted(by_jurisdiction))
        .with_material("lifetime", lifetime(item.lifetime))
        .with_material("vendor", or_nothing(item.vendor.as_ref()))
        .with_material("domains", sorted(item.domains.iter().map(ToString::to_string)))
        .with_material("data", sorted(item.data.iter().map(|kind| kind.as_str().to_owned())))
        .with_material("recipients", sorted(item.recipients.iter().cloned()))
        .with_material("retention", lifetime(item.retention))
        .with_material("sold_or_shared", item.sold_or_shared.to_string())
        .with("status", status)
        .with("refreshes", item.refreshes.to_string())
        .with("paths", item.paths.join(BETWEEN))
        .with("partitioned", item.partitioned.to_string())
        .with("aggregate_only", item.aggregate_only.to_string())
        .with("objection", or_nothing(item.objection.as_ref()))
        .with("opt_out", or_nothing(item.opt_out.as_ref()))
        .with("description", or_nothing(item.description.as_ref()))
        .with("evidence", or_nothing(item.evidence));
    Entry { is_live: item.is_live(), ..entry }
}

fn site(policy: &Policy) -> Entry {
    let site: &Site = policy.site();
    Entry::new("site", "")
        .with("language", policy.language())
        .with("name", &*site.name)
        .with("hosts", sorted(site.hosts.iter().map(ToString::to_string)))
        .with("jurisdictions", sorted(site.jurisdictions.iter().map(|at| at.as_str().to_owned())))
        .with("updated", site.updated.to_string())
        .with("controller", or_nothing(site.controller.as_ref()))
        .with("contact", or_nothing(site.contact.as_ref()))
        .with("policy_url", or_nothing(site.policy_url.as_ref()))
        .with("statutes", site.statutes.join(BETWEEN))
}

fn consent(consent: &ConsentSettings) -> Entry {
    let seconds = |seconds| Lifetime::Seconds(seconds).to_string();
    Entry::new("consent", "")
        .with("cookie", &*consent.cookie)
        .with("valid_for", seconds(consent.valid_for))
        .with("ask_again_after", seconds(consent.ask_again_after))
        .with("settings_url", or_nothing(consent.settings_url.as_ref()))
}

fn signals(signals: &SignalSettings) -> Entry {
    Entry::new("signals", "")
        .with("gpc", signals.gpc.word())
        .with("dnt", signals.dnt.to_string())
        .with("tcf", signals.tcf.to_string())
        .with("gpc_file", signals.gpc_file.to_string())
}

fn banner(banner: &Banner) -> Entry {
    Entry::new("banner", "")
        .with("reject", banner.reject.word())
        .with("equal_weight", banner.equal_weight.to_string())
        .with("preselected", sorted(banner.preselected.iter().cloned()))
        .with("wall", banner.wall.to_string())
        .with("close_accepts", banner.close_accepts.to_string())
        .with("withdrawal", banner.withdrawal.word())
}

fn opt_out(opt_out: &OptOut) -> Entry {
    Entry::new("opt_out", &opt_out.id)
        .with("name", &*opt_out.name)
        .with("url", &*opt_out.url)
        .with("how", or_nothing(opt_out.how.as_ref()))
        .with("checked", or_nothing(opt_out.checked))
        .with("valid_until", or_nothing(opt_out.valid_until))
}

fn suppression(suppression: &Suppression) -> Entry {
    Entry::new("suppress", suppression.code.as_str())
        .with("subject", or_nothing(suppression.subject.as_ref()))
        .with("reason", &*suppression.reason)
        .with("until", suppression.until.to_string())
}

fn lifetime(lifetime: Option<Lifetime>) -> String {
    or_nothing(lifetime)
}

fn or_nothing(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn sorted(parts: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = parts.collect();
    parts.sort();
    parts.join(BETWEEN)
}
