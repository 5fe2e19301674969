//! What every call to Duo has: a request to write and a reply to read.

use std::time::Duration;

use http::{Request, Response};

use crate::{Application, ReplyError, RequestError, UnixSeconds};

/// One call, as plain data: it writes a request, and reads the reply into a typed outcome.
///
/// Sending is the caller's, or that of `upheld-duo-reqwest`. Write the request anew for each
/// attempt: the signature holds the date.
///
/// ```
/// use upheld_duo::auth::Ping;
/// use upheld_duo::{Call, UnixSeconds};
/// # use upheld_duo::{ApiHost, Application, IntegrationKey, SecretKey};
/// # let application = Application::new(
/// #     ApiHost::parse("api-1234abcd.duosecurity.com")?,
/// #     IntegrationKey::parse("DIWJ8X6AEYOR5OMC6TQ1")?,
/// #     SecretKey::parse("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep")?,
/// # );
///
/// let now = UnixSeconds(1_700_000_000); // your clock
/// let request = Ping.request(&application, now)?;
/// assert_eq!(request.uri(), "https://api-1234abcd.duosecurity.com/auth/v2/ping");
///
/// // …sent by whatever speaks HTTP…
/// let reply = http::Response::new(br#"{"stat":"OK","response":{"time":1700000001}}"#.to_vec());
/// assert_eq!(Ping.read(&application, &reply, now)?, UnixSeconds(1_700_000_001));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Call {
    /// What a reply says.
    type Output;

    /// When the call may be sent again.
    const REPEAT: Repeat;

    /// How long to wait for a reply.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// The longest reply that is read, in bytes.
    const MAX_REPLY_BYTES: usize = 1024 * 1024;

    /// Writes the request, signed and dated `now`.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when HTTP cannot carry it.
    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError>;

    /// Reads the reply that came at `now`.
    ///
    /// # Errors
    ///
    /// [`ReplyError`] when Duo refused the call, or answered with something else than documented.
    fn read(
        &self,
        application: &Application,
        reply: &Response<Vec<u8>>,
        now: UnixSeconds,
    ) -> Result<Self::Output, ReplyError>;
}

/// A call that comes before the person is asked for anything: after its failure, and no other, a
/// [`FailMode`](crate::FailMode) may let a person in.
pub trait BeforeChallenge: Call {}

/// When a call may be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Repeat {
    /// After any failure: it changes nothing.
    Freely,
    /// Only when the first attempt surely did nothing, because it was never sent or was turned
    /// away with the status 429. A second push, call or user would be the price.
    AfterRefusal,
}

/// How long a call that waits for a person takes: Duo gives up after about a minute.
pub(crate) const PATIENCE_FOR_A_PERSON: Duration = Duration::from_secs(75);
