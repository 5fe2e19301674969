//! One entry of a log: who did what when, and what it says of whom.

use crate::json::{Rest, put, write_decimal, write_string};
use crate::{Commitment, Integer, JsonError, Object, Pseudonym, Value};

/// Milliseconds since the Unix epoch, UTC: 0 to 2⁵³ − 1, which ends in the year 287396.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(u64);

impl UnixMillis {
    /// Takes a number of the range; `None` beyond it.
    #[must_use]
    pub const fn new(millis: u64) -> Option<Self> {
        if millis > Integer::MAX.get().unsigned_abs() { None } else { Some(Self(millis)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// What is to be logged. It borrows, so that appending copies each part once.
///
/// Everything in it stays in the log for good. Put what may have to be erased into a payload
/// elsewhere, name the person by a [`Pseudonym`] and the payload by a [`Commitment`].
#[derive(Clone, Copy, Debug)]
pub struct Draft<'a> {
    at: UnixMillis,
    actor: &'a str,
    kind: &'a str,
    person: Option<Pseudonym>,
    commitment: Option<Commitment>,
    facts: Option<&'a Object>,
}

impl<'a> Draft<'a> {
    /// Says that `actor` did something of a `kind` at a time.
    #[must_use]
    pub const fn new(at: UnixMillis, actor: &'a str, kind: &'a str) -> Self {
        Self { at, actor, kind, person: None, commitment: None, facts: None }
    }

    /// Says whom it concerns.
    #[must_use]
    pub const fn about(self, person: Pseudonym) -> Self {
        Self { person: Some(person), ..self }
    }

    /// Binds it to a payload.
    #[must_use]
    pub const fn committing(self, commitment: Commitment) -> Self {
        Self { commitment: Some(commitment), ..self }
    }

    /// Adds facts that need never be erased.
    #[must_use]
    pub const fn with_facts(self, facts: &'a Object) -> Self {
        Self { facts: Some(facts), ..self }
    }

    /// Writes the canonical JSON. The names are in canonical order, and the index comes last,
    /// where `Record::check` finds it without reading the rest.
    pub(crate) fn write<'p>(&self, index: u64, place: &'p mut [u8]) -> Rest<'p> {
        let rest = write_string(self.actor, put(b"{\"actor\":", place)?)?;
        let mut rest = write_decimal(self.at.0, put(b",\"at\":", rest)?)?;
        if let Some(commitment) = self.commitment {
            rest = put(b"\"", commitment.write_to(put(b",\"commitment\":\"", rest)?)?)?;
        }
        if let Some(facts) = self.facts {
            rest = facts.write_to(put(b",\"facts\":", rest)?)?;
        }
        rest = write_string(self.kind, put(b",\"kind\":", rest)?)?;
        if let Some(person) = self.person {
            rest = put(b"\"", person.write_to(put(b",\"person\":\"", rest)?)?)?;
        }
        put(b"}", write_decimal(index, put(INDEX, rest)?)?)
    }
}

/// What comes before the index, at the end of an entry.
pub(crate) const INDEX: &[u8] = b",\"seq\":";

/// An entry read back.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Its place, counted from 0.
    pub index: u64,
    /// When it happened, as whoever appended it said.
    pub at: UnixMillis,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub kind: String,
    /// Whom it concerns.
    pub person: Option<Pseudonym>,
    /// What binds it to a payload.
    pub commitment: Option<Commitment>,
    /// Facts that need never be erased.
    pub facts: Option<Object>,
}

impl Entry {
    /// Reads the canonical JSON of an entry.
    ///
    /// # Errors
    ///
    /// [`EntryError`] for what is not canonical JSON, or not an entry.
    pub fn parse(text: &[u8]) -> Result<Self, EntryError> {
        let Value::Object(mut members) = Value::parse_canonical(text)? else {
            return Err(EntryError::NoObject);
        };
        let mut take = |name| (members.remove(name), name);
        let entry = Self {
            actor: string(take("actor"))?,
            at: number(take("at")).map(UnixMillis)?,
            commitment: optional(take("commitment"), Commitment::parse)?,
            facts: match take("facts") {
                (None, _) => None,
                (Some(Value::Object(facts)), _) => Some(facts),
                (Some(_), name) => return Err(EntryError::Member { name }),
            },
            kind: string(take("kind"))?,
            person: optional(take("person"), Pseudonym::parse)?,
            index: number(take("seq"))?,
        };
        if members.is_empty() { Ok(entry) } else { Err(EntryError::Unknown) }
    }
}

type Member = (Option<Value>, &'static str);

fn string((value, name): Member) -> Result<String, EntryError> {
    match value {
        Some(Value::Text(text)) => Ok(text),
        Some(_) | None => Err(EntryError::Member { name }),
    }
}

fn number((value, name): Member) -> Result<u64, EntryError> {
    match value {
        Some(Value::Integer(integer)) => {
            u64::try_from(integer.get()).map_err(|_| EntryError::Member { name })
        }
        Some(_) | None => Err(EntryError::Member { name }),
    }
}

fn optional<T>(
    (value, name): Member,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, EntryError> {
    match value {
        None => Ok(None),
        Some(Value::Text(text)) => parse(&text).map(Some).ok_or(EntryError::Member { name }),
        Some(_) => Err(EntryError::Member { name }),
    }
}

/// Why bytes are not an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// Not canonical JSON.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Another kind of JSON value.
    #[error("an entry is a JSON object")]
    NoObject,
    /// A member is missing or of the wrong type.
    #[error("the member `{name}` is missing or not of its type")]
    Member {
        /// Which.
        name: &'static str,
    },
    /// A member that entries do not have.
    #[error("a member beside actor, at, commitment, facts, kind, person and seq")]
    Unknown,
}
