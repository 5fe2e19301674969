//! The tree of RFC 6962 §2.1, grown one leaf at a time.

use crate::Hash;

/// The roots of the complete subtrees that a list of leaves makes, widest first: all that is
/// needed to append and to compute the root. At most 64 hashes, however long the list.
///
/// ```
/// use upheld_ledger::{Hash, Tree};
///
/// let mut tree = Tree::default();
/// assert_eq!(tree.root(), Hash::EMPTY);
/// tree.push(Hash::of_leaf(b"first"));
/// tree.push(Hash::of_leaf(b"second"));
/// let both = Hash::of_node(Hash::of_leaf(b"first"), Hash::of_leaf(b"second"));
/// assert_eq!((tree.size(), tree.root()), (2, both));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// Continues a tree from its size and the roots of its complete subtrees; `None` unless there
    /// is one for every bit that is set in the size.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        let expected = usize::try_from(size.count_ones()).ok()?;
        (peaks.len() == expected).then_some(Self { size, peaks })
    }

    /// The number of leaves.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, widest first.
    #[must_use]
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf, which costs one node on average.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        let mut rest = self.size;
        while rest & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            node = Hash::of_node(left, node);
            rest >>= 1;
        }
        self.peaks.push(node);
        self.size = self.size.saturating_add(1);
    }

    /// The hash of the whole list.
    //= RFC 6962 §2.1: the left subtree holds the largest power of two of leaves that leaves some
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else { return Hash::EMPTY };
        peaks.fold(*last, |right, left| Hash::of_node(*left, right))
    }
}

impl Extend<Hash> for Tree {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.push(leaf));
    }
}
