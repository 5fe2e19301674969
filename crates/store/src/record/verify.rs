//! Verifying the log together with what it commits to, and that nothing lies beside it.

use std::collections::BTreeMap;

use upheld_ledger::{Checkpoint, Entry, Pseudonym, RecordRef, Tree, Verifier};

use super::erase::ERASED;
use super::rows::{Expected, FoundEvent, Holder};
use super::{RecordFault, RecordId, named_in};
use crate::columns::{count, count_of, hash_of, id, id_of};
use crate::consent::Publications;
use crate::keys::KeyRing;
use crate::ledger::{Ledger, PAGE, PayloadFault, VerifyError, unread, verify_head};
use crate::sql::{Database, DatabaseError, Row};

/// The columns come as [`FoundEvent::read`] and [`Holder::read`] want them.
const ENTRIES: &str = "SELECT entries.seq, entries.entry, events.version, events.key_id,
         events.sealed, events.record, records.kind, records.label, records.person,
         people.key_id, people.sealed, entries.leaf
     FROM ledger_entries AS entries
     LEFT JOIN record_events AS events
         ON events.tenant = entries.tenant AND events.seq = entries.seq
     LEFT JOIN records ON records.tenant = events.tenant AND records.id = events.record
     LEFT JOIN ledger_people AS people
         ON people.tenant = records.tenant AND people.person = records.person AND people.id = $5
     WHERE entries.tenant = $1 AND entries.seq >= $2 AND entries.seq < $3
     ORDER BY entries.seq LIMIT $4";
/// Each record with what it says of itself, and how many events it has: such that have an entry,
/// such that have a payload, and all.
const RECORDS: &str = "SELECT page.id, page.version, page.person,
         count(entries.seq), count(events.sealed), count(events.seq)
     FROM (SELECT id, version, person FROM records
           WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3) AS page
     LEFT JOIN record_events AS events ON events.tenant = $1 AND events.record = page.id
     LEFT JOIN ledger_entries AS entries
         ON entries.tenant = events.tenant AND entries.seq = events.seq
     GROUP BY page.id, page.version, page.person ORDER BY page.id";

/// A log that is what it was, and what it commits to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The tree over the entries.
    pub tree: Tree,
    /// How many payloads are there, and what was committed to.
    pub payloads: u64,
    /// How many were erased.
    pub erased: u64,
}

pub(super) async fn verify(
    database: &Database,
    ring: &KeyRing,
    checkpoints: Vec<Checkpoint>,
) -> Result<Verified, VerifyError> {
    let head = Ledger::new(database.clone()).tree().await.map_err(unread)?;
    let mut verifier = Verifier::against(checkpoints);
    let mut seen = Seen::default();
    while verifier.tree().size() < head.size() {
        let from = count(verifier.tree().size());
        let values = [from, count(head.size()), PAGE.into(), id(0)];
        let page = database.query(ENTRIES, &values).await?;
        if page.is_empty() {
            break;
        }
        for row in &page {
            let index = verifier.tree().size();
            verifier.push(RecordRef::from_parts(row.blob(1)?, hash_of(row, 11)?))?;
            let fault = seen.take(database, ring, row)?;
            fault.map_err(|fault| VerifyError::Payload { index, fault })?;
        }
    }
    let tree = verify_head(verifier, &head)?;
    seen.read_to = tree.size();
    seen.check_vanished(database).await?;
    seen.check_records(database).await?;
    seen.check_notices(database).await?;
    Ok(Verified { tree, payloads: seen.payloads, erased: seen.empty })
}

/// What the log says, as far as something must be compared with it later.
#[derive(Default)]
struct Seen {
    payloads: u64,
    empty: u64,
    /// The empty payloads of each record.
    vanished: BTreeMap<u128, Vanished>,
    /// How many events of each record were erased.
    erased: BTreeMap<u128, u64>,
    notices: Publications,
    /// Up to where entries were read.
    read_to: u64,
    /// Whose entry was the last, and what entries call them.
    last: Option<(Holder, Option<Pseudonym>)>,
}

/// Where the first and the last empty payload of a record stand in the log.
struct Vanished {
    first: u64,
    last: u64,
    last_version: u64,
}

impl Seen {
    /// Looks at what belongs to an entry that is intact itself.
    fn take(
        &mut self,
        database: &Database,
        ring: &KeyRing,
        row: &Row,
    ) -> Result<Result<(), PayloadFault>, DatabaseError> {
        let Ok(entry) = Entry::parse(row.blob(1)?) else { return Ok(Err(PayloadFault::Entry)) };
        let found = FoundEvent::read(row)?;
        let named = entry.facts.as_ref().and_then(named_in);
        let (Some((record, version)), true) = (named, entry.commitment.is_some()) else {
            // No payload is committed to, so none may be there.
            if found.is_some() {
                return Ok(Err(PayloadFault::Differs));
            }
            self.note(&entry);
            return Ok(self.notices.take(&entry));
        };
        let (Some(found), Some(holder)) = (found, Holder::read(row)?) else {
            return Ok(Err(PayloadFault::Missing));
        };
        let tenant = database.tenant();
        // A person's entries often follow one another.
        let known = self.last.as_ref().filter(|(last, _)| last.has_name_of(&holder));
        let name = known.map_or_else(|| holder.name(ring, tenant), |(_, name)| Ok(*name));
        let opened = name.and_then(|name| {
            let expected = Expected { record, version, holder: &holder, name };
            found.open(ring, tenant, &entry, &expected)
        });
        self.last = name.ok().map(|name| (holder, name));
        Ok(opened.map(|payload| {
            if payload.is_some() {
                self.payloads = self.payloads.saturating_add(1);
            } else {
                self.empty = self.empty.saturating_add(1);
                let (first, last) = (found.index, found.index);
                let new = Vanished { first, last, last_version: version };
                let known = self.vanished.entry(record).or_insert(new);
                (known.last, known.last_version) = (last, version);
            }
        }))
    }

