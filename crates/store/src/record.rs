//! Records of what happened to something: events in order, each committed to by the log.
//!
//! A record is a stream of events, a consent or a request for example. Writing to it is one
//! transaction: the events are sealed and stored, and each has its entry in the log, which names
//! the person by a pseudonym and the payload by a salted commitment. Whoever writes says how many
//! events they have seen; if somebody was faster, nothing is written and [`Written::Stale`] says so.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("clinic.db");
//! use upheld_ledger::{UnixMillis, Value};
//! use upheld_store::Tenant;
//! use upheld_store::keys::{KeyRing, SharedKeys};
//! use upheld_store::ledger::Ledger;
//! use upheld_store::record::{Change, PersonId, RecordId, Records, Subject, Written};
//! use upheld_store::sql::{Database, Settings};
//!
//! let database = Database::open(&Settings::sqlite(file), Tenant::new("northside")?).await?;
//! Ledger::migrate(&database).await?;
//! let keys = SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng)?); // or from a file
//! let records = Records::new(database, keys);
//!
//! let now = UnixMillis::new(1_750_000_000_000).ok_or("out of range")?;
//! let (record, person) = (RecordId(7), PersonId(42));
//! let change = Change::new(now, "web-form")
//!     .with_event("consent.given", Value::parse(br#"{"purpose": "newsletter"}"#)?);
//! let about = Subject::new("consent", person).with_label("newsletter/email");
//! assert_eq!(records.create(record, about, change).await?, Written::Written { version: 1 });
//!
//! // Somebody who has not seen that event.
//! let late = Change::new(now, "web-form").with_event("consent.withdrawn", Value::Null);
//! assert_eq!(records.append(record, 0, late.clone()).await?, Written::Stale { version: 1 });
//! assert_eq!(records.append(record, 1, late).await?, Written::Written { version: 2 });
//!
//! records.erase_person(person, &[], now, "dpo").await?;
//! let erased = records.load(record).await?.ok_or("a record")?;
//! assert!(erased.events.iter().all(|event| event.payload.is_none()));
//! assert_eq!(records.verify(vec![]).await?.erased, 2); // and the log still verifies
//! # Ok(())
//! # })
//! # }
//! ```

mod change;
mod erase;
mod rows;
mod sealed;
mod stored;
mod verify;

use std::sync::Arc;

use upheld_ledger::{Checkpoint, Integer, Object, UnixMillis, Value};

use self::change::NewEvent;
pub use self::change::{Change, Subject, Written};
pub use self::erase::Erasure;
pub use self::sealed::SealedChange;
pub use self::stored::{Listed, Record, StoredEvent};
pub use self::verify::Verified;
use crate::columns::{count_of, id, id_of};
use crate::keys::{OpenSealedError, SharedKeys};
use crate::ledger::{LedgerError, VerifyError};
use crate::sql::{Database, DatabaseError, Transaction};

/// Names a record. Draw it: it stands in the log for good, so it must say nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "every number names a record")]
pub struct RecordId(pub u128);

/// Names a person, with an account or without. It never stands in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "every number names a person")]
pub struct PersonId(pub u128);

/// Records of one tenant. Clones share the database and the keys.
#[derive(Clone, Debug)]
pub struct Records {
    database: Database,
    keys: SharedKeys,
}

impl Records {
    /// Records in `database`, their payloads sealed under `keys`. The tables are those of
    /// [`Ledger::migrate`](crate::ledger::Ledger::migrate).
    #[must_use]
    pub const fn new(database: Database, keys: SharedKeys) -> Self {
        Self { database, keys }
    }

    /// The database.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// Seals a change that follows the first `after` events of a record, to be written in a
    /// transaction of yours.
    ///
    /// # Errors
    ///
    /// [`RecordError::NoRandomness`]
    pub fn seal(
        &self,
        record: RecordId,
        after: u64,
        change: Change,
    ) -> Result<SealedChange, RecordError> {
        SealedChange::seal(self.keys.ring(), self.database.tenant(), record, after, change)
    }

