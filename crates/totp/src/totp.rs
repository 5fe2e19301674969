//! Matching a submitted code against a time-based credential (RFC 6238), without deciding what
//! happens next.
//!
//! This module answers one question: *which step, if any, does this code belong to?* It reads no
//! clock, keeps no state and touches no storage. The caller says which step was used last and
//! stores the one found here.

use core::num::{NonZeroU32, NonZeroU64};

use crate::hotp::Latest;
use crate::{Algorithm, Code, Counter, Digits, Hotp, Secret};

/// A moment: whole seconds since 1970-01-01T00:00:00Z, from a clock you trust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "every u64 is a moment")]
pub struct UnixSeconds(pub u64);

/// The moving factor of TOTP, `T` in RFC 6238 §4.2: whole periods since `t0`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "every u64 is a step")]
pub struct Step(pub u64);

/// How long a code is shown, `X` in RFC 6238 §4.1: 1 second to 136 years, 30 seconds by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Period(NonZeroU32);

impl Period {
    /// A period of `seconds`; `None` for zero.
    #[must_use]
    pub fn from_seconds(seconds: u32) -> Option<Self> {
        NonZeroU32::new(seconds).map(Self)
    }

    /// The period in seconds.
    #[must_use]
    pub const fn as_seconds(self) -> u32 {
        self.0.get()
    }
}

//= RFC 6238 §4.1: thirty seconds unless agreed otherwise
impl Default for Period {
    fn default() -> Self {
        Self(NonZeroU32::MIN.saturating_add(29))
    }
}

/// What prover and verifier agree on beside the secret; the default is what apps assume.
///
/// ```
/// use upheld_totp::{Digits, Parameters};
///
/// let eight = Parameters { digits: Digits::Eight, ..Parameters::default() };
/// assert_eq!(eight.period.as_seconds(), 30);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::exhaustive_structs, reason = "RFC 6238 §4 has these parameters and no others")]
pub struct Parameters {
    /// The hash under the HMAC.
    pub algorithm: Algorithm,
    /// The length of a code.
    pub digits: Digits,
    /// How long a code is shown.
    pub period: Period,
    /// When step 0 began: the Unix epoch, unless a hardware token says otherwise.
    pub t0: UnixSeconds,
}

/// How many steps before and after the current one are accepted, 0 to 10 each.
///
/// RFC 6238 §5.2 recommends at most one step for the network's delay. Each step is one more code
/// an attacker may guess: with `n` steps in all, one guess at six digits succeeds with
/// probability `n / 10^6`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "(u8, u8)", into = "(u8, u8)"))]
pub struct Window {
    behind: u8,
    ahead: u8,
}

impl Window {
    /// The most steps on either side.
    pub const MAX: u8 = 10;
    /// The current step alone.
    pub const EXACT: Self = Self { behind: 0, ahead: 0 };

    /// A window of `behind` steps before the current one and `ahead` after it.
    ///
    /// # Errors
    ///
    /// [`WindowError`] when either exceeds [`Window::MAX`].
    pub fn new(behind: u8, ahead: u8) -> Result<Self, WindowError> {
        if behind.max(ahead) > Self::MAX {
            return Err(WindowError { steps: behind.max(ahead) });
        }
        Ok(Self { behind, ahead })
    }
}

/// Steps behind and ahead.
impl TryFrom<(u8, u8)> for Window {
    type Error = WindowError;

    fn try_from((behind, ahead): (u8, u8)) -> Result<Self, WindowError> {
        Self::new(behind, ahead)
    }
}

/// Steps behind and ahead.
impl From<Window> for (u8, u8) {
    fn from(window: Window) -> Self {
        (window.behind, window.ahead)
    }
}

/// A window of more than ten steps on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{steps} steps on one side; at most 10 are allowed, because every code tried may be guessed"
)]
#[non_exhaustive]
pub struct WindowError {
    /// The steps asked for on the wider side.
    pub steps: u8,
}

/// One step on either side: a minute and a half at the usual period.
impl Default for Window {
    fn default() -> Self {
        Self { behind: 1, ahead: 1 }
    }
}

/// What was found out about a submitted code.
///
/// Show the person one refusal for [`Match::Used`] and [`Match::Wrong`]: telling them apart
/// tells an attacker that a stolen code was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "a code that was found must be marked as used before anyone is let in"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on each of the three")]
pub enum Match {
    /// The code of a step that was not used yet: the newest such step in the window.
    ///
    /// Not yet an acceptance. Store `step` with a compare-and-set that succeeds only while the
    /// stored step is lower; of two requests with one code a single one may succeed.
    Unused {
        /// The step to store as used.
        step: Step,
        /// How far the prover's clock is from ours in steps: below zero when it is slow.
        offset: i8,
    },
    /// The code of a step at or before the last used one: a replay, or an overheard code.
    Used {
        /// The newest such step in the window.
        step: Step,
    },
    /// The code of no step in the window.
    Wrong,
}

