//! A request that is taken up again: what was done stays done, and what is owed stays owed.

use upheld_consent::letter;
use upheld_consent::request::{
    Ask, Command, Done, Ground, Identity, Notified, Outcome, RectificationAnswer, Rejection,
    RequestHold, Requester, SearchResult, Stage,
};

use crate::desk::{Desk, burden, fee, fulfilled, plan, receipt, respond};
use crate::office::Office;
use crate::{date, name, text};

fn reopen() -> Command {
    Command::Reopen { news: text("a second folder turned up") }
}

fn told() -> Command {
    Command::NotifyRecipient { recipient: name("Mailer Ltd"), result: Notified::Told }
}

fn lift(informed: &str) -> Command {
    Command::LiftRestriction { informed: date(informed) }
}

fn answered(ask: Ask) -> Desk {
    let mut desk = Desk::with(ask);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", fulfilled(ask));
    desk
}

/// A restriction ends when it is lifted and not before: not by news, not by a refusal of the news,
/// and not by the person's taking the rest back.
//= UK GDPR, Article 18(3): the person is told before a restriction is lifted
#[test]
fn a_restriction_outlives_what_comes_after_it() {
    let mut desk = answered(Ask::Restriction);
    desk.must("2026-06-04", reopen());
    assert!(desk.request().is_restricted());
    assert_eq!(desk.request().hold(), Some(RequestHold::Restricted));
    let refusal = respond(Outcome::Refused(vec![Ground::Excessive(burden())]));
    let mut refused = desk.clone();
    refused.must("2026-06-05", refusal);
    assert!(refused.request().is_restricted());
    let mut withdrawn = desk.clone();
    withdrawn.must("2026-06-05", Command::Withdraw);
    assert_eq!(withdrawn.request().hold(), Some(RequestHold::Restricted));
    for mut ended in [refused, withdrawn] {
        ended.must("2026-06-06", told());
        assert_eq!(ended.refused("2026-06-06", Command::Close), Rejection::Restricted);
        ended.must("2026-06-07", lift("2026-06-06"));
        ended.must("2026-06-07", Command::Close);
    }
    // It may be lifted in the meantime as well.
    desk.must("2026-06-05", lift("2026-06-05"));
    assert!(!desk.request().is_restricted());
}

/// Whoever is to be told of the first answer is, whatever becomes of the second.
//= UK GDPR, Article 19: each recipient is told, unless it is impossible or disproportionate
#[test]
fn recipients_are_told_of_each_answer() {
    let office = Office::new();
    let envelope = office.envelope(date("2026-06-20"));
    let notice = |desk: &Desk| {
        letter::recipient_notice(desk.request(), &name("Mailer Ltd"), &envelope).unwrap().to_text()
    };
    let mut desk = answered(Ask::Rectification);
    desk.must("2026-06-04", reopen());
    assert!(notice(&desk).contains("your address"));
    let mut withdrawn = desk.clone();
    withdrawn.must("2026-06-05", Command::Withdraw);
    let owed = Rejection::Unfinished { names: vec![name("Mailer Ltd")] };
    assert_eq!(withdrawn.refused("2026-06-06", Command::Close), owed);
    withdrawn.must("2026-06-06", told());
    withdrawn.must("2026-06-06", Command::Close);
    let second = || {
        let changed = vec![text("your telephone number")];
        let answer = RectificationAnswer { changed, recipients: vec![name("Mailer Ltd")] };
        respond(Outcome::Fulfilled(Done::Rectification(answer)))
    };
    // Untold of the first, they are told of both.
    let mut both = desk.clone();
    both.must("2026-06-08", second());
    assert!(notice(&both).contains("your address"));
    assert!(notice(&both).contains("your telephone number"));
    // Told of the first, they are still to be told of the second.
    desk.must("2026-06-05", told());
    desk.must("2026-06-08", second());
    assert_eq!(desk.refused("2026-06-09", Command::Close), owed);
    assert!(!notice(&desk).contains("your address"));
    assert!(notice(&desk).contains("your telephone number"));
    desk.must("2026-06-09", told());
    desk.must("2026-06-09", Command::Close);
    let days: Vec<_> = desk.request().answers().map(|(at, _)| at).collect();
    assert_eq!(days, [date("2026-06-03"), date("2026-06-08")]);
}

/// Authority that comes late continues a request that lapsed without it, as identity does.
#[test]
fn authority_that_comes_late() {
    let mut represented = receipt(Ask::Rectification);
    represented.requester = Requester::Representative;
    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(represented));
    desk.must("2026-06-02", Command::RequestAuthority);
    desk.must("2026-07-02", Command::Lapse { efforts: text("two letters") });
    desk.must("2026-07-10", Command::Reopen { news: text("the mandate came") });
    assert_eq!(desk.refused("2026-07-10", fulfilled(Ask::Rectification)), Rejection::Unauthorised);
    let mut asked = desk.clone();
    asked.must("2026-07-10", Command::RequestAuthority);
    asked.must("2026-07-15", Command::ReceiveAuthority { how: text("a signed mandate") });
    assert_eq!(asked.request().stage(), Stage::InProgress);
    assert_eq!(asked.day(), date("2026-08-17"));
    asked.must("2026-07-16", fulfilled(Ask::Rectification));
    // Or it came with the news, and nobody has to ask.
    desk.must("2026-07-10", Command::ReceiveAuthority { how: text("a signed mandate") });
    assert_eq!(desk.day(), date("2026-08-10"));
    desk.must("2026-07-11", fulfilled(Ask::Rectification));
}

