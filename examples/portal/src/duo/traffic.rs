//! What one person may have Duo asked, counted and committed before it is.
//!
//! Whoever has a password can have Duo asked about its owner, as often as they like, until Duo turns
//! calls away with the status 429. Where an outage lets people in, that must not be one.

use std::time::Instant;

use upheld_duo::{BeforeChallenge, FailCause, FailMode, Fallback};
use upheld_duo_reqwest::SendError;

use super::verdict::held_back;
use crate::attempts::{self, ChargeError, Subject};
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::id::PersonId;
use crate::records::{Records, RecordsError};

/// What comes of wanting to have Duo asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says whether to ask"]
pub(super) enum Charge {
    /// It is counted: ask.
    Counted,
    /// It was one too many, and is not counted.
    TooMany,
}

/// Counts what Duo is asked about a person, before it is. That they have to wait from now on is
/// written down in the same transaction, or it is not counted. What comes too soon is not: whoever
/// waits for nothing could write without end.
pub(super) async fn charge(
    records: &Records,
    (person, subject): (PersonId, Subject),
    what: &'static str,
    now: Moment,
) -> Result<Charge, RecordsError> {
    let start = Instant::now();
    let charged = records.database.transact(move |transaction| {
        let makes_wait = attempts::charge_one(transaction, &subject, now)?;
        if makes_wait {
            let (actor, about) = (Actor::Person(person.to_bits()), Some(person.to_bits()));
            let action = &held_back(what);
            audit::append(transaction, &Entry { at: now.into(), actor, action, subject: about })?;
        }
        Ok::<_, ChargeError>(makes_wait)
    });
    match charged.await {
        Ok(true) => tracing::warn!(%person, what, "Duo is held back"),
        Ok(false) => {}
        Err(ChargeError::Throttled) => {
            tracing::warn!(%person, what, "Duo is not asked: too soon after others");
            records.metrics.duo("throttled", start.elapsed());
            return Ok(Charge::TooMany);
        }
        Err(ChargeError::Database(error)) => return Err(error.into()),
    }
    Ok(Charge::Counted)
}

/// Counts a call about a person that comes before they are asked.
pub(super) async fn charge_call(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Charge, RecordsError> {
    let subject = (person, Subject::Duo(person));
    charge(records, subject, "asked too often about this person", now).await
}

/// What follows from a failure. Nobody gets in by too many calls who had Duo asked more than this
/// once, for an hour or since they last got in. That is looked at after the call: who makes many at
/// once, makes each of them alone before any has come back.
pub(super) async fn fallback<C: BeforeChallenge>(
    records: &Records,
    person: PersonId,
    mode: FailMode,
    (call, error): (&C, &SendError),
) -> Result<Fallback, RecordsError> {
    let open = match mode.after(call, error.failure()) {
        Fallback::Open(open) if open.cause() == FailCause::RateLimited => open,
        decided => return Ok(decided),
    };
    let counted = records
        .database
        .transact(move |transaction| attempts::counted(transaction, &Subject::Duo(person)));
    Ok(if counted.await? > 1 { Fallback::Closed } else { Fallback::Open(open) })
}
