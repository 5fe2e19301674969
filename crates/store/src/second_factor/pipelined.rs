//! Apps and tokens on PostgreSQL: the few statements of a sign-in, sent without waiting in between.
//!
//! A charge is read, decided and written back by one statement, *if* what was decided on is still
//! what is stored. So no row is locked while the network is waited for, and all it asks of the
//! database is that one row changes atomically. These are the same rows that
//! [`rows`](super::rows) locks; the two may run at the same time.

use deadpool_postgres::Object;
use upheld_second_factor::{
    AccountId, Budget, Consumed, CredentialId, Decision, Failures, Policy, Target,
};
use upheld_totp::UnixSeconds;

use super::rows::{
    FAILURES, LOAD_CREDENTIALS, Loaded, RAISE, SAVE_FAILURES, budget_number, bytes, credentials_of,
    failures_of, seconds,
};
use crate::Tenant;
use crate::sql::postgres::{Postgres, discard, session};
use crate::sql::{DatabaseError, Value};

const FIRST_FAILURE: &str = "INSERT INTO second_factor_failures
     (tenant, account, budget, failures, guessed, locked_until) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (tenant, account, budget) DO NOTHING";
//= RFC 4226 §7.3: failed attempts are counted, whatever runs at the same time
const NEXT_FAILURE: &str = "UPDATE second_factor_failures
     SET failures = $4, guessed = $5, locked_until = $6
     WHERE tenant = $1 AND account = $2 AND budget = $3
     AND failures = $7 AND guessed = $8 AND locked_until = $9";

/// Charges an attempt at an app or a token; `None` when somebody else was faster. Then
/// [`rows::charge`](super::rows::charge) queues for the row, where many guesses at one account
/// belong.
pub(super) async fn charge(
    postgres: &Postgres,
    tenant: &Tenant,
    account: AccountId,
    policy: &Policy,
    now: UnixSeconds,
) -> Result<Option<Loaded>, DatabaseError> {
    let connection = postgres.connection().await?;
    let charged = try_charge(&connection, tenant, account, policy, now).await;
    if charged.as_ref().is_err_and(session::is_lost) {
        discard(connection);
    }
    charged
}

async fn try_charge(
    connection: &Object,
    tenant: &Tenant,
    account: AccountId,
    policy: &Policy,
    now: UnixSeconds,
) -> Result<Option<Loaded>, DatabaseError> {
    let budget = [bytes(account.0), budget_number(Budget::Code).into()];
    let (material, found) = tokio::join!(
        biased;
        session::query(connection, tenant, LOAD_CREDENTIALS, &budget[..1]),
        session::query(connection, tenant, FAILURES, &budget),
    );
    let Some(material) = credentials_of(&material?)? else {
        return Ok(Some(Loaded::NotEnrolled));
    };
    let before = found?.first().map(failures_of).transpose()?;
    let chance = material.chance(policy);
    let decided = Target::Credentials.decide(chance, policy, before.unwrap_or_default(), now);
    let failures = match decided {
        Decision::Charge(failures) => failures,
        Decision::Throttled { until } => return Ok(Some(Loaded::Throttled { until })),
        Decision::Disabled => return Ok(Some(Loaded::Disabled)),
    };
    let mut values = Vec::from(budget);
    values.extend(columns(failures));
    let sql = if before.is_some() { NEXT_FAILURE } else { FIRST_FAILURE };
    values.extend(before.into_iter().flat_map(columns));
    let written = session::execute(connection, tenant, sql, &values).await.map_err(unclear)?;
    Ok((written == 1).then_some(Loaded::Charged { material, failures }))
}

/// Uses up a step or a counter, and sets the failures back.
pub(super) async fn consume(
    postgres: &Postgres,
    tenant: &Tenant,
    account: AccountId,
    (credential, value): (CredentialId, u64),
) -> Result<Consumed, DatabaseError> {
    // What cannot be stored was never handed out.
    let Ok(value) = i64::try_from(value) else { return Ok(Consumed::TooLate) };
    let (postgres, tenant) = (postgres.clone(), tenant.clone());
    // A task of its own: nobody who hangs up leaves a transaction open.
    let task = tokio::spawn(async move {
        let connection = postgres.connection().await?;
        let raised = [bytes(account.0), bytes(credential.0), value.into()];
        let consumed = raise(&connection, &tenant, account, &raised).await;
        if consumed.is_err() {
            discard(connection);
        }
        consumed
    });
    task.await.unwrap_or(Err(DatabaseError::Closed))
}

async fn raise(
    connection: &Object,
    tenant: &Tenant,
    account: AccountId,
    raised: &[Value],
) -> Result<Consumed, DatabaseError> {
    let mut reset = vec![bytes(account.0), budget_number(Budget::Code).into()];
    reset.extend(columns(Failures::default()));
    // Prepared before, so that each pair is sent at once and in its order.
    session::prepare(connection, RAISE, raised).await?;
    session::prepare(connection, SAVE_FAILURES, &reset).await?;

    // Should the first of a pair fail, this fails closed: a step may be burned, nobody is let in.
    let (begun, raised) = tokio::join!(
        biased;
        session::control(connection, session::BEGIN),
        session::execute(connection, tenant, RAISE, raised),
    );
    begun?;
    if raised? != 1 {
        session::control(connection, "ROLLBACK").await?;
        return Ok(Consumed::TooLate);
    }
    // After a failed statement, COMMIT rolls back.
    let (reset, committed) = tokio::join!(
        biased;
        session::execute(connection, tenant, SAVE_FAILURES, &reset),
        session::commit(connection),
    );
    reset?;
    committed?;
    Ok(Consumed::Consumed)
}

fn columns(failures: Failures) -> [Value; 3] {
    let Failures { count, guessed, locked_until } = failures;
    [count.into(), guessed.0.into(), seconds(locked_until)]
}

/// A statement that is its own transaction may have been committed when the connection is lost.
fn unclear(error: DatabaseError) -> DatabaseError {
    match error {
        DatabaseError::Unavailable(_) => DatabaseError::Unclear,
        other => other,
    }
}
