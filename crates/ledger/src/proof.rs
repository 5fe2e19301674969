//! Proofs that an entry is in a tree and that one tree continues another (RFC 6962 §2.1.1 and
//! §2.1.2), checked without the log.

use crate::Hash;

mod prover;

pub use prover::{ConsistencyProver, InclusionProver};

/// Proves that a leaf stands at an index of a tree.
///
/// ```
/// use upheld_ledger::{Disproof, Hash, Inclusion, Tree};
///
/// let leaves: Vec<Hash> = (0..7_u8).map(|n| Hash::of_leaf(&[n])).collect();
/// let mut tree = Tree::default();
/// tree.extend(leaves.iter().copied());
///
/// let proof = Inclusion::prove(4, &leaves)?;
/// assert_eq!(proof.path().len(), 3); // grows with the logarithm of the tree
/// assert_eq!(proof.verify(leaves[4], tree.root()), Ok(()));
/// assert_eq!(proof.verify(leaves[5], tree.root()), Err(Disproof::Inclusion));
/// # Ok::<(), upheld_ledger::ProofError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    index: u64,
    size: u64,
    path: Vec<Hash>,
}

impl Inclusion {
    /// Takes a proof made elsewhere. `path` begins at the leaf's sibling.
    ///
    /// # Errors
    ///
    /// [`ProofError`] when the index is not in the tree, or the path has not the one length that
    /// the index and the size allow.
    pub fn from_parts(index: u64, size: u64, path: Vec<Hash>) -> Result<Self, ProofError> {
        let expected = prover::inclusion_ranges(index, size)?.len();
        check_length(&path, expected)?;
        Ok(Self { index, size, path })
    }

    /// Proves the leaf at `index` of `leaves`; [`InclusionProver`] takes them one by one.
    ///
    /// # Errors
    ///
    /// [`ProofError::Index`] when there is no such leaf.
    pub fn prove(index: u64, leaves: &[Hash]) -> Result<Self, ProofError> {
        let size = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        let mut prover = InclusionProver::new(index, size)?;
        for leaf in leaves {
            prover.push(*leaf);
        }
        prover.finish()
    }

    /// Where the leaf stands, counted from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes beside the way up, from the leaf's sibling to the root's child.
    #[must_use]
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// Checks that `leaf` stands at the index of the tree with this `root`.
    ///
    /// # Errors
    ///
    /// [`Disproof::Inclusion`] when it does not.
    ///
    /// # Source
    ///
    /// RFC 9162 §2.1.3.2, which checks the proofs of RFC 6962 §2.1.1.
    //= RFC 9162 §2.1.3.2: sides are told from the index and the last index, both shifted
    pub fn verify(&self, leaf: Hash, root: Hash) -> Result<(), Disproof> {
        let mut node = self.index;
        let mut last = self.size.saturating_sub(1);
        let mut hash = leaf;
        for &sibling in &self.path {
            if is_right(node) || node == last {
                hash = Hash::of_node(sibling, hash);
                climb_to_right_child(&mut node, &mut last);
            } else {
                hash = Hash::of_node(hash, sibling);
            }
            node >>= 1;
            last >>= 1;
        }
        if last == 0 && hash == root { Ok(()) } else { Err(Disproof::Inclusion) }
    }
}

/// Proves that a tree begins with all of an earlier one: nothing was changed or taken out.
///
/// ```
/// use upheld_ledger::{Consistency, Hash, Tree};
///
/// let leaves: Vec<Hash> = (0..7_u8).map(|n| Hash::of_leaf(&[n])).collect();
/// let (mut early, mut late) = (Tree::default(), Tree::default());
/// early.extend(leaves[..3].iter().copied());
/// late.extend(leaves.iter().copied());
///
/// let proof = Consistency::prove(3, &leaves)?;
/// assert_eq!(proof.verify(early.root(), late.root()), Ok(()));
/// # Ok::<(), upheld_ledger::ProofError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    early: u64,
    late: u64,
    path: Vec<Hash>,
}

impl Consistency {
    /// Takes a proof made elsewhere.
    ///
    /// # Errors
    ///
    /// [`ProofError`] when the earlier tree is empty or the larger, or the path has not the one
    /// length that the sizes allow.
    pub fn from_parts(early: u64, late: u64, path: Vec<Hash>) -> Result<Self, ProofError> {
        let expected = prover::consistency_ranges(early, late)?.len();
        check_length(&path, expected)?;
        Ok(Self { early, late, path })
    }

