//! Requests and complaints as `upheld-consent` decides them: kept, listed and read back.

use std::error::Error;

use upheld_consent::request::{
    Ask, Channel, Command, Complaint, ComplaintCommand, Context, ControllerStatus, Identity, Name,
    Receipt, Recorded, Request, Requester, Text, decide, decide_complaint,
};
use upheld_consent::{Calendar, Date, Division};
use upheld_ledger::Value;
use upheld_store::ledger::VerifyError;
use upheld_store::record::{Change, Erasure, RecordFault, RecordId, Records, Written};
use upheld_store::request::{self, COMPLAINT, Filter, RequestError, Requests, Summary};
use upheld_store::sql::{DatabaseError, Transaction};

use super::laws::{ALICE, BOB, Law, at, change, consent};

const REQUEST: RecordId = RecordId(10);

/// Decides a command about a request of these events, on a day.
fn follow(events: &mut Vec<Recorded>, command: Command, day: &str) -> Result<(), Box<dyn Error>> {
    let (by, calendar) = (Name::new("front desk")?, Calendar::of(Division::EnglandAndWales));
    let today = Date::parse(day)?;
    let controller = ControllerStatus::HealthProfessional;
    let context = Context { at: today, today, by: &by, calendar: &calendar, controller };
    let request = if events.is_empty() { None } else { Some(Request::replay(&*events)?) };
    events.extend(decide(request.as_ref(), command, &context)?);
    Ok(())
}

pub(crate) async fn are_kept_as_they_were_decided(records: &Records) -> Law {
    let requests = Requests::new(records.clone());
    let by = (at(1_780_000_000_000), "desk");
    let mut events = Vec::new();
    let receipt = Receipt {
        ask: Ask::Access,
        channel: Channel::Email,
        requester: Requester::Subject,
        identity: Identity::Unproven,
    };
    follow(&mut events, Command::Receive(receipt), "2026-06-01")?;
    let doubt = Text::new("written from an address that we do not know")?;
    follow(&mut events, Command::RequestIdentity { doubt }, "2026-06-02")?;
    let written = requests.keep(REQUEST, ALICE, (&events, 0), by).await?;
    assert_eq!(written, Written::Written { version: 2 });
    assert_eq!(requests.load(RecordId(11)).await?, None);

    let mut kept = requests.load(REQUEST).await?.ok_or("no request")?;
    assert_eq!((&kept.events, kept.person), (&events, Some(ALICE)));
    assert_eq!(kept.request, Request::replay(&events)?);
    let shown = format!("{kept:?}");
    assert!(!shown.contains("address"), "{shown}");
    let how = Text::new("passport shown at the desk")?;
    follow(&mut kept.events, Command::ConfirmIdentity { how }, "2026-06-09")?;
    let written = requests.keep(REQUEST, ALICE, (&kept.events, 2), by).await?;
    assert_eq!(written, Written::Written { version: 3 });
    let late = requests.keep(REQUEST, ALICE, (&kept.events, 2), by).await?;
    assert_eq!(late, Written::Stale { version: 3 });
    let again = requests.keep(REQUEST, BOB, (&kept.events, 0), by).await?;
    assert_eq!(again, Written::Exists);

    //= UK GDPR, Article 12A(2): the clock runs from the latest of receipt, identity and fee
    let page = requests.list(&Filter::default().open(), None, 5).await?;
    let [listed] = &*page.rows else { return Err("one row was expected".into()) };
    let summary = &listed.summary;
    assert_eq!((summary.kind(), summary.state()), ("access", "received"));
    let days = (summary.received().to_string(), summary.runs_from().to_string());
    assert_eq!(days, ("2026-06-01".into(), "2026-06-09".into()));

    // Whoever can write to the queue would have it erased, or forgotten.
    assert_eq!(requests.verify().await?, 1);
    for sql in [
        "UPDATE requests SET is_open = 0 WHERE tenant = $1",
        "UPDATE requests SET kind = 'objection' WHERE tenant = $1",
        "UPDATE requests SET state = 'closed' WHERE tenant = $1",
        "UPDATE requests SET runs_from = runs_from + 30 WHERE tenant = $1",
        "DELETE FROM requests WHERE tenant = $1",
    ] {
        let alter = move |transaction: &mut Transaction<'_>| -> Result<u64, DatabaseError> {
            transaction.execute(sql, &[])
        };
        assert_eq!(records.database().transact(alter).await?, 1);
        let fault = RecordFault::Queue;
        let expected = VerifyError::Record { record: REQUEST, fault };
        assert_eq!(requests.verify().await, Err(expected), "{sql}");
        let summary = summary.clone();
        let mend = move |transaction: &mut Transaction<'_>| {
            request::summarise(transaction, REQUEST, &summary)
        };
        records.database().transact(mend).await?;
    }
    assert_eq!(requests.verify().await?, 1);

    // Or plants a request that nobody made, which nobody can answer.
    let _: Written = records.create(RecordId(12), consent(BOB), change("a", "")).await?;
    let planted = Summary::new("access", "received", summary.received());
    let plant = move |transaction: &mut Transaction<'_>| {
        request::summarise(transaction, RecordId(12), &planted)
    };
    records.database().transact(plant).await?;
    assert_eq!(records.held_by(BOB).await?, [RecordId(12)]);
    let held = records.erase_person(BOB, &[], by.0, "dpo").await?;
    assert_eq!(held, Erasure::Held { requests: vec![RecordId(12)] });
    let (record, fault) = (RecordId(12), RecordFault::Queue);
    assert_eq!(requests.verify().await, Err(VerifyError::Record { record, fault }));
    let remove = |transaction: &mut Transaction<'_>| -> Result<u64, DatabaseError> {
        transaction.execute(
            "DELETE FROM requests WHERE tenant = $1 AND id = $2",
            &[12_u128.to_be_bytes().into()],
        )
    };
    assert_eq!(records.database().transact(remove).await?, 1);
    assert_eq!(requests.verify().await?, 1);

    //= DPA 2018, section 173: what a person has asked for is not erased before they are answered
    let held = records.erase_person(ALICE, &[], by.0, "dpo").await?;
    assert_eq!(held, Erasure::Held { requests: vec![REQUEST] });
    follow(&mut kept.events, Command::Withdraw, "2026-06-10")?;
    let written = requests.keep(REQUEST, ALICE, (&kept.events, 3), by).await?;
    assert_eq!(written, Written::Written { version: 4 });
    assert_eq!(requests.count(&Filter::default().open()).await?, 0);
    let erased = records.erase_person(ALICE, &[], by.0, "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 4 });
    assert_eq!(requests.load(REQUEST).await, Err(RequestError::Erased));
    assert_eq!(requests.count(&Filter::default().closed()).await?, 1, "that it was, stays");
    assert_eq!(requests.verify().await?, 1);
    records.verify(vec![]).await?;
    assert!(Summary::of_request(&[]).is_err());
    Ok(())
}

