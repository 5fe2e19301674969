//! Complaints to the controller, section 164A of the Data Protection Act 2018.

use super::count::{self, End};
use super::step::{Event, Step};
use super::{DeadlineError, plus_days};
use crate::provision::{Instrument, Provision};
use crate::{Calendar, Date};

/// When receipt of a complaint must be acknowledged. For the outcome there is no fixed time: it is
/// told without undue delay.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ComplaintDeadline {
    /// Where the 30 days end before weekends and holidays are considered.
    pub nominal_end: Date,
    /// The last day on which an acknowledgement is in time.
    pub acknowledge_by: Date,
    /// Whether a day was judged by [`Calendar::projected`].
    pub projected: bool,
    /// The steps, with the provision that each follows.
    pub steps: Vec<Step>,
}

/// Section 164A is in force from this day (SI 2026/82, regulation 3).
const COMMENCEMENT: Date = match Date::new(2026, 6, 19) {
    Ok(date) => date,
    Err(_) => Date::MAX,
};

/// Derives when a complaint received on `received` must be acknowledged.
///
/// ```
/// use upheld_consent::{Calendar, Date, Division, complaint_deadline};
///
/// let calendar = Calendar::of(Division::EnglandAndWales);
/// let deadline = complaint_deadline(Date::new(2026, 7, 1)?, &calendar)?;
/// assert_eq!(deadline.acknowledge_by, Date::new(2026, 7, 31)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`DeadlineError::BeforeDuty`] for a complaint received before the section was in force, and
/// [`DeadlineError::Calendar`] when the holidays are not known.
pub fn complaint_deadline(
    received: Date,
    calendar: &Calendar,
) -> Result<ComplaintDeadline, DeadlineError> {
    if received < COMMENCEMENT {
        return Err(DeadlineError::BeforeDuty { received, from: COMMENCEMENT });
    }
    let section = Provision::new(Instrument::Dpa2018, "164A(3)");
    //= DPA 2018 §164A(3): 30 days to acknowledge; the Commissioner counts from the day after receipt
    let nominal_end = plus_days(received, 30)?;
    let mut steps = vec![
        Step::new(section, Event::Received(received)),
        Step::new(section, Event::Days { from: received, days: 30, end: nominal_end }),
    ];
    let acknowledge_by = match count::roll(nominal_end, &[], calendar)? {
        End::At(date) | End::Open(date) => date,
    };
    if acknowledge_by != nominal_end {
        let provision = Provision::new(Instrument::Ico, "complaints: working days");
        let event = Event::Rolled { from: nominal_end, to: acknowledge_by };
        steps.push(Step::new(provision, event));
    }
    let projected = count::is_projected(calendar, nominal_end, acknowledge_by);
    if projected {
        steps.push(Step::new(section, Event::Projected));
    }
    if calendar.is_of_weekends() {
        steps.push(Step::new(section, Event::HolidaysUnknown));
    }
    steps.push(Step::new(section, Event::Due(acknowledge_by)));
    Ok(ComplaintDeadline { nominal_end, acknowledge_by, projected, steps })
}
