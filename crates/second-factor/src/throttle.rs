//! How often may be guessed: arithmetic on what a store remembers of an account's failures.
//!
//! Nothing here reads a clock or stores anything. A store loads [`Failures`], asks
//! [`Throttle::charge`], and writes what it answers, all in one atomic step.

use upheld_totp::{Digits, UnixSeconds};

/// The chance that one guess is right, in hundred-millionths: a 6-digit code is 100 of them.
///
/// Eight digits, the longest code there is, make the unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "every number of hundred-millionths is a chance")]
pub struct Chance(pub u32);

impl Chance {
    /// What cannot be guessed: 112 bits and more.
    pub const NONE: Self = Self(0);

    /// The chance of one guess that is right for any of `candidates` codes.
    #[must_use]
    pub fn of_codes(candidates: u32, digits: Digits) -> Self {
        let of_one: u32 = match digits {
            Digits::Six => 100,
            Digits::Seven => 10,
            Digits::Eight => 1,
        };
        Self(candidates.saturating_mul(of_one))
    }

    /// Both chances together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The chance as a number from 0 to 1.
    #[must_use]
    pub fn as_probability(self) -> f64 {
        (f64::from(self.0) / 1e8).min(1.0)
    }
}

/// Which count an attempt goes to; each account has one of each.
///
/// One for all codes, so that a second device or another way to receive codes buys no further
/// guesses; one for recovery codes, so that whoever guesses at codes does not bar the way of
/// somebody with a recovery code; one for messages sent, so that nobody is flooded with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a store keeps a row for each of the three")]
pub enum Budget {
    /// Codes of apps, tokens and messages: short enough to be guessed.
    Code,
    /// Recovery codes: too long to be guessed.
    Recovery,
    /// Messages with codes.
    Delivery,
}

impl Budget {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Code, Self::Recovery, Self::Delivery];
}

/// What a store remembers of an account's failures since the last success, for one [`Budget`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the columns of a row")]
pub struct Failures {
    /// Attempts that were charged and not accepted.
    pub count: u32,
    /// The chances of those attempts, added up.
    pub guessed: Chance,
    /// When the next attempt may come; 0 if it need not wait.
    pub locked_until: UnixSeconds,
}

/// What becomes of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "an attempt that is not charged must not be evaluated"]
#[expect(clippy::exhaustive_enums, reason = "a store must act on each of the three")]
pub enum Decision {
    /// It may be evaluated once these are stored. It counts as failed until it is accepted.
    Charge(Failures),
    /// It comes too early, is not counted and must not be evaluated.
    Throttled {
        /// When the next one may come.
        until: UnixSeconds,
    },
    /// No attempt may be evaluated until somebody with authority sets the failures back.
    Disabled,
}

/// How many attempts are free, how long the next ones have to wait, and when it is enough.
///
/// The default: five attempts at once, then 32 seconds, doubled each time up to 15 minutes, and
/// no more after 100 consecutive failures or when guessing would have succeeded with a
/// probability of 3·10⁻⁴, whichever is first.
///
/// ```
/// use upheld_second_factor::{Chance, Decision, Failures, Throttle};
/// use upheld_totp::{Digits, UnixSeconds};
///
/// let throttle = Throttle::default();
/// let chance = Chance::of_codes(3, Digits::Six);
/// let mut failures = Failures::default();
/// let now = UnixSeconds(1_750_000_000);
/// for _ in 0..5 {
///     let Decision::Charge(charged) = throttle.charge(failures, chance, now) else { panic!() };
///     failures = charged;
/// }
/// let sixth = throttle.charge(failures, chance, now);
/// assert_eq!(sixth, Decision::Throttled { until: UnixSeconds(1_750_000_032) });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Throttle {
    free: u32,
    first_wait: u32,
    longest_wait: u32,
    cap: u32,
    ceiling: Chance,
}

/// The clocks of two servers may be this many seconds apart.
const SKEW_SECONDS: u64 = 60;

