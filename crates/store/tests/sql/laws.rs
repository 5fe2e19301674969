//! What holds of the SQL layer on every database. Each law gets a database with [`TABLES`].

use std::collections::BTreeSet;
use std::error::Error;
use std::task::{Context, Waker};

use upheld_store::Tenant;
use upheld_store::sql::{Constraint, Database, DatabaseError, Migration, Value};

pub(crate) type Law = Result<(), Box<dyn Error>>;

pub(crate) const TABLES: &[Migration] = &[Migration {
    version: 1,
    sqlite: "CREATE TABLE things (
                 tenant TEXT NOT NULL,
                 id     INTEGER NOT NULL,
                 number INTEGER CHECK (number <> 13),
                 word   TEXT,
                 bytes  BLOB,
                 parent INTEGER,
                 PRIMARY KEY (tenant, id),
                 FOREIGN KEY (tenant, parent) REFERENCES things (tenant, id)
             ) STRICT, WITHOUT ROWID;",
    postgres: "CREATE TABLE things (
                   tenant text NOT NULL,
                   id     bigint NOT NULL,
                   number bigint CHECK (number <> 13),
                   word   text,
                   bytes  bytea,
                   parent bigint,
                   PRIMARY KEY (tenant, id),
                   FOREIGN KEY (tenant, parent) REFERENCES things (tenant, id)
               );",
}];

const INSERT: &str = "INSERT INTO things (tenant, id, number) VALUES ($1, $2, $3)";

/// Every law, one after the other, each for a tenant of its own.
pub(crate) async fn all(database: &Database) -> Result<usize, Box<dyn Error>> {
    let of = |name: &str| Ok::<_, Box<dyn Error>>(database.of_tenant(Tenant::new(name)?));
    values_come_back(&of("values")?).await?;
    placeholders_have_any_order(&of("placeholders")?).await?;
    the_tenant_is_named_and_bound(&of("tenant")?, &of("other-tenant")?).await?;
    statements_that_do_not_fit_are_refused(&of("statements")?).await?;
    a_failure_undoes_itself_alone(&of("failures")?).await?;
    a_panic_undoes_itself_alone(&of("panics")?).await?;
    nothing_is_kept_after_a_failed_statement(&of("failed")?).await?;
    conflicts_are_told_apart(&of("conflicts")?).await?;
    t11_what_was_sent_is_done_though_nobody_waits_for_it(&of("hung-up")?).await?;
    a_locked_row_is_counted_up_exactly(&of("locked")?).await?;
    t02_one_of_many_conditional_writes_wins(&of("conditional")?).await?;
    relaxed_is_done_as_well(&of("relaxed")?).await?;
    what_is_put_off_is_done_in_its_order_or_undoes_all(&of("put-off")?).await?;
    Ok(13)
}

async fn put(database: &Database, id: i64, number: i64) -> Result<(), DatabaseError> {
    let work = move |transaction: &mut upheld_store::sql::Transaction<'_>| {
        transaction.execute(INSERT, &[id.into(), number.into()]).map(drop)
    };
    database.transact(work).await
}

async fn ids(database: &Database) -> Result<Vec<i64>, DatabaseError> {
    let sql = "SELECT id FROM things WHERE tenant = $1 ORDER BY id";
    database.query(sql, &[]).await?.iter().map(|row| row.integer(0)).collect()
}

