//! Sessions: who is signed in, in which browser, since when, and on what grounds.
//!
//! A session ends 30 minutes after it was last used and 12 hours after it was opened, whichever
//! comes first, when the person signs out or revokes it, and when what protects the account
//! changes in another one.

use upheld_store::sql::{DatabaseError, Row, Transaction};

use crate::clock::Moment;
use crate::closures::Closing;
use crate::id::{Id, PersonId};
use crate::people::Role;
use crate::random::NoRandomness;
use crate::records::Records;
use crate::token::{Token, TokenHash};
use crate::user_agent::BrowserName;
use crate::warrant::{Grounds, Warrant};

const IDLE_SECONDS: i64 = 30 * 60;
const ABSOLUTE_SECONDS: i64 = 12 * 60 * 60;
/// How far behind `seen_at` may be; saves a write to the disk for most requests.
const SEEN_GRAIN_SECONDS: i64 = 60;
/// How long a person who has just proved to be there counts as being there.
pub(crate) const REAUTHENTICATED_SECONDS: i64 = 10 * 60;

/// Somebody who is signed in, as of this request.
#[derive(Debug)]
pub(crate) struct Session {
    id: Id,
    person: PersonId,
    token: Token,
    email: String,
    display_name: String,
    role: Role,
    grounds: Grounds,
    is_fresh: bool,
    closing: Option<Closing>,
}

impl Session {
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    pub(crate) const fn id(&self) -> Id {
        self.id
    }

    pub(crate) const fn token(&self) -> &Token {
        &self.token
    }

    pub(crate) fn email(&self) -> &str {
        &self.email
    }

    pub(crate) fn display_name(&self) -> &str {
        &self.display_name
    }

    /// Whether the account has a second factor.
    ///
    /// Sessions that a password alone opened end when the first one is added, but for the one it
    /// is added in, and none is left when the last is removed.
    pub(crate) fn has_factor(&self) -> bool {
        self.grounds != Grounds::Password
    }

    /// Whether this is a member of staff who showed a second factor for this session.
    pub(crate) fn is_staff(&self) -> bool {
        self.role.is_staff() && self.grounds == Grounds::SecondFactor
    }

    /// The same for the pages, which say what is missing.
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    /// Whether the person proved within the last ten minutes that it is still them.
    pub(crate) const fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// Whether the account is being closed: then there is one page for it.
    pub(crate) const fn closing(&self) -> Option<Closing> {
        self.closing
    }

    /// Finds the session that `token` names, while it lasts, and notes that it was used.
    pub(crate) async fn find(
        records: &Records,
        token: Token,
        now: Moment,
    ) -> Result<Option<Self>, DatabaseError> {
        let sql = format!(
            "SELECT sessions.id, people.id, email, display_name, {}, grounds, reauthenticated_at,
                    seen_at, due_at, is_held
             FROM sessions JOIN people ON people.tenant = sessions.tenant
                                          AND people.id = sessions.person
                  LEFT JOIN closures ON closures.tenant = sessions.tenant
                                        AND closures.person = sessions.person
             WHERE sessions.tenant = $1 AND token_hash = $2 AND seen_at > $3 AND opened_at > $4
                   AND state = 'active'",
            Role::COLUMN
        );
        let since = [now.minus(IDLE_SECONDS), now.minus(ABSOLUTE_SECONDS)].map(Into::into);
        let [idle, absolute] = since;
        let values = [token.to_hash().into(), idle, absolute];
        let rows = records.database.query(&sql, &values).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let fresh_since = now.minus(REAUTHENTICATED_SECONDS);
        let session = Self {
            id: Id::at(row, 0)?,
            person: PersonId::at(row, 1)?,
            token,
            email: row.text(2)?.to_owned(),
            display_name: row.text(3)?.to_owned(),
            role: Role::at(row, 4)?,
            grounds: Grounds::at(row, 5)?,
            is_fresh: Moment::at_optional(row, 6)?.is_some_and(|at| at > fresh_since),
            closing: closing(row)?,
        };
        if Moment::at(row, 7)? <= now.minus(SEEN_GRAIN_SECONDS) {
            session.note_use(records, now).await?;
        }
        Ok(Some(session))
    }

    async fn note_use(&self, records: &Records, now: Moment) -> Result<(), DatabaseError> {
        let id = self.id;
        // Losing this in a power cut ends the session early.
        let noted = records.database.transact_relaxed(move |transaction| {
            transaction.execute(
                "UPDATE sessions SET seen_at = $3 WHERE tenant = $1 AND id = $2",
                &[id.into(), now.into()],
            )
        });
        noted.await.map(drop)
    }
}

fn closing(row: &Row) -> Result<Option<Closing>, DatabaseError> {
    let Some(due) = Moment::at_optional(row, 8)? else { return Ok(None) };
    Ok(Some(Closing { due, is_held: row.optional_integer(9)? == Some(1) }))
}

/// A session to be opened.
#[derive(Debug)]
pub(crate) struct NewSession {
    id: Id,
    token: TokenHash,
    browser: BrowserName,
}

