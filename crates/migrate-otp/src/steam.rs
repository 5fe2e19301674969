//! Steam Guard codes: five characters every 30 seconds, neither HOTP nor TOTP.
//!
//! They are a separate type, and nothing chooses them by an issuer's name: a file says that an
//! entry is Steam's by its type, or the caller does by calling this module.
//!
//! # Source
//!
//! Valve publishes no specification. What is known and implemented alike by other programs: the
//! truncated HMAC-SHA-1 of RFC 4226 §5.3 over the 30-second step of RFC 6238, written with the 26
//! symbols below, the least significant first.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use upheld_totp::{Label, Match, Secret, Step, UnixSeconds, Window};
use zeroize::{Zeroize, Zeroizing};

use crate::SecretDocument;
use crate::wiped::TextBuffer;

const SYMBOLS: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";
const LEN: usize = 5;
/// The number of codes there are: 26⁵.
const CODES: u32 = 11_881_376;
const PERIOD: u64 = 30;

/// A Steam Guard credential as it is moved between programs.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "everything else about Steam Guard is fixed")]
pub struct SteamAccount {
    /// Who issued the credential, and for which account.
    pub label: Label,
    /// The shared secret, 20 bytes as Steam issues it.
    pub secret: Secret,
}

impl SteamAccount {
    /// The credential keyed to show or match codes.
    #[must_use]
    pub fn guard(&self) -> SteamGuard {
        SteamGuard::new(&self.secret)
    }
}

/// A Steam Guard credential, keyed and ready.
///
/// Holds the key absorbed into HMAC and wipes it on drop. The `hmac` crate leaves an unwiped
/// copy of the padded key on the stack when the credential is keyed.
///
/// ```
/// use upheld_migrate_otp::steam::{SteamCode, SteamGuard};
/// use upheld_totp::{Match, Secret, Step, UnixSeconds, Window};
///
/// let guard = SteamGuard::new(&Secret::from_base32_allowing_weak("BASE32SECRET3232")?);
/// assert_eq!(guard.code_at(UnixSeconds(30)).to_text().expose(), "YKKK4");
///
/// let typed = SteamCode::parse("ykkk4")?;
/// let found = guard.find(&typed, UnixSeconds(60), Window::default(), None);
/// assert_eq!(found, Match::Unused { step: Step(1), offset: -1 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SteamGuard(Hmac<Sha1>);

impl fmt::Debug for SteamGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SteamGuard([redacted])")
    }
}

impl SteamGuard {
    /// Keys a credential.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self(keyed(secret.expose()))
    }

    /// The step that `now` falls into.
    #[must_use]
    pub const fn step_at(&self, now: UnixSeconds) -> Step {
        Step(now.0 / PERIOD)
    }

    /// When `step` begins and its code appears; the last moment there is, if it is later still.
    #[must_use]
    pub const fn start_of(&self, step: Step) -> UnixSeconds {
        UnixSeconds(step.0.saturating_mul(PERIOD))
    }

    /// The code of `step`.
    #[must_use]
    pub fn code(&self, step: Step) -> SteamCode {
        SteamCode { value: self.value(step) }
    }

    /// The code at `now`: what the Steam app shows.
    #[must_use]
    pub fn code_at(&self, now: UnixSeconds) -> SteamCode {
        self.code(self.step_at(now))
    }

    /// Finds the step in `window` around `now` whose code is `code`.
    ///
    /// The arguments, the rules and what to do with the result are those of
    /// [`upheld_totp::Totp::find`]: every step is compared, the newest unused one is taken, and a
    /// match is not an acceptance until the step was stored. With `n` steps in the window one
    /// guess succeeds with probability `n / 11_881_376`.
    //= RFC 6238 §5.2: a code is accepted at most once
    pub fn find(
        &self,
        code: &SteamCode,
        now: UnixSeconds,
        window: Window,
        last_used: Option<Step>,
    ) -> Match {
        let (behind, ahead): (u8, u8) = window.into();
        let current = self.step_at(now).0;
        let oldest = current.saturating_sub(behind.into());
        let newest = current.saturating_add(ahead.into());
        let (mut unused, mut used) = ((0, Choice::from(0)), (0, Choice::from(0)));
        for step in oldest..=newest {
            let seen = if last_used < Some(Step(step)) { &mut unused } else { &mut used };
            let matched = code.value.ct_eq(&self.value(Step(step)));
            seen.0.conditional_assign(&step, matched);
            seen.1 |= matched;
        }
        match (unused, used) {
            ((step, any), _) if any.into() => {
                let offset = step.wrapping_sub(current).cast_signed();
                Match::Unused { step: Step(step), offset: i8::try_from(offset).unwrap_or_default() }
            }
            (_, (step, any)) if any.into() => Match::Used { step: Step(step) },
            _ => Match::Wrong,
        }
    }

    /// The number that the five symbols of `step` write in base 26.
    //= RFC 4226 §5.3: the last byte's low half is the offset of four bytes without their top bit
    fn value(&self, step: Step) -> u32 {
        let mut mac = self.0.clone();
        mac.update(&step.0.to_be_bytes());
        let digest = Zeroizing::new(<[u8; 20]>::from(mac.finalize().into_bytes()));
        let offset = digest.last().copied().unwrap_or_default() & 0x0f;
        let mut bits = 0_u32;
        // Every window of four bytes is looked at, so that no address depends on the offset.
        for (at, bytes) in (0_u8..).zip(digest.windows(4)) {
            let word = bytes.iter().fold(0, |word, byte| word << 8 | u32::from(*byte));
            bits.conditional_assign(&word, at.ct_eq(&offset));
        }
        (bits & 0x7fff_ffff) % CODES
    }
}

