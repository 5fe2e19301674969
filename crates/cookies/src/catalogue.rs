//! Well-known cookies: what a name is likely to be.
//!
//! Some three hundred of our own, in our words, and whatever the Open Cookie Database of the user
//! has. An entry is a hint for whoever writes a declaration; it is no ground for anything.

mod advertising;
mod frameworks;
mod open_cookie_database;
mod retention;
mod services;
mod statistics;

use std::collections::HashMap;

pub use open_cookie_database::ImportError;

use crate::policy::{DomainPattern, ItemKind, Lifetime, NamePattern, PurposeKind};

/// Patterns that fix no more than this count only on their own domain.
const SHORT: usize = 3;

/// What is known of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The name, or the pattern of names.
    pub name: NamePattern,
    /// The domain, if it is always the same.
    pub domain: Option<DomainPattern>,
    /// Who sets it.
    pub vendor: String,
    /// What it is, if that is known.
    pub kind: Option<ItemKind>,
    /// What it is for; `None` where the source says "functional" or "necessary", which may be
    /// anything.
    pub purpose: Option<PurposeKind>,
    /// How long it stays, if that is known.
    pub lifetime: Option<Lifetime>,
    /// The same as the source has it.
    pub lifetime_text: String,
    /// What it does.
    pub description: String,
    /// Where this comes from.
    pub source: Source,
}

/// Where an entry comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Source {
    /// This crate.
    Upheld,
    /// The Open Cookie Database, as the user supplied it.
    OpenCookieDatabase,
}

/// What the catalogue says of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hint<'a> {
    /// The nearest entry.
    pub entry: &'a Entry,
    /// Whether the name is the entry's own, and not one that its pattern fits.
    pub is_exact: bool,
    /// Whether the domain is the entry's.
    pub is_of_domain: bool,
    /// Whether another entry is as near and says something else of the purpose.
    pub is_ambiguous: bool,
}

/// A catalogue of well-known cookies.
///
/// ```
/// use upheld_cookies::catalogue::Catalogue;
/// use upheld_cookies::policy::PurposeKind;
///
/// let catalogue = Catalogue::well_known();
/// let hint = catalogue.find(b"_ga_1X2Y3Z", "clinic.example").ok_or("unknown")?;
/// assert_eq!((&*hint.entry.vendor, hint.entry.purpose), ("Google", Some(PurposeKind::Statistics)));
/// assert_eq!(catalogue.find(b"fr", "clinic.example"), None); // facebook.com's alone
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    entries: Vec<Entry>,
    exact: HashMap<String, Vec<usize>>,
    patterns: Vec<usize>,
}

/// An entry of this crate.
struct Known {
    name: &'static str,
    vendor: &'static str,
    kind: ItemKind,
    purpose: PurposeKind,
    lifetime: &'static str,
    domain: &'static str,
    description: &'static str,
}

impl Known {
    const fn new(
        name: &'static str,
        vendor: &'static str,
        kind: ItemKind,
        purpose: PurposeKind,
        lifetime: &'static str,
        domain: &'static str,
        description: &'static str,
    ) -> Self {
        Self { name, vendor, kind, purpose, lifetime, domain, description }
    }

    fn to_entry(&self) -> Option<Entry> {
        Some(Entry {
            name: NamePattern::parse(self.name)?,
            domain: DomainPattern::parse(&format!("*.{}", self.domain)),
            vendor: self.vendor.to_owned(),
            kind: Some(self.kind),
            purpose: Some(self.purpose),
            lifetime: Lifetime::parse(self.lifetime),
            lifetime_text: self.lifetime.to_owned(),
            description: self.description.to_owned(),
            source: Source::Upheld,
        })
    }
}

impl Catalogue {
    /// This crate's own.
    #[must_use]
    pub fn well_known() -> Self {
        let all = [advertising::KNOWN, statistics::KNOWN, services::KNOWN, frameworks::KNOWN];
        let mut catalogue = Self::default();
        catalogue.extend(all.into_iter().flatten().filter_map(Known::to_entry));
        catalogue
    }

    /// The same with the rows of an `open-cookie-database.csv` that the user supplies.
    ///
    /// # Errors
    ///
    /// [`ImportError`].
    pub fn with_open_cookie_database_csv(mut self, csv: &[u8]) -> Result<Self, ImportError> {
        self.extend(open_cookie_database::read_csv(csv)?);
        Ok(self)
    }

    /// The same with the records of an `open-cookie-database.json` that the user supplies.
    ///
    /// # Errors
    ///
    /// [`ImportError`].
    pub fn with_open_cookie_database_json(mut self, json: &[u8]) -> Result<Self, ImportError> {
        self.extend(open_cookie_database::read_json(json)?);
        Ok(self)
    }

    /// Every entry.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The nearest entry to a name: exact before patterns, longer patterns before shorter, and of
    /// one length those of this domain first, then this crate's own.
    ///
    /// Entries of this crate with a domain count there alone. So do patterns that fix three bytes or
    /// fewer, wherever they are from.
    #[must_use]
    pub fn find(&self, name: &[u8], domain: &str) -> Option<Hint<'_>> {
        let exact = str::from_utf8(name).ok().and_then(|name| self.exact.get(name));
        let exact = exact.into_iter().flatten();
        let fits = |number: &&usize| {
            self.entries.get(**number).is_some_and(|entry| entry.name.matches(name))
        };
        let numbers = exact.chain(self.patterns.iter().filter(fits));
        let ranked = numbers.filter_map(|number| {
            let entry = self.entries.get(*number)?;
            Some((rank(entry, domain)?, entry))
        });
        let mut ranked: Vec<(Rank, &Entry)> = ranked.collect();
        ranked.sort_by_key(|(rank, _)| core::cmp::Reverse(*rank));
        let ((rank, entry), others) = ranked.split_first()?;
        let near = |other: &Rank| (other.0, other.1, other.2) == (rank.0, rank.1, rank.2);
        let differs = |(other, that): &(Rank, &Entry)| near(other) && that.purpose != entry.purpose;
        Some(Hint {
            entry,
            is_exact: rank.0,
            is_of_domain: rank.2,
            is_ambiguous: others.iter().any(differs),
        })
    }

    fn extend(&mut self, entries: impl IntoIterator<Item = Entry>) {
        for entry in entries {
            let number = self.entries.len();
            if entry.name.is_exact() {
                self.exact.entry(entry.name.as_str().to_owned()).or_default().push(number);
            } else {
                self.patterns.push(number);
            }
            self.entries.push(entry);
        }
    }
}

/// How near an entry is: exact, how much of the name it fixes, its domain, and ours before others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank(bool, usize, bool, bool);

fn rank(entry: &Entry, domain: &str) -> Option<Rank> {
    let is_of_domain = entry.domain.as_ref().is_some_and(|pattern| pattern.matches(domain));
    let (is_exact, is_own) = (entry.name.is_exact(), entry.source == Source::Upheld);
    let is_short = !is_exact && entry.name.fixed() <= SHORT;
    let needs_domain = is_short || (is_own && entry.domain.is_some());
    let rank = Rank(is_exact, entry.name.fixed(), is_of_domain, is_own);
    (is_of_domain || !needs_domain).then_some(rank)
}