/// Events of requests that make none, as only another program could have written them.
pub(crate) async fn impossible_ones_are_found(records: &Records) -> Law {
    let requests = Requests::new(records.clone());
    let mut events = Vec::new();
    let receipt = Receipt {
        ask: Ask::Access,
        channel: Channel::Email,
        requester: Requester::Subject,
        identity: Identity::SignedIn,
    };
    follow(&mut events, Command::Receive(receipt), "2026-06-01")?;
    follow(&mut events, Command::Accept, "2026-06-02")?;
    let summary = Summary::of_request(&events)?;
    let mut written = Change::new(at(1_780_000_000_000), "desk");
    for event in events.iter().rev() {
        written = written.with_event("request.noted", Value::parse(&serde_json::to_vec(event)?)?);
    }
    let created = requests.create(REQUEST, ALICE, written, summary).await?;
    assert_eq!(created, Written::Written { version: 2 });
    let fault = RecordFault::Order;
    assert_eq!(requests.verify().await, Err(VerifyError::Record { record: REQUEST, fault }));
    Ok(())
}

pub(crate) async fn complaints_are_kept_beside_them(records: &Records) -> Law {
    let requests = Requests::new(records.clone());
    let by = (at(1_783_000_000_000), "desk");
    let (clerk, calendar) = (Name::new("dpo")?, Calendar::of(Division::Scotland));
    let today = Date::parse("2026-07-01")?;
    let controller = ControllerStatus::Other;
    let context = Context { at: today, today, by: &clerk, calendar: &calendar, controller };
    let about = Text::new("my records went to the wrong address")?;
    let command = ComplaintCommand::Receive { channel: Channel::Form, about, request: None };
    let mut events = vec![decide_complaint(None, command, &context)?];
    let written = requests.keep_complaint(REQUEST, ALICE, (&events, 0), by).await?;
    assert_eq!(written, Written::Written { version: 1 });
    let kept = requests.load_complaint(REQUEST).await?.ok_or("no complaint")?;
    assert_eq!((&kept.events, kept.person), (&events, Some(ALICE)));
    let acknowledged = ComplaintCommand::Acknowledge;
    events.push(decide_complaint(Some(&kept.complaint), acknowledged, &context)?);
    let written = requests.keep_complaint(REQUEST, ALICE, (&events, 1), by).await?;
    assert_eq!(written, Written::Written { version: 2 });
    let kept = requests.load_complaint(REQUEST).await?.ok_or("no complaint")?;
    assert_eq!(kept.complaint, Complaint::replay(&events)?);
    let page = requests.list(&Filter::default().of_kind(COMPLAINT).open(), None, 5).await?;
    assert_eq!(requests.of_person(ALICE).await?, page.rows);
    assert_eq!(page.rows.first().map(|row| row.summary.state()), Some("acknowledged"));
    assert_eq!(requests.verify().await?, 1);
    let refused = requests.load(REQUEST).await;
    assert_eq!(refused, Err(RequestError::Form { event: 1 }), "it is no request");
    //= DPA 2018 §164A(4): the person is told the outcome
    let held = || Erasure::Held { requests: vec![REQUEST] };
    assert_eq!(records.held_by(ALICE).await?, [REQUEST]);
    assert_eq!(records.erase_person(ALICE, &[], by.0, "dpo").await?, held());
    assert_eq!(records.erase_record(REQUEST, by.0, "dpo").await?, held());
    events.push(decide_complaint(Some(&kept.complaint), ComplaintCommand::Withdraw, &context)?);
    let written = requests.keep_complaint(REQUEST, ALICE, (&events, 2), by).await?;
    assert_eq!(written, Written::Written { version: 3 });
    assert_eq!(records.held_by(ALICE).await?, []);
    let erased = records.erase_person(ALICE, &[], by.0, "dpo").await?;
    assert_eq!(erased, Erasure::Erased { records: 1, payloads: 3 });
    Ok(())
}
