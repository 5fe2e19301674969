//! Finding the item that a name belongs to.

use core::hash::{BuildHasherDefault, Hasher};
use std::collections::HashMap;

use super::Item;

/// Items by exact name, and those with patterns from the longest on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    exact: HashMap<Box<[u8]>, Vec<usize>, BuildHasherDefault<Fnv>>,
    patterns: Vec<usize>,
}

/// The Fowler-Noll-Vo hash, FNV-1a. It has no key and needs none: the names in the map are the
/// policy's, so that whoever sends other names cannot make them collide.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    /// The length that stands before a slice, in one step.
    fn write_usize(&mut self, length: usize) {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.0 = (self.0 ^ length).wrapping_mul(0x0100_0000_01B3);
    }

    fn finish(&self) -> u64 {
        self.0
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
