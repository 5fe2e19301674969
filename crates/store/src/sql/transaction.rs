//! What a function may do in its transaction.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::Connection;

use crate::Tenant;
use crate::sql::postgres::driver::Driver;
use crate::sql::sqlite::session;
use crate::sql::{DatabaseError, Row, Value};

/// A transaction, given to the function that [`Database::transact`](crate::sql::Database::transact)
/// runs. It is committed when the function returns `Ok`.
#[derive(Debug)]
pub struct Transaction<'a> {
    connection: Session<'a>,
    tenant: &'a Tenant,
    /// The first statement that failed: nothing may be committed after it.
    failed: Option<DatabaseError>,
}

#[derive(Debug)]
pub(crate) enum Session<'a> {
    Sqlite(&'a Connection),
    Postgres(&'a Driver),
}

const OTHER_TENANT: DatabaseError =
    DatabaseError::Statement("would write what was sealed for another tenant");

/// Which of a migration's texts is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Sqlite,
    Postgres,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(connection: Session<'a>, tenant: &'a Tenant) -> Self {
        Self { connection, tenant, failed: None }
    }

    /// The tenant whose rows are meant.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        self.tenant
    }

    /// Refuses to write what was sealed for another tenant, where nobody could open it.
    pub(crate) fn check_tenant(&self, sealed_for: &Tenant) -> Result<(), DatabaseError> {
        if self.tenant == sealed_for { Ok(()) } else { Err(OTHER_TENANT) }
    }

    /// Runs a statement and says how many rows it wrote.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]; the transaction cannot be committed then.
    pub fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, DatabaseError> {
        self.check()?;
        let done = match self.connection {
            Session::Sqlite(connection) => session::execute(connection, self.tenant, sql, values),
            Session::Postgres(driver) => driver.execute(self.tenant, sql, values),
        };
        self.note(done)
    }

    /// Runs a statement of which nobody asks how many rows it wrote.
    ///
    /// On PostgreSQL it may be sent together with what follows, up to the commit, so that the
    /// network is waited for once. Should it fail, so does what follows.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]; the transaction cannot be committed then.
    pub fn execute_later(&mut self, sql: &str, values: &[Value]) -> Result<(), DatabaseError> {
        if let Session::Postgres(driver) = self.connection {
            self.check()?;
            driver.execute_later(sql, values);
            return Ok(());
        }
        self.execute(sql, values).map(drop)
    }

    /// Runs a statement and returns its rows.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]; the transaction cannot be committed then.
    pub fn query(&mut self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        self.check()?;
        let done = match self.connection {
            Session::Sqlite(connection) => session::query(connection, self.tenant, sql, values),
            Session::Postgres(driver) => driver.query(self.tenant, sql, values),
        };
        self.note(done)
    }

    /// Runs statements that have no placeholders.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<(), DatabaseError> {
        self.check()?;
        let done = match self.connection {
            Session::Sqlite(connection) => session::batch(connection, sql),
            Session::Postgres(driver) => driver.batch(sql),
        };
        self.note(done)
    }

    pub(crate) fn dialect(&self) -> Dialect {
        match self.connection {
            Session::Sqlite(_) => Dialect::Sqlite,
            Session::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs `work`; whatever it says, it has failed if it panicked or a statement of it failed.
    pub(crate) fn run<T, E: From<DatabaseError>>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(Ok(value)) => self.check().map(|()| value).map_err(E::from),
            Ok(Err(error)) => Err(error),
            Err(_panic) => Err(DatabaseError::Panicked.into()),
        }
    }

    fn check(&self) -> Result<(), DatabaseError> {
        self.failed.clone().map_or(Ok(()), Err)
    }

    fn note<T>(&mut self, done: Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        if let Err(error) = &done {
            self.failed = Some(error.clone());
        }
        done
    }
}