/// A time-based credential, keyed and ready: RFC 6238.
///
/// Holds the key absorbed into HMAC, not the secret, and wipes it on drop.
///
/// ```
/// use upheld_totp::{Code, Match, Parameters, Secret, Step, Totp, UnixSeconds, Window};
///
/// let secret = Secret::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq")?;
/// let totp = Totp::new(&secret, Parameters::default());
/// let now = UnixSeconds(59);
///
/// let typed = Code::parse("287 082")?;
/// let found = totp.find(&typed, now, Window::default(), None);
/// assert_eq!(found, Match::Unused { step: Step(1), offset: 0 });
///
/// // Step 1 was stored; the same code comes again.
/// let again = totp.find(&typed, now, Window::default(), Some(Step(1)));
/// assert_eq!(again, Match::Used { step: Step(1) });
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
///
/// The last used step cannot be left out, and what was found cannot be dropped unseen:
///
/// ```compile_fail,E0061
/// # use upheld_totp::{Code, Totp, UnixSeconds, Window};
/// fn replayable(totp: &Totp, code: &Code, now: UnixSeconds) {
///     let _ = totp.find(code, now, Window::default());
/// }
/// ```
/// ```compile_fail
/// # use upheld_totp::{Code, Totp, UnixSeconds, Window};
/// #![deny(unused_must_use)]
/// fn forgotten(totp: &Totp, code: &Code, now: UnixSeconds) {
///     totp.find(code, now, Window::default(), None);
/// }
/// ```
#[derive(Debug)]
pub struct Totp {
    hotp: Hotp,
    period: Period,
    t0: UnixSeconds,
}

impl Totp {
    /// Keys a credential. This costs two hash compressions; each code costs two more.
    #[must_use]
    pub fn new(secret: &Secret, parameters: Parameters) -> Self {
        let Parameters { algorithm, digits, period, t0 } = parameters;
        Self { hotp: Hotp::new(secret, algorithm, digits), period, t0 }
    }

    /// The step that `now` falls into. Moments before `t0` belong to step 0.
    //= RFC 6238 §4.2: T is the number of whole periods between T0 and now, beyond 32 bits too
    #[must_use]
    pub fn step_at(&self, now: UnixSeconds) -> Step {
        Step(now.0.saturating_sub(self.t0.0) / NonZeroU64::from(self.period.0))
    }

    /// When `step` begins and its code appears; the last moment there is, if it is later still.
    #[must_use]
    pub fn start_of(&self, step: Step) -> UnixSeconds {
        let since_t0 = step.0.saturating_mul(self.period.as_seconds().into());
        UnixSeconds(self.t0.0.saturating_add(since_t0))
    }

    /// The code of `step`.
    #[must_use]
    pub fn code(&self, step: Step) -> Code {
        self.hotp.code(Counter(step.0))
    }

    /// The code at `now`: what an authenticator shows.
    #[must_use]
    pub fn code_at(&self, now: UnixSeconds) -> Code {
        self.code(self.step_at(now))
    }

    /// Finds the step in `window` around `now` whose code is `code`.
    ///
    /// | argument | unit | range |
    /// |---|---|---|
    /// | `now` | seconds since the Unix epoch, UTC | any |
    /// | `window` | steps before and after the current one | 0 to 10 each |
    /// | `last_used` | the newest step ever accepted for this credential | `None` before the first |
    ///
    /// Every step of the window is computed and compared, whichever matches: the time taken
    /// depends on `window` alone. Two steps may share a code (one pair in a million at six
    /// digits); the newest unused one is taken, so that nobody is refused a fresh code.
    ///
    /// Enrolment is a use: the step of the code that confirmed it is the first `last_used`.
    ///
    /// # Source
    ///
    /// RFC 6238 §5.2 (validation and the acceptable delay), RFC 4226 §7.2.
    //= RFC 6238 §5.2: a code is accepted at most once
    pub fn find(
        &self,
        code: &Code,
        now: UnixSeconds,
        window: Window,
        last_used: Option<Step>,
    ) -> Match {
        if code.digits() != self.hotp.digits() {
            return Match::Wrong;
        }
        let current = self.step_at(now).0;
        let oldest = current.saturating_sub(window.behind.into());
        let newest = current.saturating_add(window.ahead.into());
        let (mut unused, mut used) = (Latest::default(), Latest::default());
        for step in oldest..=newest {
            let seen = if last_used < Some(Step(step)) { &mut unused } else { &mut used };
            seen.note(step, code.is_value(self.hotp.value(step)));
        }
        match (unused.into_option(), used.into_option()) {
            (Some(step), _) => Match::Unused { step: Step(step), offset: offset(current, step) },
            (None, Some(step)) => Match::Used { step: Step(step) },
            (None, None) => Match::Wrong,
        }
    }
}

/// `step` relative to `current`; the two are at most [`Window::MAX`] apart.
fn offset(current: u64, step: u64) -> i8 {
    i8::try_from(step.wrapping_sub(current).cast_signed()).unwrap_or_default()
}
