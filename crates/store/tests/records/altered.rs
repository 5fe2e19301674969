//! What somebody who can write to the tables does to them, on every database, and what is found
//! without a checkpoint: by who reads the record, and by who verifies.

use std::error::Error;

use upheld_consent::{Notice, NoticeDraft};
use upheld_ledger::{Draft, Integer, Object, Value};
use upheld_store::consent::Consents;
use upheld_store::ledger::{self, LedgerError, PayloadFault, VerifyError};
use upheld_store::record::{RecordError, RecordFault, RecordId, Records, Written};
use upheld_store::sql::{self, DatabaseError, Transaction};

use super::consents::NOTICE;
use super::erasure::assert_done;
use super::laws::{ALICE, BOB, Law, at, change, consent, tenant_of};

const FIRST: RecordId = RecordId(1);
const SECOND: RecordId = RecordId(2);

/// A record of Alice's called `a`, of two events, and one of Bob's called `b`, of one.
async fn filled(records: &Records) -> Law {
    let first = change("consent.given", "1").with_event("consent.withdrawn", "2".into());
    let created = records.create(FIRST, consent(ALICE).with_label("a"), first).await?;
    assert_eq!(created, Written::Written { version: 2 });
    let created = records.create(SECOND, consent(BOB).with_label("b"), change("a", "3")).await?;
    assert_eq!(created, Written::Written { version: 1 });
    assert_eq!(records.verify(vec![]).await?.payloads, 3);
    Ok(())
}

async fn alter(records: &Records, statements: &'static [&'static str]) -> Law {
    let alter = move |transaction: &mut Transaction<'_>| -> Result<(), DatabaseError> {
        for statement in statements {
            assert!(transaction.execute(statement, &[])? > 0, "{statement}");
        }
        Ok(())
    };
    Ok(records.database().transact(alter).await?)
}

const fn payload(index: u64, fault: PayloadFault) -> VerifyError {
    VerifyError::Payload { index, fault }
}

const fn of_record(record: RecordId, fault: RecordFault) -> VerifyError {
    VerifyError::Record { record, fault }
}

/// What is done, what verifying finds, and which record says so when it is read.
type Case = (&'static [&'static str], VerifyError, RecordId);

