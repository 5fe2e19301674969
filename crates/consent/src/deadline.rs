//! When an answer is due.

use core::fmt;

use crate::{Calendar, Date, Facts, OutsideCoverage, RequestKind};

mod complaint;
mod count;
mod period;
mod regime;
mod step;
mod uk;

pub use complaint::{ComplaintDeadline, complaint_deadline};
pub use regime::Regime;
pub use step::{Event, Step};

/// When a request must be answered, by the facts as they are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an open request has a deadline, or a reason why none runs"]
#[expect(clippy::exhaustive_enums, reason = "a clock runs, is stopped, or has not begun")]
pub enum Due {
    /// The clock runs.
    Running(Deadline),
    /// The clock has not begun: the person was asked for something, which has not come.
    NotRunning(Waiting),
    /// The clock stands still: a question was asked on that day and not answered.
    Paused {
        /// When it was asked.
        since: Date,
    },
}

/// The dates of a clock that runs. Each is the last day, until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadline {
    /// The day from which the period runs. It is not counted itself.
    pub relevant_time: Date,
    /// Where the period ends before weekends and holidays are considered.
    pub nominal_end: Date,
    /// The last day on which an answer is in time.
    pub due: Date,
    /// The last day on which the person may be told that it takes longer; none where the regime
    /// has no extension.
    pub notice_deadline: Option<Date>,
    /// The last day on which receipt may be confirmed, where the regime asks for that.
    pub acknowledge_by: Option<Date>,
    /// Whether a day was judged by [`Calendar::projected`]: a holiday may yet be announced.
    pub projected: bool,
}

/// What the person was asked for and has not given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Waiting {
    /// Who they are.
    pub identity: bool,
    /// That they may act for somebody.
    pub authority: bool,
    /// The fee.
    pub fee: bool,
}

/// Derives the deadline, under `regime` and with the working days of `calendar`.
///
/// For the UK, `calendar` is that of the part in which the controller is established, where the
/// answer is made: Article 2 of Regulation 1182/71 looks to where the action is taken.
///
/// ```
/// use upheld_consent::{Calendar, Date, Division, Due, Facts, Regime, RequestKind, deadline};
///
/// let facts = Facts::new(RequestKind::Access, Date::new(2024, 11, 25)?);
/// let calendar = Calendar::of(Division::EnglandAndWales);
/// let Due::Running(deadline) = deadline(&facts, Regime::Uk, &calendar)? else { panic!() };
/// // Christmas and Boxing Day are no working days.
/// assert_eq!(deadline.nominal_end, Date::new(2024, 12, 25)?);
/// assert_eq!(deadline.due, Date::new(2024, 12, 27)?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`DeadlineError`]: facts that contradict each other or the regime, and days of which the
/// calendar does not know whether people work.
pub fn deadline(
    facts: &Facts<'_>,
    regime: Regime,
    calendar: &Calendar,
) -> Result<Due, DeadlineError> {
    regime.compute(facts, calendar, &mut |_| {})
}

/// Derives the deadline like [`deadline`], and every step to it with the provision that it follows.
///
/// # Errors
///
/// Those of [`deadline`].
pub fn explain(
    facts: &Facts<'_>,
    regime: Regime,
    calendar: &Calendar,
) -> Result<(Due, Vec<Step>), DeadlineError> {
    let mut steps = Vec::new();
    let due = regime.compute(facts, calendar, &mut |step| steps.push(step))?;
    Ok((due, steps))
}

fn plus_days(date: Date, days: u16) -> Result<Date, DeadlineError> {
    date.plus_days(days.into()).ok_or(DeadlineError::Range)
}

/// What an error speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fact {
    /// The identity.
    Identity,
    /// The authority to act.
    Authority,
    /// The fee.
    Fee,
    /// A question about the request.
    Clarification,
    /// An answer to it.
    Answer,
    /// The notice of an extension.
    Extension,
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "proof of identity",
            Self::Authority => "proof of authority",
            Self::Fee => "the fee",
            Self::Clarification => "a request for clarification",
            Self::Answer => "the answer to a request for clarification",
            Self::Extension => "the notice of an extension",
        })
    }
}

/// Why there is no deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeadlineError {
    /// Something happened before what it follows.
    #[error("{fact} on {date} is before {after}")]
    Order {
        /// What.
        fact: Fact,
        /// When.
        date: Date,
        /// What it cannot come before.
        after: Date,
    },
    /// The notice of an extension came too late; it extends nothing.
    #[error("the notice of an extension on {given} came after {by}, the last day for it")]
    ExtensionTooLate {
        /// When it was given.
        given: Date,
        /// When it had to be.
        by: Date,
    },
    /// The clock stops for questions about access requests alone.
    #[error("a request for clarification stops the clock of an access request alone, not of {}", .kind.name())]
    PauseNotAllowed {
        /// What the request is.
        kind: RequestKind,
    },
    /// The regime gives the fact no effect on the time; leave it out or judge it by hand.
    #[error("{fact} has no effect on the time under {regime}")]
    NoEffect {
        /// Which fact.
        fact: Fact,
        /// Under which law.
        regime: Regime,
    },
    /// The regime sets no time for such a request.
    #[error("{regime} sets no time for a request of the kind {}", .kind.name())]
    NoPeriod {
        /// What the request is.
        kind: RequestKind,
        /// Under which law.
        regime: Regime,
    },
    /// The holidays are not known.
    #[error(transparent)]
    Calendar(#[from] OutsideCoverage),
    /// There was no duty to acknowledge yet.
    #[error(
        "a complaint received on {received} is not covered by section 164A, in force from {from}"
    )]
    BeforeDuty {
        /// When it was received.
        received: Date,
        /// When the duty began.
        from: Date,
    },
    /// Beyond the last date there is.
    #[error("the period ends after {}", Date::MAX)]
    Range,
}
