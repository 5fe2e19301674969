//! Finding the item that a name belongs to.

use std::collections::HashMap;

use super::Item;

/// Items by exact name, and those with patterns from the longest on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    exact: HashMap<Box<[u8]>, Vec<usize>>,
    patterns: Vec<usize>,
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
