//! What the portal remembers, and the rules it remembers it by.

use std::sync::Arc;

use upheld_second_factor::Guard;
use upheld_store::consent::Consents;
use upheld_store::keys::{OpenSealedError, SharedKeys};
use upheld_store::request::Requests;
use upheld_store::second_factor::{SecondFactorError, SecondFactors};
use upheld_store::sql::{Database, DatabaseError};

use crate::cookies::SharedCookies;
use crate::duo::Duo;
use crate::notice::Notices;
use crate::observe::Metrics;
use crate::random::NoRandomness;
use crate::settings::Settings;

/// The database, the keys of what is encrypted in it, and the settings. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Records {
    pub(crate) database: Database,
    pub(crate) keys: SharedKeys,
    pub(crate) guard: Guard<SecondFactors>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) metrics: Metrics,
    pub(crate) duo: Option<Arc<Duo>>,
    pub(crate) consents: Consents,
    pub(crate) requests: Requests,
    pub(crate) notices: Arc<Notices>,
    /// What is declared to be stored on devices.
    pub(crate) cookies: SharedCookies,
}

/// Why the portal could neither remember nor recall something. Whoever asked must behave as if
/// the answer were no.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RecordsError {
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("more was to be encrypted than can be at once")]
    TooLong,
    #[error(transparent)]
    Sealed(#[from] OpenSealedError),
    #[error(transparent)]
    SecondFactor(SecondFactorError),
}

impl From<SecondFactorError> for RecordsError {
    fn from(error: SecondFactorError) -> Self {
        match error {
            SecondFactorError::Database(error) => Self::Database(error),
            SecondFactorError::Sealed(error) => Self::Sealed(error),
            SecondFactorError::NoRandomness => Self::NoRandomness(NoRandomness),
            other => Self::SecondFactor(other),
        }
    }
}
