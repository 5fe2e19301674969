//! Lengths and places, as the log's JSON has numbers.

use upheld_ledger::{Integer, Value};

/// A length or a place, which no memory makes longer than 2⁵³.
pub(crate) fn number(length: usize) -> Value {
    i64::try_from(length).ok().and_then(Integer::new).unwrap_or(Integer::MAX).into()
}
