//! What holds of the log and its records on every database. Each law gets a tenant of its own.

use std::collections::BTreeSet;
use std::error::Error;

use upheld_ledger::{Draft, Entry, UnixMillis, Value};
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::ledger::{self, Ledger, LedgerError};
use upheld_store::record::{
    Change, Erasure, PersonId, RecordError, RecordId, Records, Subject, Written,
};
use upheld_store::rotation::{self, RECORD_TABLES};
use upheld_store::sql::{Database, DatabaseError, Transaction};

use super::{altered, consents, erasure, queue, requests};

pub(crate) type Law = Result<(), Box<dyn Error>>;

pub(crate) const ALICE: PersonId = PersonId(1);
pub(crate) const BOB: PersonId = PersonId(2);

/// Every law, one after the other.
pub(crate) async fn all(database: &Database) -> Result<usize, Box<dyn Error>> {
    let records = Records::new(database.clone(), keys()?);
    let of = |name: &str| tenant_of(&records, name);
    what_was_written_is_read_back(&of("read-back")?).await?;
    the_log_says_nothing_of_a_person(&of("nothing-said")?).await?;
    whoever_is_late_writes_nothing(&of("late")?).await?;
    a_person_has_one_record_of_a_label(&of("labels")?).await?;
    what_is_rolled_back_leaves_no_entry(&of("rolled-back")?).await?;
    many_writers_make_one_log(&of("many")?).await?;
    of_many_who_have_seen_the_same_one_wins(&of("same")?).await?;
    erasing_a_person_leaves_a_log_that_verifies(&of("erased")?).await?;
    queue::nothing_is_erased_that_was_asked_for(&of("asked-for")?).await?;
    checkpoints_and_proofs_hold(&of("proofs")?).await?;
    queue::is_listed_by_filter_and_page(&of("queue")?).await?;
    new_keys_open_what_was_sealed(&of("rotation")?).await?;
    consents::are_kept_as_they_were(&of("consents")?).await?;
    consents::notices_are_published_once(&of("notices")?).await?;
    requests::are_kept_as_they_were_decided(&of("requests")?).await?;
    requests::complaints_are_kept_beside_them(&of("complaints")?).await?;
    requests::impossible_ones_are_found(&of("impossible")?).await?;
    erasure::goes_as_far_as_it_can(&of("kept")?).await?;
    erasure::is_final(&of("final")?).await?;
    erasure::is_final_for_whoever_writes_meanwhile(&of("meanwhile")?).await?;
    erasure::needs_no_name(&of("no-name")?).await?;
    erasure::closes_requests(&of("closed")?).await?;
    erasure::and_sealing_are_of_one_tenant(&of("one-tenant")?).await?;
    altered::rows_are_found(&of("altered")?).await?;
    altered::erasures_excuse_what_they_name(&of("excused")?).await?;
    altered::what_was_erased_does_not_come_back(&of("restored")?).await?;
    altered::notices_are_found(&of("notices-altered")?).await?;
    Ok(27)
}

/// The records of a tenant beside.
pub(crate) fn tenant_of(records: &Records, name: &str) -> Result<Records, Box<dyn Error>> {
    let database = records.database().of_tenant(Tenant::new(name)?);
    Ok(Records::new(database, keys()?))
}

pub(crate) fn keys() -> Result<SharedKeys, Box<dyn Error>> {
    Ok(SharedKeys::new(KeyRing::generate(&mut rand::rngs::SysRng)?))
}

pub(crate) fn at(millis: u64) -> UnixMillis {
    UnixMillis::new(millis).unwrap_or_default()
}

fn text(words: &str) -> Value {
    Value::Text(words.into())
}

pub(crate) fn change(kind: &str, payload: &str) -> Change {
    Change::new(at(1_750_000_000_000), "desk").with_event(kind, text(payload))
}

pub(crate) fn consent(person: PersonId) -> Subject {
    Subject::new("consent", person)
}

/// What is there before tables are brought up to date.
pub(crate) async fn begin(database: &Database, keys: &SharedKeys) -> Law {
    let records = Records::new(database.clone(), keys.clone());
    let first = change("consent.given", "newsletter").with_event("consent.renewed", text("again"));
    let written = records.create(RecordId(7), consent(ALICE).with_label("news"), first).await?;
    assert_eq!(written, Written::Written { version: 2 });
    Ok(())
}

