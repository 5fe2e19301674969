//! What is collected.

use super::word::Word;

/// What is collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DataKind {
    /// `ip-address`.
    IpAddress,
    /// `cookie-id`: an identifier kept in a cookie or the like.
    CookieId,
    /// `device-id`.
    DeviceId,
    /// `device-characteristics`: kind of device and browser.
    DeviceCharacteristics,
    /// `probabilistic-id`: an identifier computed from characteristics.
    ProbabilisticId,
    /// `account-id`: who is signed in.
    AccountId,
    /// `web-activity`: pages seen and what was done there.
    WebActivity,
    /// `user-provided`: what a person typed.
    UserProvided,
    /// `approximate-location`.
    ApproximateLocation,
    /// `precise-location`.
    PreciseLocation,
    /// `profile`: what is concluded of a person.
    Profile,
    /// `privacy-choice`: what was agreed to or refused.
    PrivacyChoice,
    /// `preference`: language, colours and the like.
    Preference,
    /// `security-token`: a random value against forgery.
    SecurityToken,
    /// `diagnostics`: faults and how fast pages are.
    Diagnostics,
}

impl DataKind {
    /// The word for it in a policy file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::IpAddress => "IP address",
            Self::CookieId => "cookie identifier",
            Self::DeviceId => "device identifier",
            Self::DeviceCharacteristics => "kind of device and browser",
            Self::ProbabilisticId => "identifier computed from the device",
            Self::AccountId => "account",
            Self::WebActivity => "website activity",
            Self::UserProvided => "what you type",
            Self::ApproximateLocation => "approximate location",
            Self::PreciseLocation => "precise location",
            Self::Profile => "profile",
            Self::PrivacyChoice => "your privacy choices",
            Self::Preference => "your preferences",
            Self::SecurityToken => "random value for security",
            Self::Diagnostics => "faults and loading times",
        }
    }

    /// The data category of the IAB's Global Vendor List, 1 to 11.
    #[must_use]
    pub const fn tcf(self) -> Option<u8> {
        match self {
            Self::IpAddress => Some(1),
            Self::DeviceCharacteristics => Some(2),
            Self::DeviceId | Self::CookieId => Some(3),
            Self::ProbabilisticId => Some(4),
            Self::AccountId => Some(5),
            Self::WebActivity => Some(6),
            Self::UserProvided => Some(7),
            Self::ApproximateLocation => Some(8),
            Self::PreciseLocation => Some(9),
            Self::Profile => Some(10),
            Self::PrivacyChoice => Some(11),
            Self::Preference | Self::SecurityToken | Self::Diagnostics => None,
        }
    }
}

impl Word for DataKind {
    const WHAT: &'static str = "kind of data";
    const ALL: &'static [Self] = &[
        Self::IpAddress,
        Self::CookieId,
        Self::DeviceId,
        Self::DeviceCharacteristics,
        Self::ProbabilisticId,
        Self::AccountId,
        Self::WebActivity,
        Self::UserProvided,
        Self::ApproximateLocation,
        Self::PreciseLocation,
        Self::Profile,
        Self::PrivacyChoice,
        Self::Preference,
        Self::SecurityToken,
        Self::Diagnostics,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::IpAddress => "ip-address",
            Self::CookieId => "cookie-id",
            Self::DeviceId => "device-id",
            Self::DeviceCharacteristics => "device-characteristics",
            Self::ProbabilisticId => "probabilistic-id",
            Self::AccountId => "account-id",
            Self::WebActivity => "web-activity",
            Self::UserProvided => "user-provided",
            Self::ApproximateLocation => "approximate-location",
            Self::PreciseLocation => "precise-location",
            Self::Profile => "profile",
            Self::PrivacyChoice => "privacy-choice",
            Self::Preference => "preference",
            Self::SecurityToken => "security-token",
            Self::Diagnostics => "diagnostics",
        }
    }
}
