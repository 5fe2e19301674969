//! Bringing tables up to date: numbered steps, upward only.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::sql::transaction::Dialect;
use crate::sql::{DatabaseError, Transaction};

/// A step from one version of a component's tables to the next, in the words of each database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written as constants by whoever has tables")]
pub struct Migration {
    /// 1 for the first, one more for each that follows.
    pub version: u32,
    /// Statements for SQLite. Tables should be `STRICT`.
    pub sqlite: &'static str,
    /// Statements for PostgreSQL.
    pub postgres: &'static str,
}

/// What a migration did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Applied {
    /// The version found; 0 for none.
    pub from: u32,
    /// The version that the tables have now.
    pub to: u32,
}

/// Why the tables were left as they were.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The program is older than the database.
    #[error("{component} has version {found}; this program knows up to {known}: use a newer one")]
    Newer {
        /// Whose tables.
        component: &'static str,
        /// The version in the database.
        found: i64,
        /// The newest this program knows.
        known: u32,
    },
    /// A migration was changed after it had run.
    #[error("version {version} of {component} is not what was applied; restore its text")]
    Altered {
        /// Whose tables.
        component: &'static str,
        /// Which migration.
        version: u32,
    },
    /// The versions are not 1, 2, 3 and so on.
    #[error("the migration at place {place} has version {version}; they count from 1 without gaps")]
    Numbering {
        /// Where it stands, from 1.
        place: u32,
        /// The version it has.
        version: u32,
    },
    /// A statement of a migration failed.
    #[error("version {version} of {component} failed: {source}")]
    Failed {
        /// Whose tables.
        component: &'static str,
        /// Which migration.
        version: u32,
        /// Why.
        source: DatabaseError,
    },
    /// The database did not answer.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

pub(crate) fn check(migrations: &[Migration]) -> Result<(), MigrateError> {
    for (place, migration) in (1..).zip(migrations) {
        if migration.version != place {
            return Err(MigrateError::Numbering { place, version: migration.version });
        }
    }
    Ok(())
}

pub(crate) fn apply(
    transaction: &mut Transaction<'_>,
    component: &'static str,
    migrations: &[Migration],
) -> Result<Applied, MigrateError> {
    prepare(transaction)?;
    let applied = applied(transaction, component)?;
    let known = migrations.last().map_or(0, |last| last.version);
    if let Some(found) = applied.iter().map(|(version, _)| *version).max()
        && found > known.into()
    {
        return Err(MigrateError::Newer { component, found, known });
    }
    let mut result = Applied { from: 0, to: 0 };
    for migration in migrations {
        let version = migration.version;
        let sql = match transaction.dialect() {
            Dialect::Sqlite => migration.sqlite,
            Dialect::Postgres => migration.postgres,
        };
        let checksum = HEXLOWER.encode(&Sha256::digest(sql));
        match applied.iter().find(|(number, _)| *number == i64::from(version)) {
            Some((_, known)) if *known == checksum => result.from = version,
            Some(_) => return Err(MigrateError::Altered { component, version }),
            None => {
                let failed = |source| MigrateError::Failed { component, version, source };
                transaction.batch(sql).map_err(failed)?;
                record(transaction, component, version, checksum)?;
            }
        }
        result.to = version;
    }
    Ok(result)
}

/// Keeps others from migrating until the transaction ends, and makes the table of what has run.
fn prepare(transaction: &mut Transaction<'_>) -> Result<(), DatabaseError> {
    match transaction.dialect() {
        // Its transaction is the only one that writes.
        Dialect::Sqlite => transaction.batch(
            "CREATE TABLE IF NOT EXISTS schema_migrations (
                 component  TEXT NOT NULL,
                 version    INTEGER NOT NULL,
                 checksum   TEXT NOT NULL,     -- SHA-256 of the statements
                 applied_at INTEGER NOT NULL,  -- seconds since the Unix epoch
                 PRIMARY KEY (component, version)
             ) STRICT, WITHOUT ROWID;",
        ),
        // The lock is this program's own, and ends with the transaction. A migration may take
        // longer than any other statement.
        Dialect::Postgres => transaction.batch(
            "SET LOCAL statement_timeout = 0;
             SELECT pg_advisory_xact_lock(8461283120465215264);
             CREATE TABLE IF NOT EXISTS schema_migrations (
                 component  text NOT NULL,
                 version    bigint NOT NULL,
                 checksum   text NOT NULL,     -- SHA-256 of the statements
                 applied_at bigint NOT NULL,   -- seconds since the Unix epoch
                 PRIMARY KEY (component, version)
             );",
        ),
    }
}

// The schema is everybody's; these statements name the tenant because every statement does.

fn applied(
    transaction: &mut Transaction<'_>,
    component: &str,
) -> Result<Vec<(i64, String)>, DatabaseError> {
    let sql = "SELECT version, checksum FROM schema_migrations \
               WHERE component = $2 AND CAST($1 AS text) = $1 ORDER BY version";
    let rows = transaction.query(sql, &[component.into()])?;
    rows.iter().map(|row| Ok((row.integer(0)?, row.text(1)?.to_owned()))).collect()
}

fn record(
    transaction: &mut Transaction<'_>,
    component: &str,
    version: u32,
    checksum: String,
) -> Result<(), DatabaseError> {
    let now = match transaction.dialect() {
        Dialect::Sqlite => "unixepoch()",
        Dialect::Postgres => "CAST(extract(epoch FROM now()) AS bigint)",
    };
    let sql = format!(
        "INSERT INTO schema_migrations (component, version, checksum, applied_at) \
         SELECT $2, CAST($3 AS bigint), $4, {now} WHERE CAST($1 AS text) = $1"
    );
    transaction.execute(&sql, &[component.into(), version.into(), checksum.into()])?;
    Ok(())
}
