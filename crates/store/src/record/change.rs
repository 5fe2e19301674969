//! What is to be written, and whether it was.

use core::fmt;

use upheld_ledger::{UnixMillis, Value};

use super::PersonId;

/// Whom and what a new record is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub(super) kind: String,
    pub(super) label: Option<String>,
    pub(super) person: PersonId,
}

impl Subject {
    /// Says what kind of record it is, and whose.
    #[must_use]
    pub fn new(kind: &str, person: PersonId) -> Self {
        Self { kind: kind.into(), label: None, person }
    }

    /// Lets the person have one record of this kind and label, and no second.
    #[must_use]
    pub fn with_label(self, label: &str) -> Self {
        Self { label: Some(label.into()), ..self }
    }
}

/// Events that are written together. Its `Debug` shows no payload.
#[derive(Clone, PartialEq, Eq)]
pub struct Change {
    pub(super) at: UnixMillis,
    pub(super) actor: String,
    pub(super) events: Vec<NewEvent>,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) struct NewEvent {
    pub(super) at: UnixMillis,
    pub(super) kind: String,
    pub(super) payload: Value,
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<&str> = self.events.iter().map(|event| event.kind.as_str()).collect();
        f.debug_struct("Change")
            .field("at", &self.at)
            .field("kinds", &kinds)
            .finish_non_exhaustive()
    }
}

impl Change {
    /// Begins with the moment, and with who did it. The actor stands in the log for good: name a
    /// role or an account of staff, never the person.
    #[must_use]
    pub fn new(at: UnixMillis, actor: &str) -> Self {
        Self { at, actor: actor.into(), events: Vec::new() }
    }

    /// Adds an event. Its kind stands in the log for good; its payload can be erased.
    #[must_use]
    pub fn with_event(self, kind: &str, payload: Value) -> Self {
        let at = self.at;
        self.with_event_at(at, kind, payload)
    }

    /// Adds an event that happened at another moment.
    #[must_use]
    pub fn with_event_at(mut self, at: UnixMillis, kind: &str, payload: Value) -> Self {
        self.events.push(NewEvent { at, kind: kind.into(), payload });
        self
    }
}

/// Whether a change was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a stale change was not written"]
#[expect(clippy::exhaustive_enums, reason = "written, too late, or nowhere to write to")]
pub enum Written {
    /// It was, durably.
    Written {
        /// How many events the record has now.
        version: u64,
    },
    /// Somebody was faster: read the record again and decide again.
    Stale {
        /// How many events the record has.
        version: u64,
    },
    /// There is such a record already, or one of this kind and label of the person.
    Exists,
    /// There is no such record.
    Unknown,
}
