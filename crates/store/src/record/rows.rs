//! Reading a record, and comparing it with what the log commits to.

use upheld_ledger::{Commitment, Entry, Opening, Pseudonym, Salt, Value};

use super::sealed::{EVENTS, name_under, place, sealed_of, subject};
use super::{PersonId, Record, RecordError, RecordFault, RecordId, SUBJECT, StoredEvent, named_in};
use crate::Tenant;
use crate::columns::{count_of, id, id_of, optional_id_of};
use crate::keys::{KeyRing, Sealed};
use crate::ledger::{PayloadFault, VerifyError};
use crate::sql::{Database, DatabaseError, Row};

/// One statement, so that events and what the record says of them are of one moment.
const RECORD: &str = "SELECT events.seq, entries.entry, events.version, events.key_id,
         events.sealed, events.record, records.kind, records.label, records.person,
         people.key_id, people.sealed, records.version
     FROM records
     LEFT JOIN record_events AS events
         ON events.tenant = records.tenant AND events.record = records.id
     LEFT JOIN ledger_entries AS entries
         ON entries.tenant = events.tenant AND entries.seq = events.seq
     LEFT JOIN ledger_people AS people
         ON people.tenant = records.tenant AND people.person = records.person AND people.id = $3
     WHERE records.tenant = $1 AND records.id = $2 ORDER BY events.version";

/// Reads a record; every event must be there, of this person, and what the log commits to.
pub(super) async fn load(
    database: &Database,
    ring: &KeyRing,
    record: RecordId,
) -> Result<Option<Record>, RecordError> {
    let rows = database.query(RECORD, &[id(record.0), id(0)]).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let tenant = database.tenant();
    let wrong = |fault| RecordError::Tampered(VerifyError::Record { record, fault });
    let Some(holder) = Holder::read(first)? else { return Ok(None) };
    let expected = count_of(first, 11)?;
    let name = holder.name(ring, tenant);
    let mut events = Vec::with_capacity(rows.len());
    for (version, row) in (1..).zip(&rows) {
        let Some(found) = FoundEvent::read(row)? else { break };
        let index = found.index;
        let tampered = |fault| RecordError::Tampered(VerifyError::Payload { index, fault });
        let entry = Entry::parse(&found.entry).map_err(|_| tampered(PayloadFault::Entry))?;
        let name = name.map_err(tampered)?;
        let expected = Expected { record: record.0, version, holder: &holder, name };
        let payload = found.open(ring, tenant, &entry, &expected).map_err(tampered)?;
        match (holder.person, &payload) {
            (Some(_), None) => return Err(tampered(PayloadFault::Vanished)),
            (None, Some(_)) => return Err(wrong(RecordFault::CutOff)),
            _ => {}
        }
        let Entry { at, actor, kind, .. } = entry;
        events.push(StoredEvent { version, index, at, actor, kind, payload });
    }
    if u64::try_from(events.len()).ok() != Some(expected) {
        return Err(wrong(RecordFault::Events));
    }
    Ok(Some(Record { kind: holder.kind, person: holder.person.map(PersonId), events }))
}

/// What the row of a record says of it, and the key of its person's name.
pub(super) struct Holder {
    kind: String,
    label: Option<String>,
    person: Option<u128>,
    key: Option<Sealed>,
}

impl Holder {
    /// Reads columns 6 to 10; none where there is no record.
    pub(super) fn read(row: &Row) -> Result<Option<Self>, DatabaseError> {
        let Some(kind) = row.optional_text(6)? else { return Ok(None) };
        Ok(Some(Self {
            kind: kind.into(),
            label: row.optional_text(7)?.map(str::to_owned),
            person: optional_id_of(row, 8)?,
            key: optional_sealed(row, 9)?,
        }))
    }

