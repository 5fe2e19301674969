//! Names of what the database keeps: 128 random bits each.

use std::fmt;

use data_encoding::HEXLOWER;
use upheld_second_factor::{AccountId, CredentialId, RequestId};
use upheld_store::sql::{DatabaseError, Row, Value};

use crate::random::{self, NoRandomness};

/// Names a session, a device, a browser, an enrolment … No secret: it stands in addresses of
/// pages, and whoever knows it still needs a session of the person it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Id(u128);

impl Id {
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        Ok(Self(u128::from_be_bytes(*random::bytes()?)))
    }

    pub(crate) const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    pub(crate) const fn to_bits(self) -> u128 {
        self.0
    }

    /// Reads what [`fmt::Display`] wrote; `None` for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 16];
        if text.len() != 32 {
            return None;
        }
        HEXLOWER.decode_mut(text.as_bytes(), &mut bytes).ok()?;
        Some(Self(u128::from_be_bytes(bytes)))
    }

    pub(crate) fn at(row: &Row, column: usize) -> Result<Self, DatabaseError> {
        let bytes = <[u8; 16]>::try_from(row.blob(column)?);
        let bytes = bytes.map_err(|_| DatabaseError::Column { column, wanted: "16 bytes" })?;
        Ok(Self(u128::from_be_bytes(bytes)))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Id> for Value {
    fn from(id: Id) -> Self {
        Self::Blob(id.0.to_be_bytes().to_vec())
    }
}

impl From<Id> for CredentialId {
    fn from(id: Id) -> Self {
        Self(id.0)
    }
}

impl From<CredentialId> for Id {
    fn from(id: CredentialId) -> Self {
        Self(id.0)
    }
}

impl From<Id> for RequestId {
    fn from(id: Id) -> Self {
        Self(id.0)
    }
}

/// Names a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct PersonId(Id);

impl PersonId {
    pub(crate) fn generate() -> Result<Self, NoRandomness> {
        Id::generate().map(Self)
    }

    pub(crate) const fn to_bits(self) -> u128 {
        self.0.to_bits()
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Id::parse(text).map(Self)
    }

    pub(crate) fn at(row: &Row, column: usize) -> Result<Self, DatabaseError> {
        Id::at(row, column).map(Self)
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<PersonId> for Value {
    fn from(person: PersonId) -> Self {
        person.0.into()
    }
}

impl From<PersonId> for AccountId {
    fn from(PersonId(Id(bits)): PersonId) -> Self {
        Self(bits)
    }
}

impl From<AccountId> for PersonId {
    fn from(account: AccountId) -> Self {
        Self(Id(account.0))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use super::Id;

    #[test]
    fn a_name_survives_its_text_and_nothing_else_is_one() {
        let id = Id::generate().unwrap();
        let text = id.to_string();
        assert_eq!(Id::parse(&text), Some(id));
        let tail = text.get(1..).unwrap();
        for other in ["", tail, &format!("{text}0"), &format!("+{tail}")] {
            assert_eq!(Id::parse(other), None, "{other}");
        }
        assert_eq!(Id::parse(&"é".repeat(16)), None);
        assert_eq!(Id::parse(&"AB".repeat(16)), None);
    }
}
