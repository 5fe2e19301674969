//! What one person may have Duo asked, counted and committed before it is.
//!
//! Whoever has a password can have Duo asked about its owner, as often as they like, until Duo turns
//! calls away with the status 429. Where an outage lets people in, that must not be one.

use upheld_duo::{BeforeChallenge, FailCause, FailMode, Fallback};
use upheld_duo_reqwest::SendError;

use crate::attempts::{self, ChargeError, Subject};
use crate::clock::Moment;
use crate::id::PersonId;
use crate::records::{Records, RecordsError};

/// What a person has caused before this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Traffic {
    /// Nothing, for an hour or since they last got in: if Duo is asked too much, it is by others.
    First,
    /// Something.
    Further,
}

/// Counts a call about a person before it is made; `None` when there were too many.
pub(super) async fn charge(
    records: &Records,
    person: PersonId,
    now: Moment,
) -> Result<Option<Traffic>, RecordsError> {
    let charged = records.database.transact(move |transaction| {
        let subjects = [Subject::Duo(person)];
        attempts::charge(transaction, &subjects, now)?;
        let [subject] = subjects;
        Ok::<_, ChargeError>(attempts::counted(transaction, &subject)?)
    });
    match charged.await {
        Ok(1) => Ok(Some(Traffic::First)),
        Ok(_) => Ok(Some(Traffic::Further)),
        Err(ChargeError::Throttled) => Ok(None),
        Err(ChargeError::Database(error)) => Err(error.into()),
    }
}

/// What follows from a failure, for somebody who caused so much.
pub(super) fn fallback<C: BeforeChallenge>(
    mode: FailMode,
    (call, error): (&C, &SendError),
    traffic: Traffic,
) -> Fallback {
    match mode.after(call, error.failure()) {
        Fallback::Open(open)
            if open.cause() == FailCause::RateLimited && traffic == Traffic::Further =>
        {
            Fallback::Closed
        }
        decided => decided,
    }
}
