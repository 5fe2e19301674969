//! Signing in: the password, then the second factor, then a session.
//!
//! Between the two there is a *pending login*: its own table, cookie and type, for five minutes,
//! used up by the session it leads to, whatever the second factor was.

mod pending;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use upheld_store::second_factor::rows;
use upheld_store::sql::{DatabaseError, Transaction};
use zeroize::Zeroizing;

use pending::take;
pub(crate) use pending::{PENDING_SECONDS, PendingLogin, await_second_factor, cancel};

use crate::accounts;
use crate::attempts::{self, ChargeError, Subject};
use crate::audit::{self, Actor, Entry};
use crate::browsers::{self, Presented, Registration};
use crate::clock::{Clock, Moment};
use crate::duo;
use crate::id::{Id, PersonId};
use crate::network::Network;
use crate::password::{Credential, PasswordError, Passwords, Proven};
use crate::people::{self, Email};
use crate::random::NoRandomness;
use crate::records::{Records, RecordsError};
use crate::second_factor::Proof;
use crate::sessions::{self, NewSession};
use crate::token::{BrowserToken, Token};
use crate::user_agent::BrowserName;
use crate::warrant::{Grounds, Warrant};

/// A password, and where it comes from.
#[derive(Debug)]
pub(crate) struct Attempt {
    pub(crate) email: Email,
    pub(crate) password: Zeroizing<String>,
    pub(crate) from: IpAddr,
    pub(crate) browser: BrowserName,
    pub(crate) known: Option<BrowserToken>,
}

/// What came of a password.
#[derive(Debug)]
#[must_use]
pub(crate) enum Outcome {
    /// Wrong, of nobody, or too soon after others. The person is told which by nothing.
    Refused,
    /// Right; now the second factor. The token names the pending login.
    SecondFactorAwaited(Token),
    /// Right, and nothing else is needed.
    SignedIn(SignedIn),
}

/// What a browser is told once somebody is signed in.
#[derive(Debug)]
pub(crate) struct SignedIn {
    pub(crate) person: PersonId,
    /// Names the session.
    pub(crate) session: Token,
    /// Names the browser, from now on.
    pub(crate) browser: BrowserToken,
    /// Whether the account has a second factor.
    pub(crate) has_factor: bool,
}

/// Why a password could not be judged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum SignInError {
    #[error(transparent)]
    Records(#[from] RecordsError),
    #[error(transparent)]
    Password(#[from] PasswordError),
}

impl From<DatabaseError> for SignInError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(error.into())
    }
}

impl From<NoRandomness> for SignInError {
    fn from(error: NoRandomness) -> Self {
        Self::Records(error.into())
    }
}

/// Judges a password, and opens what it opens.
pub(crate) async fn with_password(
    records: &Records,
    passwords: &Passwords,
    clock: &Clock,
    attempt: Attempt,
) -> Result<Outcome, SignInError> {
    let browser = attempt.browser.clone();
    let Some(shown) = prove(records, passwords, clock, attempt).await? else {
        return Ok(Outcome::Refused);
    };
    let person = shown.proven.person();
    let outcome = shown.admit(records, browser, clock.now()).await?;
    match &outcome {
        Outcome::Refused => tracing::info!(%person, "password accepted, but not the account"),
        Outcome::SecondFactorAwaited(_) => {
            tracing::info!(%person, "password accepted, second factor awaited");
        }
        Outcome::SignedIn(SignedIn { has_factor: true, .. }) => {
            tracing::info!(%person, "password accepted, remembered browser, signed in");
        }
        Outcome::SignedIn(_) => {
            tracing::info!(%person, "password accepted, no second factor yet, signed in");
        }
    }
    Ok(outcome)
}

/// Judges a password and opens nothing; `None` when it is wrong, or comes too soon after others.
pub(crate) async fn prove(
    records: &Records,
    passwords: &Passwords,
    clock: &Clock,
    attempt: Attempt,
) -> Result<Option<Shown>, SignInError> {
    let Attempt { email, password, from, known, .. } = attempt;
    let place = passwords.queue()?;
    let Some(charged) = charge(records, email, from, known.as_ref(), clock.now()).await? else {
        tracing::warn!("password refused: too soon after others");
        return Ok(None);
    };
    let Some(proven) = passwords.verify(place, password, charged.stored).await? else {
        tracing::info!("password refused");
        return Ok(None);
    };
    let known = known.filter(|_| charged.is_known);
    Ok(Some(Shown { subjects: charged.subjects, proven, known }))
}

