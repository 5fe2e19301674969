//! When to try again, as data.

use std::time::Duration;

use http::HeaderMap;
use rand_core::Rng;

use crate::{Call, Failure, Repeat, UnixSeconds};

/// When a call is tried again.
///
/// The default is that of Duo's own clients, with a deadline: one second, then twice as long each
/// time up to 32, seven attempts, each wait up to a second longer by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a policy is written out by the application")]
pub struct RetryPolicy {
    /// How often the call is sent at most, the first time included.
    pub attempts: u8,
    /// The first wait.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// How much longer a wait may be by chance, so that programs do not come back all at once.
    pub jitter: Duration,
    /// How long all attempts may take together, the waits between them included. The last one is
    /// cut off: see [`Retry::time_left`]. A call that must not act twice is made again only while
    /// its whole [`Call::PATIENCE`] is left, or half of a deadline that is shorter than that.
    pub deadline: Duration,
}

/// The attempts at one call.
///
/// ```
/// use std::time::Duration;
/// use upheld_duo::auth::Ping;
/// use upheld_duo::{Failure, NextAttempt, Retry, RetryPolicy};
/// # struct Zero;
/// # impl rand_core::TryRng for Zero {
/// #     type Error = core::convert::Infallible;
/// #     fn try_next_u32(&mut self) -> Result<u32, Self::Error> { Ok(0) }
/// #     fn try_next_u64(&mut self) -> Result<u64, Self::Error> { Ok(0) }
/// #     fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Self::Error> { to.fill(0); Ok(()) }
/// # }
/// # let mut rng = Zero;
///
/// let mut retry = Retry::of(&Ping, RetryPolicy::default());
/// let elapsed = Duration::from_millis(20); // since the first attempt, by your clock
/// let next = retry.after(Failure::Timeout, None, elapsed, &mut rng);
/// assert_eq!(next, NextAttempt::After(Duration::from_secs(1)));
/// ```
#[derive(Clone, Debug)]
pub struct Retry {
    policy: RetryPolicy,
    repeat: Repeat,
    patience: Duration,
    made: u8,
    clock_was_set: bool,
}

/// What to do after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says whether to try again"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on both")]
pub enum NextAttempt {
    /// Write the request anew, after this long, and send it.
    After(Duration),
    /// Report the failure.
    GiveUp(GiveUp),
}

/// Why there is no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum GiveUp {
    /// Another would fail alike.
    Useless,
    /// Duo may have acted already, and must not act twice.
    Unclear,
    /// There were as many as the policy has.
    Attempts,
    /// The next one would not begin before the deadline, or so late that nobody would hear what
    /// came of a call that must not be made twice.
    Deadline,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 7,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(32),
            jitter: Duration::from_secs(1),
            deadline: Duration::from_secs(90),
        }
    }
}

impl RetryPolicy {
    /// One attempt.
    pub const ONCE: Self = Self {
        attempts: 1,
        first_wait: Duration::ZERO,
        longest_wait: Duration::ZERO,
        jitter: Duration::ZERO,
        deadline: Duration::MAX,
    };

    fn wait(&self, made: u8) -> Duration {
        let doublings = u32::from(made.saturating_sub(1)).min(30);
        let wait = self.first_wait.saturating_mul(2_u32.saturating_pow(doublings));
        wait.min(self.longest_wait)
    }
}

impl Retry {
    /// The attempts at `call`, of which the first is under way.
    #[must_use]
    pub const fn of<C: Call>(_call: &C, policy: RetryPolicy) -> Self {
        let patience = C::PATIENCE;
        Self { policy, repeat: C::REPEAT, patience, made: 1, clock_was_set: false }
    }

    /// Decides after a failure, `elapsed` after the first attempt began.
    ///
    /// `retry_after` is what Duo asked for; see [`retry_after`]. A wait is never shorter than that.
    pub fn after<R: Rng>(
        &mut self,
        failure: Failure,
        retry_after: Option<Duration>,
        elapsed: Duration,
        rng: &mut R,
    ) -> NextAttempt {
        if let Some(reason) = self.reason_to_stop(failure) {
            return NextAttempt::GiveUp(reason);
        }
        let wait = if failure == Failure::Clock {
            // What was wrong is known by now.
            Duration::ZERO
        } else {
            let wait = self.policy.wait(self.made).saturating_add(self.draw_jitter(rng));
            wait.max(retry_after.unwrap_or_default())
        };
        let left = self.time_left(elapsed.saturating_add(wait));
        if left.is_zero() || left < self.time_needed() {
            return NextAttempt::GiveUp(GiveUp::Deadline);
        }
        self.clock_was_set |= failure == Failure::Clock;
        self.made = self.made.saturating_add(1);
        NextAttempt::After(wait)
    }

    /// How long an attempt that begins `elapsed` after the first may take at most. Wait for its
    /// reply no longer than this, nor than [`Call::PATIENCE`].
    #[must_use]
    pub const fn time_left(&self, elapsed: Duration) -> Duration {
        self.policy.deadline.saturating_sub(elapsed)
    }

    /// How long another attempt must have. One that is cut off leaves open whether Duo has acted,
    /// which matters where it must not act twice: a phone would ring for nobody.
    fn time_needed(&self) -> Duration {
        match self.repeat {
            Repeat::Freely => Duration::ZERO,
            Repeat::AfterRefusal if self.patience <= self.policy.deadline => self.patience,
            // Not even the first attempt had as long.
            Repeat::AfterRefusal => self.policy.deadline.mul_f64(0.5),
        }
    }

    const fn reason_to_stop(&self, failure: Failure) -> Option<GiveUp> {
        match failure {
            Failure::Other => return Some(GiveUp::Useless),
            Failure::Clock if self.clock_was_set => return Some(GiveUp::Useless),
            Failure::Broken | Failure::Timeout | Failure::Unavailable { .. }
                if matches!(self.repeat, Repeat::AfterRefusal) =>
            {
                return Some(GiveUp::Unclear);
            }
            _ => {}
        }
        if self.made >= self.policy.attempts { Some(GiveUp::Attempts) } else { None }
    }

    fn draw_jitter<R: Rng>(&self, rng: &mut R) -> Duration {
        self.policy.jitter.mul_f64(f64::from(rng.next_u32()) / f64::from(u32::MAX))
    }
}

/// How long a reply that came at `now` asks to wait: `Retry-After`, or `X-Retry-After` as Duo also
/// sends it, in seconds or as a date.
///
/// # Source
///
/// [RFC 9110 §10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: UnixSeconds) -> Option<Duration> {
    let values = ["retry-after", "x-retry-after"].into_iter().filter_map(|name| headers.get(name));
    values.filter_map(|value| parse_wait(value.to_str().ok()?.trim(), now)).max()
}

//= RFC 9110 §10.2.3: a number of seconds or an HTTP date
fn parse_wait(text: &str, now: UnixSeconds) -> Option<Duration> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit mean longer than anybody waits.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    if text.len() > 64 {
        return None;
    }
    let moment = httpdate::parse_http_date(text).ok()?;
    let moment = moment.duration_since(std::time::UNIX_EPOCH).ok()?;
    Some(moment.saturating_sub(Duration::from_secs(now.0)))
}
