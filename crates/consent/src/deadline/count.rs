//! Counting: days that do not count, working days, the roll to the next one.

use crate::{Calendar, Clarification, Date, DeadlineError};

/// The end of a period, and whether it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    At(Date),
    /// An open question, asked on that day, stops the count before it ends.
    Open(Date),
}

/// The day on which `days` days have passed after `start` that do not lie in a pause. The days are
/// walked, not added: pauses overlap, begin before the period or on its first day.
//= UK GDPR, Article 12A(5)(b): the days from the question to the answer, both included, do not count
pub(super) fn walk(start: Date, days: i32, pauses: &[Clarification]) -> End {
    let mut day = start;
    for _ in 0..days {
        match next_outside(day, pauses) {
            End::At(next) => day = next,
            open @ End::Open(_) => return open,
        }
    }
    End::At(day)
}

/// The next day that is in no pause.
fn next_outside(day: Date, pauses: &[Clarification]) -> End {
    let mut next = day.next();
    while let Some(pause) = pauses.iter().find(|pause| holds(pause, next)) {
        match pause.answered {
            Some(answered) => next = answered.next(),
            None => return End::Open(pause.asked),
        }
    }
    End::At(next)
}

fn holds(pause: &Clarification, day: Date) -> bool {
    day >= pause.asked && pause.answered.is_none_or(|answered| day <= answered)
}

/// The first working day on or after `end` that is in no pause.
//= Regulation 1182/71, Article 3(4): a period that would end on a day off ends with the next working day
pub(super) fn roll(
    end: Date,
    pauses: &[Clarification],
    calendar: &Calendar,
) -> Result<End, DeadlineError> {
    let mut day = end;
    loop {
        if day > Date::MAX {
            return Err(DeadlineError::Range);
        }
        if let Some(pause) = pauses.iter().find(|pause| holds(pause, day)) {
            match pause.answered {
                Some(answered) => day = answered.next(),
                None => return Ok(End::Open(pause.asked)),
            }
        } else if calendar.is_working_day(day)? {
            return Ok(End::At(day));
        } else {
            day = day.next();
        }
    }
}

/// The working day that is `days` working days after `start`.
pub(super) fn working_days(
    start: Date,
    days: u16,
    calendar: &Calendar,
) -> Result<Date, DeadlineError> {
    let mut day = start;
    for _ in 0..days {
        day = day.next();
        while !calendar.is_working_day(day)? {
            day = day.next();
        }
    }
    if day > Date::MAX { Err(DeadlineError::Range) } else { Ok(day) }
}

/// Whether any day from `from` to `to` is judged by projection.
pub(super) fn is_projected(calendar: &Calendar, from: Date, to: Date) -> bool {
    calendar.is_projected(from) || calendar.is_projected(to)
}
