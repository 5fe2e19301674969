//! The task that empties the outbox.

use std::sync::Arc;
use std::time::Duration;

use upheld_store::keys::Sealed;
use upheld_store::sql::DatabaseError;
use zeroize::Zeroizing;

use super::{Message, Transport};
use crate::clock::{Clock, Moment};
use crate::id::{Id, PersonId};
use crate::records::{Records, RecordsError};
use crate::sealed::{self, Table};

const INTERVAL: Duration = Duration::from_millis(500);
/// How many messages are sent between two looks at the outbox.
const BATCH: i64 = 20;
/// After this long without a word from whoever was sending it, somebody else may try.
const CLAIM_SECONDS: i64 = 60;
const LONGEST_WAIT_SECONDS: i64 = 60 * 60;

/// Sends what is due, for ever.
pub(crate) async fn send_now_and_then(
    records: Records,
    transport: Arc<dyn Transport>,
    clock: Clock,
) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        if let Err(error) = send_due(&records, &transport, clock.now()).await {
            tracing::error!(%error, "the outbox could not be emptied");
        }
    }
}

struct Due {
    id: Id,
    person: PersonId,
    tries: i64,
    next_try: Moment,
    subject: String,
    body: Sealed,
    recipient: String,
}

async fn send_due(
    records: &Records,
    transport: &Arc<dyn Transport>,
    now: Moment,
) -> Result<(), RecordsError> {
    for due in find_due(records, now).await? {
        if claim(records, &due, now).await? {
            let id = due.id;
            if let Err(error) = send(records, transport, due, now).await {
                tracing::error!(message = %id, %error, "a message was not sent");
            }
        }
    }
    Ok(())
}

async fn find_due(records: &Records, now: Moment) -> Result<Vec<Due>, DatabaseError> {
    let rows = records
        .database
        .query(
            "SELECT outbox.id, person, tries, next_try, subject, key_id, body, email
         FROM outbox JOIN people ON people.tenant = outbox.tenant AND people.id = person
         WHERE outbox.tenant = $1 AND next_try <= $2 ORDER BY next_try LIMIT $3",
            &[now.into(), BATCH.into()],
        )
        .await?;
    let due = |row: &upheld_store::sql::Row| {
        Ok(Due {
            id: Id::at(row, 0)?,
            person: PersonId::at(row, 1)?,
            tries: row.integer(2)?,
            next_try: Moment::at(row, 3)?,
            subject: row.text(4)?.to_owned(),
            body: sealed::read(row, 5)?,
            recipient: row.text(7)?.to_owned(),
        })
    };
    rows.iter().map(due).collect()
}

/// Makes sure that no other process sends it now.
async fn claim(records: &Records, due: &Due, now: Moment) -> Result<bool, DatabaseError> {
    let (id, seen) = (due.id, due.next_try);
    let claimed = records.database.transact(move |transaction| {
        transaction.execute(
            "UPDATE outbox SET next_try = $4, tries = tries + 1
             WHERE tenant = $1 AND id = $2 AND next_try = $3",
            &[id.into(), seen.into(), now.plus(CLAIM_SECONDS).into()],
        )
    });
    Ok(claimed.await? == 1)
}

async fn send(
    records: &Records,
    transport: &Arc<dyn Transport>,
    due: Due,
    now: Moment,
) -> Result<(), RecordsError> {
    let Due { id, person, tries, subject, body, recipient, .. } = due;
    // One that does not open stays where it is, and stands in nobody's way.
    let body = sealed::open(records, (Table::Outbox, id, person), &body)?;
    let Ok(body) = String::from_utf8(body.to_vec()).map(Zeroizing::new) else {
        tracing::error!(message = %id, "a message is no text and was not sent");
        return Ok(());
    };
    let message = Message { id: id.to_string(), recipient, subject, body };
    let transport = Arc::clone(transport);
    let sent = tokio::task::spawn_blocking(move || transport.send(&message)).await;
    let wait = 1_i64.checked_shl(u32::try_from(tries).unwrap_or(u32::MAX).min(12)).unwrap_or(1);
    let again = now.plus(wait.saturating_mul(2).min(LONGEST_WAIT_SECONDS));
    let is_sent = match sent {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(message = %id, tries, %error, "a message was not sent; it is tried again");
            false
        }
        Err(_) => false,
    };
    let noted = records.database.transact(move |transaction| {
        if is_sent {
            transaction.execute(
                "UPDATE outbox SET next_try = NULL, key_id = NULL, body = NULL
                 WHERE tenant = $1 AND id = $2",
                &[id.into()],
            )
        } else {
            transaction.execute(
                "UPDATE outbox SET next_try = $3 WHERE tenant = $1 AND id = $2",
                &[id.into(), again.into()],
            )
        }
    });
    noted.await?;
    Ok(())
}
