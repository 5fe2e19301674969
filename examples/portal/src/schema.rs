//! Which tables there are, and bringing them up to date.

use upheld_store::ledger::Ledger;
use upheld_store::rotation::{RECORD_TABLES, SECOND_FACTOR_TABLES, SealedTable};
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Applied, Database, DatabaseError, MigrateError, Migration};

use crate::audit;

/// The tables of the portal itself.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/0001_accounts.sql"),
        postgres: include_str!("../migrations/postgres/0001_accounts.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/sqlite/0002_language.sql"),
        postgres: include_str!("../migrations/postgres/0002_language.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../migrations/sqlite/0003_duo.sql"),
        postgres: include_str!("../migrations/postgres/0003_duo.sql"),
    },
    Migration {
        version: 4,
        sqlite: include_str!("../migrations/sqlite/0004_requests.sql"),
        postgres: include_str!("../migrations/postgres/0004_requests.sql"),
    },
    Migration {
        version: 5,
        sqlite: include_str!("../migrations/sqlite/0005_desk.sql"),
        postgres: include_str!("../migrations/postgres/0005_desk.sql"),
    },
    Migration {
        version: 6,
        sqlite: include_str!("../migrations/sqlite/0006_account_data.sql"),
        postgres: include_str!("../migrations/postgres/0006_account_data.sql"),
    },
    Migration {
        version: 7,
        sqlite: include_str!("../migrations/sqlite/0007_intakes.sql"),
        postgres: include_str!("../migrations/postgres/0007_intakes.sql"),
    },
    Migration {
        version: 8,
        sqlite: include_str!("../migrations/sqlite/0008_assignments.sql"),
        postgres: include_str!("../migrations/postgres/0008_assignments.sql"),
    },
    Migration {
        version: 9,
        sqlite: include_str!("../migrations/sqlite/0009_intake_expiry.sql"),
        postgres: include_str!("../migrations/postgres/0009_intake_expiry.sql"),
    },
    Migration {
        version: 10,
        sqlite: include_str!("../migrations/sqlite/0010_declarations.sql"),
        postgres: include_str!("../migrations/postgres/0010_declarations.sql"),
    },
];

/// The portal's own tables with something encrypted in them.
const SEALED_TABLES: [SealedTable; 8] = [
    SealedTable { name: "pending_enrolments", account: "person", row: "id", sealed: "secret" },
    SealedTable { name: "pending_recovery_codes", account: "person", row: "id", sealed: "codes" },
    SealedTable { name: "outbox", account: "person", row: "id", sealed: "body" },
    SealedTable { name: "duo_prompts", account: "person", row: "holder", sealed: "pending" },
    SealedTable { name: "request_words", account: "person", row: "id", sealed: "words" },
    SealedTable { name: "exports", account: "person", row: "id", sealed: "bundle" },
    SealedTable { name: "intakes", account: "person", row: "id", sealed: "contents" },
    SealedTable { name: "intake_letters", account: "intake", row: "id", sealed: "body" },
];

/// Whose tables this program makes itself.
const COMPONENTS: [(&str, &[Migration]); 2] =
    [("portal", MIGRATIONS), (audit::COMPONENT, audit::MIGRATIONS)];

/// What upheld-store calls its own.
const SECOND_FACTOR: &str = "second factor";
const LEDGER: &str = "ledger";

/// What became of one component's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migrated {
    /// Whose tables.
    pub component: &'static str,
    /// The version they had; 0 for none.
    pub from: u32,
    /// The version they have.
    pub to: u32,
}

impl Migrated {
    const fn of(component: &'static str, applied: Applied) -> Self {
        Self { component, from: applied.from, to: applied.to }
    }
}

/// Brings all tables of a portal up to date.
///
/// # Errors
///
/// [`MigrateError`] when the database is newer than the program, or was altered.
pub async fn migrate(database: &Database) -> Result<Vec<Migrated>, MigrateError> {
    let mut migrated = Vec::new();
    for (component, migrations) in COMPONENTS {
        let applied = database.migrate(component, migrations).await?;
        migrated.push(Migrated::of(component, applied));
    }
    migrated.push(Migrated::of(SECOND_FACTOR, SecondFactors::migrate(database).await?));
    migrated.push(Migrated::of(LEDGER, Ledger::migrate(database).await?));
    Ok(migrated)
}

/// Names the components whose tables are not those that this program was made for.
///
/// # Errors
///
/// [`DatabaseError`] when the database gives no answer.
pub async fn behind(database: &Database) -> Result<Vec<&'static str>, DatabaseError> {
    let mut behind = Vec::new();
    let known = COMPONENTS.map(|(component, migrations)| {
        (component, migrations.last().map(|last| i64::from(last.version)))
    });
    // Of the tables of upheld-store it is known whether they are there.
    for (component, known) in known.into_iter().chain([(SECOND_FACTOR, None), (LEDGER, None)]) {
        let sql = "SELECT version FROM schema_migrations
                   WHERE component = $2 AND CAST($1 AS text) IS NOT NULL
                   ORDER BY version DESC LIMIT 1";
        let rows = database.query(sql, &[component.into()]).await?;
        let found = rows.first().map(|row| row.integer(0)).transpose()?;
        if found.is_none() || known.is_some_and(|known| found != Some(known)) {
            behind.push(component);
        }
    }
    Ok(behind)
}

/// Lists the tables with something encrypted in them, for changing its key.
#[must_use]
pub fn sealed_tables() -> Vec<SealedTable> {
    [&SEALED_TABLES[..], &SECOND_FACTOR_TABLES, &RECORD_TABLES].concat()
}