/// A right password. What was counted for it has yet to be forgiven.
pub(crate) struct Shown {
    pub(crate) proven: Proven,
    pub(crate) subjects: Vec<Subject>,
    known: Option<BrowserToken>,
}

/// Opens a session for whoever showed a second factor, using up the pending login it was for.
///
/// `None` when the pending login was used up in the meantime, or the account closed. The code
/// stays used.
pub(crate) async fn with_second_factor(
    records: &Records,
    (proof, login): (Proof, PendingLogin),
    wishes: Wishes,
    now: Moment,
) -> Result<Option<SignedIn>, RecordsError> {
    let person = proof.person();
    if person != login.person() {
        return Ok(None);
    }
    let Wishes { browser, known, remember } = wishes;
    let (new, session) = NewSession::generate(browser.clone())?;
    let trusted_until = remember
        .then_some(records.settings.remembered_browsers)
        .flatten()
        .map(|days| now.plus(days.as_seconds()));
    let (registration, browser) = register(browser, trusted_until)?;
    let pending = login.token().to_hash();
    let context = records.clone();
    let opened = records.database.transact(move |transaction| {
        let Some(role) = people::hold_with_role(transaction, person)? else {
            return Ok::<_, RecordsError>(false);
        };
        if !take(transaction, pending, person)? {
            return Ok(false);
        }
        let Some(warrant) = proof.to_warrant(transaction)? else { return Ok(false) };
        if let Some(known) = known {
            browsers::forget(transaction, person, known)?;
        }
        let is_shown = warrant.grounds() == Grounds::SecondFactor;
        let may_be_trusted = is_shown && !role.is_staff();
        let trusted_until = registration.trusted_until.filter(|_| may_be_trusted);
        let registration = Registration { trusted_until, ..registration };
        browsers::register(transaction, person, &registration, now)?;
        sessions::open(transaction, &new, warrant, now)?;
        proof.note_use(&context, transaction, now)?;
        let action = if is_shown {
            "signed in with a second factor"
        } else {
            "signed in without a second factor, by Duo's leave"
        };
        write_down(transaction, person, action, now)?;
        Ok(true)
    });
    let signed_in = SignedIn { person, session, browser, has_factor: true };
    Ok(opened.await?.then_some(signed_in))
}

/// What a person asks for beside signing in, and what their browser showed.
#[derive(Debug)]
pub(crate) struct Wishes {
    pub(crate) browser: BrowserName,
    /// The name under which the browser is known so far.
    pub(crate) known: Option<Id>,
    /// Whether the second factor should not be asked for in this browser again.
    pub(crate) remember: bool,
}

/// Deletes what has expired.
pub(crate) fn purge(transaction: &mut Transaction<'_>, now: Moment) -> Result<(), DatabaseError> {
    for sql in [
        "DELETE FROM pending_logins WHERE tenant = $1 AND expires_at <= $2",
        "DELETE FROM pending_enrolments WHERE tenant = $1 AND expires_at <= $2",
        "DELETE FROM pending_recovery_codes WHERE tenant = $1 AND expires_at <= $2",
        "DELETE FROM password_resets WHERE tenant = $1 AND expires_at <= $2",
        "DELETE FROM factor_resets WHERE tenant = $1 AND expires_at <= $2",
    ] {
        transaction.execute(sql, &[now.into()])?;
    }
    rows::purge_challenges(transaction, now.into())?;
    duo::purge(transaction, now)?;
    sessions::purge(transaction, now)?;
    browsers::purge(transaction, now)?;
    attempts::purge(transaction, now)
}

/// Deletes a person's secrets that were shown, never confirmed and have expired.
fn purge_secrets(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    now: Moment,
) -> Result<(), DatabaseError> {
    for sql in [
        "DELETE FROM pending_enrolments WHERE tenant = $1 AND person = $2 AND expires_at <= $3",
        "DELETE FROM pending_recovery_codes WHERE tenant = $1 AND person = $2 AND expires_at <= $3",
    ] {
        transaction.execute_later(sql, &[person.into(), now.into()])?;
    }
    Ok(())
}

/// An attempt that was counted and may be evaluated.
struct Charged {
    subjects: Vec<Subject>,
    stored: Option<(PersonId, Credential)>,
    is_known: bool,
}

