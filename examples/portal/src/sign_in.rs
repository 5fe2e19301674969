//! The first step of signing in: the password.

use std::net::IpAddr;

use rusqlite::{Transaction, params};
use zeroize::Zeroizing;

use crate::attempts::{self, Charge, Subject};
use crate::clock::{Clock, Moment};
use crate::password::{PasswordError, Passwords, Proven};
use crate::people::{self, Email, PersonId};
use crate::random::NoRandomness;
use crate::second_factor::NoFactorYet;
use crate::sessions;
use crate::store::{Store, StoreError};
use crate::token::{Token, TokenHash};

/// How long the code is awaited after the password.
pub(crate) const PENDING_SECONDS: i64 = 5 * 60;

/// What came of a password.
#[derive(Debug)]
#[must_use]
pub(crate) enum Outcome {
    /// Wrong, of nobody, or too soon after others. The person is told which by nothing.
    Refused,
    /// Right; now the second factor. The token names the pending login.
    CodeAwaited(Token),
    /// Right, and the person has no second factor yet. The token names the session.
    SignedIn(Token),
}

/// Why a password could not be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SignInError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The password was right and the code is awaited: five minutes, for one sign-in.
///
/// Opens nothing by itself. Used up when a session opens from it.
#[derive(Debug)]
pub(crate) struct PendingLogin {
    person: PersonId,
    token: Token,
}

impl PendingLogin {
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    pub(crate) const fn token(&self) -> &Token {
        &self.token
    }

    /// Finds what `token` names, while it lasts.
    pub(crate) async fn find(
        store: &Store,
        token: Token,
        now: Moment,
    ) -> Result<Option<Self>, StoreError> {
        let hash = token.to_hash();
        let found = store.run(move |transaction| {
            let mut query = transaction.prepare(
                "SELECT person FROM pending_logins WHERE token_hash = ? AND expires_at > ?",
            )?;
            query.query_map(params![hash, now], |row| row.get(0))?.next().transpose()
        });
        Ok(found.await?.map(|person| Self { person, token }))
    }
}

/// Judges a password, and opens what it opens.
pub(crate) async fn with_password(
    store: &Store,
    passwords: &Passwords,
    clock: &Clock,
    (email, password): (Email, Zeroizing<String>),
    from: IpAddr,
) -> Result<Outcome, SignInError> {
    let place = passwords.queue()?;
    let subject = Subject::password(&email, from);
    let (charged, now) = (subject.clone(), clock.now());
    let stored = store.run(move |transaction| {
        Ok(match attempts::charge(transaction, &charged, now)? {
            Charge::Charged => Some(people::find(transaction, &email)?),
            Charge::Throttled => None,
        })
    });
    let Some(stored) = stored.await? else {
        tracing::warn!("password refused: too soon after others");
        return Ok(Outcome::Refused);
    };
    let Some(proven) = passwords.verify(place, password, stored).await? else {
        tracing::info!("password refused");
        return Ok(Outcome::Refused);
    };

    let token = Token::generate()?;
    let (hash, now, person) = (token.to_hash(), clock.now(), proven.person().number());
    let has_factor = store.run(move |transaction| {
        attempts::reset(transaction, &subject)?;
        if let Some(credential) = proven.replacement() {
            people::set_credential(transaction, proven.person(), credential)?;
        }
        purge(transaction, now)?;
        admit(transaction, &proven, &hash, now)
    });
    Ok(match has_factor.await? {
        Next::Code => {
            tracing::info!(person, "password accepted, code awaited");
            Outcome::CodeAwaited(token)
        }
        Next::Nothing => {
            tracing::info!(person, "password accepted, no second factor yet, signed in");
            Outcome::SignedIn(token)
        }
    })
}

/// Gives up a pending login.
pub(crate) async fn cancel(store: &Store, login: PendingLogin) -> Result<(), StoreError> {
    let hash = login.token.to_hash();
    store.run(move |transaction| take(transaction, &hash, login.person)).await.map(drop)
}

/// Uses up a pending login; `false` when it was used up before.
pub(crate) fn take(
    transaction: &Transaction<'_>,
    token: &TokenHash,
    person: PersonId,
) -> rusqlite::Result<bool> {
    let deleted = transaction.execute(
        "DELETE FROM pending_logins WHERE token_hash = ? AND person = ?",
        params![token, person],
    )?;
    Ok(deleted == 1)
}

/// Deletes what has expired.
pub(crate) fn purge(transaction: &Transaction<'_>, now: Moment) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM pending_logins WHERE expires_at <= ?", [now])?;
    transaction.execute("DELETE FROM pending_enrolments WHERE expires_at <= ?", [now])?;
    sessions::purge(transaction, now)?;
    attempts::purge(transaction, now)
}

enum Next {
    Code,
    Nothing,
}

fn admit(
    transaction: &Transaction<'_>,
    proven: &Proven,
    token: &TokenHash,
    now: Moment,
) -> rusqlite::Result<Next> {
    if let Some(no_factor) = NoFactorYet::find(transaction, proven.person())? {
        sessions::open_without_factor(transaction, no_factor, token, now)?;
        return Ok(Next::Nothing);
    }
    transaction.execute(
        "INSERT INTO pending_logins (token_hash, person, expires_at) VALUES (?, ?, ?)",
        params![token, proven.person(), now.plus(PENDING_SECONDS)],
    )?;
    Ok(Next::Code)
}
