//! One thing that is stored on a device, read from it, or sent by it.

use std::collections::BTreeMap;

use super::name::{DomainPattern, NamePattern};
use super::word::Word;
use super::{
    Basis, DataKind, Exemption, Jurisdiction, Lifetime, Place, Purpose, PurposeKind, Regime,
};
use crate::{Day, PurposeSet};

/// One thing that a site or its vendors store on a device, read from it, or have it send.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "independent facts of a declaration")]
pub struct Item {
    /// Its name, or the pattern of its names.
    pub name: NamePattern,
    /// What it is.
    pub kind: ItemKind,
    /// Whether it is in use.
    pub status: Status,
    /// The purposes by their names in the file, at least one.
    pub purposes: Vec<String>,
    /// The ground claimed where no jurisdiction has one of its own.
    pub basis: Basis,
    /// The grounds claimed by jurisdiction.
    pub by_jurisdiction: BTreeMap<Jurisdiction, Basis>,
    /// How long it stays; `None` if the file does not say (CL05).
    pub lifetime: Option<Lifetime>,
    /// Whether every visit makes it stay that long again.
    pub refreshes: bool,
    /// The vendor by its name in the file; `None` is the site itself.
    pub vendor: Option<String>,
    /// The domains to which it belongs; none is the site's hosts.
    pub domains: Vec<DomainPattern>,
    /// The paths for which it is set; a cookie is removed from each.
    pub paths: Vec<String>,
    /// Whether it is set with `Partitioned`.
    pub partitioned: bool,
    /// What it collects.
    pub data: Vec<DataKind>,
    /// Who else receives that, by the name of a vendor or in words.
    pub recipients: Vec<String>,
    /// How long those who collected it keep it.
    pub retention: Option<Lifetime>,
    /// Whether what it collects is sold, or shared for advertising across contexts.
    pub sold_or_shared: bool,
    /// Whether it yields numbers about all and nothing about one.
    pub aggregate_only: bool,
    /// Where a person can object, free of charge: a path or a URL.
    pub objection: Option<String>,
    /// The way to opt out, by its name in the file.
    pub opt_out: Option<String>,
    /// What it does, in a sentence for people.
    pub description: Option<String>,
    /// When this was last compared with what happens.
    pub evidence: Option<Day>,
    /// Where it stands in the file.
    pub place: Place,
    /// What a decision needs of its purposes.
    pub(super) of_purposes: OfPurposes,
}

/// What a decision needs of an item's purposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OfPurposes {
    set: PurposeSet,
    is_advertising: bool,
    /// The exceptions that cover all of them, in the order of [`Exemption::ALL`].
    covered: [bool; 5],
}

impl OfPurposes {
    /// Of purposes with their places in the policy.
    pub(super) fn of<'a>(purposes: impl Iterator<Item = (usize, &'a Purpose)> + Clone) -> Self {
        let kinds = purposes.clone().map(|(_, purpose)| purpose.kind);
        let covers = |exemption: Exemption| kinds.clone().all(|kind| exemption.covers(kind));
        Self {
            set: purposes.map(|(place, _)| place).fold(PurposeSet::EMPTY, PurposeSet::with),
            is_advertising: kinds.clone().any(PurposeKind::is_advertising),
            covered: Exemption::ALL.map(covers),
        }
    }
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ItemKind {
    /// `http-cookie`: set by a response.
    HttpCookie,
    /// `js-cookie`: set by a script.
    JsCookie,
    /// `local-storage`.
    LocalStorage,
    /// `session-storage`.
    SessionStorage,
    /// `indexed-db`.
    IndexedDb,
    /// `flash-lso`: a local shared object of Flash, which ended on 31 December 2020.
    FlashLso,
    /// `beacon`: a request whose purpose is to tell of itself.
    Beacon,
    /// `email-pixel`: a picture in an e-mail that tells that it was opened.
    EmailPixel,
    /// `script`: a script or another resource of a vendor.
    Script,
    /// `link-decoration`: an identifier in the address of a link.
    LinkDecoration,
    /// `fingerprint`: the device told by its properties.
    Fingerprint,
}