async fn values_come_back(database: &Database) -> Law {
    let rows: [[Value; 3]; 4] = [
        [i64::MIN.into(), "".into(), Vec::new().into()],
        [i64::MAX.into(), "Zoë \u{1F511} '; DROP TABLE things; --".into(), [0, 255, 0].into()],
        [Value::Null, Value::Null, Value::Null],
        [true.into(), "x".repeat(100_000).into(), vec![7; 100_000].into()],
    ];
    for (id, [number, word, bytes]) in (0_i64..).zip(rows.clone()) {
        let sql =
            "INSERT INTO things (tenant, id, number, word, bytes) VALUES ($1, $2, $3, $4, $5)";
        let values = [id.into(), number, word, bytes];
        let written = database.transact(move |transaction| transaction.execute(sql, &values)).await;
        assert_eq!(written, Ok(1));
    }
    let sql = "SELECT number, word, bytes, id = 1 FROM things WHERE tenant = $1 ORDER BY id";
    let found = database.query(sql, &[]).await?;
    assert_eq!(found.len(), rows.len());
    for (id, (row, [number, word, bytes])) in (0_i64..).zip(found.iter().zip(rows)) {
        assert_eq!(Value::from(row.optional_integer(0)?), number);
        assert_eq!(Value::from(row.optional_text(1)?), word);
        assert_eq!(Value::from(row.optional_blob(2)?), bytes);
        assert_eq!(row.integer(3)?, i64::from(id == 1));
        assert!(row.integer(4).is_err(), "there is no such column");
        assert!(row.text(3).is_err(), "it holds no text");
    }
    Ok(())
}

async fn placeholders_have_any_order(database: &Database) -> Law {
    let sql = "INSERT INTO things (number, word, id, tenant) \
               SELECT CAST($4 AS bigint), $3, CAST($2 AS bigint), $1 WHERE CAST($2 AS bigint) = 2";
    let values: [Value; 3] = [2.into(), "three".into(), 4.into()];
    let written = database.transact(move |transaction| transaction.execute(sql, &values)).await;
    assert_eq!(written, Ok(1));
    let sql = "SELECT number, word, id FROM things WHERE number = $3 AND id = $2 AND tenant = $1";
    let rows = database.query(sql, &[2.into(), 4.into()]).await?;
    let [row] = &*rows else { return Err("one row was expected".into()) };
    assert_eq!((row.integer(0)?, row.text(1)?, row.integer(2)?), (4, "three", 2));
    Ok(())
}

async fn the_tenant_is_named_and_bound(one: &Database, other: &Database) -> Law {
    put(one, 1, 1).await?;
    put(other, 1, 2).await?;
    assert_eq!((ids(one).await?, ids(other).await?), (vec![1], vec![1]));
    let sql = "DELETE FROM things WHERE tenant = $1";
    assert_eq!(one.transact(move |transaction| transaction.execute(sql, &[])).await, Ok(1));
    assert_eq!((ids(one).await?, ids(other).await?), (vec![], vec![1]));

    for sql in ["SELECT id FROM things", "SELECT id FROM things WHERE id = $2"] {
        let values: &[Value] = if sql.contains("$2") { &[1.into()] } else { &[] };
        let refused = one.query(sql, values).await;
        assert!(matches!(refused, Err(DatabaseError::Statement(_))), "{sql}: {refused:?}");
    }
    Ok(())
}

async fn statements_that_do_not_fit_are_refused(database: &Database) -> Law {
    let sql = "SELECT id FROM things WHERE tenant = $1 AND id = $2";
    for values in [&[][..], &[1.into(), 2.into()]] {
        let refused = database.query(sql, values).await;
        assert!(matches!(refused, Err(DatabaseError::Statement(_))), "{refused:?}");
    }
    let many: Vec<Value> = (0..40).map(Value::from).collect();
    assert!(database.query(sql, &many).await.is_err());
    let read = database.transact(move |transaction| transaction.execute(sql, &[1.into()])).await;
    assert!(matches!(read, Err(DatabaseError::Statement(_))), "{read:?}");
    for sql in ["SELECT $1, nothing FROM things", "SELEC $1", "SELECT id FROM nowhere WHERE t = $1"]
    {
        let refused = database.query(sql, &[]).await;
        assert!(matches!(refused, Err(DatabaseError::Refused { .. })), "{sql}: {refused:?}");
    }
    Ok(())
}

