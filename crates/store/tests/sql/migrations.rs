//! What holds of migrations on every database. Each law gets an empty one.

use upheld_store::sql::{Applied, Database, DatabaseError, MigrateError, Migration};

use super::laws::Law;

const FIRST: Migration = Migration {
    version: 1,
    sqlite: "CREATE TABLE a (tenant TEXT NOT NULL PRIMARY KEY, n INTEGER NOT NULL) STRICT;",
    postgres: "CREATE TABLE a (tenant text NOT NULL PRIMARY KEY, n bigint NOT NULL);",
};
const SECOND: Migration = Migration {
    version: 2,
    sqlite: "ALTER TABLE a ADD COLUMN m INTEGER NOT NULL DEFAULT 5; CREATE INDEX a_m ON a (m);",
    postgres: "ALTER TABLE a ADD COLUMN m bigint NOT NULL DEFAULT 5; CREATE INDEX a_m ON a (m);",
};
const ALTERED: Migration = Migration {
    version: 1,
    sqlite: "CREATE TABLE a (tenant TEXT NOT NULL PRIMARY KEY) STRICT;",
    postgres: "CREATE TABLE a (tenant text NOT NULL PRIMARY KEY);",
};
const BROKEN: Migration =
    Migration { version: 2, sqlite: "CREATE TABLE b (n INTEGER); OOPS;", postgres: "OOPS;" };

/// Every law of migrations; the database is empty before.
pub(crate) async fn all(database: &Database) -> Law {
    let applied = |from, to, done: Applied| assert_eq!((done.from, done.to), (from, to));
    applied(0, 0, database.migrate("a", &[]).await?);
    let numbering = database.migrate("a", &[SECOND]).await;
    assert_eq!(numbering, Err(MigrateError::Numbering { place: 1, version: 2 }));

    let broken = database.migrate("a", &[FIRST, BROKEN]).await;
    let is_second = matches!(
        broken,
        Err(MigrateError::Failed { version: 2, source: DatabaseError::Refused { .. }, .. })
    );
    assert!(is_second, "{broken:?}");
    let nothing = database.query("SELECT n FROM a WHERE tenant = $1", &[]).await;
    assert!(matches!(nothing, Err(DatabaseError::Refused { .. })), "{nothing:?}");

    // Several at once, as when several nodes start.
    let (one, two) = (database.clone(), database.clone());
    let one = tokio::spawn(async move { one.migrate("a", &[FIRST]).await });
    let two = tokio::spawn(async move { two.migrate("a", &[FIRST]).await });
    let mut from = [one.await??.from, two.await??.from];
    from.sort_unstable();
    assert_eq!(from, [0, 1]);

    let insert = "INSERT INTO a (tenant, n) VALUES ($1, $2)";
    database.transact(move |transaction| transaction.execute(insert, &[1.into()])).await?;
    applied(1, 2, database.migrate("a", &[FIRST, SECOND]).await?);
    applied(2, 2, database.migrate("a", &[FIRST, SECOND]).await?);
    let rows = database.query("SELECT n, m FROM a WHERE tenant = $1", &[]).await?;
    let row = rows.first().ok_or("the row is gone")?;
    assert_eq!((row.integer(0)?, row.integer(1)?), (1, 5));

    let newer = database.migrate("a", &[FIRST]).await;
    assert_eq!(newer, Err(MigrateError::Newer { component: "a", found: 2, known: 1 }));
    let altered = database.migrate("a", &[ALTERED, SECOND]).await;
    assert_eq!(altered, Err(MigrateError::Altered { component: "a", version: 1 }));
    applied(0, 0, database.migrate("another", &[]).await?);
    Ok(())
}
