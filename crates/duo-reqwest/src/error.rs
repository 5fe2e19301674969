//! What can go wrong on the way.

use std::error::Error;
use std::io;

use upheld_duo::{Failure, ReplyError, RequestError};

/// Why a call brought no outcome.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It could not be written.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Duo answered, but not with an outcome.
    #[error(transparent)]
    Reply(#[from] ReplyError),
    /// No connection came about.
    #[error("the API host cannot be reached")]
    Unreachable,
    /// The other side could not show that it is Duo, or does not speak TLS as we do.
    #[error("no trusted TLS connection to the API host; nobody is let in by this")]
    Tls,
    /// The connection broke, or what came over it is no HTTP.
    #[error("the connection to the API host broke")]
    Broken,
    /// No reply in time.
    #[error("the API host did not answer in time")]
    Timeout,
}

/// Why there is no [`Client`](crate::Client).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// Something that is no root certificate.
    #[error("root certificate {index} cannot be read")]
    Root {
        /// Which one, from 0.
        index: usize,
    },
    /// TLS could not be set up, for want of the platform's roots, say.
    #[error("TLS cannot be set up; are there root certificates on this system?")]
    Tls,
}

impl SendError {
    /// What it means for trying again, and for [`FailMode`](upheld_duo::FailMode).
    #[must_use]
    pub fn failure(&self) -> Failure {
        match self {
            Self::Reply(error) => Failure::from(error),
            Self::Unreachable => Failure::Unreachable,
            Self::Broken => Failure::Broken,
            Self::Timeout => Failure::Timeout,
            Self::Request(_) | Self::Tls => Failure::Other,
        }
    }

    pub(crate) fn of(error: &reqwest::Error) -> Self {
        if has_tls_cause(error) {
            return Self::Tls;
        }
        match (error.is_connect(), error.is_timeout()) {
            (true, _) => Self::Unreachable,
            (false, true) => Self::Timeout,
            (false, false) => Self::Broken,
        }
    }
}

/// Whether TLS is at the bottom of it: errors of rustls are wrapped in those of the socket, which
/// leave themselves out of the chain of sources.
fn has_tls_cause(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(current) = cause {
        if current.is::<rustls::Error>() {
            return true;
        }
        cause = match current.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => current.source(),
        };
    }
    false
}
