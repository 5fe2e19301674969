//! Whatever is done in whatever order: no panic, no way back from the end, no way that has no end,
//! no day later than the statute's, no letter that leaves something out; and the events alone make
//! the request.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;
use upheld_consent::letter;
use upheld_consent::request::{
    Act, Ask, Clearance, Command, Finding, Identity, Notified, Opinion, Outcome, Record, Rejection,
    Request, Requester, SearchResult, Stage, Verdict, transition,
};
use upheld_consent::{Calendar, Clarification, Date, Division, Due};

use crate::desk::{Desk, done, fulfilled, item, plan, receipt, respond, samples};
use crate::office::Office;
use crate::refusal::grounds;
use crate::statute::{Statute, statute};
use crate::{date, name, text};

/// The day of the last trial; what follows is done on the day after.
const LAST: i32 = 120;

fn day(after: i32) -> Date {
    date("2026-06-01").plus_days(after).unwrap()
}

/// Which act, which command of its kind, whether out of place, and when.
type Pick = (Index, Index, bool);

fn steps() -> impl Strategy<Value = Vec<(Pick, i32)>> {
    let stray = prop::bool::weighted(0.06);
    prop::collection::vec(((any::<Index>(), any::<Index>(), stray), 0..LAST), 1..60)
}

/// What may be tried on such a request: more than one of a kind where the contents matter.
fn trials(ask: Ask) -> Vec<Command> {
    let mut trials = samples(ask);
    for called in ["note 1", "note 2"] {
        trials.push(Command::FindItem(item(called, Record::Health, called == "note 1")));
    }
    for source in ["mail", "records"] {
        let result = SearchResult::NotSearched(text("it is on paper, and burnt"));
        trials.push(Command::FinishSource { source: name(source), result });
    }
    for ground in grounds() {
        let verdict = Verdict::Withhold(ground.clone());
        trials.push(Command::Review { item: name("note 1"), verdict });
        let partial = Outcome::Partial { done: done(ask), refused: vec![ground.clone()] };
        trials.push(respond(partial));
        trials.push(respond(Outcome::Refused(vec![ground])));
    }
    trials.push(Command::BeginCollection(plan(&["records"])));
    trials.push(respond(Outcome::NothingHeld { searched: text("records and mail") }));
    let archive = name("Archive of the Web");
    trials.push(Command::NotifyRecipient { recipient: archive, result: Notified::Told });
    trials
}

/// Picks an act that the table has where the request stands, most of the time, and one of the
/// commands of its kind.
fn pick(desk: &Desk, trials: &[Command], (which, variant, is_stray): &Pick) -> Command {
    let stage = Some(desk.request().stage());
    let is_here = |command: &&Command| transition(stage, command.act()).is_some();
    let here: BTreeSet<_> = trials.iter().filter(is_here).map(Command::act).collect();
    let acts = if here.is_empty() || *is_stray { Act::ALL.to_vec() } else { Vec::from_iter(here) };
    let act = which.get(&acts);
    let of_act: Vec<_> = trials.iter().filter(|command| command.act() == *act).collect();
    (*variant.get(&of_act)).clone()
}

fn begin(ask: Ask, who: usize, platform: bool) -> Desk {
    let mut receipt = receipt(ask);
    receipt.requester = match who {
        0 | 3 => Requester::Subject,
        1 | 4 => Requester::Representative,
        _ => Requester::Parent,
    };
    if who > 2 {
        receipt.identity = Identity::Unproven;
    }
    let mut desk = Desk::new();
    if platform {
        desk = desk.of_a_platform();
    }
    desk.must("2026-06-01", Command::Receive(receipt));
    desk
}

/// The way of somebody who only wants it done: what is missing comes, what is found is given, who
/// is owed is told. Each step must be granted.
fn finish(mut desk: Desk) -> Desk {
    let at = day(LAST + 1);
    for _ in 0..40 {
        let stage = desk.request().stage();
        let next = match stage {
            Stage::Closed => return desk,
            Stage::Received | Stage::InProgress => proceed(&mut desk, at),
            Stage::AwaitingIdentity => Command::ConfirmIdentity { how: text("passport") },
            Stage::AwaitingAuthority => Command::ReceiveAuthority { how: text("a mandate") },
            Stage::AwaitingFee => Command::PayFee,
            Stage::AwaitingClarification => Command::Clarify { answer: text("all of it") },
            Stage::AwaitingChoice => {
                Command::Choose(upheld_consent::request::Choice::Narrow(text("my posts")))
            }
            Stage::Collecting => collect(&mut desk, at),
            Stage::Reviewing => review(&mut desk, at),
            _ => discharge(&mut desk, at),
        };
        let (act, granted) = (next.act(), desk.try_on(at, next));
        assert_eq!(granted, Ok(()), "{act} where it is {stage}");
    }
    panic!("no end: {}", desk.request().stage());
}

