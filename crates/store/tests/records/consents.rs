//! Notices and consents: kept and read back as they were.

use std::error::Error;

use upheld_consent::{
    Affirmation, Capacity, Channel, Circumstances, Command, ConsentKind, ConsentRecord, Means,
    Method, Notice, NoticeDraft, PurposeId, RecordId, Scope, Status,
};
use upheld_store::consent::{ConsentError, Consents, Published};
use upheld_store::ledger::Ledger;
use upheld_store::record::{Records, Written};
use upheld_store::sql::{DatabaseError, Transaction};

use super::laws::{ALICE, BOB, Law, at};

pub(crate) const NOTICE: &str = include_str!("../../../consent/tests/vectors/notice.json");
const NOW: u64 = 1_790_000_000_000;

fn give(record: &mut ConsentRecord, notice: &Notice) -> Result<Scope, Box<dyn Error>> {
    let scope = Scope::of(PurposeId::parse("reminders")?);
    let affirmation = Affirmation {
        kind: ConsentKind::Explicit,
        method: Method::TickedBox,
        means: Means::Web,
        statement: "I agree to be reminded of my appointments.".into(),
        reference: None,
        guardian: None,
        until: None,
    };
    let circumstances = Circumstances { at: at(NOW), notice, capacity: Capacity::Own };
    let event = record.decide(&scope, Command::Give(affirmation), &circumstances)?;
    record.apply(event)?;
    Ok(scope)
}

pub(crate) async fn are_kept_as_they_were(records: &Records) -> Law {
    let consents = Consents::new(records.clone());
    let notice: Notice = serde_json::from_str(NOTICE)?;
    assert_eq!(consents.load(ALICE).await?, None);
    let mut kept = ConsentRecord::new(RecordId::from_random([7; 16]));
    let scope = give(&mut kept, &notice)?;
    kept.apply(kept.object(at(NOW.saturating_add(5)), Some(Channel::Sms))?)?;
    let written = consents.keep(ALICE, &kept, 0, "self-service").await?;
    assert_eq!(written, Written::Written { version: 2 });
    assert_eq!(consents.load(ALICE).await?, Some(kept.clone()));
    assert_eq!(consents.load(BOB).await?, None);

    // Whoever has seen less is told so, and a second record is not begun.
    let second = ConsentRecord::new(RecordId::from_random([8; 16]));
    let mut second = ConsentRecord::replay(second.id(), kept.events().to_vec())?;
    assert_eq!(consents.keep(ALICE, &second, 0, "desk").await?, Written::Exists);
    second.apply(second.object(at(NOW.saturating_add(6)), None)?)?;
    let mut late = ConsentRecord::replay(kept.id(), second.events().to_vec())?;
    assert_eq!(consents.keep(ALICE, &late, 1, "desk").await?, Written::Stale { version: 2 });
    let written = consents.keep(ALICE, &late, 2, "desk").await?;
    assert_eq!(written, Written::Written { version: 3 });
    for event in late.withdraw(at(NOW.saturating_add(9)), Means::Phone, |_| true)? {
        late.apply(event)?;
    }
    let written = consents.keep(ALICE, &late, 3, "desk").await?;
    assert!(matches!(written, Written::Written { version } if version > 3), "{written:?}");
    let loaded = consents.load(ALICE).await?.ok_or("no record")?;
    assert_eq!(loaded, late);
    let status = |millis: u64| loaded.status_at(&scope, at(NOW.saturating_add(millis)));
    assert_eq!((status(8), status(9)), (Status::Given, Status::Withdrawn));

    // Each event has its own moment in the log.
    let stored =
        records.load(upheld_store::record::RecordId(u128::from_be_bytes(loaded.id().to_bytes())));
    let stored = stored.await?.ok_or("no record")?;
    let moments: Vec<_> = stored.events.iter().map(|event| event.at).collect();
    let expected: Vec<_> = loaded.events().iter().map(upheld_consent::ConsentEvent::at).collect();
    assert_eq!(moments, expected);

    let erased = records.erase_person(ALICE, &[], at(NOW), "dpo").await?;
    assert!(matches!(erased, upheld_store::record::Erasure::Erased { records: 1, .. }));
    assert_eq!(consents.load(ALICE).await?, None);
    records.verify(vec![]).await?;
    Ok(())
}

pub(crate) async fn notices_are_published_once(records: &Records) -> Law {
    let consents = Consents::new(records.clone());
    let notice: Notice = serde_json::from_str(NOTICE)?;
    let publish = |notice: Notice| {
        let consents = consents.clone();
        async move { consents.publish(&notice, at(NOW), "dpo").await }
    };
    assert_eq!(consents.notice(&notice.reference()).await?, None);
    assert_eq!(publish(notice.clone()).await?, Published::Published);
    assert_eq!(publish(notice.clone()).await?, Published::Already);
    assert_eq!(consents.notice(&notice.reference()).await?, Some(notice.clone()));
    let altered = NoticeDraft { refresh_months: 12, ..notice.content().clone() };
    let altered = Notice::new(altered)?;
    assert_eq!(publish(altered.clone()).await?, Published::Conflict);
    let other = consents.notice(&altered.reference()).await;
    assert_eq!(other, Err(ConsentError::OtherNotice));

    let effective_from = at(NOW.saturating_add(1000));
    let newer = NoticeDraft { version: 4, effective_from, ..altered.content().clone() };
    let newer = Notice::new(newer)?;
    assert_eq!(publish(newer.clone()).await?, Published::Published);
    let (id, language) = (&notice.content().id, &*notice.content().language);
    let in_force = |millis| consents.notice_in_force(id, language, at(millis));
    assert_eq!(in_force(0).await?, None);
    assert_eq!(in_force(NOW).await?, Some(notice.clone()));
    assert_eq!(in_force(NOW.saturating_add(1000)).await?, Some(newer.clone()));
    assert_eq!(consents.notices().await?, [notice.clone(), newer]);
    assert_eq!(consents.notice_in_force(id, "cy", at(u64::from(u32::MAX) << 12)).await?, None);

    let ledger = Ledger::new(records.database().clone());
    let entries = ledger.records(0, 10).await?;
    assert_eq!(entries.len(), 2, "what was not published has no entry");
    let first = entries.first().ok_or("no entry")?.as_ref();
    let first = String::from_utf8_lossy(first.entry()).into_owned();
    assert!(first.contains(&format!("\"sha256\":\"{}\"", notice.hash())), "{first}");

    let alter = |transaction: &mut Transaction<'_>| -> Result<u64, DatabaseError> {
        let sql = "UPDATE notices SET content = replace(content, 'Leeds', 'Derby')
             WHERE tenant = $1";
        transaction.execute(sql, &[])
    };
    assert_eq!(records.database().transact(alter).await?, 2);
    assert_eq!(consents.notice(&notice.reference()).await, Err(ConsentError::OtherNotice));
    assert_eq!(in_force(NOW).await, Err(ConsentError::OtherNotice));
    Ok(())
}
