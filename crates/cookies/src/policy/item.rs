//! One thing that is stored on a device, read from it, or sent by it.

use core::fmt;
use std::collections::BTreeMap;

use super::name::{DomainPattern, NamePattern};
use super::word::Word;
use super::{Basis, Jurisdiction, Place};
use crate::Day;

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

/// How long something stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Lifetime {
    /// `session`: until the browser is closed.
    Session,
    /// So many seconds.
    Seconds(u64),
    /// `until-deleted`: until someone removes it.
    UntilDeleted,
}

/// What is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DataKind {
    /// `ip-address`.
    IpAddress,
    /// `cookie-id`: an identifier kept in a cookie or the like.
    CookieId,
    /// `device-id`.
    DeviceId,
    /// `device-characteristics`: kind of device and browser.
    DeviceCharacteristics,
    /// `probabilistic-id`: an identifier computed from characteristics.
    ProbabilisticId,
    /// `account-id`: who is signed in.
    AccountId,
    /// `web-activity`: pages seen and what was done there.
    WebActivity,
    /// `user-provided`: what a person typed.
    UserProvided,
    /// `approximate-location`.
    ApproximateLocation,
    /// `precise-location`.
    PreciseLocation,
    /// `profile`: what is concluded of a person.
    Profile,
    /// `privacy-choice`: what was agreed to or refused.
    PrivacyChoice,
    /// `preference`: language, colours and the like.
    Preference,
    /// `security-token`: a random value against forgery.
    SecurityToken,
    /// `diagnostics`: faults and how fast pages are.
    Diagnostics,
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

impl Lifetime {
    /// Reads `session`, `until-deleted` or a number with `s`, `m`, `h`, `d`, `w` or `y` (365 days).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "session" => return Some(Self::Session),
            "until-deleted" => return Some(Self::UntilDeleted),
            _ => {}
        }
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at_checked(digits)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            "w" => 604_800,
            "y" => 31_536_000,
            _ => return None,
        };
        number.parse::<u64>().ok()?.checked_mul(seconds).map(Self::Seconds)
    }

    /// The seconds, if it is a number of them.
    #[must_use]
    pub const fn as_seconds(self) -> Option<u64> {
        match self {
            Self::Seconds(seconds) => Some(seconds),
            Self::Session | Self::UntilDeleted => None,
        }
    }
}

/// As people say it: `session`, `182 days`.
impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = match self {
            Self::Session => return f.write_str("session"),
            Self::UntilDeleted => return f.write_str("until deleted"),
            Self::Seconds(seconds) => *seconds,
        };
        let units = [(31_536_000, "year"), (86_400, "day"), (3600, "hour"), (60, "minute")];
        let whole = |(unit, _): &(u64, &str)| seconds > 0 && seconds.is_multiple_of(*unit);
        let (unit, name) = units.into_iter().find(whole).unwrap_or((1, "second"));
        let count = seconds.checked_div(unit).unwrap_or(seconds);
        write!(f, "{count} {name}{}", if count == 1 { "" } else { "s" })
    }
}

impl DataKind {
    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IpAddress => "IP address",
            Self::CookieId => "cookie identifier",
            Self::DeviceId => "device identifier",
            Self::DeviceCharacteristics => "kind of device and browser",
            Self::ProbabilisticId => "identifier computed from the device",
            Self::AccountId => "account",
            Self::WebActivity => "website activity",
            Self::UserProvided => "what you type",
            Self::ApproximateLocation => "approximate location",
            Self::PreciseLocation => "precise location",
            Self::Profile => "profile",
            Self::PrivacyChoice => "your privacy choices",
            Self::Preference => "your preferences",
            Self::SecurityToken => "random value for security",
            Self::Diagnostics => "faults and loading times",
        }
    }

    /// The data category of the IAB's Global Vendor List, 1 to 11.
    #[must_use]
    pub const fn tcf(self) -> Option<u8> {
        match self {
            Self::IpAddress => Some(1),
            Self::DeviceCharacteristics => Some(2),
            Self::DeviceId | Self::CookieId => Some(3),
            Self::ProbabilisticId => Some(4),
            Self::AccountId => Some(5),
            Self::WebActivity => Some(6),
            Self::UserProvided => Some(7),
            Self::ApproximateLocation => Some(8),
            Self::PreciseLocation => Some(9),
            Self::Profile => Some(10),
            Self::PrivacyChoice => Some(11),
            Self::Preference | Self::SecurityToken | Self::Diagnostics => None,
        }
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

impl Word for DataKind {
    const WHAT: &'static str = "kind of data";
    const ALL: &'static [Self] = &[
        Self::IpAddress,
        Self::CookieId,
        Self::DeviceId,
        Self::DeviceCharacteristics,
        Self::ProbabilisticId,
        Self::AccountId,
        Self::WebActivity,
        Self::UserProvided,
        Self::ApproximateLocation,
        Self::PreciseLocation,
        Self::Profile,
        Self::PrivacyChoice,
        Self::Preference,
        Self::SecurityToken,
        Self::Diagnostics,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::IpAddress => "ip-address",
            Self::CookieId => "cookie-id",
            Self::DeviceId => "device-id",
            Self::DeviceCharacteristics => "device-characteristics",
            Self::ProbabilisticId => "probabilistic-id",
            Self::AccountId => "account-id",
            Self::WebActivity => "web-activity",
            Self::UserProvided => "user-provided",
            Self::ApproximateLocation => "approximate-location",
            Self::PreciseLocation => "precise-location",
            Self::Profile => "profile",
            Self::PrivacyChoice => "privacy-choice",
            Self::Preference => "preference",
            Self::SecurityToken => "security-token",
            Self::Diagnostics => "diagnostics",
        }
    }
}