const CASES: [Case; 13] = [
    (
        &["UPDATE records SET version = 1 WHERE tenant = $1 AND label = 'a'"],
        of_record(FIRST, RecordFault::Events),
        FIRST,
    ),
    (
        &["UPDATE records SET version = 3 WHERE tenant = $1 AND label = 'a'"],
        of_record(FIRST, RecordFault::Events),
        FIRST,
    ),
    (
        &["UPDATE records SET person =
               (SELECT person FROM ledger_people WHERE tenant = $1 AND person NOT IN
                   (SELECT person FROM records WHERE tenant = $1 AND label = 'a'))
           WHERE tenant = $1 AND label = 'a'"],
        payload(0, PayloadFault::Person),
        FIRST,
    ),
    (
        &["UPDATE records SET person = NULL WHERE tenant = $1 AND label = 'a'"],
        of_record(FIRST, RecordFault::CutOff),
        FIRST,
    ),
    (
        &["UPDATE records SET person = NULL, label = NULL WHERE tenant = $1 AND label = 'a'"],
        payload(0, PayloadFault::Subject),
        FIRST,
    ),
    (
        &["UPDATE records SET kind = 'other' WHERE tenant = $1 AND label = 'a'"],
        payload(0, PayloadFault::Subject),
        FIRST,
    ),
    (
        &["UPDATE records SET label = 'c' WHERE tenant = $1 AND label = 'b'"],
        payload(2, PayloadFault::Subject),
        SECOND,
    ),
    (
        &[
            "UPDATE record_events SET record =
                 (SELECT id FROM records WHERE tenant = $1 AND label = 'b')
             WHERE tenant = $1 AND seq = 1",
            "UPDATE records SET version = 1 WHERE tenant = $1 AND label = 'a'",
            "UPDATE records SET version = 2 WHERE tenant = $1 AND label = 'b'",
        ],
        payload(1, PayloadFault::Differs),
        SECOND,
    ),
    (&["DELETE FROM ledger_people WHERE tenant = $1"], payload(0, PayloadFault::Nameless), FIRST),
    (
        &[
            "UPDATE record_events SET key_id = NULL, sealed = NULL WHERE tenant = $1 AND seq < 2",
            "UPDATE records SET person = NULL, label = NULL WHERE tenant = $1 AND label = 'a'",
        ],
        payload(0, PayloadFault::Vanished),
        RecordId(99), // it reads as if it had been erased
    ),
    (
        &["UPDATE record_events SET key_id = NULL, sealed = NULL WHERE tenant = $1 AND seq = 1"],
        payload(1, PayloadFault::Vanished),
        FIRST,
    ),
    (
        &["DELETE FROM record_events WHERE tenant = $1 AND seq = 1"],
        payload(1, PayloadFault::Missing),
        FIRST,
    ),
    (
        &[
            "DELETE FROM record_events WHERE tenant = $1 AND seq = 1",
            "UPDATE records SET version = 1 WHERE tenant = $1 AND label = 'a'",
        ],
        payload(1, PayloadFault::Missing),
        RecordId(99), // what is left reads as a whole
    ),
];

/// No one has to keep a checkpoint for what a row says of itself.
pub(crate) async fn rows_are_found(records: &Records) -> Law {
    for (number, (statements, expected, told)) in (0..).zip(CASES) {
        let records = tenant_of(records, &format!("altered-{number}"))?;
        filled(&records).await?;
        alter(&records, statements).await?;
        let found = records.verify(vec![]).await;
        assert_eq!(found, Err(expected), "{statements:?}");
        let read = records.load(told).await;
        let is_told = matches!(read, Err(RecordError::Tampered(_)));
        assert!(is_told || told == RecordId(99), "{statements:?}: {read:?}");
    }
    Ok(())
}

/// Whoever writes to the tables says in the log that one event was erased, and empties two.
pub(crate) async fn erasures_excuse_what_they_name(records: &Records) -> Law {
    filled(records).await?;
    let facts: Object = [
        ("record", Value::Text(format!("{:032x}", FIRST.0))),
        ("version", Integer::from(1).into()),
    ]
    .into_iter()
    .collect();
    let append = move |transaction: &mut Transaction<'_>| -> Result<u64, LedgerError> {
        let draft = Draft::new(at(5), "dpo", "record.erased").with_facts(&facts);
        ledger::append(transaction, &draft)
    };
    records.database().transact(append).await?;
    alter(
        records,
        &[
            "UPDATE record_events SET key_id = NULL, sealed = NULL WHERE tenant = $1 AND seq < 2",
            "UPDATE records SET person = NULL, label = NULL WHERE tenant = $1 AND label = 'a'",
        ],
    )
    .await?;
    let found = records.verify(vec![]).await;
    assert_eq!(found, Err(payload(1, PayloadFault::Vanished)));
    Ok(())
}