/// Whether an item is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Status {
    /// It is.
    Live,
    /// It was, until a day.
    Retired {
        /// The last day, if known.
        since: Option<Day>,
    },
}

impl Item {
    /// The ground claimed in a jurisdiction: its own, else that of the wider one, else the general.
    ///
    /// `None` is an unknown jurisdiction. See [`Basis::effective`] for what it is worth there.
    #[must_use]
    pub fn claimed_basis(&self, jurisdiction: Option<Jurisdiction>) -> Basis {
        let own = |jurisdiction: &Jurisdiction| self.by_jurisdiction.get(jurisdiction).copied();
        match jurisdiction {
            Some(at) => own(&at).or_else(|| own(&at.wider()?)).unwrap_or(self.basis),
            // What every one of them says, or consent.
            None if self.by_jurisdiction.values().all(|basis| *basis == self.basis) => self.basis,
            None => Basis::Consent,
        }
    }

    /// What is enough in a jurisdiction: the ground claimed if the law there knows it, it covers
    /// every purpose, and nothing is sold or shared; else consent.
    #[must_use]
    pub fn ground_in(&self, jurisdiction: Option<Jurisdiction>) -> Basis {
        let effective = self.claimed_basis(jurisdiction).effective(jurisdiction);
        let Basis::Exempt(exemption) = effective else { return effective };
        let mut known = Exemption::ALL.iter().zip(self.of_purposes.covered);
        let is_covered = known.any(|(known, is_covered)| *known == exemption && is_covered);
        if is_covered && !self.sold_or_shared {
            return effective;
        }
        match jurisdiction.map(Jurisdiction::regime) {
            Some(Regime::OptOut) => Basis::OptOut,
            _ => Basis::Consent,
        }
    }

    /// Its purposes as a set.
    #[must_use]
    pub const fn purpose_set(&self) -> PurposeSet {
        self.of_purposes.set
    }

    /// Whether one of its purposes is advertising.
    #[must_use]
    pub const fn is_advertising(&self) -> bool {
        self.of_purposes.is_advertising
    }

    /// Whether it is a cookie, by whomever set.
    #[must_use]
    pub const fn is_cookie(&self) -> bool {
        matches!(self.kind, ItemKind::HttpCookie | ItemKind::JsCookie)
    }

    /// Whether it is in use.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.status, Status::Live)
    }
}

impl ItemKind {
    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HttpCookie => "Cookie",
            Self::JsCookie => "Cookie set by a script",
            Self::LocalStorage => "Local storage",
            Self::SessionStorage => "Session storage",
            Self::IndexedDb => "Database in the browser",
            Self::FlashLso => "Flash cookie",
            Self::Beacon => "Web beacon",
            Self::EmailPixel => "Web beacon in e-mails",
            Self::Script => "Script",
            Self::LinkDecoration => "Identifier in links",
            Self::Fingerprint => "Device fingerprint",
        }
    }

    /// Whether it stays on a device, so that how long must be told.
    #[must_use]
    pub const fn is_stored(self) -> bool {
        matches!(
            self,
            Self::HttpCookie
                | Self::JsCookie
                | Self::LocalStorage
                | Self::SessionStorage
                | Self::IndexedDb
                | Self::FlashLso
        )
    }
}

impl Word for ItemKind {
    const WHAT: &'static str = "kind";
    const ALL: &'static [Self] = &[
        Self::HttpCookie,
        Self::JsCookie,
        Self::LocalStorage,
        Self::SessionStorage,
        Self::IndexedDb,
        Self::FlashLso,
        Self::Beacon,
        Self::EmailPixel,
        Self::Script,
        Self::LinkDecoration,
        Self::Fingerprint,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::HttpCookie => "http-cookie",
            Self::JsCookie => "js-cookie",
            Self::LocalStorage => "local-storage",
            Self::SessionStorage => "session-storage",
            Self::IndexedDb => "indexed-db",
            Self::FlashLso => "flash-lso",
            Self::Beacon => "beacon",
            Self::EmailPixel => "email-pixel",
            Self::Script => "script",
            Self::LinkDecoration => "link-decoration",
            Self::Fingerprint => "fingerprint",
        }
    }
}