    /// What entries call the person; none once the record is erased.
    pub(super) fn name(
        &self,
        ring: &KeyRing,
        tenant: &Tenant,
    ) -> Result<Option<Pseudonym>, PayloadFault> {
        let Some(person) = self.person else { return Ok(None) };
        let key = self.key.as_ref().ok_or(PayloadFault::Nameless)?;
        name_under(ring, tenant, person, key).map(Some).map_err(PayloadFault::Name)
    }

    /// Whether entries call the person of both the same.
    pub(super) fn has_name_of(&self, other: &Self) -> bool {
        (self.person, &self.key) == (other.person, &other.key)
    }
}

/// An event and its entry, as rows have them.
pub(super) struct FoundEvent {
    pub(super) index: u64,
    pub(super) entry: Vec<u8>,
    record: u128,
    version: u128,
    sealed: Option<Sealed>,
}

/// What an event must be.
pub(super) struct Expected<'a> {
    pub(super) record: u128,
    pub(super) version: u64,
    pub(super) holder: &'a Holder,
    pub(super) name: Option<Pseudonym>,
}

impl FoundEvent {
    /// Reads columns 0 to 5; none where there is no event.
    pub(super) fn read(row: &Row) -> Result<Option<Self>, DatabaseError> {
        let Some(version) = optional_id_of(row, 2)? else { return Ok(None) };
        Ok(Some(Self {
            index: count_of(row, 0)?,
            // An entry that is gone does not read as one.
            entry: row.optional_blob(1)?.unwrap_or_default().into(),
            record: id_of(row, 5)?,
            version,
            sealed: optional_sealed(row, 3)?,
        }))
    }

    /// Opens the payload, which must be what the entry says and commits to; none if it was erased.
    pub(super) fn open(
        &self,
        ring: &KeyRing,
        tenant: &Tenant,
        entry: &Entry,
        expected: &Expected<'_>,
    ) -> Result<Option<Value>, PayloadFault> {
        let Expected { record, version, holder, name } = *expected;
        let is_named = entry.facts.as_ref().and_then(named_in) == Some((record, version));
        let is_here =
            (self.record, self.version, self.index) == (record, version.into(), entry.index);
        if !is_named || !is_here {
            return Err(PayloadFault::Differs);
        }
        if name.is_some() && entry.person != name {
            return Err(PayloadFault::Person);
        }
        let Some(sealed) = &self.sealed else { return Ok(None) };
        let opened = ring.open(place(EVENTS, tenant, record, version.into()), sealed)?;
        let (salt, payload) = opened.split_first_chunk::<32>().ok_or(PayloadFault::Differs)?;
        let salt = Salt::from_bytes(*salt);
        let payload = Value::parse_canonical(payload).map_err(|_| PayloadFault::Differs)?;
        match entry.commitment.map(|commitment| commitment.open(&payload, &salt)) {
            Some(Opening::Matches) => {}
            Some(Opening::Differs) | None => return Err(PayloadFault::Differs),
        }
        check_subject(entry, holder, &salt)?;
        Ok(Some(payload))
    }
}

/// The first entry of a record commits to its kind and label. Those of before say nothing of it.
fn check_subject(entry: &Entry, holder: &Holder, salt: &Salt) -> Result<(), PayloadFault> {
    let said = entry.facts.as_ref().and_then(|facts| facts.value(SUBJECT));
    let Some(said) = said else { return Ok(()) };
    let Value::Text(said) = said else { return Err(PayloadFault::Subject) };
    let said = Commitment::parse(said).ok_or(PayloadFault::Subject)?;
    match said.open(&subject(&holder.kind, holder.label.as_deref()), salt) {
        Opening::Matches => Ok(()),
        Opening::Differs => Err(PayloadFault::Subject),
    }
}

/// The id of a key, and beside it what is sealed under it.
fn optional_sealed(row: &Row, column: usize) -> Result<Option<Sealed>, DatabaseError> {
    let bytes = row.optional_blob(column.saturating_add(1))?;
    let Some((key, bytes)) = row.optional_integer(column)?.zip(bytes) else { return Ok(None) };
    sealed_of(key, bytes).map(Some)
}
