//! An answer that leaves something out is none.

use upheld_consent::request::{
    AccessAnswer, Ask, Channel, Clearance, Command, CopyForm, Done, Element, Ground, Outcome,
    Record, RectificationRefusal, Rejection, Response, Sent, SupplementaryStatement, Verdict,
};

use crate::desk::{Desk, access, burden, done, fulfilled, item, receipt, respond};
use crate::{name, text};

fn answer(access: AccessAnswer) -> Command {
    respond(Outcome::Fulfilled(Done::Access(access)))
}

#[track_caller]
fn missing(rejection: Rejection) -> Vec<Element> {
    match rejection {
        Rejection::Incomplete { missing } => missing,
        other => panic!("{other}"),
    }
}

//= UK GDPR, Article 15(1): an answer states purposes, categories, recipients, storage, rights, sources and automated decisions
#[test]
fn every_point_of_article_15() {
    let full = access();
    let none = || Some(Vec::new());
    let cases: Vec<(AccessAnswer, Element)> = vec![
        (AccessAnswer { purposes: None, ..full.clone() }, Element::Purposes),
        (AccessAnswer { purposes: none(), ..full.clone() }, Element::Purposes),
        (AccessAnswer { categories: None, ..full.clone() }, Element::Categories),
        (AccessAnswer { categories: none(), ..full.clone() }, Element::Categories),
        (AccessAnswer { recipients: None, ..full.clone() }, Element::Recipients),
        (AccessAnswer { retention: None, ..full.clone() }, Element::Retention),
        (AccessAnswer { retention: none(), ..full.clone() }, Element::Retention),
        (AccessAnswer { sources: None, ..full.clone() }, Element::Sources),
        (AccessAnswer { automated_decisions: None, ..full.clone() }, Element::AutomatedDecisions),
        (AccessAnswer { transfers: None, ..full.clone() }, Element::TransferSafeguards),
        (AccessAnswer { copy: None, ..full.clone() }, Element::Copy),
        (AccessAnswer { copy: Some(CopyForm::Paper), ..full.clone() }, Element::Copy),
    ];
    let mut desk = Desk::reviewing(Ask::Access, &[]);
    for (incomplete, element) in cases {
        assert_eq!(missing(desk.refused("2026-06-05", answer(incomplete))), [element]);
    }
    let nothing = missing(desk.refused("2026-06-05", answer(AccessAnswer::default())));
    assert_eq!(nothing.len(), 8);
    let paper = AccessAnswer { copy: Some(CopyForm::PaperAsWanted), ..full };
    desk.must("2026-06-05", answer(paper));
}

#[test]
fn paper_for_a_letter() {
    let mut posted = receipt(Ask::Access);
    posted.channel = Channel::Post;
    let paper = AccessAnswer { copy: Some(CopyForm::Paper), ..access() };
    let response =
        Response { outcome: Outcome::Fulfilled(Done::Access(paper)), letter: Sent::Rendered };
    assert_eq!(response.missing(posted.channel), []);
    assert_eq!(response.missing(Channel::Email), [Element::Copy]);
}

//= UK GDPR, Article 12(4): a refusal states its reasons, both complaints and the judicial remedy
#[test]
fn every_point_of_a_refusal() {
    use Element::{ComplaintToCommissioner, ComplaintToController, JudicialRemedy, Reasons};
    let all = [Reasons, ComplaintToController, ComplaintToCommissioner, JudicialRemedy];
    let mut desk = Desk::with(Ask::Erasure);
    desk.must("2026-06-02", Command::Accept);
    let own = |states: Vec<Element>| {
        let outcome = Outcome::Refused(vec![Ground::Excessive(burden())]);
        Command::Respond(Response { outcome, letter: Sent::Own(states) })
    };
    for left_out in all {
        let states = all.into_iter().filter(|element| *element != left_out).collect();
        assert_eq!(missing(desk.refused("2026-06-03", own(states))), [left_out]);
    }
    assert_eq!(missing(desk.refused("2026-06-03", own(Vec::new()))), all);
    let groundless = respond(Outcome::Refused(Vec::new()));
    assert_eq!(missing(desk.refused("2026-06-03", groundless)), [Reasons]);
    desk.must("2026-06-03", own(all.to_vec()));
}