impl Throttle {
    /// The most consecutive failures of any throttle.
    //= NIST SP 800-63B §5.2.2: no more than 100 consecutive failed attempts on an account
    pub const MAX_CAP: u32 = 100;
    /// The most that guessing may achieve under any throttle: once in a thousand.
    pub const MAX_CEILING: Chance = Chance(100_000);
    /// The longest wait of any throttle, in seconds: a day.
    pub const MAX_WAIT_SECONDS: u32 = 24 * 60 * 60;

    /// Replaces how many attempts come before the first wait: 1 to 10.
    ///
    /// # Errors
    ///
    /// [`ThrottleError::Free`].
    pub fn with_free_attempts(self, free: u32) -> Result<Self, ThrottleError> {
        if !(1..=10).contains(&free) {
            return Err(ThrottleError::Free { attempts: free });
        }
        Ok(Self { free, ..self })
    }

    /// Replaces the first wait and the longest, in seconds; each wait is twice the one before.
    ///
    /// # Errors
    ///
    /// [`ThrottleError::Wait`] unless `1 <= first <= longest <= MAX_WAIT_SECONDS`.
    pub fn with_waits(self, first: u32, longest: u32) -> Result<Self, ThrottleError> {
        if first == 0 || first > longest || longest > Self::MAX_WAIT_SECONDS {
            return Err(ThrottleError::Wait { first, longest });
        }
        Ok(Self { first_wait: first, longest_wait: longest, ..self })
    }

    /// Replaces how many consecutive failures are enough: 1 to [`Throttle::MAX_CAP`].
    ///
    /// # Errors
    ///
    /// [`ThrottleError::Cap`].
    pub fn with_cap(self, cap: u32) -> Result<Self, ThrottleError> {
        if !(1..=Self::MAX_CAP).contains(&cap) {
            return Err(ThrottleError::Cap { failures: cap });
        }
        Ok(Self { cap, ..self })
    }

    /// Replaces what guessing may achieve between two successes: up to
    /// [`Throttle::MAX_CEILING`].
    ///
    /// # Errors
    ///
    /// [`ThrottleError::Ceiling`].
    pub fn with_ceiling(self, ceiling: Chance) -> Result<Self, ThrottleError> {
        if ceiling == Chance::NONE || ceiling > Self::MAX_CEILING {
            return Err(ThrottleError::Ceiling { ceiling });
        }
        Ok(Self { ceiling, ..self })
    }

    /// Decides about an attempt that would be right with probability `chance`.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `before` | what is stored for the account and the budget |
    /// | `chance` | of all codes that the attempt will be compared with |
    /// | `now` | seconds since the Unix epoch, UTC |
    ///
    /// What cannot be guessed ([`Chance::NONE`]) is made to wait, and never disabled.
    ///
    /// A lock that ends later than any lock could was written by a clock that has been set back
    /// since; it does not count. Attempts go on being counted.
    ///
    /// # Source
    ///
    /// RFC 4226 §7.3 (throttling at the server), NIST SP 800-63B §5.2.2.
    //= RFC 4226 §7.3: attempts are limited, and the limit holds across sessions
    pub fn charge(&self, before: Failures, chance: Chance, now: UnixSeconds) -> Decision {
        let guessed = before.guessed.plus(chance);
        if chance > Chance::NONE && (before.count >= self.cap || guessed > self.ceiling) {
            return Decision::Disabled;
        }
        let latest_end =
            now.0.saturating_add(u64::from(self.longest_wait)).saturating_add(SKEW_SECONDS);
        let end = before.locked_until;
        if now < end && end.0 <= latest_end {
            return Decision::Throttled { until: end };
        }
        let count = before.count.saturating_add(1);
        let locked_until = match self.wait_seconds(count) {
            0 => UnixSeconds::default(),
            wait => UnixSeconds(now.0.saturating_add(wait.into())),
        };
        Decision::Charge(Failures { count, guessed, locked_until })
    }

