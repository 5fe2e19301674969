//! Erasing: salts and payloads go, and with the person the key of their name; entries stay.

use upheld_ledger::{Draft, UnixMillis};

use super::{PersonId, RecordError, RecordId, facts};
use crate::columns::{count_of, id, id_of, optional_id_of};
use crate::ledger::Appender;
use crate::request;
use crate::sql::{DatabaseError, Row, Transaction};

/// The kind of the entry that says that a record's payloads were erased.
pub(super) const ERASED: &str = "record.erased";

// Of which person a record is, the index knows: without the inner statement SQLite reads all of the
// tenant's, which are in the order that is asked for.
pub(super) const HELD: &str = "SELECT id FROM requests
     WHERE tenant = $1 AND is_open = 1 AND kind IN ('access', 'portability', 'complaint')
     AND id IN (SELECT id FROM records WHERE tenant = $1 AND person = $2) ORDER BY id";
/// The same, of any kind.
pub(super) const OPEN: &str = "SELECT id FROM requests WHERE tenant = $1 AND is_open = 1
     AND id IN (SELECT id FROM records WHERE tenant = $1 AND person = $2) ORDER BY id";
const HOLD_NAME: &str = "SELECT id FROM ledger_people WHERE tenant = $1 AND person = $2 FOR UPDATE";
const FORGET_NAME: &str = "DELETE FROM ledger_people WHERE tenant = $1 AND person = $2";
const HOLD_RECORDS: &str = "SELECT id, version FROM records
     WHERE tenant = $1 AND person = $2
     AND id IN (SELECT id FROM records WHERE tenant = $1 AND person = $2)
     ORDER BY id FOR UPDATE";
const HOLD_RECORD: &str = "SELECT id, version, person FROM records
     WHERE tenant = $1 AND id = $2 FOR UPDATE";
const EMPTY: &str = "UPDATE record_events SET key_id = NULL, sealed = NULL
     WHERE tenant = $1 AND record = $2 AND sealed IS NOT NULL";
const CUT_OFF: &str =
    "UPDATE records SET person = NULL, label = NULL WHERE tenant = $1 AND id = $2";
const CLOSE: &str = "UPDATE requests SET state = $3, is_open = 0 WHERE tenant = $1 AND id = $2";

/// What became of an erasure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a held erasure erased nothing"]
#[expect(clippy::exhaustive_enums, reason = "done, or not allowed")]
pub enum Erasure {
    /// It is done.
    Erased {
        /// How many records.
        records: u64,
        /// How many payloads.
        payloads: u64,
    },
    /// Nothing was erased: the person has asked for what would go, or complained, and is not answered.
    Held {
        /// Their open requests and complaints.
        requests: Vec<RecordId>,
    },
}

/// How often an erasure begins again before the key of a name counts as gone.
pub(super) const ATTEMPTS: u32 = 3;

/// What an erasure begins with, held for the rest of the transaction.
pub(super) struct Begun {
    person: PersonId,
    has_name: bool,
    records: Vec<Row>,
}

