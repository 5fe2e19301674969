//! Whom the portal knows: how they are named, what they may do, and what is stored about them.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use upheld_store::sql::{Database, DatabaseError, Row, Transaction};

use crate::clock::Moment;
use crate::id::PersonId;
use crate::language::Language;
use crate::password::{Credential, Replacement};

/// An e-mail address in the one spelling by which people are found and guesses are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Email(String);

impl Email {
    //= RFC 5321 §4.5.3.1.3: a path has at most 256 octets, two of them brackets
    pub(crate) const MAX_BYTES: usize = 254;

    /// Drops outer spaces and the difference between upper and lower case.
    ///
    /// `None` when nothing is left, it is too long to be an address, or it could break out of the
    /// line of an e-mail. More is not asked: a text that is no address is nobody's.
    pub(crate) fn parse(typed: &str) -> Option<Self> {
        let canonical = typed.trim().to_lowercase();
        let is_possible = (1..=Self::MAX_BYTES).contains(&canonical.len());
        (is_possible && !canonical.contains(char::is_control)).then_some(Self(canonical))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// How the clinic addresses a person: 1 to 100 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DisplayName(String);

/// Why a text is not a name, of a person or a device. Written for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum NameError {
    #[error("Enter a name")]
    Empty,
    #[error("The name must have {max} characters or fewer")]
    TooLong { max: usize },
    #[error("The name must not contain line breaks, tabs or other control characters")]
    Control,
}

impl DisplayName {
    pub(crate) const MAX_CHARACTERS: usize = 100;

    pub(crate) fn parse(typed: &str) -> Result<Self, NameError> {
        one_line(typed, Self::MAX_CHARACTERS).map(|name| Self(name.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text without outer spaces, if it is one line of 1 to `max` characters that reads in one
/// direction.
pub(crate) fn one_line(typed: &str, max: usize) -> Result<&str, NameError> {
    let name = typed.trim();
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().count() > max {
        return Err(NameError::TooLong { max });
    }
    if name.contains(is_control) {
        return Err(NameError::Control);
    }
    Ok(name)
}

/// Control characters, and those that turn the direction of the text after them.
fn is_control(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Sees what is theirs.
    Patient,
    /// Helps others in as well, and works at the desk for requests about data. Needs a second
    /// factor for that, each time.
    Staff,
    /// The same, and decides what the clinic refuses or takes longer for.
    PrivacyLead,
    /// Reads at the desk and in the audit, and changes nothing there.
    Auditor,
}

impl Role {
    /// What [`Role::at`] reads: the table keeps what staff do beside that they are staff.
    pub(crate) const COLUMN: &str = "coalesce(duty, role)";

    /// Its name, in one word or two.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Staff => "staff",
            Self::PrivacyLead => "privacy lead",
            Self::Auditor => "auditor",
        }
    }

    /// Whether it is one of the clinic's own people.
    pub(crate) const fn is_staff(self) -> bool {
        !matches!(self, Self::Patient)
    }

    const fn columns(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Patient => ("patient", None),
            Self::Staff => ("staff", None),
            Self::PrivacyLead | Self::Auditor => ("staff", Some(self.as_str())),
        }
    }

    /// Anything unknown is [`Role::Patient`].
    pub(crate) fn at(row: &Row, column: usize) -> Result<Self, DatabaseError> {
        let all = [Self::Staff, Self::PrivacyLead, Self::Auditor];
        let text = row.text(column)?;
        Ok(all.into_iter().find(|role| role.as_str() == text).unwrap_or(Self::Patient))
    }
}

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    /// Not any more, by a decision of the clinic.
    Disabled,
    /// Not any more, by their own.
    Closed,
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Closed => "closed",
        }
    }

    /// Anything unknown is [`State::Disabled`].
    pub(crate) fn at(row: &Row, column: usize) -> Result<Self, DatabaseError> {
        Ok(match row.text(column)? {
            "active" => Self::Active,
            "closed" => Self::Closed,
            _ => Self::Disabled,
        })
    }
}

/// Somebody to be added.
#[derive(Debug)]
pub(crate) struct NewPerson {
    pub(crate) id: PersonId,
    pub(crate) email: Email,
    pub(crate) name: DisplayName,
    pub(crate) credential: Credential,
    pub(crate) role: Role,
}

/// Stores a new person; `false` when the address is taken.
pub(crate) fn add(
    transaction: &mut Transaction<'_>,
    person: &NewPerson,
) -> Result<bool, DatabaseError> {
    let NewPerson { id, email, name, credential, role } = person;
    let (role, duty) = role.columns();
    let added = transaction.execute(
        "INSERT INTO people (tenant, id, email, display_name, password_hash, role, duty, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 'active')
         ON CONFLICT (tenant, email) DO NOTHING",
        &[
            (*id).into(),
            email.as_str().into(),
            name.as_str().into(),
            credential.as_phc().into(),
            role.into(),
            duty.into(),
        ],
    )?;
    Ok(added == 1)
}

/// Who may sign in by this address, and with what.
pub(crate) fn find(
    transaction: &mut Transaction<'_>,
    email: &Email,
) -> Result<Option<(PersonId, Credential)>, DatabaseError> {
    let rows = transaction.query(
        "SELECT id, password_hash FROM people
         WHERE tenant = $1 AND email = $2 AND state = 'active'",
        &[email.as_str().into()],
    )?;
    let person =
        |row: &Row| Ok((PersonId::at(row, 0)?, Credential::from_phc(row.text(1)?.to_owned())));
    rows.first().map(person).transpose()
}