/// What must be possible with it after.
pub(crate) async fn go_on(database: &Database, keys: &SharedKeys) -> Law {
    let records = Records::new(database.clone(), keys.clone());
    let written = records.append(RecordId(7), 2, change("consent.withdrawn", "no more")).await?;
    assert_eq!(written, Written::Written { version: 3 });
    let record = records.load(RecordId(7)).await?.ok_or("no record")?;
    let payloads: Vec<_> = record.events.iter().map(|event| event.payload.clone()).collect();
    assert_eq!(payloads, ["newsletter", "again", "no more"].map(|words| Some(text(words))));
    assert_eq!(records.verify(vec![]).await?.payloads, 3);
    Ok(())
}

async fn what_was_written_is_read_back(records: &Records) -> Law {
    let first = change("consent.given", "Zoë").with_event("consent.renewed", Value::Null);
    let written = records.create(RecordId(u128::MAX), consent(ALICE), first).await?;
    assert_eq!(written, Written::Written { version: 2 });
    let record = records.load(RecordId(u128::MAX)).await?.ok_or("no record")?;
    assert_eq!((&*record.kind, record.person, record.version()), ("consent", Some(ALICE), 2));
    let [given, renewed] = &*record.events else { return Err("two events were expected".into()) };
    assert_eq!((given.version, given.index, &*given.kind), (1, 0, "consent.given"));
    assert_eq!((&*given.actor, given.at), ("desk", at(1_750_000_000_000)));
    assert_eq!(given.payload, Some(text("Zoë")));
    let shown = format!("{record:?} {:?}", change("consent.given", "Zoë"));
    assert!(!shown.contains("Zoë"), "{shown}");
    assert_eq!((renewed.version, renewed.index, &renewed.payload), (2, 1, &Some(Value::Null)));
    assert_eq!(records.load(RecordId(8)).await?, None);
    let verified = records.verify(vec![]).await?;
    assert_eq!((verified.tree.size(), verified.payloads, verified.erased), (2, 2, 0));
    Ok(())
}

async fn the_log_says_nothing_of_a_person(records: &Records) -> Law {
    for (record, person) in [(1, ALICE), (2, ALICE), (3, BOB)] {
        let written = records.create(RecordId(record), consent(person), change("a", "measles"));
        assert_eq!(written.await?, Written::Written { version: 1 });
    }
    let ledger = Ledger::new(records.database().clone());
    let mut names = Vec::new();
    let mut commitments = BTreeSet::new();
    for stored in ledger.records(0, 10).await? {
        let entry = stored.as_ref().entry();
        assert!(!String::from_utf8_lossy(entry).contains("measles"));
        let entry = Entry::parse(entry)?;
        names.push(entry.person.ok_or("no name")?);
        commitments.insert(format!("{:?}", entry.commitment.ok_or("no commitment")?));
    }
    let [first, second, third] = &*names else { return Err("three names were expected".into()) };
    assert_eq!((first == second, first == third), (true, false));
    assert_eq!(commitments.len(), 3, "of one payload, each time another");
    let sealed =
        records.database().query("SELECT sealed FROM record_events WHERE tenant = $1", &[]);
    for row in sealed.await? {
        assert!(!row.blob(0)?.windows(7).any(|window| window == b"measles"));
    }
    Ok(())
}

async fn whoever_is_late_writes_nothing(records: &Records) -> Law {
    let (one, two) = (RecordId(1), RecordId(2));
    assert_eq!(records.append(one, 0, change("a", "")).await?, Written::Unknown);
    let created = records.create(one, consent(ALICE), change("a", "")).await?;
    assert_eq!(created, Written::Written { version: 1 });
    assert_eq!(records.create(one, consent(BOB), change("a", "")).await?, Written::Exists);
    for after in [0, 2, u64::MAX] {
        let late = records.append(one, after, change("b", "")).await?;
        assert_eq!(late, Written::Stale { version: 1 }, "after {after}");
    }
    assert_eq!(records.append(two, 1, change("b", "")).await?, Written::Unknown);
    let nothing = Change::new(at(0), "desk");
    assert_eq!(records.create(two, consent(BOB), nothing.clone()).await?, Written::Exists);
    assert_eq!(records.append(one, 1, nothing).await?, Written::Written { version: 1 });
    assert_eq!(records.verify(vec![]).await?.tree.size(), 1);
    Ok(())
}

