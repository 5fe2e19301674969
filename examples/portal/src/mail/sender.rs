//! The task that empties the outbox.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use upheld_store::keys::Sealed;
use upheld_store::sql::DatabaseError;
use zeroize::Zeroizing;

use super::{Message, Transport, Tray};
use crate::clock::{Clock, Moment};
use crate::id::{Id, PersonId};
use crate::intakes;
use crate::records::{Records, RecordsError};
use crate::sealed;

const INTERVAL: Duration = Duration::from_millis(500);
/// How many messages are sent between two looks at the outbox.
const BATCH: i64 = 20;
/// After this long without a word from whoever was sending it, somebody else may try.
const CLAIM_SECONDS: i64 = 60;
const LONGEST_WAIT_SECONDS: i64 = 60 * 60;

/// Sends what is due until `stop` says so, and finishes the message that is under way.
pub(crate) async fn send_now_and_then(
    records: Records,
    transport: Arc<dyn Transport>,
    clock: Clock,
    mut stop: watch::Receiver<bool>,
) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        tokio::select! {
            _ = interval.tick() => {}
            () = stopped(&mut stop) => return,
        }
        if let Err(error) = send_due(&records, &transport, &clock, &stop).await {
            tracing::error!(%error, "the outbox could not be emptied");
        }
    }
}

async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that the portal is gone, which is the same.
    drop(stop.wait_for(|is_stopping| *is_stopping).await);
}

struct Due {
    from: Tray,
    id: Id,
    person: PersonId,
    tries: i64,
    next_try: Moment,
    subject: String,
    body: Sealed,
    recipient: Option<String>,
}

async fn send_due(
    records: &Records,
    transport: &Arc<dyn Transport>,
    clock: &Clock,
    stop: &watch::Receiver<bool>,
) -> Result<(), RecordsError> {
    let mut due = find_due(records, Tray::Outbox, clock.now()).await?;
    due.extend(find_due(records, Tray::Intakes, clock.now()).await?);
    for due in due {
        if *stop.borrow() {
            return Ok(());
        }
        // Asked anew each time: the transport may be slow, and a claim lasts from when it is made.
        if claim(records, &due, clock.now()).await? {
            let id = due.id;
            if let Err(error) = send(records, transport, due, clock).await {
                tracing::error!(message = %id, %error, "a message was not sent");
            }
        }
    }
    Ok(())
}

async fn find_due(records: &Records, from: Tray, now: Moment) -> Result<Vec<Due>, DatabaseError> {
    let rows = records.database.query(from.due(), &[now.into(), BATCH.into()]).await?;
    let due = |row: &upheld_store::sql::Row| {
        Ok(Due {
            from,
            id: Id::at(row, 0)?,
            person: PersonId::at(row, 1)?,
            tries: row.integer(2)?,
            next_try: Moment::at(row, 3)?,
            subject: row.text(4)?.to_owned(),
            body: sealed::read(row, 5)?,
            recipient: row.optional_text(7)?.map(str::to_owned),
        })
    };
    rows.iter().map(due).collect()
}

/// Makes sure that no other process sends it now.
async fn claim(records: &Records, due: &Due, now: Moment) -> Result<bool, DatabaseError> {
    let (id, seen) = (due.id, due.next_try);
    let sql = format!(
        "UPDATE {} SET next_try = $4, tries = tries + 1
         WHERE tenant = $1 AND id = $2 AND next_try = $3",
        due.from.table()
    );
    let claimed = records.database.transact(move |transaction| {
        transaction.execute(&sql, &[id.into(), seen.into(), now.plus(CLAIM_SECONDS).into()])
    });
    Ok(claimed.await? == 1)
}

async fn send(
    records: &Records,
    transport: &Arc<dyn Transport>,
    due: Due,
    clock: &Clock,
) -> Result<(), RecordsError> {
    let Due { from, id, person, tries, subject, body, recipient, .. } = due;
    // One that does not open stays where it is, and stands in nobody's way.
    let body = sealed::open(records, (from.seal(), id, person), &body)?;
    let Some((recipient, body)) = read(&body, recipient) else {
        tracing::error!(message = %id, "a message is no text and was not sent");
        return Ok(());
    };
    let message = Message { id: id.to_string(), recipient, subject, body };
    let transport = Arc::clone(transport);
    let sent = tokio::task::spawn_blocking(move || transport.send(&message)).await;
    let wait = 1_i64.checked_shl(u32::try_from(tries).unwrap_or(u32::MAX).min(12)).unwrap_or(1);
    let again = clock.now().plus(wait.saturating_mul(2).min(LONGEST_WAIT_SECONDS));
    let is_sent = match sent {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(message = %id, tries, %error, "a message was not sent; it is tried again");
            false
        }
        Err(_) => false,
    };
    let table = from.table();
    let noted = records.database.transact(move |transaction| {
        if is_sent {
            let sql = format!(
                "UPDATE {table} SET next_try = NULL, key_id = NULL, body = NULL
                 WHERE tenant = $1 AND id = $2"
            );
            transaction.execute(&sql, &[id.into()])
        } else {
            let sql = format!("UPDATE {table} SET next_try = $3 WHERE tenant = $1 AND id = $2");
            transaction.execute(&sql, &[id.into(), again.into()])
        }
    });
    noted.await?;
    Ok(())
}

/// To whom a message goes, and what it says.
fn read(body: &[u8], recipient: Option<String>) -> Option<(String, Zeroizing<String>)> {
    let text = std::str::from_utf8(body).ok()?;
    let (recipient, text) = match recipient {
        Some(recipient) => (recipient, text),
        None => intakes::addressed(text).map(|(to, text)| (to.to_owned(), text))?,
    };
    Some((recipient, Zeroizing::new(text.to_owned())))
}
