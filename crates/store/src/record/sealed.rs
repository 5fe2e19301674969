//! Writing a change: sealed before the transaction, committed to within it.

use std::sync::Arc;

use rand::rngs::SysRng;
use upheld_ledger::{Commitment, Draft, Object, Pseudonym, PseudonymKey, Salt, UnixMillis, Value};
use zeroize::Zeroizing;

use super::{
    Change, NewEvent, RecordError, RecordFault, RecordId, SUBJECT, Subject, Written, facts,
};
use crate::Tenant;
use crate::columns::{count, count_of, id, optional_id_of};
use crate::keys::{KeyId, KeyRing, OpenSealedError, Place, Sealed};
use crate::ledger::{Appender, VerifyError};
use crate::sql::{DatabaseError, Transaction};

pub(super) const PEOPLE: &str = "ledger_people";
pub(super) const EVENTS: &str = "record_events";

const CREATE: &str = "INSERT INTO records (tenant, id, kind, label, person, version)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
const RAISE: &str = "UPDATE records SET version = $4
     WHERE tenant = $1 AND id = $2 AND version = $3 AND person = $5";
const WHOSE: &str = "SELECT version, person FROM records WHERE tenant = $1 AND id = $2";
const STORE: &str = "INSERT INTO record_events (tenant, record, version, seq, key_id, sealed)
     VALUES ($1, $2, $3, $4, $5, $6)";
const NAME: &str =
    "SELECT key_id, sealed FROM ledger_people WHERE tenant = $1 AND person = $2 FOR UPDATE";
const GIVE_NAME: &str = "INSERT INTO ledger_people (tenant, person, id, key_id, sealed)
     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, person, id) DO NOTHING";

/// A change whose payloads are sealed, to be written in a transaction.
#[derive(Debug)]
pub struct SealedChange {
    ring: Arc<KeyRing>,
    tenant: Tenant,
    record: RecordId,
    after: u64,
    actor: String,
    events: Vec<SealedEvent>,
}

#[derive(Debug)]
struct SealedEvent {
    at: UnixMillis,
    version: u64,
    kind: String,
    salt: Salt,
    commitment: Commitment,
    sealed: Sealed,
}

impl SealedChange {
    pub(super) fn seal(
        ring: Arc<KeyRing>,
        tenant: &Tenant,
        record: RecordId,
        after: u64,
        change: Change,
    ) -> Result<Self, RecordError> {
        let mut events = Vec::with_capacity(change.events.len());
        let mut version = after;
        for NewEvent { at, kind, payload } in change.events {
            version = version.saturating_add(1);
            let salt = Salt::generate(&mut SysRng).map_err(|_| RecordError::NoRandomness)?;
            let mut secret = Zeroizing::new(salt.expose().to_vec());
            secret.extend(Zeroizing::new(payload.to_canonical()).as_bytes());
            let place = place(EVENTS, tenant, record.0, version.into());
            let sealed = ring.seal(place, &secret, &mut SysRng);
            let sealed = sealed.map_err(|_| RecordError::NoRandomness)?;
            let commitment = Commitment::to(&payload, &salt);
            events.push(SealedEvent { at, version, kind, salt, commitment, sealed });
        }
        Ok(Self { ring, tenant: tenant.clone(), record, after, actor: change.actor, events })
    }

    /// How many events the record has after it.
    fn version(&self) -> u64 {
        self.events.last().map_or(self.after, |event| event.version)
    }

    /// Begins the record with it, in a transaction. From here to the commit nobody else writes to
    /// the tenant's log: do it last.
    ///
    /// # Errors
    ///
    /// [`RecordError`]
    pub fn create(
        self,
        transaction: &mut Transaction<'_>,
        subject: &Subject,
    ) -> Result<Written, RecordError> {
        transaction.check_tenant(&self.tenant)?;
        let version = self.version();
        let person = subject.person.0;
        // Held before the record is made: whoever erases the person sees the record, or is seen.
        let name = self.name_or_new(transaction, person)?;
        let values = [
            id(self.record.0),
            subject.kind.as_str().into(),
            subject.label.as_deref().into(),
            id(person),
            count(version),
        ];
        if self.after > 0 || version == 0 || transaction.execute(CREATE, &values)? == 0 {
            return Ok(Written::Exists);
        }
        self.write(transaction, name, Some(subject))?;
        Ok(Written::Written { version })
    }

    /// Appends it to the record, in a transaction. From here to the commit nobody else writes to
    /// the tenant's log: do it last.
    ///
    /// # Errors
    ///
    /// [`RecordError`], also [`RecordError::Erased`].
    pub fn append(self, transaction: &mut Transaction<'_>) -> Result<Written, RecordError> {
        transaction.check_tenant(&self.tenant)?;
        let Some((found, person)) = self.whose(transaction)? else { return Ok(Written::Unknown) };
        if found != self.after {
            return Ok(Written::Stale { version: found });
        }
        // The name, then the record, then the end of the log: the order of whoever erases.
        let Some(name) = hold_name(transaction, person)? else {
            // Erased between these statements, or somebody took the key away.
            self.whose(transaction)?;
            let (record, fault) = (self.record, RecordFault::Nameless);
            return Err(RecordError::Tampered(VerifyError::Record { record, fault }));
        };
        let name = name_under(&self.ring, &self.tenant, person, &name)?;
        let version = self.version();
        let values = [id(self.record.0), count(self.after), count(version), id(person)];
        if transaction.execute(RAISE, &values)? == 0 {
            let Some((version, _)) = self.whose(transaction)? else { return Ok(Written::Unknown) };
            return Ok(Written::Stale { version });
        }
        self.write(transaction, name, None)?;
        Ok(Written::Written { version })
    }

