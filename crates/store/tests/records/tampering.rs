//! What somebody who can write to the file does to it, and what of it is found.

use rusqlite::Connection;
use upheld_ledger::{Checkpoint, Fault, Tampering};
use upheld_store::ledger::{Ledger, LedgerError, PayloadFault, VerifyError};
use upheld_store::record::{Erasure, RecordError, RecordId, Written};

use super::Fresh;
use super::laws::{ALICE, BOB, at, change, consent};

/// A log of two records of two events, and its checkpoint.
async fn filled() -> (Fresh, Checkpoint) {
    let fresh = Fresh::new().await;
    let records = &fresh.records;
    for (record, person) in [(1, ALICE), (2, BOB)] {
        let first = change("consent.given", "same").with_event("consent.renewed", "same".into());
        let created = records.create(RecordId(record), consent(person), first).await.unwrap();
        assert_eq!(created, Written::Written { version: 2 });
    }
    let checkpoint = Ledger::new(records.database().clone()).keep_checkpoint("log").await.unwrap();
    assert_eq!(records.verify(vec![checkpoint.clone()]).await.unwrap().payloads, 4);
    (fresh, checkpoint)
}

/// Does `what` to the file and says what is found.
async fn found(what: &str) -> VerifyError {
    let (fresh, checkpoint) = filled().await;
    Connection::open(fresh.file()).unwrap().execute_batch(what).unwrap();
    let found = fresh.records.verify(vec![checkpoint]).await.unwrap_err();
    if let VerifyError::Payload { fault, .. } = &found {
        // Whoever loads the record is told as well.
        let loaded = fresh.records.load(RecordId(1)).await;
        assert!(matches!(loaded, Err(RecordError::Tampered(_))), "{fault}: {loaded:?}");
    }
    found
}

fn payload(index: u64, fault: PayloadFault) -> VerifyError {
    VerifyError::Payload { index, fault }
}

#[tokio::test]
async fn a_changed_entry_is_named() {
    let what = "UPDATE ledger_entries
         SET entry = CAST(replace(CAST(entry AS text), 'given', 'taken') AS blob) WHERE seq = 2";
    let tampered = Tampering::Record { index: 2, fault: Fault::Leaf };
    assert_eq!(found(what).await, VerifyError::Tampering(tampered));
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_found_by_its_checkpoint() {
    let what = "PRAGMA foreign_keys = off;
                DELETE FROM record_events WHERE seq >= 2;
                DELETE FROM ledger_entries WHERE seq >= 2";
    let truncated = Tampering::Truncated { entries: 2, expected: 4 };
    assert_eq!(found(what).await, VerifyError::Tampering(truncated));
}

#[tokio::test]
async fn a_moved_end_is_found() {
    let (fresh, _) = filled().await;
    let other = Connection::open(fresh.file()).unwrap();
    other.execute_batch("UPDATE ledger_heads SET size = 2, peaks = zeroblob(32)").unwrap();
    let ledger = Ledger::new(fresh.records.database().clone());
    assert_eq!(ledger.verify(vec![]).await, Err(VerifyError::Head { entries: 2 }));
    // The number of an entry is a key: nobody continues from there.
    let appended = fresh.records.append(RecordId(1), 2, change("a", "")).await;
    assert!(matches!(appended, Err(RecordError::Database(_))), "{appended:?}");
    other.execute_batch("UPDATE ledger_heads SET size = 3, peaks = zeroblob(32)").unwrap();
    assert_eq!(ledger.verify(vec![]).await, Err(VerifyError::Head { entries: 0 }));
    let appended = fresh.records.append(RecordId(1), 2, change("a", "")).await;
    assert_eq!(appended, Err(RecordError::Ledger(LedgerError::Head)));
}

#[tokio::test]
async fn payloads_that_were_exchanged_are_found() {
    let what = "CREATE TEMP TABLE kept AS SELECT * FROM record_events;
                UPDATE record_events SET sealed = (SELECT sealed FROM kept WHERE seq = 1)
                WHERE seq = 0";
    assert!(matches!(
        found(what).await,
        VerifyError::Payload { index: 0, fault: PayloadFault::Sealed(_) }
    ));
}

#[tokio::test]
async fn rows_that_point_elsewhere_are_found() {
    let what = "UPDATE record_events SET seq = 100 WHERE seq = 0;
                UPDATE record_events SET seq = 0 WHERE seq = 1;
                UPDATE record_events SET seq = 1 WHERE seq = 100";
    let what = format!("PRAGMA foreign_keys = off; {what}");
    assert_eq!(found(&what).await, payload(0, PayloadFault::Differs));
}

#[tokio::test]
async fn rows_that_are_gone_are_found() {
    let what = "DELETE FROM record_events WHERE seq = 1";
    assert_eq!(found(what).await, payload(1, PayloadFault::Missing));
}

#[tokio::test]
async fn a_payload_that_was_emptied_without_an_entry_is_found() {
    let what = "UPDATE record_events SET key_id = NULL, sealed = NULL WHERE seq = 1";
    assert_eq!(found(what).await, payload(1, PayloadFault::Vanished));
}

/// A checkpoint that the database has of its own shows a log that was rewritten since.
#[tokio::test]
async fn a_rewritten_log_is_noticed_by_the_next_checkpoint() {
    let (fresh, checkpoint) = filled().await;
    let (other, another) = filled().await;
    assert_ne!(checkpoint, another, "salts differ");
    let file = other.file().display().to_string();
    let rewrite = format!(
        "PRAGMA foreign_keys = off; ATTACH '{file}' AS other;
         DELETE FROM ledger_entries; INSERT INTO ledger_entries SELECT * FROM other.ledger_entries;
         DELETE FROM ledger_heads; INSERT INTO ledger_heads SELECT * FROM other.ledger_heads"
    );
    Connection::open(fresh.file()).unwrap().execute_batch(&rewrite).unwrap();
    let ledger = Ledger::new(fresh.records.database().clone());
    assert_eq!(ledger.verify(vec![]).await.unwrap().size(), 4, "nothing inside shows it");
    let history = Tampering::History { entries: 4 };
    assert_eq!(ledger.verify(vec![checkpoint]).await, Err(history.into()));
    let rewritten = LedgerError::Rewritten { entries: 4 };
    assert_eq!(ledger.keep_checkpoint("log").await, Err(rewritten));
}

#[tokio::test]
async fn what_was_erased_is_not_in_the_file() {
    let (fresh, _) = filled().await;
    let sealed = |connection: &Connection| {
        let mut statement = connection.prepare("SELECT sealed FROM record_events").unwrap();
        let rows = statement.query_map([], |row| row.get::<_, Option<Vec<u8>>>(0)).unwrap();
        rows.filter_map(Result::unwrap).collect::<Vec<_>>()
    };
    let other = Connection::open(fresh.file()).unwrap();
    let before = sealed(&other);
    let erased = fresh.records.erase_person(ALICE, &[], at(1), "dpo").await.unwrap();
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 2 });
    let after = sealed(&other);
    drop(other);
    // Closing moves what is in the write-ahead log to the file.
    fresh.records.database().clone().close().await;
    let bytes = std::fs::read(fresh.file()).unwrap();
    let holds = |sealed: &[u8]| bytes.windows(sealed.len()).any(|window| window == sealed);
    assert_eq!((before.len(), after.len()), (4, 2));
    for sealed in &before {
        assert_eq!(holds(sealed), after.contains(sealed));
    }
}
