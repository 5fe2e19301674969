//! The one thread that writes, and what it commits together.
//!
//! Whatever waits is taken as a group: one transaction, and a savepoint to each function, so that
//! a failure undoes that function alone. Nobody hears an answer before the group is on the disk.
//! A busy database thereby syncs once for many functions, and an idle one waits for nobody.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::session::explain;
use crate::Tenant;
use crate::sql::transaction::Session;
use crate::sql::{DatabaseError, OpenError, Transaction};

/// How many functions may wait before new ones are turned away.
const QUEUE: usize = 1024;
/// How many functions one transaction takes at most.
const GROUP: usize = 128;
/// How long a transaction waits for functions that are likely to come.
const GATHERING: Duration = Duration::from_micros(300);

/// Sends functions to the thread that writes.
pub(crate) struct Writer {
    queue: SyncSender<Message>,
}

enum Message {
    Run(Box<dyn Job>),
    Stop(oneshot::Sender<()>),
}

trait Job: Send {
    /// Runs the function, which is kept or not, and says how to answer once that is known.
    fn run(self: Box<Self>, connection: &Connection) -> Done;
    fn refuse(self: Box<Self>, error: DatabaseError);
}

struct Done {
    keep: bool,
    answer: Answer,
}

/// Answers a function that was to be kept with the outcome of the commit.
type Answer = Box<dyn FnOnce(Result<(), DatabaseError>)>;

impl fmt::Debug for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Writer")
    }
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> Result<Self, OpenError> {
        let (queue, messages) = sync_channel(QUEUE);
        thread::Builder::new()
            .name("upheld-store".into())
            .spawn(move || work_off(connection, &messages))
            .map_err(|error| OpenError::Thread(error.kind().to_string()))?;
        Ok(Self { queue })
    }

    pub(crate) async fn run<T, E>(
        &self,
        tenant: Tenant,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let message = Message::Run(Box::new(Call { tenant, work, answer }));
        self.queue.try_send(message).map_err(|refused| match refused {
            TrySendError::Full(_) => DatabaseError::Busy,
            TrySendError::Disconnected(_) => DatabaseError::Closed,
        })?;
        answered.await.unwrap_or_else(|_| Err(DatabaseError::Closed.into()))
    }

    /// Finishes what is queued, closes the file and ends the thread.
    pub(crate) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        let mut message = Message::Stop(done);
        // The queue may be full for a moment, but nothing new is coming to matter.
        loop {
            match self.queue.try_send(message) {
                Ok(()) => break,
                Err(TrySendError::Full(refused)) => {
                    message = refused;
                    thread::yield_now();
                }
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
        // An error means that another clone has stopped it already.
        let _: Result<(), _> = stopped.await;
    }
}

