//! The one place that judges what Duo said, wherever it was asked: at sign-in, before a change,
//! for adding Duo itself.
//!
//! Every decision is written into the audit, with the factor and the reason, before anything
//! follows from it. Whatever is not a clear yes is a no.

use std::borrow::Cow;
use std::time::Instant;

use upheld_duo::auth::{AuthOutcome, PreauthOutcome, Status};
use upheld_duo::universal::PromptOutcome;
use upheld_duo::{FactorUsed, FailCause, FailedOpen, PushAnswer};
use upheld_duo_reqwest::SendError;
use upheld_store::second_factor::rows;
use upheld_store::sql::{DatabaseError, Transaction};

use super::account;
use super::settings::NotAsked;
use crate::accounts;
use crate::attempts::{self, Subject};
use crate::audit::{self, Actor, Entry};
use crate::clock::Moment;
use crate::events::{self, Event};
use crate::id::PersonId;
use crate::people;
use crate::records::{Records, RecordsError};

/// Duo lets a person in, which was written down. Made here alone, and used up by value.
#[derive(Debug)]
#[must_use = "whoever earned it waits"]
pub(crate) struct Admitted {
    person: PersonId,
    on: On,
}

/// What Duo lets a person in on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum On {
    /// The person showed a second factor, just now.
    Shown,
    /// Duo did not ask, and that is to count as much.
    CountsAsShown,
    /// Duo did not ask.
    NotAsked,
    /// Duo could not be asked.
    FailedOpen,
}