/// Counts the attempt; `None` when it comes too soon after others.
async fn charge(
    records: &Records,
    email: Email,
    from: IpAddr,
    known: Option<&BrowserToken>,
    now: Moment,
) -> Result<Option<Charged>, DatabaseError> {
    let known = known.map(|known| (known.id, known.token.to_hash()));
    let from = Network::of(from);
    let charged = records.database.transact(move |transaction| {
        let stored = people::find(transaction, &email)?;
        let is_known = match (&stored, known) {
            (Some((person, _)), Some(known)) => {
                browsers::recognise(transaction, *person, known, now)?
            }
            _ => false,
        };
        let subjects = match known {
            Some((id, _)) if is_known => vec![Subject::Browser(id)],
            _ => vec![
                Subject::AccountFrom(email.clone(), from),
                Subject::Account(email),
                Subject::Network(from),
            ],
        };
        attempts::charge(transaction, &subjects, now)?;
        Ok(Charged { subjects, stored, is_known })
    });
    match charged.await {
        Ok(charged) => Ok(Some(charged)),
        Err(ChargeError::Throttled) => Ok(None),
        Err(ChargeError::Database(error)) => Err(error),
    }
}

/// What the transaction decided; the tokens were drawn before it.
enum Next {
    Nothing,
    SecondFactor,
    Session(Grounds),
}

impl Shown {
    async fn admit(
        self,
        records: &Records,
        browser: BrowserName,
        now: Moment,
    ) -> Result<Outcome, SignInError> {
        let Self { subjects, proven, known } = self;
        let known = known.as_ref().map(Presented::new).transpose()?;
        let (pending, login) = (Token::generate()?, Id::generate()?);
        let (new, session) = NewSession::generate(browser.clone())?;
        let (registration, fresh) = register(browser, None)?;
        let (presented, renewed) = known.unzip();
        let (pending_hash, context, person) = (pending.to_hash(), records.clone(), proven.person());
        let next = records.database.transact(move |transaction| {
            attempts::forgive(transaction, &subjects)?;
            if let Some(replacement) = proven.replacement() {
                people::replace_credential(transaction, proven.person(), replacement)?;
            }
            if !people::hold(transaction, person)? {
                return Ok::<_, RecordsError>(Next::Nothing);
            }
            purge_secrets(transaction, person, now)?;
            if let Some(warrant) = Warrant::of_password(transaction, &proven)? {
                if let Some(known) = &presented {
                    browsers::forget(transaction, person, known.id())?;
                }
                browsers::register(transaction, person, &registration, now)?;
                sessions::open(transaction, &new, warrant, now)?;
                write_down(transaction, person, "signed in with a password alone", now)?;
                return Ok(Next::Session(Grounds::Password));
            }
            if let Some(presented) = &presented
                && context.settings.remembered_browsers.is_some()
                && !accounts::is_staff(transaction, person)?
                && let Some(warrant) = Warrant::of_remembered(transaction, &proven, presented, now)?
            {
                sessions::open(transaction, &new, warrant, now)?;
                write_down(transaction, person, "signed in in a remembered browser", now)?;
                return Ok(Next::Session(Grounds::Unasked));
            }
            await_second_factor(transaction, (login, pending_hash), person, now)?;
            Ok(Next::SecondFactor)
        });
        Ok(match (next.await?, renewed) {
            (Next::Nothing, _) => Outcome::Refused,
            (Next::SecondFactor, _) => Outcome::SecondFactorAwaited(pending),
            (Next::Session(Grounds::Unasked), Some(browser)) => {
                Outcome::SignedIn(SignedIn { person, session, browser, has_factor: true })
            }
            (Next::Session(_), _) => {
                Outcome::SignedIn(SignedIn { person, session, browser: fresh, has_factor: false })
            }
        })
    }
}

fn write_down(
    transaction: &mut Transaction<'_>,
    person: PersonId,
    action: &'static str,
    now: Moment,
) -> Result<(), DatabaseError> {
    let (actor, subject) = (Actor::Person(person.to_bits()), Some(person.to_bits()));
    audit::append(transaction, &Entry { at: now.into(), actor, action, subject })
}

fn register(
    name: BrowserName,
    trusted_until: Option<Moment>,
) -> Result<(Registration, BrowserToken), NoRandomness> {
    let browser = BrowserToken { id: Id::generate()?, token: Token::generate()? };
    let registration =
        Registration { id: browser.id, token: browser.token.to_hash(), name, trusted_until };
    Ok((registration, browser))
}