struct Call<F, T, E> {
    tenant: Tenant,
    work: F,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Call<F, T, E>
where
    F: FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send,
    T: Send + 'static,
    E: From<DatabaseError> + Send + 'static,
{
    fn run(self: Box<Self>, connection: &Connection) -> Done {
        let Self { tenant, work, answer } = *self;
        let mut transaction = Transaction::new(Session::Sqlite(connection), &tenant);
        match transaction.run(work) {
            Ok(value) => Done {
                keep: true,
                answer: Box::new(move |committed| {
                    // Whoever asked may have gone; what was decided stays decided.
                    drop(answer.send(committed.map(|()| value).map_err(E::from)));
                }),
            },
            Err(error) => {
                Done { keep: false, answer: Box::new(move |_| drop(answer.send(Err(error)))) }
            }
        }
    }

    fn refuse(self: Box<Self>, error: DatabaseError) {
        drop(self.answer.send(Err(error.into())));
    }
}

fn work_off(connection: Connection, messages: &Receiver<Message>) {
    let (mut stopped, mut expected) = (None, 1);
    while stopped.is_none() {
        let Ok(first) = messages.recv() else { break };
        let mut group = VecDeque::new();
        stopped = gather(first, messages, expected, &mut group);
        expected = group.len();
        // More than once only when SQLite gave up a transaction by itself.
        while !group.is_empty() {
            commit(&connection, &mut group);
        }
    }
    drop(connection);
    if let Some(done) = stopped {
        // Nobody waits when the one who stopped it was dropped.
        let _: Result<(), ()> = done.send(());
    }
}

/// Collects what waits, and waits a moment for as much as last time: whoever was answered then may
/// be about to ask again, and syncing once for all is less work than once for each. Somebody who
/// is alone is not made to wait. Returns where to say that the thread has stopped, if it should.
fn gather(
    first: Message,
    messages: &Receiver<Message>,
    expected: usize,
    group: &mut VecDeque<Box<dyn Job>>,
) -> Option<oneshot::Sender<()>> {
    let since = Instant::now();
    let mut message = first;
    loop {
        match message {
            Message::Run(job) => group.push_back(job),
            Message::Stop(done) => return Some(done),
        }
        if group.len() >= GROUP {
            return None;
        }
        message = match messages.try_recv() {
            Ok(next) => next,
            Err(_) if group.len() >= expected => return None,
            Err(_) => {
                let left = GATHERING.saturating_sub(since.elapsed());
                let Ok(next) = messages.recv_timeout(left) else { return None };
                next
            }
        };
    }
}

/// Runs the functions of `group` in one transaction and answers them when it is durable.
fn commit(connection: &Connection, group: &mut VecDeque<Box<dyn Job>>) {
    if let Err(error) = control(connection, "BEGIN IMMEDIATE") {
        for job in group.drain(..) {
            guarded(|| job.refuse(error.clone()));
        }
        return;
    }
    let alone = group.len() == 1;
    let mut answers = Vec::with_capacity(group.len());
    let mut keep = false;
    let mut outcome = Ok(());
    while let Some(job) = group.pop_front() {
        let (done, settled) = run_one(connection, job, alone);
        keep |= done.keep;
        answers.push(done.answer);
        if settled.is_err() {
            outcome = settled;
            break;
        }
    }
    if outcome.is_ok() && keep {
        outcome = control(connection, "COMMIT").map_err(|error| match error {
            // What reached the log may be found there after a crash.
            DatabaseError::Unavailable(_) => DatabaseError::Unclear,
            other => other,
        });
    }
    if !connection.is_autocommit() {
        // Should even this fail, the next BEGIN does, and everybody is told.
        drop(control(connection, "ROLLBACK"));
    }
    for answer in answers {
        guarded(|| answer(outcome.clone()));
    }
}

/// Runs a function so that it alone is undone when it fails. An error means that the whole
/// transaction is lost.
fn run_one(
    connection: &Connection,
    job: Box<dyn Job>,
    alone: bool,
) -> (Done, Result<(), DatabaseError>) {
    let marked = if alone { Ok(()) } else { control(connection, "SAVEPOINT one") };
    let done = job.run(connection);
    let settled = marked.and_then(|()| {
        if connection.is_autocommit() {
            return Err(DatabaseError::Unavailable("the transaction was given up".into()));
        }
        match (alone, done.keep) {
            (true, _) => Ok(()),
            (false, true) => control(connection, "RELEASE one"),
            (false, false) => control(connection, "ROLLBACK TO one")
                .and_then(|()| control(connection, "RELEASE one")),
        }
    });
    (done, settled)
}

fn control(connection: &Connection, sql: &str) -> Result<(), DatabaseError> {
    let mut statement = connection.prepare_cached(sql).map_err(explain)?;
    statement.raw_execute().map(drop).map_err(explain)
}

/// Dropping what nobody waits for runs code of others; the thread must survive it.
fn guarded(answer: impl FnOnce()) {
    drop(catch_unwind(AssertUnwindSafe(answer)));
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use tokio::sync::oneshot;
    use tokio::sync::oneshot::error::TryRecvError;

    use super::{Call, Job, commit};
    use crate::Tenant;
    use crate::sql::{Constraint, DatabaseError};

    type Answered = oneshot::Receiver<Result<(), DatabaseError>>;

    fn insert(sql: &'static str) -> (Box<dyn Job>, Answered) {
        let (answer, answered) = oneshot::channel();
        let work = move |transaction: &mut crate::sql::Transaction<'_>| {
            transaction.execute(sql, &[]).map(drop)
        };
        (Box::new(Call { tenant: Tenant::new("t").unwrap(), work, answer }), answered)
    }

