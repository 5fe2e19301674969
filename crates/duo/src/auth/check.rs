//! `GET /auth/v2/check`

use http::{Method, Request, Response};

use super::ping::Time;
use crate::reply;
use crate::{
    Application, BeforeChallenge, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds,
};

/// Asks whether the keys, the host and the clock are right: for when a program starts.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "the call has no parameters")]
pub struct Check;

impl Call for Check {
    type Output = UnixSeconds;

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.sign(Method::GET, "/auth/v2/check", &Params::new(), now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<UnixSeconds, ReplyError> {
        reply::read::<Time>(reply, Self::MAX_REPLY_BYTES).map(|answer| answer.time)
    }
}

impl BeforeChallenge for Check {}
