//! Browsers that somebody has signed in with: known, so that guesses from elsewhere do not lock
//! them out, and, if the person asked for it, remembered, so that the second factor is not asked
//! for each time.
//!
//! A browser has a name that stays and a token that is replaced at each sign-in. A token that was
//! replaced before was copied: whoever shows it ends the browser, for the thief and the person.

use upheld_store::sql::{DatabaseError, Row, Transaction};

use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::random::NoRandomness;
use crate::records::Records;
use crate::token::{BrowserToken, Token, TokenHash};
use crate::user_agent::BrowserName;

/// How long a browser is known after it was last used.
pub(crate) const KNOWN_SECONDS: i64 = 180 * 24 * 60 * 60;

/// What a browser showed when a password came, and what it will be told instead.
#[derive(Debug)]
pub(crate) struct Presented {
    id: Id,
    shown: TokenHash,
    next: TokenHash,
}

impl Presented {
    /// Draws the token that replaces the one shown.
    pub(crate) fn new(shown: &BrowserToken) -> Result<(Self, BrowserToken), NoRandomness> {
        let next = Token::generate()?;
        let presented = Self { id: shown.id, shown: shown.token.to_hash(), next: next.to_hash() };
        Ok((presented, BrowserToken { id: shown.id, token: next }))
    }

    pub(crate) const fn id(&self) -> Id {
        self.id
    }
}

/// A browser to be known from now on.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) id: Id,
    pub(crate) token: TokenHash,
    pub(crate) name: BrowserName,
    pub(crate) trusted_until: Option<Moment>,
}

/// Whether the browser has signed in to this account before. One with a replaced token ends.
pub(crate) fn recognise(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    (id, shown): (Id, TokenHash),
    now: Moment,
) -> Result<bool, DatabaseError> {
    let rows = transaction.query(
        "SELECT token_hash FROM browsers
         WHERE tenant = $1 AND id = $2 AND person = $3 AND seen_at > $4",
        &[id.into(), person.into(), now.minus(KNOWN_SECONDS).into()],
    )?;
    let Some(row) = rows.first() else { return Ok(false) };
    if shown.is(row.blob(0)?) {
        return Ok(true);
    }
    tracing::warn!(%person, browser = %id, "a replaced token of a browser was shown; the browser is forgotten");
    forget(transaction, person, id)?;
    Ok(false)
}

/// Replaces the token of a remembered browser; `false` if it is not, or no longer.
pub(crate) fn use_trust(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    browser: &Presented,
    now: Moment,
) -> Result<bool, DatabaseError> {
    let used = transaction.execute(
        "UPDATE browsers SET token_hash = $5, seen_at = $6
         WHERE tenant = $1 AND id = $2 AND person = $3 AND token_hash = $4
               AND trusted_until > $6",
        &[browser.id.into(), person.into(), browser.shown.into(), browser.next.into(), now.into()],
    )?;
    Ok(used == 1)
}

/// Knows a browser from now on, under a new name.
pub(crate) fn register(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    browser: &Registration,
    now: Moment,
) -> Result<(), DatabaseError> {
    transaction.execute_later(
        "INSERT INTO browsers (tenant, id, token_hash, person, name, seen_at, trusted_until)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            browser.id.into(),
            browser.token.into(),
            person.into(),
            browser.name.as_str().into(),
            now.into(),
            browser.trusted_until.into(),
        ],
    )?;
    Ok(())
}

/// Forgets one browser of a person.
pub(crate) fn forget(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    id: Id,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "DELETE FROM browsers WHERE tenant = $1 AND person = $2 AND id = $3",
        &[person.into(), id.into()],
    )?;
    Ok(())
}

/// Forgets all browsers of a person: what protects the account has changed.
pub(crate) fn forget_all(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    transaction
        .execute("DELETE FROM browsers WHERE tenant = $1 AND person = $2", &[person.into()])?;
    Ok(())
}

/// Asks for the second factor in every browser of a person again, and goes on knowing them.
pub(crate) fn distrust_all(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "UPDATE browsers SET trusted_until = NULL WHERE tenant = $1 AND person = $2",
        &[person.into()],
    )?;
    Ok(())
}

pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    transaction.execute(
        "DELETE FROM browsers WHERE tenant = $1 AND seen_at <= $2",
        &[now.minus(KNOWN_SECONDS).into()],
    )?;
    Ok(())
}

/// A remembered browser as its person sees it in the list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) seen_at: Moment,
    pub(crate) trusted_until: Moment,
}

/// The remembered browsers of a person.
pub(crate) async fn list(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Vec<Listed>, DatabaseError> {
    let rows = records
        .database
        .query(
            "SELECT id, name, seen_at, trusted_until FROM browsers
         WHERE tenant = $1 AND person = $2 AND trusted_until > $3
         ORDER BY seen_at DESC, id LIMIT 50",
            &[person.into(), now.into()],
        )
        .await?;
    let listed = |row: &Row| {
        Ok(Listed {
            id: Id::at(row, 0)?,
            name: row.text(1)?.to_owned(),
            seen_at: Moment::at(row, 2)?,
            trusted_until: Moment::at(row, 3)?,
        })
    };
    rows.iter().map(listed).collect()
}