impl NewSession {
    /// A session for a browser, and the token that names it.
    pub(crate) fn generate(browser: BrowserName) -> Result<(Self, Token), NoRandomness> {
        let token = Token::generate()?;
        Ok((Self { id: Id::generate()?, token: token.to_hash(), browser }, token))
    }
}

/// Opens a session for whoever has a warrant.
pub(crate) fn open(
    transaction: &mut Transaction<'_>,
    new: &NewSession,
    warrant: Warrant,
    now: Moment,
) -> Result<(), DatabaseError> {
    let (person, grounds) = warrant.into_parts();
    // Where the password is all there is, it has just been shown. Where there is a second factor,
    // changes to what protects the account ask for it again.
    let reauthenticated_at = (grounds == Grounds::Password).then_some(now);
    transaction.execute_later(
        "INSERT INTO sessions (tenant, id, token_hash, person, grounds, browser, opened_at,
                               seen_at, reauthenticated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8)",
        &[
            new.id.into(),
            new.token.into(),
            person.into(),
            grounds.as_str().into(),
            new.browser.as_str().into(),
            now.into(),
            reauthenticated_at.into(),
        ],
    )?;
    Ok(())
}

/// Gives `session` a new token: its person has just proved to be there.
///
/// `false` when the session has ended, or is somebody else's.
pub(crate) fn renew(
    transaction: &mut Transaction<'_>,
    session: Id,
    token: TokenHash,
    warrant: Warrant,
    now: Moment,
) -> Result<bool, DatabaseError> {
    let (person, grounds) = warrant.into_parts();
    let renewed = transaction.execute(
        "UPDATE sessions SET token_hash = $4, grounds = $5, reauthenticated_at = $6
         WHERE tenant = $1 AND id = $2 AND person = $3",
        &[session.into(), person.into(), token.into(), grounds.as_str().into(), now.into()],
    )?;
    Ok(renewed == 1)
}

/// Notes that the account of `session` has no second factor any more.
pub(crate) fn lower(transaction: &mut Transaction<'_>, session: Id) -> Result<(), DatabaseError> {
    transaction.execute(
        "UPDATE sessions SET grounds = $3 WHERE tenant = $1 AND id = $2",
        &[session.into(), Grounds::Password.as_str().into()],
    )?;
    Ok(())
}

/// Ends the session that `token` names, if there is one.
pub(crate) async fn end(records: &Records, token: &Token) -> Result<(), DatabaseError> {
    let hash = token.to_hash();
    let ended = records.database.transact(move |transaction| {
        transaction
            .execute("DELETE FROM sessions WHERE tenant = $1 AND token_hash = $2", &[hash.into()])
    });
    ended.await.map(drop)
}

/// Ends one session of a person.
pub(crate) fn revoke(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    session: Id,
) -> Result<bool, DatabaseError> {
    let revoked = transaction.execute(
        "DELETE FROM sessions WHERE tenant = $1 AND person = $2 AND id = $3",
        &[person.into(), session.into()],
    )?;
    Ok(revoked == 1)
}

/// Ends all sessions of a person but one: what protects the account has changed.
pub(crate) fn revoke_others(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    session: Id,
) -> Result<u64, DatabaseError> {
    transaction.execute(
        "DELETE FROM sessions WHERE tenant = $1 AND person = $2 AND id <> $3",
        &[person.into(), session.into()],
    )
}

/// Ends all sessions of a person.
pub(crate) fn revoke_all(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<u64, DatabaseError> {
    transaction.execute("DELETE FROM sessions WHERE tenant = $1 AND person = $2", &[person.into()])
}

pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    transaction.execute(
        "DELETE FROM sessions WHERE tenant = $1 AND (seen_at <= $2 OR opened_at <= $3)",
        &[now.minus(IDLE_SECONDS).into(), now.minus(ABSOLUTE_SECONDS).into()],
    )?;
    Ok(())
}

/// A session as its person sees it in the list.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) id: Id,
    pub(crate) browser: String,
    pub(crate) opened_at: Moment,
    pub(crate) seen_at: Moment,
}

/// The sessions of a person, the newest first.
pub(crate) async fn list(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Vec<Listed>, DatabaseError> {
    let rows = records
        .database
        .query(
            "SELECT id, browser, opened_at, seen_at FROM sessions
         WHERE tenant = $1 AND person = $2 AND seen_at > $3 AND opened_at > $4
         ORDER BY opened_at DESC, id LIMIT 50",
            &[person.into(), now.minus(IDLE_SECONDS).into(), now.minus(ABSOLUTE_SECONDS).into()],
        )
        .await?;
    let listed = |row: &Row| {
        Ok(Listed {
            id: Id::at(row, 0)?,
            browser: row.text(1)?.to_owned(),
            opened_at: Moment::at(row, 2)?,
            seen_at: Moment::at(row, 3)?,
        })
    };
    rows.iter().map(listed).collect()
}
