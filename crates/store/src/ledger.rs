//! The log of `upheld-ledger` in a database: one to a tenant, appended to in the transaction that
//! it speaks of.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("clinic.db");
//! use upheld_ledger::{Draft, UnixMillis};
//! use upheld_store::Tenant;
//! use upheld_store::ledger::{self, Ledger, LedgerError};
//! use upheld_store::sql::{Database, Settings};
//!
//! let database = Database::open(&Settings::sqlite(file), Tenant::new("northside")?).await?;
//! let ledger = Ledger::new(database.clone());
//! Ledger::migrate(&database).await?;
//!
//! // Together with statements of yours: both are kept, or neither.
//! let at = UnixMillis::new(1_750_000_000_000).ok_or("out of range")?;
//! let appended = database.transact(move |transaction| -> Result<u64, LedgerError> {
//!     ledger::append(transaction, &Draft::new(at, "clerk", "schedule.changed"))
//! });
//! assert_eq!(appended.await?, 0);
//!
//! let checkpoint = ledger.keep_checkpoint("northside.example/log").await?; // give a copy away
//! assert_eq!(ledger.verify(vec![checkpoint]).await?.size(), 1);
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # Why it does not fork
//!
//! Whoever appends locks the row of the log's end until the commit, and the next one continues what
//! was committed. The number of an entry is a key, so that even a writer that ignores the lock
//! cannot make a second entry of one number.

mod append;
mod verify;

use upheld_ledger::{
    AppendError, Checkpoint, CheckpointError, Consistency, ConsistencyProver, Draft, Hash,
    Inclusion, InclusionProver, ProofError, RecordRef, Tree,
};

pub(crate) use self::append::Appender;
pub(crate) use self::verify::{PAGE, unread, verify_head};
pub use self::verify::{PayloadFault, VerifyError};
use crate::columns::{count, count_of, hash_of};
use crate::sql::{Applied, Database, DatabaseError, MigrateError, Migration, Row, Transaction};

/// The name of these tables among the components of a database.
const COMPONENT: &str = "ledger";

pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/ledger/0001_records.sql"),
        postgres: include_str!("../migrations/postgres/ledger/0001_records.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/sqlite/ledger/0002_notices.sql"),
        postgres: include_str!("../migrations/postgres/ledger/0002_notices.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../migrations/sqlite/ledger/0003_erasure.sql"),
        postgres: include_str!("../migrations/postgres/ledger/0003_erasure.sql"),
    },
    Migration {
        version: 4,
        sqlite: include_str!("../migrations/sqlite/ledger/0004_open_requests.sql"),
        postgres: include_str!("../migrations/postgres/ledger/0004_open_requests.sql"),
    },
];

const RECORDS: &str = "SELECT entry, leaf FROM ledger_entries
     WHERE tenant = $1 AND seq >= $2 ORDER BY seq LIMIT $3";

const KEEP: &str = "INSERT INTO ledger_checkpoints (tenant, origin, size, root)
     VALUES ($1, $2, $3, $4) ON CONFLICT (tenant, origin, size) DO NOTHING";
const KEPT: &str = "SELECT root FROM ledger_checkpoints
     WHERE tenant = $1 AND origin = $2 AND size = $3";

/// The log of one tenant. Clones share the database.
#[derive(Clone, Debug)]
pub struct Ledger {
    database: Database,
}

impl Ledger {
    /// Brings the tables up to date, those of [`record`](crate::record), [`request`](crate::request)
    /// and [`consent`](crate::consent) included. Run it before anything else.
    ///
    /// # Errors
    ///
    /// [`MigrateError`]
    pub async fn migrate(database: &Database) -> Result<Applied, MigrateError> {
        database.migrate(COMPONENT, MIGRATIONS).await
    }

    /// The log in `database`.
    #[must_use]
    pub const fn new(database: Database) -> Self {
        Self { database }
    }

    /// The tree over all entries.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Database`] and [`LedgerError::Head`].
    pub async fn tree(&self) -> Result<Tree, LedgerError> {
        let rows = self.database.query(append::HEAD, &[]).await?;
        Ok(append::head_of(&rows)?.unwrap_or_default())
    }

    /// Reads up to `limit` records from the one numbered `from` on. Nothing of them is verified.
    ///
    /// # Errors
    ///
    /// [`LedgerError::Database`]
    pub async fn records(&self, from: u64, limit: u32) -> Result<Vec<StoredRecord>, LedgerError> {
        let rows = self.database.query(RECORDS, &[count(from), limit.into()]).await?;
        let read = rows.iter().map(StoredRecord::read);
        Ok(read.collect::<Result<_, _>>()?)
    }

    /// Verifies every entry, the stored end of the log, and that the log continues each
    /// checkpoint. Entries stream by; those appended meanwhile are left for the next time.
    ///
    /// Give it checkpoints that were kept out of reach of whoever can write to the database: those
    /// of [`Ledger::checkpoints`] are not.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]
    pub async fn verify(&self, checkpoints: Vec<Checkpoint>) -> Result<Tree, VerifyError> {
        verify::verify_log(self, checkpoints).await
    }