/// A letter of the controller's own that grants access names the other rights.
#[test]
fn an_own_letter_that_grants_access() {
    let mut desk = Desk::reviewing(Ask::Access, &[]);
    let own = |states: &[Element]| {
        let outcome = Outcome::Fulfilled(Done::Access(access()));
        Command::Respond(Response { outcome, letter: Sent::Own(states.to_vec()) })
    };
    let left_out = missing(desk.refused("2026-06-05", own(&[])));
    let points: Vec<Element> = Element::ALL
        .into_iter()
        .filter(|element| element.provision().clause().starts_with("15("))
        .collect();
    assert_eq!(points.len(), 11);
    assert_eq!(left_out, points);
    for point in &points {
        let others: Vec<_> = points.iter().copied().filter(|other| other != point).collect();
        assert_eq!(missing(desk.refused("2026-06-05", own(&others))), [*point]);
    }
    desk.must("2026-06-05", own(&points));
}

/// One that grants anything else says what was done, and what an erasure does not reach; one that
/// refuses a change offers the person their own words.
//= UK GDPR, Article 12(3): the person is told what was done
#[test]
fn an_own_letter_says_what_was_done() {
    let own = |outcome, states: &[Element]| {
        Command::Respond(Response { outcome, letter: Sent::Own(states.to_vec()) })
    };
    for ask in Ask::ALL.into_iter().filter(|ask| *ask != Ask::Access) {
        let mut desk = Desk::with(ask);
        desk.must("2026-06-02", Command::Accept);
        if ask.needs_search() {
            desk = Desk::reviewing(ask, &[]);
        }
        let outcome = || Outcome::Fulfilled(done(ask));
        let mut wanted = vec![Element::ActionTaken];
        if ask == Ask::Erasure {
            wanted.push(Element::ResidualCopies);
        }
        assert_eq!(missing(desk.refused("2026-06-05", own(outcome(), &[]))), wanted, "{ask:?}");
        desk.must("2026-06-05", own(outcome(), &wanted));
    }
    let mut desk = Desk::with(Ask::Rectification);
    desk.must("2026-06-02", Command::Accept);
    let refused = vec![Ground::Rectification {
        refusal: RectificationRefusal::WouldBeInaccurate { evidence: text("the lab's report") },
        statement: SupplementaryStatement::Offered,
    }];
    let outcome = Outcome::Refused(refused);
    let left_out = missing(desk.refused("2026-06-05", own(outcome.clone(), &Element::ALL[..14])));
    assert_eq!(left_out, [Element::SupplementaryStatement]);
    desk.must("2026-06-05", own(outcome, &Element::ALL));
}

#[test]
fn nothing_done_is_no_answer() {
    for ask in [Ask::Rectification, Ask::Erasure, Ask::Restriction, Ask::Objection] {
        let mut desk = Desk::with(ask);
        desk.must("2026-06-02", Command::Accept);
        let mut nothing = done(ask);
        match &mut nothing {
            Done::Rectification(answer) => answer.changed.clear(),
            Done::Erasure(answer) => answer.erased.clear(),
            Done::Restriction(answer) => answer.restricted.clear(),
            Done::Objection { stopped } => stopped.clear(),
            other => panic!("{other:?}"),
        }
        let refused = desk.refused("2026-06-03", respond(Outcome::Fulfilled(nothing)));
        assert_eq!(missing(refused), [Element::ActionTaken]);
    }
}