    /// How many events the record has, and whose it is.
    fn whose(&self, transaction: &mut Transaction<'_>) -> Result<Option<(u64, u128)>, RecordError> {
        let rows = transaction.query(WHOSE, &[id(self.record.0)])?;
        let Some(row) = rows.first() else { return Ok(None) };
        let person = optional_id_of(row, 1)?.ok_or(RecordError::Erased)?;
        Ok(Some((count_of(row, 0)?, person)))
    }

    fn write(
        self,
        transaction: &mut Transaction<'_>,
        name: Pseudonym,
        mut begins: Option<&Subject>,
    ) -> Result<(), RecordError> {
        let mut appender = Appender::lock(transaction)?;
        for event in self.events {
            let mut facts = facts(self.record.0, event.version);
            if let Some(subject) = begins.take() {
                commit_to(subject, &event.salt, &mut facts);
            }
            let draft = Draft::new(event.at, &self.actor, &event.kind).about(name);
            let draft = draft.committing(event.commitment).with_facts(&facts);
            let index = appender.append(transaction, &draft)?;
            let values = [
                id(self.record.0),
                id(event.version.into()),
                count(index),
                event.sealed.key.0.into(),
                event.sealed.bytes.into(),
            ];
            transaction.execute_later(STORE, &values)?;
        }
        Ok(appender.finish(transaction)?)
    }

    /// The person's name in the log, under a key that is made for them if they have none yet.
    fn name_or_new(
        &self,
        transaction: &mut Transaction<'_>,
        person: u128,
    ) -> Result<Pseudonym, RecordError> {
        let mut stored = hold_name(transaction, person)?;
        if stored.is_none() {
            let key = PseudonymKey::generate(&mut SysRng);
            let key = key.map_err(|_| RecordError::NoRandomness)?;
            let place = place(PEOPLE, &self.tenant, person, 0);
            let sealed = self.ring.seal(place, key.expose(), &mut SysRng);
            let sealed = sealed.map_err(|_| RecordError::NoRandomness)?;
            let values = [id(person), id(0), sealed.key.0.into(), sealed.bytes.into()];
            transaction.execute(GIVE_NAME, &values)?;
            // Somebody may have been faster.
            stored = hold_name(transaction, person)?;
        }
        let wanted = "a key of 32 bytes";
        let stored = stored.ok_or(DatabaseError::Column { column: 1, wanted })?;
        Ok(name_under(&self.ring, &self.tenant, person, &stored)?)
    }
}

/// What a person is called under a key that is sealed.
pub(super) fn name_under(
    ring: &KeyRing,
    tenant: &Tenant,
    person: u128,
    key: &Sealed,
) -> Result<Pseudonym, OpenSealedError> {
    let opened = ring.open(place(PEOPLE, tenant, person, 0), key)?;
    let key: [u8; 32] = opened.as_slice().try_into().map_err(|_| OpenSealedError::Format)?;
    Ok(PseudonymKey::from_bytes(key).name(tenant.as_str(), &format!("{person:032x}")))
}

/// What the first entry of a record commits to, so that the row cannot be made another kind's. It
/// says so in its own words: no payload of the same salt commits alike.
pub(super) fn subject(kind: &str, label: Option<&str>) -> Value {
    let label = label.map_or(Value::Null, Value::from);
    let members = [("subject of a record", kind.into()), ("label", label)];
    Value::Object(members.into_iter().collect())
}

fn commit_to(begins: &Subject, salt: &Salt, facts: &mut Object) {
    let commitment = Commitment::to(&subject(&begins.kind, begins.label.as_deref()), salt);
    facts.insert(SUBJECT, Value::Text(commitment.to_string()));
}

/// The sealed key of a person's name, held until the commit.
fn hold_name(
    transaction: &mut Transaction<'_>,
    person: u128,
) -> Result<Option<Sealed>, DatabaseError> {
    let rows = transaction.query(NAME, &[id(person)])?;
    rows.first().map(|row| sealed_of(row.integer(0)?, row.blob(1)?)).transpose()
}

pub(super) fn place<'a>(table: &'a str, tenant: &'a Tenant, of: u128, row: u128) -> Place<'a> {
    Place { table, tenant: tenant.as_str(), account: of, row }
}

pub(super) fn sealed_of(key: i64, bytes: &[u8]) -> Result<Sealed, DatabaseError> {
    let wanted = "the id of a key";
    let key = u32::try_from(key).map_err(|_| DatabaseError::Column { column: 0, wanted })?;
    Ok(Sealed { key: KeyId(key), bytes: bytes.into() })
}
