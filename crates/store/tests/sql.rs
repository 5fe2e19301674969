//! The laws of the SQL layer, on SQLite, and what is its own.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

#[path = "sql/laws.rs"]
mod laws;
#[path = "sql/migrations.rs"]
mod migrations;
#[path = "sql/versions.rs"]
mod versions;

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;
use upheld_store::Tenant;
use upheld_store::sql::{Database, DatabaseError, OpenError, Settings};

async fn open(file: &Path) -> Result<Database, OpenError> {
    Database::open(&Settings::sqlite(file), Tenant::new("clinic").unwrap()).await
}

async fn fresh() -> (TempDir, Database) {
    let folder = tempfile::tempdir().unwrap();
    let database = open(&folder.path().join("test.db")).await.unwrap();
    (folder, database)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_law_holds() {
    let (_folder, database) = fresh().await;
    database.migrate("laws", laws::TABLES).await.unwrap();
    assert_eq!(laws::all(&database).await.unwrap(), 13);
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_hold() {
    let (_folder, database) = fresh().await;
    migrations::all(&database).await.unwrap();
}

#[tokio::test]
async fn tables_are_brought_up_to_date_from_every_version() {
    for version in 0..=versions::VERSIONS.len() {
        let (_folder, database) = fresh().await;
        versions::upgrades_from(&database, version).await.unwrap();
    }
}

#[tokio::test]
async fn t07_what_was_answered_is_there_when_the_file_is_opened_again() {
    let (folder, database) = fresh().await;
    database.migrate("laws", laws::TABLES).await.unwrap();
    let sql = "INSERT INTO things (tenant, id) VALUES ($1, $2)";
    database.transact(move |transaction| transaction.execute(sql, &[1.into()])).await.unwrap();
    database.clone().close().await;
    let closed = database.query("SELECT id FROM things WHERE tenant = $1", &[]).await;
    assert_eq!(closed, Err(DatabaseError::Closed));
    let closed = database.transact(move |transaction| transaction.execute(sql, &[2.into()])).await;
    assert_eq!(closed, Err(DatabaseError::Closed));
    database.close().await;

    let again = open(&folder.path().join("test.db")).await.unwrap();
    assert_eq!(again.migrate("laws", laws::TABLES).await.unwrap().from, 1);
    let rows = again.query("SELECT id FROM things WHERE tenant = $1", &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.integer(0).unwrap()).collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn a_query_writes_nothing() {
    let (_folder, database) = fresh().await;
    database.migrate("laws", laws::TABLES).await.unwrap();
    let sql = "INSERT INTO things (tenant, id) VALUES ($1, $2) RETURNING id";
    let refused = database.query(sql, &[1.into()]).await;
    assert!(matches!(refused, Err(DatabaseError::Unavailable(_))), "{refused:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let (folder, database) = fresh().await;
    database.migrate("laws", laws::TABLES).await.unwrap();
    let mut files = 0;
    for entry in folder.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o077, 0, "{entry:?}");
        files += 1;
    }
    assert_eq!(files, 3, "the database, its log and its shared memory");
}

#[tokio::test]
async fn what_cannot_be_opened_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let missing = open(&folder.path().join("missing").join("test.db")).await;
    assert!(matches!(missing, Err(OpenError::File(_))), "{missing:?}");
    let other = folder.path().join("other.txt");
    std::fs::write(&other, "This is not a database. ".repeat(100)).unwrap();
    let other = open(&other).await;
    assert!(matches!(other, Err(OpenError::Database(DatabaseError::Unavailable(_)))), "{other:?}");
}

/// Keeps the thread that writes waiting until the sender is dropped.
async fn hold(database: &Database) -> mpsc::Sender<()> {
    let (release, held) = mpsc::channel::<()>();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let database = database.clone();
    tokio::spawn(async move {
        let work = move |_: &mut upheld_store::sql::Transaction<'_>| {
            started.send(()).unwrap();
            assert!(held.recv().is_err(), "it is only ever dropped");
            Ok::<_, DatabaseError>(())
        };
        database.transact(work).await
    });
    has_started.await.unwrap();
    release
}

#[tokio::test(flavor = "multi_thread")]
async fn t60_a_full_queue_turns_away_at_once_and_reading_goes_on() {
    let (_folder, database) = fresh().await;
    database.migrate("laws", laws::TABLES).await.unwrap();
    let release = hold(&database).await;
    let mut tasks = Vec::new();
    for id in 0..1500_i64 {
        let database = database.clone();
        tasks.push(tokio::spawn(async move {
            let sql = "INSERT INTO things (tenant, id) VALUES ($1, $2)";
            database.transact(move |transaction| transaction.execute(sql, &[id.into()])).await
        }));
    }
    // The last to be turned away is; those that wait do not answer yet.
    while tasks.iter().filter(|task| task.is_finished()).count() < 1500 - 1024 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let rows = database.query("SELECT count(*) FROM things WHERE tenant = $1", &[]).await.unwrap();
    assert_eq!(rows[0].integer(0), Ok(0));
    drop(release);
    let (mut done, mut busy) = (0, 0);
    for task in tasks {
        match task.await.unwrap() {
            Ok(1) => done += 1,
            Err(DatabaseError::Busy) => busy += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((done, busy), (1024, 1500 - 1024));
    let rows = database.query("SELECT count(*) FROM things WHERE tenant = $1", &[]).await.unwrap();
    assert_eq!(rows[0].integer(0), Ok(1024));
}

#[tokio::test(flavor = "multi_thread")]
async fn t60_another_process_in_the_way_is_waited_for_but_not_for_ever() {
    let (folder, database) = fresh().await;
    database.migrate("laws", laws::TABLES).await.unwrap();
    let other = rusqlite::Connection::open(folder.path().join("test.db")).unwrap();
    let put = |id: i64| {
        let sql = "INSERT INTO things (tenant, id) VALUES ($1, $2)";
        let database = database.clone();
        async move { database.transact(move |transaction| transaction.execute(sql, &[id.into()])).await }
    };

    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let waiting = tokio::spawn(put(1));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(waiting.await.unwrap(), Ok(1));

    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (one, two) = tokio::join!(put(2), put(3));
    assert_eq!((one, two), (Err(DatabaseError::Contended), Err(DatabaseError::Contended)));
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(put(4).await, Ok(1), "it recovers by itself");
    let rows = database.query("SELECT id FROM things WHERE tenant = $1", &[]).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.integer(0).unwrap()).collect::<Vec<_>>(), [1, 4]);
}

#[tokio::test]
async fn t42_no_value_is_shown() {
    let (_folder, database) = fresh().await;
    database.migrate("laws", laws::TABLES).await.unwrap();
    let sql = "INSERT INTO things (tenant, id, word, number) VALUES ($1, $2, $3, $4)";
    let secret = "JBSWY3DPEHPK3PXP";
    let values = [1.into(), secret.into(), secret.into()];
    let mut shown = vec![format!("{values:?}")];
    let refused = database.transact(move |transaction| transaction.execute(sql, &values)).await;
    let refused = refused.unwrap_err();
    shown.push(format!("{refused} {refused:?}"));
    let sql = "SELECT CAST($2 AS text) WHERE $1 = $1";
    let rows = database.query(sql, &[secret.into()]).await.unwrap();
    shown.push(format!("{rows:?} {:?}", rows[0].integer(0)));
    assert!(!shown.concat().contains(secret), "{shown:?}");
}
