//! Going by the newest declaration, wherever it was published.

use std::time::Duration;

use upheld_store::sql::DatabaseError;

use super::{Declaration, DeclarationError, kept};
use crate::clock::{Clock, Moment};
use crate::cookies::day_of;
use crate::notice::NoticesError;
use crate::records::Records;

/// How often a node looks for what others have published.
const INTERVAL: Duration = Duration::from_secs(2);

/// Why a node does not go by the newest declaration. It is tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FollowError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("version {number} of the declaration is in force and cannot be followed: {source}")]
    Declaration { number: u32, source: DeclarationError },
    #[error("version {number} of the declaration is in force and cannot be announced: {source}")]
    Announce { number: u32, source: NoticesError },
}

/// Goes by what is in force: what was published last, else the program's own.
///
/// A portal that cannot go by the newest does not start: an older one would ask and store what is
/// declared no more.
pub(crate) async fn begin(records: &Records, now: Moment) -> Result<(), FollowError> {
    newest(records, now).await?;
    if records.cookies.in_force().number() > 0 {
        return Ok(());
    }
    let mut own = Declaration::clone(&records.cookies.in_force());
    own.is_due(day_of(now)).map_err(|source| FollowError::Declaration { number: 0, source })?;
    let announced = own.announce(&records.consents, now.to_millis()).await;
    announced.map_err(|source| FollowError::Announce { number: 0, source })?;
    records.cookies.put_in_force(own);
    Ok(())
}

/// Follows what is published, for ever.
pub(crate) async fn follow_now_and_then(records: Records, clock: Clock) {
    let mut interval = tokio::time::interval(INTERVAL);
    loop {
        interval.tick().await;
        let followed = newest(&records, clock.now()).await;
        // Without a database there is nothing to follow, and readiness says so by itself.
        let is_behind = !matches!(followed, Ok(()) | Err(FollowError::Database(_)));
        records.cookies.set_behind(is_behind);
        if let Err(error) = followed {
            tracing::error!(%error, "the newest declaration of cookies is not known");
        }
    }
}

/// Goes by the newest from now on.
pub(crate) async fn newest(records: &Records, now: Moment) -> Result<(), FollowError> {
    let number = kept::newest(&records.database).await?;
    if number <= records.cookies.in_force().number() {
        return Ok(());
    }
    let Some(kept) = kept::find(&records.database, number).await? else { return Ok(()) };
    let declaration = Declaration::published(&kept, records.cookies.hosts(), now);
    let mut declaration =
        declaration.map_err(|source| FollowError::Declaration { number, source })?;
    let announced = declaration.announce(&records.consents, now.to_millis()).await;
    announced.map_err(|source| FollowError::Announce { number, source })?;
    tracing::info!(number, hash = %declaration.hash(), "a declaration of cookies is in force");
    records.cookies.put_in_force(declaration);
    Ok(())
}
