//! What erasing is: final, whoever writes at the same time, and told by the log.

use std::error::Error;

use upheld_consent::Date;
use upheld_ledger::Entry;
use upheld_store::Tenant;
use upheld_store::ledger::{self, Ledger};
use upheld_store::record::{Erasure, PersonId, RecordError, RecordId, Records, Written};
use upheld_store::request::{ERASED, Filter, Requests, Summary};
use upheld_store::sql::{DatabaseError, Transaction};

use super::laws::{ALICE, BOB, Law, at, change, consent};

fn name(stored: &ledger::StoredRecord) -> Result<String, Box<dyn Error>> {
    let entry = Entry::parse(stored.as_ref().entry())?;
    Ok(format!("{:?}", entry.person.ok_or("no name")?))
}

pub(crate) fn assert_done(erasure: &Erasure) {
    assert!(matches!(erasure, Erasure::Erased { records: 1.., .. }), "{erasure:?}");
}

/// The name goes with the last record that has it.
pub(crate) async fn goes_as_far_as_it_can(records: &Records) -> Law {
    let ledger = Ledger::new(records.database().clone());
    for record in [1, 2] {
        let _: Written = records.create(RecordId(record), consent(ALICE), change("a", "")).await?;
    }
    let erased = records.erase_person(ALICE, &[RecordId(2)], at(5), "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 1 });
    // What is kept goes on under the name that its entries have.
    let written = records.append(RecordId(2), 1, change("b", "")).await?;
    assert_eq!(written, Written::Written { version: 2 });
    assert_eq!(records.load(RecordId(2)).await?.map(|it| it.person), Some(Some(ALICE)));
    records.verify(vec![]).await?;
    let erased = records.erase_person(ALICE, &[], at(6), "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 2 });
    let _: Written = records.create(RecordId(3), consent(ALICE), change("a", "")).await?;
    let entries = ledger.records(0, 10).await?;
    let [first, second, _, third, _, renamed] = &*entries else { return Err("six".into()) };
    assert_eq!(name(first)?, name(second)?);
    assert_eq!(name(first)?, name(third)?);
    assert_ne!(name(first)?, name(renamed)?, "a new record has a new name");
    records.verify(vec![]).await?;
    Ok(())
}

pub(crate) async fn is_final(records: &Records) -> Law {
    let _: Written = records.create(RecordId(1), consent(ALICE), change("a", "")).await?;
    let _: Written = records.create(RecordId(2), consent(BOB), change("a", "")).await?;
    assert_done(&records.erase_person(ALICE, &[], at(5), "dpo").await?);
    assert_done(&records.erase_record(RecordId(2), at(5), "dpo").await?);
    for record in [RecordId(1), RecordId(2)] {
        for after in [0, 1, 2] {
            let appended = records.append(record, after, change("b", "again")).await;
            assert_eq!(appended, Err(RecordError::Erased), "{record:?} after {after}");
        }
        let again = records.create(record, consent(ALICE), change("a", "")).await?;
        assert_eq!(again, Written::Exists);
        let erased = records.erase_record(record, at(6), "dpo").await?;
        assert_eq!(erased, Erasure::Erased { records: 0, payloads: 0 });
    }
    let verified = records.verify(vec![]).await?;
    assert_eq!((verified.tree.size(), verified.payloads, verified.erased), (4, 0, 2));
    Ok(())
}

/// Somebody appends to all records of a person while they are erased: one is before the other, and
/// nobody waits for somebody who waits for them.
pub(crate) async fn is_final_for_whoever_writes_meanwhile(records: &Records) -> Law {
    const PEOPLE: u128 = 12;
    const EACH: u128 = 3;
    let mut tasks = Vec::new();
    for person in 0..PEOPLE {
        let own = (0..EACH).map(|nth| RecordId(person.saturating_mul(EACH).saturating_add(nth)));
        for record in own.clone() {
            let subject = consent(PersonId(person));
            let _: Written = records.create(record, subject, change("a", "")).await?;
        }
        for record in own {
            let records = records.clone();
            tasks.push(tokio::spawn(async move {
                let mut version = 1;
                loop {
                    match records.append(record, version, change("b", "")).await {
                        Ok(Written::Written { version: now }) => version = now,
                        Err(RecordError::Erased) => return Ok(()),
                        other => return Err(format!("{record:?}: {other:?}")),
                    }
                }
            }));
        }
    }
    for person in 0..PEOPLE {
        let records = records.clone();
        tasks.push(tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            match records.erase_person(PersonId(person), &[], at(5), "dpo").await {
                Ok(Erasure::Erased { records: 3, .. }) => Ok(()),
                other => Err(format!("{person}: {other:?}")),
            }
        }));
    }
    for task in tasks {
        task.await??;
    }
    let verified = records.verify(vec![]).await?;
    let erasures = u64::try_from(PEOPLE.saturating_mul(EACH))?;
    assert_eq!(verified.payloads, 0);
    assert_eq!(verified.erased.saturating_add(erasures), verified.tree.size());
    Ok(())
}

