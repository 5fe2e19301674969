//! Somebody erases or publishes between what is read: no alarm, whatever comes first.

use tempfile::TempDir;
use upheld_consent::{Notice, NoticeDraft};
use upheld_ledger::{UnixMillis, Value};

use super::{PAGE, RECORDS, Seen};
use crate::Tenant;
use crate::consent::Consents;
use crate::keys::{KeyRing, SharedKeys};
use crate::ledger::{Ledger, VerifyError};
use crate::record::{Change, Erasure, PersonId, RecordFault, RecordId, Records, Subject};
use crate::sql::{Database, Row, Settings};

fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis).unwrap()
}

/// Two records, of two people, and what is known once their entries are read.
async fn filled() -> (TempDir, Records, Seen) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::sqlite(folder.path().join("test.db"));
    let database = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
    Ledger::migrate(&database).await.unwrap();
    let keys = SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng).unwrap());
    let records = Records::new(database, keys);
    for number in [1, 2] {
        let change = Change::new(at(1), "desk").with_event("noted", Value::Null);
        let subject = Subject::new("note", PersonId(number));
        let _ = records.create(RecordId(number), subject, change).await.unwrap();
    }
    (folder, records, Seen { read_to: 2, ..Seen::default() })
}

async fn erase(records: &Records, record: u128) {
    let erased = records.erase_record(RecordId(record), at(2), "dpo").await.unwrap();
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 1 });
}

async fn page(database: &Database) -> Vec<Row> {
    let start = crate::sql::Value::Blob(Vec::new());
    database.query(RECORDS, &[start, PAGE.into()]).await.unwrap()
}

#[tokio::test]
async fn what_is_erased_after_it_was_read_is_no_alarm() {
    let (_folder, records, mut seen) = filled().await;
    let database = records.database();
    erase(&records, 1).await;
    let page = page(database).await;
    erase(&records, 2).await;
    // The entry of the second erasure is read because of the first record.
    assert_eq!(seen.check_page(database, &page).await, Ok(()));
    assert_eq!((seen.read_to, seen.erased.len()), (4, 2));
}

#[tokio::test]
async fn what_was_erased_before_it_was_read_must_be_gone() {
    let (_folder, records, mut seen) = filled().await;
    let database = records.database();
    let before = page(database).await;
    erase(&records, 2).await;
    seen.read_on(database).await.unwrap();
    let (record, fault) = (RecordId(2), RecordFault::Restored);
    let restored = Err(VerifyError::Record { record, fault });
    assert_eq!(seen.check_page(database, &before).await, restored);
}

#[tokio::test]
async fn notices_that_are_published_meanwhile_are_no_alarm() {
    let (_folder, records, mut seen) = filled().await;
    let database = records.database();
    let consents = Consents::new(records.clone());
    let notice: Notice =
        serde_json::from_str(include_str!("../../../../consent/tests/vectors/notice.json"))
            .unwrap();
    let publish = async |version| {
        let draft = NoticeDraft { version, ..notice.content().clone() };
        let notice = Notice::new(draft).unwrap();
        let _ = consents.publish(&notice, at(1_790_000_000_000), "dpo").await.unwrap();
    };
    publish(3).await;
    let unknown = seen.notices.check(database).await.unwrap();
    publish(4).await;
    assert_eq!(unknown.len(), 1);
    assert_eq!(seen.notices.explain(&unknown), Err(VerifyError::Unpublished));
    seen.read_on(database).await.unwrap();
    publish(5).await;
    assert_eq!(seen.notices.explain(&unknown), Ok(()));
}
