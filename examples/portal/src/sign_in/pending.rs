//! Half a sign-in: what it is known by, and that it is used up once.

use upheld_store::sql::{DatabaseError, Transaction};

use crate::clock::Moment;
use crate::id::{Id, PersonId};
use crate::records::Records;
use crate::token::{Token, TokenHash};

/// How long the second factor is awaited after the password.
pub(crate) const PENDING_SECONDS: i64 = 5 * 60;

/// The password was right and the second factor is awaited: five minutes, for one sign-in.
///
/// Opens nothing by itself. Used up when a session opens from it.
#[derive(Debug)]
pub(crate) struct PendingLogin {
    id: Id,
    person: PersonId,
    token: Token,
}

impl PendingLogin {
    /// What a code that is sent for this sign-in is bound to.
    pub(crate) const fn id(&self) -> Id {
        self.id
    }

    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    pub(crate) const fn token(&self) -> &Token {
        &self.token
    }

    /// Finds what `token` names, while it lasts.
    pub(crate) async fn find(
        records: &Records,
        token: Token,
        now: Moment,
    ) -> Result<Option<Self>, DatabaseError> {
        let rows = records
            .database
            .query(
                "SELECT id, person FROM pending_logins
             WHERE tenant = $1 AND token_hash = $2 AND expires_at > $3",
                &[token.to_hash().into(), now.into()],
            )
            .await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Self { id: Id::at(row, 0)?, person: PersonId::at(row, 1)?, token }))
    }
}

/// Gives up a pending login.
pub(crate) async fn cancel(records: &Records, login: PendingLogin) -> Result<(), DatabaseError> {
    let hash = login.token.to_hash();
    let cancelled =
        records.database.transact(move |transaction| take(transaction, hash, login.person));
    cancelled.await.map(drop)
}

/// Lets a second factor be awaited.
pub(crate) fn await_second_factor(
    transaction: &mut Transaction<'_>,
    (login, token): (Id, TokenHash),
    person: PersonId,
    now: Moment,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "INSERT INTO pending_logins (tenant, token_hash, id, person, expires_at)
         VALUES ($1, $2, $3, $4, $5)",
        &[token.into(), login.into(), person.into(), now.plus(PENDING_SECONDS).into()],
    )?;
    Ok(())
}

/// Uses up a pending login; `false` when it was used up before.
pub(super) fn take(
    transaction: &mut Transaction<'_>,
    token: TokenHash,
    person: PersonId,
) -> Result<bool, DatabaseError> {
    let deleted = transaction.execute(
        "DELETE FROM pending_logins WHERE tenant = $1 AND token_hash = $2 AND person = $3",
        &[token.into(), person.into()],
    )?;
    Ok(deleted == 1)
}
