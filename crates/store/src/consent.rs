//! Notices and consents of `upheld-consent`, in a database and in its log.
//!
//! A person has one [`ConsentRecord`], kept as a [`record`](crate::record). Load it, let it decide,
//! apply what it says, and keep it:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("clinic.db");
//! # use upheld_store::Tenant;
//! # use upheld_store::keys::{KeyRing, SharedKeys};
//! # use upheld_store::ledger::Ledger;
//! # use upheld_store::sql::{Database, Settings};
//! use upheld_consent::{Channel, ConsentRecord, RecordId, UnixMillis};
//! use upheld_store::consent::Consents;
//! use upheld_store::record::{PersonId, Records, Written};
//!
//! # let database = Database::open(&Settings::sqlite(file), Tenant::new("northside")?).await?;
//! # Ledger::migrate(&database).await?;
//! # let keys = SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng)?);
//! let consents = Consents::new(Records::new(database, keys));
//! let person = PersonId(42);
//! let mut kept = match consents.load(person).await? {
//!     Some(record) => record,
//!     None => ConsentRecord::new(RecordId::from_random([7; 16])), // draw yours
//! };
//! let seen = kept.events().len();
//! let now = UnixMillis::new(1_790_000_000_000).ok_or("a moment")?;
//! kept.apply(kept.object(now, Some(Channel::Email))?)?;
//! let written = consents.keep(person, &kept, seen, "self-service").await?;
//! assert!(matches!(written, Written::Written { .. })); // stale: load again and decide again
//! assert_eq!(consents.load(person).await?, Some(kept));
//! # Ok(())
//! # })
//! # }
//! ```

mod published;

use upheld_consent::{
    ConsentEvent, ConsentRecord, EventError, Notice, NoticeId, NoticeRef, ReplayError,
};
use upheld_ledger::{Draft, JsonError, Object, UnixMillis, Value};

pub(crate) use self::published::Publications;
use crate::columns::count;
use crate::ledger::{self, LedgerError};
use crate::record::{
    Change, PersonId, RecordError, RecordId, Records, SealedChange, Subject, Written,
};
use crate::sql::{DatabaseError, Row, Transaction};

/// The kind of record that a person's consents are; there is one of them to a person.
pub const KIND: &str = "consent";

/// The kind of the entry that says that a notice was published.
const PUBLISHED: &str = "notice.published";

const PUBLISH: &str = "INSERT INTO notices
         (tenant, id, version, language, effective_from, hash, content)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant, id, version, language) DO NOTHING";
/// The columns come as [`read_notice`] wants them.
const NOTICE: &str = "SELECT hash, content, id, version, language, effective_from FROM notices
     WHERE tenant = $1 AND id = $2 AND version = $3 AND language = $4";
const NOTICES: &str = "SELECT hash, content, id, version, language, effective_from FROM notices
     WHERE tenant = $1 ORDER BY id, version, language";
const IN_FORCE: &str = "SELECT hash, content, id, version, language, effective_from FROM notices
     WHERE tenant = $1 AND id = $2 AND language = $3 AND effective_from <= $4
     ORDER BY version DESC LIMIT 1";

/// Notices and consents of one tenant. Clones share the database and the keys.
#[derive(Clone, Debug)]
pub struct Consents {
    records: Records,
}

impl Consents {
    /// The consents among `records`, and the notices beside them.
    #[must_use]
    pub const fn new(records: Records) -> Self {
        Self { records }
    }

    /// The records.
    #[must_use]
    pub const fn records(&self) -> &Records {
        &self.records
    }

    /// Reads a person's consents, and compares them with what the log commits to.
    ///
    /// # Errors
    ///
    /// [`ConsentError`]
    pub async fn load(&self, person: PersonId) -> Result<Option<ConsentRecord>, ConsentError> {
        let listed = self.records.of_person(person, KIND).await?;
        let Some(listed) = listed.first() else { return Ok(None) };
        let Some(record) = self.records.load(listed.record).await? else { return Ok(None) };
        // Erased since they were listed.
        if record.person.is_none() {
            return Ok(None);
        }
        let mut events = Vec::with_capacity(record.events.len());
        for event in record.events {
            let payload = event.payload.unwrap_or(Value::Null).to_canonical();
            events.push(ConsentEvent::parse(payload.as_bytes())?);
        }
        let id = upheld_consent::RecordId::from_bytes(listed.record.0.to_be_bytes());
        Ok(Some(ConsentRecord::replay(id, events)?))
    }

    /// Keeps what happened to a person's consents after the first `seen` events of the record,
    /// which were loaded; 0 begins it.
    ///
    /// # Errors
    ///
    /// [`ConsentError`]
    pub async fn keep(
        &self,
        person: PersonId,
        record: &ConsentRecord,
        seen: usize,
        actor: &str,
    ) -> Result<Written, ConsentError> {
        let sealed = self.seal(person, record, seen, actor)?;
        let keep = move |transaction: &mut Transaction<'_>| sealed.keep(transaction);
        Ok(self.records.database().transact(keep).await?)
    }

    /// Seals what happened after the first `seen` events, to be kept in a transaction of yours: that
    /// of the letter that confirms it, for example.
    ///
    /// # Errors
    ///
    /// [`ConsentError`]
    pub fn seal(
        &self,
        person: PersonId,
        record: &ConsentRecord,
        seen: usize,
        actor: &str,
    ) -> Result<SealedConsents, ConsentError> {
        let id = RecordId(u128::from_be_bytes(record.id().to_bytes()));
        let after = u64::try_from(seen).unwrap_or(u64::MAX);
        let mut change = Change::new(UnixMillis::default(), actor);
        for event in record.events().iter().skip(seen) {
            change = change.with_event_at(event.at(), &event.kind(), event.to_value()?);
        }
        let begins = (seen == 0).then(|| Subject::new(KIND, person).with_label(KIND));
        Ok(SealedConsents { change: self.records.seal(id, after, change)?, begins })
    }

