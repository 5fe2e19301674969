//! What verifying has shown, of the chain of the audit and of the log of consents and requests.

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

/// What verifying has shown.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) audit: Found,
    pub(crate) log: Found,
}

impl Checked {
    /// Goes along both, and writes into the audit who has asked for it and what was found.
    pub(crate) async fn now(
        records: &Records,
        by: Actor,
        now: Moment,
    ) -> Result<Self, DatabaseError> {
        let audit = match verify(&records.database, None).await? {
            Verdict::Intact { head, .. } => {
                Found::Intact { entries: head.seq, head: head.to_string() }
            }
            Verdict::Broken { seq, fault } => {
                Found::Broken { fault: format!("BROKEN at event {seq}: {fault}") }
            }
        };
        let checked = Self { audit, log: check_log(records).await? };
        let action =
            if checked.is_intact() { "audit verified: intact" } else { "audit verified: BROKEN" };
        let noted = records.database.transact(move |transaction| {
            append(transaction, &Entry { at: now.into(), actor: by, action, subject: None })
        });
        noted.await?;
        Ok(checked)
    }

    pub(crate) const fn is_intact(&self) -> bool {
        matches!((&self.audit, &self.log), (Found::Intact { .. }, Found::Intact { .. }))
    }
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
