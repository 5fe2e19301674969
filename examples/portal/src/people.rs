//! Whom the portal knows: how they are named, and what is stored about them.

use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{OptionalExtension, ToSql, Transaction, params};

use crate::password::Credential;

/// The key of a person in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PersonId(i64);

impl PersonId {
    #[cfg(test)]
    pub(crate) const fn for_test(number: i64) -> Self {
        Self(number)
    }

    /// For log lines and keys.
    pub(crate) const fn number(self) -> i64 {
        self.0
    }
}

impl ToSql for PersonId {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for PersonId {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

/// An e-mail address in the one spelling by which people are found and guesses are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Email(String);

impl Email {
    //= RFC 5321 §4.5.3.1.3: a path has at most 256 octets, two of them brackets
    pub(crate) const MAX_BYTES: usize = 254;

    /// Drops outer spaces and the difference between upper and lower case.
    ///
    /// `None` when nothing is left or it is too long to be an address. More is not asked: a
    /// text that is no address is nobody's.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let canonical = typed.trim().to_lowercase();
        (!canonical.is_empty() && canonical.len() <= Self::MAX_BYTES).then_some(Self(canonical))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the clinic addresses a person: 1 to 100 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DisplayName(String);

/// Why a text is not a [`DisplayName`]. Written for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DisplayNameError {
    #[error("Enter your name")]
    Empty,
    #[error("Your name must have {} characters or fewer", DisplayName::MAX_CHARACTERS)]
    TooLong,
    #[error("Your name must not contain line breaks, tabs or other control characters")]
    Control,
}

impl DisplayName {
    pub(crate) const MAX_CHARACTERS: usize = 100;

    pub(crate) fn parse(typed: &str) -> Result<Self, DisplayNameError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(DisplayNameError::Empty);
        }
        if name.chars().count() > Self::MAX_CHARACTERS {
            return Err(DisplayNameError::TooLong);
        }
        if name.contains(is_control) {
            return Err(DisplayNameError::Control);
        }
        Ok(Self(name.into()))
    }
}

/// Control characters, and those that turn the direction of the text after them.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Stores a new person; `false` when the address is taken.
pub(crate) fn add(
    transaction: &Transaction<'_>,
    email: &Email,
    name: &DisplayName,
    credential: &Credential,
) -> rusqlite::Result<bool> {
    let added = transaction.execute(
        "INSERT INTO people (email, display_name, password_hash) VALUES (?, ?, ?)
         ON CONFLICT DO NOTHING",
        params![email.0, name.0, credential.as_phc()],
    )?;
    Ok(added == 1)
}

pub(crate) fn find(
    transaction: &Transaction<'_>,
    email: &Email,
) -> rusqlite::Result<Option<(PersonId, Credential)>> {
    transaction
        .query_row("SELECT id, password_hash FROM people WHERE email = ?", [&email.0], |row| {
            Ok((row.get(0)?, Credential::from_phc(row.get(1)?)))
        })
        .optional()
}

/// Fails unless the table can be read.
pub(crate) fn is_there(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.query_row("SELECT count(*) FROM (SELECT 1 FROM people LIMIT 1)", [], |_| Ok(()))
}

/// Replaces the stored hash of a password that was just shown.
pub(crate) fn set_credential(
    transaction: &Transaction<'_>,
    person: PersonId,
    credential: &Credential,
) -> rusqlite::Result<()> {
    transaction.execute(
        "UPDATE people SET password_hash = ? WHERE id = ?",
        params![credential.as_phc(), person],
    )?;
    Ok(())
}

pub(crate) fn rename(
    transaction: &Transaction<'_>,
    person: PersonId,
    name: &DisplayName,
) -> rusqlite::Result<()> {
    transaction
        .execute("UPDATE people SET display_name = ? WHERE id = ?", params![name.0, person])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{DisplayName, DisplayNameError, Email};

    #[test]
    fn t16_spellings_of_one_address_are_one_address() {
        let one = Email::parse("alex@example.com");
        assert_eq!(Email::parse("  ALEX@Example.COM\u{a0}"), one);
        assert_eq!(Email::parse(" "), None);
        assert_eq!(Email::parse(&"a".repeat(255)), None);
    }

    #[test]
    fn a_name_is_one_line_that_reads_in_one_direction() {
        assert_eq!(DisplayName::parse(" Zoë O'Neill "), DisplayName::parse("Zoë O'Neill"));
        assert_eq!(DisplayName::parse("\u{3000}"), Err(DisplayNameError::Empty));
        assert_eq!(DisplayName::parse("a\nb"), Err(DisplayNameError::Control));
        assert_eq!(DisplayName::parse("a\u{202e}b"), Err(DisplayNameError::Control));
        assert!(DisplayName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(DisplayName::parse(&"é".repeat(101)), Err(DisplayNameError::TooLong));
    }
}