async fn a_person_has_one_record_of_a_label(records: &Records) -> Law {
    let news = |person| consent(person).with_label("news/email");
    let create = |record, subject| records.create(RecordId(record), subject, change("a", ""));
    assert_eq!(create(1, news(ALICE)).await?, Written::Written { version: 1 });
    assert_eq!(create(2, news(ALICE)).await?, Written::Exists);
    assert_eq!(create(3, news(BOB)).await?, Written::Written { version: 1 });
    let other = consent(ALICE).with_label("news/post");
    assert_eq!(create(4, other).await?, Written::Written { version: 1 });
    for record in [5, 6] {
        assert_eq!(create(record, consent(ALICE)).await?, Written::Written { version: 1 });
    }
    let found = records.of_person(ALICE, "consent").await?;
    let mut found: Vec<_> = found.iter().map(|it| (it.record.0, it.label.as_deref())).collect();
    found.sort_unstable();
    let expected = [(1, Some("news/email")), (4, Some("news/post")), (5, None), (6, None)];
    assert_eq!(found, expected);
    assert_eq!(records.of_person(ALICE, "request").await?, []);
    Ok(())
}

async fn what_is_rolled_back_leaves_no_entry(records: &Records) -> Law {
    let sealed = records.seal(RecordId(1), 0, change("a", ""))?;
    let work = move |transaction: &mut Transaction<'_>| -> Result<(), RecordError> {
        let draft = Draft::new(at(0), "clerk", "b");
        ledger::append(transaction, &draft)?;
        let written = sealed.create(transaction, &consent(ALICE))?;
        assert_eq!(written, Written::Written { version: 1 });
        Err(DatabaseError::Busy.into())
    };
    let failed = records.database().transact(work).await;
    assert_eq!(failed, Err(RecordError::Database(DatabaseError::Busy)));
    assert_eq!(records.load(RecordId(1)).await?, None);
    assert_eq!(records.verify(vec![]).await?.tree.size(), 0);
    let long = Change::new(at(0), &"x".repeat(70_000)).with_event("a", Value::Null);
    let refused = records.create(RecordId(1), consent(ALICE), long).await;
    assert!(matches!(refused, Err(RecordError::Ledger(LedgerError::Append(_)))), "{refused:?}");
    assert_eq!(records.load(RecordId(1)).await?, None);
    Ok(())
}