async fn a_failure_undoes_itself_alone(database: &Database) -> Law {
    let mut tasks = Vec::new();
    for id in 0..200 {
        let database = database.clone();
        tasks.push(tokio::spawn(async move {
            let work = move |transaction: &mut upheld_store::sql::Transaction<'_>| {
                transaction.execute(INSERT, &[id.into(), Value::Null])?;
                if id % 3 == 0 { Err(DatabaseError::Closed) } else { Ok(id) }
            };
            database.transact(work).await
        }));
    }
    let mut answered = BTreeSet::new();
    for (id, task) in (0_i64..).zip(tasks) {
        match task.await? {
            Ok(done) if done == id && id % 3 != 0 => assert!(answered.insert(id)),
            Err(DatabaseError::Closed) if id % 3 == 0 => {}
            other => return Err(format!("{id}: {other:?}").into()),
        }
    }
    assert_eq!(ids(database).await?, answered.into_iter().collect::<Vec<_>>());
    Ok(())
}

async fn a_panic_undoes_itself_alone(database: &Database) -> Law {
    let mut tasks = Vec::new();
    for id in 0..20 {
        let database = database.clone();
        tasks.push(tokio::spawn(async move {
            let work = move |transaction: &mut upheld_store::sql::Transaction<'_>| {
                transaction.execute(INSERT, &[id.into(), Value::Null])?;
                // Not with `panic_any`: the hook would print what the test provokes.
                if id == 7 {
                    std::panic::resume_unwind(Box::new("provoked"));
                }
                Ok::<_, DatabaseError>(())
            };
            database.transact(work).await
        }));
    }
    for (id, task) in (0..).zip(tasks) {
        let expected = if id == 7 { Err(DatabaseError::Panicked) } else { Ok(()) };
        assert_eq!(task.await?, expected, "{id}");
    }
    let expected: Vec<i64> = (0..20).filter(|id| *id != 7).collect();
    assert_eq!(ids(database).await?, expected);
    Ok(())
}

async fn nothing_is_kept_after_a_failed_statement(database: &Database) -> Law {
    let careless = database.transact(|transaction| {
        transaction.execute(INSERT, &[1.into(), 1.into()])?;
        let first = transaction.execute(INSERT, &[1.into(), 1.into()]);
        assert_eq!(first, Err(DatabaseError::Conflict(Constraint::Unique)));
        assert_eq!(transaction.execute(INSERT, &[2.into(), 2.into()]), first, "it is lost");
        Ok::<_, DatabaseError>(())
    });
    assert_eq!(careless.await, Err(DatabaseError::Conflict(Constraint::Unique)));
    assert_eq!(ids(database).await?, [0_i64; 0]);
    Ok(())
}

async fn conflicts_are_told_apart(database: &Database) -> Law {
    put(database, 1, 1).await?;
    let conflict = |kind| Err(DatabaseError::Conflict(kind));
    assert_eq!(put(database, 1, 2).await, conflict(Constraint::Unique));
    assert_eq!(put(database, 2, 13).await, conflict(Constraint::Value));
    let orphan = database.transact(|transaction| {
        let sql = "INSERT INTO things (tenant, id, parent) VALUES ($1, $2, $3)";
        transaction.execute(sql, &[3.into(), 99.into()])
    });
    assert_eq!(orphan.await, conflict(Constraint::ForeignKey).map(|()| 0));

    let sql = "INSERT INTO things (tenant, id, number) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let twice = database.transact(move |transaction| {
        let new = transaction.execute(sql, &[4.into(), 4.into()])?;
        let old = transaction.execute(sql, &[4.into(), 5.into()])?;
        Ok::<_, DatabaseError>((new, old))
    });
    assert_eq!(twice.await, Ok((1, 0)));
    let sql = "DELETE FROM things WHERE tenant = $1 RETURNING id";
    let deleted = database.transact(move |transaction| {
        transaction.query(sql, &[])?.iter().map(|row| row.integer(0)).collect::<Result<Vec<_>, _>>()
    });
    let mut deleted = deleted.await?;
    deleted.sort_unstable();
    assert_eq!(deleted, [1, 4]);
    Ok(())
}

