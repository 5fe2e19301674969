//! What goes into a statement and what comes out.

use std::fmt;

use crate::sql::DatabaseError;

/// A value of a statement or of a row: 64-bit integers, text and bytes are all there is.
///
/// Texts and bytes are not shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what both databases store alike")]
pub enum Value {
    /// Nothing.
    Null,
    /// `bigint`.
    Integer(i64),
    /// `text`.
    Text(String),
    /// `blob` in SQLite, `bytea` in PostgreSQL.
    Blob(Vec<u8>),
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Integer(value) => write!(f, "Integer({value})"),
            Self::Text(_) => f.write_str("Text([redacted])"),
            Self::Blob(_) => f.write_str("Blob([redacted])"),
        }
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Integer(value.into())
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(value.into())
    }
}

/// 0 or 1.
impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Blob(value.into())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(value)
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(value: [u8; N]) -> Self {
        Self::Blob(value.into())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(value: &[u8; N]) -> Self {
        Self::Blob(value.into())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of an answer. Columns are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row(Vec<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values)
    }

    /// The integer in a column. What PostgreSQL calls a boolean is 0 or 1.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Column`] when there is something else, or nothing.
    pub fn integer(&self, column: usize) -> Result<i64, DatabaseError> {
        self.optional_integer(column)?.ok_or(DatabaseError::Column { column, wanted: "an integer" })
    }

    /// The text in a column.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Column`] when there is something else, or nothing.
    pub fn text(&self, column: usize) -> Result<&str, DatabaseError> {
        self.optional_text(column)?.ok_or(DatabaseError::Column { column, wanted: "a text" })
    }

    /// The bytes in a column.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Column`] when there is something else, or nothing.
    pub fn blob(&self, column: usize) -> Result<&[u8], DatabaseError> {
        self.optional_blob(column)?.ok_or(DatabaseError::Column { column, wanted: "bytes" })
    }

    /// The integer in a column, or `None` for `NULL`.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Column`] when there is something else.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, DatabaseError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Integer(value)) => Ok(Some(*value)),
            _ => Err(DatabaseError::Column { column, wanted: "an integer or nothing" }),
        }
    }

    /// The text in a column, or `None` for `NULL`.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Column`] when there is something else.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>, DatabaseError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Text(value)) => Ok(Some(value)),
            _ => Err(DatabaseError::Column { column, wanted: "a text or nothing" }),
        }
    }

    /// The bytes in a column, or `None` for `NULL`.
    ///
    /// # Errors
    ///
    /// [`DatabaseError::Column`] when there is something else.
    pub fn optional_blob(&self, column: usize) -> Result<Option<&[u8]>, DatabaseError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Blob(value)) => Ok(Some(value)),
            _ => Err(DatabaseError::Column { column, wanted: "bytes or nothing" }),
        }
    }
}
