//! The declaration: everything that a site stores on devices, reads from them or has them send.
//!
//! One file says it once, and the gate, the lints, the audit of traffic and the published page all
//! follow it. See [`Policy`] for its form.

mod amendment;
mod basis;
mod data;
mod entry;
mod error;
mod file;
mod fingerprint;
mod index;
mod item;
mod jurisdiction;
pub(crate) mod lifetime;
mod meaning;
mod name;
mod place;
mod purpose;
mod reader;
mod site;
mod vendor;
pub(crate) mod word;

pub use amendment::{Amendment, Edit};
pub use basis::{Basis, Exemption};
pub use data::DataKind;
pub use error::{Fault, PolicyError, Problem};
pub use fingerprint::Fingerprint;
pub use item::{Item, ItemKind, Status};
pub use jurisdiction::{Jurisdiction, Regime, UsState};
pub use lifetime::Lifetime;
pub use name::{DomainPattern, NamePattern};
pub use place::Place;
pub use purpose::{Purpose, PurposeKind};
pub use site::{
    Banner, ConsentSettings, GpcRule, RejectPlace, SignalSettings, Site, Suppression, Withdrawal,
};
pub use vendor::{OptOut, Statement, Vendor, VendorProfile, VendorRole};

use crate::lint::Code;
use crate::{Day, PurposeSet};

use file::File;
use index::Index;
use item::OfPurposes;
use place::Places;
use reader::Reader;

/// The longest file that is read, in bytes.
pub const MAX_POLICY: usize = 1 << 20;

/// A policy, read and consistent in itself.
///
/// ```
/// use upheld_cookies::policy::{Basis, Exemption, Jurisdiction, Policy};
///
/// let policy = Policy::parse_toml(
///     r#"
///     schema = 1
///     [site]
///     hosts = ["clinic.example"]
///     jurisdictions = ["uk", "eea"]
///     updated = "2026-11-23"
///
///     [[item]]
///     name = "_visits"
///     kind = "js-cookie"
///     purposes = ["statistics"]
///     lifetime = "365d"
///     basis = { uk = "statistics", eea = "consent" }
///     "#,
/// )?;
/// let item = policy.find_cookie(b"_visits", "clinic.example").ok_or("not declared")?;
/// assert_eq!(item.claimed_basis(Some(Jurisdiction::Uk)), Basis::Exempt(Exemption::Statistics));
/// assert_eq!(item.claimed_basis(None), Basis::Consent);
///
/// let error = Policy::parse_toml("schema = 1\nsites = 3").unwrap_err();
/// assert_eq!(error.problems()[0].place.line, 2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # The file
///
/// TOML, or JSON of the same shape. Unknown keys are errors. Times are numbers with `s`, `m`, `h`,
/// `d`, `w` or `y`; days are `YYYY-MM-DD`; addresses begin with `https://` or `/`.
///
/// | table | keys |
/// |---|---|
/// | (top) | `schema` = 1, `language` |
/// | `[site]` | `hosts`, `jurisdictions`, `updated`; `name`, `controller`, `contact`, `policy_url`, `statutes` |
/// | `[consent]` | `cookie`, `valid_for`, `ask_again_after`, `settings_url` |
/// | `[signals]` | `gpc`, `dnt`, `tcf`, `gpc_file` |
/// | `[banner]` | `reject`, `equal_weight`, `withdrawal`; `preselected`, `wall`, `close_accepts` |
/// | `[[purpose]]` | `id`, `kind`; `name`, `description`, `tcf` |
/// | `[[vendor]]` | `id`, `name`; `role`, `profile`, `gvl`, `domains`, `privacy`, `opt_outs`, `linked_from_every_page`, `campaign_started` |
/// | `[[opt_out]]` | `id`, `name`, `url`; `how`, `checked`, `valid_until` |
/// | `[[item]]` | `name`, `kind`, `purposes`; `basis`, `lifetime`, `refreshes`, `status`, `retired`, `vendor`, `domains`, `paths`, `partitioned`, `data`, `recipients`, `retention`, `sold_or_shared`, `aggregate_only`, `objection`, `opt_out`, `description`, `evidence` |
/// | `[[suppress]]` | `code`, `reason`, `until`; `subject` |
///
/// The words of each key are those of the type that reads it: [`ItemKind`], [`PurposeKind`],
/// [`Basis`], [`Jurisdiction`], [`DataKind`], [`GpcRule`], [`RejectPlace`], [`Withdrawal`]. A `basis`
/// is one word, or a table from jurisdictions to words with `default` for the rest; without one,
/// consent is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    parts: Parts,
    index: Index,
    fingerprint: Fingerprint,
}

