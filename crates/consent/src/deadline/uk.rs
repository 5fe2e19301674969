//! Article 12A of the UK GDPR, and Article 12(3) of the EU's.

use super::period::{Ended, Period};
use super::step::{Event, Step};
use super::{Deadline, DeadlineError, Due, Fact, Waiting};
use crate::provision::{Instrument, Provision};
use crate::{Awaited, Calendar, Clarification, Date, Extension, Facts, RequestKind};

/// Article 12A is in force from this day (SI 2026/82, regulation 2).
const COMMENCEMENT: Date = match Date::new(2026, 2, 5) {
    Ok(date) => date,
    Err(_) => Date::MAX,
};

const fn uk(clause: &'static str) -> Provision {
    Provision::new(Instrument::UkGdpr, clause)
}

/// What each step of one month, or three, follows.
struct Law {
    month: Provision,
    extended: Provision,
    notice: Provision,
}

pub(super) fn compute(
    facts: &Facts<'_>,
    calendar: &Calendar,
    trace: &mut dyn FnMut(Step),
) -> Result<Due, DeadlineError> {
    if facts.kind != RequestKind::Access && !facts.clarifications.is_empty() {
        return Err(DeadlineError::PauseNotAllowed { kind: facts.kind });
    }
    check_pauses(facts)?;
    let start = match relevant_time(facts, trace)? {
        Ok(start) => start,
        Err(waiting) => return Ok(Due::NotRunning(waiting)),
    };
    if facts.received < COMMENCEMENT {
        trace(Step::new(uk("12A"), Event::BeforeCommencement(COMMENCEMENT)));
    }
    let period = Period { start, pauses: facts.clarifications, calendar };
    for pause in period.pauses {
        let event = match pause.answered {
            Some(to) => Event::Pause { from: pause.asked, to },
            None => Event::OpenPause { from: pause.asked },
        };
        trace(Step::new(uk("12A(5)(b)"), event));
    }
    //= UK GDPR, Article 12A(3): two further months make three from the relevant time
    //= UK GDPR, Article 12A(4)(a): the notice is given within the month from the relevant time
    let law = Law { month: uk("12A(1)"), extended: uk("12A(3)"), notice: uk("12A(4)(a)") };
    finish(facts, &period, &law, trace)
}

/// Article 12(3) of the GDPR: a month from receipt, and two more.
pub(super) fn compute_eu(
    facts: &Facts<'_>,
    calendar: &Calendar,
    trace: &mut dyn FnMut(Step),
) -> Result<Due, DeadlineError> {
    let article = Provision::new(Instrument::EuGdpr, "12(3)");
    trace(Step::new(article, Event::Received(facts.received)));
    let period = Period { start: facts.received, pauses: &[], calendar };
    let law = Law { month: article, extended: article, notice: article };
    finish(facts, &period, &law, trace)
}

fn finish(
    facts: &Facts<'_>,
    period: &Period<'_>,
    law: &Law,
    trace: &mut dyn FnMut(Step),
) -> Result<Due, DeadlineError> {
    let (nominal_end, due) = match period.months(1, law.month, trace)? {
        Ended::Open(since) => return Ok(Due::Paused { since }),
        Ended::At { nominal_end, due } => (nominal_end, due),
    };
    let notice_deadline = due;
    let given = match facts.extension {
        Extension::None => {
            trace(Step::new(law.notice, Event::NoticeBy(notice_deadline)));
            return Ok(running(period, nominal_end, due, notice_deadline, trace));
        }
        Extension::NotifiedInTime => None,
        Extension::Notified(given) => Some(given),
    };
    check_notice(given, facts.received, notice_deadline)?;
    trace(Step::new(law.notice, Event::ExtensionNotice { given, by: notice_deadline }));
    match period.months(3, law.extended, trace)? {
        Ended::Open(since) => Ok(Due::Paused { since }),
        Ended::At { nominal_end, due } => {
            Ok(running(period, nominal_end, due, notice_deadline, trace))
        }
    }
}

fn running(
    period: &Period<'_>,
    nominal_end: Date,
    due: Date,
    notice_deadline: Date,
    trace: &mut dyn FnMut(Step),
) -> Due {
    let late = |pause: &&Clarification| pause.asked > due;
    for pause in period.pauses.iter().filter(late) {
        trace(Step::new(uk("12A(5)(b)"), Event::PauseWithoutEffect { from: pause.asked }));
    }
    let projected = period.is_projected(nominal_end, due, trace);
    trace(Step::new(Provision::new(Instrument::Periods, "3(2)(c)"), Event::Due(due)));
    Due::Running(Deadline {
        relevant_time: period.start,
        nominal_end,
        due,
        notice_deadline: Some(notice_deadline),
        acknowledge_by: None,
        projected,
    })
}

pub(super) fn check_notice(
    given: Option<Date>,
    received: Date,
    by: Date,
) -> Result<(), DeadlineError> {
    let Some(given) = given else { return Ok(()) };
    check_order(Fact::Extension, given, received)?;
    if given > by { Err(DeadlineError::ExtensionTooLate { given, by }) } else { Ok(()) }
}

fn check_order(fact: Fact, date: Date, after: Date) -> Result<(), DeadlineError> {
    if date < after { Err(DeadlineError::Order { fact, date, after }) } else { Ok(()) }
}

fn check_pauses(facts: &Facts<'_>) -> Result<(), DeadlineError> {
    for Clarification { asked, answered } in facts.clarifications {
        check_order(Fact::Clarification, *asked, facts.received)?;
        if let Some(answered) = answered {
            check_order(Fact::Answer, *answered, *asked)?;
        }
    }
    Ok(())
}

/// The latest of receipt and of what the person was asked for; or what is still missing.
//= UK GDPR, Article 12A(2): the latest of receipt, information on identity, and payment
//= UK GDPR, Article 12(6): the request may wait until the identity is confirmed
fn relevant_time(
    facts: &Facts<'_>,
    trace: &mut dyn FnMut(Step),
) -> Result<Result<Date, Waiting>, DeadlineError> {
    let authority = Provision::new(Instrument::Ico, "right of access: requests made for others");
    let mut start = facts.received;
    let mut waiting = Waiting::default();
    trace(Step::new(uk("12A(2)(a)"), Event::Received(start)));
    let mut take = |awaited: Awaited,
                    fact: Fact,
                    provision: Provision,
                    there: fn(Date) -> Event,
                    missing: Event|
     -> Result<bool, DeadlineError> {
        match awaited {
            Awaited::NotAsked => {}
            Awaited::Outstanding => {
                trace(Step::new(provision, missing));
                return Ok(true);
            }
            Awaited::Received(date) => {
                check_order(fact, date, facts.received)?;
                trace(Step::new(provision, there(date)));
                start = start.max(date);
            }
        }
        Ok(false)
    };
    waiting.identity = take(
        facts.identity,
        Fact::Identity,
        uk("12A(2)(b)"),
        Event::IdentityReceived,
        Event::IdentityOutstanding,
    )?;
    waiting.authority = take(
        facts.authority,
        Fact::Authority,
        authority,
        Event::AuthorityReceived,
        Event::AuthorityOutstanding,
    )?;
    waiting.fee =
        take(facts.fee, Fact::Fee, uk("12A(2)(c)"), Event::FeePaid, Event::FeeOutstanding)?;
    if waiting != Waiting::default() {
        return Ok(Err(waiting));
    }
    trace(Step::new(uk("12A(2)"), Event::RelevantTime(start)));
    Ok(Ok(start))
}
