//! A connection driven from a thread that may block.

use std::fmt;

use deadpool_postgres::Object;
use tokio::runtime::Handle;

use super::{discard, session};
use crate::Tenant;
use crate::sql::{DatabaseError, Durability, Row, Value};

pub(crate) struct Driver {
    connection: Object,
    handle: Handle,
}

impl Driver {
    pub(crate) fn new(connection: Object, handle: Handle) -> Self {
        Self { connection, handle }
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
        self.handle.block_on(session::execute(&self.connection, tenant, sql, values))
    }

    pub(crate) fn query(
        &self,
        tenant: &Tenant,
        sql: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, DatabaseError> {
        self.handle.block_on(session::query(&self.connection, tenant, sql, values))
    }

    pub(crate) fn batch(&self, sql: &str) -> Result<(), DatabaseError> {
        self.handle.block_on(session::batch(&self.connection, sql))
    }

    fn control(&self, sql: &str) -> Result<(), DatabaseError> {
        self.handle.block_on(session::control(&self.connection, sql))
    }

    pub(crate) fn commit(self) -> Result<(), DatabaseError> {
        let done = self.handle.block_on(session::commit(&self.connection));
        if done.is_err() {
            self.discard();
        }
        done
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