/// Rows of before an erasure, from a backup, are put back.
pub(crate) async fn what_was_erased_does_not_come_back(records: &Records) -> Law {
    filled(records).await?;
    let database = records.database();
    let rows = |sql: &'static str| async move { database.query(sql, &[]).await };
    let sealed = rows("SELECT seq, key_id, sealed FROM record_events WHERE tenant = $1").await?;
    let names = rows("SELECT person, id, key_id, sealed FROM ledger_people WHERE tenant = $1");
    let names = names.await?;
    let owners = rows("SELECT id, person, label FROM records WHERE tenant = $1").await?;
    assert_done(&records.erase_person(ALICE, &[], at(5), "dpo").await?);
    records.verify(vec![]).await?;
    let restore = move |transaction: &mut Transaction<'_>| -> Result<(), DatabaseError> {
        for row in &sealed {
            let values = [row.integer(0)?.into(), row.integer(1)?.into(), row.blob(2)?.into()];
            let sql = "UPDATE record_events SET key_id = $3, sealed = $4
                 WHERE tenant = $1 AND seq = $2";
            transaction.execute(sql, &values)?;
        }
        for row in &names {
            let values: [sql::Value; 4] = [
                row.blob(0)?.into(),
                row.blob(1)?.into(),
                row.integer(2)?.into(),
                row.blob(3)?.into(),
            ];
            let sql = "INSERT INTO ledger_people (tenant, person, id, key_id, sealed)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
            transaction.execute(sql, &values)?;
        }
        for row in &owners {
            let values = [row.blob(0)?.into(), row.blob(1)?.into(), row.text(2)?.into()];
            let sql = "UPDATE records SET person = $3, label = $4 WHERE tenant = $1 AND id = $2";
            transaction.execute(sql, &values)?;
        }
        Ok(())
    };
    database.transact(restore).await?;
    let found = records.verify(vec![]).await;
    assert_eq!(found, Err(of_record(FIRST, RecordFault::Restored)));
    Ok(())
}

/// Notices: the one that is stored is the one that was published, and no other is.
pub(crate) async fn notices_are_found(records: &Records) -> Law {
    let notice: Notice = serde_json::from_str(NOTICE)?;
    let newer = NoticeDraft { version: 4, refresh_months: 12, ..notice.content().clone() };
    let other = Notice::new(NoticeDraft { refresh_months: 12, ..notice.content().clone() })?;
    for number in 0..5 {
        let records = tenant_of(records, &format!("notices-{number}"))?;
        let consents = Consents::new(records.clone());
        let newer = Notice::new(newer.clone())?;
        for notice in [&notice, &newer] {
            let _ = consents.publish(notice, at(1_790_000_000_000), "dpo").await?;
        }
        records.verify(vec![]).await?;
        let gone = payload(0, PayloadFault::Notice);
        let expected = match number {
            // Another text under the same version, its hash made to match.
            0 => {
                let hash: sql::Value = other.hash().as_bytes().into();
                put(
                    &records,
                    "UPDATE notices SET hash = $2, content = $3
                         WHERE tenant = $1 AND version < 4",
                    vec![hash, other.canonical().into()],
                )
                .await?;
                gone
            }
            1 => {
                put(&records, "DELETE FROM notices WHERE tenant = $1 AND version < 4", vec![])
                    .await?;
                gone
            }
            // Neither hash nor content, and another notice is in force.
            2 => {
                put(
                    &records,
                    "UPDATE notices SET effective_from = effective_from + 1
                         WHERE tenant = $1 AND version < 4",
                    vec![],
                )
                .await?;
                let shown = consents.notice(&notice.reference()).await;
                assert!(shown.is_err(), "{shown:?}");
                gone
            }
            3 => {
                put(
                    &records,
                    "UPDATE notices SET language = 'cy'
                         WHERE tenant = $1 AND version < 4",
                    vec![],
                )
                .await?;
                gone
            }
            _ => {
                put(
                    &records,
                    "INSERT INTO notices
                         (tenant, id, version, language, effective_from, hash, content)
                     SELECT tenant, id, 9, language, effective_from, hash, content
                     FROM notices WHERE tenant = $1 AND version = 4",
                    vec![],
                )
                .await?;
                VerifyError::Unpublished
            }
        };
        assert_eq!(records.verify(vec![]).await, Err(expected), "{number}");
    }
    Ok(())
}

async fn put(
    records: &Records,
    sql: &'static str,
    values: Vec<sql::Value>,
) -> Result<(), Box<dyn Error>> {
    let put = move |transaction: &mut Transaction<'_>| transaction.execute(sql, &values);
    let written: Result<u64, DatabaseError> = records.database().transact(put).await;
    assert_eq!(written?, 1, "{sql}");
    Ok(())
}
