//! Records are written: by several processes at once, and by one that is killed.

use std::collections::BTreeMap;
use std::path::Path;

use tokio::runtime::Runtime;
use upheld_ledger::{Checkpoint, UnixMillis, Value};
use upheld_store::ledger::Ledger;
use upheld_store::record::{Change, PersonId, RecordId, Records, Subject, Written};

use super::{Worker, prepare};

const WRITERS: u64 = 3;
const EACH: u64 = 200;
const TASKS: u64 = 16;
/// The record that everybody appends to.
const SHARED: RecordId = RecordId(0);

async fn open(folder: &Path) -> Records {
    let (database, keys) = super::open(folder).await;
    Ledger::migrate(&database).await.unwrap();
    Records::new(database, keys)
}

fn change(number: u64) -> Change {
    let payload = Value::Text(format!("answer {number}"));
    Change::new(UnixMillis::new(number).unwrap(), "desk").with_event("request.noted", payload)
}

async fn create(records: &Records, record: RecordId) -> u64 {
    let subject = Subject::new("request", PersonId(record.0 % 7));
    match records.create(record, subject, change(0)).await.unwrap() {
        Written::Written { version } => version,
        other => panic!("{other:?}"),
    }
}

/// Three processes append to records of their own, and to one that they share.
pub(crate) fn races() {
    let folder = prepare();
    let path = folder.path().to_str().unwrap();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let records = open(folder.path()).await;
        create(&records, SHARED).await;
        records.database().clone().close().await;
    });
    let writers: Vec<Worker> =
        (1..=WRITERS).map(|number| Worker::start(&["writer", path, &number.to_string()])).collect();
    for mut writer in writers {
        assert!(writer.process.wait().unwrap().success(), "a writer failed");
    }
    runtime.block_on(async {
        let records = open(folder.path()).await;
        let verified = records.verify(vec![]).await.unwrap();
        let all = 1 + WRITERS * (EACH + EACH);
        assert_eq!((verified.tree.size(), verified.payloads), (all, all));
        let shared = records.load(SHARED).await.unwrap().unwrap();
        assert_eq!(shared.version(), 1 + WRITERS * EACH, "nobody wrote over anybody");
    });
}

/// A worker: appends to a record of its own and, reading again whenever it was too late, to the
/// shared one.
pub(crate) fn write(folder: &Path, number: u128) {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let records = open(folder).await;
        let own = {
            let records = records.clone();
            tokio::spawn(async move {
                let mut version = create(&records, RecordId(number)).await;
                while version < EACH {
                    let written = records.append(RecordId(number), version, change(version)).await;
                    assert_eq!(written, Ok(Written::Written { version: version + 1 }));
                    version += 1;
                }
            })
        };
        let (mut seen, mut done) = (1, 0);
        while done < EACH {
            match records.append(SHARED, seen, change(done)).await.unwrap() {
                Written::Written { version } => {
                    seen = version;
                    done += 1;
                }
                Written::Stale { version } => seen = version,
                other => panic!("{other:?}"),
            }
        }
        own.await.unwrap();
        records.database().clone().close().await;
    });
}

/// A process appends until it is killed, ten times, until ten thousand appends were answered:
/// each is there, under its number, and the log verifies against what was kept before the kill.
pub(crate) fn kills() {
    const ANSWERS: u64 = 10_000;
    const KILLS: u64 = 10;
    let folder = prepare();
    let path = folder.path().to_str().unwrap();
    let runtime = Runtime::new().unwrap();
    let (mut answered, mut checkpoint) = (0, None);
    for run in 0..KILLS {
        let mut appender = Worker::start(&["appender", path, &run.to_string()]);
        let mut answers = BTreeMap::new();
        let mut killed = false;
        while let Some(line) = appender.hear() {
            let words: Vec<&str> = line.split(' ').collect();
            // The last line may be cut off.
            let [record, version, "."] = words[..] else { break };
            let version: u64 = version.parse().unwrap();
            answers.insert(RecordId(record.parse().unwrap()), version);
            answered += 1;
            if !killed && answered >= (run + 1) * ANSWERS / KILLS {
                // SIGKILL: nothing of the process runs any more.
                appender.process.kill().unwrap();
                killed = true;
            }
        }
        assert!(killed && !appender.process.wait().unwrap().success(), "it ended by itself");
        checkpoint = Some(runtime.block_on(check(folder.path(), &answers, checkpoint)));
    }
    let entries = checkpoint.unwrap().size();
    assert!(answered >= ANSWERS && entries >= answered, "{answered} answers, {entries} entries");
}

/// Appends to sixteen records at once, and says what was answered.
pub(crate) fn append_until_killed(folder: &Path, run: u64) {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let records = open(folder).await;
        let tasks: Vec<_> = (0..TASKS)
            .map(|task| {
                let (records, record) = (records.clone(), RecordId((run * TASKS + task).into()));
                tokio::spawn(async move {
                    let mut version = create(&records, record).await;
                    loop {
                        println!("{} {version} .", record.0);
                        match records.append(record, version, change(version)).await.unwrap() {
                            Written::Written { version: now } => version = now,
                            other => panic!("{other:?}"),
                        }
                    }
                })
            })
            .collect();
        // Until the process is killed.
        let ended = tasks.into_iter().next().unwrap().await;
        panic!("{ended:?}");
    });
}

async fn check(
    folder: &Path,
    answers: &BTreeMap<RecordId, u64>,
    before: Option<Checkpoint>,
) -> Checkpoint {
    let records = open(folder).await;
    for (record, version) in answers {
        let kept = records.load(*record).await.unwrap().unwrap();
        assert!(kept.version() >= *version, "{version} answered, {} kept", kept.version());
        for event in kept.events {
            let expected = Value::Text(format!("answer {}", event.version - 1));
            assert_eq!(event.payload, Some(expected));
        }
    }
    let verified = records.verify(before.into_iter().collect()).await.unwrap();
    assert_eq!(verified.payloads, verified.tree.size());
    let ledger = Ledger::new(records.database().clone());
    let checkpoint = ledger.keep_checkpoint("clinic.example/log").await.unwrap();
    let sound = records.database().query("SELECT $1, * FROM pragma_integrity_check", &[]).await;
    assert_eq!(sound.unwrap().first().unwrap().text(1).unwrap(), "ok");
    records.database().clone().close().await;
    checkpoint
}
