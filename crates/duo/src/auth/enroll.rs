//! `POST /auth/v2/enroll`

use http::{Method, Request, Response};
use serde::Deserialize;

use super::UserId;
use crate::reply;
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, SecretText, UnixSeconds};

/// Makes a user who has no device yet. They then scan the QR code with Duo Mobile.
#[derive(Clone, Debug, Default)]
pub struct Enroll {
    username: Option<Box<str>>,
    valid_seconds: Option<u32>,
}

/// A user who may now set up Duo Mobile.
///
/// Whoever has the code or one of the addresses before it is used enrols their own phone.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct Enrollment {
    /// The user.
    pub user_id: UserId,
    /// Their name.
    pub username: String,
    /// Where a picture of the QR code is.
    pub activation_barcode: SecretText,
    /// What the QR code says; [`EnrollStatus`](super::EnrollStatus) asks for it.
    pub activation_code: SecretText,
    /// What to open on the phone itself.
    #[serde(default)]
    pub activation_url: Option<SecretText>,
    /// When all of them end.
    pub expiration: UnixSeconds,
}

impl Enroll {
    /// A user whose name Duo makes up.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives the user a name, which nobody must have yet.
    #[must_use]
    pub fn named(mut self, username: &str) -> Self {
        self.username = Some(username.into());
        self
    }

    /// How long the code is good for, in seconds; a day unless said.
    #[must_use]
    pub const fn valid_for(mut self, seconds: u32) -> Self {
        self.valid_seconds = Some(seconds);
        self
    }
}

impl Call for Enroll {
    type Output = Enrollment;

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let seconds = self.valid_seconds.map(|seconds| seconds.to_string());
        let params = Params::new()
            .with_some("username", self.username.as_deref())
            .with_some("valid_secs", seconds.as_deref());
        application.sign(Method::POST, "/auth/v2/enroll", &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Enrollment, ReplyError> {
        reply::read(reply, Self::MAX_REPLY_BYTES)
    }
}
