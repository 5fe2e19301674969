//! Sessions: who is signed in, in which browser, since when.
//!
//! A session ends 30 minutes after it was last used and 12 hours after it was opened, whichever
//! comes first, and when the person signs out.

use rusqlite::{OptionalExtension, Transaction, params};

use crate::clock::Moment;
use crate::people::PersonId;
use crate::second_factor::{Accepted, NoFactorYet};
use crate::sign_in::{self, PendingLogin, SignInError};
use crate::store::{Store, StoreError};
use crate::token::{Token, TokenHash};

const IDLE_SECONDS: i64 = 30 * 60;
const ABSOLUTE_SECONDS: i64 = 12 * 60 * 60;
/// How far behind `seen_at` may be; saves a write to the disk for most requests.
const SEEN_GRAIN_SECONDS: i64 = 60;

/// Somebody who is signed in, as of this request.
#[derive(Debug)]
pub(crate) struct Session {
    id: i64,
    person: PersonId,
    token: Token,
    email: String,
    display_name: String,
    /// Since when there is a second factor.
    confirmed_at: Option<Moment>,
}

impl Session {
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    pub(crate) const fn id(&self) -> i64 {
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

    pub(crate) const fn has_factor(&self) -> bool {
        self.confirmed_at.is_some()
    }

    /// Finds the session that `token` names, while it lasts, and notes that it was used.
    pub(crate) async fn find(
        store: &Store,
        token: Token,
        now: Moment,
    ) -> Result<Option<Self>, StoreError> {
        let hash = token.to_hash();
        let found = store.run(move |transaction| {
            let found = transaction
                .query_row(
                    "SELECT sessions.id, person, email, display_name, seen_at,
                         (SELECT confirmed_at FROM factors WHERE factors.person = sessions.person)
                     FROM sessions JOIN people ON people.id = person
                     WHERE token_hash = ? AND seen_at > ? AND opened_at > ?",
                    params![hash, now.minus(IDLE_SECONDS), now.minus(ABSOLUTE_SECONDS)],
                    |row| {
                        let session = |token| -> rusqlite::Result<Self> {
                            Ok(Self {
                                id: row.get(0)?,
                                person: row.get(1)?,
                                token,
                                email: row.get(2)?,
                                display_name: row.get(3)?,
                                confirmed_at: row.get(5)?,
                            })
                        };
                        Ok((session(token)?, row.get::<_, Moment>(4)?))
                    },
                )
                .optional()?;
            if let Some((session, seen_at)) = &found
                && *seen_at <= now.minus(SEEN_GRAIN_SECONDS)
            {
                transaction.execute(
                    "UPDATE sessions SET seen_at = ? WHERE id = ?",
                    params![now, session.id],
                )?;
            }
            Ok(found.map(|(session, _)| session))
        });
        found.await
    }
}

/// Opens a session for whoever showed a second factor, using up the pending login it was for.
///
/// `None` when the pending login was used up in the meantime. The code stays used.
pub(crate) async fn open(
    store: &Store,
    accepted: Accepted,
    login: PendingLogin,
    now: Moment,
) -> Result<Option<Token>, SignInError> {
    let token = Token::generate()?;
    let (hash, pending) = (token.to_hash(), login.token().to_hash());
    let opened = store.run(move |transaction| {
        let person = accepted.person();
        let open = person == login.person() && sign_in::take(transaction, &pending, person)?;
        if open {
            insert(transaction, person, &hash, now)?;
        }
        Ok(open)
    });
    Ok(opened.await?.then_some(token))
}

/// Opens a session for somebody whose password was enough, in the transaction that found so.
pub(crate) fn open_without_factor(
    transaction: &Transaction<'_>,
    no_factor: NoFactorYet<'_>,
    token: &TokenHash,
    now: Moment,
) -> rusqlite::Result<()> {
    insert(transaction, no_factor.into_person(), token, now)
}

/// Gives `session` a new token and ends every other of the person: what they may do has changed.
pub(crate) fn renew(
    transaction: &Transaction<'_>,
    session: i64,
    person: PersonId,
    token: &TokenHash,
) -> rusqlite::Result<bool> {
    transaction
        .execute("DELETE FROM sessions WHERE person = ? AND id != ?", params![person, session])?;
    let renewed = transaction.execute(
        "UPDATE sessions SET token_hash = ? WHERE id = ? AND person = ?",
        params![token, session, person],
    )?;
    Ok(renewed == 1)
}

/// Ends the session that `token` names, if there is one.
pub(crate) async fn end(store: &Store, token: &Token) -> Result<(), StoreError> {
    let hash = token.to_hash();
    store
        .run(move |transaction| {
            transaction.execute("DELETE FROM sessions WHERE token_hash = ?", [hash])
        })
        .await
        .map(drop)
}

pub(crate) fn purge(transaction: &Transaction<'_>, now: Moment) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM sessions WHERE seen_at <= ? OR opened_at <= ?",
        params![now.minus(IDLE_SECONDS), now.minus(ABSOLUTE_SECONDS)],
    )?;
    Ok(())
}