    /// Begins a record.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub async fn create(
        &self,
        record: RecordId,
        subject: Subject,
        change: Change,
    ) -> Result<Written, RecordError> {
        let sealed = self.seal(record, 0, change)?;
        let create = move |transaction: &mut Transaction<'_>| sealed.create(transaction, &subject);
        self.database.transact(create).await
    }

    /// Appends to a record, unless it has other than `after` events.
    ///
    /// # Errors
    ///
    /// [`RecordError`], also [`RecordError::Erased`]. After [`DatabaseError::Unclear`] load the record: its version says whether
    /// the change was written.
    pub async fn append(
        &self,
        record: RecordId,
        after: u64,
        change: Change,
    ) -> Result<Written, RecordError> {
        let sealed = self.seal(record, after, change)?;
        self.database.transact(move |transaction| sealed.append(transaction)).await
    }

    /// Reads a record, and compares every payload, whose it is and what kind it is of with what
    /// the log commits to. That rows are gone which nothing speaks of any more is found by
    /// [`Records::verify`] alone.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub async fn load(&self, record: RecordId) -> Result<Option<Record>, RecordError> {
        rows::load(&self.database, &self.keys.ring(), record).await
    }

    /// Lists the records of a kind that are a person's, with their labels.
    ///
    /// # Errors
    ///
    /// [`RecordError::Database`]
    pub async fn of_person(
        &self,
        person: PersonId,
        kind: &str,
    ) -> Result<Vec<Listed>, RecordError> {
        let sql = "SELECT id, label, version FROM records
             WHERE tenant = $1 AND person = $2 AND kind = $3 ORDER BY label, id";
        let rows = self.database.query(sql, &[id(person.0), kind.into()]).await?;
        let read = rows.iter().map(|row| {
            Ok(Listed {
                record: RecordId(id_of(row, 0)?),
                label: row.optional_text(1)?.map(str::to_owned),
                version: count_of(row, 2)?,
            })
        });
        read.collect()
    }

    /// Erases a person: the payloads of all their records but those in `keep`, and their name in the
    /// log. What was erased has an entry in the log, and the log verifies as before.
    ///
    /// The name goes with the last record: one that is kept names the person anyway, and its entries
    /// are still vouched for. Erase the person again when it may go.
    ///
    /// What is erased is final: nothing is appended to it. A request that is erased is closed.
    ///
    /// Refuses while a request of theirs for access or portability is open, or a complaint.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    //= DPA 2018, section 173: what a person has asked for is not erased before they are answered
    pub async fn erase_person(
        &self,
        person: PersonId,
        keep: &[RecordId],
        at: UnixMillis,
        actor: &str,
    ) -> Result<Erasure, RecordError> {
        self.erase_unless(erase::HELD, (person, keep), (at, actor)).await
    }

    /// Erases a person as [`Records::erase_person`] does, but refuses while any request of theirs is
    /// open: one that was taken up again while nobody looked, for example.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub async fn erase_person_if_settled(
        &self,
        person: PersonId,
        keep: &[RecordId],
        at: UnixMillis,
        actor: &str,
    ) -> Result<Erasure, RecordError> {
        self.erase_unless(erase::OPEN, (person, keep), (at, actor)).await
    }

    async fn erase_unless(
        &self,
        held_by: &'static str,
        (person, keep): (PersonId, &[RecordId]),
        (at, actor): (UnixMillis, &str),
    ) -> Result<Erasure, RecordError> {
        let (keep, actor) = (Arc::<[RecordId]>::from(keep), Arc::<str>::from(actor));
        for _ in 0..erase::ATTEMPTS {
            let (keep, actor) = (Arc::clone(&keep), Arc::clone(&actor));
            let erased = self.database.transact(move |transaction| {
                let begun = erase::begin(transaction, person)?;
                if begun.came_too_early() {
                    return Ok(None);
                }
                begun.erase(transaction, (held_by, &keep), (at, &actor)).map(Some)
            });
            if let Some(erased) = erased.await? {
                return Ok(erased);
            }
        }
        // Nobody is making the name: somebody took its key away.
        let erased = self.database.transact(move |transaction| {
            erase::begin(transaction, person)?.erase(transaction, (held_by, &keep), (at, &actor))
        });
        erased.await
    }

    /// Lists what [`Records::erase_person`] would be held by now: the open requests for access or
    /// portability of a person, and their open complaints.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub async fn held_by(&self, person: PersonId) -> Result<Vec<RecordId>, DatabaseError> {
        let rows = self.database.query(erase::HELD, &[id(person.0)]).await?;
        erase::named(&rows)
    }

    /// Erases the payloads of one record.
    ///
    /// Refuses while a request of its person for access or portability is open, or a complaint.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub async fn erase_record(
        &self,
        record: RecordId,
        at: UnixMillis,
        actor: &str,
    ) -> Result<Erasure, RecordError> {
        let actor = actor.to_owned();
        let erase = move |transaction: &mut Transaction<'_>| {
            erase::erase_record(transaction, record, at, &actor)
        };
        self.database.transact(erase).await
    }

    /// Verifies the log as [`Ledger::verify`](crate::ledger::Ledger::verify) does, and that what it
    /// speaks of is there and is what it commits to: each payload, or the entry that erased it; each
    /// record's events, person, kind and label; each published notice. Nothing else may be there.
    ///
    /// Memory grows with the number of erased records and of notices alone.
    ///
    /// # Errors
    ///
    /// [`VerifyError`]
    pub async fn verify(&self, checkpoints: Vec<Checkpoint>) -> Result<Verified, VerifyError> {
        verify::verify(&self.database, &self.keys.ring(), checkpoints).await
    }
}

