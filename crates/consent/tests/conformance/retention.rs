//! Retention: what is due on which day, and what keeps it.

use proptest::prelude::*;
use upheld_consent::retention::{
    Action, Basis, Erasure, Hold, HoldKind, HoldScope, Item, Keep, Period, Retention, Rule,
    Schedule, ScheduleError, Trigger, Verdict,
};
use upheld_consent::{DataCategory, Date, PurposeId, RequestKind};

use crate::date;

fn rule(name: &str, category: DataCategory, keep: Keep) -> Rule {
    let (name, basis, action) = (name.into(), Basis::Policy, Action::Delete);
    Rule { name, category, purpose: None, keep, basis, action }
}

fn after_contact(years: u16) -> Keep {
    Keep::For(Trigger::LastContact, Period::years(years))
}

fn letter() -> Item {
    Item::new("letter", "alice", DataCategory::Correspondence)
        .with_event(Trigger::LastContact, date("2020-05-10"))
}

fn letters(years: u16) -> Schedule {
    let rules = vec![rule("letters", DataCategory::Correspondence, after_contact(years))];
    Schedule::new(rules).unwrap()
}

/// jiff, a calendar that nobody here wrote, adds years, months and days alike.
#[test]
fn periods_end_where_another_calendar_says() {
    let mut compared = 0;
    for start in ["1999-12-31", "2000-02-29", "2023-08-31", "2024-02-28", "2026-01-30"] {
        let theirs: jiff::civil::Date = start.parse().unwrap();
        for count in 0..400_u16 {
            let span = jiff::Span::new();
            for (ours, span) in [
                (Period::days(count), span.days(count)),
                (Period::months(count), span.months(count)),
                (Period::years(count % 150), span.years(count % 150)),
            ] {
                let end = ours.after(date(start)).unwrap();
                assert_eq!(end.to_string(), theirs.checked_add(span).unwrap().to_string());
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 5 * 400 * 3);
    assert_eq!(Period::years(200).after(date("2026-01-01")), None);
    assert_eq!(Period::months(u16::MAX).after(date("2026-01-01")), None);
    let said = [Period::years(1), Period::months(18), Period::days(30)].map(|it| it.to_string());
    assert_eq!(said, ["1 year", "18 months", "30 days"]);
}

#[test]
fn it_is_due_on_the_day_after_the_last() {
    let schedule = letters(6);
    let retention = Retention::new(&schedule, &[]);
    let until = date("2026-05-10");
    assert_eq!(retention.judge(&letter(), until), Verdict::NotYet { until });
    let Verdict::Due(due) = retention.judge(&letter(), date("2026-05-11")) else {
        panic!("it is due")
    };
    assert_eq!((due.action(), due.until, due.from), (Action::Delete, until, date("2020-05-10")));
    let said = "letters: kept from last-contact on 2020-05-10 until 2026-05-10, by policy";
    assert_eq!(due.to_string(), said);
}

#[test]
fn what_is_not_known_is_never_due() {
    let schedule = letters(6);
    let retention = Retention::new(&schedule, &[]);
    let undated = Item::new("letter", "alice", DataCategory::Correspondence);
    let verdict = retention.judge(&undated, Date::MAX);
    assert!(
        matches!(verdict, Verdict::Undated { missing: Trigger::LastContact, .. }),
        "{verdict:?}"
    );
    let other = Item::new("x", "alice", DataCategory::Device);
    assert_eq!(retention.judge(&other, Date::MAX), Verdict::Unscheduled);
    let long = Schedule::new(vec![rule("x", DataCategory::Device, after_contact(u16::MAX))]);
    let long = long.unwrap();
    let other = other.with_event(Trigger::LastContact, date("2020-01-01"));
    let verdict = Retention::new(&long, &[]).judge(&other, Date::MAX);
    assert_eq!(verdict, Verdict::NotYet { until: Date::MAX });
    assert_eq!(retention.due_for_disposal([&undated, &other], Date::MAX).count(), 0);
    assert_eq!(retention.due_for_disposal([&letter(), &other], Date::MAX).count(), 1);
}

#[test]
fn the_rule_that_keeps_it_longest_counts() {
    let newsletter = PurposeId::parse("newsletter").unwrap();
    let general = rule("general", DataCategory::EmailAddress, after_contact(1));
    let for_news = Rule {
        purpose: Some(newsletter.clone()),
        ..rule("news", DataCategory::EmailAddress, after_contact(3))
    };
    let schedule = Schedule::new(vec![for_news, general]).unwrap();
    let retention = Retention::new(&schedule, &[]);
    let address = Item::new("address", "alice", DataCategory::EmailAddress)
        .with_event(Trigger::LastContact, date("2020-05-10"))
        .with_event(Trigger::LastContact, date("2019-01-01"));
    let until = |item: &Item| match retention.judge(item, date("2020-06-01")) {
        Verdict::NotYet { until } => until,
        other => panic!("{other:?}"),
    };
    assert_eq!(until(&address), date("2021-05-10"), "the later day of the event counts");
    assert_eq!(until(&address.for_purpose(newsletter)), date("2023-05-10"));
}

/// NHS England, Records Management Code of Practice 2021: adults 8 years; children to the 25th
/// birthday, 26th if 17 at the end; GP 10 years after death; mental health 20 years or 10 after
/// death; maternity 25 years.
#[test]
fn health_records_are_kept_as_the_code_of_practice_says() {
    let until = |keep: Keep, events: &[(Trigger, &str)]| {
        let record = Item::new("record", "alice", DataCategory::HealthRecord);
        let record =
            events.iter().fold(record, |it, (event, day)| it.with_event(*event, date(day)));
        let schedule = Schedule::new(vec![rule("r", DataCategory::HealthRecord, keep)]).unwrap();
        match Retention::new(&schedule, &[]).judge(&record, date("1901-01-01")) {
            Verdict::NotYet { until } => Some(until.to_string()),
            Verdict::Undated { .. } => None,
            other => panic!("{other:?}"),
        }
    };
    let (birth, ended, death) = (Trigger::Birth, Trigger::TreatmentEnded, Trigger::Death);
    let adult = until(Keep::adult_health_record(), &[(ended, "2018-03-01")]);
    assert_eq!(adult.unwrap(), "2026-03-01");
    let child = |born: &str, end: &str| {
        let keep = Keep::child_health_record(date(born), date(end));
        until(keep, &[(birth, born), (ended, end)]).unwrap()
    };
    assert_eq!(child("2005-06-01", "2015-01-01"), "2030-06-01");
    assert_eq!(child("2005-06-01", "2022-05-31"), "2030-06-01", "16 on the last day");
    assert_eq!(child("2005-06-01", "2022-06-01"), "2031-06-01", "17");
    assert_eq!(child("2005-06-01", "2023-05-31"), "2031-06-01", "17 still");
    assert_eq!(child("2005-06-01", "2023-06-01"), "2031-06-01", "8 years from the end");
    let practice = |events: &[_]| until(Keep::general_practice_record(), events);
    assert_eq!(practice(&[(ended, "2000-01-01")]), None, "alive, or not known to be dead");
    assert_eq!(practice(&[(death, "2020-02-29")]).unwrap(), "2030-02-28");
    let mental = |events: &[_]| until(Keep::mental_health_record(), events);
    assert_eq!(mental(&[(ended, "2010-01-01")]).unwrap(), "2030-01-01");
    assert_eq!(mental(&[(ended, "2010-01-01"), (death, "2012-01-01")]).unwrap(), "2022-01-01");
    assert_eq!(mental(&[(ended, "2010-01-01"), (death, "2025-01-01")]).unwrap(), "2030-01-01");
    assert_eq!(mental(&[]), None);
    let maternity = until(Keep::maternity_record(), &[(ended, "2001-01-01")]);
    assert_eq!(maternity.unwrap(), "2026-01-01");
}

fn hold(kind: HoldKind, scope: HoldScope) -> Hold {
    let reason = "a solicitor's letter".into();
    Hold { kind, scope, since: date("2026-01-05"), review: date("2026-07-05"), reason }
}

#[test]
fn a_hold_keeps_what_it_covers_and_nothing_else() {
    let schedule = letters(1);
    let today = date("2026-02-01");
    let scopes = [
        (HoldScope::Item("letter".into()), true),
        (HoldScope::Item("alice".into()), false),
        (HoldScope::Person("alice".into()), true),
        (HoldScope::Person("bob".into()), false),
        (HoldScope::Category(DataCategory::Correspondence), true),
        (HoldScope::Category(DataCategory::Device), false),
        (HoldScope::Everything, true),
    ];
    for (scope, covers) in scopes {
        for kind in [HoldKind::LegalClaim, HoldKind::RegulatorInquiry, HoldKind::Restriction] {
            let holds = [hold(kind, scope.clone())];
            let verdict = Retention::new(&schedule, &holds).judge(&letter(), today);
            match verdict {
                Verdict::Held { holds: found, .. } => {
                    assert!(covers, "{scope:?}");
                    assert_eq!(found, [&holds[0]]);
                }
                Verdict::Due(_) => assert!(!covers, "{scope:?}"),
                other => panic!("{other:?}"),
            }
        }
    }
    let claim = hold(HoldKind::LegalClaim, HoldScope::Everything);
    let said = "held since 2026-01-05 under UK GDPR Art 17(3)(e): a solicitor's letter";
    assert_eq!(claim.to_string(), said);
    assert!(!claim.is_for_review(date("2026-07-04")) && claim.is_for_review(date("2026-07-05")));
    // A hold does not make anything due earlier.
    let long = letters(50);
    let holds = [claim];
    let verdict = Retention::new(&long, &holds).judge(&letter(), today);
    assert!(matches!(verdict, Verdict::NotYet { .. }), "{verdict:?}");
}

//= DPA 2018, section 173: what a person has asked for is not erased before they are answered
#[test]
fn an_open_request_for_a_copy_keeps_everything_of_the_person() {
    let schedule = letters(1);
    let (received, today) = (date("2026-01-31"), date("2026-02-01"));
    for kind in RequestKind::ALL {
        let hold = Hold::of_request(kind, "DSR-1", "alice", received);
        let is_for_a_copy = matches!(kind, RequestKind::Access | RequestKind::Portability);
        assert_eq!(hold.is_some(), is_for_a_copy, "{kind:?}");
        let holds: Vec<Hold> = hold.into_iter().collect();
        let retention = Retention::new(&schedule, &holds);
        let verdict = retention.judge(&letter(), today);
        let erasure = retention.erase_on_request(&letter(), today);
        if is_for_a_copy {
            assert!(matches!(verdict, Verdict::Held { .. }), "{kind:?}: {verdict:?}");
            assert!(matches!(erasure, Erasure::Held { .. }), "{kind:?}: {erasure:?}");
            assert_eq!(holds[0].review, date("2026-04-30"));
            assert_eq!(holds[0].kind.provision().to_string(), "DPA 2018 s.173(3)");
        } else {
            assert!(matches!(verdict, Verdict::Due(_)), "{kind:?}: {verdict:?}");
            assert_eq!(erasure, Erasure::Erase, "{kind:?}");
        }
        let bob = Item::new("b", "bob", DataCategory::Correspondence)
            .with_event(Trigger::LastContact, date("2020-01-01"));
        assert!(matches!(retention.judge(&bob, today), Verdict::Due(_)));
    }
}

//= UK GDPR, Article 17(3): not what a legal obligation or a claim needs
#[test]
fn on_request_it_goes_unless_a_law_or_a_hold_keeps_it() {
    let today = date("2021-01-01");
    let policy = letters(6);
    assert_eq!(Retention::new(&policy, &[]).erase_on_request(&letter(), today), Erasure::Erase);
    let by_law = Rule {
        basis: Basis::Law("Companies Act 2006 s.388".into()),
        ..rule("letters", DataCategory::Correspondence, after_contact(6))
    };
    let law = Schedule::new(vec![by_law]).unwrap();
    let retention = Retention::new(&law, &[]);
    let Erasure::Refused { provision, until } = retention.erase_on_request(&letter(), today) else {
        panic!("the law keeps it")
    };
    assert_eq!(
        (&*provision.to_string(), until),
        ("UK GDPR Art 17(3)(b)", Some(date("2026-05-10")))
    );
    assert_eq!(retention.erase_on_request(&letter(), date("2026-05-11")), Erasure::Erase);
    let undated = Item::new("letter", "alice", DataCategory::Correspondence);
    let erasure = retention.erase_on_request(&undated, today);
    assert!(matches!(erasure, Erasure::Refused { until: None, .. }), "{erasure:?}");
    for (kind, refused) in
        [(HoldKind::LegalClaim, Some("UK GDPR Art 17(3)(e)")), (HoldKind::RegulatorInquiry, None)]
    {
        let holds = [hold(kind, HoldScope::Everything)];
        match (Retention::new(&policy, &holds).erase_on_request(&letter(), today), refused) {
            (Erasure::Refused { provision, .. }, Some(clause)) => {
                assert_eq!(provision.to_string(), clause);
            }
            (Erasure::Held { holds }, None) => assert_eq!(holds.len(), 1),
            other => panic!("{other:?}"),
        }
    }
    let holds = [hold(HoldKind::Restriction, HoldScope::Everything)];
    let erasure = Retention::new(&policy, &holds).erase_on_request(&letter(), today);
    assert_eq!(erasure, Erasure::Erase, "whoever restricted it asks for it");
}

#[test]
fn schedules_that_contradict_themselves_are_refused() {
    let make = |rules: Vec<Rule>| Schedule::new(rules).unwrap_err();
    let one = |name: &str| rule(name, DataCategory::Device, after_contact(1));
    assert_eq!(make(vec![one(" ")]), ScheduleError::Name { rule: 0 });
    let twice = vec![one("a"), rule("a", DataCategory::Name, after_contact(1))];
    assert_eq!(make(twice), ScheduleError::Name { rule: 1 });
    let covered = ScheduleError::Covered { rule: 1, first: 0 };
    assert_eq!(make(vec![one("a"), one("b")]), covered);
    for keep in [after_contact(0), Keep::Longest(vec![]), Keep::Shortest(vec![])] {
        let nothing = vec![rule("a", DataCategory::Name, keep)];
        assert_eq!(make(nothing), ScheduleError::Nothing { rule: 0 });
    }
}

proptest! {
    /// Once due, due on every later day; and never with a hold that covers it.
    #[test]
    fn what_is_due_stays_due(years in 1_u16..60, day in 0_i32..40_000, later in 0_i32..20_000) {
        let schedule = letters(years);
        let today = Date::MIN.plus_days(day).unwrap();
        let then = today.plus_days(later).unwrap();
        let retention = Retention::new(&schedule, &[]);
        let is_due = |today| matches!(retention.judge(&letter(), today), Verdict::Due(_));
        prop_assert!(!is_due(today) || is_due(then));
        let holds = [hold(HoldKind::LegalClaim, HoldScope::Person("alice".into()))];
        let held = Retention::new(&schedule, &holds).judge(&letter(), then);
        prop_assert!(!matches!(held, Verdict::Due(_)));
    }
}