/// Keys HMAC-SHA-1.
pub(crate) fn keyed(key: &[u8]) -> Hmac<Sha1> {
    #[expect(clippy::expect_used, reason = "RFC 2104 §2: a key of any length is a key")]
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

/// A Steam Guard code: five of the symbols `23456789BCDFGHJKMNPQRTVWXY`.
///
/// A secret while it lasts: `Debug` prints `[redacted]`, `==` takes the same time wherever two
/// codes differ, and the value is wiped on drop.
pub struct SteamCode {
    value: u32,
}

impl SteamCode {
    /// Reads a code as a person typed it, in upper or lower case.
    ///
    /// # Errors
    ///
    /// [`SteamCodeError`], which carries a position or a count.
    pub fn parse(text: &str) -> Result<Self, SteamCodeError> {
        let mut code = Self { value: 0 };
        let mut place = 1_u32;
        let mut count = 0_usize;
        for (at, symbol) in text.bytes().enumerate().take(LEN.saturating_add(1)) {
            let symbol = symbol.to_ascii_uppercase();
            let (mut digit, mut known) = (0_u32, Choice::from(0));
            for (value, candidate) in (0_u32..).zip(SYMBOLS) {
                let matched = symbol.ct_eq(candidate);
                digit.conditional_assign(&value, matched);
                known |= matched;
            }
            if !bool::from(known) {
                return Err(SteamCodeError::Symbol { at });
            }
            code.value = code.value.wrapping_add(digit.wrapping_mul(place));
            place = place.wrapping_mul(26);
            count = count.saturating_add(1);
        }
        if count != LEN {
            return Err(SteamCodeError::Length { symbols: count });
        }
        Ok(code)
    }

    /// Writes the five symbols, for the person to read.
    #[must_use]
    pub fn to_text(&self) -> SecretDocument {
        let mut text = TextBuffer::with_capacity(LEN);
        let mut rest = Zeroizing::new(self.value);
        for _ in 0..LEN {
            let mut symbol = 0_u8;
            for (value, candidate) in (0_u32..).zip(SYMBOLS) {
                symbol.conditional_assign(candidate, value.ct_eq(&(*rest % 26)));
            }
            text.push_char(symbol.into());
            *rest /= 26;
        }
        text.into_document()
    }
}

impl fmt::Debug for SteamCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SteamCode([redacted])")
    }
}

/// Compares in constant time.
impl PartialEq for SteamCode {
    fn eq(&self, other: &Self) -> bool {
        self.value.ct_eq(&other.value).into()
    }
}

impl Eq for SteamCode {}

impl Drop for SteamCode {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

/// Why a text is not a [`SteamCode`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SteamCodeError {
    /// A symbol that no code has.
    #[error("byte {at} is not one of the symbols 23456789BCDFGHJKMNPQRTVWXY")]
    Symbol {
        /// Offset in bytes.
        at: usize,
    },
    /// Too few or too many symbols. Counting stops at six.
    #[error("{symbols} symbols; a Steam Guard code has 5")]
    Length {
        /// The number of symbols, at most 6.
        symbols: usize,
    },
}
