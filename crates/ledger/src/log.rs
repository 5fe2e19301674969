//! Appending.

use crate::hash::BEFORE_LEAF;
use crate::json::{fill, put};
use crate::{Draft, Hash, Integer, Record, Tree};

/// The end of a log: what it takes to append to it, however long it is.
///
/// A log stores nothing. Whoever appends stores the [`Record`], durably and at its index, before
/// anything is done that the record speaks of.
///
/// ```
/// use upheld_ledger::{Draft, Log, Tree, UnixMillis, Verifier};
///
/// let mut log = Log::default();
/// let at = UnixMillis::new(1_750_000_000_000).ok_or("too late")?;
/// let first = log.append(&Draft::new(at, "reception", "request.received"))?;
/// assert_eq!(
///     first.entry(),
///     r#"{"actor":"reception","at":1750000000000,"kind":"request.received","seq":0}"#,
/// );
///
/// let mut verifier = Verifier::default();
/// verifier.push(first.as_ref())?;
/// assert_eq!(verifier.tree().root(), log.tree().root());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Log {
    tree: Tree,
    /// Where entries are written before they are copied to their length.
    scratch: Vec<u8>,
}

impl Log {
    /// Continues a log from the tree over its entries.
    #[must_use]
    pub const fn resume(tree: Tree) -> Self {
        Self { tree, scratch: Vec::new() }
    }

    /// The tree over all entries.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Appends an entry.
    ///
    /// # Errors
    ///
    /// [`AppendError`], which leaves the log as it was.
    pub fn append(&mut self, draft: &Draft<'_>) -> Result<Record, AppendError> {
        let index = self.tree.size();
        if index > Integer::MAX.get().unsigned_abs() {
            return Err(AppendError::Full);
        }
        let Self { tree, scratch } = self;
        let written = fill(scratch, |place| draft.write(index, put(&[BEFORE_LEAF], place)?));
        let (_, entry) = scratch.split_at_checked(1).unwrap_or_default();
        let entry = entry.get(..written.saturating_sub(1)).unwrap_or_default();
        let length = entry.len().saturating_add(LINE_OVERHEAD);
        if length > crate::MAX_LINE {
            return Err(AppendError::TooLong { length });
        }
        // Strings and digits were written, and so it is text. Whatever were not could never be read.
        let entry = str::from_utf8(entry).map_err(|_| AppendError::NotText)?.into();
        let leaf = Hash::of_message(scratch, written);
        tree.push(leaf);
        Ok(Record::new(entry, leaf))
    }
}

/// What a line has beside the entry.
const LINE_OVERHEAD: usize = 64;

/// Why nothing was appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The entry would make a line that is not read.
    #[error("a line of {length} bytes; {} at most", crate::MAX_LINE)]
    TooLong {
        /// In bytes, of the whole line.
        length: usize,
    },
    /// What was written is no text, which is a mistake of this crate.
    #[error("the entry was written wrongly: it is no UTF-8")]
    NotText,
    /// Beyond 2⁵³ entries.
    #[error("the log is full: indexes end at 2^53 - 1")]
    Full,
}