    /// Proves that the tree over `leaves` continues the one over the first `early` of them;
    /// [`ConsistencyProver`] takes them one by one.
    ///
    /// # Errors
    ///
    /// [`ProofError::Sizes`] when there are fewer, or `early` is 0.
    pub fn prove(early: u64, leaves: &[Hash]) -> Result<Self, ProofError> {
        let late = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        let mut prover = ConsistencyProver::new(early, late)?;
        for leaf in leaves {
            prover.push(*leaf);
        }
        prover.finish()
    }

    /// How many leaves the earlier tree has.
    #[must_use]
    pub const fn early(&self) -> u64 {
        self.early
    }

    /// How many leaves the later tree has.
    #[must_use]
    pub const fn late(&self) -> u64 {
        self.late
    }

    /// The roots of subtrees that make up both trees.
    #[must_use]
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// Checks that the tree with the root `late` continues the one with the root `early`.
    ///
    /// # Errors
    ///
    /// [`Disproof::Consistency`] when it does not: the log has two histories.
    ///
    /// # Source
    ///
    /// RFC 9162 §2.1.4.2, which checks the proofs of RFC 6962 §2.1.2.
    //= RFC 9162 §2.1.4.2: both roots are computed from one path
    pub fn verify(&self, early: Hash, late: Hash) -> Result<(), Disproof> {
        if self.early == self.late {
            return if early == late { Ok(()) } else { Err(Disproof::Consistency) };
        }
        // A complete earlier tree is its own first subtree, and left out of the proof.
        let own = self.early.is_power_of_two().then_some(early);
        let mut path = own.into_iter().chain(self.path.iter().copied());
        let Some(start) = path.next() else { return Err(Disproof::Consistency) };
        let mut node = self.early.saturating_sub(1);
        let mut last = self.late.saturating_sub(1);
        while is_right(node) {
            node >>= 1;
            last >>= 1;
        }
        let (mut early_hash, mut late_hash) = (start, start);
        for subtree in path {
            if is_right(node) || node == last {
                early_hash = Hash::of_node(subtree, early_hash);
                late_hash = Hash::of_node(subtree, late_hash);
                climb_to_right_child(&mut node, &mut last);
            } else {
                late_hash = Hash::of_node(late_hash, subtree);
            }
            node >>= 1;
            last >>= 1;
        }
        let proven = last == 0 && early_hash == early && late_hash == late;
        if proven { Ok(()) } else { Err(Disproof::Consistency) }
    }
}

const fn is_right(node: u64) -> bool {
    node & 1 == 1
}

/// Skips the levels at which a last node has no sibling.
fn climb_to_right_child(node: &mut u64, last: &mut u64) {
    while !is_right(*node) && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

fn check_length(path: &[Hash], expected: usize) -> Result<(), ProofError> {
    let found = path.len();
    if found == expected { Ok(()) } else { Err(ProofError::Length { found, expected }) }
}

/// Why there is no such proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The index is not in the tree.
    #[error("no leaf {index} in a tree of {size}")]
    Index {
        /// Counted from 0.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// A tree can only continue a smaller one or itself, and nothing continues an empty one.
    #[error("no proof from {early} to {late} leaves; the first must be 1 to the second")]
    Sizes {
        /// Leaves of the earlier tree.
        early: u64,
        /// Leaves of the later tree.
        late: u64,
    },
    /// The path has another length than the sizes allow.
    #[error("{found} hashes in the proof; it takes {expected}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many there must be.
        expected: usize,
    },
    /// The prover was given another number of leaves than it was made for.
    #[error("{found} leaves given to a prover for {expected}")]
    Leaves {
        /// How many were pushed.
        found: u64,
        /// How many there must be.
        expected: u64,
    },
}

/// What a proof fails to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Disproof {
    /// The leaf is not at that place of the tree with that root.
    #[error("the entry is not at this place of this log")]
    Inclusion,
    /// The later tree does not begin with the earlier one.
    #[error("the later log does not continue the earlier one")]
    Consistency,
}
