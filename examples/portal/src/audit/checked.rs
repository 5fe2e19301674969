//! What verifying has shown, of the chain of the audit and of the log of consents and requests.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use upheld_store::ledger::VerifyError;
use upheld_store::sql::DatabaseError;

use super::{Actor, Entry, Verdict, append, verify};
use crate::clock::Moment;
use crate::record_log::{LogHead, verify_log};
use crate::records::Records;

/// Whether something is still what was written.
#[derive(Debug)]
pub(crate) enum Found {
    /// It is: so many entries, and the end to be compared with later.
    Intact { entries: u64, head: String },
    /// It is not, as the commands say it.
    Broken { fault: String },
}

/// Verifies one at a time: each reads everything there is.
#[derive(Clone, Debug)]
pub(crate) struct Verifying(Arc<Semaphore>);

/// That nobody else verifies for as long as it is held.
#[derive(Debug)]
pub(crate) struct Turn {
    _held: OwnedSemaphorePermit,
}

impl Verifying {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(1)))
    }

    /// None while somebody verifies.
    pub(crate) fn begin(&self) -> Option<Turn> {
        Arc::clone(&self.0).try_acquire_owned().ok().map(|held| Turn { _held: held })
    }
}

/// What verifying has shown.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) audit: Found,
    pub(crate) log: Found,
}

impl Checked {
    /// Goes along both, and writes into the audit who has asked for it and what was found: what is
    /// broken as soon as that is known, whatever becomes of the rest.
    pub(crate) async fn now(
        records: &Records,
        by: Actor,
        now: Moment,
        _turn: Turn,
    ) -> Result<Self, DatabaseError> {
        let audit = match verify(&records.database, None).await? {
            Verdict::Intact { head, .. } => {
                Found::Intact { entries: head.seq, head: head.to_string() }
            }
            Verdict::Broken { seq, fault } => {
                note(records, by, now, BROKEN).await?;
                Found::Broken { fault: format!("BROKEN at event {seq}: {fault}") }
            }
        };
        let checked = Self { audit, log: check_log(records).await? };
        if let Found::Intact { .. } = checked.audit {
            note(records, by, now, if checked.is_intact() { INTACT } else { BROKEN }).await?;
        }
        Ok(checked)
    }

    pub(crate) const fn is_intact(&self) -> bool {
        matches!((&self.audit, &self.log), (Found::Intact { .. }, Found::Intact { .. }))
    }
}

const INTACT: &str = "audit verified: intact";
const BROKEN: &str = "audit verified: BROKEN";

async fn note(
    records: &Records,
    by: Actor,
    now: Moment,
    action: &'static str,
) -> Result<(), DatabaseError> {
    let noted = records.database.transact(move |transaction| {
        append(transaction, &Entry { at: now.into(), actor: by, action, subject: None })
    });
    noted.await
}

async fn check_log(records: &Records) -> Result<Found, DatabaseError> {
    let database = &records.database;
    let verified = match verify_log(database, records.keys.clone(), Vec::new()).await {
        Ok(verified) => verified,
        Err(VerifyError::Database(error)) => return Err(error),
        Err(found) => return Ok(Found::Broken { fault: format!("BROKEN: {found}") }),
    };
    Ok(match LogHead::of(database.tenant(), &verified.tree) {
        Ok(head) => Found::Intact { entries: verified.tree.size(), head: head.to_string() },
        Err(error) => Found::Broken { fault: error.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::Verifying;

    #[test]
    fn one_verifies_at_a_time() {
        let verifying = Verifying::new();
        let turn = verifying.begin();
        assert!(turn.is_some() && verifying.clone().begin().is_none());
        drop(turn);
        assert!(verifying.begin().is_some());
    }
}
