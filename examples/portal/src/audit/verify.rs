//! Going along the chain.

use upheld_store::sql::{Database, DatabaseError, Row};

use super::chain::{Event, Head};

/// How many events are read at a time.
const PAGE: i64 = 1000;

/// What going along the chain has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub enum Verdict {
    /// Every event is as it was sealed, up to the head.
    Intact {
        /// The end of the chain: note it somewhere else.
        head: Head,
        /// Events that wait to be sealed. Nothing protects them yet.
        unsealed: u64,
    },
    /// The chain is broken.
    Broken {
        /// The number of the first event that is wrong.
        seq: u64,
        /// What is wrong with it.
        fault: Fault,
    },
}

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is not there, and later ones are.
    #[error("it is missing")]
    Missing,
    /// It is there, and is not what was sealed.
    #[error("it, or its place, was altered after it had been sealed")]
    Altered,
    /// It and all later ones are not there, though the head says that they were.
    #[error("it and those after it, up to the head, are missing")]
    Truncated,
    /// It is there, and the head says that the chain ended before.
    #[error("it lies beyond the head")]
    BeyondHead,
    /// It is not what was expected at this place.
    #[error("its hash is not the one expected: the chain was made anew, or is another one")]
    Unexpected,
}

impl Head {
    /// The head in columns 0 and 1.
    pub(super) fn at(row: Option<&Row>) -> Result<Self, DatabaseError> {
        let Some(row) = row else { return Ok(Self::EMPTY) };
        let hash = row.blob(1)?.try_into();
        let hash = hash.map_err(|_| DatabaseError::Column { column: 1, wanted: "32 bytes" })?;
        Ok(Self { seq: u64::try_from(row.integer(0)?).unwrap_or_default(), hash })
    }
}

/// Goes along the chain from its beginning, and past `expected` if there is one.
///
/// # Errors
///
/// [`DatabaseError`] when the database gives no answer.
pub async fn verify(database: &Database, expected: Option<Head>) -> Result<Verdict, DatabaseError> {
    let last_seq = last_seq(database).await?;
    // Read after the rows: sealers move both at once, so it cannot lie before what they did.
    let head = stored_head(database).await?;
    let mut reached = Head::EMPTY;
    loop {
        let page = page_after(database, reached.seq).await?;
        for row in &page {
            if reached.seq == head.seq {
                break;
            }
            let next = reached.after(&Event::at(row)?);
            let stored = Head {
                seq: u64::try_from(row.integer(5)?).unwrap_or_default(),
                hash: hash_of(row)?,
            };
            if stored.seq != next.seq {
                return Ok(Verdict::Broken { seq: next.seq, fault: Fault::Missing });
            }
            if stored.hash != next.hash {
                return Ok(Verdict::Broken { seq: next.seq, fault: Fault::Altered });
            }
            if expected.is_some_and(|expected| expected.seq == next.seq && expected != next) {
                return Ok(Verdict::Broken { seq: next.seq, fault: Fault::Unexpected });
            }
            reached = next;
        }
        if page.is_empty() || reached.seq == head.seq {
            break;
        }
    }
    if reached.seq < head.seq || expected.is_some_and(|expected| expected.seq > reached.seq) {
        let seq = reached.seq.saturating_add(1);
        return Ok(Verdict::Broken { seq, fault: Fault::Truncated });
    }
    if reached.hash != head.hash {
        return Ok(Verdict::Broken { seq: head.seq, fault: Fault::Altered });
    }
    if last_seq > head.seq {
        let seq = head.seq.saturating_add(1);
        return Ok(Verdict::Broken { seq, fault: Fault::BeyondHead });
    }
    Ok(Verdict::Intact { head, unsealed: count_unsealed(database).await? })
}

async fn stored_head(database: &Database) -> Result<Head, DatabaseError> {
    let sql = "SELECT seq, hash FROM audit_head WHERE tenant = $1";
    Head::at(database.query(sql, &[]).await?.first())
}

