//! What can go wrong on the way.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::iter::successors;

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
    /// The other side could not show that it is Duo, does not speak TLS as we do, or broke off
    /// before it had.
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
        let in_handshake =
            |cause: &io::Error| error.is_connect() && BROKE_OFF.contains(&cause.kind());
        let is_tls = causes(error).any(|cause| {
            cause.is::<rustls::Error>() || cause.downcast_ref().is_some_and(in_handshake)
        });
        match (is_tls, error.is_connect(), error.is_timeout()) {
            (true, ..) => Self::Tls,
            (false, true, _) => Self::Unreachable,
            (false, false, true) => Self::Timeout,
            (false, false, false) => Self::Broken,
        }
    }
}

/// How a connection that came about breaks off. Before there is a request, that is in the handshake.
const BROKE_OFF: [ErrorKind; 4] = [
    ErrorKind::UnexpectedEof,
    ErrorKind::ConnectionReset,
    ErrorKind::ConnectionAborted,
    ErrorKind::BrokenPipe,
];

/// An error and what is below it. Those of rustls are wrapped in errors of the socket, which leave
/// themselves out of the chain of sources.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    let first: &(dyn Error + 'static) = error;
    successors(Some(first), |&cause| {
        match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => cause.source(),
        }
    })
}
