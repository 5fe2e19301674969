//! Security keys and platform authenticators. People enrol them on Duo's own pages; here they are
//! listed and deleted.

use serde::{Deserialize, Serialize};

use crate::UnixSeconds;

/// A credential of WebAuthn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct WebauthnCredential {
    /// Its name at Duo.
    pub webauthnkey: String,
    /// What its person called it.
    #[serde(default)]
    pub credential_name: Option<String>,
    /// What it is: `Security Key`, for example.
    #[serde(default)]
    pub label: Option<String>,
    /// When it was enrolled.
    #[serde(default)]
    pub date_added: Option<UnixSeconds>,
}

/// A U2F token, from before WebAuthn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct U2fToken {
    /// Its name at Duo.
    pub registration_id: String,
    /// When it was enrolled.
    #[serde(default)]
    pub date_added: Option<UnixSeconds>,
}
