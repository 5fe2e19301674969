//! What to do with people while Duo cannot be asked.

use std::fmt;

use crate::{BeforeChallenge, Failure};

/// What to do with people while Duo cannot be asked.
///
/// It is looked at only after a call that comes before the person is asked, which is a condition
/// of compiling:
///
/// ```
/// use upheld_duo::auth::{Preauth, User};
/// use upheld_duo::{FailMode, FailCause, Failure, Fallback};
///
/// let preauth = Preauth::new(User::named("alice"));
/// assert_eq!(FailMode::default().after(&preauth, Failure::Timeout), Fallback::Closed);
/// let Fallback::Open(let_in) = FailMode::Open.after(&preauth, Failure::Timeout) else { panic!() };
/// assert_eq!(let_in.cause(), FailCause::Timeout); // for the audit
/// assert_eq!(FailMode::Open.after(&preauth, Failure::Other), Fallback::Closed); // wrong keys, say
/// ```
/// ```compile_fail,E0277
/// # use upheld_duo::auth::{Auth, Factor, Target, User};
/// # use upheld_duo::{FailMode, Failure};
/// let auth = Auth::new(User::named("alice"), Factor::Phone(Target::Any));
/// let _let_in = FailMode::Open.after(&auth, Failure::Timeout); // the person was asked already
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no third way")]
pub enum FailMode {
    /// Nobody gets in without a second factor.
    #[default]
    Closed,
    /// People get in without a second factor while Duo is out of reach: for where being locked
    /// out is worse than an attacker who can cut the line.
    Open,
}

/// What follows from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says whether the person may go in"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on both")]
pub enum Fallback {
    /// The person may not go in.
    Closed,
    /// The person may go in without a second factor.
    Open(FailedOpen),
}

/// Somebody goes in without a second factor, because Duo is out of reach. Record it.
///
/// Only [`FailMode::after`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "record that there was no second factor"]
pub struct FailedOpen {
    cause: FailCause,
}

/// What kept Duo from being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailCause {
    /// No connection came about.
    Unreachable,
    /// No reply in time.
    Timeout,
    /// A status of 500 and above.
    Unavailable {
        /// The status of HTTP.
        status: u16,
    },
    /// Too many calls, for longer than there was time to wait.
    RateLimited,
}

impl FailMode {
    /// Decides after `call` has failed for good.
    ///
    /// It is open after four failures alone: no connection, no reply in time, a status of 500 and
    /// above, and too many calls to the end of the retries. Wrong keys, a clock that is off, an
    /// unknown certificate, a connection that broke and replies of another shape are none of these:
    /// nobody gets in by them.
    pub fn after<C: BeforeChallenge>(self, _call: &C, failure: Failure) -> Fallback {
        match (self, FailCause::of(failure)) {
            (Self::Open, Some(cause)) => Fallback::Open(FailedOpen { cause }),
            _ => Fallback::Closed,
        }
    }
}

impl FailedOpen {
    /// Why.
    #[must_use]
    pub const fn cause(&self) -> FailCause {
        self.cause
    }
}

impl FailCause {
    const fn of(failure: Failure) -> Option<Self> {
        match failure {
            Failure::Unreachable => Some(Self::Unreachable),
            Failure::Timeout => Some(Self::Timeout),
            Failure::Unavailable { status } => Some(Self::Unavailable { status }),
            Failure::RateLimited => Some(Self::RateLimited),
            Failure::Broken | Failure::Clock | Failure::Other => None,
        }
    }
}

impl fmt::Display for FailCause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable => f.write_str("Duo could not be reached"),
            Self::Timeout => f.write_str("Duo did not answer in time"),
            Self::Unavailable { status } => write!(f, "Duo answered with status {status}"),
            Self::RateLimited => f.write_str("Duo turned the call away as one too many"),
        }
    }
}