async fn t11_what_was_sent_is_done_though_nobody_waits_for_it(database: &Database) -> Law {
    {
        let mut hung_up = Box::pin(put(database, 1, 1));
        let _pending = hung_up.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    for _ in 0..500 {
        if ids(database).await? == [1] {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    Err("it was not done within five seconds".into())
}

async fn a_locked_row_is_counted_up_exactly(database: &Database) -> Law {
    put(database, 1, 100).await?;
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let database = database.clone();
        tasks.push(tokio::spawn(async move {
            let work = |transaction: &mut upheld_store::sql::Transaction<'_>| {
                let read = "SELECT number FROM things WHERE tenant = $1 AND id = $2 FOR UPDATE";
                let rows = transaction.query(read, &[1.into()])?;
                let row = rows.first().ok_or(DatabaseError::Closed)?;
                let next = row.integer(0)?.saturating_add(1);
                let write = "UPDATE things SET number = $3 WHERE tenant = $1 AND id = $2";
                transaction.execute(write, &[1.into(), next.into()])
            };
            database.transact(work).await
        }));
    }
    for task in tasks {
        assert_eq!(task.await?, Ok(1));
    }
    let rows = database.query("SELECT number FROM things WHERE tenant = $1", &[]).await?;
    assert_eq!(rows.first().ok_or("no row")?.integer(0)?, 164);
    Ok(())
}

async fn t02_one_of_many_conditional_writes_wins(database: &Database) -> Law {
    put(database, 1, 0).await?;
    for round in 101..=120_i64 {
        let mut tasks = Vec::new();
        for _ in 0..32 {
            let database = database.clone();
            tasks.push(tokio::spawn(async move {
                let sql = "UPDATE things SET number = $2 WHERE tenant = $1 AND number < $2";
                let values = [round.into()];
                database.transact(move |transaction| transaction.execute(sql, &values)).await
            }));
        }
        let mut won = 0_u64;
        for task in tasks {
            won = won.saturating_add(task.await??);
        }
        assert_eq!(won, 1, "round {round}");
    }
    Ok(())
}

async fn relaxed_is_done_as_well(database: &Database) -> Law {
    let work = |transaction: &mut upheld_store::sql::Transaction<'_>| {
        transaction.execute(INSERT, &[1.into(), 1.into()])
    };
    assert_eq!(database.transact_relaxed(work).await, Ok(1));
    assert_eq!(ids(database).await?, [1]);
    Ok(())
}

async fn what_is_put_off_is_done_in_its_order_or_undoes_all(database: &Database) -> Law {
    const RAISE: &str = "UPDATE things SET number = number * 10 WHERE tenant = $1 AND id = $2";
    let number = async |id: i64| -> Result<Option<i64>, Box<dyn Error>> {
        let sql = "SELECT number FROM things WHERE tenant = $1 AND id = $2";
        let rows = database.query(sql, &[id.into()]).await?;
        Ok(rows.first().map(|row| row.integer(0)).transpose()?)
    };
    let seen = database.transact(|transaction| -> Result<i64, DatabaseError> {
        transaction.execute_later(INSERT, &[1.into(), 4.into()])?;
        transaction.execute_later(RAISE, &[1.into()])?;
        let sql = "SELECT number FROM things WHERE tenant = $1";
        let seen = transaction.query(sql, &[])?.first().map_or(Ok(0), |row| row.integer(0))?;
        transaction.execute_later(RAISE, &[1.into()])?;
        Ok(seen)
    });
    assert_eq!((seen.await?, number(1).await?), (40, Some(400)));

    let failed = database.transact(|transaction| -> Result<(), DatabaseError> {
        transaction.execute_later(INSERT, &[2.into(), 5.into()])?;
        transaction.execute_later(INSERT, &[1.into(), 5.into()])?;
        transaction.execute_later(INSERT, &[3.into(), 5.into()])
    });
    assert_eq!(failed.await, Err(DatabaseError::Conflict(Constraint::Unique)));
    assert_eq!((number(2).await?, number(3).await?), (None, None));

    let followed = database.transact(|transaction| -> Result<u64, DatabaseError> {
        transaction.execute_later(INSERT, &[1.into(), 5.into()])?;
        transaction.execute(INSERT, &[4.into(), 5.into()])
    });
    assert_eq!(followed.await, Err(DatabaseError::Conflict(Constraint::Unique)));
    assert_eq!((number(1).await?, number(4).await?), (Some(400), None));
    put(database, 5, 5).await?;
    assert_eq!(number(5).await?, Some(5));
    Ok(())
}
