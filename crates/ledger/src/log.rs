//! Appending.

use crate::{Draft, Integer, Record, Tree};

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
    scratch: String,
}

impl Log {
    /// Continues a log from the tree over its entries.
    #[must_use]
    pub const fn resume(tree: Tree) -> Self {
        Self { tree, scratch: String::new() }
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
        self.scratch.clear();
        draft.write(index, &mut self.scratch);
        let length = self.scratch.len().saturating_add(LINE_OVERHEAD);
        if length > crate::MAX_LINE {
            return Err(AppendError::TooLong { length });
        }
        let record = Record::new(self.scratch.as_str().into());
        self.tree.push(record.leaf());
        Ok(record)
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
    /// Beyond 2⁵³ entries.
    #[error("the log is full: indexes end at 2^53 - 1")]
    Full,
}
