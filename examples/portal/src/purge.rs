//! Deleting what has expired.

use std::time::Duration;

use crate::clock::Clock;
use crate::declaration::draft;
use crate::exports;
use crate::intakes;
use crate::mail;
use crate::records::Records;
use crate::sign_in;

const INTERVAL: Duration = Duration::from_mins(1);

/// Deletes it, for ever.
pub(crate) async fn purge_now_and_then(records: Records, clock: Clock) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        let now = clock.now();
        let purged = records.database.transact(move |transaction| {
            sign_in::purge(transaction, now)?;
            exports::purge(transaction, now)?;
            intakes::purge(transaction, now)?;
            draft::purge(transaction, now)?;
            mail::purge(transaction, now)
        });
        if let Err(error) = purged.await {
            tracing::error!(%error, "what has expired was not deleted");
            continue;
        }
        if let Err(error) = intakes::erase_due(&records, now).await {
            tracing::error!(%error, "it is not known which requests are to be erased");
        }
    }
}