    /// How long the next attempt has to wait after `failures`, in seconds.
    #[must_use]
    pub fn wait_seconds(&self, failures: u32) -> u32 {
        let Some(doublings) = failures.checked_sub(self.free) else { return 0 };
        let wait = u64::from(self.first_wait).checked_shl(doublings.min(31)).unwrap_or(u64::MAX);
        u32::try_from(wait).map_or(self.longest_wait, |wait| wait.min(self.longest_wait))
    }

    /// The most attempts within a day, all failing, each right with probability `chance`.
    #[must_use]
    pub fn attempts_per_day(&self, chance: Chance) -> u32 {
        let mut failures = Failures::default();
        let mut now = UnixSeconds(0);
        while now.0 < 24 * 60 * 60 {
            match self.charge(failures, chance, now) {
                Decision::Charge(charged) => failures = charged,
                Decision::Throttled { until } => now = until,
                Decision::Disabled => break,
            }
        }
        failures.count
    }

    /// What guessing may achieve between two successes, whatever the codes.
    #[must_use]
    pub const fn ceiling(&self) -> Chance {
        self.ceiling
    }
}

impl Throttle {
    /// The default for messages: three at once, then one after a minute, two minutes, up to an
    /// hour.
    #[must_use]
    pub const fn of_deliveries() -> Self {
        Self {
            free: 3,
            first_wait: 60,
            longest_wait: 60 * 60,
            cap: Self::MAX_CAP,
            ceiling: Self::MAX_CEILING,
        }
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            free: 5,
            first_wait: 32,
            longest_wait: 15 * 60,
            cap: Self::MAX_CAP,
            ceiling: Chance(30_000),
        }
    }
}

/// Why a throttle cannot be as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThrottleError {
    /// None, or so many that throttling starts too late.
    #[error("{attempts} free attempts; 1 to 10 are allowed")]
    Free {
        /// What was asked for.
        attempts: u32,
    },
    /// No wait, waits that shrink, or one of more than a day.
    #[error("waits of {first} to {longest} seconds; 1 ≤ first ≤ longest ≤ 86400 is allowed")]
    Wait {
        /// The first wait asked for, in seconds.
        first: u32,
        /// The longest wait asked for, in seconds.
        longest: u32,
    },
    /// None, or more than the standard allows.
    #[error("{failures} consecutive failures; 1 to 100 are allowed")]
    Cap {
        /// What was asked for.
        failures: u32,
    },
    /// None, or more than once in a thousand.
    #[error("guessing may succeed {} times in 10^8; 1 to 100000 are allowed", .ceiling.0)]
    Ceiling {
        /// What was asked for.
        ceiling: Chance,
    },
}

#[cfg(test)]
mod tests {
    use super::{Chance, Throttle};

    #[test]
    fn t12_waits_double_from_the_fifth_failure_and_stop_at_a_quarter_of_an_hour() {
        let throttle = Throttle::default();
        let waits: Vec<u32> = (1..=11).map(|failures| throttle.wait_seconds(failures)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 32, 64, 128, 256, 512, 900, 900]);
        for failures in [12, 31, 36, 37, 63, 64, 65, 1000, u32::MAX] {
            assert_eq!(throttle.wait_seconds(failures), 900, "{failures}");
        }
    }

    #[test]
    fn a_day_of_waiting_ends_at_the_cap() {
        // 5 at once, then after 32, 64, 128, 256 and 512 s, then every 900 s: 104 by the waits.
        assert_eq!(Throttle::default().attempts_per_day(Chance::NONE), 104);
        assert_eq!(Throttle::default().attempts_per_day(Chance(1)), 100);
        assert_eq!(Throttle::default().attempts_per_day(Chance(300)), 100);
        assert_eq!(Throttle::default().attempts_per_day(Chance(1_100)), 27);
        assert_eq!(Throttle::default().attempts_per_day(Chance(30_001)), 0);
    }
}
