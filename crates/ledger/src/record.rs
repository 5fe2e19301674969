//! Entries as they are stored: their bytes, and the hash of the leaf that they are.

use crate::entry::INDEX;
use crate::json::before_decimal;
use crate::{Entry, EntryError, Hash, HashTextError};

/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 64 * 1024;

const LINE_START: &str = "{\"entry\":";
const LINE_MIDDLE: &str = ",\"leaf\":\"";
const LINE_END: &str = "\"}";

/// A record of a log: the canonical JSON of an entry, and the hash of it as a leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    entry: Box<str>,
    leaf: Hash,
}

impl Record {
    pub(crate) const fn new(entry: Box<str>, leaf: Hash) -> Self {
        Self { entry, leaf }
    }

    /// The canonical JSON of the entry.
    #[must_use]
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The hash of the entry as a leaf.
    #[must_use]
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    /// The same, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef { entry: self.entry.as_bytes(), leaf: self.leaf }
    }

    /// Writes the record as a line of a file, canonical JSON itself, without the line feed.
    #[must_use]
    pub fn to_line(&self) -> String {
        let mut line = String::with_capacity(self.entry.len().saturating_add(64));
        line.push_str(LINE_START);
        line.push_str(&self.entry);
        line.push_str(LINE_MIDDLE);
        self.leaf.write_to(&mut line);
        line.push_str(LINE_END);
        line
    }
}

/// A stored record, borrowed from wherever it is: nothing of it is trusted until it is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordRef<'a> {
    entry: &'a [u8],
    leaf: Hash,
}

impl<'a> RecordRef<'a> {
    /// Takes what a database holds.
    #[must_use]
    pub const fn from_parts(entry: &'a [u8], leaf: Hash) -> Self {
        Self { entry, leaf }
    }

    /// Reads a line that [`Record::to_line`] wrote, without its line feed.
    ///
    /// # Errors
    ///
    /// [`LineError`] for anything that it would not have written.
    pub fn parse_line(line: &'a [u8]) -> Result<Self, LineError> {
        if line.len() > MAX_LINE {
            return Err(LineError::Length { length: line.len() });
        }
        let inner = line
            .strip_prefix(LINE_START.as_bytes())
            .and_then(|rest| rest.strip_suffix(LINE_END.as_bytes()))
            .ok_or(LineError::Frame)?;
        let (front, leaf) = inner.split_last_chunk::<44>().ok_or(LineError::Frame)?;
        let entry = front.strip_suffix(LINE_MIDDLE.as_bytes()).ok_or(LineError::Frame)?;
        let leaf = Hash::parse(str::from_utf8(leaf).map_err(|_| LineError::Frame)?)?;
        Entry::parse(entry)?;
        Ok(Self { entry, leaf })
    }

    /// The bytes of the entry.
    #[must_use]
    pub const fn entry(&self) -> &'a [u8] {
        self.entry
    }

    /// The hash that is stored beside the entry.
    #[must_use]
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    /// Checks the record by itself: the entry has the stored hash and says that it is number
    /// `index`. Damage, reordering and gaps show; somebody who recomputes hashes does not. For
    /// that there is [`Verifier`](crate::Verifier), with a checkpoint.
    ///
    /// # Errors
    ///
    /// [`Fault::Leaf`] or [`Fault::Index`].
    pub fn check(&self, index: u64) -> Result<(), Fault> {
        if Hash::of_leaf(self.entry) != self.leaf {
            return Err(Fault::Leaf);
        }
        let front = self.entry.strip_suffix(b"}").and_then(|entry| before_decimal(entry, index));
        let holds = front.is_some_and(|front| front.ends_with(INDEX));
        if holds { Ok(()) } else { Err(Fault::Index) }
    }
}

/// What is wrong with a record at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The entry was changed, or the hash beside it.
    #[error("the entry does not have the hash beside it")]
    Leaf,
    /// The entry belongs elsewhere: one was taken out, put in or moved.
    #[error("the entry has another number")]
    Index,
}

/// Why a line is not a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineError {
    /// Longer than any line that is read.
    #[error("{length} bytes; a line has at most {MAX_LINE}")]
    Length {
        /// In bytes.
        length: usize,
    },
    /// Not `{"entry":…,"leaf":"…"}`.
    #[error("no line of the form {{\"entry\":…,\"leaf\":\"…\"}}")]
    Frame,
    /// The hash is not one.
    #[error(transparent)]
    Leaf(#[from] HashTextError),
    /// The entry is not one.
    #[error(transparent)]
    Entry(#[from] EntryError),
}
