//! What was written, read back.

use core::fmt;

use upheld_ledger::{UnixMillis, Value};

use super::{PersonId, RecordId};

/// An event read back, and compared with what the log commits to. Its `Debug` shows no payload.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredEvent {
    /// Its place in the record, from 1.
    pub version: u64,
    /// Its place in the log, from 0.
    pub index: u64,
    /// When it happened, as whoever wrote it said.
    pub at: UnixMillis,
    /// Who did it.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// The rest; none once it is erased.
    pub payload: Option<Value>,
}

impl fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredEvent")
            .field("version", &self.version)
            .field("index", &self.index)
            .field("kind", &self.kind)
            .field("is_erased", &self.payload.is_none())
            .finish_non_exhaustive()
    }
}

/// A record read back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Record {
    /// What kind of record it is.
    pub kind: String,
    /// Whose; none once they are erased.
    pub person: Option<PersonId>,
    /// Its events, all of them. Their number is the version to append after.
    pub events: Vec<StoredEvent>,
}

impl Record {
    /// How many events it has.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.events.last().map_or(0, |event| event.version)
    }
}

/// A record, as a list has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// Its name.
    pub record: RecordId,
    /// Its label.
    pub label: Option<String>,
    /// How many events it has.
    pub version: u64,
}
