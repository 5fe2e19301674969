//! Putting events in a row.

use std::time::Duration;

use upheld_store::sql::{Database, DatabaseError, Transaction};

use super::chain::{Event, Head};

/// For how long an event may be unsealed.
const INTERVAL: Duration = Duration::from_secs(2);
/// How many events are sealed in one transaction.
const BATCH: i64 = 500;
/// How often the head is logged, if it has moved.
const LOG_INTERVAL: Duration = Duration::from_hours(1);

/// Seals what happens, for as long as it is polled, and logs the head of the chain.
pub(crate) async fn seal_now_and_then(database: Database) {
    let mut seal_interval = tokio::time::interval(INTERVAL);
    let mut log_interval = tokio::time::interval(LOG_INTERVAL);
    let (mut head, mut logged) = (None, None);
    loop {
        tokio::select! {
            _ = seal_interval.tick() => match seal_all(&database).await {
                Ok(sealed) => head = sealed.or(head),
                Err(error) => tracing::error!(%error, "audit events were not sealed"),
            },
            _ = log_interval.tick() => {
                if head != logged && let Some(head) = head {
                    tracing::info!(%head, "audit head");
                    logged = Some(head);
                }
            }
        }
    }
}

/// Seals what is left when a portal stops, and logs the head of the chain.
pub(crate) async fn seal_rest(database: &Database) {
    match seal_all(database).await {
        Ok(Some(head)) => tracing::info!(%head, "audit head"),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the last audit events were not sealed"),
    }
}

/// Seals everything there is, and says where the chain ends if it has moved.
pub(crate) async fn seal_all(database: &Database) -> Result<Option<Head>, DatabaseError> {
    let mut head = None;
    // Asked first, because asking costs no write.
    while has_unsealed(database).await? {
        let sealed = database.transact_relaxed(seal_batch).await?;
        head = Some(sealed);
    }
    Ok(head)
}

async fn has_unsealed(database: &Database) -> Result<bool, DatabaseError> {
    let sql = "SELECT at FROM audit_events WHERE tenant = $1 AND seq IS NULL LIMIT 1";
    Ok(!database.query(sql, &[]).await?.is_empty())
}

/// One sealer works at a time, in any number of processes: the head is locked.
fn seal_batch(transaction: &mut Transaction<'_>) -> Result<Head, DatabaseError> {
    transaction.execute(
        "INSERT INTO audit_head (tenant, seq, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        &[0.into(), Head::EMPTY.hash.into()],
    )?;
    let sql = "SELECT seq, hash FROM audit_head WHERE tenant = $1 FOR UPDATE";
    let rows = transaction.query(sql, &[])?;
    let mut head = Head::at(rows.first())?;
    let sql = format!(
        "SELECT {} FROM audit_events WHERE tenant = $1 AND seq IS NULL ORDER BY at, id LIMIT $2",
        Event::COLUMNS
    );
    for row in &transaction.query(&sql, &[BATCH.into()])? {
        let event = Event::at(row)?;
        head = head.after(&event);
        transaction.execute_later(
            "UPDATE audit_events SET seq = $3, hash = $4 WHERE tenant = $1 AND id = $2",
            &[event.id.into(), seq(head)?.into(), head.hash.into()],
        )?;
    }
    transaction.execute_later(
        "UPDATE audit_head SET seq = $2, hash = $3 WHERE tenant = $1",
        &[seq(head)?.into(), head.hash.into()],
    )?;
    Ok(head)
}

fn seq(head: Head) -> Result<i64, DatabaseError> {
    i64::try_from(head.seq).map_err(|_| DatabaseError::Unavailable("the audit is full".into()))
}