/// Why a record was not written or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The database gave no answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The log takes no such entry, or is damaged.
    #[error(transparent)]
    Ledger(LedgerError),
    /// What is stored is not what the log commits to: sound the alarm.
    #[error("the record was tampered with: {0}")]
    Tampered(VerifyError),
    /// The record was erased.
    #[error("the record was erased, which is final; begin a new one")]
    Erased,
    /// The key of a person's name does not open: sound the alarm.
    #[error("the key of a person's name {0}")]
    Person(#[from] OpenSealedError),
    /// The system had no randomness.
    #[error("the system provided no randomness; nothing was stored")]
    NoRandomness,
}

/// What is wrong with a record as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFault {
    /// It has more events than it says, or fewer.
    #[error("the number of its events is not the one it says")]
    Events,
    /// It is nobody's, as if it had been erased.
    #[error("it was cut off from its person or emptied, and no entry says that it was erased")]
    CutOff,
    /// What was erased is there again.
    #[error("an entry says that it was erased, and it is there")]
    Restored,
    /// The key that its person is named by is gone, though the record is not erased.
    #[error("the key of its person's name is gone")]
    Nameless,
    /// The queue of a desk lists another kind, state or day; or lists what is no request.
    #[error("the queue does not list it as what its events make of it")]
    Queue,
    /// Its events are those of a request or a complaint, and make none.
    #[error("its events cannot have happened one after the other")]
    Order,
}

impl From<LedgerError> for RecordError {
    fn from(error: LedgerError) -> Self {
        match error {
            LedgerError::Database(error) => Self::Database(error),
            other => Self::Ledger(other),
        }
    }
}

/// What the entry of an event says of its record.
fn facts(record: u128, version: u64) -> Object {
    let version = i64::try_from(version).ok().and_then(Integer::new).unwrap_or_default();
    [(RECORD, Value::Text(format!("{record:032x}"))), (VERSION, version.into())]
        .into_iter()
        .collect()
}

/// The record and the version that an entry speaks of.
fn named_in(facts: &Object) -> Option<(u128, u64)> {
    let Value::Text(record) = facts.value(RECORD)? else { return None };
    let Value::Integer(version) = facts.value(VERSION)? else { return None };
    let version = u64::try_from(version.get()).ok()?;
    u128::from_str_radix(record, 16).ok().map(|record| (record, version))
}

const RECORD: &str = "record";
const VERSION: &str = "version";
/// In the first entry of a record: a commitment to its kind and label.
const SUBJECT: &str = "subject";
