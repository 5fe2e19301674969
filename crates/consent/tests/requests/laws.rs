//! Whatever is done in whatever order: no panic, no way back from the end, and the events alone
//! make the request.

use proptest::prelude::*;
use upheld_consent::request::{Ask, Request, Stage};
use upheld_consent::{Calendar, Clarification, Division, Due};

use crate::desk::{Desk, samples};

fn steps() -> impl Strategy<Value = Vec<(usize, i32)>> {
    prop::collection::vec((0..31_usize, 0..90_i32), 1..60)
}

proptest! {
    #[test]
    fn any_commands_in_any_order(ask in 0..9_usize, steps in steps(), platform in any::<bool>()) {
        let ask = Ask::ALL[ask];
        let mut desk = Desk::with(ask);
        if platform {
            desk = desk.of_a_platform();
        }
        let calendar = Calendar::of(Division::EnglandAndWales);
        let commands = samples(ask);
        for (which, days) in steps {
            let before = desk.request().clone();
            let at = crate::date("2026-06-01").plus_days(days).unwrap();
            let granted = desk.try_on(at, commands[which].clone());
            let after = desk.request();
            if granted.is_err() {
                prop_assert_eq!(&before, after);
            } else {
                prop_assert_ne!(before.stage(), Stage::Closed);
            }
            // What was decided is what is stored, and what is stored is what there is.
            prop_assert_eq!(&Request::replay(&desk.events).unwrap(), after);
            let due = after.due(&calendar).unwrap();
            prop_assert_eq!(due, after.due(&calendar).unwrap());
            prop_assert_eq!(due.is_some(), after.stage().is_open());
            if let Some(Due::Running(deadline)) = due {
                prop_assert_eq!(calendar.is_working_day(deadline.due), Ok(true));
            }
            prop_assert_eq!(
                matches!(due, Some(Due::NotRunning(_))),
                matches!(
                    after.stage(),
                    Stage::AwaitingIdentity | Stage::AwaitingAuthority | Stage::AwaitingFee
                )
            );
        }
    }

    /// One pause of so many days that would have counted moves the nominal end by as many, and no
    /// deadline lies in it.
    #[test]
    fn a_pause_of_k_days_moves_the_end_by_k(after in 1..29_i32, length in 0..40_i32) {
        use upheld_consent::request::Command;
        let mut desk = Desk::with(Ask::Access);
        let start = crate::date("2026-06-01");
        desk.must("2026-06-01", Command::Accept);
        let nominal = |desk: &Desk| match desk.due() {
            Some(Due::Running(deadline)) => deadline.nominal_end,
            other => panic!("{other:?}"),
        };
        let without = nominal(&desk);
        let asked = start.plus_days(after).unwrap();
        let answered = asked.plus_days(length).unwrap();
        desk.must(&asked.to_string(), Command::AskClarification { question: crate::text("?") });
        desk.must(&answered.to_string(), Command::Clarify { answer: crate::text("!") });
        let paused = answered.days_since(asked).saturating_add(1);
        prop_assert_eq!(nominal(&desk).days_since(without), paused);
        let pause = Clarification { asked, answered: Some(answered) };
        let due = desk.day();
        prop_assert!(due < pause.asked || Some(due) > pause.answered);
    }
}
