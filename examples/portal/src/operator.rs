//! What whoever operates the portal does to accounts, from the command line.
//!
//! Each change is told to its person by e-mail and written into the audit, in the transaction in
//! which it happens.

use std::fmt;

use upheld_second_factor::{Budget, Decision, Registry};
use upheld_store::second_factor::rows;
use upheld_store::sql::{DatabaseError, Row, Transaction};
use upheld_totp::{Digits, UnixSeconds};

use crate::accounts;
use crate::attempts::{self, Subject};
use crate::audit::{self, Actor, Head, Verdict};
use crate::clock::Moment;
use crate::duo;
use crate::events::{self, Event};
use crate::id::PersonId;
use crate::people::{Email, Role, State};
use crate::records::{Records, RecordsError};
use crate::server::Portal;

/// How many people are read at a time.
const PAGE: i64 = 500;

/// A person, as the operator sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The e-mail address.
    pub email: String,
    /// How the clinic addresses them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub standing: Standing,
    /// How many authenticators they have.
    pub authenticators: usize,
    /// Whether they confirm with Duo.
    pub has_duo: bool,
    /// Whether codes of theirs are looked at.
    pub codes: Codes,
}

/// Whether a person may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Standing {
    /// They may.
    Active,
    /// Not any more, by a decision of the clinic.
    Disabled,
    /// Never again, by their own decision.
    Closed,
}

/// Whether codes of a person are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Codes {
    /// They are.
    Accepted,
    /// Not before this moment.
    From(UnixSeconds),
    /// Not before somebody unlocks the account.
    Disabled,
}

/// What an operator can do to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The person may not sign in any more, and is signed out everywhere.
    Disable,
    /// They may again.
    Enable,
    /// Failed codes are forgotten, and passwords that failed from everywhere.
    Unlock,
    /// All authenticators and recovery codes are removed, and the person is signed out.
    ResetFactor,
}

/// Why an account was left as it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OperateError {
    /// Nobody has this address.
    #[error("nobody has this e-mail address")]
    Unknown,
    /// The person has closed it.
    #[error("the person has closed this account, and nobody opens it again")]
    Closed,
    /// The database gave no answer.
    #[error(transparent)]
    Database(DatabaseError),
    /// The system failed.
    #[error("nothing was changed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Portal {
    /// Lists everybody, by e-mail address.
    ///
    /// # Errors
    ///
    /// [`OperateError`] when the database gives no answer.
    pub async fn accounts(&self) -> Result<Vec<Account>, OperateError> {
        let (records, now) = (self.records(), self.clock().now());
        let (mut accounts, mut last) = (Vec::new(), String::new());
        let sql = format!(
            "SELECT id, email, display_name, {}, state FROM people
             WHERE tenant = $1 AND email > $2 ORDER BY email LIMIT $3",
            Role::COLUMN
        );
        loop {
            let rows = records.database.query(&sql, &[last.as_str().into(), PAGE.into()]).await;
            let rows = rows.map_err(OperateError::Database)?;
            for row in &rows {
                accounts.push(account(records, row, now).await.map_err(OperateError::of)?);
            }
            match accounts.last() {
                Some(Account { email, .. }) if !rows.is_empty() => last.clone_from(email),
                _ => return Ok(accounts),
            }
        }
    }

    /// Changes an account, tells its person and writes it into the audit.
    ///
    /// # Errors
    ///
    /// [`OperateError`]; nothing was changed then.
    pub async fn change_account(&self, email: &str, change: Change) -> Result<(), OperateError> {
        let email = Email::parse(email).ok_or(OperateError::Unknown)?;
        let (records, now) = (self.records().clone(), self.clock().now());
        let database = records.database.clone();
        let changed = database.transact(move |transaction| -> Result<_, RecordsError> {
            let Some(person) = find(transaction, &email)? else {
                return Ok(Err(OperateError::Unknown));
            };
            if !carry_out(transaction, (person, &email), change)? {
                return Ok(Err(OperateError::Closed));
            }
            let what = (person, event_of(change));
            events::record(&records, transaction, what, Actor::Operator, now)?;
            Ok(Ok(()))
        });
        changed.await.map_err(OperateError::of)?
    }

    /// Goes along the audit from its beginning, and past `expected` if there is one.
    ///
    /// # Errors
    ///
    /// [`OperateError`] when the database gives no answer.
    pub async fn verify_audit(&self, expected: Option<Head>) -> Result<Verdict, OperateError> {
        let verdict = audit::verify(&self.records().database, expected).await;
        verdict.map_err(OperateError::Database)
    }
}

impl OperateError {
    fn of(error: impl Into<RecordsError>) -> Self {
        match error.into() {
            RecordsError::Database(error) => Self::Database(error),
            error => Self::Failed(error.into()),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => State::Active.as_str(),
            Self::Disabled => State::Disabled.as_str(),
            Self::Closed => State::Closed.as_str(),
        })
    }
}

/// `false` for an account that is closed.
fn carry_out(
    transaction: &mut Transaction<'_>,
    (person, email): (PersonId, &Email),
    change: Change,
) -> Result<bool, DatabaseError> {
    match change {
        Change::Disable => accounts::set_state(transaction, person, State::Disabled),
        Change::Enable => accounts::set_state(transaction, person, State::Active),
        Change::Unlock => {
            for budget in Budget::ALL {
                rows::unlock(transaction, person.into(), budget)?;
            }
            attempts::forget(transaction, &Subject::Account(email.clone()))?;
            Ok(true)
        }
        Change::ResetFactor => {
            accounts::remove_factors(transaction, person)?;
            accounts::end_all(transaction, person)?;
            Ok(true)
        }
    }
}

const fn event_of(change: Change) -> Event<'static> {
    match change {
        Change::Disable => Event::AccountDisabled,
        Change::Enable => Event::AccountEnabled,
        Change::Unlock => Event::FactorUnlocked,
        Change::ResetFactor => Event::FactorReset,
    }
}

fn find(
    transaction: &mut Transaction<'_>,
    email: &Email,
) -> Result<Option<PersonId>, DatabaseError> {
    let sql = "SELECT id FROM people WHERE tenant = $1 AND email = $2";
    let rows = transaction.query(sql, &[email.as_str().into()])?;
    rows.first().map(|row| PersonId::at(row, 0)).transpose()
}

async fn account(records: &Records, row: &Row, now: Moment) -> Result<Account, RecordsError> {
    let id = PersonId::at(row, 0)?;
    let store = records.guard.store();
    let failures = store.failures(id.into(), Budget::Code).await?;
    let policy = records.guard.policy();
    // As an attempt with an app would be decided about now.
    let chance = policy.chance_of_totp(Digits::Six);
    Ok(Account {
        email: row.text(1)?.to_owned(),
        name: row.text(2)?.to_owned(),
        role: Role::at(row, 3)?,
        standing: match State::at(row, 4)? {
            State::Active => Standing::Active,
            State::Disabled => Standing::Disabled,
            State::Closed => Standing::Closed,
        },
        authenticators: store.credentials(id.into()).await?.len(),
        has_duo: duo::find(&records.database, id, now).await?.is_some(),
        codes: match policy.throttle.charge(failures, chance, now.into()) {
            Decision::Charge(_) => Codes::Accepted,
            Decision::Throttled { until } => Codes::From(until),
            Decision::Disabled => Codes::Disabled,
        },
    })
}