/// Somebody took away the key of a person's name: what they have is erased all the same.
pub(crate) async fn needs_no_name(records: &Records) -> Law {
    let _: Written = records.create(RecordId(1), consent(ALICE), change("a", "")).await?;
    let take = |transaction: &mut Transaction<'_>| -> Result<u64, DatabaseError> {
        transaction.execute("DELETE FROM ledger_people WHERE tenant = $1", &[])
    };
    assert_eq!(records.database().transact(take).await?, 1);
    let erased = records.erase_person(ALICE, &[], at(5), "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 1 });
    records.verify(vec![]).await?;
    Ok(())
}

/// Nothing is left to be answered of a request that is erased.
pub(crate) async fn closes_requests(records: &Records) -> Law {
    let requests = Requests::new(records.clone());
    let day = Date::parse("2026-01-05")?;
    for (request, kind) in [(1, "erasure"), (2, "objection")] {
        let summary = Summary::new(kind, "received", day).assigned_to(9);
        let received = change("request.received", "please");
        let _: Written = requests.create(RecordId(request), ALICE, received, summary).await?;
    }
    assert_eq!(requests.count(&Filter::default().open()).await?, 2);
    assert_done(&records.erase_record(RecordId(1), at(5), "dpo").await?);
    assert_eq!(requests.count(&Filter::default().open()).await?, 1);
    assert_done(&records.erase_person(ALICE, &[], at(5), "dpo").await?);
    assert_eq!(requests.count(&Filter::default().open()).await?, 0);
    let page = requests.list(&Filter::default().in_state(ERASED).closed(), None, 5).await?;
    assert_eq!(page.rows.len(), 2);
    let summary = Summary::new("objection", "received", day);
    let late = requests.append(RecordId(2), 1, change("request.noted", ""), summary).await;
    assert_eq!(late, Err(RecordError::Erased));
    assert_eq!(requests.count(&Filter::default().open()).await?, 0);
    Ok(())
}

/// What was sealed for one tenant is written for no other.
pub(crate) async fn and_sealing_are_of_one_tenant(records: &Records) -> Law {
    let other = records.database().of_tenant(Tenant::new("another")?);
    let other_records = |transaction: &mut Transaction<'_>| -> Result<u64, DatabaseError> {
        let sql = "SELECT count(*) FROM records WHERE tenant = $1";
        let rows = transaction.query(sql, &[])?;
        rows.first().map_or(Ok(0), |row| row.integer(0)).map(i64::unsigned_abs)
    };
    let before = other.transact(other_records).await?;
    let begun = records.seal(RecordId(1), 0, change("a", ""))?;
    let refused = other.transact(move |it| begun.create(it, &consent(ALICE))).await;
    let is_told = |refused: &Result<Written, RecordError>| {
        matches!(refused, Err(RecordError::Database(DatabaseError::Statement(_))))
    };
    assert!(is_told(&refused), "{refused:?}");
    let appended = records.seal(RecordId(1), 1, change("a", ""))?;
    let refused = other.transact(move |it| appended.append(it)).await;
    assert!(is_told(&refused), "{refused:?}");
    assert_eq!(other.transact(other_records).await?, before);
    Ok(())
}