    /// Records what the log is now, as a checkpoint of the log called `origin`, and keeps it.
    ///
    /// # Errors
    ///
    /// [`LedgerError`], also when `origin` is no name of a log.
    pub async fn keep_checkpoint(&self, origin: &str) -> Result<Checkpoint, LedgerError> {
        let origin = origin.to_owned();
        let keep = move |transaction: &mut Transaction<'_>| {
            let rows = transaction.query(append::HEAD, &[])?;
            let tree = append::head_of(&rows)?.unwrap_or_default();
            let checkpoint = Checkpoint::of(&origin, &tree)?;
            let size = count(checkpoint.size());
            let values = [origin.into(), size, checkpoint.root().as_bytes().into()];
            if transaction.execute(KEEP, &values)? == 0 {
                let [origin, size, _] = values;
                let kept = transaction.query(KEPT, &[origin, size])?;
                let root = kept.first().map(|row| hash_of(row, 0)).transpose()?;
                if root != Some(checkpoint.root()) {
                    return Err(LedgerError::Rewritten { entries: checkpoint.size() });
                }
            }
            Ok(checkpoint)
        };
        self.database.transact(keep).await
    }

    /// The checkpoints that were kept of the log called `origin`, the smallest first.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]
    pub async fn checkpoints(&self, origin: &str) -> Result<Vec<Checkpoint>, LedgerError> {
        let sql = "SELECT size, root FROM ledger_checkpoints
             WHERE tenant = $1 AND origin = $2 ORDER BY size";
        let rows = self.database.query(sql, &[origin.into()]).await?;
        let read = rows.iter().map(|row| {
            let text = format!("{origin}\n{}\n{}\n", count_of(row, 0)?, hash_of(row, 1)?);
            Ok(Checkpoint::parse(&text)?)
        });
        read.collect()
    }

    /// Proves that the entry numbered `index` is in the log of `size` entries.
    ///
    /// # Errors
    ///
    /// [`LedgerError`], also when there is no such entry, or are fewer.
    pub async fn prove_inclusion(&self, index: u64, size: u64) -> Result<Inclusion, LedgerError> {
        let mut prover = InclusionProver::new(index, size)?;
        self.each_leaf(size, |leaf| prover.push(leaf)).await?;
        Ok(prover.finish()?)
    }

    /// Proves that the log of `late` entries continues that of `early` ones.
    ///
    /// # Errors
    ///
    /// [`LedgerError`], also when there are fewer.
    pub async fn prove_consistency(
        &self,
        early: u64,
        late: u64,
    ) -> Result<Consistency, LedgerError> {
        let mut prover = ConsistencyProver::new(early, late)?;
        self.each_leaf(late, |leaf| prover.push(leaf)).await?;
        Ok(prover.finish()?)
    }

    async fn each_leaf(&self, size: u64, mut take: impl FnMut(Hash)) -> Result<(), LedgerError> {
        let sql = "SELECT leaf FROM ledger_entries
             WHERE tenant = $1 AND seq >= $2 AND seq < $3 ORDER BY seq LIMIT $4";
        let mut from = 0_u64;
        while from < size {
            let values = [count(from), count(size), PAGE.into()];
            let rows = self.database.query(sql, &values).await?;
            for row in &rows {
                take(hash_of(row, 0)?);
                from = from.saturating_add(1);
            }
            if rows.is_empty() {
                break;
            }
        }
        Ok(())
    }
}

/// Appends an entry in a transaction of yours, and returns its number.
///
/// From here to the commit nobody else appends to this tenant's log: do it last.
///
/// # Errors
///
/// [`LedgerError`]
pub fn append(transaction: &mut Transaction<'_>, draft: &Draft<'_>) -> Result<u64, LedgerError> {
    let mut appender = Appender::lock(transaction)?;
    let index = appender.append(transaction, draft)?;
    appender.finish(transaction)?;
    Ok(index)
}

/// An entry as the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    entry: Vec<u8>,
    leaf: Hash,
}

impl StoredRecord {
    fn read(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self { entry: row.blob(0)?.into(), leaf: hash_of(row, 1)? })
    }

    /// The record, of which nothing is trusted until it is verified.
    #[must_use]
    pub fn as_ref(&self) -> RecordRef<'_> {
        RecordRef::from_parts(&self.entry, self.leaf)
    }
}

/// Why nothing was appended or proven.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The database gave no answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The entry is too long, or the log full.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The stored end of the log is no tree, or was moved by somebody who did not hold it.
    #[error("the end of the log is damaged; verify the log before anything is appended")]
    Head,
    /// A checkpoint of as many entries was kept before, and is another.
    #[error("the first {entries} entries are not those of the checkpoint that was kept of them")]
    Rewritten {
        /// How many entries the checkpoint covers.
        entries: u64,
    },
    /// There is nothing to prove.
    #[error(transparent)]
    Proof(#[from] ProofError),
    /// Not the name of a log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}
