//! The queue of requests: how it is listed, and what it keeps from being erased.

use std::cmp::Reverse;
use std::error::Error;
use std::time::{Duration, Instant};

use upheld_consent::{Date, RequestKind};
use upheld_store::Tenant;
use upheld_store::record::{Erasure, RecordId, Records, Written};
use upheld_store::request::{self, Assigned, Filter, Place, Requests, Summary};
use upheld_store::sql::{Database, DatabaseError, Transaction};

use super::laws::{ALICE, BOB, Law, at, change, consent, keys};

fn day(text: &str) -> Result<Date, Box<dyn Error>> {
    Ok(Date::parse(text)?)
}

//= DPA 2018, section 173: what a person has asked for is not erased before they are answered
pub(crate) async fn nothing_is_erased_that_was_asked_for(records: &Records) -> Law {
    let requests = Requests::new(records.clone());
    let _: Written = records.create(RecordId(1), consent(ALICE), change("a", "secret")).await?;
    for (number, kind) in (10..).zip(RequestKind::ALL) {
        let request = RecordId(number);
        let summary = Summary::new(kind.name(), "received", day("2026-01-05")?);
        let received = change("request.received", "please");
        let _: Written = requests.create(request, ALICE, received, summary.clone()).await?;
        let settled = records.erase_person_if_settled(ALICE, &[], at(5), "dpo").await?;
        let names = |requests: &[RecordId]| requests.contains(&request);
        assert!(
            matches!(&settled, Erasure::Held { requests } if names(requests)),
            "{kind:?}: {settled:?}"
        );
        let erasure = records.erase_record(RecordId(1), at(5), "dpo").await?;
        let holds = matches!(kind, RequestKind::Access | RequestKind::Portability);
        let held_by = records.held_by(ALICE).await?;
        assert_eq!(held_by, if holds { vec![request] } else { Vec::new() }, "{kind:?}");
        if holds {
            assert_eq!(erasure, Erasure::Held { requests: vec![request] }, "{kind:?}");
            let erasure = records.erase_person(ALICE, &[], at(5), "dpo").await?;
            assert_eq!(erasure, Erasure::Held { requests: vec![request] }, "{kind:?}");
            let erasure = records.erase_person(BOB, &[], at(5), "dpo").await?;
            assert_eq!(erasure, Erasure::Erased { records: 0, payloads: 0 });
            let kept = records.load(RecordId(1)).await?.ok_or("no record")?;
            assert!(kept.events.iter().all(|event| event.payload.is_some()));
            let answered = change("request.answered", "here");
            let closed = requests.append(request, 1, answered, summary.closed()).await?;
            assert_eq!(closed, Written::Written { version: 2 });
        } else {
            assert!(matches!(erasure, Erasure::Erased { .. }), "{kind:?}");
            let fresh = RecordId(1_000_u128.saturating_add(number));
            let _: Written = records.create(fresh, consent(ALICE), change("a", "")).await?;
        }
    }
    let erased = records.erase_person(ALICE, &[], at(6), "dpo").await?;
    assert!(matches!(erased, Erasure::Erased { records, .. } if records > 8), "{erased:?}");
    records.verify(vec![]).await?;
    Ok(())
}

const STATES: [&str; 3] = ["received", "collecting", "closed"];

/// A request of a queue, by its number.
fn queued(number: u32) -> Result<(RecordId, Summary), Box<dyn Error>> {
    let nth = usize::try_from(number)?;
    let kind = RequestKind::ALL.into_iter().cycle().nth(nth % 8).ok_or("no kind")?;
    let state = STATES.iter().cycle().nth(nth / 8 % 3).ok_or("no state")?;
    let received = day("2026-01-01")?.plus_days(i32::try_from(number % 701)?).ok_or("no day")?;
    let summary = Summary::new(kind.name(), state, received);
    let summary = if *state == "closed" { summary.closed() } else { summary };
    let summary = match number % 5 {
        0 => summary,
        handler => summary.assigned_to(handler.into()),
    };
    Ok((RecordId(number.into()), summary))
}

