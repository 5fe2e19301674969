//! What lets somebody in. There are six ways to a [`Warrant`], and no session without one:
//!
//! | from | what stands behind it |
//! |---|---|
//! | [`Accepted`] | a code was used up, durably, and by this request alone |
//! | a remembered browser | its token was replaced in the same transaction; the password was right |
//! | a password | the account had no second factor in the same transaction |
//! | a confirmed device | it was added in the same transaction, in a session that was open |
//! | [`Admitted`] | Duo's decision was written down, and the person has Duo in the same transaction |
//! | adding Duo | something was shown to Duo, and it was added in the same transaction |

use upheld_second_factor::{Accepted, Added};
use upheld_store::second_factor::SealedCredential;
use upheld_store::sql::{DatabaseError, Row, Transaction};

use crate::accounts;
use crate::browsers::{self, Presented};
use crate::clock::Moment;
use crate::duo::{self, Admitted, On};
use crate::id::PersonId;
use crate::password::Proven;

/// Leave to open a session of a person, or to go on with it.
#[derive(Debug)]
#[must_use = "whoever earned it waits for a session"]
pub(crate) struct Warrant {
    person: PersonId,
    grounds: Grounds,
}

/// What a session was opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grounds {
    /// A password; the account had no second factor.
    Password,
    /// A password and a second factor.
    SecondFactor,
    /// A password; the account has a second factor, which was not shown: the browser is
    /// remembered, Duo did not ask, or could not be asked.
    Unasked,
}

impl Warrant {
    /// For a second factor that was used up.
    pub(crate) fn of_accepted(accepted: &Accepted) -> Self {
        Self { person: accepted.account().into(), grounds: Grounds::SecondFactor }
    }

    /// For a password, where there is nothing else to show.
    pub(crate) fn of_password(
        transaction: &mut Transaction<'_>,
        proven: &Proven,
    ) -> Result<Option<Self>, DatabaseError> {
        let person = proven.person();
        if accounts::has_factor(transaction, person)? {
            return Ok(None);
        }
        Ok(Some(Self { person, grounds: Grounds::Password }))
    }

    /// For a password in a browser that is remembered, whose token is replaced by this.
    pub(crate) fn of_remembered(
        transaction: &mut Transaction<'_>,
        proven: &Proven,
        browser: &Presented,
        now: Moment,
    ) -> Result<Option<Self>, DatabaseError> {
        let person = proven.person();
        let is_trusted = browsers::use_trust(transaction, person, browser, now)?;
        Ok(is_trusted.then_some(Self { person, grounds: Grounds::Unasked }))
    }

    /// For a device that a code of its own has just confirmed.
    pub(crate) fn of_confirmed(
        transaction: &mut Transaction<'_>,
        (person, confirmed): (PersonId, SealedCredential),
        now: Moment,
    ) -> Result<Option<Self>, DatabaseError> {
        let added = confirmed.add(transaction, now.into())?;
        let is_added = added == Added::Added;
        Ok(is_added.then_some(Self { person, grounds: Grounds::SecondFactor }))
    }

    /// For what Duo decided; `None` when it no longer holds.
    pub(crate) fn of_admitted(
        transaction: &mut Transaction<'_>,
        admitted: &Admitted,
    ) -> Result<Option<Self>, DatabaseError> {
        let grounds = match admitted.on() {
            On::Shown | On::CountsAsShown => Grounds::SecondFactor,
            On::NotAsked | On::FailedOpen => Grounds::Unasked,
        };
        let person = admitted.person();
        Ok(admitted.holds(transaction)?.then_some(Self { person, grounds }))
    }

    /// For Duo, which the person has just shown something to, and which is added by this.
    pub(crate) fn of_added_duo(
        transaction: &mut Transaction<'_>,
        (admitted, username): (&Admitted, &str),
        now: Moment,
    ) -> Result<Option<Self>, DatabaseError> {
        let person = admitted.person();
        let is_added = admitted.was_shown() && duo::add(transaction, person, username, now)?;
        Ok(is_added.then_some(Self { person, grounds: Grounds::SecondFactor }))
    }

    pub(crate) const fn grounds(&self) -> Grounds {
        self.grounds
    }

    pub(crate) const fn into_parts(self) -> (PersonId, Grounds) {
        (self.person, self.grounds)
    }
}

impl Grounds {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::SecondFactor => "second factor",
            Self::Unasked => "remembered",
        }
    }

    /// Anything unknown is the least there is.
    pub(crate) fn at(row: &Row, column: usize) -> Result<Self, DatabaseError> {
        Ok(match row.text(column)? {
            "second factor" => Self::SecondFactor,
            "remembered" => Self::Unasked,
            _ => Self::Password,
        })
    }
}
