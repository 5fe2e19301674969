//! The one place where a second factor is judged, whatever it is and wherever it is shown: at
//! sign-in, before a change, by a hardware token that has run ahead. What is shown to Duo is judged
//! in [`duo`], in one place as well; both lead to a [`Proof`].
//!
//! Everything that must happen with each attempt happens here: it is counted, written down, and
//! told to the person when it looks like an attack.

use std::time::Instant;

use upheld_second_factor::{Accepted, Outcome, Reason, RecoveryCode, Refused, Throttle};
use upheld_store::second_factor::SecondFactorError;
use upheld_store::sql::{DatabaseError, Transaction};
use upheld_totp::Code;

use crate::accounts;
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::duo::{self, Admitted};
use crate::events::{self, Event};
use crate::id::{Id, PersonId};
use crate::observe::Method;
use crate::records::{Records, RecordsError};
use crate::warrant::Warrant;

/// What a person shows.
#[derive(Debug)]
pub(crate) enum Shown {
    /// A code of any app or token of theirs.
    Code(Code),
    /// Two codes of a token in a row.
    TwoCodes(Code, Code),
    RecoveryCode(RecoveryCode),
    /// The code that was sent for this pending login.
    MessageCode(Id, Code),
}

impl Shown {
    const fn method(&self) -> Method {
        match self {
            Self::Code(_) => Method::Code,
            Self::TwoCodes(..) => Method::Resynchronization,
            Self::RecoveryCode(_) => Method::Recovery,
            Self::MessageCode(..) => Method::Message,
        }
    }
}

/// What lets a person go on, from one of the two judges: a code that was used up, or Duo's word.
#[derive(Debug)]
#[must_use = "whoever has shown it waits"]
pub(crate) enum Proof {
    Accepted(Accepted),
    /// See [`duo`](crate::duo), which judges it.
    Admitted(Admitted),
}

impl Proof {
    pub(crate) fn person(&self) -> PersonId {
        match self {
            Self::Accepted(accepted) => accepted.account().into(),
            Self::Admitted(admitted) => admitted.person(),
        }
    }

    /// The warrant for it; `None` when it no longer holds.
    pub(crate) fn to_warrant(
        &self,
        transaction: &mut Transaction<'_>,
    ) -> Result<Option<Warrant>, DatabaseError> {
        match self {
            Self::Accepted(accepted) => Ok(Some(Warrant::of_accepted(accepted))),
            Self::Admitted(admitted) => Warrant::of_admitted(transaction, admitted),
        }
    }

    /// Notes that it was made use of.
    pub(crate) fn note_use(
        &self,
        records: &Records,
        transaction: &mut Transaction<'_>,
        now: Moment,
    ) -> Result<(), RecordsError> {
        match self {
            Self::Accepted(accepted) => {
                let (person, factor) = (self.person(), accepted.factor());
                events::factor_used(records, transaction, person, factor, now)
            }
            Self::Admitted(_) => Ok(duo::note_use(transaction, self.person(), now)?),
        }
    }
}

/// Charges, checks and uses up a second factor; `None` when it is not accepted, for whatever
/// reason.
pub(crate) async fn judge(
    records: &Records,
    person: PersonId,
    shown: &Shown,
    now: Moment,
) -> Result<Option<Accepted>, RecordsError> {
    let start = Instant::now();
    let outcome = verify(records, person, shown, now).await;
    let (method, took) = (shown.method(), start.elapsed());
    match &outcome {
        Ok(outcome) => {
            let throttle = &records.guard.policy().throttle;
            records.metrics.second_factor(method, outcome, throttle, took);
        }
        Err(_) => records.metrics.second_factor_failed(method, took),
    }
    match outcome? {
        Outcome::Passed(accepted) => Ok(Some(accepted)),
        Outcome::Refused(refused) => {
            note_refusal(records, person, refused, now).await?;
            Ok(None)
        }
    }
}

async fn verify(
    records: &Records,
    person: PersonId,
    shown: &Shown,
    now: Moment,
) -> Result<Outcome<Accepted>, SecondFactorError> {
    let (guard, account, now) = (&records.guard, person.into(), now.into());
    match shown {
        Shown::Code(code) => guard.verify_code(account, code, now).await,
        Shown::TwoCodes(first, second) => guard.resynchronize(account, (first, second), now).await,
        Shown::RecoveryCode(code) => guard.verify_recovery_code(account, code, now).await,
        Shown::MessageCode(request, code) => {
            guard.verify_message_code(account, (*request).into(), code, now).await
        }
    }
}

/// Writes down why a second factor was refused, and tells the person when it looks like an attack.
async fn note_refusal(
    records: &Records,
    person: PersonId,
    refused: Refused,
    now: Moment,
) -> Result<(), RecordsError> {
    let (reason, failures) = (refused.reason(), refused.failures());
    tracing::warn!(%person, ?reason, failures, "second factor refused");
    let action = match reason {
        Reason::Wrong => "second factor refused: wrong",
        Reason::Replayed => "second factor refused: used before",
        Reason::Raced => "second factor refused: used at the same time",
        Reason::Expired => "second factor refused: too old",
        Reason::Disabled => "second factor refused: blocked",
        // Nothing was charged, and whoever waits for nothing could write without end.
        _ => return Ok(()),
    };
    let context = records.clone();
    let noted = records.database.transact(move |transaction| {
        if reason == Reason::Disabled {
            let what = (person, Event::FactorDisabled);
            // Once, and not for whoever signs in with a recovery code meanwhile.
            if events::record(&context, transaction, what, Actor::Portal, now)? {
                accounts::end_pending_logins(transaction, person)?;
            }
            return Ok::<_, RecordsError>(());
        }
        let (actor, subject) = (Actor::Person(person.to_bits()), Some(person.to_bits()));
        audit::append(transaction, &Entry { at: now.into(), actor, action, subject })?;
        if is_last_free(&context.settings.second_factor.throttle, failures) {
            let event = Event::CodesRefused { count: failures };
            events::record(&context, transaction, (person, event), Actor::Portal, now)?;
        }
        Ok(())
    });
    noted.await
}

/// Whether so many failures are the fewest after which there is a wait.
fn is_last_free(throttle: &Throttle, failures: u32) -> bool {
    let before = failures.saturating_sub(1);
    throttle.wait_seconds(failures) > 0 && throttle.wait_seconds(before) == 0
}
