//! Every command in every stage, beside the committed table; and the diagram in the README.

use std::collections::BTreeMap;

use upheld_consent::request::{
    Act, Ask, Clearance, Command, Next, Record, Rejection, Request, SearchResult, Stage, Verdict,
    diagram, table, transition,
};

use crate::desk::{Desk, fulfilled, item, plan, receipt, samples};
use crate::{date, name, text};

const GOLDEN: &str = include_str!("../vectors/request-table.txt");

#[test]
fn the_table_is_the_committed_one() {
    assert_eq!(table(), GOLDEN, "run `dsr table --all` and read what has changed");
    // Twelve stages and none, 31 acts; six stages and none, 7 acts.
    assert_eq!(GOLDEN.lines().count(), 13 * 31 + 7 * 7);
}

/// Requests that stand in each stage, by each way that leads there.
fn standing() -> Vec<Desk> {
    let all: Vec<Command> = samples(Ask::Access);
    let sample = |act: Act| all.iter().find(|command| command.act() == act).unwrap().clone();
    let mut desks = vec![Desk::new()];
    let mut grow = |desk: &Desk, acts: &[Act]| {
        let mut desk = desk.clone();
        for act in acts {
            desk.must("2026-06-20", sample(*act));
        }
        desks.push(desk.clone());
        desk
    };
    let access = Desk::with(Ask::Access);
    let received = grow(&access, &[]);
    grow(&received, &[Act::RequestIdentity]);
    grow(&received, &[Act::ChargeFee]);
    grow(&received, &[Act::Withdraw]);
    let started = grow(&received, &[Act::Accept]);
    grow(&started, &[Act::RequestIdentity]);
    grow(&started, &[Act::ChargeFee]);
    grow(&started, &[Act::AskClarification]);
    let mut collecting = grow(&started, &[Act::BeginCollection]);
    for called in ["note 1", "note 2"] {
        collecting.must("2026-06-20", Command::FindItem(item(called, Record::Other, false)));
    }
    let processor = name("Lab Ltd");
    collecting.must("2026-06-20", Command::InstructProcessor { processor: processor.clone() });
    grow(&collecting, &[]);
    grow(&collecting, &[Act::AskClarification]);
    let result = SearchResult::Searched;
    let mail = Command::FinishSource { source: name("mail"), result: result.clone() };
    collecting.must("2026-06-20", mail);
    collecting.must("2026-06-20", Command::FinishProcessor { processor, result });
    let searched = grow(&collecting, &[Act::FinishSource]);
    let mut reviewing = grow(&searched, &[Act::SubmitForReview]);
    for called in ["note 1", "note 2"] {
        let verdict = Verdict::Disclose(Clearance::Ordinary);
        reviewing.must("2026-06-20", Command::Review { item: name(called), verdict });
    }
    let read = grow(&reviewing, &[]);
    let responded = grow(&read, &[Act::Respond]);
    grow(&responded, &[Act::Close]);
    let mut erasure = Desk::with(Ask::Erasure);
    erasure.must("2026-06-20", Command::Accept);
    grow(&erasure, &[]);
    grow(&erasure, &[Act::RequireAccountDeletion]);
    let mut represented = Desk::new();
    let mut receipt = receipt(Ask::Access);
    receipt.requester = upheld_consent::request::Requester::Representative;
    represented.must("2026-06-01", Command::Receive(receipt));
    grow(&represented, &[]);
    grow(&represented, &[Act::RequestAuthority]);
    for ask in [Ask::Restriction, Ask::Rectification, Ask::Erasure] {
        let mut desk = Desk::with(ask);
        desk.must("2026-06-20", Command::Accept);
        desk.must("2026-06-20", fulfilled(ask));
        desks.push(desk);
    }
    desks.extend(again());
    desks
}

/// Requests that were answered and are taken up again, so that something is owed of the answer.
fn again() -> Vec<Desk> {
    let mut desks = Vec::new();
    for ask in [Ask::Restriction, Ask::Erasure] {
        let all = samples(ask);
        let sample = |act: Act| all.iter().find(|command| command.act() == act).unwrap().clone();
        let mut desk = Desk::with(ask);
        for act in [Act::Accept, Act::Respond, Act::Reopen] {
            desk.must("2026-06-20", sample(act));
        }
        let mut with = |acts: &[Act]| {
            let mut desk = desk.clone();
            for act in acts {
                desk.must("2026-06-20", sample(*act));
            }
            desks.push(desk);
        };
        with(&[]);
        with(&[Act::RequestIdentity]);
        with(&[Act::ChargeFee]);
        with(&[Act::Withdraw]);
        if ask == Ask::Erasure {
            with(&[Act::RequireAccountDeletion]);
        }
        with(&[Act::BeginCollection]);
        desk.must("2026-06-20", sample(Act::BeginCollection));
        for source in ["records", "mail"] {
            let (source, result) = (name(source), SearchResult::Searched);
            desk.must("2026-06-20", Command::FinishSource { source, result });
        }
        desk.must("2026-06-20", Command::SubmitForReview);
        desks.push(desk);
    }
    desks.extend(unproven());
    desks
}