fn filters() -> [Filter; 9] {
    let all = Filter::default();
    [
        all.clone(),
        all.clone().open(),
        all.clone().closed(),
        all.clone().of_kind("erasure"),
        all.clone().in_state("collecting"),
        all.clone().assigned_to(3),
        all.clone().unassigned(),
        all.clone().open().assigned_to(3).of_kind("access"),
        all.of_kind("objection").in_state("closed").unassigned(),
    ]
}

pub(crate) async fn is_listed_by_filter_and_page(records: &Records) -> Law {
    let requests = Requests::new(records.clone());
    let mut known = Vec::new();
    for number in 0..120 {
        let (request, summary) = queued(number)?;
        let received = change("request.received", "");
        let _: Written = requests.create(request, ALICE, received, summary.clone()).await?;
        known.push((request, summary));
    }
    known.sort_by_key(|(request, summary)| (Reverse(summary.received()), *request));
    let of_alice = requests.of_person(ALICE).await?.into_iter();
    assert!(of_alice.map(|row| (row.request, row.summary)).eq(known.iter().cloned()));
    assert_eq!(requests.of_person(BOB).await?, []);
    known.sort_by_key(|(request, summary)| (summary.runs_from(), *request));
    for (number, filter) in (0..).zip(filters()) {
        let is_meant = |summary: &Summary| match number {
            0 => true,
            1 => summary.is_open(),
            2 => !summary.is_open(),
            3 => summary.kind() == "erasure",
            4 => summary.state() == "collecting",
            5 => summary.assignee() == Some(3),
            6 => summary.assignee().is_none(),
            7 => summary.is_open() && summary.assignee() == Some(3) && summary.kind() == "access",
            _ => {
                let is_closed = summary.state() == "closed" && summary.kind() == "objection";
                is_closed && summary.assignee().is_none()
            }
        };
        let wanted: Vec<_> = known.iter().filter(|(_, summary)| is_meant(summary)).collect();
        assert_eq!(requests.count(&filter).await?, u64::try_from(wanted.len())?);
        for limit in [1, 7, 120, 200] {
            let (mut listed, mut after) = (Vec::new(), None);
            loop {
                let page = requests.list(&filter, after, limit).await?;
                assert!(page.rows.len() <= usize::try_from(limit)?);
                listed.extend(page.rows);
                let Some(next) = page.next else { break };
                // As it comes back in an address.
                after = Some(Place::parse(&next.to_string())?);
            }
            let listed: Vec<_> = listed.iter().map(|row| (row.request, &row.summary)).collect();
            let expected: Vec<_> = wanted.iter().map(|(id, summary)| (*id, summary)).collect();
            assert_eq!(listed, expected, "filter {number}, pages of {limit}");
        }
    }
    for bad in
        ["", ".", "2026-01-01", "2026-01-01.1", "2026-13-01.00000000000000000000000000000001"]
    {
        assert!(Place::parse(bad).is_err(), "{bad}");
    }
    let changed = Summary::new("access", "collecting", day("2027-12-24")?);
    let changed = changed.running_from(day("2028-01-02")?).assigned_to(9);
    let written = requests.append(RecordId(0), 1, change("b", ""), changed.clone()).await?;
    assert_eq!(written, Written::Written { version: 2 });
    let page = requests.list(&Filter::default().assigned_to(9), None, 5).await?;
    assert_eq!(page.rows.first().map(|row| &row.summary), Some(&changed));
    assert_eq!(requests.assign(RecordId(0), Some(8)).await?, Assigned::Changed);
    assert_eq!(requests.assign(RecordId(0), Some(8)).await?, Assigned::Unchanged);
    let goes_on = changed.clone().assigned_to(8);
    let unsaid = Summary::new("access", "collecting", day("2027-12-24")?);
    let unsaid = unsaid.running_from(day("2028-01-02")?);
    let written = requests.append(RecordId(0), 2, change("c", ""), unsaid).await?;
    assert_eq!(written, Written::Written { version: 3 });
    let page = requests.list(&Filter::default().assigned_to(8), None, 5).await?;
    assert_eq!(page.rows.first().map(|row| &row.summary), Some(&goes_on), "it stays with them");
    for (assignee, assigned) in
        [(None, Assigned::Changed), (None, Assigned::Unchanged), (Some(9), Assigned::Changed)]
    {
        assert_eq!(requests.assign(RecordId(0), assignee).await?, assigned, "{assignee:?}");
    }
    assert_eq!(requests.assign(RecordId(9999), None).await?, Assigned::Missing);
    let page = requests.list(&Filter::default().assigned_to(9), None, 5).await?;
    let stale = requests.append(RecordId(0), 1, change("b", ""), changed.closed()).await?;
    assert_eq!(stale, Written::Stale { version: 3 });
    assert_eq!(requests.list(&Filter::default().assigned_to(9).open(), None, 5).await?, page);
    is_handled_by_one(&requests).await
}