fn prove(desk: &mut Desk, at: Date) {
    for proof in [
        Command::ConfirmIdentity { how: text("passport") },
        Command::ReceiveAuthority { how: text("a mandate") },
    ] {
        let granted = desk.try_on(at, proof);
        assert!(matches!(
            granted,
            Ok(()) | Err(Rejection::Already { .. } | Rejection::NoAuthorityNeeded)
        ));
    }
}

fn proceed(desk: &mut Desk, at: Date) -> Command {
    prove(desk, at);
    if desk.request().stage() == Stage::Received {
        return Command::Accept;
    }
    let ask = desk.request().ask();
    if ask.needs_search() { Command::BeginCollection(plan(&["records"])) } else { fulfilled(ask) }
}

fn collect(desk: &mut Desk, at: Date) -> Command {
    let (source, result) = (name("records"), SearchResult::Searched);
    if desk.try_on(at, Command::FinishSource { source, result }).is_err() {
        return Command::SubmitForReview;
    }
    if let Err(Rejection::Unfinished { names }) = desk.clone().try_on(at, Command::SubmitForReview)
    {
        for open in names {
            let result = SearchResult::Searched;
            let source = Command::FinishSource { source: open.clone(), result: result.clone() };
            if desk.try_on(at, source).is_err() {
                let processor = Command::FinishProcessor { processor: open, result };
                assert_eq!(desk.try_on(at, processor), Ok(()));
            }
        }
    }
    Command::SubmitForReview
}

fn review(desk: &mut Desk, at: Date) -> Command {
    prove(desk, at);
    if !desk.request().ask().needs_search() && desk.request().items().next().is_none() {
        return fulfilled(desk.request().ask());
    }
    let found: Vec<_> = desk.request().items().map(|(item, _)| item.name.clone()).collect();
    for item in found {
        let by = name("Dr Okafor");
        let opinion = Opinion { by, given: at, finding: Finding::NoSeriousHarm, ask_again: false };
        let verdict = Verdict::Disclose(Clearance::NoSeriousHarm(opinion));
        assert_eq!(desk.try_on(at, Command::Review { item, verdict }), Ok(()));
    }
    // A search that passed over every source is made first.
    if desk.clone().try_on(at, fulfilled(desk.request().ask())) == Err(Rejection::NotSearched) {
        return Command::BeginCollection(plan(&["records"]));
    }
    fulfilled(desk.request().ask())
}

fn discharge(desk: &mut Desk, at: Date) -> Command {
    let owed: Vec<_> = desk
        .request()
        .notifications()
        .filter(|(_, result)| result.is_none())
        .map(|(recipient, _)| recipient.clone())
        .collect();
    let office = Office::new();
    for recipient in owed {
        let envelope = office.envelope(at);
        letter::recipient_notice(desk.request(), &recipient, &envelope).unwrap();
        let result = Notified::Told;
        assert_eq!(desk.try_on(at, Command::NotifyRecipient { recipient, result }), Ok(()));
    }
    if desk.request().is_restricted() {
        assert_eq!(desk.try_on(at, Command::LiftRestriction { informed: at }), Ok(()));
    }
    Command::Close
}

/// An answer has its letter, with each ground and the ways that are open.
fn check_letter(request: &Request) {
    let office = Office::new();
    let Ok(letter) = letter::answer(request, &office.envelope(day(LAST))) else {
        assert!(request.response().is_none());
        return;
    };
    let response = request.response().unwrap();
    let cited: Vec<String> = letter.provisions().iter().map(ToString::to_string).collect();
    for ground in response.outcome.refused() {
        assert!(cited.contains(&ground.provision().to_string()));
    }
    for way in ["DPA 2018 s.164A", "DPA 2018 s.165", "DPA 2018 s.167"] {
        assert!(cited.iter().any(|provision| provision == way), "{cited:?}");
    }
    assert_eq!(response.missing(request.receipt().channel), []);
}