/// Who has an address, whatever the state of the account.
pub(crate) async fn with_address(
    database: &Database,
    address: &str,
) -> Result<Option<PersonId>, DatabaseError> {
    let Some(email) = Email::parse(address) else { return Ok(None) };
    let sql = "SELECT id FROM people WHERE tenant = $1 AND email = $2";
    let rows = database.query(sql, &[email.as_str().into()]).await?;
    rows.first().map(|row| PersonId::at(row, 0)).transpose()
}

/// How somebody is written to.
#[derive(Debug)]
pub(crate) struct Contact {
    pub(crate) name: String,
    pub(crate) email: String,
}

/// How a person is written to, whatever the state of the account; `None` without one.
pub(crate) async fn contact(
    database: &Database,
    person: PersonId,
) -> Result<Option<Contact>, DatabaseError> {
    let sql = "SELECT display_name, email FROM people WHERE tenant = $1 AND id = $2";
    let rows = database.query(sql, &[person.into()]).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    Ok(Some(Contact { name: row.text(0)?.to_owned(), email: row.text(1)?.to_owned() }))
}

/// How people are written to who come up again and again: each is looked up once.
#[derive(Debug, Default)]
pub(crate) struct Contacts(HashMap<PersonId, Option<Contact>>);

impl Contacts {
    pub(crate) async fn find(
        &mut self,
        database: &Database,
        person: PersonId,
    ) -> Result<Option<&Contact>, DatabaseError> {
        let known = match self.0.entry(person) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(contact(database, person).await?),
        };
        Ok(known.as_ref())
    }
}

/// Keeps the row of a person for this transaction; `false` unless they may sign in.
///
/// What opens something, and what closes it, begins with this: of two such transactions at once
/// the second sees what the first did.
pub(crate) fn hold(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<bool, DatabaseError> {
    Ok(hold_with_role(transaction, person)?.is_some())
}

/// Does the same, and says what the person may do; `None` for one who may not sign in.
pub(crate) fn hold_with_role(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<Option<Role>, DatabaseError> {
    let sql = format!(
        "SELECT {} FROM people WHERE tenant = $1 AND id = $2 AND state = 'active' FOR UPDATE",
        Role::COLUMN
    );
    let held = transaction.query(&sql, &[person.into()])?;
    held.first().map(|row| Role::at(row, 0)).transpose()
}

/// Stores what a right password was hashed anew to, unless it was changed in the meantime.
pub(crate) fn replace_credential(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    replacement: &Replacement,
) -> Result<(), DatabaseError> {
    let Replacement { stored, new } = replacement;
    transaction.execute(
        "UPDATE people SET password_hash = $4
         WHERE tenant = $1 AND id = $2 AND password_hash = $3",
        &[person.into(), stored.as_phc().into(), new.as_phc().into()],
    )?;
    Ok(())
}

/// Fails unless the table can be read.
pub(crate) async fn is_there(database: &Database) -> Result<(), DatabaseError> {
    database.query("SELECT id FROM people WHERE tenant = $1 LIMIT 1", &[]).await.map(drop)
}

pub(crate) fn rename(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    name: &DisplayName,
    now: Moment,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "UPDATE people SET display_name = $3, name_changed_at = $4
         WHERE tenant = $1 AND id = $2 AND display_name <> $3",
        &[person.into(), name.as_str().into(), now.into()],
    )?;
    Ok(())
}

/// The language in which the person is written to.
pub(crate) fn language(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<Language, DatabaseError> {
    let sql = "SELECT language FROM people WHERE tenant = $1 AND id = $2";
    let rows = transaction.query(sql, &[person.into()])?;
    let Some(row) = rows.first() else { return Ok(Language::default()) };
    Ok(Language::of_tag(row.text(0)?).unwrap_or_default())
}

/// Has the person written to in `language` from now on.
pub(crate) fn set_language(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    language: Language,
    now: Moment,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "UPDATE people SET language = $3, language_changed_at = $4
         WHERE tenant = $1 AND id = $2 AND language <> $3",
        &[person.into(), language.tag().into(), now.into()],
    )?;
    Ok(())
}

/// Stores a new password.
pub(crate) fn set_credential(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    credential: &Credential,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "UPDATE people SET password_hash = $3 WHERE tenant = $1 AND id = $2",
        &[person.into(), credential.as_phc().into()],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{DisplayName, Email, NameError};

    #[test]
    fn t16_spellings_of_one_address_are_one_address() {
        let one = Email::parse("alex@example.com");
        assert_eq!(Email::parse("  ALEX@Example.COM\u{a0}"), one);
        assert_eq!(Email::parse(" "), None);
        assert_eq!(Email::parse(&"a".repeat(255)), None);
        assert_eq!(Email::parse("alex@example.com\r\nbcc: all@example.com"), None);
    }

    #[test]
    fn a_name_is_one_line_that_reads_in_one_direction() {
        assert_eq!(DisplayName::parse(" Zoë O'Neill "), DisplayName::parse("Zoë O'Neill"));
        assert_eq!(DisplayName::parse("\u{3000}"), Err(NameError::Empty));
        assert_eq!(DisplayName::parse("a\nb"), Err(NameError::Control));
        assert_eq!(DisplayName::parse("a\u{202e}b"), Err(NameError::Control));
        assert!(DisplayName::parse(&"é".repeat(100)).is_ok());
        assert_eq!(DisplayName::parse(&"é".repeat(101)), Err(NameError::TooLong { max: 100 }));
    }
}
