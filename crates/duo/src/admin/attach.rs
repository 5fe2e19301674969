//! Devices that become somebody's.

use http::{Method, Request, Response};

use super::{PhoneId, TokenId};
use crate::auth::UserId;
use crate::params::encode;
use crate::reply;
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds};

/// Gives a phone or a token to a user.
#[derive(Clone, Debug)]
pub struct Attach {
    user: UserId,
    kind: &'static str,
    params: Params,
}

impl Attach {
    /// Gives a phone.
    #[must_use]
    pub fn phone(user: UserId, phone: &PhoneId) -> Self {
        Self { user, kind: "/phones", params: Params::new().with("phone_id", phone.as_str()) }
    }

    /// Gives a hardware token.
    #[must_use]
    pub fn token(user: UserId, token: &TokenId) -> Self {
        Self { user, kind: "/tokens", params: Params::new().with("token_id", token.as_str()) }
    }
}

impl Call for Attach {
    type Output = ();

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let path = ["/admin/v1/users/", &encode(self.user.as_str()), self.kind].concat();
        application.sign(Method::POST, &path, &self.params, now)
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
