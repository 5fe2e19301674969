//! One SQL text for SQLite and PostgreSQL, in transactions that are durable when they answer.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("clinic.db");
//! use upheld_store::Tenant;
//! use upheld_store::sql::{Database, DatabaseError, Migration, Settings};
//!
//! const NOTES: &[Migration] = &[Migration {
//!     version: 1,
//!     sqlite: "CREATE TABLE notes (tenant TEXT NOT NULL, id INTEGER NOT NULL, text TEXT NOT NULL,
//!              PRIMARY KEY (tenant, id)) STRICT, WITHOUT ROWID;",
//!     postgres: "CREATE TABLE notes (tenant text NOT NULL, id bigint NOT NULL, text text NOT NULL,
//!                PRIMARY KEY (tenant, id));",
//! }];
//!
//! let database = Database::open(&Settings::sqlite(file), Tenant::new("northside")?).await?;
//! database.migrate("notes", NOTES).await?;
//! database
//!     .transact(|transaction| -> Result<(), DatabaseError> {
//!         let sql = "INSERT INTO notes (tenant, id, text) VALUES ($1, $2, $3)";
//!         transaction.execute(sql, &[1.into(), "Call back".into()])?;
//!         Ok(())
//!     })
//!     .await?;
//! let rows = database.query("SELECT text FROM notes WHERE tenant = $1", &[]).await?;
//! assert_eq!(rows.first().ok_or("no row")?.text(0)?, "Call back");
//! database.close().await;
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! # What a statement may say
//!
//! - `$1` is the tenant and is bound by the layer; a statement that does not name it is refused.
//!   The values given are `$2`, `$3` and so on, each at least once.
//! - Types are `bigint` (`INTEGER` in SQLite), `text` and bytes (`blob`, `bytea`). Where nothing
//!   else says of what type an expression is, write `CAST($2 AS bigint)`.
//! - `SELECT … FOR UPDATE` locks the rows in PostgreSQL. In SQLite, transactions that write follow
//!   one another and the words are dropped.
//! - After a statement has failed the transaction is lost, on both. Where a conflict is expected,
//!   say `ON CONFLICT DO NOTHING` and look at the number of rows.
//! - Constraints are checked at once; deferred ones are not supported.
//!
//! # Isolation
//!
//! SQLite runs transactions one after the other. PostgreSQL runs them side by side, each statement
//! seeing what was committed before it (`READ COMMITTED`): whoever reads a row in order to decide
//! what to write must lock it, or write with a condition and look at the number of rows.

mod error;
mod migration;
pub(crate) mod postgres;
mod settings;
mod sqlite;
mod statement;
mod transaction;
mod value;

use std::sync::Arc;

pub use error::{Constraint, DatabaseError, OpenError};
pub use migration::{Applied, MigrateError, Migration};
pub use settings::{PostgresSettings, Settings, SqliteSettings};
pub use transaction::Transaction;
pub use value::{Row, Value};

use crate::Tenant;
use postgres::Postgres;
use sqlite::Sqlite;

/// A database, and the tenant whose rows are meant. Clones share it.
#[derive(Clone, Debug)]
pub struct Database {
    backend: Backend,
    tenant: Tenant,
}

#[derive(Clone, Debug)]
enum Backend {
    Sqlite(Arc<Sqlite>),
    Postgres(Postgres),
}

impl Database {
    /// Opens a database. Its tables are [`Database::migrate`]'s.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the file or the server cannot be used.
    pub async fn open(settings: &Settings, tenant: Tenant) -> Result<Self, OpenError> {
        let backend = match settings {
            Settings::Sqlite(settings) => Backend::Sqlite(Arc::new(Sqlite::open(settings)?)),
            Settings::Postgres(settings) => Backend::Postgres(Postgres::open(settings).await?),
        };
        Ok(Self { backend, tenant })
    }

    /// The tenant whose rows are meant.
    #[must_use]
    pub fn tenant(&self) -> &Tenant {
        &self.tenant
    }

    /// The same database for another tenant, sharing its connections.
    #[must_use]
    pub fn of_tenant(&self, tenant: Tenant) -> Self {
        Self { backend: self.backend.clone(), tenant }
    }

    /// Reads rows with one statement, which sees everything that was committed.
    ///
    /// SQLite answers on the thread that asks; PostgreSQL in one round trip.
    ///
    /// # Errors
    ///
    /// [`DatabaseError`]
    pub async fn query(&self, sql: &str, values: &[Value]) -> Result<Vec<Row>, DatabaseError> {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.query(&self.tenant, sql, values).await,
            Backend::Postgres(postgres) => postgres.query(&self.tenant, sql, values).await,
        }
    }

    /// Runs `work` in a transaction and commits it, unless `work` fails or panics.
    ///
    /// What was sent runs to its end, even if nobody waits for the answer any more. When this
    /// answers `Ok`, what `work` did is durable. `work` runs on a thread that may block; on SQLite
    /// there is one for all, so it should not take long.
    ///
    /// # Errors
    ///
    /// What `work` says, or [`DatabaseError`] as an `E`.
    pub async fn transact<T, E>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.run(work, Durability::Now).await
    }

    /// Runs `work` as [`Database::transact`] does, but durable only soon after.
    ///
    /// For what fails closed when the machine loses its last moments: a session, never an attempt
    /// or an accepted code. SQLite makes no difference.
    ///
    /// # Errors
    ///
    /// What `work` says, or [`DatabaseError`] as an `E`.
    pub async fn transact_relaxed<T, E>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        self.run(work, Durability::Soon).await
    }

    /// Brings the tables of `component` up to date and says what was done.
    ///
    /// Each migration runs once, in the order of its version; all that are missing run in one
    /// transaction. Of several processes that migrate at once, one does it and the others wait.
    ///
    /// # Errors
    ///
    /// [`MigrateError`] when the database is newer than this program, when a migration was altered
    /// after it had run, or when one fails; nothing is changed then.
    pub async fn migrate(
        &self,
        component: &'static str,
        migrations: &'static [Migration],
    ) -> Result<Applied, MigrateError> {
        migration::check(migrations)?;
        self.transact(move |transaction| migration::apply(transaction, component, migrations)).await
    }

    /// Finishes what was sent and closes the database, also for every clone.
    pub async fn close(self) {
        match self.backend {
            Backend::Sqlite(sqlite) => sqlite.close().await,
            Backend::Postgres(postgres) => postgres.close(),
        }
    }

    /// The server's side, for statements that are sent without waiting in between.
    pub(crate) fn postgres(&self) -> Option<&Postgres> {
        match &self.backend {
            Backend::Sqlite(_) => None,
            Backend::Postgres(postgres) => Some(postgres),
        }
    }

    async fn run<T, E>(
        &self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, E> + Send + 'static,
        durability: Durability,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DatabaseError> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(sqlite) => sqlite.transact(self.tenant.clone(), work).await,
            Backend::Postgres(postgres) => {
                postgres.transact(self.tenant.clone(), work, durability).await
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    Now,
    Soon,
}
