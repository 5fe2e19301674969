//! Laws that hold whatever happened.

use proptest::prelude::*;
use upheld_consent::{
    Awaited, Calendar, Clarification, Date, Division, Due, Extension, Facts, Regime, RequestKind,
};
use upheld_consent::{deadline, explain};

use crate::running;

fn day() -> impl Strategy<Value = Date> {
    (0..5_400_i32).prop_map(|days| Date::new(2013, 1, 1).unwrap().plus_days(days).unwrap())
}

fn pauses() -> impl Strategy<Value = Vec<(i32, i32)>> {
    prop::collection::vec((0..60_i32, 0..30_i32), 0..5)
}

fn clarifications(received: Date, pauses: &[(i32, i32)]) -> Vec<Clarification> {
    let at = |days| received.plus_days(days).unwrap();
    let pause =
        |&(after, length)| Clarification { asked: at(after), answered: Some(at(after + length)) };
    pauses.iter().map(pause).collect()
}

fn is_paused(day: Date, pauses: &[Clarification]) -> bool {
    pauses.iter().any(|pause| pause.asked <= day && Some(day) <= pause.answered)
}

fn access(received: Date) -> Facts<'static> {
    Facts::new(RequestKind::Access, received)
}

proptest! {
    #[test]
    fn due_is_a_working_day_on_or_soon_after_the_nominal_end(received in day(), division in 0..3_usize, pauses in pauses()) {
        let calendar = Calendar::of(Division::ALL[division]);
        let pauses = clarifications(received, &pauses);
        let deadline = running(&access(received).with_clarifications(&pauses), Regime::Uk, &calendar);
        prop_assert!(deadline.due >= deadline.nominal_end);
        prop_assert_eq!(calendar.is_working_day(deadline.due), Ok(true));
        prop_assert!(!is_paused(deadline.due, &pauses), "due lies in a pause");
        prop_assert!(!is_paused(deadline.nominal_end, &pauses), "the period ends in a pause");
        if pauses.is_empty() {
            prop_assert!(deadline.due.days_since(deadline.nominal_end) <= 4);
        }
    }

    /// So many countable days lie after the start, up to the end, as in the month without pauses.
    #[test]
    fn a_pause_moves_the_end_by_its_days(received in day(), pauses in pauses()) {
        let calendar = crate::england();
        let pauses = clarifications(received, &pauses);
        let without = running(&access(received), Regime::Uk, &calendar).nominal_end;
        let with = running(&access(received).with_clarifications(&pauses), Regime::Uk, &calendar).nominal_end;
        let days = (1..=with.days_since(received)).filter_map(|days| received.plus_days(days));
        let paused = days.filter(|day| is_paused(*day, &pauses)).count();
        prop_assert_eq!(usize::try_from(with.days_since(without)).unwrap(), paused);
    }

    #[test]
    fn the_order_and_repetition_of_pauses_do_not_matter(received in day(), pauses in pauses()) {
        let forward = clarifications(received, &pauses);
        let mut backward: Vec<Clarification> = forward.iter().rev().copied().collect();
        backward.extend(forward.first());
        let due = |pauses| deadline(&access(received).with_clarifications(pauses), Regime::Uk, &crate::england());
        prop_assert_eq!(due(&forward), due(&backward));
    }

    #[test]
    fn a_later_receipt_is_never_due_earlier(one in day(), other in day(), extended in any::<bool>()) {
        let (early, late) = (one.min(other), one.max(other));
        let extension = if extended { Extension::NotifiedInTime } else { Extension::None };
        let due = |received| running(&access(received).with_extension(extension), Regime::Uk, &crate::england()).due;
        prop_assert!(due(early) <= due(late));
    }

    /// What restarts the clock makes it one of a later receipt.
    #[test]
    fn a_restart_is_a_later_receipt(received in day(), after in 0..90_i32, which in 0..3_u8) {
        let there = received.plus_days(after).unwrap();
        let facts = match which {
            0 => access(received).with_identity(Awaited::Received(there)),
            1 => access(received).with_authority(Awaited::Received(there)),
            _ => access(received).with_fee(Awaited::Received(there)),
        };
        let calendar = crate::england();
        prop_assert_eq!(running(&facts, Regime::Uk, &calendar), running(&access(there), Regime::Uk, &calendar));
    }

    #[test]
    fn the_explanation_changes_nothing(received in day(), pauses in pauses(), regime in 0..4_usize, kind in 0..8_usize, extended in any::<bool>()) {
        let pauses = clarifications(received, &pauses);
        let extension = if extended { Extension::NotifiedInTime } else { Extension::None };
        let facts = Facts::new(RequestKind::ALL[kind], received).with_clarifications(&pauses).with_extension(extension);
        let (regime, calendar) = (Regime::ALL[regime], crate::england());
        match explain(&facts, regime, &calendar) {
            Ok((due, steps)) => {
                prop_assert_eq!(deadline(&facts, regime, &calendar), Ok(due));
                let Due::Running(running) = due else { return Ok(()) };
                let last = steps.last().unwrap().to_string();
                prop_assert!(last.ends_with(&format!("due by the end of {}", running.due)), "{}", last);
            }
            Err(error) => prop_assert_eq!(deadline(&facts, regime, &calendar), Err(error)),
        }
    }
}
