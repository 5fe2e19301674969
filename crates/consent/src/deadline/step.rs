//! How a deadline came about, step by step.

use core::fmt;

use crate::{Date, Provision};

/// One step to a deadline, and the provision that it follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    provision: Provision,
    event: Event,
}

impl Step {
    pub(super) const fn new(provision: Provision, event: Event) -> Self {
        Self { provision, event }
    }

    /// The provision that is followed.
    #[must_use]
    pub const fn provision(&self) -> Provision {
        self.provision
    }

    /// What follows from it.
    #[must_use]
    pub const fn event(&self) -> Event {
        self.event
    }
}

/// What happened, or follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its text says what each means")]
pub enum Event {
    Received(Date),
    IdentityReceived(Date),
    AuthorityReceived(Date),
    FeePaid(Date),
    IdentityOutstanding,
    AuthorityOutstanding,
    FeeOutstanding,
    RelevantTime(Date),
    /// Received before the law of today was in force.
    BeforeCommencement(Date),
    Pause {
        from: Date,
        to: Date,
    },
    OpenPause {
        from: Date,
    },
    PauseWithoutEffect {
        from: Date,
    },
    Months {
        from: Date,
        months: u8,
        end: Date,
    },
    Days {
        from: Date,
        days: u16,
        end: Date,
    },
    WorkingDays {
        from: Date,
        days: u16,
        end: Date,
    },
    PausedDays {
        days: i32,
        end: Date,
    },
    Rolled {
        from: Date,
        to: Date,
    },
    ExtensionNotice {
        given: Option<Date>,
        by: Date,
    },
    NoticeBy(Date),
    HolidaysUnknown,
    Projected,
    Due(Date),
}

impl fmt::Display for Step {
    /// Writes a line such as `UK GDPR Art 12A(1): one month from 2026-01-31 ends on 2026-02-28`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.provision, self.event)
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received(date) => write!(f, "received on {date}"),
            Self::IdentityReceived(date) => write!(f, "identity shown on {date}"),
            Self::AuthorityReceived(date) => write!(f, "authority to act shown on {date}"),
            Self::FeePaid(date) => write!(f, "fee paid on {date}"),
            Self::IdentityOutstanding => f.write_str("identity asked for and not shown"),
            Self::AuthorityOutstanding => f.write_str("authority to act asked for and not shown"),
            Self::FeeOutstanding => f.write_str("fee charged and not paid"),
            Self::RelevantTime(date) => {
                write!(
                    f,
                    "the period runs from {date}, the latest of these; that day is not counted"
                )
            }
            Self::BeforeCommencement(date) => {
                write!(
                    f,
                    "in force from {date}; before, Article 12(3) and the guidance on it led to the same"
                )
            }
            Self::Pause { from, to } => write!(f, "{from} to {to} do not count: clarification"),
            Self::OpenPause { from } => {
                write!(f, "from {from} no day counts until the clarification comes")
            }
            Self::PauseWithoutEffect { from } => {
                write!(
                    f,
                    "clarification asked on {from}, after the period had ended, stops nothing"
                )
            }
            Self::Months { from, months, end } => {
                let months = match months {
                    1 => "one month",
                    2 => "two months",
                    _ => "three months",
                };
                write!(f, "{months} from {from} ends on {end}")
            }
            Self::Days { from, days, end } => write!(f, "{days} days from {from} end on {end}"),
            Self::WorkingDays { from, days, end } => {
                write!(f, "{days} working days from {from} end on {end}")
            }
            Self::PausedDays { days, end } => {
                write!(f, "{days} days that do not count: the period ends on {end}")
            }
            Self::Rolled { from, to } => {
                write!(f, "{from} is no working day of the calendar; the next is {to}")
            }
            Self::ExtensionNotice { given: Some(given), by } => {
                write!(f, "extension notified on {given}, by {by} at the latest")
            }
            Self::ExtensionNotice { given: None, by } => {
                write!(f, "extension said to have been notified by {by}")
            }
            Self::NoticeBy(date) => write!(f, "an extension may be notified until {date}"),
            Self::HolidaysUnknown => {
                f.write_str("no public holidays considered: the law may allow longer, not less")
            }
            Self::Projected => {
                f.write_str("holidays beyond the published years by rule: others may be announced")
            }
            Self::Due(date) => write!(f, "due by the end of {date}"),
        }
    }
}