fn insert(
    transaction: &Transaction<'_>,
    person: PersonId,
    token: &TokenHash,
    now: Moment,
) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO sessions (token_hash, person, opened_at, seen_at) VALUES (?, ?, ?, ?)",
        params![token, person, now, now],
    )?;
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rusqlite::params;
    use upheld_totp::{Parameters, Totp, UnixSeconds};

    use super::open;
    use crate::clock::{Clock, Moment};
    use crate::people::PersonId;
    use crate::random;
    use crate::second_factor::{self, Accepted};
    use crate::sign_in::PendingLogin;
    use crate::store::Store;
    use crate::token::Token;

    const NOW: UnixSeconds = UnixSeconds(1_790_000_010);

    /// A person with a factor and a pending login, found twice as by two requests at once.
    async fn awaited_twice(store: &Store, number: i64) -> (Totp, [PendingLogin; 2]) {
        let token = Token::generate().unwrap();
        let hash = token.to_hash();
        let secret = random::totp_secret().unwrap();
        let totp = Totp::new(&secret, Parameters::default());
        let insert = store.run(move |transaction| {
            transaction.execute(
                "INSERT INTO people VALUES (?1, 'person' || ?1, 'Name', 'hash')",
                [number],
            )?;
            transaction.execute(
                "INSERT INTO factors VALUES (?1, ?1, ?2, NULL, 0)",
                params![number, secret.expose()],
            )?;
            transaction.execute(
                "INSERT INTO pending_logins VALUES (?, ?, ?)",
                params![hash, PersonId::for_test(number), now().plus(60)],
            )
        });
        insert.await.unwrap();
        let again = Token::parse(&token.to_text()).unwrap();
        let first = PendingLogin::find(store, token, now()).await.unwrap().unwrap();
        let second = PendingLogin::find(store, again, now()).await.unwrap().unwrap();
        (totp, [first, second])
    }

    async fn accept(store: &Store, login: &PendingLogin, totp: &Totp, at: u64) -> Accepted {
        let charged = second_factor::charge(store, login, now()).await.unwrap().unwrap();
        let code = totp.code_at(UnixSeconds(at));
        let candidate = charged.check(&code, now()).unwrap();
        candidate.consume(store).await.unwrap().unwrap()
    }

    fn now() -> Moment {
        Clock::new(|| NOW).now()
    }

    #[tokio::test]
    async fn t34_a_pending_login_opens_one_session_though_two_codes_were_good() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _writer) = Store::open(&folder.path().join("portal.db")).unwrap();
        let (totp, [first, second]) = awaited_twice(&store, 1).await;
        let one = accept(&store, &first, &totp, NOW.0).await;
        let other = accept(&store, &second, &totp, NOW.0.saturating_add(30)).await;
        assert!(open(&store, one, first, now()).await.unwrap().is_some());
        assert!(open(&store, other, second, now()).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn t06_a_code_of_one_person_opens_no_session_of_another() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _writer) = Store::open(&folder.path().join("portal.db")).unwrap();
        let (totp, [own, _]) = awaited_twice(&store, 1).await;
        let (_, [foreign, _]) = awaited_twice(&store, 2).await;
        let accepted = accept(&store, &own, &totp, NOW.0).await;
        assert!(open(&store, accepted, foreign, now()).await.unwrap().is_none());
    }
}
