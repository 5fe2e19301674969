//! Verifying the log together with what it commits to.

use std::collections::{BTreeMap, BTreeSet};

use upheld_ledger::{Checkpoint, Entry, RecordRef, Tree, Verifier};

use super::erase::ERASED;
use super::named_in;
use super::rows::FoundEvent;
use crate::columns::{count, hash_of};
use crate::keys::KeyRing;
use crate::ledger::{Ledger, PAGE, PayloadFault, VerifyError, unread, verify_head};
use crate::sql::{Database, DatabaseError, Row};

/// The columns of an event come as [`FoundEvent::read`] wants them.
const ENTRIES: &str = "SELECT entries.seq, entries.entry, events.version, events.key_id,
         events.sealed, entries.leaf
     FROM ledger_entries AS entries LEFT JOIN record_events AS events
     ON events.tenant = entries.tenant AND events.seq = entries.seq
     WHERE entries.tenant = $1 AND entries.seq >= $2 AND entries.seq < $3
     ORDER BY entries.seq LIMIT $4";

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
    let mut payloads = Payloads::default();
    while verifier.tree().size() < head.size() {
        let values = [count(verifier.tree().size()), count(head.size()), PAGE.into()];
        let page = database.query(ENTRIES, &values).await?;
        if page.is_empty() {
            break;
        }
        for row in &page {
            let index = verifier.tree().size();
            verifier.push(RecordRef::from_parts(row.blob(1)?, hash_of(row, 5)?))?;
            let fault = payloads.take(database, ring, row)?;
            fault.map_err(|fault| VerifyError::Payload { index, fault })?;
        }
    }
    let tree = verify_head(verifier, &head)?;
    if payloads.unexplained().is_some() {
        payloads.look_beyond(database, tree.size()).await?;
    }
    match payloads.unexplained() {
        None => Ok(Verified { tree, payloads: payloads.found, erased: payloads.empty }),
        Some(index) => Err(VerifyError::Payload { index, fault: PayloadFault::Vanished }),
    }
}

#[derive(Default)]
struct Payloads {
    found: u64,
    empty: u64,
    /// Where the first empty payload of a record stands in the log.
    vanished: BTreeMap<u128, u64>,
    erased: BTreeSet<u128>,
}

impl Payloads {
    /// Looks at the payload of an entry that is intact itself.
    fn take(
        &mut self,
        database: &Database,
        ring: &KeyRing,
        row: &Row,
    ) -> Result<Result<(), PayloadFault>, DatabaseError> {
        let Ok(entry) = Entry::parse(row.blob(1)?) else { return Ok(Err(PayloadFault::Entry)) };
        let Some((record, version)) = entry.facts.as_ref().and_then(named_in) else {
            return Ok(Ok(()));
        };
        if entry.commitment.is_none() {
            if entry.kind == ERASED {
                self.erased.insert(record);
            }
            return Ok(Ok(()));
        }
        if row.optional_blob(2)?.is_none() {
            return Ok(Err(PayloadFault::Missing));
        }
        let found = FoundEvent::read(row)?;
        match found.open(ring, database.tenant(), record, &entry, version) {
            Ok(Some(_)) => self.found = self.found.saturating_add(1),
            Ok(None) => {
                self.empty = self.empty.saturating_add(1);
                self.vanished.entry(record).or_insert(found.index);
            }
            Err(fault) => return Ok(Err(fault)),
        }
        Ok(Ok(()))
    }

    /// Where a payload stands in the log that is empty, though no entry says that it was erased.
    fn unexplained(&self) -> Option<u64> {
        let mut vanished = self.vanished.iter();
        vanished.find(|(record, _)| !self.erased.contains(record)).map(|(_, index)| *index)
    }

    /// Takes erasures into account that were committed after the stored end was read.
    async fn look_beyond(&mut self, database: &Database, size: u64) -> Result<(), VerifyError> {
        let ledger = Ledger::new(database.clone());
        let mut from = size;
        loop {
            let page = ledger.records(from, PAGE).await.map_err(unread)?;
            if page.is_empty() {
                return Ok(());
            }
            for record in page {
                from = from.saturating_add(1);
                let entry = Entry::parse(record.as_ref().entry()).ok();
                let erasure = entry.filter(|entry| entry.kind == ERASED);
                let named = erasure.and_then(|entry| named_in(&entry.facts?));
                self.erased.extend(named.map(|(record, _)| record));
            }
        }
    }
}
