//! JSON that has one spelling (RFC 8785), of values that have one meaning: no fractions, no
//! integers beyond 2⁵³ − 1, no name twice.

use core::cmp::Ordering;
use std::collections::BTreeMap;

mod copy;
mod read;
mod write;

pub(crate) use write::{Rest, before_decimal, fill, put, write_decimal, write_string};

/// The deepest nesting that is read.
const MAX_DEPTH: usize = 32;

/// A JSON value of the kinds that every reader understands alike.
///
/// ```
/// use upheld_ledger::Value;
///
/// let value = Value::parse(br#"{ "b": 1e2, "a": [true, "\u20ac"] }"#)?;
/// assert_eq!(value.to_canonical(), r#"{"a":[true,"€"],"b":100}"#);
/// assert!(Value::parse(b"0.5").is_err()); // readers differ over fractions
/// # Ok::<(), upheld_ledger::JsonError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 8259 names these and no others")]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number.
    Integer(Integer),
    /// A string.
    Text(String),
    /// A list.
    Array(Vec<Self>),
    /// Names and their values.
    Object(Object),
}

impl Value {
    /// Reads JSON of any spelling.
    ///
    /// # Errors
    ///
    /// [`JsonError`]: what is not JSON, not an integer of [`Integer`]'s range, nested more than 32
    /// deep, or has a name twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, JsonError> {
        read::parse(bytes)
    }

    /// Reads JSON in its one canonical spelling and no other.
    ///
    /// # Errors
    ///
    /// [`JsonError`], and [`JsonError::Spelling`] for what only another spelling says.
    pub fn parse_canonical(bytes: &[u8]) -> Result<Self, JsonError> {
        let value = Self::parse(bytes)?;
        let canonical = value.to_canonical_of(bytes.len());
        let differs =
            canonical.as_bytes().iter().zip(bytes).position(|(ours, theirs)| ours != theirs);
        match differs {
            Some(at) => Err(JsonError::Spelling { at }),
            None if canonical.len() != bytes.len() => {
                Err(JsonError::Spelling { at: canonical.len().min(bytes.len()) })
            }
            None => Ok(value),
        }
    }

    /// Writes the one canonical spelling.
    ///
    /// # Source
    ///
    /// RFC 8785 §3.2.
    #[must_use]
    pub fn to_canonical(&self) -> String {
        self.to_canonical_of(0)
    }

    /// The same, of about so many bytes.
    fn to_canonical_of(&self, length: usize) -> String {
        write::to_string(length, |place| write::write_value(self, place))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<Integer> for Value {
    fn from(integer: Integer) -> Self {
        Self::Integer(integer)
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

/// A whole number that every reader of JSON holds exactly: from −(2⁵³ − 1) to 2⁵³ − 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Integer(i64);

impl Integer {
    /// 2⁵³ − 1.
    //= RFC 7493 §2.2: integers beyond this are not exact in every reader
    pub const MAX: Self = Self(9_007_199_254_740_991);

    /// Takes a number of the range; `None` beyond it.
    #[must_use]
    pub const fn new(number: i64) -> Option<Self> {
        if number.unsigned_abs() > Self::MAX.0.unsigned_abs() { None } else { Some(Self(number)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl From<u32> for Integer {
    fn from(number: u32) -> Self {
        Self(number.into())
    }
}

/// Names and their values, in canonical order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object(BTreeMap<Name, Value>);

impl Object {
    /// Has `name` stand for `value`, and returns what it stood for.
    pub fn insert(&mut self, name: &str, value: impl Into<Value>) -> Option<Value> {
        self.0.insert(Name(name.into()), value.into())
    }

    /// Takes `name` out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.remove(&Name(name.into()))
    }

    /// What `name` stands for.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(&Name(name.into()))
    }

    /// Names and values in canonical order.
    pub fn members(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.0.as_str(), value))
    }

    /// Whether there is no name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes the one canonical spelling.
    #[must_use]
    pub fn to_canonical(&self) -> String {
        write::to_string(0, |place| self.write_to(place))
    }

    pub(crate) fn write_to<'a>(&self, place: &'a mut [u8]) -> Rest<'a> {
        write::write_object(self, place)
    }
}

impl<'a> FromIterator<(&'a str, Value)> for Object {
    /// The last of several values of one name stays.
    fn from_iter<T: IntoIterator<Item = (&'a str, Value)>>(members: T) -> Self {
        Self(members.into_iter().map(|(name, value)| (Name(name.into()), value)).collect())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Name(String);

//= RFC 8785 §3.2.3: names are sorted by their UTF-16 code units
impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.encode_utf16().cmp(other.0.encode_utf16())
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Why bytes are not such JSON. Positions only, never content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// Not JSON.
    #[error("no JSON at line {line}, column {column}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// A fraction, or an integer that not every reader holds.
    #[error("line {line}, column {column}: a number that is no integer of at most 2^53 - 1")]
    Number {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// One name twice in an object.
    #[error("line {line}, column {column}: a name that its object has already")]
    Twice {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// Nested too deep.
    #[error("line {line}, column {column}: nested deeper than {}", MAX_DEPTH)]
    Depth {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// Not the canonical spelling.
    #[error("byte {at}: not the canonical spelling (RFC 8785)")]
    Spelling {
        /// Counted from 0.
        at: usize,
    },
}
