//! The log and its records on a server: their laws, writers in two processes, and a server that is
//! killed while ten thousand appends are answered.

#[path = "../../../../crates/store/tests/records/altered.rs"]
mod altered;
#[path = "../../../../crates/store/tests/records/consents.rs"]
mod consents;
#[path = "../../../../crates/store/tests/records/erasure.rs"]
mod erasure;
#[path = "../../../../crates/store/tests/records/laws.rs"]
mod laws;
#[path = "../../../../crates/store/tests/records/queue.rs"]
mod queue;
#[path = "../../../../crates/store/tests/records/requests.rs"]
mod requests;
#[path = "../../../../crates/store/tests/records/versions.rs"]
mod versions;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::runtime::Runtime;
use upheld_ledger::{UnixMillis, Value};
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::ledger::Ledger;
use upheld_store::record::{Change, PersonId, RecordId, Records, Subject, Written};

use super::attack::keys;
use super::cluster::{Cluster, Ground, wait_until};
use super::open;
use crate::e2e::{Outcome, check, say};

const WRITERS: u128 = 2;
const EACH: u64 = 300;
/// The record that everybody appends to.
const SHARED: RecordId = RecordId(1 << 64);
const TASKS: u128 = 16;
const ANSWERS: u64 = 10_000;

/// The laws, and every version of the tables.
pub(super) fn conform(runtime: &Runtime, primary: &Cluster<'_>) -> Outcome<()> {
    for version in 0..=versions::VERSIONS.len() {
        let address = fresh(primary, &format!("records_{version}"))?;
        runtime
            .block_on(async { versions::upgrades_from(&open(&address).await?, version).await })?;
    }
    let address = fresh(primary, "records_laws")?;
    runtime.block_on(async {
        let database = open(&address).await?;
        Ledger::migrate(&database).await?;
        check(laws::all(&database).await? == 27, "laws were left out")?;
        queue::fill(&database, 100_000).await
    })?;
    // The server does so by itself, a minute later.
    primary.query_in("records_laws", "ANALYZE")?;
    runtime.block_on(async {
        let slowest = queue::slowest_page(&open(&address).await?).await?;
        say(&format!("records: pages of a queue of 100,000 take {slowest:?} at most"));
        check(slowest.as_millis() < 50, "a page of a long queue is slow")
    })?;
    Ok(())
}

/// A database of its own, and its address.
fn fresh(primary: &Cluster<'_>, name: &str) -> Outcome<String> {
    primary.query(&format!("CREATE DATABASE {name}"))?;
    Ok(primary.address().replace("dbname=postgres", &format!("dbname={name}")))
}

/// Two processes append to records of their own, and to one that they share.
pub(super) fn race(runtime: &Runtime, ground: &Ground, primary: &Cluster<'_>) -> Outcome<()> {
    let folder = ground.folder().join("records");
    std::fs::create_dir(&folder)?;
    std::fs::write(folder.join("keys"), keys()?.ring().to_text().as_bytes())?;
    std::fs::write(folder.join("address"), fresh(primary, "records_race")?)?;
    runtime.block_on(async {
        let records = records_in(&folder).await?;
        create(&records, SHARED).await?;
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    let writers: Vec<Child> =
        (1..=WRITERS).map(|number| start(&folder, number)).collect::<Outcome<_>>()?;
    for mut writer in writers {
        check(writer.wait()?.success(), "a writer failed")?;
    }
    runtime.block_on(async {
        let records = records_in(&folder).await?;
        let verified = records.verify(vec![]).await?;
        let both = u64::try_from(WRITERS)?.saturating_mul(EACH);
        let all = both.saturating_mul(2).saturating_add(1);
        check(verified.tree.size() == all, &format!("{} entries", verified.tree.size()))?;
        let shared = records.load(SHARED).await?.ok_or("the shared record is gone")?;
        check(shared.version() == both.saturating_add(1), "somebody wrote over somebody")
    })
}

fn start(folder: &Path, number: u128) -> Outcome<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("e2e-writer").arg(folder).arg(number.to_string());
    Ok(command.stdin(Stdio::null()).spawn()?)
}

/// What a writer does; reading again whenever it was too late.
pub(crate) fn run_writer(folder: &Path, number: &str) -> Outcome<()> {
    let own = RecordId(number.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let records = records_in(folder).await?;
        let mut version = create(&records, own).await?;
        let (mut seen, mut done) = (1, 0_u64);
        while done < EACH {
            if version < EACH {
                let next = version.saturating_add(1);
                let written = records.append(own, version, change(version)).await?;
                check(written == Written::Written { version: next }, "somebody else's record")?;
                version = next;
            }
            match records.append(SHARED, seen, change(done)).await? {
                Written::Written { version } => {
                    seen = version;
                    done = done.saturating_add(1);
                }
                Written::Stale { version } => seen = version,
                other => return Err(format!("{other:?}").into()),
            }
        }
        Ok(())
    })
}

