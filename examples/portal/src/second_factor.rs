//! The second step of signing in: the code, charged for, checked and used up.
//!
//! Each step hands over a value that only it can make, and takes the one before away:
//!
//! | step | takes | makes | in the database |
//! |---|---|---|---|
//! | charge | a pending login | `Charged` | one more failure, committed |
//! | check | `Charged`, a code | `Candidate` | nothing |
//! | consume | `Candidate` | [`Accepted`] | the step is used up, the failures forgotten, committed |
//! | open | [`Accepted`], the pending login | a session | the pending login is used up |
//!
//! A crash, a closed connection or a full disk between two of them leaves the attempt counted
//! and the code used: whoever was there has to sign in again, and nobody else can.

use std::marker::PhantomData;

use rusqlite::types::Type;
use rusqlite::{OptionalExtension, Transaction, params};
use upheld_totp::{Code, Match, Parameters, Secret, Step, Totp, Window};
use zeroize::Zeroizing;

use crate::attempts::{self, Charge, Subject};
use crate::clock::Moment;
use crate::people::PersonId;
use crate::sign_in::PendingLogin;
use crate::store::{Store, StoreError};

/// A second factor was shown, just now and for the first time; the database knows.
///
/// This is the one way into an account that has a second factor, and nothing but the step that
/// uses up a code can make it:
///
/// ```compile_fail,E0451
/// fn forge(accepted: portal::second_factor::Accepted) -> portal::second_factor::Accepted {
///     portal::second_factor::Accepted { ..accepted }
/// }
/// ```
/// ```compile_fail,E0599
/// let twice = |accepted: portal::second_factor::Accepted| (accepted.clone(), accepted);
/// ```
#[derive(Debug)]
#[must_use = "the code is used up; open the session it was for"]
pub struct Accepted {
    person: PersonId,
}

impl Accepted {
    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }
}

/// The person had no second factor in this transaction, so the password was enough.
#[derive(Debug)]
pub(crate) struct NoFactorYet<'transaction> {
    person: PersonId,
    seen_in: PhantomData<&'transaction Transaction<'transaction>>,
}

impl<'transaction> NoFactorYet<'transaction> {
    pub(crate) fn find(
        transaction: &'transaction Transaction<'_>,
        person: PersonId,
    ) -> rusqlite::Result<Option<Self>> {
        let mut query = transaction.prepare("SELECT 1 FROM factors WHERE person = ?")?;
        Ok((!query.exists([person])?).then_some(Self { person, seen_in: PhantomData }))
    }

    pub(crate) const fn into_person(self) -> PersonId {
        self.person
    }
}

/// An attempt that was counted and may now be evaluated, once.
#[derive(Debug)]
pub(crate) struct Charged {
    person: PersonId,
    factor: i64,
    secret: Secret,
    last_used: Option<Step>,
}

/// A right code that nobody had used when it was looked up.
#[derive(Debug)]
#[must_use = "not accepted before it is consumed"]
pub(crate) struct Candidate {
    person: PersonId,
    factor: i64,
    step: Step,
}

/// Counts an attempt at the second factor of whoever is signing in.
///
/// `None` when it comes too soon after others: then no code is looked at.
pub(crate) async fn charge(
    store: &Store,
    login: &PendingLogin,
    now: Moment,
) -> Result<Option<Charged>, StoreError> {
    let person = login.person();
    let charged = store.run(move |transaction| {
        match attempts::charge(transaction, &Subject::second_factor(person), now)? {
            Charge::Charged => load(transaction, person),
            Charge::Throttled => Ok(None),
        }
    });
    let charged = charged.await?;
    if charged.is_none() {
        tracing::warn!(person = person.number(), "code refused: too soon after others");
    }
    Ok(charged)
}

impl Charged {
    /// Looks for `code` in the steps around `now`.
    pub(crate) fn check(self, code: &Code, now: Moment) -> Option<Candidate> {
        let totp = Totp::new(&self.secret, Parameters::default());
        let person = self.person.number();
        match totp.find(code, now.into(), Window::default(), self.last_used) {
            Match::Unused { step, offset } => {
                tracing::debug!(person, offset, "code found");
                Some(Candidate { person: self.person, factor: self.factor, step })
            }
            Match::Used { .. } => {
                tracing::warn!(person, "code refused: used before");
                None
            }
            Match::Wrong => {
                tracing::info!(person, "code refused: wrong");
                None
            }
        }
    }
}

impl Candidate {
    /// Uses up the code, unless somebody else was faster or used a later one.
    //= RFC 6238 §5.2: a code is accepted at most once
    pub(crate) async fn consume(self, store: &Store) -> Result<Option<Accepted>, StoreError> {
        let Self { person, factor, step } = self;
        let consumed = store.run(move |transaction| {
            let step = i64::try_from(step.0).unwrap_or(i64::MAX);
            let consumed = transaction.execute(
                "UPDATE factors SET last_step = ?1
                 WHERE id = ?2 AND (last_step IS NULL OR last_step < ?1)",
                params![step, factor],
            )?;
            if consumed != 1 {
                return Ok(None);
            }
            attempts::reset(transaction, &Subject::second_factor(person))?;
            Ok(Some(Accepted { person }))
        });
        // Nothing was accepted before the commit: an error drops what the closure made.
        let accepted = consumed.await?;
        if accepted.is_none() {
            tracing::warn!(person = person.number(), "code refused: used at the same time");
        }
        Ok(accepted)
    }
}

/// Stores a factor whose first code has just confirmed it; `false` when the person has one.
//= RFC 6238 §5.2: the code that confirmed the enrolment is used up by it
pub(crate) fn activate(
    transaction: &Transaction<'_>,
    person: PersonId,
    secret: &Secret,
    confirmed_by: Step,
    now: Moment,
) -> rusqlite::Result<bool> {
    let step = i64::try_from(confirmed_by.0).unwrap_or(i64::MAX);
    let activated = transaction.execute(
        "INSERT INTO factors (person, secret, last_step, confirmed_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (person) DO NOTHING",
        params![person, secret.expose(), step, now],
    )?;
    Ok(activated == 1)
}

/// Reads a secret from column `column`, leaving no copy behind.
pub(crate) fn secret_at(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Secret> {
    let bytes = Zeroizing::new(row.get::<_, Vec<u8>>(column)?);
    Secret::from_bytes(&bytes).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, Box::new(error))
    })
}

fn load(transaction: &Transaction<'_>, person: PersonId) -> rusqlite::Result<Option<Charged>> {
    transaction
        .query_row("SELECT id, secret, last_step FROM factors WHERE person = ?", [person], |row| {
            let last_used: Option<i64> = row.get(2)?;
            Ok(Charged {
                person,
                factor: row.get(0)?,
                secret: secret_at(row, 1)?,
                last_used: last_used.map(|step| Step(u64::try_from(step).unwrap_or_default())),
            })
        })
        .optional()
}
