//! What is answered while there is no server, or not enough of one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::time::sleep;
use upheld_store::sql::{Database, DatabaseError, Transaction};

use super::cluster::Cluster;
use super::{open, open_with};
use crate::e2e::{Outcome, check, say};

const INSERT: &str = "INSERT INTO things (tenant, id) VALUES ($1, $2)";
const WRITERS: i64 = 16;
const OUTAGES: usize = 3;

/// More requests than connections: those that wait are turned away soon, and nothing hangs.
pub(super) fn overload(runtime: &Runtime, primary: &Cluster<'_>) -> Outcome<()> {
    runtime.block_on(async {
        let database = open_with(&primary.url(), 2).await?;
        let sleepers: Vec<_> = (0..2)
            .map(|_| {
                let database = database.clone();
                tokio::spawn(async move {
                    let work = |transaction: &mut Transaction<'_>| {
                        transaction.query("SELECT 1 FROM pg_sleep(4) WHERE $1 = $1::text", &[])
                    };
                    database.transact(work).await
                })
            })
            .collect();
        sleep(Duration::from_millis(200)).await;
        let since = Instant::now();
        let busy = database.query("SELECT 1 WHERE $1 = $1::text", &[]).await;
        check(busy == Err(DatabaseError::Busy), &format!("{busy:?} instead of busy"))?;
        check(since.elapsed() < Duration::from_secs(3), "turned away too late")?;
        for sleeper in sleepers {
            check(sleeper.await?.is_ok(), "a slow statement failed")?;
        }
        let slow = database.query("SELECT 1 FROM pg_sleep(30) WHERE $1 = $1::text", &[]).await;
        check(slow == Err(DatabaseError::Contended), &format!("{slow:?} instead of a time-out"))?;
        let fine = database.query("SELECT 1 WHERE $1 = $1::text", &[]).await;
        check(fine.is_ok(), "the connection did not survive a time-out")?;

        let refused = open("postgres://postgres@127.0.0.1:1/postgres").await;
        check(refused.is_err(), "a server that is not there was opened")?;
        database.close().await;
        Ok(())
    })
}

/// Restarts and kills the server under load. What was answered as done is there, what was answered
/// as not done is not, and the same [`Database`] goes on.
pub(super) fn restart(runtime: &Runtime, primary: &Cluster<'_>) -> Outcome<()> {
    let database = runtime.block_on(open(&primary.address()))?;
    let tally = Arc::new(Tally::default());
    let writers: Vec<_> =
        (0..WRITERS).map(|_| runtime.spawn(write(database.clone(), Arc::clone(&tally)))).collect();
    for outage in 0..OUTAGES {
        runtime.block_on(tally.wait_for_more(200))?;
        if outage % 2 == 0 {
            primary.kill()?;
        } else {
            primary.stop()?;
        }
        thread::sleep(Duration::from_millis(100));
        primary.start()?;
    }
    runtime.block_on(tally.wait_for_more(200))?;
    tally.stop.store(true, Ordering::SeqCst);
    let (mut done, mut not_done, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
    for writer in writers {
        for (id, answer) in runtime.block_on(writer)? {
            match answer {
                Ok(_) => done.push(id),
                Err(DatabaseError::Unclear) => unclear.push(id),
                Err(_) => not_done.push(id),
            }
        }
    }
    let sql = "SELECT id FROM things WHERE tenant = $1";
    let rows = runtime.block_on(database.query(sql, &[]))?;
    let kept: Vec<i64> = rows.iter().map(|row| row.integer(0)).collect::<Result<_, _>>()?;
    let kept: std::collections::HashSet<i64> = kept.into_iter().collect();
    check(done.iter().all(|id| kept.contains(id)), "something done was lost")?;
    check(!not_done.iter().any(|id| kept.contains(id)), "something was done that was refused")?;
    say(&format!(
        "postgres: {OUTAGES} outages: {} done and kept, {} refused and not there, {} unclear",
        done.len(),
        not_done.len(),
        unclear.len()
    ));
    runtime.block_on(database.close());
    Ok(())
}

#[derive(Default)]
struct Tally {
    next: AtomicI64,
    done: AtomicI64,
    stop: AtomicBool,
}

impl Tally {
    async fn wait_for_more(&self, more: i64) -> Outcome<()> {
        let until = self.done.load(Ordering::SeqCst).saturating_add(more);
        let since = Instant::now();
        while self.done.load(Ordering::SeqCst) < until {
            check(since.elapsed() < Duration::from_mins(1), "it did not recover by itself")?;
            sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

type Answered = Vec<(i64, Result<u64, DatabaseError>)>;

async fn write(database: Database, tally: Arc<Tally>) -> Answered {
    let mut answered = Vec::new();
    while !tally.stop.load(Ordering::SeqCst) {
        let id = tally.next.fetch_add(1, Ordering::SeqCst);
        let work =
            move |transaction: &mut Transaction<'_>| transaction.execute(INSERT, &[id.into()]);
        let answer = database.transact(work).await;
        if answer.is_ok() {
            tally.done.fetch_add(1, Ordering::SeqCst);
        } else {
            sleep(Duration::from_millis(20)).await;
        }
        answered.push((id, answer));
    }
    answered
}
