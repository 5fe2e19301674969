//! How a person is asked.

use std::fmt;

use zeroize::Zeroizing;

use super::{DeviceId, Txid};
use crate::Params;
use crate::params::encode;

/// How a person is asked, and what for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Factor {
    /// By what Duo thinks best on a device.
    Auto(Target, PushText),
    /// By a push to Duo Mobile.
    Push(Target, PushText),
    /// By a call, which the person answers with a key.
    Phone(Target),
    /// Not at all: a text message with passcodes is sent, which is answered by
    /// [`AuthOutcome::PasscodesSent`](super::AuthOutcome::PasscodesSent).
    Sms(Target),
    /// By what they entered already.
    Passcode(Passcode),
}

/// On which device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "Duo takes one of these two")]
pub enum Target {
    /// The first one that can.
    #[default]
    Any,
    /// This one.
    Device(DeviceId),
}

/// What a push shows beside the application's name.
#[derive(Clone, Debug, Default)]
pub struct PushText {
    kind: Option<Box<str>>,
    display_username: Option<Box<str>>,
    info: Option<PushInfo>,
    verified: Option<Txid>,
}

/// Lines of a push: names and values, in this order.
#[derive(Clone, PartialEq, Eq)]
pub struct PushInfo(String);

/// Why some lines are not a [`PushInfo`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes of push information once encoded; Duo takes fewer than {limit}")]
#[non_exhaustive]
pub struct PushInfoError {
    /// How many there are.
    pub bytes: usize,
    /// The limit.
    pub limit: usize,
}

/// What a person entered: a code of Duo Mobile, of a text message, of a hardware token or YubiKey,
/// or a bypass code.
///
/// `Debug` prints `[redacted]`; wiped on drop.
#[derive(Clone)]
pub struct Passcode(Zeroizing<String>);

/// Why a text is no [`Passcode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasscodeError {
    /// Nothing, or more than any token writes.
    #[error("{characters} letters and digits; a passcode has 1 to {}", Passcode::MAX_LENGTH)]
    Length {
        /// How many there were, spaces and dashes not counted.
        characters: usize,
    },
    /// Something else than ASCII letters and digits, spaces and dashes.
    #[error("character {at} is neither an ASCII letter or digit nor a space or dash")]
    Character {
        /// Which one, from 0.
        at: usize,
    },
}

impl Factor {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Auto(..) => "auto",
            Self::Push(..) => "push",
            Self::Phone(_) => "phone",
            Self::Sms(_) => "sms",
            Self::Passcode(_) => "passcode",
        }
    }

    pub(super) fn add_to(&self, params: Params) -> Params {
        let params = params.with("factor", self.name());
        match self {
            Self::Auto(target, text) | Self::Push(target, text) => {
                text.add_to(params.with("device", target.as_str()))
            }
            Self::Phone(target) | Self::Sms(target) => params.with("device", target.as_str()),
            Self::Passcode(passcode) => params.with("passcode", passcode.expose()),
        }
    }
}

impl Target {
    fn as_str(&self) -> &str {
        match self {
            Self::Any => "auto",
            Self::Device(id) => id.as_str(),
        }
    }
}

impl PushText {
    /// Calls the request something else than a login: "Duo Push will show `Transfer` request".
    #[must_use]
    pub fn of_kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Shows another name than that under which the person is known to Duo.
    #[must_use]
    pub fn with_display_username(mut self, name: &str) -> Self {
        self.display_username = Some(name.into());
        self
    }

    /// Adds lines.
    #[must_use]
    pub fn with_info(mut self, info: PushInfo) -> Self {
        self.info = Some(info);
        self
    }

    /// Makes it a Verified Duo Push: the person types the code that
    /// [`Preauth`](super::Preauth) came with.
    #[must_use]
    pub fn verified_by(mut self, txid: Txid) -> Self {
        self.verified = Some(txid);
        self
    }

    fn add_to(&self, params: Params) -> Params {
        params
            .with_some("type", self.kind.as_deref())
            .with_some("display_username", self.display_username.as_deref())
            .with_some("pushinfo", self.info.as_ref().map(|info| info.0.as_str()))
            .with_some("txid", self.verified.as_ref().map(Txid::as_str))
    }
}

impl PushInfo {
    /// Duo takes fewer bytes than this, once they are encoded.
    pub const LIMIT: usize = 20_000;

    /// Takes lines over.
    ///
    /// # Errors
    ///
    /// [`PushInfoError`] when they are too long.
    pub fn from_lines<'a>(
        lines: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, PushInfoError> {
        let pair = |(name, value)| [encode(name), encode(value)].join("=");
        let text = lines.into_iter().map(pair).collect::<Vec<_>>().join("&");
        if text.len() >= Self::LIMIT {
            return Err(PushInfoError { bytes: text.len(), limit: Self::LIMIT });
        }
        Ok(Self(text))
    }
}

impl fmt::Debug for PushInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PushInfo({} bytes)", self.0.len())
    }
}

impl Passcode {
    /// The most letters and digits. A YubiKey writes 44.
    pub const MAX_LENGTH: usize = 64;

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    /// Reads a passcode as a person typed it, with spaces and dashes or without.
    ///
    /// # Errors
    ///
    /// [`PasscodeError`], without the text.
    pub fn parse(text: &str) -> Result<Self, PasscodeError> {
        let mut code = Zeroizing::new(String::with_capacity(Self::MAX_LENGTH));
        let mut characters = 0_usize;
        for (at, character) in text.chars().enumerate() {
            match character {
                ' ' | '-' => {}
                _ if character.is_ascii_alphanumeric() => {
                    characters = characters.saturating_add(1);
                    if characters <= Self::MAX_LENGTH {
                        code.push(character);
                    }
                }
                _ => return Err(PasscodeError::Character { at }),
            }
        }
        if (1..=Self::MAX_LENGTH).contains(&characters) {
            Ok(Self(code))
        } else {
            Err(PasscodeError::Length { characters })
        }
    }
}

impl fmt::Debug for Passcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
