//! What differs between two declarations, two observations, or one of each.

use std::collections::BTreeMap;

use super::Inventory;
use crate::policy::{ItemKind, Lifetime, NamePattern, Policy};

/// How much two lifetimes may differ and count as the same, in seconds.
const TOLERANCE: u64 = 300;

/// One thing that is declared or observed, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Declared {
    /// What it is.
    pub kind: ItemKind,
    /// Its name, or the pattern of its names.
    pub name: String,
    /// The domain that it belongs to; empty for the site's own.
    pub domain: String,
    /// How long it stays, if that is known.
    pub lifetime: Option<Lifetime>,
}

/// A difference.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Only on the right.
    Added(Declared),
    /// Only on the left.
    Removed(Declared),
    /// It stays for another time.
    Lifetime {
        /// As it is on the left.
        left: Declared,
        /// As it is on the right.
        right: Declared,
    },
}

impl Policy {
    /// Its items in use, in short.
    #[must_use]
    pub fn declared(&self) -> Vec<Declared> {
        let live = self.items().iter().filter(|item| item.is_live());
        let declared = live.map(|item| Declared {
            kind: item.kind,
            name: item.name.as_str().to_owned(),
            domain: item.domains.first().map(|one| one.domain().to_owned()).unwrap_or_default(),
            lifetime: item.lifetime,
        });
        declared.collect()
    }
}

impl Inventory {
    /// What was observed, in short; scripts are left out.
    #[must_use]
    pub fn declared(&self) -> Vec<Declared> {
        let all = self.observations().filter(|one| one.kind != ItemKind::Script);
        let declared = all.map(|one| Declared {
            kind: one.kind,
            name: one.name.clone(),
            domain: one.domain.clone(),
            lifetime: one.lifetime,
        });
        declared.collect()
    }
}

/// Finds what differs, in order of name.
///
/// A pattern stands for every name that fits it, and a cookie is one by whomever it is set. A name
/// in several domains is one.
///
/// ```
/// use upheld_cookies::audit::{Change, difference};
/// use upheld_cookies::policy::Policy;
///
/// let policy = |items: &str| Policy::parse_toml(&format!(
///     "schema = 1\nsite = {{ hosts = ['a.example'], jurisdictions = ['eea'], \
///      updated = '2026-01-01' }}\n{items}"
/// ));
/// let item = |name| format!("[[item]]\nname = '{name}'\nkind = 'js-cookie'\npurposes = ['statistics']\n");
/// let (before, after) = (policy(&item("_ga_*"))?, policy(&(item("_ga_*") + &item("_gid")))?);
/// let changes = difference(&before.declared(), &after.declared());
/// assert!(matches!(&changes[..], [Change::Added(added)] if added.name == "_gid"));
/// # Ok::<(), upheld_cookies::policy::PolicyError>(())
/// ```
#[must_use]
pub fn difference(left: &[Declared], right: &[Declared]) -> Vec<Change> {
    let (left, right) = (Side::of(left), Side::of(right));
    let mut changes = Vec::new();
    for one in left.all.iter().filter(|one| !right.has(one)) {
        changes.push(Change::Removed((*one).clone()));
    }
    for one in &right.all {
        match left.find(one) {
            None if !left.has(one) => changes.push(Change::Added((*one).clone())),
            Some(other) if differs(other.lifetime, one.lifetime) => {
                let (left, right) = (other.clone(), (*one).clone());
                changes.push(Change::Lifetime { left, right });
            }
            _ => {}
        }
    }
    changes.sort_by(|a, b| a.name().cmp(b.name()));
    changes
}

impl Change {
    /// The name of what differs.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Added(one) | Self::Removed(one) | Self::Lifetime { right: one, .. } => &one.name,
        }
    }
}

/// One side of the comparison.
struct Side<'a> {
    all: Vec<&'a Declared>,
    exact: BTreeMap<(u8, &'a str), &'a Declared>,
    patterns: Vec<(u8, NamePattern, &'a Declared)>,
}

impl<'a> Side<'a> {
    fn of(list: &'a [Declared]) -> Self {
        let mut side = Self { all: Vec::new(), exact: BTreeMap::new(), patterns: Vec::new() };
        for one in list {
            let pattern = NamePattern::parse(&one.name).filter(|pattern| !pattern.is_exact());
            let is_new = match pattern {
                Some(pattern) => {
                    side.patterns.push((group(one.kind), pattern, one));
                    true
                }
                None => side.exact.insert((group(one.kind), &one.name), one).is_none(),
            };
            if is_new {
                side.all.push(one);
            }
        }
        side
    }

    /// The counterpart of one: the same name, or a pattern that it fits.
    fn find(&self, one: &Declared) -> Option<&'a Declared> {
        let group = group(one.kind);
        let same = self.exact.get(&(group, &one.name)).copied();
        let fits = |(of, pattern, _): &&(u8, NamePattern, &Declared)| {
            *of == group && (pattern.as_str() == one.name || pattern.matches(one.name.as_bytes()))
        };
        same.or_else(|| self.patterns.iter().find(fits).map(|(.., other)| *other))
    }

    /// Whether one has a counterpart, or is a pattern that something here fits.
    fn has(&self, one: &Declared) -> bool {
        let pattern = NamePattern::parse(&one.name).filter(|pattern| !pattern.is_exact());
        let is_met = |pattern: NamePattern| {
            let names = self.exact.keys().filter(|(of, _)| *of == group(one.kind));
            names.into_iter().any(|(_, name)| pattern.matches(name.as_bytes()))
        };
        self.find(one).is_some() || pattern.is_some_and(is_met)
    }
}

/// Kinds that an observer cannot tell apart.
const fn group(kind: ItemKind) -> u8 {
    match kind {
        ItemKind::HttpCookie | ItemKind::JsCookie => 0,
        ItemKind::Beacon | ItemKind::EmailPixel | ItemKind::Script => 1,
        ItemKind::FlashLso => 2,
        ItemKind::LocalStorage => 3,
        ItemKind::SessionStorage => 4,
        ItemKind::IndexedDb => 5,
        ItemKind::LinkDecoration => 6,
        ItemKind::Fingerprint => 7,
    }
}

fn differs(left: Option<Lifetime>, right: Option<Lifetime>) -> bool {
    match (left, right) {
        (Some(Lifetime::Seconds(left)), Some(Lifetime::Seconds(right))) => {
            left.abs_diff(right) > TOLERANCE
        }
        (Some(left), Some(right)) => left != right,
        _ => false,
    }
}
