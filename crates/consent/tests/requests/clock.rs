//! The deadline of a request follows from its events.

use upheld_consent::Due;
use upheld_consent::request::{Ask, Command, ExtensionGround, Rejection, Stage};

use crate::desk::{Desk, fee, receipt};
use crate::{date, name, text};

fn ask() -> Command {
    Command::AskClarification { question: text("which years?") }
}

fn answer() -> Command {
    Command::Clarify { answer: text("2025") }
}

fn extend() -> Command {
    Command::Extend { ground: ExtensionGround::Number, reasons: text("six requests at once") }
}

//= UK GDPR, Article 12A(5): further information is asked for where an access request needs it
#[test]
fn a_question_stops_the_clock_and_the_answer_lets_it_go_on() {
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::Accept);
    assert_eq!(desk.day(), date("2026-07-01"));
    desk.must("2026-06-03", ask());
    assert_eq!(desk.due(), Some(Due::Paused { since: date("2026-06-03") }));
    let early = desk.refused("2026-06-02", answer());
    assert!(matches!(early, Rejection::Order { .. }), "{early}");
    desk.must("2026-06-10", answer());
    // Eight days, 3 to 10 June.
    assert_eq!(desk.day(), date("2026-07-09"));
    assert_eq!(desk.request().stage(), Stage::InProgress);
}

#[test]
fn a_question_on_the_last_day_is_in_time_and_one_after_it_is_not() {
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::Accept);
    let late = desk.refused("2026-07-02", ask());
    let by = date("2026-07-01");
    assert!(matches!(late, Rejection::TooLate { by: last, .. } if last == by), "{late}");
    desk.must("2026-07-01", ask());
    desk.must("2026-07-03", answer());
    assert_eq!(desk.day(), date("2026-07-06"));
}

/// The law says nothing of a controller that goes on without an answer: the day on which it does
/// counts.
#[test]
fn going_on_without_an_answer_ends_the_pause_the_day_before() {
    let without = || Command::ProceedUnclarified { why: text("a week has passed") };
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", ask());
    desk.must("2026-06-10", without());
    assert_eq!(desk.day(), date("2026-07-08"));
    // Asked and given up on the same day: nothing was paused.
    desk.must("2026-06-12", ask());
    desk.must("2026-06-12", without());
    assert_eq!(desk.day(), date("2026-07-08"));
}

#[test]
fn only_an_access_request_is_paused() {
    for other in Ask::ALL.into_iter().filter(|other| *other != Ask::Access) {
        let mut desk = Desk::with(other);
        desk.must("2026-06-02", Command::Accept);
        let refused = desk.refused("2026-06-03", ask());
        assert!(matches!(refused, Rejection::NotForThis { .. }), "{refused}");
    }
}

#[test]
fn proof_and_payment_start_the_clock_again() {
    let mut desk = Desk::with(Ask::Erasure);
    desk.must("2026-06-02", Command::RequestIdentity { doubt: text("another address") });
    let Some(Due::NotRunning(waiting)) = desk.due() else { panic!() };
    assert!(waiting.identity && !waiting.authority && !waiting.fee);
    desk.must("2026-06-09", Command::ConfirmIdentity { how: text("passport") });
    assert_eq!(desk.day(), date("2026-07-09"));
    let again = desk.refused("2026-06-10", Command::RequestIdentity { doubt: text("still") });
    assert!(matches!(again, Rejection::Already { .. }));
    desk.must("2026-06-10", Command::Accept);
    desk.must("2026-06-11", Command::ChargeFee(fee()));
    assert!(matches!(desk.due(), Some(Due::NotRunning(_))));
    desk.must("2026-06-15", Command::PayFee);
    assert_eq!(desk.day(), date("2026-07-15"));
    assert_eq!(desk.request().stage(), Stage::InProgress);
}

#[test]
fn a_fee_that_is_given_up_was_never_a_reason_to_wait() {
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-10", Command::ChargeFee(fee()));
    desk.must("2026-06-20", Command::WaiveFee { why: text("hardship") });
    assert_eq!(desk.day(), date("2026-07-01"));
    assert_eq!(desk.request().stage(), Stage::Received);
    assert!(matches!(
        desk.refused("2026-06-21", Command::ChargeFee(fee())),
        Rejection::Already { .. }
    ));
}

//= UK GDPR, Article 12A(4): the notice is given in the first month, with its reasons
#[test]
fn an_extension_is_given_once_and_in_the_first_month() {
    let mut desk = Desk::with(Ask::Erasure);
    let late = desk.refused("2026-07-02", extend());
    assert!(matches!(late, Rejection::TooLate { .. }), "{late}");
    desk.must("2026-07-01", extend());
    // 1 September 2026 is a Tuesday.
    assert_eq!(desk.day(), date("2026-09-01"));
    assert!(matches!(desk.refused("2026-07-01", extend()), Rejection::Already { .. }));
    let (at, ground, reasons) = desk.request().extension().unwrap();
    assert_eq!((at, ground), (date("2026-07-01"), ExtensionGround::Number));
    assert_eq!(reasons.as_str(), "six requests at once");
}

#[test]
fn a_pause_moves_the_last_day_of_the_notice() {
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-10", ask());
    desk.must("2026-06-11", answer());
    desk.must("2026-07-03", extend());
    assert_eq!(desk.day(), date("2026-09-03"));
}

