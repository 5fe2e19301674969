//! The deadline by the words of the statute, counted day by day from the events: slow, and nothing
//! of the crate's in it but its calendar.

use upheld_consent::request::{Event, Recorded};
use upheld_consent::{Calendar, Date};

/// What the statute makes of a request that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Statute {
    Waits,
    Paused,
    Due(Date),
}

#[derive(Default)]
struct Read {
    start: Option<Date>,
    waits: bool,
    pauses: Vec<(Date, Option<Date>)>,
    told: Option<Date>,
    before_fee: Option<Date>,
}

pub(crate) fn statute(events: &[Recorded], calendar: &Calendar) -> Statute {
    let read = read(events);
    if read.waits {
        return Statute::Waits;
    }
    let Some(month) = end(&read, 1, calendar) else { return Statute::Paused };
    match read.told {
        Some(told) if told <= month => {
            end(&read, 3, calendar).map_or(Statute::Paused, Statute::Due)
        }
        _ => Statute::Due(month),
    }
}

fn read(events: &[Recorded]) -> Read {
    let mut read = Read::default();
    for Recorded { at, event, .. } in events {
        match event {
            Event::Received(_) | Event::Reopened { .. } => {
                read = Read { start: Some(*at), ..Read::default() };
            }
            Event::IdentityRequested { .. } | Event::AuthorityRequested => read.waits = true,
            Event::FeeCharged(_) => {
                read.before_fee = read.start;
                read.waits = true;
            }
            // What was shown unasked makes nobody wait.
            Event::IdentityConfirmed { .. } | Event::AuthorityReceived { .. } | Event::FeePaid
                if read.waits =>
            {
                read.start = read.start.max(Some(*at));
                read.waits = false;
            }
            Event::FeeWaived { .. } => {
                read.start = read.before_fee;
                read.waits = false;
            }
            Event::ClarificationAsked { .. } => read.pauses.push((*at, None)),
            Event::Clarified { .. } => {
                if let Some(open) = read.pauses.last_mut() {
                    open.1 = Some(*at);
                }
            }
            Event::WentOnUnclarified { .. } => {
                let asked = read.pauses.last().map(|(asked, _)| *asked);
                let eve = at.plus_days(-1);
                if eve >= asked {
                    read.pauses.last_mut().unwrap().1 = eve;
                } else {
                    read.pauses.pop();
                }
            }
            Event::Extended { .. } => read.told = Some(*at),
            _ => {}
        }
    }
    read
}

/// So many months from the start, without the days of a pause, on a working day.
fn end(read: &Read, months: u8, calendar: &Calendar) -> Option<Date> {
    let start = read.start.unwrap();
    let month = start.month().saturating_add(months);
    let (year, month) = match month {
        13.. => (start.year().saturating_add(1), month.saturating_sub(12)),
        _ => (start.year(), month),
    };
    // The same day, or the last that the month has.
    let mut days = (1..=start.day()).rev();
    let nominal = days.find_map(|day| Date::new(year, month, day).ok()).unwrap();
    let is_paused = |day: Date| {
        read.pauses.iter().any(|(from, to)| *from <= day && to.is_none_or(|to| day <= to))
    };
    let is_open = |day: Date| read.pauses.iter().any(|(from, to)| *from <= day && to.is_none());
    let (mut day, mut left) = (start, nominal.days_since(start));
    loop {
        if is_open(day) {
            return None;
        }
        if left == 0 && !is_paused(day) && calendar.is_working_day(day) == Ok(true) {
            return Some(day);
        }
        day = day.plus_days(1).unwrap();
        if left > 0 && !is_paused(day) {
            left = left.saturating_sub(1);
        }
    }
}
