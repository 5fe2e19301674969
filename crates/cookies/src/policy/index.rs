//! Finding the item that a name belongs to.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

use super::Item;

/// Items by exact name, and those with patterns from the longest on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    exact: HashMap<Box<[u8]>, Vec<usize>, BuildHasherDefault<Words>>,
    patterns: Vec<usize>,
}

/// A hash of eight bytes at a time. It has no key and needs none: the names in the map are the
/// policy's, so that whoever sends other names cannot make them collide.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Words(u64);

impl Words {
    /// A multiplication spreads a bit over those above it.
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;

    const fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(Self::FACTOR);
    }
}

impl Hasher for Words {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        self.mix(rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }

    /// The length that stands before a slice.
    fn write_usize(&mut self, length: usize) {
        self.0 = u64::try_from(length).unwrap_or(u64::MAX);
    }

    /// The map takes its place from the lowest bits.
    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

impl Index {
    pub(super) fn of(items: &[Item]) -> Self {
        let mut index = Self::default();
        for (number, item) in items.iter().enumerate() {
            if item.name.is_exact() {
                let name = item.name.as_str().as_bytes().into();
                index.exact.entry(name).or_default().push(number);
            } else {
                index.patterns.push(number);
            }
        }
        let fixed = |number: &usize| items.get(*number).map(|item| item.name.fixed());
        index.patterns.sort_by_key(|number| core::cmp::Reverse(fixed(number)));
        index
    }

    /// The items whose name fits, the nearest first: exact, then by how much of the name is fixed.
    pub(super) fn candidates<'a, 'n>(
        &'a self,
        items: &'a [Item],
        name: &'n [u8],
    ) -> impl Iterator<Item = &'a Item> + use<'a, 'n> {
        let exact = self.exact.get(name).into_iter().flatten();
        let exact = exact.filter_map(|number| items.get(*number));
        let patterns = self.patterns.iter().filter_map(|number| items.get(*number));
        exact.chain(patterns.filter(move |item| item.name.matches(name)))
    }
}