    /// Publishes a notice: it is kept as it is, and the log vouches for its hash.
    ///
    /// # Errors
    ///
    /// [`LedgerError`]
    pub async fn publish(
        &self,
        notice: &Notice,
        at: UnixMillis,
        actor: &str,
    ) -> Result<Published, LedgerError> {
        let NoticeRef { id, version, language, hash } = notice.reference();
        let key = [id.as_str().into(), version.into(), language.as_str().into()];
        let mut values = key.to_vec();
        values.push(count(notice.content().effective_from.get()));
        values.push(hash.as_bytes().into());
        values.push(notice.canonical().into());
        let facts: Object = [
            ("notice", id.as_str().into()),
            ("version", upheld_ledger::Integer::from(version).into()),
            ("language", language.as_str().into()),
            ("sha256", Value::Text(hash.to_string())),
        ]
        .into_iter()
        .collect();
        let actor = actor.to_owned();
        let publish = move |transaction: &mut Transaction<'_>| {
            if transaction.execute(PUBLISH, &values)? == 0 {
                let rows = transaction.query(NOTICE, &key)?;
                let kept = rows.first().map(|row| row.blob(0)).transpose()?;
                let is_same = kept == Some(hash.as_bytes().as_slice());
                return Ok(if is_same { Published::Already } else { Published::Conflict });
            }
            ledger::append(transaction, &Draft::new(at, &actor, PUBLISHED).with_facts(&facts))?;
            Ok(Published::Published)
        };
        self.records.database().transact(publish).await
    }

    /// Reads a notice by what a consent refers to, and compares it with the hash.
    ///
    /// # Errors
    ///
    /// [`ConsentError`], also when the stored notice is another than the one referred to.
    pub async fn notice(&self, reference: &NoticeRef) -> Result<Option<Notice>, ConsentError> {
        let NoticeRef { id, version, language, hash } = reference;
        let key = [id.as_str().into(), (*version).into(), language.as_str().into()];
        let rows = self.records.database().query(NOTICE, &key).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let notice = read_notice(row)?;
        if notice.hash() == *hash { Ok(Some(notice)) } else { Err(ConsentError::OtherNotice) }
    }

    /// Reads every notice that was published, in order of name, version and language.
    ///
    /// # Errors
    ///
    /// [`ConsentError`], also when one is not what it should be.
    pub async fn notices(&self) -> Result<Vec<Notice>, ConsentError> {
        let rows = self.records.database().query(NOTICES, &[]).await?;
        rows.iter().map(read_notice).collect()
    }

    /// Reads the newest version of a notice, in a language, that is in force at a moment.
    ///
    /// # Errors
    ///
    /// [`ConsentError`]
    pub async fn notice_in_force(
        &self,
        id: &NoticeId,
        language: &str,
        at: UnixMillis,
    ) -> Result<Option<Notice>, ConsentError> {
        let values = [id.as_str().into(), language.into(), count(at.get())];
        let rows = self.records.database().query(IN_FORCE, &values).await?;
        rows.first().map(read_notice).transpose()
    }
}

/// What happened to a person's consents, sealed.
#[derive(Debug)]
pub struct SealedConsents {
    change: SealedChange,
    begins: Option<Subject>,
}

impl SealedConsents {
    /// Keeps it. From here to the commit nobody else writes to the tenant's log: do it last, and
    /// undo the rest unless it was written.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub fn keep(self, transaction: &mut Transaction<'_>) -> Result<Written, RecordError> {
        match &self.begins {
            Some(subject) => self.change.create(transaction, subject),
            None => self.change.append(transaction),
        }
    }
}

/// A stored notice, if it still has the hash beside it and is the one that the row is of.
fn read_notice(row: &Row) -> Result<Notice, ConsentError> {
    let notice: Result<Notice, _> = serde_json::from_str(row.text(1)?);
    let notice = notice.map_err(|_| ConsentError::OtherNotice)?;
    let NoticeRef { id, version, language, hash } = notice.reference();
    let effective_from = i64::try_from(notice.content().effective_from.get());
    let is_same = row.blob(0)? == hash.as_bytes()
        && (row.text(2)?, row.integer(3)?) == (id.as_str(), version.into())
        && row.text(4)? == language.as_str()
        && effective_from == Ok(row.integer(5)?);
    if is_same { Ok(notice) } else { Err(ConsentError::OtherNotice) }
}

/// Whether a notice was published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a notice in conflict was not published"]
#[expect(clippy::exhaustive_enums, reason = "now, before, or never")]
pub enum Published {
    /// It was, durably.
    Published,
    /// The same notice was published before.
    Already,
    /// Another notice has its version and language: count the version up.
    Conflict,
}

/// Why consents or notices were not read or kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConsentError {
    /// The record was not read or written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// What is stored is not an event of this program's, or of a newer one.
    #[error("a stored event does not read: {0}")]
    Event(#[from] EventError),
    /// The stored events cannot have happened one after the other.
    #[error("the stored events are no record: {0}")]
    Replay(#[from] ReplayError),
    /// An event cannot be written.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// What is stored is no notice, or not the one that it should be: sound the alarm.
    #[error("the stored notice is not the one with this hash")]
    OtherNotice,
}

impl From<DatabaseError> for ConsentError {
    fn from(error: DatabaseError) -> Self {
        Self::Record(error.into())
    }
}