/// A doubt about who asks is not forgotten because time went by.
#[test]
fn a_doubt_outlives_a_lapse() {
    let mut desk = Desk::with(Ask::Rectification);
    desk.must("2026-06-02", Command::RequestIdentity { doubt: text("not the usual address") });
    desk.must("2026-07-02", Command::Lapse { efforts: text("two letters") });
    desk.must("2026-07-10", reopen());
    let stranger = desk.refused("2026-07-11", fulfilled(Ask::Rectification));
    assert_eq!(stranger, Rejection::Unidentified);
    let not_known = Ground::NotIdentified(text("two letters, a call"));
    desk.clone().must("2026-07-11", respond(Outcome::Refused(vec![not_known])));
    desk.must("2026-07-11", Command::ConfirmIdentity { how: text("passport") });
    desk.must("2026-07-11", fulfilled(Ask::Rectification));
}

/// A fee that was never paid does not stand in the way of the next; one that was paid does.
#[test]
fn a_fee_is_charged_again_only_if_it_was_not_paid() {
    let mut desk = Desk::with(Ask::Rectification);
    desk.must("2026-06-02", Command::ChargeFee(fee()));
    let mut paid = desk.clone();
    desk.must("2026-06-20", Command::Lapse { efforts: text("two letters") });
    desk.must("2026-06-21", reopen());
    desk.must("2026-06-21", Command::ChargeFee(fee()));
    paid.must("2026-06-20", Command::PayFee);
    paid.must("2026-06-20", Command::Accept);
    paid.must("2026-06-20", fulfilled(Ask::Rectification));
    paid.must("2026-06-21", reopen());
    let again = paid.refused("2026-06-21", Command::ChargeFee(fee()));
    assert!(matches!(again, Rejection::Already { .. }));
}

/// Who has shown who they are is not asked again.
#[test]
fn proof_is_given_once() {
    let mut desk = Desk::with(Ask::Rectification);
    let ask = || Command::RequestIdentity { doubt: text("not the usual address") };
    desk.must("2026-06-02", ask());
    desk.must("2026-06-03", Command::ConfirmIdentity { how: text("passport") });
    desk.must("2026-06-03", Command::Accept);
    desk.must("2026-06-03", fulfilled(Ask::Rectification));
    desk.must("2026-06-04", reopen());
    assert!(matches!(desk.refused("2026-06-05", ask()), Rejection::Already { .. }));
    let again = Command::ConfirmIdentity { how: text("passport") };
    assert!(matches!(desk.refused("2026-06-05", again), Rejection::Already { .. }));
}

/// Nobody asked in time, and nothing shows who asks: the time is over, and is not begun again; but
/// there is an end.
#[test]
fn a_request_of_nobody_ends_as_well() {
    let mut unproven = receipt(Ask::Access);
    unproven.identity = Identity::Unproven;
    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(unproven));
    let ask = || Command::RequestIdentity { doubt: text("nothing is known") };
    let lapse = || Command::Lapse { efforts: text("a letter") };
    // As long as there is time, they are asked.
    assert_eq!(desk.refused("2026-07-01", lapse()), Rejection::Unidentified);
    let late = desk.refused("2026-07-02", ask());
    assert!(matches!(late, Rejection::TooLate { by, .. } if by == date("2026-07-01")), "{late}");
    desk.clone().must("2026-07-02", lapse());
    desk.must("2026-07-02", Command::ConfirmIdentity { how: text("passport") });
    assert_eq!(desk.day(), date("2026-07-01"));
    desk.must("2026-07-02", Command::Accept);
    assert_eq!(desk.refused("2026-07-03", lapse()), Rejection::NothingAwaited);
}

/// What is new is looked for anew: what was looked through for the first answer does not count.
#[test]
fn a_search_is_made_again() {
    let mut desk = Desk::reviewing(Ask::Access, &[]);
    desk.must("2026-06-05", fulfilled(Ask::Access));
    desk.must("2026-06-06", reopen());
    desk.must("2026-06-06", Command::BeginCollection(plan(&["mail"])));
    let finish = |source, result| Command::FinishSource { source: name(source), result };
    let passed_over = || SearchResult::NotSearched(text("nothing of theirs goes there"));
    desk.must("2026-06-06", finish("mail", passed_over()));
    let mut again = desk.clone();
    desk.must("2026-06-06", Command::SubmitForReview);
    assert_eq!(desk.refused("2026-06-07", fulfilled(Ask::Access)), Rejection::NotSearched);
    again.must("2026-06-06", finish("records", SearchResult::Searched));
    again.must("2026-06-06", Command::SubmitForReview);
    // A second round of the same search goes on from the first.
    again.must("2026-06-07", Command::BeginCollection(plan(&["mail"])));
    again.must("2026-06-07", finish("mail", passed_over()));
    again.must("2026-06-07", Command::SubmitForReview);
    again.must("2026-06-07", fulfilled(Ask::Access));
}