    /// Takes an erasure into account.
    fn note(&mut self, entry: &Entry) {
        let named = entry.facts.as_ref().and_then(named_in);
        if let Some((record, version)) = named.filter(|_| entry.kind == ERASED) {
            let covered = self.erased.entry(record).or_default();
            *covered = version.max(*covered);
        }
    }

    /// Every payload that is empty was erased by an entry that speaks of it.
    async fn check_vanished(&mut self, database: &Database) -> Result<(), VerifyError> {
        if self.unexplained().is_some() {
            self.read_on(database).await?;
        }
        let fault = PayloadFault::Vanished;
        self.unexplained().map_or(Ok(()), |index| Err(VerifyError::Payload { index, fault }))
    }

    /// Where a payload stands in the log that is empty, though no entry says that it was erased.
    fn unexplained(&self) -> Option<u64> {
        self.vanished.iter().find_map(|(record, Vanished { first, last, last_version })| match self
            .erased
            .get(record)
        {
            None => Some(*first),
            Some(covered) if covered < last_version => Some(*last),
            Some(_) => None,
        })
    }

    /// Every record has the events that it says and no others, and is erased or is not.
    async fn check_records(&mut self, database: &Database) -> Result<(), VerifyError> {
        let mut after = crate::sql::Value::Blob(Vec::new());
        loop {
            let page = database.query(RECORDS, &[after, PAGE.into()]).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = id(id_of(last, 0)?);
            self.check_page(database, &page).await?;
        }
    }

    /// Judges records by the erasures that were known before they were read. Those that look cut off
    /// may have been erased since; of the others, what was erased since says nothing.
    async fn check_page(&mut self, database: &Database, page: &[Row]) -> Result<(), VerifyError> {
        let mut cut_off = Vec::new();
        for row in page {
            match self.fault_of(row)? {
                Some(RecordFault::CutOff) => cut_off.push(row),
                Some(fault) => return Err(faulty(row, fault)?),
                None => {}
            }
        }
        if !cut_off.is_empty() {
            self.read_on(database).await?;
        }
        for row in cut_off {
            if let Some(fault) = self.fault_of(row)? {
                return Err(faulty(row, fault)?);
            }
        }
        Ok(())
    }

    fn fault_of(&self, row: &Row) -> Result<Option<RecordFault>, DatabaseError> {
        let (version, events) = (count_of(row, 1)?, count_of(row, 3)?);
        let (sealed, all) = (count_of(row, 4)?, count_of(row, 5)?);
        let is_nobodys = row.optional_blob(2)?.is_none();
        let (is_whole, is_empty) = (!is_nobodys && sealed == events, is_nobodys && sealed == 0);
        Ok(match self.erased.contains_key(&id_of(row, 0)?) {
            _ if events != version || all != version => Some(RecordFault::Events),
            true if !is_empty => Some(RecordFault::Restored),
            false if !is_whole => Some(RecordFault::CutOff),
            _ => None,
        })
    }

    /// Every notice is the one that was published, and every one that was published is there.
    async fn check_notices(&mut self, database: &Database) -> Result<(), VerifyError> {
        let unknown = self.notices.check(database).await?;
        if unknown.is_empty() {
            return Ok(());
        }
        // They were published since.
        self.read_on(database).await?;
        self.notices.explain(&unknown)
    }

    /// Takes entries into account that were committed after the stored end was read.
    async fn read_on(&mut self, database: &Database) -> Result<(), VerifyError> {
        let ledger = Ledger::new(database.clone());
        loop {
            let page = ledger.records(self.read_to, PAGE).await.map_err(unread)?;
            if page.is_empty() {
                return Ok(());
            }
            for record in page {
                let index = self.read_to;
                self.read_to = index.saturating_add(1);
                if let Ok(entry) = Entry::parse(record.as_ref().entry()) {
                    self.note(&entry);
                    let taken = self.notices.take(&entry);
                    taken.map_err(|fault| VerifyError::Payload { index, fault })?;
                }
            }
        }
    }
}

fn faulty(row: &Row, fault: RecordFault) -> Result<VerifyError, DatabaseError> {
    Ok(VerifyError::Record { record: RecordId(id_of(row, 0)?), fault })
}

#[cfg(test)]
mod tests;
