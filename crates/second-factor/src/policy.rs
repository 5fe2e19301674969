//! What an application decides once: windows, waits and lifetimes, as data.

use upheld_totp::{Digits, Window};

use crate::{Chance, Throttle};

/// The rules under which codes are accepted. The default is strict and fits most applications.
///
/// ```
/// use upheld_second_factor::Policy;
/// use upheld_totp::Window;
///
/// let as_asvs_6_5_5 = Policy { window: Window::EXACT, ..Policy::default() };
/// assert!(as_asvs_6_5_5.guess_probability_per_day() <= 3e-4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a policy is written out by the application")]
pub struct Policy {
    /// How far an app's clock may be off: one step either way, unless changed. A code then lives
    /// for a minute and a half; ASVS 5.0 §6.5.5 asks for 30 seconds, which is [`Window::EXACT`].
    pub window: Window,
    /// How many presses of a hardware token may have been for nothing: 10 unless changed.
    pub look_ahead: u8,
    /// Within how many presses two consecutive codes bring a token back: 1000 unless changed.
    pub resynchronization: u16,
    /// Limits guessing at codes of every kind, and attempts at recovery codes.
    pub throttle: Throttle,
    /// Limits messages: three at once, then one after a minute, two minutes, up to an hour.
    pub deliveries: Throttle,
    /// The length of codes in messages: 6 digits unless changed.
    pub message_digits: Digits,
    /// How long a code in a message is good for.
    pub message_lifetime: MessageLifetime,
}

impl Policy {
    /// The chance that somebody who guesses all day gets in, whatever authenticators the account
    /// has: at most 3·10⁻⁴ by default.
    ///
    /// Assumes that the guesser has the password, and that the owner does not sign in meanwhile;
    /// each success of the owner's starts the count anew.
    #[must_use]
    pub fn guess_probability_per_day(&self) -> f64 {
        self.throttle.ceiling().as_probability()
    }

    /// The chance of one guess against a time-based credential.
    #[must_use]
    pub fn chance_of_totp(&self, digits: Digits) -> Chance {
        let (behind, ahead) = self.window.into();
        let steps = u32::from(behind).saturating_add(ahead.into()).saturating_add(1);
        Chance::of_codes(steps, digits)
    }

    /// The chance of one guess against a counter-based credential.
    #[must_use]
    pub fn chance_of_hotp(&self, digits: Digits) -> Chance {
        Chance::of_codes(u32::from(self.look_ahead).saturating_add(1), digits)
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            window: Window::default(),
            look_ahead: 10,
            resynchronization: 1000,
            throttle: Throttle::default(),
            deliveries: Throttle::of_deliveries(),
            message_digits: Digits::Six,
            message_lifetime: MessageLifetime::default(),
        }
    }
}

/// How long a code in a message is good for, in seconds: 1 to 600.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageLifetime(u32);

impl MessageLifetime {
    /// Ten minutes.
    //= NIST SP 800-63B §5.1.3.2: an out-of-band secret is valid for at most 10 minutes
    pub const MAX_SECONDS: u32 = 600;

    /// A lifetime of `seconds`; `None` for zero and for more than ten minutes.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        (1..=Self::MAX_SECONDS).contains(&seconds).then_some(Self(seconds))
    }

    /// The lifetime in seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u32 {
        self.0
    }
}

impl Default for MessageLifetime {
    fn default() -> Self {
        Self(Self::MAX_SECONDS)
    }
}
