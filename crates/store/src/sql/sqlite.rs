//! SQLite: one thread writes, a few connections read.

pub(crate) mod session;
mod writer;

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Semaphore;

use crate::Tenant;
use crate::sql::{DatabaseError, OpenError, Row, SqliteSettings, Transaction, Value};
use writer::Writer;

/// How long another process may keep the file from us.
const PATIENCE: Duration = Duration::from_secs(5);
/// The pages a connection keeps, in KiB, which SQLite wants as a negative number.
const CACHE: i64 = -16 * 1024;
/// The statements a connection keeps prepared.
const STATEMENTS: usize = 256;

#[derive(Debug)]
pub(crate) struct Sqlite {
    writer: Writer,
    readers: Mutex<Vec<Connection>>,
    /// One permit to a connection in `readers`.
    free: Semaphore,
}

impl Sqlite {
    pub(crate) fn open(settings: &SqliteSettings) -> Result<Self, OpenError> {
        make_private(settings.file())?;
        let mut writer = connect(settings.file())?;
        write_ahead(&mut writer)?;
        let mut readers = Vec::new();
        for _ in 0..settings.readers() {
            let reader = connect(settings.file())?;
            reader.pragma_update(None, "query_only", true).map_err(session::explain)?;
            readers.push(reader);
        }
        let free = Semaphore::new(readers.len());
        Ok(Self { writer: Writer::start(writer)?, readers: Mutex::new(readers), free })
    }

    pub(crate) async fn query(
        &self,
        tenant: &Tenant,
        sql: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, DatabaseError> {
        let _permit = self.free.acquire().await.map_err(|_| DatabaseError::Closed)?;
        let reader = self.take().ok_or(DatabaseError::Closed)?;
        let rows = session::query(&reader, tenant, sql, values);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        rows
    }

    pub(crate) async fn transact<T, E>(
        &self,
        tenant: Tenant,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.writer.run(tenant, work).await
    }

    pub(crate) async fn close(&self) {
        self.free.close();
        self.writer.stop().await;
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> Option<Connection> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

/// Makes the file for its owner alone, as are the two that SQLite puts beside it.
fn make_private(file: &Path) -> Result<(), OpenError> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop).map_err(|error| OpenError::File(error.kind().to_string()))
}

fn connect(file: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags).map_err(session::explain)?;
    configure(&mut connection).map_err(session::explain)?;
    Ok(connection)
}

fn configure(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_handler(Some(wait_a_little))?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    // What is deleted is overwritten: abandoned secrets should not linger in free pages.
    connection.pragma_update(None, "secure_delete", true)?;
    // What undoes one function of a group goes to memory, not to a file that is made for it.
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", CACHE)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// SQLite's own handler sleeps ever longer, and starves beside a busy process; this one does not.
fn wait_a_little(tries: i32) -> bool {
    /// A millisecond each.
    const TRIES: i32 = 5000;
    thread::sleep(Duration::from_millis(1));
    tries < TRIES
}

fn write_ahead(connection: &mut Connection) -> Result<(), OpenError> {
    let since = Instant::now();
    loop {
        let mode = connection
            .pragma_update_and_check(None, "journal_mode", "wal", |row| row.get::<_, String>(0));
        match mode.map_err(session::explain) {
            Ok(mode) if mode == "wal" => return Ok(()),
            Ok(_) => return Err(OpenError::NoWriteAheadLog),
            // To change the mode SQLite does not wait for another process that does it as well.
            Err(DatabaseError::Contended) if since.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error.into()),
        }
    }
}
