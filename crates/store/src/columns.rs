//! What columns hold, between their types and ours.

use upheld_ledger::Hash;

use crate::sql::{DatabaseError, Row, Value};

/// 16 bytes, most significant first.
pub(crate) fn id(number: u128) -> Value {
    number.to_be_bytes().into()
}

/// A count or an index; none here reaches 2⁶³.
pub(crate) fn count(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

pub(crate) fn id_of(row: &Row, column: usize) -> Result<u128, DatabaseError> {
    let bytes = row.blob(column)?.try_into().map(u128::from_be_bytes);
    bytes.map_err(|_| DatabaseError::Column { column, wanted: "16 bytes" })
}

pub(crate) fn optional_id_of(row: &Row, column: usize) -> Result<Option<u128>, DatabaseError> {
    row.optional_blob(column)?.map(|_| id_of(row, column)).transpose()
}

pub(crate) fn count_of(row: &Row, column: usize) -> Result<u64, DatabaseError> {
    let wanted = "a number of 0 or more";
    u64::try_from(row.integer(column)?).map_err(|_| DatabaseError::Column { column, wanted })
}

pub(crate) fn hash_of(row: &Row, column: usize) -> Result<Hash, DatabaseError> {
    let bytes = row.blob(column)?.try_into().map(Hash::from_bytes);
    bytes.map_err(|_| DatabaseError::Column { column, wanted: "32 bytes" })
}