async fn many_writers_make_one_log(records: &Records) -> Law {
    let tasks: Vec<_> = (0..16_u128)
        .map(|writer| {
            let records = records.clone();
            tokio::spawn(async move {
                let (record, person) = (RecordId(writer), PersonId(writer % 3));
                let _: Written = records.create(record, consent(person), change("a", "")).await?;
                for after in 1..20 {
                    let written = records.append(record, after, change("b", "")).await?;
                    assert_eq!(written, Written::Written { version: after.saturating_add(1) });
                }
                Ok::<_, RecordError>(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let verified = records.verify(vec![]).await?;
    assert_eq!((verified.tree.size(), verified.payloads), (320, 320));
    Ok(())
}

async fn of_many_who_have_seen_the_same_one_wins(records: &Records) -> Law {
    let _: Written = records.create(RecordId(1), consent(ALICE), change("a", "")).await?;
    for after in 1..20 {
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let records = records.clone();
                tokio::spawn(
                    async move { records.append(RecordId(1), after, change("b", "")).await },
                )
            })
            .collect();
        let mut wins = Vec::new();
        for task in tasks {
            match task.await?? {
                Written::Written { version } => wins.push(version),
                other => assert_eq!(other, Written::Stale { version: after.saturating_add(1) }),
            }
        }
        assert_eq!(wins, [after.saturating_add(1)]);
    }
    assert_eq!(records.verify(vec![]).await?.payloads, 20);
    Ok(())
}

//= UK GDPR, Article 5(2): that it was erased can be shown, without what was erased
async fn erasing_a_person_leaves_a_log_that_verifies(records: &Records) -> Law {
    let news = |person| consent(person).with_label("news");
    for (record, person) in [(1, ALICE), (2, ALICE), (3, BOB)] {
        let subject = if record == 1 { news(person) } else { consent(person) };
        let _: Written = records.create(RecordId(record), subject, change("a", "secret")).await?;
    }
    let ledger = Ledger::new(records.database().clone());
    let before = ledger.keep_checkpoint("clinic.example/log").await?;

    let erased = records.erase_person(ALICE, &[RecordId(2)], at(5), "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 1 });
    let again = records.erase_person(ALICE, &[RecordId(2)], at(5), "dpo").await?;
    assert_eq!(again, Erasure::Erased { records: 0, payloads: 0 });
    let record = records.load(RecordId(1)).await?.ok_or("no record")?;
    assert_eq!(record.person, None);
    assert!(record.events.iter().all(|event| event.payload.is_none()));
    let kept = records.load(RecordId(2)).await?.ok_or("no record")?;
    assert!(kept.events.iter().all(|event| event.payload.is_some()));
    let verified = records.verify(vec![before]).await?;
    assert_eq!((verified.tree.size(), verified.payloads, verified.erased), (4, 2, 1));

    let erased = records.erase_record(RecordId(3), at(6), "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 1 });
    let erased = records.erase_record(RecordId(99), at(6), "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 0, payloads: 0 });
    assert_eq!(records.verify(vec![]).await?.erased, 2);
    Ok(())
}

async fn checkpoints_and_proofs_hold(records: &Records) -> Law {
    let ledger = Ledger::new(records.database().clone());
    let origin = "clinic.example/log";
    let empty = ledger.keep_checkpoint(origin).await?;
    for number in 0..9 {
        let append = move |transaction: &mut Transaction<'_>| -> Result<u64, LedgerError> {
            ledger::append(transaction, &Draft::new(at(number), "clerk", "schedule.changed"))
        };
        assert_eq!(records.database().transact(append).await?, number);
        ledger.keep_checkpoint(origin).await?;
    }
    let again = ledger.keep_checkpoint(origin).await?;
    let kept = ledger.checkpoints(origin).await?;
    assert_eq!((kept.len(), kept.first(), kept.last()), (10, Some(&empty), Some(&again)));
    assert_eq!(ledger.checkpoints("another.example/log").await?, []);
    assert_eq!(ledger.verify(kept.clone()).await?, ledger.tree().await?);
    for (index, stored) in (0..).zip(ledger.records(0, 100).await?) {
        let proof = ledger.prove_inclusion(index, 9).await?;
        proof.verify(stored.as_ref().leaf(), again.root())?;
    }
    for early in kept.iter().filter(|early| early.size() > 0) {
        let proof = ledger.prove_consistency(early.size(), 9).await?;
        proof.verify(early.root(), again.root())?;
    }
    assert!(ledger.prove_inclusion(9, 9).await.is_err());
    assert!(ledger.prove_inclusion(0, 10).await.is_err(), "there are no ten entries");
    assert!(ledger.keep_checkpoint("").await.is_err());
    Ok(())
}

async fn new_keys_open_what_was_sealed(records: &Records) -> Law {
    let keys = keys()?;
    let records = Records::new(records.database().clone(), keys.clone());
    let _: Written = records.create(RecordId(1), consent(ALICE), change("a", "1")).await?;
    let _: Written = records.create(RecordId(2), consent(BOB), change("a", "2")).await?;
    let erased = records.erase_record(RecordId(2), at(0), "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 1 });
    keys.replace(keys.ring().with_new_key(&mut rand::rngs::SysRng)?);
    // Rows of other laws are sealed under other rings.
    let resealed = rotation::reseal(records.database(), &keys, &RECORD_TABLES, 10_000).await?;
    assert_eq!(resealed.rows, 3, "two names and a payload");
    keys.replace(keys.ring().without_key(upheld_store::keys::KeyId(1), 0)?);
    assert_eq!(records.verify(vec![]).await?.payloads, 1);
    let written = records.append(RecordId(1), 1, change("b", "")).await?;
    assert_eq!(written, Written::Written { version: 2 });
    Ok(())
}
