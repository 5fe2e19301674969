//! What whoever runs a portal decides about signing in. The default is strict.

use upheld_cookies::policy::Jurisdiction;
use upheld_second_factor::Policy;
use upheld_totp::Digits;

use crate::duo::DuoSettings;
use crate::password::PasswordSettings;
use crate::site::PublicUrl;

/// Two weeks: a holiday, or a letter that is found late.
const DEFAULT_CLOSING_DAYS: u8 = 14;

/// How people get in, and where the portal is. The default is strict.
#[derive(Clone, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "settings are written out by whoever runs the portal"
)]
pub struct Settings {
    /// Where people find the portal. Links in e-mails begin with it; no request decides about it.
    pub public_url: PublicUrl,
    /// How passwords are hashed.
    pub password: PasswordSettings,
    /// The rules for second factors.
    pub second_factor: Policy,
    /// Whether a code sent by e-mail counts as a second factor. Whoever reads the mail of a
    /// person can reset the password as well, so this makes one factor of two.
    pub email_codes: bool,
    /// Whether a person may have a browser remembered, in which the second factor is not asked
    /// for, and for how long at most.
    pub remembered_browsers: Option<RememberedDays>,
    /// Whether people may confirm with Duo, and at which account of Duo's.
    pub duo: Option<DuoSettings>,
    /// How many days a person who closes their account has to change their mind, up to 60.
    pub closing_days: u8,
    /// Whose law about cookies applies to visitors; `None` is the strictest.
    pub jurisdiction: Option<Jurisdiction>,
    /// Whether public pages have an advertisement, of an advertiser that is made up: for trying out
    /// alone.
    pub demonstration_advert: bool,
}

impl Settings {
    /// The strict settings of a portal at `public_url`.
    #[must_use]
    pub fn at(public_url: PublicUrl) -> Self {
        // Messages lie about in mailboxes: their codes are longer.
        let second_factor = Policy { message_digits: Digits::Eight, ..Policy::default() };
        Self {
            public_url,
            password: PasswordSettings::default(),
            second_factor,
            email_codes: false,
            remembered_browsers: None,
            duo: None,
            closing_days: DEFAULT_CLOSING_DAYS,
            jurisdiction: None,
            demonstration_advert: false,
        }
    }
}

/// A number of days from 1 to 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RememberedDays(u8);

impl RememberedDays {
    /// The most there are.
    pub const MAX: u8 = 30;

    /// `None` for 0 and for more than [`RememberedDays::MAX`].
    #[must_use]
    pub fn new(days: u8) -> Option<Self> {
        (1..=Self::MAX).contains(&days).then_some(Self(days))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }

    pub(crate) fn as_seconds(self) -> i64 {
        i64::from(self.0).saturating_mul(24 * 60 * 60)
    }
}
