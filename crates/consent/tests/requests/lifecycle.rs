//! What follows from an answer, and what must not be lost on the way.

use upheld_consent::request::{
    Ask, Choice, Command, Done, ErasureScope, Item, Notified, Outcome, Record, Rejection,
    RequestHold, SearchResult, Stage,
};

use crate::desk::{Desk, erasure, fulfilled, item, plan, respond};
use crate::{date, name, text};

fn tell(recipient: &str, result: Notified) -> Command {
    Command::NotifyRecipient { recipient: name(recipient), result }
}

//= UK GDPR, Article 19: each recipient is told, unless it is impossible or disproportionate
//= UK GDPR, Article 17(2): and whoever has links to or copies of what was made public
#[test]
fn each_recipient_is_told_before_it_is_closed() {
    let mut desk = Desk::with(Ask::Erasure);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-10", fulfilled(Ask::Erasure));
    let owed: Vec<&str> = desk.request().notifications().map(|(to, _)| to.as_str()).collect();
    assert_eq!(owed, ["Archive of the Web", "Mailer Ltd"]);
    desk.must("2026-06-11", tell("Mailer Ltd", Notified::Impossible(text("no address"))));
    let open = desk.refused("2026-06-11", Command::Close);
    assert_eq!(open, Rejection::Unfinished { names: vec![name("Archive of the Web")] });
    let why = text("thousands of copies of a line that is public elsewhere");
    desk.must("2026-06-11", tell("Archive of the Web", Notified::Disproportionate(why)));
    // An address is found: the duty may be done after all, once.
    desk.must("2026-06-12", tell("Mailer Ltd", Notified::Told));
    let again = desk.refused("2026-06-12", tell("Mailer Ltd", Notified::Told));
    assert!(matches!(again, Rejection::Already { .. }));
    let nobody = desk.refused("2026-06-12", tell("Nobody Ltd", Notified::Told));
    assert_eq!(nobody, Rejection::Unknown { name: name("Nobody Ltd") });
    desk.must("2026-06-12", Command::Close);
}

#[test]
fn an_account_goes_by_choice_alone() {
    let with_account = || respond(Outcome::Fulfilled(Done::Erasure(erasure(true))));
    let why = text("the log-in name is the e-mail address");
    let require = || Command::RequireAccountDeletion { why: why.clone() };
    let mut desk = Desk::with(Ask::Erasure);
    desk.must("2026-06-02", Command::Accept);
    assert_eq!(desk.request().erasure_scope(), &ErasureScope::DataAlone);
    assert_eq!(desk.refused("2026-06-03", with_account()), Rejection::AccountNotChosen);
    desk.must("2026-06-03", require());
    let scope = ErasureScope::RequiresAccountDeletion { why: why.clone(), chosen: None };
    assert_eq!(desk.request().erasure_scope(), &scope);
    // As long as they have not chosen, nothing is answered; the clock runs on.
    assert!(matches!(desk.refused("2026-06-04", with_account()), Rejection::NotHere { .. }));
    assert_eq!(desk.day(), date("2026-07-01"));
    let mut narrowed = desk.clone();
    narrowed.must("2026-06-05", Command::Choose(Choice::Narrow(text("survey answers"))));
    assert_eq!(narrowed.refused("2026-06-06", with_account()), Rejection::AccountNotChosen);
    assert!(matches!(narrowed.refused("2026-06-06", require()), Rejection::Already { .. }));
    narrowed.must("2026-06-06", fulfilled(Ask::Erasure));
    let mut kept = desk.clone();
    kept.must("2026-06-05", Command::Withdraw);
    desk.must("2026-06-05", Command::Choose(Choice::DeleteAccount));
    desk.must("2026-06-06", with_account());
    let mut access = Desk::with(Ask::Access);
    access.must("2026-06-02", Command::Accept);
    assert!(matches!(access.refused("2026-06-03", require()), Rejection::NotForThis { .. }));
}

//= DPA 2018 §173: what a person has asked for is not erased to keep it from them
#[test]
fn nothing_is_disposed_of_while_somebody_asks_for_it() {
    for ask in Ask::ALL {
        let held = ask.needs_search().then_some(RequestHold::Requested);
        let mut desk = Desk::with(ask);
        assert_eq!(desk.request().hold(), held, "{ask:?}");
        desk.must("2026-06-02", Command::Accept);
        assert_eq!(desk.request().hold(), held, "{ask:?}");
        desk.must("2026-06-03", Command::Withdraw);
        assert_eq!(desk.request().hold(), None, "{ask:?}");
    }
    let mut desk = Desk::reviewing(Ask::Access, &[]);
    assert_eq!(desk.request().hold(), Some(RequestHold::Requested));
    desk.must("2026-06-05", fulfilled(Ask::Access));
    assert_eq!(desk.request().hold(), None);
    desk.must("2026-06-06", Command::Reopen { news: text("a second folder") });
    assert_eq!(desk.request().hold(), Some(RequestHold::Requested));
}

