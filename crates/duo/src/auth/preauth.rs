//! `POST /auth/v2/preauth`

use std::net::IpAddr;

use http::{Method, Request, Response};
use serde::Deserialize;

use super::{Device, Txid, User};
use crate::reply::{self, null_as_default};
use crate::{
    Application, BeforeChallenge, Call, Params, Repeat, ReplyError, RequestError, SecretText,
    StatusMessage, UnixSeconds,
};

/// Asks whether a person may go on, and with which devices. Asks nothing of the person.
#[derive(Clone, Debug)]
pub struct Preauth {
    user: User,
    address: Option<IpAddr>,
    hostname: Option<Box<str>>,
    trusted_device_token: Option<SecretText>,
    verified_push: bool,
}

/// Whether a person may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "nobody is let in yet"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on each")]
pub enum PreauthOutcome {
    /// They must be asked for a second factor, by [`Auth`](super::Auth).
    Challenge(PreauthChallenge),
    /// They may go in without being asked: they are in bypass mode, on a trusted network or
    /// device, or not enrolled where that is allowed.
    ///
    /// No second factor was shown. Record it as such, and do not let it open what needs one.
    Allowed(StatusMessage),
    /// They may not: locked out, disabled, or against a policy.
    Denied(StatusMessage),
    /// They must enrol first, at this address; it is good for five minutes.
    Enroll {
        /// Where to send their browser. Whoever has it enrols in their name.
        portal_url: SecretText,
        /// What to say.
        message: StatusMessage,
    },
}

/// What a person can be asked with.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PreauthChallenge {
    /// Their phones and tokens.
    pub devices: Vec<Device>,
    /// The code for a Verified Duo Push, when one is possible.
    pub verified_push: Option<VerifiedPush>,
    /// What Duo says.
    pub message: StatusMessage,
}

/// A push in which the person types a code that they see on the screen before them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedPush {
    /// What to give to [`PushText::verified_by`](super::PushText::verified_by).
    pub txid: Txid,
    /// The code to show: three to six digits.
    pub code: SecretText,
    /// When it ends.
    pub expires: UnixSeconds,
}

impl Preauth {
    /// Asks about a user.
    #[must_use]
    pub const fn new(user: User) -> Self {
        Self {
            user,
            address: None,
            hostname: None,
            trusted_device_token: None,
            verified_push: false,
        }
    }

    /// Says where the person is: policies may trust their network.
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

    /// Shows what an earlier [`Allowed`](super::Allowed) came with.
    #[must_use]
    pub fn with_trusted_device(mut self, token: SecretText) -> Self {
        self.trusted_device_token = Some(token);
        self
    }

    /// Says that the program can show a code for a Verified Duo Push.
    #[must_use]
    pub const fn with_verified_push(mut self) -> Self {
        self.verified_push = true;
        self
    }
}

#[derive(Deserialize)]
struct Wire {
    result: Box<str>,
    #[serde(default)]
    status_msg: StatusMessage,
    #[serde(default, deserialize_with = "null_as_default")]
    devices: Vec<Device>,
    #[serde(default)]
    enroll_portal_url: Option<SecretText>,
    #[serde(default)]
    txid: Option<Txid>,
    #[serde(default)]
    verification_code: Option<SecretText>,
    #[serde(default)]
    expiration: Option<UnixSeconds>,
}

impl Call for Preauth {
    type Output = PreauthOutcome;

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let address = self.address.map(|address| address.to_string());
        let token = self.trusted_device_token.as_ref().map(SecretText::expose);
        let params = self
            .user
            .add_to(Params::new())
            .with_some("ipaddr", address.as_deref())
            .with_some("hostname", self.hostname.as_deref())
            .with_some("trusted_device_token", token)
            .with_some("client_supports_verified_push", self.verified_push.then_some("1"));
        application.sign(Method::POST, "/auth/v2/preauth", &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<PreauthOutcome, ReplyError> {
        let wire: Wire = reply::read(reply, Self::MAX_REPLY_BYTES)?;
        let message = wire.status_msg;
        match &*wire.result {
            "auth" => {
                let verified_push = wire.txid.zip(wire.verification_code).zip(wire.expiration);
                let verified_push = verified_push.map(|((txid, code), expires)| VerifiedPush {
                    txid,
                    code,
                    expires,
                });
                let devices = wire.devices;
                Ok(PreauthOutcome::Challenge(PreauthChallenge { devices, verified_push, message }))
            }
            "allow" => Ok(PreauthOutcome::Allowed(message)),
            "deny" => Ok(PreauthOutcome::Denied(message)),
            "enroll" => {
                let missing = ReplyError::Malformed { line: 0, column: 0 };
                let portal_url = wire.enroll_portal_url.ok_or(missing)?;
                Ok(PreauthOutcome::Enroll { portal_url, message })
            }
            _ => Err(ReplyError::UnknownResult),
        }
    }
}

impl BeforeChallenge for Preauth {}
