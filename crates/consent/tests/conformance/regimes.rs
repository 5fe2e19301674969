//! The clocks of other laws.

use upheld_consent::{
    Awaited, Calendar, Clarification, DeadlineError, Extension, Fact, Facts, Regime, RequestKind,
    deadline,
};

use crate::{date, running};

fn facts(kind: RequestKind, received: &str) -> Facts<'static> {
    Facts::new(kind, date(received))
}

/// GDPR Article 12(3); EDPB Guidelines 01/2022 paragraph 158 for the examples.
#[test]
fn eu() {
    let calendar = Calendar::WEEKENDS;
    let due = |received| running(&facts(RequestKind::Access, received), Regime::Eu, &calendar).due;
    assert_eq!(due("2021-03-05"), date("2021-04-05")); // Easter Monday, which WEEKENDS does not know
    assert_eq!(due("2021-08-31"), date("2021-09-30"));
    let easter = Calendar::from_holidays(
        "DE",
        date("2021-01-01"),
        date("2021-12-31"),
        &[date("2021-04-05")],
    )
    .unwrap();
    assert_eq!(
        running(&facts(RequestKind::Access, "2021-03-05"), Regime::Eu, &easter).due,
        date("2021-04-06")
    );
    let extended = facts(RequestKind::Erasure, "2026-11-30")
        .with_extension(Extension::Notified(date("2026-12-30")));
    assert_eq!(running(&extended, Regime::Eu, &calendar).due, date("2027-03-01"));
}

//= 11 CCR §7021(a): receipt is confirmed within 10 business days
//= 11 CCR §7021(b): 45 calendar days from receipt, whatever verification takes; 90 with notice
#[test]
fn ccpa() {
    let deadline =
        running(&facts(RequestKind::Erasure, "2026-01-05"), Regime::Ccpa, &Calendar::WEEKENDS);
    assert_eq!(deadline.acknowledge_by, Some(date("2026-01-19")));
    assert_eq!(
        (deadline.due, deadline.notice_deadline),
        (date("2026-02-19"), Some(date("2026-02-19")))
    );
    // The end is not moved by a weekend.
    assert_eq!(
        running(&facts(RequestKind::Access, "2026-01-07"), Regime::Ccpa, &Calendar::WEEKENDS).due,
        date("2026-02-21")
    );
    let extended = facts(RequestKind::Erasure, "2026-01-05")
        .with_extension(Extension::Notified(date("2026-02-19")));
    assert_eq!(running(&extended, Regime::Ccpa, &Calendar::WEEKENDS).due, date("2026-04-05"));
}

//= 11 CCR §7026(f): a request to stop selling is met within 15 business days, from receipt
#[test]
fn ccpa_opt_out() {
    for kind in [RequestKind::Objection, RequestKind::ConsentWithdrawal] {
        let deadline = running(&facts(kind, "2026-01-05"), Regime::Ccpa, &Calendar::WEEKENDS);
        assert_eq!((deadline.due, deadline.notice_deadline), (date("2026-01-26"), None));
        let extended = facts(kind, "2026-01-05").with_extension(Extension::NotifiedInTime);
        let error = upheld_consent::deadline(&extended, Regime::Ccpa, &Calendar::WEEKENDS);
        assert_eq!(
            error,
            Err(DeadlineError::NoEffect { fact: Fact::Extension, regime: Regime::Ccpa })
        );
    }
}

//= 45 CFR §164.524(b)(2): 30 days to act on a request for access, and 30 more once
//= 45 CFR §164.526(b)(2): 60 days to act on a request for amendment, and 30 more once
#[test]
fn hipaa() {
    let cases = [
        (RequestKind::Access, Extension::None, "2026-01-31"),
        (RequestKind::Access, Extension::NotifiedInTime, "2026-03-02"),
        (RequestKind::Rectification, Extension::None, "2026-03-02"),
        (RequestKind::Rectification, Extension::NotifiedInTime, "2026-04-01"),
    ];
    for (kind, extension, due) in cases {
        let facts = facts(kind, "2026-01-01").with_extension(extension);
        assert_eq!(running(&facts, Regime::Hipaa, &Calendar::WEEKENDS).due, date(due));
    }
    let error =
        deadline(&facts(RequestKind::Erasure, "2026-01-01"), Regime::Hipaa, &Calendar::WEEKENDS)
            .unwrap_err();
    assert_eq!(error.to_string(), "HIPAA sets no time for a request of the kind erasure");
}

/// What moves the clock in the UK is refused elsewhere, not overlooked.
#[test]
fn facts_without_effect() {
    let pauses = [Clarification { asked: date("2026-01-06"), answered: None }];
    for regime in [Regime::Eu, Regime::Ccpa, Regime::Hipaa] {
        let plain = facts(RequestKind::Access, "2026-01-05");
        let cases = [
            (plain.with_identity(Awaited::Outstanding), Fact::Identity),
            (plain.with_authority(Awaited::Received(date("2026-01-06"))), Fact::Authority),
            (plain.with_fee(Awaited::Outstanding), Fact::Fee),
            (plain.with_clarifications(&pauses), Fact::Clarification),
        ];
        for (facts, fact) in cases {
            let expected = Err(DeadlineError::NoEffect { fact, regime });
            assert_eq!(deadline(&facts, regime, &Calendar::WEEKENDS), expected);
        }
    }
}
