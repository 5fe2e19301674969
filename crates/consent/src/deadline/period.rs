//! Periods of months, which weekends, holidays and pauses move.

use super::count::{self, End};
use super::step::{Event, Step};
use crate::provision::{Instrument, Provision};
use crate::{Calendar, Clarification, Date, DeadlineError};

/// A period that runs from `start`.
pub(super) struct Period<'a> {
    pub(super) start: Date,
    pub(super) pauses: &'a [Clarification],
    pub(super) calendar: &'a Calendar,
}

/// Where a period ends.
pub(super) enum Ended {
    At { nominal_end: Date, due: Date },
    Open(Date),
}

impl Period<'_> {
    /// Finds the end of so many months, always from the start: a month and then two more would
    /// clamp twice, and lose days.
    pub(super) fn months(
        &self,
        months: u8,
        provision: Provision,
        trace: &mut dyn FnMut(Step),
    ) -> Result<Ended, DeadlineError> {
        let Self { start, pauses, calendar } = *self;
        let end = start.plus_months(months.into()).ok_or(DeadlineError::Range)?;
        trace(Step::new(provision, Event::Months { from: start, months, end }));
        let days = end.days_since(start);
        let nominal_end = match count::walk(start, days, pauses) {
            End::Open(since) => return Ok(Ended::Open(since)),
            End::At(date) if date > Date::MAX => return Err(DeadlineError::Range),
            End::At(date) => date,
        };
        if nominal_end != end {
            let event = Event::PausedDays { days: nominal_end.days_since(end), end: nominal_end };
            trace(Step::new(Provision::new(Instrument::UkGdpr, "12A(5)(b)"), event));
        }
        let due = match count::roll(nominal_end, pauses, calendar)? {
            End::Open(since) => return Ok(Ended::Open(since)),
            End::At(due) => due,
        };
        if due != nominal_end {
            let provision = Provision::new(Instrument::Periods, "3(4)");
            trace(Step::new(provision, Event::Rolled { from: nominal_end, to: due }));
        }
        Ok(Ended::At { nominal_end, due })
    }

    /// Says what the calendar could not know of the days up to `due`.
    pub(super) fn is_projected(
        &self,
        nominal_end: Date,
        due: Date,
        trace: &mut dyn FnMut(Step),
    ) -> bool {
        let provision = Provision::new(Instrument::Periods, "2(1)");
        let projected = count::is_projected(self.calendar, nominal_end, due);
        if projected {
            trace(Step::new(provision, Event::Projected));
        }
        if self.calendar.is_of_weekends() {
            trace(Step::new(provision, Event::HolidaysUnknown));
        }
        projected
    }
}
