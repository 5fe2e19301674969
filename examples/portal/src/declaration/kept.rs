//! The declarations that were published: kept for ever, the newest in force.

use upheld_cookies::policy::Policy;
use upheld_store::sql::{Database, DatabaseError, Row, Transaction, Value};

use super::{Declaration, DeclarationError, TextHash};
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::desk::assignment::called;
use crate::id::PersonId;
use crate::people::Role;
use crate::records::{Records, RecordsError};
use crate::sessions::Session;

/// How many are published within a day at most: what is kept for ever has a limit.
const MOST_A_DAY: i64 = 20;
const DAY_SECONDS: i64 = 24 * 60 * 60;
/// How many are read for a page.
pub(crate) const PAGE: usize = 20;

/// One that was published, or the program's own that it took the place of.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) number: u32,
    pub(crate) text: String,
    pub(crate) hash: TextHash,
    pub(crate) at: Moment,
    /// None of the program's own; a number when there is no such account any more.
    pub(crate) by: Option<String>,
}

impl Kept {
    /// The text as it was published, read.
    pub(crate) fn read(&self) -> Result<Policy, DeclarationError> {
        if TextHash::of(&self.text) != self.hash {
            return Err(DeclarationError::Altered { number: self.number });
        }
        Ok(Policy::parse_toml(&self.text)?)
    }
}

/// What came of publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Outcome {
    /// It is in force from now on, under this number.
    Published(u32),
    /// Another was published since.
    Overtaken,
    /// There were many within a day.
    TooMany,
    /// Who publishes may not.
    NotTheirs,
    /// No node could go by it.
    Unfit,
}

const SELECT: &str = "SELECT number, text, sha256, published_at, published_by, display_name, email
    FROM declarations
    LEFT JOIN people ON people.tenant = declarations.tenant AND people.id = published_by
    WHERE declarations.tenant = $1";

/// The number of the newest; 0 while there is none.
const NEWEST: &str = "SELECT COALESCE(MAX(number), 0) FROM declarations WHERE tenant = $1";

pub(crate) async fn newest(database: &Database) -> Result<u32, DatabaseError> {
    number(database.query(NEWEST, &[]).await?.first())
}

pub(crate) async fn find(database: &Database, number: u32) -> Result<Option<Kept>, DatabaseError> {
    let rows = database.query(&format!("{SELECT} AND number = $2"), &[number.into()]).await?;
    rows.first().map(kept).transpose()
}

/// Those up to a number, the newest first: a page, and one more to compare with.
pub(crate) async fn up_to(database: &Database, last: u32) -> Result<Vec<Kept>, DatabaseError> {
    let sql = format!("{SELECT} AND number <= $2 ORDER BY number DESC LIMIT $3");
    let limit = i64::try_from(PAGE).unwrap_or(i64::MAX).saturating_add(1);
    let rows = database.query(&sql, &[last.into(), limit.into()]).await?;
    rows.iter().map(kept).collect()
}

/// Puts a text in force after the version `base`, and writes down who did.
pub(crate) async fn publish(
    records: &Records,
    session: &Session,
    (text, base): (String, u32),
    now: Moment,
) -> Result<Outcome, RecordsError> {
    if session.role() != Role::PrivacyLead || !session.is_staff() {
        return Ok(Outcome::NotTheirs);
    }
    let (next, hash) = (base.saturating_add(1), TextHash::of(&text));
    let draft = Kept { number: next, text: text.clone(), hash, at: now, by: None };
    // What is kept for ever is what every node reads again, and in the same way.
    if let Err(error) = Declaration::published(&draft, records.cookies.hosts(), now) {
        tracing::warn!(%error, "a declaration of cookies was not published");
        return Ok(Outcome::Unfit);
    }
    let by = session.person();
    let replaced = records.cookies.built_in_text();
    let published = records.database.transact(move |transaction: &mut Transaction<'_>| {
        if number(transaction.query(NEWEST, &[])?.first())? != base {
            return Ok(Outcome::Overtaken);
        }
        let sql = "SELECT COUNT(*) FROM declarations
                   WHERE tenant = $1 AND number > 0 AND published_at > $2";
        let rows = transaction.query(sql, &[now.minus(DAY_SECONDS).into()])?;
        if rows.first().map(|row| row.integer(0)).transpose()?.is_some_and(|it| it >= MOST_A_DAY) {
            return Ok(Outcome::TooMany);
        }
        if base == 0 {
            // What was in force until now, whatever the next program has.
            insert(transaction, (0, &replaced), (now, None))?;
        }
        if !insert(transaction, (next, &text), (now, Some(by)))? {
            return Ok(Outcome::Overtaken);
        }
        let sql = "DELETE FROM declaration_drafts WHERE tenant = $1 AND person = $2";
        transaction.execute(sql, &[by.into()])?;
        let action = &format!("declaration of cookies {next} published: SHA-256 {hash}");
        let entry =
            Entry { at: now.into(), actor: Actor::Person(by.to_bits()), action, subject: None };
        audit::append(transaction, &entry)?;
        Ok::<_, DatabaseError>(Outcome::Published(next))
    });
    Ok(published.await?)
}

/// Keeps a text under its number, unless that is taken.
fn insert(
    transaction: &mut Transaction<'_>,
    (number, text): (u32, &str),
    (at, by): (Moment, Option<PersonId>),
) -> Result<bool, DatabaseError> {
    let hash: Value = TextHash::of(text).as_bytes().as_slice().into();
    let by: Value = by.map(|by| by.to_bits().to_be_bytes().to_vec()).into();
    let sql = "INSERT INTO declarations (tenant, number, text, sha256, published_at, published_by)
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant, number) DO NOTHING";
    Ok(transaction.execute(sql, &[number.into(), text.into(), hash, at.into(), by])? == 1)
}

fn number(row: Option<&Row>) -> Result<u32, DatabaseError> {
    let number = row.map(|row| row.integer(0)).transpose()?;
    Ok(number.and_then(|number| u32::try_from(number).ok()).unwrap_or_default())
}

fn kept(row: &Row) -> Result<Kept, DatabaseError> {
    let by = match (row.optional_text(5)?, row.optional_text(6)?) {
        (Some(name), Some(email)) => Some(called(name, email)),
        _ if row.optional_blob(4)?.is_some() => Some(PersonId::at(row, 4)?.to_string()),
        _ => None,
    };
    // A hash of another length is that of nothing.
    let hash = <[u8; 32]>::try_from(row.blob(2)?).unwrap_or_default();
    Ok(Kept {
        number: number(Some(row))?,
        text: row.text(1)?.to_owned(),
        hash: TextHash(hash),
        at: Moment::at(row, 3)?,
        by,
    })
}
