//! Proofs out of leaves that pass by once, in order: memory grows with the logarithm of the tree.

use core::ops::Range;

use super::{Consistency, Inclusion, ProofError};
use crate::{Hash, Tree};

/// Makes an [`Inclusion`] while the leaves pass by.
#[derive(Clone, Debug)]
pub struct InclusionProver {
    index: u64,
    subtrees: Subtrees,
}

impl InclusionProver {
    /// Prepares a proof for the leaf at `index` of a tree of `size` leaves.
    ///
    /// # Errors
    ///
    /// [`ProofError::Index`] when there is no such leaf.
    pub fn new(index: u64, size: u64) -> Result<Self, ProofError> {
        Ok(Self { index, subtrees: Subtrees::new(inclusion_ranges(index, size)?, size) })
    }

    /// Takes the next leaf, from the first on.
    pub fn push(&mut self, leaf: Hash) {
        self.subtrees.push(leaf);
    }

    /// Makes the proof.
    ///
    /// # Errors
    ///
    /// [`ProofError::Leaves`] unless every leaf was pushed.
    pub fn finish(self) -> Result<Inclusion, ProofError> {
        let size = self.subtrees.size;
        Ok(Inclusion { index: self.index, size, path: self.subtrees.finish()? })
    }
}

/// Makes a [`Consistency`] while the leaves of the later tree pass by.
#[derive(Clone, Debug)]
pub struct ConsistencyProver {
    early: u64,
    subtrees: Subtrees,
}

impl ConsistencyProver {
    /// Prepares a proof that `late` leaves begin with `early`.
    ///
    /// # Errors
    ///
    /// [`ProofError::Sizes`] unless `1 <= early <= late`.
    pub fn new(early: u64, late: u64) -> Result<Self, ProofError> {
        Ok(Self { early, subtrees: Subtrees::new(consistency_ranges(early, late)?, late) })
    }

    /// Takes the next leaf, from the first on.
    pub fn push(&mut self, leaf: Hash) {
        self.subtrees.push(leaf);
    }

    /// Makes the proof.
    ///
    /// # Errors
    ///
    /// [`ProofError::Leaves`] unless every leaf was pushed.
    pub fn finish(self) -> Result<Consistency, ProofError> {
        let late = self.subtrees.size;
        Ok(Consistency { early: self.early, late, path: self.subtrees.finish()? })
    }
}

/// The subtrees whose roots make a proof, in its order.
#[derive(Clone, Debug)]
struct Subtrees {
    parts: Vec<(Range<u64>, Tree)>,
    pushed: u64,
    size: u64,
}

impl Subtrees {
    fn new(ranges: Vec<Range<u64>>, size: u64) -> Self {
        let parts = ranges.into_iter().map(|range| (range, Tree::default())).collect();
        Self { parts, pushed: 0, size }
    }

    fn push(&mut self, leaf: Hash) {
        let at = self.pushed;
        let part = self.parts.iter_mut().find(|(range, _)| range.contains(&at));
        if let Some((_, tree)) = part {
            tree.push(leaf);
        }
        self.pushed = at.saturating_add(1);
    }

    fn finish(self) -> Result<Vec<Hash>, ProofError> {
        if self.pushed != self.size {
            return Err(ProofError::Leaves { found: self.pushed, expected: self.size });
        }
        Ok(self.parts.iter().map(|(_, tree)| tree.root()).collect())
    }
}

/// The subtrees beside the way from the root to the leaf, the lowest first.
//= RFC 6962 §2.1.1: at every split, the half without the leaf
pub(super) fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while let Some(middle) = split(start, end) {
        if index < middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    ranges.reverse();
    Ok(ranges)
}

/// The subtrees that the later tree has beside those of the earlier one.
//= RFC 6962 §2.1.2: the split goes on until the earlier tree is made of whole subtrees
pub(super) fn consistency_ranges(early: u64, late: u64) -> Result<Vec<Range<u64>>, ProofError> {
    if early == 0 || early > late {
        return Err(ProofError::Sizes { early, late });
    }
    let (mut start, mut end) = (0, late);
    let mut ranges = Vec::new();
    while end != early {
        let Some(middle) = split(start, end) else { break };
        if early <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    // The whole earlier tree is known to whoever checks.
    if start != 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    Ok(ranges)
}

/// Where a list is split: after the largest power of two that is less than its length.
fn split(start: u64, end: u64) -> Option<u64> {
    let last = end.checked_sub(start)?.checked_sub(1)?;
    start.checked_add(1_u64.checked_shl(last.checked_ilog2()?)?)
}
