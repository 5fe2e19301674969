//! What the browser says that it was asked, and by which page.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Challenge;

/// Why a browser's account of a ceremony is not that of this page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientDataError {
    /// It is no JSON with the members that it must have.
    #[error("the client data are not a JSON object with type, challenge and origin")]
    Malformed,
    /// It is of the other ceremony.
    #[error("the client data are of another ceremony")]
    Type,
    /// It answers another challenge.
    #[error("the client data answer another challenge")]
    Challenge,
    /// It is of another website.
    #[error("the client data are of another origin")]
    Origin,
    /// The page was inside one of another website.
    #[error("the page was framed by another origin")]
    Framed,
}

/// The `type` of a ceremony.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ceremony {
    Create,
    Get,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    top_origin: Option<String>,
}

/// Checks what the browser says, and returns its hash.
pub(super) fn check(
    json: &[u8],
    ceremony: Ceremony,
    challenge: &Challenge,
    origin: &str,
) -> Result<[u8; 32], ClientDataError> {
    //= W3C WebAuthn Level 3 §7.1, §7.2: the text is UTF-8, and a mark of byte order is no part of it
    let text = String::from_utf8_lossy(json);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let data: ClientData = serde_json::from_str(text).map_err(|_| ClientDataError::Malformed)?;
    let wanted = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.r#type != wanted {
        return Err(ClientDataError::Type);
    }
    if data.challenge != challenge.to_text() {
        return Err(ClientDataError::Challenge);
    }
    if data.origin != origin {
        return Err(ClientDataError::Origin);
    }
    //= W3C WebAuthn Level 3 §7.1, §7.2: nobody expects this page in a frame of another site
    if data.cross_origin || data.top_origin.is_some() {
        return Err(ClientDataError::Framed);
    }
    Ok(Sha256::digest(json).into())
}
