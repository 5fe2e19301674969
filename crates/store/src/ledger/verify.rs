//! Verifying the log page by page.

use upheld_ledger::{Checkpoint, Tampering, Tree, Verifier};

use super::{Ledger, LedgerError};
use crate::keys::OpenSealedError;
use crate::record::{RecordFault, RecordId};
use crate::sql::DatabaseError;

/// How many rows are read at once.
pub(crate) const PAGE: u32 = 1000;

/// Why a log is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The database gave no answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// An entry is not what it was, or the log not that of a checkpoint.
    #[error(transparent)]
    Tampering(#[from] Tampering),
    /// The stored end is not that of the entries.
    #[error("the stored end of the log is not that of its {entries} entries")]
    Head {
        /// How many entries there are before the stored end.
        entries: u64,
    },
    /// What an entry commits to is not what is stored.
    #[error("entry {index}: {fault}")]
    Payload {
        /// Which, counted from 0.
        index: u64,
        /// How it shows.
        fault: PayloadFault,
    },
    /// A record is not what its entries say.
    #[error("record {:032x}: {fault}", record.0)]
    Record {
        /// Which; its name says nothing.
        record: RecordId,
        /// How it shows.
        fault: RecordFault,
    },
    /// A notice lies among those that were published, and was not.
    #[error("a notice is stored that no entry says was published")]
    Unpublished,
}

/// What is wrong with a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PayloadFault {
    /// The entry is not one of this program's.
    #[error("the entry does not read as an entry")]
    Entry,
    /// The row, or that of its record, is gone. Erasing empties it and leaves it there.
    #[error("the row of its payload or of its record is gone, which erasing leaves")]
    Missing,
    /// It does not open.
    #[error("its payload {0}")]
    Sealed(#[from] OpenSealedError),
    /// It opens and is another one.
    #[error("its payload is not what was committed to")]
    Differs,
    /// It is empty, and no entry says that it was erased.
    #[error("its payload is empty, and no entry says that it was erased")]
    Vanished,
    /// Its record is another person's.
    #[error("its record is not of the person that the entry names")]
    Person,
    /// The key of the person's name is gone, as [`RecordFault::Nameless`] says of a record.
    #[error("the key of its person's name is gone")]
    Nameless,
    /// The key of the person's name does not open.
    #[error("the key of its person's name {0}")]
    Name(OpenSealedError),
    /// Its record is of another kind or label than when it began.
    #[error("its record is not of the kind and label that it began with")]
    Subject,
    /// What is stored of a notice is not what was published.
    #[error("the notice that it says was published is gone or another one")]
    Notice,
}

pub(super) async fn verify_log(
    ledger: &Ledger,
    checkpoints: Vec<Checkpoint>,
) -> Result<Tree, VerifyError> {
    let head = ledger.tree().await.map_err(unread)?;
    let mut verifier = Verifier::against(checkpoints);
    while verifier.tree().size() < head.size() {
        let page = ledger.records(verifier.tree().size(), PAGE).await.map_err(unread)?;
        if page.is_empty() {
            break;
        }
        let left = head.size().saturating_sub(verifier.tree().size());
        for record in page.iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
            verifier.push(record.as_ref())?;
        }
    }
    verify_head(verifier, &head)
}

/// Ends a verification at the stored end.
pub(crate) fn verify_head(verifier: Verifier, head: &Tree) -> Result<Tree, VerifyError> {
    let tree = verifier.finish()?;
    if tree == *head { Ok(tree) } else { Err(VerifyError::Head { entries: tree.size() }) }
}

/// Reading answers with an error of the database, or with a damaged end.
pub(crate) fn unread(error: LedgerError) -> VerifyError {
    match error {
        LedgerError::Database(error) => VerifyError::Database(error),
        _ => VerifyError::Head { entries: 0 },
    }
}