async fn last_seq(database: &Database) -> Result<u64, DatabaseError> {
    let sql = "SELECT max(seq) FROM audit_events WHERE tenant = $1";
    let rows = database.query(sql, &[]).await?;
    let last = rows.first().map_or(Ok(None), |row| row.optional_integer(0))?;
    Ok(last.and_then(|last| u64::try_from(last).ok()).unwrap_or_default())
}

/// How many events wait to be sealed.
pub(crate) async fn count_unsealed(database: &Database) -> Result<u64, DatabaseError> {
    let sql = "SELECT count(*) FROM audit_events WHERE tenant = $1 AND seq IS NULL";
    let rows = database.query(sql, &[]).await?;
    let count = rows.first().map_or(Ok(0), |row| row.integer(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

async fn page_after(database: &Database, seq: u64) -> Result<Vec<Row>, DatabaseError> {
    let sql = format!(
        "SELECT {}, seq, hash FROM audit_events
         WHERE tenant = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        Event::COLUMNS
    );
    let after = i64::try_from(seq).unwrap_or(i64::MAX);
    database.query(&sql, &[after.into(), PAGE.into()]).await
}

fn hash_of(row: &Row) -> Result<[u8; 32], DatabaseError> {
    let hash = row.blob(6)?.try_into();
    hash.map_err(|_| DatabaseError::Column { column: 6, wanted: "32 bytes" })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests may panic")]
mod tests {
    use rusqlite::Connection;
    use tempfile::TempDir;
    use upheld_store::Tenant;
    use upheld_store::sql::{Database, DatabaseError, Settings};
    use upheld_totp::UnixSeconds;

    use super::{Fault, Head, Verdict, verify};
    use crate::audit::seal::seal_all;
    use crate::audit::{Actor, COMPONENT, Entry, MIGRATIONS, append};

    /// A chain of events in a file, which the test may tamper with.
    struct Chain {
        folder: TempDir,
        database: Database,
    }

    impl Chain {
        async fn of(events: u64) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let settings = Settings::sqlite(folder.path().join("audit.db"));
            let database = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
            database.migrate(COMPONENT, MIGRATIONS).await.unwrap();
            let chain = Self { folder, database };
            chain.append(events).await;
            seal_all(&chain.database).await.unwrap();
            chain
        }

        async fn append(&self, events: u64) {
            let appended = self.database.transact(move |transaction| {
                for at in 0..events {
                    let entry = Entry {
                        at: UnixSeconds(at),
                        actor: Actor::Person(at.into()),
                        action: "signed in",
                        subject: Some(7),
                    };
                    append(transaction, &entry)?;
                }
                Ok::<_, DatabaseError>(())
            });
            appended.await.unwrap();
        }

        /// Does what somebody with the file could.
        fn tamper(&self, sql: &str) {
            let connection = Connection::open(self.folder.path().join("audit.db")).unwrap();
            assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
        }

        async fn broken_at(&self) -> Option<(u64, Fault)> {
            match verify(&self.database, None).await.unwrap() {
                Verdict::Intact { .. } => None,
                Verdict::Broken { seq, fault } => Some((seq, fault)),
            }
        }

        async fn head(&self) -> Head {
            match verify(&self.database, None).await.unwrap() {
                Verdict::Intact { head, .. } => head,
                Verdict::Broken { .. } => Head::EMPTY,
            }
        }
    }

    #[tokio::test]
    async fn t56_an_untouched_chain_is_intact() {
        let empty = Chain::of(0).await;
        assert_eq!(empty.broken_at().await, None);
        let chain = Chain::of(1234).await;
        let head = chain.head().await;
        assert_eq!(head.seq, 1234);
        chain.append(3).await;
        let verdict = verify(&chain.database, Some(head)).await.unwrap();
        assert_eq!(verdict, Verdict::Intact { head, unsealed: 3 });
        let later = seal_all(&chain.database).await.unwrap().unwrap();
        assert_eq!(later.seq, 1237);
        let verdict = verify(&chain.database, Some(head)).await.unwrap();
        assert_eq!(verdict, Verdict::Intact { head: later, unsealed: 0 });
        assert_eq!(later.to_string().parse(), Ok(later));
    }

    #[tokio::test]
    async fn t56_the_first_bad_row_is_named() {
        let set = "UPDATE audit_events SET";
        for (sql, expected) in [
            (format!("{set} action = 'signed out' WHERE seq = 3"), (3, Fault::Altered)),
            (format!("{set} at = at + 1 WHERE seq >= 3"), (3, Fault::Altered)),
            (format!("{set} subject = actor, actor = subject WHERE seq = 3"), (3, Fault::Altered)),
            (
                format!("{set} actor = actor || 's', action = 'igned in' WHERE seq = 3"),
                (3, Fault::Altered),
            ),
            (format!("{set} hash = zeroblob(32) WHERE seq = 3"), (3, Fault::Altered)),
            (format!("{set} id = zeroblob(16) WHERE seq = 3"), (3, Fault::Altered)),
            (format!("{set} seq = 100 WHERE seq = 3"), (3, Fault::Missing)),
            (format!("{set} seq = NULL, hash = NULL WHERE seq = 3"), (3, Fault::Missing)),
            ("DELETE FROM audit_events WHERE seq = 3".into(), (3, Fault::Missing)),
            ("DELETE FROM audit_events WHERE seq = 1".into(), (1, Fault::Missing)),
            ("DELETE FROM audit_events WHERE seq >= 3".into(), (3, Fault::Truncated)),
            ("DELETE FROM audit_events".into(), (1, Fault::Truncated)),
            ("UPDATE audit_head SET seq = 3".into(), (3, Fault::Altered)),
            ("UPDATE audit_head SET hash = zeroblob(32)".into(), (5, Fault::Altered)),
            (
                "UPDATE audit_head SET seq = 3, hash =
                 (SELECT hash FROM audit_events WHERE seq = 3)"
                    .into(),
                (4, Fault::BeyondHead),
            ),
            ("DELETE FROM audit_head".into(), (1, Fault::BeyondHead)),
        ] {
            let chain = Chain::of(5).await;
            chain.tamper(&sql);
            assert_eq!(chain.broken_at().await, Some(expected), "{sql}");
        }
    }

    /// Rows at the end removed with the head set back, and a whole chain made anew.
    #[tokio::test]
    async fn t56_what_was_noted_elsewhere_shows_a_chain_made_anew() {
        let chain = Chain::of(5).await;
        let noted = chain.head().await;
        chain.tamper("DELETE FROM audit_events WHERE seq >= 4");
        chain.tamper(
            "UPDATE audit_head SET seq = 3, hash = (SELECT hash FROM audit_events WHERE seq = 3)",
        );
        assert_eq!(chain.broken_at().await, None);
        let verdict = verify(&chain.database, Some(noted)).await.unwrap();
        assert_eq!(verdict, Verdict::Broken { seq: 4, fault: Fault::Truncated });

        chain.tamper("UPDATE audit_events SET action = 'signed out', seq = NULL, hash = NULL");
        chain.tamper("DELETE FROM audit_head");
        chain.append(10).await;
        seal_all(&chain.database).await.unwrap();
        assert_eq!(chain.broken_at().await, None);
        let verdict = verify(&chain.database, Some(noted)).await.unwrap();
        assert_eq!(verdict, Verdict::Broken { seq: 5, fault: Fault::Unexpected });
    }

    /// Sealers of several processes at once: one chain, nothing twice, nothing left out.
    #[tokio::test(flavor = "multi_thread")]
    async fn t56_sealers_at_the_same_time_make_one_chain() {
        let chain = Chain::of(0).await;
        let settings = Settings::sqlite(chain.folder.path().join("audit.db"));
        let mut sealers = Vec::new();
        for _ in 0..3 {
            let other = Database::open(&settings, Tenant::new("clinic").unwrap()).await.unwrap();
            sealers.push(tokio::spawn(async move {
                for _ in 0..50 {
                    seal_all(&other).await.unwrap();
                }
            }));
        }
        for _ in 0..50 {
            chain.append(7).await;
        }
        for sealer in sealers {
            sealer.await.unwrap();
        }
        seal_all(&chain.database).await.unwrap();
        assert_eq!((chain.broken_at().await, chain.head().await.seq), (None, 350));
    }
}