/// Holds a person's name, and then their records.
pub(super) fn begin(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<Begun, DatabaseError> {
    // Whoever begins a record or appends to one holds the name first as well: it is seen here, or
    // begins after.
    let has_name = !transaction.query(HOLD_NAME, &[id(person.0)])?.is_empty();
    let records = transaction.query(HOLD_RECORDS, &[id(person.0)])?;
    Ok(Begun { person, has_name, records })
}

impl Begun {
    /// Whether somebody may have made the name and a record after the name was asked for. To hold
    /// the name after the records would be to wait for somebody who waits for them.
    pub(super) const fn came_too_early(&self) -> bool {
        !self.has_name && !self.records.is_empty()
    }

    pub(super) fn erase(
        self,
        transaction: &mut Transaction<'_>,
        (held_by, keep): (&str, &[RecordId]),
        (at, actor): (UnixMillis, &str),
    ) -> Result<Erasure, RecordError> {
        let Self { person, has_name, records } = self;
        let requests = held(transaction, held_by, person.0)?;
        if !requests.is_empty() {
            return Ok(Erasure::Held { requests });
        }
        let mut chosen = Vec::new();
        for row in &records {
            let record = id_of(row, 0)?;
            if !keep.contains(&RecordId(record)) {
                chosen.push((record, count_of(row, 1)?));
            }
        }
        // What is kept has the name in its entries, and is still to be vouched for.
        if has_name && chosen.len() == records.len() {
            transaction.execute(FORGET_NAME, &[id(person.0)])?;
        }
        erase(transaction, &chosen, at, actor)
    }
}

pub(super) fn erase_record(
    transaction: &mut Transaction<'_>,
    record: RecordId,
    at: UnixMillis,
    actor: &str,
) -> Result<Erasure, RecordError> {
    let rows = transaction.query(HOLD_RECORD, &[id(record.0)])?;
    let Some(row) = rows.first() else { return erase(transaction, &[], at, actor) };
    let person = optional_id_of(row, 2)?;
    let requests = person.map_or(Ok(Vec::new()), |person| held(transaction, HELD, person))?;
    if !requests.is_empty() {
        return Ok(Erasure::Held { requests });
    }
    erase(transaction, &[(id_of(row, 0)?, count_of(row, 1)?)], at, actor)
}

/// The open requests and complaints that keep a person's data from being erased.
//= DPA 2018 §164A(4): the person is told the outcome, of which nothing is left once it is erased
fn held(
    transaction: &mut Transaction<'_>,
    held_by: &str,
    person: u128,
) -> Result<Vec<RecordId>, DatabaseError> {
    named(&transaction.query(held_by, &[id(person)])?)
}

/// The records that rows of [`HELD`] name.
pub(super) fn named(rows: &[Row]) -> Result<Vec<RecordId>, DatabaseError> {
    rows.iter().map(|row| id_of(row, 0).map(RecordId)).collect()
}

/// Empties the records, each with its number of events, and says so in the log.
fn erase(
    transaction: &mut Transaction<'_>,
    records: &[(u128, u64)],
    at: UnixMillis,
    actor: &str,
) -> Result<Erasure, RecordError> {
    let (mut erased, mut payloads) = (Vec::new(), 0_u64);
    for (record, version) in records {
        let emptied = transaction.execute(EMPTY, &[id(*record)])?;
        transaction.execute(CUT_OFF, &[id(*record)])?;
        transaction.execute(CLOSE, &[id(*record), request::ERASED.into()])?;
        if emptied > 0 {
            erased.push((*record, *version));
            payloads = payloads.saturating_add(emptied);
        }
    }
    if !erased.is_empty() {
        let mut appender = Appender::lock(transaction)?;
        for (record, version) in &erased {
            //= UK GDPR, Article 5(2): that it was erased can be shown, without what was erased
            let facts = facts(*record, *version);
            appender.append(transaction, &Draft::new(at, actor, ERASED).with_facts(&facts))?;
        }
        appender.finish(transaction)?;
    }
    let records = u64::try_from(erased.len()).unwrap_or(u64::MAX);
    Ok(Erasure::Erased { records, payloads })
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::{HELD, HOLD_RECORDS, OPEN};
    use crate::ledger::MIGRATIONS;
    use crate::request::queue::select_of_person;

    /// What SQLite says it does, without having seen how many rows there are.
    #[test]
    fn a_person_is_found_by_an_index_and_not_by_reading_the_tenant() {
        let connection = Connection::open_in_memory().unwrap();
        for migration in MIGRATIONS {
            connection.execute_batch(migration.sqlite).unwrap();
        }
        for sql in [HELD, OPEN, HOLD_RECORDS, &*select_of_person()] {
            let sql = format!("EXPLAIN QUERY PLAN {}", sql.replace("FOR UPDATE", ""));
            let mut statement = connection.prepare(&sql).unwrap();
            let steps = statement.query_map(["", ""], |row| row.get(3)).unwrap();
            let steps: Vec<String> = steps.map(Result::unwrap).collect();
            let plan = steps.join("\n");
            assert!(plan.contains("INDEX records_of_person (tenant=? AND person=?)"), "{plan}");
            let reads_all = |step: &String| step.ends_with("(tenant=?)") || step.contains("SCAN");
            assert!(!steps.iter().any(reads_all), "{plan}");
        }
    }
}
