//! What goes.

use http::{Method, Request, Response};

use super::{BypassCodeId, PhoneId, TokenId};
use crate::auth::UserId;
use crate::params::encode;
use crate::reply;
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds};

/// Deletes something for good, or takes a device from a user.
#[derive(Clone, Debug)]
pub struct Delete {
    path: String,
}

impl Delete {
    /// Deletes a user; their devices stay.
    #[must_use]
    pub fn user(user: &UserId) -> Self {
        Self::at(&["users", user.as_str()])
    }

    /// Deletes a phone.
    #[must_use]
    pub fn phone(phone: &PhoneId) -> Self {
        Self::at(&["phones", phone.as_str()])
    }

    /// Takes a phone from a user.
    #[must_use]
    pub fn phone_of(user: &UserId, phone: &PhoneId) -> Self {
        Self::at(&["users", user.as_str(), "phones", phone.as_str()])
    }

    /// Deletes a hardware token.
    #[must_use]
    pub fn token(token: &TokenId) -> Self {
        Self::at(&["tokens", token.as_str()])
    }

    /// Takes a hardware token from a user.
    #[must_use]
    pub fn token_of(user: &UserId, token: &TokenId) -> Self {
        Self::at(&["users", user.as_str(), "tokens", token.as_str()])
    }

    /// Deletes a bypass code.
    #[must_use]
    pub fn bypass_code(code: &BypassCodeId) -> Self {
        Self::at(&["bypass_codes", code.as_str()])
    }

    /// Deletes a credential of WebAuthn.
    #[must_use]
    pub fn webauthn_credential(key: &str) -> Self {
        Self::at(&["webauthncredentials", key])
    }

    /// Deletes a U2F token.
    #[must_use]
    pub fn u2f_token(registration_id: &str) -> Self {
        Self::at(&["u2ftokens", registration_id])
    }

    fn at(segments: &[&str]) -> Self {
        let segments: Vec<String> = segments.iter().map(|segment| encode(segment)).collect();
        Self { path: ["/admin/v1/", &segments.join("/")].concat() }
    }
}

impl Call for Delete {
    type Output = ();

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.sign(Method::DELETE, &self.path, &Params::new(), now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<(), ReplyError> {
        reply::read_done(reply, Self::MAX_REPLY_BYTES)
    }
}