/// Requests of which nobody knows whose they are, or whether who asks may.
fn unproven() -> Vec<Desk> {
    use upheld_consent::request::{Identity, Requester};
    let mut desks = Vec::new();
    for is_lapsed in [false, true] {
        let mut receipt = receipt(Ask::Access);
        receipt.requester = Requester::Representative;
        receipt.identity = Identity::Unproven;
        let mut desk = Desk::new();
        // Long ago: its time is over on the day of the trial.
        desk.must("2026-05-01", Command::Receive(receipt));
        if is_lapsed {
            desk.must("2026-05-02", Command::RequestAuthority);
            desk.must("2026-05-03", Command::Lapse { efforts: text("a letter") });
            desk.must("2026-05-04", Command::Reopen { news: text("a call") });
        }
        desks.push(desk);
    }
    let asked = desks.last().unwrap().clone();
    for is_searched in [false, true] {
        let mut desk = asked.clone();
        desk.must("2026-05-05", Command::BeginCollection(plan(&["records"])));
        if is_searched {
            let (source, result) = (name("records"), SearchResult::Searched);
            desk.must("2026-05-05", Command::FinishSource { source, result });
            desk.must("2026-05-05", Command::SubmitForReview);
        }
        desks.push(desk);
    }
    let mut desk = asked;
    desk.must("2026-05-05", Command::RequestIdentity { doubt: text("nothing is known") });
    desks.push(desk);
    let mut fresh = Desk::new();
    let mut receipt = receipt(Ask::Access);
    receipt.requester = Requester::Representative;
    fresh.must("2026-06-20", Command::Receive(receipt));
    fresh.must("2026-06-20", Command::RequestAuthority);
    fresh.must("2026-06-20", Command::Lapse { efforts: text("a letter") });
    fresh.must("2026-06-20", Command::Reopen { news: text("a call") });
    desks.push(fresh);
    desks
}

/// Each command is tried on each of these requests. Where the table has nothing, that is the
/// rejection; where it leads somewhere, the request is there afterwards, or stays as it was for a
/// reason of its own. And each row of the table that leads somewhere is walked.
#[test]
fn every_command_in_every_stage() {
    let desks = standing();
    let mut walked: BTreeMap<(Option<Stage>, Act), usize> = BTreeMap::new();
    let mut refused = 0;
    for desk in &desks {
        let stage = desk.request.as_ref().map(Request::stage);
        for command in samples(desk.request.as_ref().map_or(Ask::Access, Request::ask)) {
            let act = command.act();
            let mut tried = desk.clone();
            let granted = tried.try_on(date("2026-07-01"), command);
            let next = transition(stage, act);
            match (next, granted) {
                (None, granted) => {
                    assert_eq!(granted, Err(Rejection::NotHere { act, stage }));
                    refused += 1;
                }
                (Some(next), Ok(())) => {
                    *walked.entry((stage, act)).or_default() += 1;
                    let now = tried.request().stage();
                    match next {
                        Next::To(there) => assert_eq!(now, there, "{act}"),
                        Next::Stay => assert_eq!(Some(now), stage, "{act}"),
                        _ => {
                            let led_here = samples(tried.request().ask()).iter().any(|back| {
                                transition(Some(now), back.act()) == stage.map(Next::To)
                            });
                            assert!(led_here, "{act} led back to {now}");
                        }
                    }
                }
                (Some(_), Err(rejection)) => {
                    assert!(!matches!(rejection, Rejection::NotHere { .. }), "{act} {stage:?}");
                    assert_eq!(tried.request, desk.request);
                }
            }
        }
    }
    assert!(refused > 300, "{refused}");
    let rows = std::iter::once(None).chain(Stage::ALL.map(Some));
    for (stage, act) in rows.flat_map(|stage| Act::ALL.map(|act| (stage, act))) {
        let is_walked = walked.contains_key(&(stage, act));
        assert_eq!(is_walked, transition(stage, act).is_some(), "{act} in {stage:?}");
    }
}

/// Closed is for good, and so is everything in it.
#[test]
fn nothing_leaves_the_last_stage() {
    for act in Act::ALL {
        assert_eq!(transition(Some(Stage::Closed), act), None);
        let leaves = transition(Some(Stage::Withdrawn), act);
        assert!(matches!(leaves, None | Some(Next::Stay | Next::To(Stage::Closed))), "{act}");
    }
}

#[test]
fn the_readme_shows_the_diagram() {
    let readme = include_str!("../../README.md");
    let shown = readme.split("```mermaid\n").nth(1).and_then(|rest| rest.split("```").next());
    assert_eq!(shown, Some(diagram().as_str()), "copy what `dsr table --mermaid` prints");
}

/// An answer to a choice goes back, and a second plan adds to the first.
#[test]
fn a_review_may_go_back_to_the_shelves() {
    let mut desk = Desk::reviewing(Ask::Access, &[item("note 1", Record::Other, false)]);
    desk.must("2026-06-05", Command::BeginCollection(plan(&["archive"])));
    let open = desk.refused("2026-06-06", Command::SubmitForReview);
    assert_eq!(open, Rejection::Unfinished { names: vec![name("archive")] });
    let result = SearchResult::NotSearched(text("burnt in 2019"));
    desk.must("2026-06-06", Command::FinishSource { source: name("archive"), result });
    desk.must("2026-06-06", Command::SubmitForReview);
    assert_eq!(desk.request().plans().len(), 2);
}
