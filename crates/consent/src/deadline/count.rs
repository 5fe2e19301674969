//! Counting: days that do not count, working days, the roll to the next one.

use crate::{Calendar, Clarification, Date, DeadlineError};

/// The end of a period, and whether it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    At(Date),
    /// An open question, asked on that day, stops the count before it ends.
    Open(Date),
}

/// The day on which `days` days have passed after `start` that do not lie in a pause. Days in pauses
/// are passed over one pause at a time, not added up: pauses overlap, begin before the period or on
/// its first day. Those between pauses all count.
//= UK GDPR, Article 12A(5)(b): the days from the question to the answer, both included, do not count
pub(super) fn walk(start: Date, days: i32, pauses: &[Clarification]) -> End {
    let (mut day, mut left) = (start, days);
    while left > 0 {
        let first = match next_outside(day, pauses) {
            End::At(first) => first,
            open @ End::Open(_) => return open,
        };
        let asked = pauses.iter().map(|pause| pause.asked).filter(|asked| *asked > first).min();
        let free = asked.map_or(left, |asked| asked.days_since(first).min(left));
        day = first.later(free.saturating_sub(1));
        left = left.saturating_sub(free);
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

#[cfg(test)]
mod tests {
    use super::{Clarification, Date, End, walk};

    fn day(number: i32) -> Date {
        Date::MIN.later(number)
    }

    fn pause(asked: i32, days: Option<i32>) -> Clarification {
        Clarification { asked: day(asked), answered: days.map(|days| day(asked).later(days)) }
    }

    /// The clause, day by day.
    fn counted(days: i32, pauses: &[Clarification]) -> End {
        let (mut last, mut left) = (day(0), days);
        while left > 0 {
            last = last.next();
            let holds =
                |it: &&Clarification| it.asked <= last && it.answered.is_none_or(|to| last <= to);
            match pauses.iter().find(holds) {
                None => left = left.saturating_sub(1),
                Some(Clarification { answered: Some(_), .. }) => {}
                Some(Clarification { asked, answered: None }) => return End::Open(*asked),
            }
        }
        End::At(last)
    }

    //= UK GDPR, Article 12A(5)(b): the days from the question to the answer, both included, do not count
    #[test]
    fn passing_over_pauses_is_counting_days() {
        let lengths = || (0..4).map(Some).chain([None]);
        let first = || (-2..9).flat_map(|asked| lengths().map(move |days| pause(asked, days)));
        for one in first() {
            for other in first() {
                for days in 0..10 {
                    let pauses = [one, other];
                    let expected = counted(days, &pauses);
                    assert_eq!(walk(day(0), days, &pauses), expected, "{days} days, {pauses:?}");
                }
            }
        }
        assert_eq!(walk(day(0), 92, &[]), End::At(day(92)));
    }
}