//= UK GDPR, Article 18(3): the person is told before a restriction is lifted
#[test]
fn a_restriction_is_lifted_after_the_person_was_told() {
    let lift = |informed| Command::LiftRestriction { informed: date(informed) };
    let mut desk = Desk::with(Ask::Restriction);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", fulfilled(Ask::Restriction));
    assert_eq!(desk.request().hold(), Some(RequestHold::Restricted));
    desk.must("2026-06-03", tell("Mailer Ltd", Notified::Told));
    assert_eq!(desk.refused("2026-06-04", Command::Close), Rejection::Restricted);
    let unannounced = desk.refused("2026-06-10", lift("2026-06-11"));
    assert!(matches!(unannounced, Rejection::Order { .. }));
    let too_soon = desk.refused("2026-06-10", lift("2026-06-02"));
    assert!(matches!(too_soon, Rejection::Order { .. }));
    desk.must("2026-06-11", lift("2026-06-10"));
    assert_eq!(desk.request().hold(), None);
    assert_eq!(desk.refused("2026-06-12", lift("2026-06-10")), Rejection::NotRestricted);
    desk.must("2026-06-12", Command::Close);
}

//= UK GDPR, Article 15(1A): what a reasonable and proportionate search can provide
#[test]
fn a_search_names_its_sources_and_finishes_each() {
    let mut desk = Desk::with(Ask::Access);
    desk.must("2026-06-02", Command::Accept);
    let begin = |sources: &[&str]| Command::BeginCollection(plan(sources));
    assert_eq!(desk.refused("2026-06-03", begin(&[])), Rejection::Sources);
    assert_eq!(desk.refused("2026-06-03", begin(&["mail", "mail"])), Rejection::Sources);
    desk.must("2026-06-03", begin(&["records", "mail"]));
    let stray = Item { source: name("attic"), ..item("note 1", Record::Other, false) };
    let stray = desk.refused("2026-06-03", Command::FindItem(stray));
    assert_eq!(stray, Rejection::Unknown { name: name("attic") });
    assert_eq!(stray.names(), [name("attic")]);
    let found = || Command::FindItem(item("note 1", Record::Other, false));
    desk.must("2026-06-03", found());
    assert_eq!(desk.refused("2026-06-03", found()), Rejection::Duplicate { name: name("note 1") });
    let cloud = name("Cloud Ltd");
    desk.must("2026-06-03", Command::InstructProcessor { processor: cloud.clone() });
    let twice = desk.refused("2026-06-03", Command::InstructProcessor { processor: cloud.clone() });
    assert_eq!(twice, Rejection::Duplicate { name: cloud.clone() });
    let open = desk.refused("2026-06-04", Command::SubmitForReview);
    let names = vec![name("mail"), name("records"), cloud.clone()];
    assert_eq!(open.names(), names);
    assert_eq!(open, Rejection::Unfinished { names });
    for source in ["records", "mail"] {
        let result = SearchResult::Searched;
        desk.must("2026-06-04", Command::FinishSource { source: name(source), result });
    }
    let result = SearchResult::NotSearched(text("it holds backups alone"));
    desk.must("2026-06-04", Command::FinishProcessor { processor: cloud, result });
    desk.must("2026-06-04", Command::SubmitForReview);
    assert_eq!(desk.request().items().count(), 1);
}

/// A correction on the person's own page is a request like any other, and over in a minute.
#[test]
fn a_correction_on_ones_own_page() {
    let mut receipt = crate::desk::receipt(Ask::Rectification);
    receipt.channel = upheld_consent::request::Channel::SelfService;
    let mut desk = Desk::new();
    desk.must("2026-06-01", Command::Receive(receipt));
    desk.must("2026-06-01", Command::Accept);
    desk.must("2026-06-01", fulfilled(Ask::Rectification));
    desk.must("2026-06-01", tell("Mailer Ltd", Notified::Told));
    desk.must("2026-06-01", Command::Close);
    assert_eq!(desk.request().stage(), Stage::Closed);
    assert_eq!(desk.request().responded(), Some(date("2026-06-01")));
}

#[test]
fn copies_and_complaints() {
    let mut desk = Desk::reviewing(Ask::Access, &[]);
    desk.must("2026-06-05", fulfilled(Ask::Access));
    desk.must("2026-06-20", Command::SendCopy { fee_pence: Some(250) });
    let complain = || Command::Complain { complaint: name("complaint 1") };
    desk.must("2026-06-21", complain());
    assert_eq!(
        desk.refused("2026-06-21", complain()),
        Rejection::Duplicate { name: name("complaint 1") }
    );
    assert_eq!(desk.request().complaints(), [name("complaint 1")]);
}