/// What a policy is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    language: String,
    site: Site,
    consent: ConsentSettings,
    signals: SignalSettings,
    banner: Option<Banner>,
    purposes: Vec<Purpose>,
    vendors: Vec<Vendor>,
    opt_outs: Vec<OptOut>,
    items: Vec<Item>,
    suppressions: Vec<Suppression>,
}

impl Policy {
    /// Reads TOML.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], with everything that is wrong, each with its line and column. Text that
    /// cannot be read at all is one problem.
    pub fn parse_toml(text: &str) -> Result<Self, PolicyError> {
        check_length(text)?;
        let file: File = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            syntax(Place::of(text, at), error.message())
        })?;
        meaning::policy(&file, Reader::new(text, Places::of_toml(text)))
    }

    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// [`PolicyError`], as [`Self::parse_toml`] has it.
    pub fn parse_json(text: &str) -> Result<Self, PolicyError> {
        check_length(text)?;
        let file: File = serde_json::from_str(text).map_err(|error| {
            let number = |count| u32::try_from(count).unwrap_or(u32::MAX).max(1);
            let place = Place { line: number(error.line()), column: number(error.column()) };
            let message = error.to_string();
            let end = message.rfind(" at line ").unwrap_or(message.len());
            syntax(place, message.get(..end).unwrap_or_default())
        })?;
        meaning::policy(&file, Reader::new(text, Places::of_json(text)))
    }

    /// The same declaration for a site at other hosts: that of a rehearsal, or of each customer.
    ///
    /// What people agreed to stays the same, so that the [fingerprint](Self::fingerprint) does. No
    /// hosts leave those of the file.
    #[must_use]
    pub fn with_hosts(mut self, hosts: Vec<DomainPattern>) -> Self {
        if !hosts.is_empty() {
            self.parts.site.hosts = hosts;
        }
        self
    }

    fn of_parts(mut parts: Parts) -> Self {
        let purposes = &parts.purposes;
        for item in &mut parts.items {
            let ids = item.purposes.clone();
            let is_of_item = |(_, purpose): &(usize, &Purpose)| ids.contains(&purpose.id);
            item.of_purposes = OfPurposes::of(purposes.iter().enumerate().filter(is_of_item));
        }
        let index = Index::of(&parts.items);
        let mut policy = Self { parts, index, fingerprint: Fingerprint::from_bytes([0; 8]) };
        policy.fingerprint = Fingerprint::of(&policy);
        policy
    }

    /// The language of its texts, as in `en`.
    #[must_use]
    pub fn language(&self) -> &str {
        &self.parts.language
    }

    /// The site.
    #[must_use]
    pub const fn site(&self) -> &Site {
        &self.parts.site
    }

    /// How long a choice lasts, and where it is kept and changed.
    #[must_use]
    pub const fn consent(&self) -> &ConsentSettings {
        &self.parts.consent
    }

    /// Which signals are heeded.
    #[must_use]
    pub const fn signals(&self) -> &SignalSettings {
        &self.parts.signals
    }

    /// How the choice is offered.
    #[must_use]
    pub const fn banner(&self) -> Option<&Banner> {
        self.parts.banner.as_ref()
    }

    /// The purposes that the file describes and the standard ones it uses, by name in the file.
    #[must_use]
    pub fn purposes(&self) -> &[Purpose] {
        &self.parts.purposes
    }

    /// The purposes as people are told of them: what nobody can do without first, and advertising
    /// last.
    pub(crate) fn purposes_in_order(&self) -> Vec<&Purpose> {
        let mut purposes: Vec<&Purpose> = self.parts.purposes.iter().collect();
        purposes.sort_by_key(|purpose| purpose.kind);
        purposes
    }

    /// The third parties, in the order of the file.
    #[must_use]
    pub fn vendors(&self) -> &[Vendor] {
        &self.parts.vendors
    }

    /// The ways to opt out, in the order of the file.
    #[must_use]
    pub fn opt_outs(&self) -> &[OptOut] {
        &self.parts.opt_outs
    }

    /// The items, in the order of the file.
    #[must_use]
    pub fn items(&self) -> &[Item] {
        &self.parts.items
    }

    /// The findings that are put up with.
    #[must_use]
    pub fn suppressions(&self) -> &[Suppression] {
        &self.parts.suppressions
    }

    /// The purpose of a name in the file.
    #[must_use]
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.parts.purposes.get(self.place_of_purpose(id)?)
    }

    /// The third party of a name in the file.
    #[must_use]
    pub fn vendor(&self, id: &str) -> Option<&Vendor> {
        self.parts.vendors.iter().find(|vendor| vendor.id == id)
    }

    /// The way to opt out of a name in the file.
    #[must_use]
    pub fn opt_out(&self, id: &str) -> Option<&OptOut> {
        self.parts.opt_outs.iter().find(|opt_out| opt_out.id == id)
    }

    /// The third party of an item.
    #[must_use]
    pub fn vendor_of(&self, item: &Item) -> Option<&Vendor> {
        self.vendor(item.vendor.as_deref()?)
    }

    /// The purposes of an item.
    pub fn purposes_of<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = &'a Purpose> {
        item.purposes.iter().filter_map(|id| self.purpose(id))
    }

    /// The cookie that is declared under a name for a domain.
    ///
    /// Exact names come before patterns, longer patterns before shorter ones. `domain` is the
    /// cookie's, in lower case: that of its attribute, or the host that set it.
    #[must_use]
    pub fn find_cookie(&self, name: &[u8], domain: &str) -> Option<&Item> {
        self.find(name, domain, Item::is_cookie)
    }

    /// The item of one of some kinds that is declared under a name for a domain.
    #[must_use]
    pub fn find_item(&self, name: &[u8], domain: &str, kinds: &[ItemKind]) -> Option<&Item> {
        self.find(name, domain, |item| kinds.contains(&item.kind))
    }

    fn find(&self, name: &[u8], domain: &str, is_wanted: impl Fn(&Item) -> bool) -> Option<&Item> {
        let mut candidates = self.index.candidates(&self.parts.items, name);
        let is_of_site = || self.is_of_site(domain);
        candidates.find(|item| is_wanted(item) && self.belongs(item, domain, is_of_site))
    }

    /// As [`Self::find_cookie`], where it is known whether the domain is the site's.
    pub(crate) fn find_cookie_of(
        &self,
        name: &[u8],
        domain: &str,
        is_of_site: bool,
    ) -> Option<&Item> {
        let mut candidates = self.index.candidates(&self.parts.items, name);
        candidates.find(|item| item.is_cookie() && self.belongs(item, domain, || is_of_site))
    }

    /// Whether a domain is one of an item's: its own, else its vendor's and the site's hosts.
    fn belongs(&self, item: &Item, domain: &str, is_of_site: impl FnOnce() -> bool) -> bool {
        let any = |patterns: &[DomainPattern]| patterns.iter().any(|one| one.matches(domain));
        if !item.domains.is_empty() {
            return any(&item.domains);
        }
        is_of_site() || self.vendor_of(item).is_some_and(|vendor| any(&vendor.domains))
    }

    /// Whether a domain is a host of the site, or above one: cookies of those are the site's as well.
    pub(crate) fn is_of_site(&self, domain: &str) -> bool {
        let is_above = |host: &DomainPattern| {
            host.domain().strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
        };
        let hosts = &self.parts.site.hosts;
        hosts.iter().any(|host| host.matches(domain))
            || (!domain.is_empty() && hosts.iter().any(is_above))
    }

    /// What a person agreed to, as one number: it changes when something material does.
    #[must_use]
    pub const fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// Whether a finding is put up with on a day.
    #[must_use]
    pub fn suppresses(&self, code: Code, subject: Option<&str>, today: Day) -> bool {
        self.parts.suppressions.iter().any(|one| {
            let is_of_all = one.subject.is_none() || one.subject.as_deref() == subject;
            one.code == code && is_of_all && today <= one.until
        })
    }

    /// The purposes that people can choose about: those of live items that need consent somewhere,
    /// or that an objection or opting out ends.
    #[must_use]
    pub fn choosable(&self) -> PurposeSet {
        let items = self.parts.items.iter().filter(|item| self.is_choosable(item));
        items.fold(PurposeSet::EMPTY, |set, item| set.and(item.purpose_set()))
    }

    /// Whether people can choose about an item.
    pub(crate) fn is_choosable(&self, item: &Item) -> bool {
        let ends = |basis| match basis {
            Basis::Exempt(exemption) => exemption.ends_by_objection(),
            _ => true,
        };
        let mut places = self.parts.site.jurisdictions.iter();
        item.is_live() && places.any(|place| ends(item.ground_in(Some(*place))))
    }

    pub(crate) fn place_of_purpose(&self, id: &str) -> Option<usize> {
        self.parts.purposes.binary_search_by(|purpose| (*purpose.id).cmp(id)).ok()
    }
}

fn check_length(text: &str) -> Result<(), PolicyError> {
    if text.len() <= MAX_POLICY {
        return Ok(());
    }
    let fault = Fault::TooMuch { what: "bytes", limit: MAX_POLICY };
    Err(PolicyError::of(vec![Problem { place: Place::START, path: String::new(), fault }]))
}

/// What the reader says may repeat a key of the file, as it was decoded.
fn syntax(place: Place, message: &str) -> PolicyError {
    let fault = Fault::Syntax { message: message.replace(char::is_control, "\u{FFFD}") };
    PolicyError::of(vec![Problem { place, path: String::new(), fault }])
}
