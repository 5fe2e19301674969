//! `GET /auth/v2/logo`

use http::header::CONTENT_TYPE;
use http::{Method, Request, Response, StatusCode};

use crate::reply;
use crate::{
    Application, Call, Params, RefusalKind, Repeat, ReplyError, RequestError, UnixSeconds,
};

/// Fetches the logo that the account's administrators uploaded, if they did.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "the call has no parameters")]
pub struct Logo;

/// The bytes of a PNG picture, as Duo sent them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Png(pub Vec<u8>);

/// The first bytes of every PNG: ISO/IEC 15948 §5.2.
const PNG_SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

impl Call for Logo {
    type Output = Option<Png>;

    const REPEAT: Repeat = Repeat::Freely;
    const MAX_REPLY_BYTES: usize = 5 * 1024 * 1024;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.sign(Method::GET, "/auth/v2/logo", &Params::new(), now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Option<Png>, ReplyError> {
        reply::check_size(reply, Self::MAX_REPLY_BYTES)?;
        if reply.status() == StatusCode::OK {
            let kind = reply.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
            let is_image = kind.is_some_and(|kind| kind.starts_with("image/"));
            if is_image && reply.body().starts_with(PNG_SIGNATURE) {
                return Ok(Some(Png(reply.body().clone())));
            }
        }
        match reply::refusal(reply) {
            ReplyError::Refused(refusal) if refusal.kind() == RefusalKind::Parameters => Ok(None),
            ReplyError::Status { status: 200 } => Err(ReplyError::Malformed { line: 0, column: 0 }),
            error => Err(error),
        }
    }
}
