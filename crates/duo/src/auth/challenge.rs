//! `POST /auth/v2/auth`

use std::net::IpAddr;
use std::time::Duration;

use http::{Method, Request, Response};
use serde::Deserialize;

use super::{Factor, Txid, User};
use crate::call::PATIENCE_FOR_A_PERSON;
use crate::open::open_enum;
use crate::reply::{self, null_as_default};
use crate::{
    Application, Call, Params, Repeat, ReplyError, RequestError, SecretText, StatusMessage,
    UnixSeconds,
};

/// Asks a person for a second factor, and waits for their answer: up to a minute.
///
/// Sent once, whatever happens: a second push after a denial is how people are worn down.
#[derive(Clone, Debug)]
pub struct Auth {
    user: User,
    factor: Factor,
    address: Option<IpAddr>,
    hostname: Option<Box<str>>,
}

/// Asks a person for a second factor, and answers at once with the name under which
/// [`AuthStatus`](super::AuthStatus) reports how it goes.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the same question, asked otherwise")]
pub struct StartAuth(pub Auth);

/// What a person answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a person who is denied must not go in"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on each")]
pub enum AuthOutcome {
    /// They approved, or their passcode is right.
    Allowed(Allowed),
    /// They did not, or it is not.
    Denied(Denied),
    /// A text message with passcodes is on its way; ask for one of them.
    PasscodesSent(StatusMessage),
}

/// A second factor was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allowed {
    /// In which way.
    pub status: Status,
    /// What Duo says.
    pub message: StatusMessage,
    /// Lets this device pass [`Preauth`](super::Preauth) for as long as the policy says. Keep it
    /// in a cookie that only the server reads.
    pub trusted_device_token: Option<SecretText>,
}

/// No second factor was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Denied {
    /// Why: [`Status::Fraud`] is the person's own report that this was not them.
    pub status: Status,
    /// What Duo says.
    pub message: StatusMessage,
}

open_enum! {
    /// How far an authentication is.
    Status {
        /// The phone rings.
        Calling = "calling",
        /// The person has answered the call.
        Answered = "answered",
        /// The push is on its way.
        Pushed = "pushed",
        /// The push did not get through; Duo Mobile can still fetch it.
        PushFailed = "push_failed",
        /// The person did not answer in time.
        Timeout = "timeout",
        /// The person says that this was not them.
        Fraud = "fraud",
        /// The person refused, or the passcode is wrong.
        Deny = "deny",
        /// Too many failures.
        LockedOut = "locked_out",
        /// Passcodes were sent.
        Sent = "sent",
        /// The person approved, or the passcode is right.
        Allow = "allow",
        /// The person need not be asked.
        Bypass = "bypass",
    }
}

impl Auth {
    /// Asks a user in one way.
    #[must_use]
    pub const fn new(user: User, factor: Factor) -> Self {
        Self { user, factor, address: None, hostname: None }
    }

    /// Says where the person is: a push shows it, and policies look at it.
    #[must_use]
    pub const fn from_address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Says what the person's computer is called.
    #[must_use]
    pub fn from_host(mut self, hostname: &str) -> Self {
        self.hostname = Some(hostname.into());
        self
    }

    fn params(&self, is_async: &str) -> Params {
        let address = self.address.map(|address| address.to_string());
        let params = self.factor.add_to(self.user.add_to(Params::new()));
        params
            .with_some("ipaddr", address.as_deref())
            .with_some("hostname", self.hostname.as_deref())
            .with("async", is_async)
    }
}

#[derive(Deserialize)]
pub(super) struct Wire {
    result: Box<str>,
    status: Status,
    #[serde(default)]
    status_msg: StatusMessage,
    #[serde(default)]
    trusted_device_token: Option<SecretText>,
    #[serde(default, deserialize_with = "null_as_default")]
    auth_delayed: bool,
}

/// What a reply says: still going on, or an outcome.
pub(super) enum Stage {
    Waiting { status: Status, message: StatusMessage, is_delayed: bool },
    Done(AuthOutcome),
}

impl Wire {
    /// Decides by `result`; `status` is the reason.
    pub(super) fn into_stage(self) -> Result<Stage, ReplyError> {
        let Self { status, status_msg: message, .. } = self;
        match (&*self.result, &status) {
            ("allow", _) => {
                let trusted_device_token = self.trusted_device_token;
                Ok(Stage::Done(AuthOutcome::Allowed(Allowed {
                    status,
                    message,
                    trusted_device_token,
                })))
            }
            ("deny", Status::Sent) => Ok(Stage::Done(AuthOutcome::PasscodesSent(message))),
            // A person's time is over, whether Duo calls that waiting or not.
            ("deny", _) | ("waiting", Status::Timeout) => {
                Ok(Stage::Done(AuthOutcome::Denied(Denied { status, message })))
            }
            ("waiting", _) => Ok(Stage::Waiting { status, message, is_delayed: self.auth_delayed }),
            _ => Err(ReplyError::UnknownResult),
        }
    }
}

impl Call for Auth {
    type Output = AuthOutcome;

    const REPEAT: Repeat = Repeat::AfterRefusal;
    const PATIENCE: Duration = PATIENCE_FOR_A_PERSON;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.sign(Method::POST, "/auth/v2/auth", &self.params("0"), now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<AuthOutcome, ReplyError> {
        match reply::read::<Wire>(reply, Self::MAX_REPLY_BYTES)?.into_stage()? {
            Stage::Done(outcome) => Ok(outcome),
            // This call ends with an answer.
            Stage::Waiting { .. } => Err(ReplyError::UnknownResult),
        }
    }
}

impl Call for StartAuth {
    type Output = Txid;

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.sign(Method::POST, "/auth/v2/auth", &self.0.params("1"), now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Txid, ReplyError> {
        #[derive(Deserialize)]
        struct Started {
            txid: Txid,
        }
        reply::read::<Started>(reply, Self::MAX_REPLY_BYTES).map(|started| started.txid)
    }
}
