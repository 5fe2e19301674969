//! The log of consents and requests, for whoever keeps its ends where the database's writers
//! cannot write.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use upheld_ledger::{Checkpoint, CheckpointError, Tree};
use upheld_store::Tenant;
use upheld_store::keys::SharedKeys;
use upheld_store::ledger::{Ledger, LedgerError, VerifyError};
use upheld_store::record::{self, Verified};
use upheld_store::request::Requests;
use upheld_store::sql::Database;

/// How often the end is logged, if it has moved.
const LOG_INTERVAL: Duration = Duration::from_hours(1);

/// Where the log of consents and requests ends: how many entries it has, and the root of the tree
/// over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHead(Checkpoint);

impl LogHead {
    /// The end of a log that is called after its tenant.
    ///
    /// # Errors
    ///
    /// None for the name of a tenant.
    pub fn of(tenant: &Tenant, tree: &Tree) -> Result<Self, CheckpointError> {
        Checkpoint::of(&origin(tenant), tree).map(Self)
    }

    /// The same in the form of C2SP's `tlog-checkpoint`.
    #[must_use]
    pub const fn as_checkpoint(&self) -> &Checkpoint {
        &self.0
    }
}

/// What the log of a tenant is called in checkpoints.
#[must_use]
pub fn origin(tenant: &Tenant) -> String {
    format!("upheld-portal/{tenant}")
}

impl fmt::Display for LogHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.size(), self.0.root())
    }
}

/// A text that is no [`LogHead`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the end of a log is a number, a colon and 44 letters of base64, as it was printed")]
#[non_exhaustive]
pub struct LogHeadError;

impl FromStr for LogHead {
    type Err = LogHeadError;

    fn from_str(text: &str) -> Result<Self, LogHeadError> {
        let (size, root) = text.split_once(':').ok_or(LogHeadError)?;
        let checkpoint = Checkpoint::parse(&format!("expected\n{size}\n{root}\n"));
        checkpoint.map(Self).map_err(|_| LogHeadError)
    }
}

/// Goes through the log, and compares what it speaks of with the tables, the queue included.
///
/// # Errors
///
/// [`VerifyError`]: everything but [`VerifyError::Database`] is a finding.
pub async fn verify_log(
    database: &Database,
    keys: SharedKeys,
    kept: Vec<Checkpoint>,
) -> Result<Verified, VerifyError> {
    let records = record::Records::new(database.clone(), keys);
    let verified = records.verify(kept).await?;
    Requests::new(records).verify().await?;
    Ok(verified)
}

/// Logs the end of the log, for as long as it is polled and whenever it has moved.
pub(crate) async fn log_now_and_then(database: Database) {
    let mut interval = tokio::time::interval(LOG_INTERVAL);
    let mut logged = None;
    loop {
        interval.tick().await;
        match head(&database).await {
            Ok(head) if logged.as_ref() == Some(&head) => {}
            Ok(head) => {
                tracing::info!(%head, "consents head");
                logged = Some(head);
            }
            Err(error) => tracing::error!(%error, "the log of consents has no end"),
        }
    }
}

/// Logs the end of the log when a portal stops.
pub(crate) async fn log_last(database: &Database) {
    match head(database).await {
        Ok(head) => tracing::info!(%head, "consents head"),
        Err(error) => tracing::warn!(%error, "the log of consents has no end"),
    }
}

async fn head(database: &Database) -> Result<LogHead, LedgerError> {
    let tree = Ledger::new(database.clone()).tree().await?;
    Ok(LogHead::of(database.tenant(), &tree)?)
}
