//! Security keys that people have.

use crate::webauthn::Credential;

/// A security key.
#[derive(Debug)]
pub(crate) struct SecurityKey {
    /// Its name at Duo.
    pub(crate) id: String,
    pub(crate) credential: Credential,
    pub(crate) added: u64,
}
