//! The claims that an application sends, in the order in which Duo's clients write them.

use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

use super::jwt;
use crate::{Application, SecretText, UnixSeconds};

/// How long a token of ours is good for, in seconds: Duo takes no more.
pub(super) const LIFETIME: u64 = 300;

/// Shows that a request is from the application: RFC 7523 §3.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the claims that Duo documents")]
pub struct ClientAssertion {
    /// The client ID.
    pub iss: String,
    /// The client ID.
    pub sub: String,
    /// The endpoint.
    pub aud: String,
    /// When it ends.
    pub exp: UnixSeconds,
    /// Never used before.
    pub jti: String,
    /// When it was written.
    pub iat: UnixSeconds,
}

/// What the prompt is asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the claims that Duo documents")]
pub struct AuthorizeClaims {
    /// `openid`.
    pub scope: String,
    /// Where the browser comes back to.
    pub redirect_uri: String,
    /// The client ID.
    pub client_id: String,
    /// The client ID.
    pub iss: String,
    /// The API host, as an address.
    pub aud: String,
    /// When it ends.
    pub exp: UnixSeconds,
    /// What the browser brings back.
    #[serde(serialize_with = "write_secret")]
    pub state: SecretText,
    /// What the token brings back.
    #[serde(serialize_with = "write_secret")]
    pub nonce: SecretText,
    /// `code`.
    pub response_type: String,
    /// Whom to ask.
    pub duo_uname: String,
    /// Whether the code comes back as `duo_code`.
    pub use_duo_code_attribute: bool,
    /// Another name to show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_username: Option<String>,
    /// How old an earlier authentication may be, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
    /// `login`, to ask even a remembered device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt: Option<String>,
}

/// Signs what shows `endpoint` that a request is from `application`.
pub(super) fn assertion(
    application: &Application,
    endpoint: &str,
    jti: String,
    now: UnixSeconds,
) -> SecretText {
    let client_id = application.integration_key().as_str();
    let claims = ClientAssertion {
        iss: client_id.to_owned(),
        sub: client_id.to_owned(),
        aud: endpoint_uri(application, endpoint),
        exp: now.later_by(LIFETIME),
        jti,
        iat: now,
    };
    sign(application, &claims)
}

/// Signs claims under the client secret.
pub(super) fn sign<T: Serialize>(application: &Application, claims: &T) -> SecretText {
    // Structs of texts and numbers are always JSON.
    let payload = Zeroizing::new(serde_json::to_vec(claims).unwrap_or_default());
    jwt::encode(&payload, application.secret_key())
}

/// A secret is not `Serialize` by accident; here it goes into what is signed and sent.
fn write_secret<S: Serializer>(secret: &SecretText, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

pub(super) fn endpoint_uri(application: &Application, endpoint: &str) -> String {
    ["https://", application.host().authority(), endpoint].concat()
}
