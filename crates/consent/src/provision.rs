//! The provisions that are applied.

use core::fmt;

use crate::Date;

/// The law in this crate is the law as of this day.
///
/// A change of the law is a change of this crate: a minor release, named in the changelog with its
/// commencement, and requests received before it keep being judged by what was in force then.
///
/// It says nothing of section 119 of the Data (Use and Access) Act 2025, by which the functions of
/// the Information Commissioner go to the Information Commission: it has no bearing on a deadline,
/// and letters name both.
pub const LAW_AS_OF: Date = match Date::new(2026, 6, 19) {
    Ok(date) => date,
    Err(_) => Date::MIN,
};

/// A text of law, or of a regulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Instrument {
    /// Regulation (EU) 2016/679 as it is law in the United Kingdom, amended by the Data (Use and
    /// Access) Act 2025.
    UkGdpr,
    /// Data Protection Act 2018, its sections.
    Dpa2018,
    /// Data Protection Act 2018, its Schedules.
    Dpa2018Schedule,
    /// Regulation (EU) 2016/679.
    EuGdpr,
    /// Regulation (EEC, Euratom) No 1182/71 on periods, dates and time limits.
    Periods,
    /// California Code of Regulations, title 11, on the California Consumer Privacy Act.
    Ccpa,
    /// Code of Federal Regulations, title 45, part 164 (HIPAA).
    Hipaa,
    /// Privacy and Electronic Communications (EC Directive) Regulations 2003.
    Pecr,
    /// Guidance of the Information Commissioner.
    Ico,
}

/// A clause of an [`Instrument`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provision {
    instrument: Instrument,
    clause: &'static str,
}

impl Provision {
    /// What tells about somebody else is not disclosed without their consent, unless that is
    /// reasonable: paragraph 16 of Schedule 2 to the Data Protection Act 2018.
    pub const RIGHTS_OF_OTHERS: Self = Self::new(Instrument::Dpa2018Schedule, "2 para 16");
    /// It is reasonable to name the professional who made a health, social work or education
    /// record: paragraph 17 of that Schedule.
    pub const PROFESSIONALS_NAMED: Self = Self::new(Instrument::Dpa2018Schedule, "2 para 17");

    pub(crate) const fn new(instrument: Instrument, clause: &'static str) -> Self {
        Self { instrument, clause }
    }

    /// The text.
    #[must_use]
    pub const fn instrument(&self) -> Instrument {
        self.instrument
    }

    /// The clause, as the text numbers it: `12A(2)(a)`.
    #[must_use]
    pub const fn clause(&self) -> &'static str {
        self.clause
    }
}

impl fmt::Display for Provision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.instrument {
            Instrument::UkGdpr => "UK GDPR Art ",
            Instrument::Dpa2018 => "DPA 2018 s.",
            Instrument::Dpa2018Schedule => "DPA 2018 Sch ",
            Instrument::EuGdpr => "GDPR Art ",
            Instrument::Periods => "Reg 1182/71 Art ",
            Instrument::Ccpa => "11 CCR §",
            Instrument::Hipaa => "45 CFR §",
            Instrument::Pecr => "PECR reg ",
            Instrument::Ico => "ICO, ",
        };
        write!(f, "{name}{}", self.clause)
    }
}
