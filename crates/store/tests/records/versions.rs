//! The tables of the log, brought up to date from every version there was.

use upheld_store::ledger::Ledger;
use upheld_store::sql::{Database, Migration};

use super::laws::{self, Law};

/// What there was to each version; `cargo xtask tidy` holds each text to what was published.
pub(crate) const VERSIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../../migrations/sqlite/ledger/0001_records.sql"),
        postgres: include_str!("../../migrations/postgres/ledger/0001_records.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../../migrations/sqlite/ledger/0002_notices.sql"),
        postgres: include_str!("../../migrations/postgres/ledger/0002_notices.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../../migrations/sqlite/ledger/0003_erasure.sql"),
        postgres: include_str!("../../migrations/postgres/ledger/0003_erasure.sql"),
    },
    Migration {
        version: 4,
        sqlite: include_str!("../../migrations/sqlite/ledger/0004_open_requests.sql"),
        postgres: include_str!("../../migrations/postgres/ledger/0004_open_requests.sql"),
    },
];

/// Makes the tables as a program of the time of `version` did, fills them, brings them up to date,
/// and goes on with what was there.
pub(crate) async fn upgrades_from(database: &Database, version: usize) -> Law {
    let earlier = VERSIONS.get(..version).ok_or("no such version")?;
    let applied = database.migrate("ledger", earlier).await?;
    assert_eq!(usize::try_from(applied.to)?, version);
    let keys = laws::keys()?;
    if version > 0 {
        laws::begin(database, &keys).await?;
    }
    let applied = Ledger::migrate(database).await?;
    assert_eq!(usize::try_from(applied.from)?, version);
    assert_eq!(usize::try_from(applied.to)?, VERSIONS.len());
    if version == 0 {
        laws::begin(database, &keys).await?;
    }
    laws::go_on(database, &keys).await
}
