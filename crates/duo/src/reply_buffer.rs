//! A reply while it comes in.

use std::fmt;

use http::{HeaderMap, Response, StatusCode};
use zeroize::Zeroize;

use crate::ReplyError;

/// A reply while it comes in, for whoever sends calls. It may hold a token: it is wiped on drop and
/// whenever it grows, and prints its length alone.
///
/// ```
/// use http::{HeaderMap, StatusCode};
/// use upheld_duo::auth::Ping;
/// use upheld_duo::{Call, ReplyBuffer};
///
/// let mut buffer = ReplyBuffer::new(StatusCode::OK, HeaderMap::new());
/// for chunk in [&b"{\"stat\":"[..], b"\"OK\"}"] {
///     buffer.add(chunk, Ping::MAX_REPLY_BYTES)?;
/// }
/// assert_eq!(buffer.reply().body(), b"{\"stat\":\"OK\"}");
/// assert!(buffer.add(&[0; 1_048_576], Ping::MAX_REPLY_BYTES).is_err());
/// # Ok::<(), upheld_duo::ReplyError>(())
/// ```
pub struct ReplyBuffer(Response<Vec<u8>>);

impl ReplyBuffer {
    /// The head of a reply, without a body yet.
    #[must_use]
    pub fn new(status: StatusCode, headers: HeaderMap) -> Self {
        let mut reply = Response::new(Vec::new());
        *reply.status_mut() = status;
        *reply.headers_mut() = headers;
        Self(reply)
    }

    /// What has come so far.
    #[must_use]
    pub const fn reply(&self) -> &Response<Vec<u8>> {
        &self.0
    }

    /// Adds a part of the body.
    ///
    /// # Errors
    ///
    /// [`ReplyError::TooLarge`] when that makes more than `limit` bytes.
    pub fn add(&mut self, chunk: &[u8], limit: usize) -> Result<(), ReplyError> {
        let body = self.0.body_mut();
        let bytes = body.len().saturating_add(chunk.len());
        if bytes > limit {
            return Err(ReplyError::TooLarge { bytes, limit });
        }
        if bytes > body.capacity() {
            // Growing by itself would leave a copy behind.
            let mut larger = Vec::with_capacity(bytes.max(body.len().saturating_mul(2)));
            larger.extend_from_slice(body);
            body.zeroize();
            *body = larger;
        }
        body.extend_from_slice(chunk);
        Ok(())
    }
}

impl Drop for ReplyBuffer {
    fn drop(&mut self) {
        self.0.body_mut().zeroize();
    }
}

impl fmt::Debug for ReplyBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (status, bytes) = (self.0.status(), self.0.body().len());
        f.debug_struct("ReplyBuffer").field("status", &status).field("bytes", &bytes).finish()
    }
}
