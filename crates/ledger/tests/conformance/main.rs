//! The public interface against its sources: one module per standard, oracle or rule.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod c2sp;
mod erasure;
mod hash;
mod log;
mod properties;
mod rfc6962;
mod rfc8785;
mod tampering;

use upheld_ledger::{Draft, Hash, Log, Object, Record, Tree, UnixMillis, Value};

/// The rows of a vector file: columns separated by `|`, comments by `#`.
fn rows(text: &'static str) -> Vec<Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('|').collect()).collect()
}

fn tree(leaves: &[Hash]) -> Tree {
    let mut tree = Tree::default();
    tree.extend(leaves.iter().copied());
    tree
}

fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis).unwrap()
}

/// A log of so many entries, and its records.
fn records(count: usize) -> (Log, Vec<Record>) {
    let mut log = Log::default();
    let record = |number| {
        let facts: Object =
            [("target", Value::Text(format!("record:{number}")))].into_iter().collect();
        let draft = Draft::new(at(1_750_000_000_000 + number as u64), "clerk", "record.read");
        log.append(&draft.with_facts(&facts)).unwrap()
    };
    let records = (0..count).map(record).collect();
    (log, records)
}
