//! `GET /auth/v2/ping`

use http::{Method, Request, Response};
use serde::Deserialize;

use crate::reply;
use crate::{
    Application, BeforeChallenge, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds,
};

/// Asks whether Duo is there. Answers Duo's time, from which
/// [`ClockOffset`](crate::ClockOffset) learns; nothing is signed.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "the call has no parameters")]
pub struct Ping;

/// What [`Ping`] and [`Check`](super::Check) answer.
#[derive(Deserialize)]
pub(super) struct Time {
    pub(super) time: UnixSeconds,
}

impl Call for Ping {
    type Output = UnixSeconds;

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        _now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.unsigned(Method::GET, "/auth/v2/ping", &Params::new())
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

impl BeforeChallenge for Ping {}