#[test]
fn an_answer_answers_what_was_asked() {
    for ask in Ask::ALL {
        let ready = || {
            if ask.needs_search() {
                return Desk::reviewing(ask, &[]);
            }
            let mut desk = Desk::with(ask);
            desk.must("2026-06-02", Command::Accept);
            desk
        };
        for other in Ask::ALL {
            let granted = ready().try_on(crate::date("2026-06-05"), fulfilled(other));
            let expected = if ask.kind() == other.kind() {
                Ok(())
            } else {
                Err(Rejection::WrongAnswer { ask })
            };
            assert_eq!(granted, expected, "{ask:?} {other:?}");
        }
    }
}

#[test]
fn what_is_withheld_is_said() {
    let items = [item("note 1", Record::Other, false), item("note 2", Record::Other, false)];
    let mut desk = Desk::reviewing(Ask::Access, &items);
    let unread = desk.refused("2026-06-05", fulfilled(Ask::Access));
    assert_eq!(unread, Rejection::Unfinished { names: vec![name("note 1"), name("note 2")] });
    let privileged = Ground::Exempt {
        exemption: upheld_consent::request::Exemption::LegalPrivilege,
        because: text("advice of our solicitors on the claim"),
    };
    let review = |called, verdict| Command::Review { item: name(called), verdict };
    desk.must("2026-06-05", review("note 1", Verdict::Withhold(privileged.clone())));
    desk.must("2026-06-05", review("note 2", Verdict::Disclose(Clearance::Ordinary)));
    let unsaid = Rejection::WithheldUnsaid { provisions: vec![privileged.provision()] };
    assert_eq!(desk.refused("2026-06-05", fulfilled(Ask::Access)), unsaid);
    // Another ground does not say it, nor does a refusal as a whole while something is disclosed.
    let partial = |refused| respond(Outcome::Partial { done: done(Ask::Access), refused });
    let other = vec![Ground::Excessive(burden())];
    assert_eq!(desk.refused("2026-06-05", partial(other)), unsaid);
    let whole = respond(Outcome::Refused(vec![privileged.clone()]));
    assert_eq!(desk.refused("2026-06-05", whole), Rejection::Disclosed { name: name("note 2") });
    let nothing = respond(Outcome::NothingHeld { searched: text("records") });
    assert_eq!(desk.refused("2026-06-05", nothing), Rejection::SomethingHeld);
    // And what is said to be withheld is.
    let others = Ground::RightsOfOthers(upheld_consent::request::OthersTest {
        other: upheld_consent::request::Other::Anyone,
        consent: text("asked and refused"),
        weighed: text("told in confidence"),
    });
    let not_so = Rejection::NotSo { provision: others.provision() };
    assert_eq!(desk.refused("2026-06-05", partial(vec![privileged.clone(), others])), not_so);
    desk.must("2026-06-05", partial(vec![privileged]));
}

#[test]
fn nothing_is_said_to_be_held_unsearched() {
    let mut desk = Desk::with(Ask::Portability);
    desk.must("2026-06-02", Command::Accept);
    let nothing = || respond(Outcome::NothingHeld { searched: text("records and mail") });
    assert_eq!(desk.refused("2026-06-03", nothing()), Rejection::NotSearched);
    assert_eq!(desk.refused("2026-06-03", fulfilled(Ask::Portability)), Rejection::NotSearched);
    Desk::reviewing(Ask::Portability, &[]).must("2026-06-05", nothing());
    // What is not searched for is done, or refused with a ground.
    for ask in Ask::ALL.into_iter().filter(|ask| !ask.needs_search()) {
        let mut desk = Desk::with(ask);
        desk.must("2026-06-02", Command::Accept);
        assert_eq!(desk.refused("2026-06-03", nothing()), Rejection::WrongAnswer { ask });
    }
}

/// Each element has its provision, and none has another's.
#[test]
fn elements_cite_where_they_are_asked_for() {
    let cited: Vec<String> =
        Element::ALL.iter().map(|element| element.provision().to_string()).collect();
    assert!(cited.iter().all(|provision| provision.starts_with("UK GDPR Art 1")));
    let text = Element::ComplaintToController.to_string();
    assert_eq!(text, "the complaint to the controller (UK GDPR Art 15(1)(ea))");
}
