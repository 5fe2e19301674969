//! JSON with one spelling.

use serde_json::Value as Other;
use upheld_ledger::{JsonError, Value};

/// What reads is JSON to `serde_json`, too, and means the same; its canonical spelling reads back,
/// and is the only one that the strict reader takes.
pub fn canonical_json(data: &[u8]) {
    let other: Result<Other, _> = serde_json::from_slice(data);
    let value = match Value::parse(data) {
        Ok(value) => value,
        Err(JsonError::Syntax { .. }) => {
            assert!(other.is_err(), "serde_json reads it");
            return;
        }
        Err(_) => return,
    };
    let canonical = value.to_canonical();
    let again: Other = serde_json::from_str(&canonical).expect("what is written is JSON");
    assert!(same(&other.expect("what reads is JSON"), &again));
    assert_eq!(Value::parse_canonical(canonical.as_bytes()), Ok(value));
    assert_eq!(Value::parse_canonical(data).is_ok(), data == canonical.as_bytes());
}

/// Equal, when 1 and 1.0 are.
fn same(one: &Other, other: &Other) -> bool {
    match (one, other) {
        (Other::Number(one), Other::Number(other)) => one.as_f64() == other.as_f64(),
        (Other::Array(one), Other::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Other::Object(one), Other::Object(other)) => {
            let is_same =
                |(name, value)| other.get(name).is_some_and(|other: &Other| same(value, other));
            one.len() == other.len() && one.iter().all(is_same)
        }
        _ => one == other,
    }
}