/// The server is killed twice while sixteen records are appended to; whatever was answered is
/// there, under its number.
pub(super) fn outage(runtime: &Runtime, primary: &Cluster<'_>) -> Outcome<()> {
    let address = fresh(primary, "records_outage")?;
    let records = runtime.block_on(async {
        let database = open(&address).await?;
        Ledger::migrate(&database).await?;
        Ok::<_, Box<dyn std::error::Error>>(Records::new(database, keys()?))
    })?;
    let answered = Arc::new(AtomicU64::new(0));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            runtime.spawn(append_on(records.clone(), RecordId(task), Arc::clone(&answered)))
        })
        .collect();
    for enough in [ANSWERS / 3, ANSWERS / 3 * 2] {
        // As long as it goes on: how fast is the disk's affair.
        let mut seen = 0;
        while seen < enough {
            let more = || Ok(answered.load(Ordering::SeqCst) > seen);
            wait_until("more appends are answered", more)?;
            seen = answered.load(Ordering::SeqCst);
        }
        primary.kill()?;
        primary.start()?;
    }
    let mut kept = BTreeMap::new();
    for task in tasks {
        let (record, version) = runtime.block_on(task)??;
        kept.insert(record, version);
    }
    runtime.block_on(async {
        for (record, version) in &kept {
            let record = records.load(*record).await?.ok_or("a record is gone")?;
            check(record.version() >= *version, "an answered append is gone")?;
        }
        let verified = records.verify(vec![]).await?;
        check(verified.payloads == verified.tree.size(), "a payload is gone")?;
        let entries = verified.tree.size();
        say(&format!("records: {ANSWERS} appends answered, {entries} entries, two outages"));
        check(entries >= ANSWERS, "answered appends are gone")
    })
}

async fn append_on(
    records: Records,
    record: RecordId,
    answered: Arc<AtomicU64>,
) -> Result<(RecordId, u64), String> {
    let mut version = 0_u64;
    while answered.load(Ordering::SeqCst) < ANSWERS {
        let written = if version == 0 {
            records.create(record, Subject::new("request", PersonId(record.0)), change(0)).await
        } else {
            records.append(record, version, change(version)).await
        };
        match written {
            Ok(Written::Written { version: now }) => {
                version = now;
                answered.fetch_add(1, Ordering::SeqCst);
            }
            // What was not answered, because the server was gone, had been done.
            Ok(Written::Exists) if version == 0 => version = 1,
            Ok(Written::Stale { version: now }) if now == version.saturating_add(1) => {
                version = now;
            }
            Ok(other) => return Err(format!("{record:?} after {version}: {other:?}")),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
        }
    }
    Ok((record, version))
}

async fn records_in(folder: &Path) -> Outcome<Records> {
    let ring = KeyRing::parse(&std::fs::read_to_string(folder.join("keys"))?)?;
    let database = open(&std::fs::read_to_string(folder.join("address"))?).await?;
    Ledger::migrate(&database).await?;
    Ok(Records::new(database, SharedKeys::new(ring)))
}

fn change(number: u64) -> Change {
    let at = UnixMillis::new(number).unwrap_or_default();
    Change::new(at, "desk").with_event("request.noted", Value::Text(format!("answer {number}")))
}

async fn create(records: &Records, record: RecordId) -> Outcome<u64> {
    let subject = Subject::new("request", PersonId(record.0));
    match records.create(record, subject, change(0)).await? {
        Written::Written { version } => Ok(version),
        other => Err(format!("{other:?}").into()),
    }
}
