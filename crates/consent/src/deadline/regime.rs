//! Whose law it is.

use core::fmt;

use super::step::{Event, Step};
use super::{Deadline, DeadlineError, Due, Fact, count, plus_days, uk};
use crate::provision::{Instrument, Provision};
use crate::{Awaited, Calendar, Date, Extension, Facts, RequestKind};

/// The law under which a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Regime {
    /// UK GDPR, Article 12A: one month from the relevant time, three when extended.
    Uk,
    /// GDPR, Article 12(3): one month from receipt, three when extended. The calendar is that of
    /// the controller's Member State, which has to be supplied.
    Eu,
    /// CCPA regulations: 45 days, 90 when extended; 15 business days to stop selling, for an
    /// objection or a withdrawal of consent; receipt is confirmed within 10 business days.
    Ccpa,
    /// HIPAA: 30 days for access, 60 for an amendment, 30 more when extended.
    Hipaa,
}

impl Regime {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Uk, Self::Eu, Self::Ccpa, Self::Hipaa];

    /// One word, for files and command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uk => "uk",
            Self::Eu => "eu",
            Self::Ccpa => "ccpa",
            Self::Hipaa => "hipaa",
        }
    }

    pub(super) fn compute(
        self,
        facts: &Facts<'_>,
        calendar: &Calendar,
        trace: &mut dyn FnMut(Step),
    ) -> Result<Due, DeadlineError> {
        if self != Self::Uk {
            self.check_facts(facts)?;
        }
        match self {
            Self::Uk => uk::compute(facts, calendar, trace),
            Self::Eu => uk::compute_eu(facts, calendar, trace),
            Self::Ccpa => ccpa(facts, calendar, trace),
            Self::Hipaa => hipaa(facts, trace),
        }
    }

    /// Outside the UK nothing but an extension moves the time; what is said to have happened is
    /// refused rather than ignored.
    fn check_facts(self, facts: &Facts<'_>) -> Result<(), DeadlineError> {
        let facts_without_effect = [
            (facts.identity != Awaited::NotAsked, Fact::Identity),
            (facts.authority != Awaited::NotAsked, Fact::Authority),
            (facts.fee != Awaited::NotAsked, Fact::Fee),
            (!facts.clarifications.is_empty(), Fact::Clarification),
        ];
        match facts_without_effect.into_iter().find(|(is_there, _)| *is_there) {
            Some((_, fact)) => Err(DeadlineError::NoEffect { fact, regime: self }),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Regime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Uk => "the UK GDPR",
            Self::Eu => "the GDPR",
            Self::Ccpa => "the CCPA",
            Self::Hipaa => "HIPAA",
        })
    }
}

/// A period of calendar days that may be extended once.
struct Days {
    first: u16,
    both: u16,
    provision: Provision,
    extension: Provision,
}

impl Days {
    /// Counts from the day after receipt. No rule moves the end to a working day.
    fn compute(
        &self,
        facts: &Facts<'_>,
        acknowledge_by: Option<Date>,
        projected: bool,
        trace: &mut dyn FnMut(Step),
    ) -> Result<Due, DeadlineError> {
        let from = facts.received;
        let notice = plus_days(from, self.first)?;
        let event = Event::Days { from, days: self.first, end: notice };
        trace(Step::new(self.provision, event));
        let given = match facts.extension {
            Extension::None => None,
            Extension::NotifiedInTime => Some(None),
            Extension::Notified(date) => Some(Some(date)),
        };
        let mut end = notice;
        if let Some(given) = given {
            uk::check_notice(given, from, notice)?;
            trace(Step::new(self.extension, Event::ExtensionNotice { given, by: notice }));
            end = plus_days(from, self.both)?;
            trace(Step::new(self.extension, Event::Days { from, days: self.both, end }));
        } else {
            trace(Step::new(self.extension, Event::NoticeBy(notice)));
        }
        trace(Step::new(self.provision, Event::Due(end)));
        Ok(Due::Running(Deadline {
            relevant_time: from,
            nominal_end: end,
            due: end,
            notice_deadline: Some(notice),
            acknowledge_by,
            projected,
        }))
    }
}

fn ccpa(
    facts: &Facts<'_>,
    calendar: &Calendar,
    trace: &mut dyn FnMut(Step),
) -> Result<Due, DeadlineError> {
    let clause = |clause| Provision::new(Instrument::Ccpa, clause);
    let from = facts.received;
    let is_opt_out = matches!(facts.kind, RequestKind::Objection | RequestKind::ConsentWithdrawal);
    //= 11 CCR §7026(f): a request to stop selling is met within 15 business days, from receipt
    //= 11 CCR §7021(a): receipt is confirmed within 10 business days
    let (days, provision) =
        if is_opt_out { (15, clause("7026(f)")) } else { (10, clause("7021(a)")) };
    trace(Step::new(provision, Event::Received(from)));
    let end = count::working_days(from, days, calendar)?;
    trace(Step::new(provision, Event::WorkingDays { from, days, end }));
    let projected = count::is_projected(calendar, from, end);
    if projected {
        trace(Step::new(provision, Event::Projected));
    }
    if calendar.is_of_weekends() {
        trace(Step::new(provision, Event::HolidaysUnknown));
    }
    if !is_opt_out {
        //= 11 CCR §7021(b): 45 calendar days from receipt, whatever verification takes; 90 with notice
        let both = clause("7021(b)");
        let days = Days { first: 45, both: 90, provision: both, extension: both };
        return days.compute(facts, Some(end), projected, trace);
    }
    if facts.extension != Extension::None {
        return Err(DeadlineError::NoEffect { fact: Fact::Extension, regime: Regime::Ccpa });
    }
    trace(Step::new(provision, Event::Due(end)));
    Ok(Due::Running(Deadline {
        relevant_time: from,
        nominal_end: end,
        due: end,
        notice_deadline: None,
        acknowledge_by: None,
        projected,
    }))
}

fn hipaa(facts: &Facts<'_>, trace: &mut dyn FnMut(Step)) -> Result<Due, DeadlineError> {
    let clause = |clause| Provision::new(Instrument::Hipaa, clause);
    //= 45 CFR §164.524(b)(2): 30 days to act on a request for access, and 30 more once
    //= 45 CFR §164.526(b)(2): 60 days to act on a request for amendment, and 30 more once
    let (first, both, provision, extension) = match facts.kind {
        RequestKind::Access | RequestKind::Portability => {
            (30, 60, clause("164.524(b)(2)(i)"), clause("164.524(b)(2)(ii)"))
        }
        RequestKind::Rectification => {
            (60, 90, clause("164.526(b)(2)(i)"), clause("164.526(b)(2)(ii)"))
        }
        kind => return Err(DeadlineError::NoPeriod { kind, regime: Regime::Hipaa }),
    };
    trace(Step::new(provision, Event::Received(facts.received)));
    Days { first, both, provision, extension }.compute(facts, None, false, trace)
}
