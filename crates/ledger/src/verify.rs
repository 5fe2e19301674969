//! Verifying a log as it streams by.

use crate::{Checkpoint, Fault, RecordRef, Tree};

/// Verifies records in order, in constant memory, and compares them with checkpoints that were
/// kept elsewhere.
///
/// What it finds, and what it takes to find it:
///
/// | what was done to the log | found |
/// |---|---|
/// | a record was damaged, moved, taken out or put in | always, and named |
/// | the same, and every hash made to match | with a checkpoint that covers the record |
/// | the end was cut off | with a checkpoint that covers it |
/// | it was replaced by another history (a fork) | with a checkpoint of the first |
///
/// Nothing inside a log can show the last three: whoever writes the file writes all of it. Give
/// checkpoints away, to a colleague, a printer or a timestamping service.
///
/// ```
/// use upheld_ledger::{Checkpoint, Draft, Log, Tampering, UnixMillis, Verifier};
///
/// let mut log = Log::default();
/// let record = log.append(&Draft::new(UnixMillis::default(), "clerk", "consent.given"))?;
/// let kept = Checkpoint::of("clinic.example/consent", log.tree())?;
///
/// // A history that says something else, with all its hashes right.
/// let forged = Log::default().append(&Draft::new(UnixMillis::default(), "clerk", "consent.refused"))?;
/// let mut verifier = Verifier::against(vec![kept.clone()]);
/// assert_eq!(verifier.push(forged.as_ref()), Err(Tampering::History { entries: 1 }));
///
/// let mut verifier = Verifier::against(vec![kept]);
/// verifier.push(record.as_ref())?;
/// verifier.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    tree: Tree,
    /// Those not reached yet, the next one last.
    ahead: Vec<Checkpoint>,
}

impl Verifier {
    /// Verifies against checkpoints of any sizes. That they were signed by the log is checked
    /// before: see [`Note::verify`](crate::Note::verify).
    #[must_use]
    pub fn against(mut checkpoints: Vec<Checkpoint>) -> Self {
        checkpoints.sort_by_key(|checkpoint| core::cmp::Reverse(checkpoint.size()));
        Self { tree: Tree::default(), ahead: checkpoints }
    }

    /// Takes the next record, from the first on.
    ///
    /// # Errors
    ///
    /// [`Tampering`]. What comes after cannot be judged.
    pub fn push(&mut self, record: RecordRef<'_>) -> Result<(), Tampering> {
        self.reach()?;
        let index = self.tree.size();
        record.check(index).map_err(|fault| Tampering::Record { index, fault })?;
        self.tree.push(record.leaf());
        self.reach()
    }

    /// Ends the log here.
    ///
    /// # Errors
    ///
    /// [`Tampering::Truncated`] when a checkpoint covers more, and [`Tampering::History`].
    pub fn finish(mut self) -> Result<Tree, Tampering> {
        self.reach()?;
        match self.ahead.first() {
            None => Ok(self.tree),
            Some(checkpoint) => {
                Err(Tampering::Truncated { entries: self.tree.size(), expected: checkpoint.size() })
            }
        }
    }

    /// The tree over the records so far.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Compares with the checkpoints of this size.
    fn reach(&mut self) -> Result<(), Tampering> {
        while let Some(checkpoint) =
            self.ahead.pop_if(|checkpoint| checkpoint.size() == self.tree.size())
        {
            if checkpoint.root() != self.tree.root() {
                return Err(Tampering::History { entries: checkpoint.size() });
            }
        }
        Ok(())
    }
}

/// What a log shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Tampering {
    /// A record is not what it was.
    #[error("entry {index}: {fault}")]
    Record {
        /// Which, counted from 0.
        index: u64,
        /// How it shows.
        fault: Fault,
    },
    /// The log up to a checkpoint is not the one that the checkpoint was made of.
    #[error("the first {entries} entries are not those of the checkpoint")]
    History {
        /// How many the checkpoint covers.
        entries: u64,
    },
    /// The log ends before a checkpoint.
    #[error("{entries} entries, and a checkpoint of {expected}: the end was cut off")]
    Truncated {
        /// How many there are.
        entries: u64,
        /// How many there were.
        expected: u64,
    },
}
