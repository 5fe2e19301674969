//! Hardware tokens.

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use crate::auth::{DeviceId, Passcode};
use crate::open::open_enum;
use crate::params::encode;
use crate::reply;
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, SecretText, UnixSeconds};

/// Names a token: the Auth API calls it by the same name.
pub type TokenId = DeviceId;

/// A hardware token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Token {
    /// Its name at Duo.
    pub token_id: TokenId,
    /// What is printed on it.
    pub serial: String,
    /// What kind it is.
    #[serde(rename = "type")]
    pub kind: TokenType,
    /// The period of a time-based one, in seconds.
    #[serde(default)]
    pub totp_step: Option<u32>,
}

open_enum! {
    /// What kind of token it is.
    TokenType {
        /// Counter-based, six digits: RFC 4226.
        Hotp6 = "h6",
        /// Counter-based, eight digits: RFC 4226.
        Hotp8 = "h8",
        /// Time-based, six digits: RFC 6238.
        Totp6 = "t6",
        /// Time-based, eight digits: RFC 6238.
        Totp8 = "t8",
        /// A YubiKey with Yubico's own passcodes.
        Yubikey = "yk",
        /// A Duo D-100, which Duo knows already.
        D100 = "d1",
    }
}

/// What a token to be made has inside. Secrets are hexadecimal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NewToken {
    /// Counter-based.
    Hotp {
        /// Whether it shows eight digits instead of six.
        eight_digits: bool,
        /// The key.
        secret: SecretText,
        /// The next counter.
        counter: u64,
    },
    /// Time-based.
    Totp {
        /// Whether it shows eight digits instead of six.
        eight_digits: bool,
        /// The key.
        secret: SecretText,
        /// The period in seconds, usually 30 or 60.
        step: u32,
    },
    /// A YubiKey.
    Yubikey {
        /// The private identity: 12 hexadecimal digits.
        private_id: SecretText,
        /// The key: 32 hexadecimal digits.
        aes_key: SecretText,
    },
}

/// Makes a token known to Duo. It belongs to nobody until it is attached.
#[derive(Clone, Debug)]
pub struct CreateToken {
    serial: Box<str>,
    inside: NewToken,
}

/// Brings a counter-based token back that ran ahead, by three codes in a row.
#[derive(Clone, Debug)]
pub struct ResyncToken {
    token: TokenId,
    codes: [Passcode; 3],
}

impl CreateToken {
    /// A token with this serial number, which has at most 128 characters.
    #[must_use]
    pub fn new(serial: &str, inside: NewToken) -> Self {
        Self { serial: serial.into(), inside }
    }
}

impl ResyncToken {
    /// Three codes that the token showed one after the other.
    #[must_use]
    pub const fn new(token: TokenId, codes: [Passcode; 3]) -> Self {
        Self { token, codes }
    }
}

impl NewToken {
    const fn kind(&self) -> TokenType {
        match self {
            Self::Hotp { eight_digits: false, .. } => TokenType::Hotp6,
            Self::Hotp { eight_digits: true, .. } => TokenType::Hotp8,
            Self::Totp { eight_digits: false, .. } => TokenType::Totp6,
            Self::Totp { eight_digits: true, .. } => TokenType::Totp8,
            Self::Yubikey { .. } => TokenType::Yubikey,
        }
    }

    fn add_to(&self, params: Params) -> Params {
        let params = params.with("type", self.kind().as_str());
        match self {
            Self::Hotp { secret, counter, .. } => {
                params.with("secret", secret.expose()).with("counter", &counter.to_string())
            }
            Self::Totp { secret, step, .. } => {
                params.with("secret", secret.expose()).with("totp_step", &step.to_string())
            }
            Self::Yubikey { private_id, aes_key } => {
                params.with("private_id", private_id.expose()).with("aes_key", aes_key.expose())
            }
        }
    }
}

impl Call for CreateToken {
    type Output = Token;

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let params = self.inside.add_to(Params::new().with("serial", &self.serial));
        application.sign(Method::POST, "/admin/v1/tokens", &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Token, ReplyError> {
        reply::read(reply, Self::MAX_REPLY_BYTES)
    }
}

impl Call for ResyncToken {
    type Output = ();

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let mut params = Params::new();
        for (name, code) in ["code1", "code2", "code3"].iter().zip(&self.codes) {
            params.push(name, code.expose());
        }
        let path = ["/admin/v1/tokens/", &encode(self.token.as_str()), "/resync"].concat();
        application.sign(Method::POST, &path, &params, now)
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
