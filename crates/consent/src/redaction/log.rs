//! What was taken out of a text: for the file, and for whoever reviews the decision.

use core::fmt;
use core::ops::Range;

use upheld_ledger::{Hash, Object, Value};

use super::Redaction;
use crate::Provision;
use crate::length::number;

/// What was taken out of one text. Confidential: its `Debug` shows no text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactionLog {
    original: Hash,
    copy: Hash,
    entries: Vec<RedactionEntry>,
}

/// Something that was taken out.
#[derive(Clone, PartialEq, Eq)]
pub struct RedactionEntry {
    span: Range<usize>,
    ground: Provision,
    reviewer: String,
    note: String,
    withheld: String,
}

impl RedactionLog {
    pub(super) const fn new(original: Hash, copy: Hash, entries: Vec<RedactionEntry>) -> Self {
        Self { original, copy, entries }
    }

    /// The hash of the text.
    #[must_use]
    pub const fn original(&self) -> Hash {
        self.original
    }

    /// The hash of the copy.
    #[must_use]
    pub const fn copy(&self) -> Hash {
        self.copy
    }

    /// What was taken out, in the order of the text.
    #[must_use]
    pub fn entries(&self) -> &[RedactionEntry] {
        &self.entries
    }

    /// As JSON: a payload for the record of the request, which can be erased with it.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let entries = self.entries.iter().map(RedactionEntry::to_value).collect();
        let members = [
            ("original", Value::Text(self.original.to_string())),
            ("copy", Value::Text(self.copy.to_string())),
            ("redactions", Value::Array(entries)),
        ];
        members.into_iter().collect::<Object>().into()
    }
}

impl RedactionEntry {
    pub(super) fn new(redaction: &Redaction, withheld: &str) -> Self {
        let Redaction { span, ground, reviewer, note } = redaction.clone();
        Self { span, ground, reviewer, note, withheld: withheld.into() }
    }

    /// The bytes of the text.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The provision.
    #[must_use]
    pub const fn ground(&self) -> Provision {
        self.ground
    }

    /// Who decided.
    #[must_use]
    pub fn reviewer(&self) -> &str {
        &self.reviewer
    }

    /// How they came to it.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// What was taken out.
    #[must_use]
    pub fn withheld(&self) -> &str {
        &self.withheld
    }

    fn to_value(&self) -> Value {
        let members = [
            ("from", number(self.span.start)),
            ("to", number(self.span.end)),
            ("ground", Value::Text(self.ground.to_string())),
            ("reviewer", self.reviewer.as_str().into()),
            ("note", self.note.as_str().into()),
            ("withheld", self.withheld.as_str().into()),
        ];
        members.into_iter().collect::<Object>().into()
    }
}

impl fmt::Debug for RedactionEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedactionEntry")
            .field("span", &self.span)
            .field("ground", &self.ground)
            .finish_non_exhaustive()
    }
}
