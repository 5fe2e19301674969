//! What the portal holds about a person: how much of what, for them to see.

use upheld_consent::DataCategory;
use upheld_store::sql::{DatabaseError, Row};

use crate::clock::Moment;
use crate::id::PersonId;
use crate::language::Language;
use crate::records::Records;

/// What the portal holds of a person.
pub(crate) const CATEGORIES: [DataCategory; 6] = [
    DataCategory::Name,
    DataCategory::EmailAddress,
    DataCategory::Authentication,
    DataCategory::Device,
    DataCategory::Preference,
    DataCategory::Correspondence,
];

/// How much the portal holds about a person.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// When the person last changed the name; `None` when it is as the clinic entered it.
    pub(crate) name_changed_at: Option<Moment>,
    /// In which they are written to.
    pub(crate) language: Language,
    /// When the person last chose it; `None` when nobody did.
    pub(crate) language_changed_at: Option<Moment>,
    pub(crate) authenticators: usize,
    pub(crate) sessions: usize,
    pub(crate) browsers: usize,
    /// E-mails to them that are not forgotten yet.
    pub(crate) letters: usize,
}

/// Counts what is there.
pub(crate) async fn count(records: &Records, person: PersonId) -> Result<Held, DatabaseError> {
    let sql = "SELECT people.name_changed_at,
            (SELECT count(*) FROM devices WHERE devices.tenant = $1 AND devices.person = $2)
          + (SELECT count(*) FROM duo_accounts AS duo WHERE duo.tenant = $1 AND duo.person = $2),
            (SELECT count(*) FROM sessions AS open WHERE open.tenant = $1 AND open.person = $2),
            (SELECT count(*) FROM browsers AS known WHERE known.tenant = $1 AND known.person = $2),
            (SELECT count(*) FROM outbox WHERE outbox.tenant = $1 AND outbox.person = $2)
          + (SELECT count(*) FROM intake_letters AS letter JOIN intakes AS form
                 ON form.tenant = letter.tenant AND form.id = letter.intake
             WHERE form.tenant = $1 AND form.person = $2),
            people.language, people.language_changed_at
         FROM people WHERE people.tenant = $1 AND people.id = $2";
    let rows = records.database.query(sql, &[person.into()]).await?;
    let Some(row) = rows.first() else { return Ok(Held::default()) };
    Ok(Held {
        name_changed_at: Moment::at_optional(row, 0)?,
        authenticators: number(row, 1)?,
        sessions: number(row, 2)?,
        browsers: number(row, 3)?,
        letters: number(row, 4)?,
        language: Language::of_tag(row.text(5)?).unwrap_or_default(),
        language_changed_at: Moment::at_optional(row, 6)?,
    })
}

fn number(row: &Row, column: usize) -> Result<usize, DatabaseError> {
    let wanted = "a count";
    usize::try_from(row.integer(column)?).map_err(|_| DatabaseError::Column { column, wanted })
}