    fn database() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let tables = "PRAGMA foreign_keys = on;
            CREATE TABLE a (tenant TEXT, n INTEGER PRIMARY KEY) STRICT;
            CREATE TABLE b (n INTEGER REFERENCES a (n) DEFERRABLE INITIALLY DEFERRED) STRICT;";
        connection.execute_batch(tables).unwrap();
        connection
    }

    fn count(connection: &Connection) -> i64 {
        connection.query_row("SELECT count(*) FROM a", [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn when_the_commit_fails_everybody_of_the_group_is_told() {
        let connection = database();
        let (one, mut first) = insert("INSERT INTO a VALUES ($1, 1)");
        let (two, mut second) = insert("INSERT INTO b SELECT 99 WHERE $1 = $1");
        let mut group = [one, two].into();
        commit(&connection, &mut group);
        let failed = Err(DatabaseError::Conflict(Constraint::ForeignKey));
        assert_eq!((first.try_recv(), second.try_recv()), (Ok(failed.clone()), Ok(failed)));
        assert_eq!(count(&connection), 0);
        assert!(connection.is_autocommit(), "the next group can begin");
    }

    #[test]
    fn when_sqlite_gives_the_transaction_up_nobody_is_told_that_it_is_done() {
        let connection = database();
        let (one, mut first) = insert("INSERT INTO a VALUES ($1, 1)");
        let (two, mut second) = insert("INSERT OR ROLLBACK INTO a VALUES ($1, 1)");
        let (three, mut third) = insert("INSERT INTO a VALUES ($1, 3)");
        let mut group = [one, two, three].into();
        commit(&connection, &mut group);
        assert!(matches!(first.try_recv(), Ok(Err(DatabaseError::Unavailable(_)))));
        let conflict = DatabaseError::Conflict(Constraint::Unique);
        assert_eq!(second.try_recv(), Ok(Err(conflict)));
        assert_eq!(third.try_recv(), Err(TryRecvError::Empty), "it has not run yet");
        commit(&connection, &mut group);
        assert_eq!(third.try_recv(), Ok(Ok(())));
        assert_eq!(count(&connection), 1);
    }

    #[test]
    fn t60_a_full_disk_refuses_what_does_not_fit() {
        let connection = database();
        let (one, mut first) = insert("INSERT INTO a VALUES ($1, 1)");
        let big = "INSERT INTO a SELECT $1, value FROM (WITH RECURSIVE up (value) AS \
                   (SELECT 10 UNION ALL SELECT value + 1 FROM up LIMIT 10000) SELECT * FROM up)";
        let (two, mut second) = insert(big);
        connection.pragma_update(None, "max_page_count", 5).unwrap();
        let mut group = [one, two].into();
        commit(&connection, &mut group);
        assert!(matches!(second.try_recv(), Ok(Err(DatabaseError::Unavailable(_)))));
        let kept = i64::from(first.try_recv() == Ok(Ok(())));
        assert_eq!(count(&connection), kept, "what was answered is what is there");
        connection.pragma_update(None, "max_page_count", 1000).unwrap();
        let (again, mut answered) = insert("INSERT INTO a VALUES ($1, 2)");
        commit(&connection, &mut [again].into());
        assert_eq!(answered.try_recv(), Ok(Ok(())), "it recovers by itself");
    }
}
