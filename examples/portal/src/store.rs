//! The database: one file, one connection, one thread.
//!
//! Whoever needs the database sends a function to the thread, which runs it in a transaction of
//! its own and commits before anyone hears the answer. So transactions never overlap, and what
//! was answered is on the disk. A function that was sent runs to its end even if nobody waits for
//! it any more: a visitor cannot undo an attempt by hanging up.

use std::fmt;
use std::path::Path;
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

/// How many functions may wait before new ones are turned away.
const QUEUE: usize = 256;
const SCHEMA_VERSION: i64 = 1;

/// Sends functions to the thread that owns the database.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    jobs: mpsc::Sender<Job>,
}

/// The thread that owns the database.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
}

/// Why the database gave no answer. Whoever asked must behave as if the answer were no.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum StoreError {
    #[error("the database has more than {QUEUE} requests waiting; try again")]
    Busy,
    #[error("the database was closed")]
    Closed,
    #[error("the database is of version {found}; this program knows version {SCHEMA_VERSION}")]
    Version { found: i64 },
    #[error("the database could not be opened by a thread of its own")]
    Thread(#[source] std::io::Error),
    #[error("the database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}

enum Job {
    Run(Box<dyn FnOnce(&mut Connection) + Send>),
    Stop,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run(_) => "Run",
            Self::Stop => "Stop",
        })
    }
}

impl Store {
    /// Opens the file, creating it with empty tables if it is not there.
    pub(crate) fn open(file: &Path) -> Result<(Self, Writer), StoreError> {
        let connection = connect(file)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("store".into())
            .spawn(move || work_off(connection, queue))
            .map_err(StoreError::Thread)?;
        Ok((Self { jobs: jobs.clone() }, Writer { jobs, thread }))
    }

    /// Runs `work` in a transaction and commits it, unless `work` fails.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job = Job::Run(Box::new(move |connection| {
            // The one who asked may have gone; what was decided stays decided.
            drop(answer.send(commit(connection, work)));
        }));
        self.jobs.try_send(job).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => StoreError::Closed,
        })?;
        Ok(answered.await.map_err(|_| StoreError::Closed)??)
    }
}

impl Writer {
    /// Finishes what is queued, closes the file and ends the thread. Every [`Store`] is dead then.
    pub(crate) fn stop(self) {
        // An error of either kind means that the thread has ended already.
        drop(self.jobs.blocking_send(Job::Stop));
        drop(self.thread.join());
    }
}

fn work_off(mut connection: Connection, mut queue: mpsc::Receiver<Job>) {
    while let Some(Job::Run(job)) = queue.blocking_recv() {
        job(&mut connection);
    }
    if let Err((_, error)) = connection.close() {
        tracing::error!(%error, "the database did not close");
    }
}

fn commit<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

fn connect(file: &Path) -> Result<Connection, StoreError> {
    let mut connection = Connection::open(file)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What is deleted is overwritten: abandoned secrets should not linger in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    match connection.pragma_query_value(None, "user_version", |row| row.get(0))? {
        0 => commit(&mut connection, |transaction| {
            transaction.execute_batch(include_str!("store/schema.sql"))?;
            transaction.pragma_update(None, "user_version", SCHEMA_VERSION)
        })?,
        SCHEMA_VERSION => {}
        found => return Err(StoreError::Version { found }),
    }
    Ok(connection)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use std::task::{Context, Waker};

    use super::{Store, StoreError};

    #[tokio::test]
    async fn t11_what_was_sent_is_done_though_nobody_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _writer) = Store::open(&folder.path().join("portal.db")).unwrap();
        {
            let mut hung_up = Box::pin(store.run(|transaction| {
                transaction.execute("INSERT INTO attempts VALUES ('them', 1, 0, 0)", [])
            }));
            let _pending = hung_up.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        let count = store.run(|transaction| {
            transaction.query_row("SELECT count(*) FROM attempts", [], |row| row.get::<_, i64>(0))
        });
        assert_eq!(count.await.unwrap(), 1);
    }

    #[tokio::test]
    async fn what_fails_half_way_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let (store, _writer) = Store::open(&folder.path().join("portal.db")).unwrap();
        let failed = store.run(|transaction| {
            transaction.execute("INSERT INTO attempts VALUES ('them', 1, 0, 0)", [])?;
            transaction.execute("INSERT INTO nowhere VALUES (1)", [])
        });
        assert!(matches!(failed.await, Err(StoreError::Sqlite(_))));
        let count = store.run(|transaction| {
            transaction.query_row("SELECT count(*) FROM attempts", [], |row| row.get::<_, i64>(0))
        });
        assert_eq!(count.await.unwrap(), 0);
    }
}