/// What a desk does in a transaction of its own: gives a request to somebody, and takes all from
/// whoever leaves.
async fn is_handled_by_one(requests: &Requests) -> Law {
    let database = requests.records().database();
    let listed = requests.summary(RecordId(0)).await?.ok_or("not listed")?;
    assert_eq!(listed.assignee(), Some(9));
    assert_eq!(requests.summary(RecordId(9999)).await?, None);
    let given = database.transact(|transaction: &mut Transaction<'_>| {
        let is_there = request::assign(transaction, RecordId(1), Some(9))?;
        Ok::<_, DatabaseError>((is_there, request::assign(transaction, RecordId(9999), None)?))
    });
    assert_eq!(given.await?, (Assigned::Changed, Assigned::Missing));
    let others = requests.count(&Filter::default().assigned_to(3)).await?;
    assert_eq!(requests.count(&Filter::default().assigned_to(9)).await?, 2);
    let taken =
        database.transact(|transaction: &mut Transaction<'_>| request::take_from(transaction, 9));
    let taken: Result<(), DatabaseError> = taken.await;
    taken?;
    assert_eq!(requests.count(&Filter::default().assigned_to(9)).await?, 0);
    assert_eq!(requests.count(&Filter::default().assigned_to(3)).await?, others);
    Ok(())
}

/// Makes a long queue.
pub(crate) async fn fill(database: &Database, length: u32) -> Law {
    let database = database.of_tenant(Tenant::new("long-queue")?);
    let mut rows: Vec<_> = (0..length).map(queued).collect::<Result<_, _>>()?;
    while !rows.is_empty() {
        let some = rows.split_off(rows.len().saturating_sub(1000));
        let fill = move |transaction: &mut Transaction<'_>| -> Result<(), DatabaseError> {
            let sql = "INSERT INTO records (tenant, id, kind, version)
                 VALUES ($1, $2, 'request', 1)";
            for (request, summary) in some {
                transaction.execute_later(sql, &[request.0.to_be_bytes().into()])?;
                request::summarise(transaction, request, &summary)?;
            }
            Ok(())
        };
        database.transact(fill).await?;
    }
    Ok(())
}

/// Says how long the slowest page of that queue took, the best of five times.
pub(crate) async fn slowest_page(database: &Database) -> Result<Duration, Box<dyn Error>> {
    let database = database.of_tenant(Tenant::new("long-queue")?);
    let requests = Requests::new(Records::new(database, keys()?));
    let near_end = Place::parse("2027-11-20.00000000000000000000000000000000")?;
    let mut slowest = Duration::ZERO;
    for filter in filters() {
        for after in [None, Some(near_end)] {
            let mut best = Duration::MAX;
            for _ in 0..5 {
                let since = Instant::now();
                let page = requests.list(&filter, after, 50).await?;
                best = best.min(since.elapsed());
                assert!(!page.rows.is_empty());
            }
            slowest = slowest.max(best);
        }
    }
    Ok(slowest)
}
