//! What became of an attempt that brought no outcome.

use crate::{RefusalKind, ReplyError};

/// Why an attempt brought no outcome, as far as it matters for trying again and for letting in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Failure {
    /// No connection came about: nothing was sent.
    Unreachable,
    /// The connection broke, or its bytes made no sense: Duo may have acted or not. It is no
    /// outage that lets anybody in: whoever is on the line can make it look so.
    Broken,
    /// No reply in time: Duo may have acted or not.
    Timeout,
    /// A status of 500 and above: Duo may have acted or not.
    Unavailable {
        /// The status of HTTP.
        status: u16,
    },
    /// The status 429: Duo did nothing.
    RateLimited,
    /// The clock is off: Duo did nothing.
    Clock,
    /// Anything else: keys, certificates, parameters, replies of another shape. Trying again does
    /// not help, and it is no outage.
    Other,
}

impl From<&ReplyError> for Failure {
    fn from(error: &ReplyError) -> Self {
        let status = match error {
            ReplyError::Refused(refusal) if refusal.kind() == RefusalKind::Clock => {
                return Self::Clock;
            }
            ReplyError::Refused(refusal) => refusal.status,
            ReplyError::Status { status } => *status,
            _ => return Self::Other,
        };
        match status {
            429 => Self::RateLimited,
            500..=599 => Self::Unavailable { status },
            _ => Self::Other,
        }
    }
}
