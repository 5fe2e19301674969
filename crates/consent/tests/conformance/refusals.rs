//! Clocks that stand still, and facts that cannot be.

use upheld_consent::{
    Awaited, Calendar, Clarification, Date, DeadlineError, Division, Due, Extension, Fact, Facts,
    Regime, RequestKind, deadline,
};

use crate::{date, england};

fn access() -> Facts<'static> {
    Facts::new(RequestKind::Access, date("2026-06-01"))
}

fn pause(asked: &str, answered: Option<&str>) -> Clarification {
    Clarification { asked: date(asked), answered: answered.map(date) }
}

fn uk(facts: &Facts<'_>) -> Result<Due, DeadlineError> {
    deadline(facts, Regime::Uk, &england())
}

//= UK GDPR, Article 12(6): the request may wait until the identity is confirmed
#[test]
fn no_clock_runs_until_what_was_asked_for_is_there() {
    let facts = access()
        .with_identity(Awaited::Outstanding)
        .with_authority(Awaited::Received(date("2026-06-05")));
    let Ok(Due::NotRunning(waiting)) = uk(&facts) else { panic!() };
    assert!(waiting.identity && !waiting.authority && !waiting.fee);
    let Ok(Due::NotRunning(waiting)) = uk(&facts.with_fee(Awaited::Outstanding)) else { panic!() };
    assert!(waiting.identity && waiting.fee);
}

//= UK GDPR, Article 12A(5)(b): the days from the question to the answer, both included, do not count
#[test]
fn an_open_question_stops_the_clock() {
    let open = [pause("2026-06-10", None)];
    assert_eq!(
        uk(&access().with_clarifications(&open)),
        Ok(Due::Paused { since: date("2026-06-10") })
    );
    // On the last day of the period, even when that was moved by a weekend.
    let last = [pause("2026-07-01", None)];
    assert_eq!(
        uk(&access().with_clarifications(&last)),
        Ok(Due::Paused { since: date("2026-07-01") })
    );
    let received = Facts::new(RequestKind::Access, date("2026-01-28"));
    let rolled = [pause("2026-03-02", None)];
    assert_eq!(
        uk(&received.with_clarifications(&rolled)),
        Ok(Due::Paused { since: date("2026-03-02") })
    );
    // After it there is nothing left to stop.
    let late = [pause("2026-07-02", None)];
    let Ok(Due::Running(deadline)) = uk(&access().with_clarifications(&late)) else { panic!() };
    assert_eq!(deadline.due, date("2026-07-01"));
    // But with an extension there is.
    let facts = access().with_clarifications(&late).with_extension(Extension::NotifiedInTime);
    assert_eq!(uk(&facts), Ok(Due::Paused { since: date("2026-07-02") }));
}

#[test]
fn questions_about_other_requests_stop_nothing() {
    let pauses = [pause("2026-06-10", Some("2026-06-12"))];
    for kind in RequestKind::ALL.into_iter().filter(|kind| *kind != RequestKind::Access) {
        let facts = Facts::new(kind, date("2026-06-01")).with_clarifications(&pauses);
        assert_eq!(uk(&facts), Err(DeadlineError::PauseNotAllowed { kind }));
    }
}

#[test]
fn impossible_orders() {
    let early = Awaited::Received(date("2026-05-31"));
    let error = |fact, date: &str, after: &str| {
        Err(DeadlineError::Order { fact, date: crate::date(date), after: crate::date(after) })
    };
    let received = "2026-06-01";
    assert_eq!(uk(&access().with_identity(early)), error(Fact::Identity, "2026-05-31", received));
    assert_eq!(uk(&access().with_authority(early)), error(Fact::Authority, "2026-05-31", received));
    assert_eq!(uk(&access().with_fee(early)), error(Fact::Fee, "2026-05-31", received));
    let before = [pause("2026-05-30", Some("2026-06-10"))];
    assert_eq!(
        uk(&access().with_clarifications(&before)),
        error(Fact::Clarification, "2026-05-30", received)
    );
    let backwards = [pause("2026-06-10", Some("2026-06-09"))];
    assert_eq!(
        uk(&access().with_clarifications(&backwards)),
        error(Fact::Answer, "2026-06-09", "2026-06-10")
    );
    let given = access().with_extension(Extension::Notified(date("2026-05-31")));
    assert_eq!(uk(&given), error(Fact::Extension, "2026-05-31", received));
    assert_eq!(
        uk(&given).unwrap_err().to_string(),
        "the notice of an extension on 2026-05-31 is before 2026-06-01"
    );
}

//= UK GDPR, Article 12A(4)(a): the notice is given within the month from the relevant time
#[test]
fn an_extension_must_be_notified_in_time() {
    let notified = |day| uk(&access().with_extension(Extension::Notified(date(day))));
    let Ok(Due::Running(deadline)) = notified("2026-07-01") else { panic!() };
    assert_eq!(deadline.due, date("2026-09-01"));
    let late =
        DeadlineError::ExtensionTooLate { given: date("2026-07-02"), by: date("2026-07-01") };
    assert_eq!(notified("2026-07-02"), Err(late));
    // A pause moves the last day for the notice as well.
    let pauses = [pause("2026-06-10", Some("2026-06-11"))];
    let facts = access()
        .with_clarifications(&pauses)
        .with_extension(Extension::Notified(date("2026-07-03")));
    assert!(matches!(uk(&facts), Ok(Due::Running(_))));
}

#[test]
fn years_nobody_knows() {
    let facts = Facts::new(RequestKind::Access, date("2028-12-15"));
    let error = uk(&facts).unwrap_err();
    assert!(error.to_string().starts_with("the holidays of 2029-01-15 are not known"));
    let projected = england().projected(Division::EnglandAndWales);
    let Ok(Due::Running(deadline)) = deadline(&facts, Regime::Uk, &projected) else { panic!() };
    assert!(deadline.projected);
    assert_eq!(deadline.due, date("2029-01-15"));
    let end = Facts::new(RequestKind::Access, Date::MAX);
    for regime in Regime::ALL {
        assert_eq!(
            upheld_consent::deadline(&end, regime, &Calendar::WEEKENDS),
            Err(DeadlineError::Range),
            "{regime}"
        );
    }
}

/// A clarification that lasts as long as dates do, a thousand times over.
#[test]
fn long_pauses_take_no_time() {
    let longest = Clarification { asked: date("2026-06-02"), answered: Some(Date::MAX) };
    let pauses = vec![longest; 1_000];
    let facts = access().with_clarifications(&pauses);
    assert_eq!(deadline(&facts, Regime::Uk, &Calendar::WEEKENDS), Err(DeadlineError::Range));
}