/// Time that is over does not come back: not by a doubt, a mandate or a fee that nobody thought of
/// while there was time.
//= UK GDPR, Article 12A(2): what is asked for after the time is over starts no other
#[test]
fn nothing_revives_a_deadline_that_has_passed() {
    let by = date("2026-07-01");
    let commands = || {
        [
            Command::RequestIdentity { doubt: text("another address") },
            Command::RequestAuthority,
            Command::ChargeFee(fee()),
        ]
    };
    let mut receipt = receipt(Ask::Access);
    receipt.requester = upheld_consent::request::Requester::Representative;
    for command in commands() {
        let mut desk = Desk::new();
        desk.must("2026-06-01", Command::Receive(receipt.clone()));
        let late = desk.refused("2026-07-02", command.clone());
        assert!(matches!(late, Rejection::TooLate { by: last, .. } if last == by), "{late}");
        assert_eq!(desk.day(), by);
        desk.must("2026-07-01", command);
    }
    // What is shown unasked was no reason to wait.
    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(receipt));
    desk.must("2026-06-20", Command::ReceiveAuthority { how: text("a signed mandate") });
    desk.must("2026-06-20", Command::ConfirmIdentity { how: text("passport") });
    assert_eq!(desk.day(), by);
    let again = desk.refused("2026-06-21", Command::ReceiveAuthority { how: text("the same") });
    assert!(matches!(again, Rejection::Already { .. }), "{again}");
}

/// The answer had come long before the notice of an extension, and was noted after it: the notice
/// was late, and extends nothing.
//= UK GDPR, Article 12A(4)(a): a notice that is given late extends nothing
#[test]
fn an_extension_that_turns_out_late_counts_for_nothing() {
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", ask());
    desk.must("2026-08-20", extend());
    assert_eq!(desk.due(), Some(Due::Paused { since: date("2026-06-03") }));
    desk.must("2026-06-05", answer());
    // Three days, 3 to 5 June; 4 July 2026 is a Saturday.
    assert_eq!(desk.day(), date("2026-07-06"));
}

#[test]
fn a_fee_of_nothing_stops_nothing() {
    let mut desk = Desk::with(Ask::Access);
    let free = upheld_consent::request::Fee { pence: 0, ..fee() };
    assert_eq!(desk.refused("2026-06-02", Command::ChargeFee(free)), Rejection::NoFee);
}

/// Letters are opened late: what happened on the 3rd may be noted after what happened on the 5th.
#[test]
fn what_happened_earlier_may_be_noted_later() {
    let mut desk = Desk::with(Ask::Rectification);
    desk.must("2026-06-02", Command::RequestIdentity { doubt: text("another address") });
    desk.must("2026-06-08", Command::ConfirmIdentity { how: text("letter of the 8th") });
    desk.must("2026-06-12", extend());
    desk.must("2026-06-10", Command::Accept);
    let early = desk.refused("2026-06-11", Command::Withdraw);
    let after = date("2026-06-12");
    assert!(matches!(early, Rejection::Order { after: last, .. } if last == after), "{early}");
    let before = desk.refused("2026-05-31", extend());
    assert!(matches!(before, Rejection::Order { .. }), "{before}");
}

#[test]
fn nothing_is_noted_before_it_happens() {
    let mut desk = Desk::new();
    let future = desk.refused("2028-06-02", Command::Receive(receipt(Ask::Access)));
    assert_eq!(future.to_string(), "2028-06-02 is after today, 2028-06-01");
}

#[test]
fn years_nobody_knows_are_refused_rather_than_guessed() {
    let mut desk = Desk::new();
    desk.must("2011-06-01", Command::Receive(receipt(Ask::Access)));
    desk.must("2011-06-02", Command::Accept);
    assert!(matches!(desk.refused("2011-06-03", ask()), Rejection::Deadline(_)));
    assert!(matches!(desk.refused("2011-06-03", extend()), Rejection::Deadline(_)));
}

#[test]
fn nothing_is_due_once_it_is_answered_and_news_make_a_new_day() {
    let mut desk = Desk::with(Ask::MarketingObjection);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", crate::desk::fulfilled(Ask::MarketingObjection));
    assert_eq!(desk.due(), None);
    assert!(desk.request().explain(&upheld_consent::Calendar::WEEKENDS).unwrap().is_empty());
    desk.must("2026-06-20", Command::Reopen { news: text("another list") });
    assert_eq!(desk.day(), date("2026-07-20"));
    assert_eq!(desk.request().received(), date("2026-06-01"));
    assert_eq!(desk.request().response(), None);
    desk.must("2026-06-21", Command::Withdraw);
    assert_eq!(desk.due(), None);
    desk.must("2026-06-21", Command::Complain { complaint: name("c1") });
}

/// What came unasked moves no day; what was asked for does, and so does what is new.
//= UK GDPR, Article 12A(2): the clock runs from the latest of receipt, identity and fee
#[test]
fn the_clock_runs_from_what_was_asked_for_and_came() {
    let mut desk = Desk::new();
    let mut receipt = receipt(Ask::Access);
    receipt.identity = upheld_consent::request::Identity::Unproven;
    desk.must("2026-06-01", Command::Receive(receipt.clone()));
    desk.must("2026-06-04", Command::ConfirmIdentity { how: text("a passport, unasked") });
    assert_eq!(desk.request().runs_from(), date("2026-06-01"));
    assert_eq!(desk.day(), date("2026-07-01"));

    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(receipt));
    desk.must("2026-06-02", Command::RequestIdentity { doubt: text("a new address") });
    assert_eq!(desk.request().runs_from(), date("2026-06-01"));
    desk.must("2026-06-05", Command::ConfirmIdentity { how: text("a passport") });
    assert_eq!(desk.request().runs_from(), date("2026-06-05"));
    desk.must("2026-06-08", Command::ChargeFee(fee()));
    desk.must("2026-06-09", Command::PayFee);
    assert_eq!(desk.request().runs_from(), date("2026-06-09"));
    desk.must("2026-06-10", Command::Accept);
    desk.must("2026-06-11", Command::Withdraw);
    assert_eq!(desk.request().runs_from(), date("2026-06-09"));
}
