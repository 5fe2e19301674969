//! What was observed.

use std::collections::BTreeMap;

use super::Phase;
use crate::google_consent::GoogleConsent;
use crate::policy::{ItemKind, Lifetime};

/// The most different things that are kept.
pub const MAX_OBSERVATIONS: usize = 50_000;

/// The most bytes that are kept of a name or an address; no declaration has longer names.
pub(super) const MAX_NAME: usize = 1024;

/// Everything that was observed, in order of kind, domain and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inventory {
    pub(super) seen: BTreeMap<Key, Observation>,
    pub(super) told: Vec<Told>,
    pub(super) third_parties: BTreeMap<String, Evidence>,
    pub(super) recordings: Vec<String>,
    pub(super) phases: [bool; 4],
}

/// More different things than are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more than {MAX_OBSERVATIONS} different cookies and beacons; record fewer pages at a time")]
#[non_exhaustive]
pub struct TooMany;

/// What one thing is told from others by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) group: Group,
    pub(super) site: String,
    pub(super) name: Vec<u8>,
}

impl Key {
    pub(super) fn of(group: Group, site: String, name: &[u8]) -> Self {
        Self { group, site, name: shortened(name) }
    }
}

/// The beginning and the end of a name that is too long: a pattern with `*` fixes either.
fn shortened(name: &[u8]) -> Vec<u8> {
    const HALF: usize = MAX_NAME / 2;
    match (name.first_chunk::<HALF>(), name.last_chunk::<HALF>()) {
        (Some(head), Some(tail)) if name.len() > MAX_NAME => [&head[..], tail].concat(),
        _ => name.to_vec(),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Cookie,
    Flash,
    Beacon,
    Script,
}

/// One thing that was observed: a cookie, a beacon, a script of a third party, a Flash cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observation {
    /// What it is. A cookie that no response set is taken for one set by a script.
    pub kind: ItemKind,
    /// Its name; for beacons and scripts the host and the path.
    pub name: String,
    /// The domain that it belongs to, the widest if there were several.
    pub domain: String,
    /// Whether that is another's site.
    pub is_third_party: bool,
    /// The longest that it was to stay, limited as user agents limit it; `None` if nobody said.
    pub lifetime: Option<Lifetime>,
    /// Whether pages of other sites send it.
    pub is_cross_site: bool,
    /// Where it was first seen in each phase.
    pub(super) first: [Option<Evidence>; 4],
    /// Where a removal misses, which rule CL15 is about.
    pub(super) removals: Vec<(Vec<u8>, Evidence)>,
}

impl Observation {
    /// Where it was first seen in a phase: set, sent or fired.
    #[must_use]
    pub const fn first(&self, phase: Phase) -> Option<&Evidence> {
        let [before, accepted, refused, withdrawn] = &self.first;
        let found = match phase {
            Phase::BeforeChoice => before,
            Phase::Accepted => accepted,
            Phase::Refused => refused,
            Phase::Withdrawn => withdrawn,
        };
        found.as_ref()
    }

    /// The phases in which it was seen.
    pub fn phases(&self) -> impl Iterator<Item = Phase> {
        Phase::ALL.into_iter().filter(|phase| self.first(*phase).is_some())
    }

    /// Remembers where it was seen in a phase, if that was the first time.
    pub(super) fn note(&mut self, phase: Phase, evidence: &Evidence) {
        if let Some(first) = self.first.get_mut(phase.index()) {
            first.get_or_insert_with(|| evidence.clone());
        }
    }

    /// Where it was seen at all.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.first.iter().flatten().next()
    }
}

/// Where something was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Evidence {
    /// The recording, by the name that was given to it.
    pub recording: String,
    /// The number of the entry in it, from 1; 0 for what is no recording.
    pub entry: u64,
    /// The address without query.
    pub url: String,
}

/// What a page told Google, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// What.
    pub consent: GoogleConsent,
    /// When.
    pub phase: Phase,
    /// Where it was seen first.
    pub evidence: Evidence,
}

impl Inventory {
    /// Every observation.
    #[must_use]
    pub fn observations(&self) -> impl ExactSizeIterator<Item = &Observation> {
        self.seen.values()
    }

    /// What pages told Google's Consent Mode, each answer once to a phase.
    #[must_use]
    pub fn told_google(&self) -> &[Told] {
        &self.told
    }

    /// The registrable domains of others that were asked for anything, and where first.
    #[must_use]
    pub fn third_parties(&self) -> impl ExactSizeIterator<Item = (&str, &Evidence)> {
        self.third_parties.iter().map(|(domain, evidence)| (&**domain, evidence))
    }

    /// Whether anything was recorded in a phase.
    #[must_use]
    pub fn has_phase(&self, phase: Phase) -> bool {
        self.phases.get(phase.index()).is_some_and(|is_there| *is_there)
    }

    /// The recordings, by the names that were given to them.
    #[must_use]
    pub fn recordings(&self) -> &[String] {
        &self.recordings
    }
}