/// What Duo said, or what kept it from saying anything.
#[derive(Debug)]
pub(super) enum Said {
    /// At the end of a trip to the prompt.
    Prompt(Result<PromptOutcome, SendError>),
    /// The person came back from the prompt with an error instead of a code.
    GaveUp,
    /// What came back from the prompt is no answer.
    NoAnswer(&'static str),
    /// Before a phone is asked, and no reason to ask one.
    Preauth(PreauthOutcome),
    /// A phone was asked, or a passcode shown.
    Asked(FactorUsed, Result<AuthOutcome, SendError>),
    /// Nothing, because the portal did not ask: it says why. Something was counted before, so that
    /// nobody writes this without end.
    NotConsulted(&'static str),
    /// Nothing, and nobody is let in for it.
    Silent(SendError),
    /// Nothing, and whoever runs the portal lets people in then.
    FailedOpen(FailedOpen),
}

/// A decision, before it is written down.
#[derive(Debug)]
struct Decision {
    on: Option<On>,
    /// What the audit says.
    action: String,
    is_fraud: bool,
    outcome: &'static str,
}

/// The longest line of the audit: what Duo says may be longer.
const MAX_CHARACTERS: usize = 200;

/// Judges what Duo said about a person, and writes it down; `None` when they may not go in.
pub(super) async fn judge(
    records: &Records,
    person: PersonId,
    rule: NotAsked,
    said: Said,
    now: Moment,
) -> Result<Option<Admitted>, RecordsError> {
    let start = Instant::now();
    let cause = if let Said::FailedOpen(failed) = &said { Some(failed.cause()) } else { None };
    let mut decision = Decision::of(said, rule);
    let context = records.clone();
    let judged = records.database.transact(move |transaction| {
        let Some(_) = people::hold_with_role(transaction, person)? else {
            return Ok::<_, RecordsError>(None);
        };
        if let Some(cause) = cause
            && !may_fail_open(transaction, person)?
        {
            let why = format!("Duo is out of reach, and there is no way around it ({cause})");
            decision = Decision::refused(&why);
        }
        let (actor, subject) = (Actor::Person(person.to_bits()), Some(person.to_bits()));
        let entry = Entry { at: now.into(), actor, action: &decision.action, subject };
        audit::append(transaction, &entry)?;
        if decision.on.is_some_and(|on| on != On::FailedOpen) {
            // What it took to get in is forgotten.
            attempts::forgive(transaction, &[Subject::Duo(person)])?;
        }
        if decision.is_fraud {
            account::settle(transaction, person, PushAnswer::Fraud, now)?;
            events::record(&context, transaction, (person, Event::FraudReported), actor, now)?;
        }
        Ok(Some(decision))
    });
    let decision = judged.await?;
    let outcome = decision.as_ref().map_or("refused", |decision| decision.outcome);
    records.metrics.duo(outcome, start.elapsed());
    let Some(decision) = decision else { return Ok(None) };
    tracing::info!(%person, outcome, on = ?decision.on, "Duo decided");
    Ok(decision.on.map(|on| Admitted { person, on }))
}

/// What the audit says when a person has to wait before Duo is asked again, and for what.
pub(super) fn held_back(what: &str) -> String {
    line("second factor held back: Duo, ", what)
}

/// Whether a person may go in without a second factor while Duo is out of reach: neither staff,
/// nor whoever has an authenticator app to use instead.
fn may_fail_open(
    transaction: &mut Transaction<'_>,
    person: PersonId,
) -> Result<bool, DatabaseError> {
    Ok(!accounts::is_staff(transaction, person)? && !rows::is_enrolled(transaction, person.into())?)
}

impl Admitted {
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    pub(crate) const fn on(&self) -> On {
        self.on
    }

    /// Whether a second factor was shown just now, whatever the settings take for one.
    pub(crate) fn was_shown(&self) -> bool {
        self.on == On::Shown
    }

    /// Whether it still holds, in the transaction that makes use of it.
    pub(crate) fn holds(&self, transaction: &mut Transaction<'_>) -> Result<bool, DatabaseError> {
        let may = self.on != On::FailedOpen || may_fail_open(transaction, self.person)?;
        Ok(may && account::has(transaction, self.person)?)
    }

    /// Takes up a decision that was made and written down before, for a push or a call.
    pub(super) fn recall(person: PersonId, on: On) -> Self {
        Self { person, on }
    }
}

impl On {
    /// The word for it in the table of challenges.
    pub(super) const fn as_state(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::CountsAsShown | Self::NotAsked | Self::FailedOpen => "unasked",
        }
    }
}

impl Decision {
    fn of(said: Said, rule: NotAsked) -> Self {
        match said {
            Said::Prompt(Ok(PromptOutcome::Allowed(identity))) => {
                let why = format!("{} ({})", identity.factor, identity.reason);
                if identity.factor.was_shown() {
                    Self::shown(&why)
                } else {
                    Self::not_asked(&why, rule)
                }
            }
            Said::Prompt(Ok(PromptOutcome::Denied(denied))) => {
                let reason = denied.reason.as_ref().map(ToString::to_string);
                let is_fraud = denied.status == Status::Fraud
                    || denied.reason == Some(upheld_duo::Reason::UserMarkedFraud);
                let why = reason.map_or(Cow::Borrowed(""), |reason| format!(" ({reason})").into());
                Self { is_fraud, ..Self::refused(&format!("{}{why}", denied.status)) }
            }
            Said::Asked(factor, Ok(AuthOutcome::Allowed(allowed))) => {
                if allowed.status == Status::Allow {
                    Self::shown(&format!("{factor} ({})", allowed.status))
                } else {
                    Self::not_asked(&format!("{factor} ({})", allowed.status), rule)
                }
            }
            Said::Asked(factor, Ok(AuthOutcome::Denied(denied))) => {
                let is_fraud = denied.status == Status::Fraud;
                Self { is_fraud, ..Self::refused(&format!("{factor} ({})", denied.status)) }
            }
            Said::Asked(factor, Ok(AuthOutcome::PasscodesSent(_))) => {
                Self::refused(&format!("{factor} (sent)"))
            }
            Said::Preauth(PreauthOutcome::Allowed(message)) => {
                Self::not_asked(&message.to_string(), rule)
            }
            Said::Preauth(PreauthOutcome::Denied(message)) => Self::refused(&message.to_string()),
            // Its address is for nobody who has shown a password alone: whoever opens it enrols.
            Said::Preauth(PreauthOutcome::Enroll { .. }) => Self::refused("not enrolled at Duo"),
            Said::Preauth(PreauthOutcome::Challenge(_)) => Self::refused("nothing was shown"),
            Said::GaveUp => Self::refused("given up at the prompt"),
            Said::NoAnswer(why) => Self::refused(why),
            Said::NotConsulted(why) => Self::refused(&format!("not consulted, {why}")),
            Said::Prompt(Err(error)) | Said::Asked(_, Err(error)) | Said::Silent(error) => {
                Self { outcome: "failed", ..Self::refused(&format!("no answer ({error})")) }
            }
            Said::FailedOpen(failed) => Self::failed_open(failed.cause()),
        }
    }

    fn shown(what: &str) -> Self {
        let action = line("second factor accepted: Duo, ", what);
        Self { on: Some(On::Shown), action, is_fraud: false, outcome: "accepted" }
    }

    fn not_asked(why: &str, rule: NotAsked) -> Self {
        let on = match rule {
            NotAsked::Refuse => return Self::refused(&format!("not asked, {why}")),
            NotAsked::Limited => On::NotAsked,
            NotAsked::Full => On::CountsAsShown,
        };
        let action = line("second factor not asked for: Duo, ", why);
        Self { on: Some(on), action, is_fraud: false, outcome: "not_asked" }
    }

    fn refused(why: &str) -> Self {
        let action = line("second factor refused: Duo, ", why);
        Self { on: None, action, is_fraud: false, outcome: "refused" }
    }

    fn failed_open(cause: FailCause) -> Self {
        let action = line("second factor failed open: ", &cause.to_string());
        Self { on: Some(On::FailedOpen), action, is_fraud: false, outcome: "failed_open" }
    }
}

/// A line of the audit, of bounded length.
fn line(start: &str, rest: &str) -> String {
    start.chars().chain(rest.chars()).take(MAX_CHARACTERS).collect()
}