proptest! {
    #[test]
    fn any_commands_in_any_order(
        ask in 0..9_usize,
        steps in steps(),
        who in 0..6_usize,
        platform in any::<bool>(),
    ) {
        let ask = Ask::ALL[ask];
        let mut desk = begin(ask, who, platform);
        let calendar = Calendar::of(Division::EnglandAndWales);
        let trials = trials(ask);
        for (which, days) in steps {
            let (before, at) = (desk.request().clone(), day(days));
            let command = pick(&desk, &trials, &which);
            let act = command.act();
            let granted = desk.try_on(at, command);
            let after = desk.request();
            if granted.is_err() {
                prop_assert_eq!(&before, after);
                continue;
            }
            prop_assert_ne!(before.stage(), Stage::Closed);
            // What was decided is what is stored, and what is stored is what there is.
            prop_assert_eq!(&Request::replay(&desk.events).unwrap(), after);
            let due = after.due(&calendar).unwrap();
            prop_assert_eq!(due.is_some(), after.stage().is_open());
            let expected = match due {
                None => continue,
                Some(Due::Running(deadline)) => {
                    // What a queue is sorted by.
                    prop_assert_eq!(deadline.relevant_time, after.runs_from(), "{}", act);
                    Statute::Due(deadline.due)
                }
                Some(Due::Paused { .. }) => Statute::Paused,
                Some(Due::NotRunning(_)) => Statute::Waits,
            };
            prop_assert_eq!(expected, statute(&desk.events, &calendar), "{}", act);
            // Time that was over is still over.
            if let (Ok(Some(Due::Running(was))), Some(Due::Running(is))) =
                (before.due(&calendar), due)
                && at > was.due
            {
                prop_assert!(is.due <= was.due, "{}", act);
            }
            if ask.is_absolute() {
                prop_assert!(after.fee().is_none() && after.extension().is_none());
            }
        }
        check_letter(desk.request());
        if let Some(response) = desk.request().response().filter(|_| ask.is_absolute()) {
            let is_of_another = desk.request().receipt().requester != Requester::Subject;
            prop_assert!(response.outcome.refused().is_empty() || is_of_another);
        }
    }

    /// Wherever it stands, it can be brought to its end; and taken back on the way, and closed.
    #[test]
    fn no_way_without_an_end(
        ask in 0..9_usize,
        steps in steps(),
        who in 0..6_usize,
        platform in any::<bool>(),
    ) {
        let ask = Ask::ALL[ask];
        let mut desk = begin(ask, who, platform);
        let trials = trials(ask);
        for (which, days) in steps {
            let command = pick(&desk, &trials, &which);
            drop(desk.try_on(day(days), command));
        }
        let end = finish(desk.clone());
        prop_assert_eq!(end.request().stage(), Stage::Closed);
        prop_assert_eq!(end.request().hold(), None);
        if desk.request().stage().is_open() {
            prop_assert_eq!(desk.try_on(day(LAST), Command::Withdraw), Ok(()));
            finish(desk);
        }
    }

    /// One pause of so many days that would have counted moves the nominal end by as many, and no
    /// deadline lies in it.
    #[test]
    fn a_pause_of_k_days_moves_the_end_by_k(after in 1..29_i32, length in 0..40_i32) {
        let mut desk = Desk::with(Ask::Access);
        let start = date("2026-06-01");
        desk.must("2026-06-01", Command::Accept);
        let nominal = |desk: &Desk| match desk.due() {
            Some(Due::Running(deadline)) => deadline.nominal_end,
            other => panic!("{other:?}"),
        };
        let without = nominal(&desk);
        let asked = start.plus_days(after).unwrap();
        let answered = asked.plus_days(length).unwrap();
        desk.must(&asked.to_string(), Command::AskClarification { question: text("?") });
        desk.must(&answered.to_string(), Command::Clarify { answer: text("!") });
        let paused = answered.days_since(asked).saturating_add(1);
        prop_assert_eq!(nominal(&desk).days_since(without), paused);
        let pause = Clarification { asked, answered: Some(answered) };
        let due = desk.day();
        prop_assert!(due < pause.asked || Some(due) > pause.answered);
    }
}
