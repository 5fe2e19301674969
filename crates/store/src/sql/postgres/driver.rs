//! A connection driven from a thread that may block.

use std::cell::RefCell;
use std::fmt;

use deadpool_postgres::Object;
use tokio::runtime::Handle;

use super::{discard, session};
use crate::Tenant;
use crate::sql::{DatabaseError, Durability, Row, Value};

pub(crate) struct Driver {
    connection: Object,
    handle: Handle,
    /// What is sent together with the next statement, or with the commit.
    later: RefCell<Vec<(String, Vec<Value>)>>,
}

impl Driver {
    pub(crate) fn new(connection: Object, handle: Handle) -> Self {
        Self { connection, handle, later: RefCell::default() }
    }

    pub(crate) fn begin(&self, durability: Durability) -> Result<(), DatabaseError> {
        self.control(match durability {
            Durability::Now => session::BEGIN,
            Durability::Soon => session::BEGIN_RELAXED,
        })
    }

    pub(crate) fn execute(
        &self,
        tenant: &Tenant,
        sql: &str,
        values: &[Value],
    ) -> Result<u64, DatabaseError> {
        self.flush(tenant)?;
        self.handle.block_on(session::execute(&self.connection, tenant, sql, values))
    }

    pub(crate) fn execute_later(&self, sql: &str, values: &[Value]) {
        self.later.borrow_mut().push((sql.to_owned(), values.to_vec()));
    }

    pub(crate) fn query(
        &self,
        tenant: &Tenant,
        sql: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, DatabaseError> {
        self.flush(tenant)?;
        self.handle.block_on(session::query(&self.connection, tenant, sql, values))
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<(), DatabaseError> {
        self.handle.block_on(session::batch(&self.connection, sql))
    }

    fn control(&self, sql: &str) -> Result<(), DatabaseError> {
        self.handle.block_on(session::control(&self.connection, sql))
    }

    pub(crate) fn commit(self, tenant: &Tenant) -> Result<(), DatabaseError> {
        let later = self.later.take();
        let done = self.handle.block_on(async {
            session::prepare_all(&self.connection, &later).await?;
            // After a failed statement, COMMIT rolls back.
            let (done, committed) = tokio::join!(
                biased;
                session::execute_all(&self.connection, tenant, &later),
                session::commit(&self.connection),
            );
            match (done, committed) {
                (Err(DatabaseError::Unavailable(_)), Err(unclear)) => Err(unclear),
                (done, committed) => done.and(committed),
            }
        });
        if done.is_err() {
            self.discard();
        }
        done
    }

    /// Sends what was put off, and waits for it.
    fn flush(&self, tenant: &Tenant) -> Result<(), DatabaseError> {
        let later = self.later.take();
        if later.is_empty() {
            return Ok(());
        }
        self.handle.block_on(async {
            session::prepare_all(&self.connection, &later).await?;
            session::execute_all(&self.connection, tenant, &later).await
        })
    }

    pub(crate) fn roll_back(self) {
        if self.control("ROLLBACK").is_err() {
            self.discard();
        }
    }

    pub(crate) fn discard(self) {
        discard(self.connection);
    }
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Driver")
    }
}
