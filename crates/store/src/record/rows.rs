//! Reading a record, and comparing it with what the log commits to.

use upheld_ledger::{Entry, Opening, Salt, Value};

use super::sealed::{EVENTS, place, sealed_of};
use super::{PersonId, Record, RecordError, StoredEvent, named_in};
use crate::Tenant;
use crate::columns::{count_of, id, id_of, optional_id_of};
use crate::keys::{KeyRing, Sealed};
use crate::ledger::{PayloadFault, VerifyError};
use crate::sql::{Database, DatabaseError, Row};

const RECORD: &str = "SELECT kind, person, version FROM records
     WHERE tenant = $1 AND id = $2";
const OF_RECORD: &str = "SELECT events.seq, entries.entry, events.version, events.key_id,
         events.sealed
     FROM record_events AS events JOIN ledger_entries AS entries
     ON entries.tenant = events.tenant AND entries.seq = events.seq
     WHERE events.tenant = $1 AND events.record = $2 ORDER BY events.version";

/// A record whose payloads are still sealed.
pub(super) struct Found {
    kind: String,
    person: Option<u128>,
    version: u64,
    events: Vec<FoundEvent>,
}

/// An event and its entry, as rows have them.
pub(super) struct FoundEvent {
    pub(super) index: u64,
    pub(super) entry: Vec<u8>,
    pub(super) version: u128,
    pub(super) sealed: Option<Sealed>,
}

impl Found {
    pub(super) async fn read(
        database: &Database,
        record: u128,
    ) -> Result<Option<Self>, DatabaseError> {
        let rows = database.query(RECORD, &[id(record)]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let events = database.query(OF_RECORD, &[id(record)]).await?;
        let version = count_of(row, 2)?;
        // The second statement may see what the first did not.
        let events = events
            .iter()
            .map(FoundEvent::read)
            .filter(|event| event.as_ref().map_or(true, |event| event.version <= version.into()));
        Ok(Some(Self {
            kind: row.text(0)?.into(),
            person: optional_id_of(row, 1)?,
            version,
            events: events.collect::<Result<_, _>>()?,
        }))
    }

    pub(super) fn open(
        self,
        ring: &KeyRing,
        tenant: &Tenant,
        record: u128,
    ) -> Result<Record, RecordError> {
        let tampered = |index, fault| RecordError::Tampered(VerifyError::Payload { index, fault });
        let mut events = Vec::with_capacity(self.events.len());
        for (version, found) in (1..).zip(&self.events) {
            let index = found.index;
            let entry =
                Entry::parse(&found.entry).map_err(|_| tampered(index, PayloadFault::Entry))?;
            let payload = found.open(ring, tenant, record, &entry, version);
            let payload = payload.map_err(|fault| tampered(index, fault))?;
            let Entry { at, actor, kind, .. } = entry;
            events.push(StoredEvent { version, index, at, actor, kind, payload });
        }
        let last = events.last().map_or(0, |event| event.index);
        if u64::try_from(events.len()).ok() != Some(self.version) {
            return Err(tampered(last, PayloadFault::Missing));
        }
        Ok(Record { kind: self.kind, person: self.person.map(PersonId), events })
    }
}

impl FoundEvent {
    /// Reads the columns of an event and its entry.
    pub(super) fn read(row: &Row) -> Result<Self, DatabaseError> {
        let sealed = match (row.optional_integer(3)?, row.optional_blob(4)?) {
            (Some(key), Some(bytes)) => Some(sealed_of(key, bytes)?),
            _ => None,
        };
        let (index, version) = (count_of(row, 0)?, id_of(row, 2)?);
        Ok(Self { index, entry: row.blob(1)?.into(), version, sealed })
    }

    /// Opens the payload of event `version` of `record`, which must be what the entry says and
    /// commits to; none if it was erased.
    pub(super) fn open(
        &self,
        ring: &KeyRing,
        tenant: &Tenant,
        record: u128,
        entry: &Entry,
        version: u64,
    ) -> Result<Option<Value>, PayloadFault> {
        let is_named = entry.facts.as_ref().and_then(named_in) == Some((record, version));
        if !is_named || self.version != version.into() || entry.index != self.index {
            return Err(PayloadFault::Differs);
        }
        let Some(sealed) = &self.sealed else { return Ok(None) };
        let opened = ring.open(place(EVENTS, tenant, record, version.into()), sealed)?;
        let (salt, payload) = opened.split_first_chunk::<32>().ok_or(PayloadFault::Differs)?;
        let salt = Salt::from_bytes(*salt);
        let payload = Value::parse_canonical(payload).map_err(|_| PayloadFault::Differs)?;
        match entry.commitment.map(|commitment| commitment.open(&payload, &salt)) {
            Some(Opening::Matches) => Ok(Some(payload)),
            Some(Opening::Differs) | None => Err(PayloadFault::Differs),
        }
    }
}
