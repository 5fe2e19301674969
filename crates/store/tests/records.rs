//! The laws of the log and its records, on SQLite, and what somebody did to the file.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "records/altered.rs"]
mod altered;
#[path = "records/consents.rs"]
mod consents;
#[path = "records/erasure.rs"]
mod erasure;
#[path = "records/laws.rs"]
mod laws;
#[path = "records/queue.rs"]
mod queue;
#[path = "records/requests.rs"]
mod requests;
#[path = "records/tampering.rs"]
mod tampering;
#[path = "records/versions.rs"]
mod versions;

use std::path::PathBuf;

use tempfile::TempDir;
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::ledger::Ledger;
use upheld_store::record::Records;
use upheld_store::request::Place;
use upheld_store::sql::{Database, Settings};

struct Fresh {
    folder: TempDir,
    records: Records,
}

impl Fresh {
    async fn new() -> Self {
        let fresh = Self::empty().await;
        Ledger::migrate(fresh.records.database()).await.unwrap();
        fresh
    }

    /// Without tables.
    async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::sqlite(folder.path().join("test.db"));
        let database = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
        let keys = SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng).unwrap());
        Self { folder, records: Records::new(database, keys) }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_law_holds() {
    let fresh = Fresh::new().await;
    assert_eq!(laws::all(fresh.records.database()).await.unwrap(), 27);
}

#[tokio::test]
async fn tables_are_brought_up_to_date_from_every_version() {
    for version in 0..=versions::VERSIONS.len() {
        let fresh = Fresh::empty().await;
        versions::upgrades_from(fresh.records.database(), version).await.unwrap();
    }
}

proptest::proptest! {
    /// A place comes from the address of a page, so from anybody.
    #[test]
    fn a_place_reads_as_it_is_written_and_nothing_else_does(text in "[0-9a-f.-]{0,50}|.*") {
        if let Ok(place) = Place::parse(&text) {
            proptest::prop_assert_eq!(place.to_string(), text);
        }
    }
}

/// By the plan that SQLite makes: a page is read from where it begins, whatever is asked for, and
/// walks past nothing that is not on it.
#[tokio::test]
async fn a_page_is_read_by_one_index() {
    let fresh = Fresh::new().await;
    let file = rusqlite::Connection::open(fresh.file()).unwrap();
    for (filter, index) in [
        ("is_open = 1", "requests_by_openness"),
        ("kind = 'access' AND is_open = 1", "requests_by_open_kind"),
        ("is_open = 1 AND assignee = x'00'", "requests_by_open_assignee"),
        ("is_open = 1 AND assignee IS NULL", "requests_by_open_assignee"),
        ("state = 'received'", "requests_by_state"),
        ("kind = 'access' AND state = 'awaiting-fee'", "requests_by_state_kind"),
        ("state = 'awaiting-fee' AND assignee = x'00'", "requests_by_state_assignee"),
        ("state = 'awaiting-fee' AND assignee IS NULL", "requests_by_state_assignee"),
        ("kind = 'access'", "requests_by_kind"),
        ("assignee = x'00'", "requests_by_assignee"),
        ("is_open IN (0, 1)", "requests_by_day"),
    ] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT id, kind FROM requests WHERE tenant = 'clinic' AND {filter}
             AND (runs_from, id) > (1, x'00') ORDER BY runs_from, id LIMIT 26"
        );
        let plan: Vec<String> = file
            .prepare(&sql)
            .unwrap()
            .query_map([], |row| row.get(3))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let plan = plan.concat();
        let index = format!("INDEX {index} (tenant=?");
        assert!(plan.contains(&index) && !plan.contains("TEMP"), "{filter}: {plan}");
    }
}

/// Pages of a long queue, with each filter, at the beginning and at the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_queue_of_a_hundred_thousand_pages_quickly() {
    let fresh = Fresh::new().await;
    queue::fill(fresh.records.database(), 100_000).await.unwrap();
    let slowest = queue::slowest_page(fresh.records.database()).await.unwrap();
    assert!(slowest.as_millis() < 50, "{slowest:?}");
}
