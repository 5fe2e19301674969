//! Against asking a service that does not answer.

use crate::{Failure, UnixSeconds};

/// When calls are no longer sent. The default is five failures one after the other, then a pause of
/// ten seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a policy is written out by the application")]
pub struct BreakerPolicy {
    /// After how many failures without an answer between them; 0 counts as 1.
    pub failures: u8,
    /// For how many seconds, before one call tries whether Duo is back.
    pub pause: u64,
    /// After how many seconds that call counts as lost, so that another tries. Longer than a call
    /// takes.
    pub trial: u64,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self { failures: 5, pause: 10, trial: 30 }
    }
}

/// Whether Duo is asked at all, as the application remembers it for all of its people: while Duo is
/// out of order nobody waits for it, and it is not asked by everybody when it comes back.
///
/// | state | a call | an answer | no answer | given up |
/// |---|---|---|---|---|
/// | closed | is sent | stays closed | open, if it is one too many | stays closed |
/// | open | is not sent, until the pause is over; that one is a trial | closed | stays open | stays open |
/// | on trial | is not sent, until the trial is lost; then it is one | closed | open for another pause | open, and its pause is over |
///
/// An answer is whatever Duo said, a refusal of wrong keys included. No connection, a broken one, no
/// reply in time and a status of 500 and above are none; who cannot show that it is Duo has said
/// nothing either: settle that as [`Failure::Broken`].
///
/// A call that was not sent counts as the failure that opened the breaker, so that a
/// [`FailMode`](crate::FailMode) decides as it would have without.
///
/// ```
/// use upheld_duo::{Breaker, BreakerPolicy, Failure, Passage, UnixSeconds};
///
/// let policy = BreakerPolicy { failures: 1, pause: 10, trial: 30 };
/// let mut breaker = Breaker::default();
/// assert_eq!(breaker.ask(&policy, UnixSeconds(0)), Passage::Send);
/// breaker.settle(&policy, UnixSeconds(1), Some(Failure::Timeout));
/// let until = UnixSeconds(11);
/// let refused = breaker.ask(&policy, UnixSeconds(2));
/// assert_eq!(refused, Passage::Refuse { until, after: Failure::Timeout });
/// assert_eq!(breaker.ask(&policy, until), Passage::Send); // the trial
/// breaker.settle(&policy, UnixSeconds(12), None);
/// assert_eq!(breaker, Breaker::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaker {
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Closed { failures: u8 },
    Open { until: UnixSeconds, after: Failure },
    OnTrial { until: UnixSeconds, after: Failure },
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// Whether a call may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says whether to send"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on both")]
pub enum Passage {
    /// Send it, and [`settle`](Breaker::settle) what comes of it, or [give it up](Breaker::give_up).
    Send,
    /// Do not.
    Refuse {
        /// When one may be sent at the earliest.
        until: UnixSeconds,
        /// What came of the call that opened the breaker.
        after: Failure,
    },
}

impl Breaker {
    /// Asks at `now` whether a call may be sent.
    pub fn ask(&mut self, policy: &BreakerPolicy, now: UnixSeconds) -> Passage {
        let (until, after, longest) = match self.state {
            State::Closed { .. } => return Passage::Send,
            State::Open { until, after } => (until, after, policy.pause),
            State::OnTrial { until, after } => (until, after, policy.trial),
        };
        // What is further away than any that is set was set by a clock that was ahead.
        if until > now && until.distance(now) <= longest {
            return Passage::Refuse { until, after };
        }
        self.state = State::OnTrial { until: now.later_by(policy.trial), after };
        Passage::Send
    }

    /// Notes what came of a call that was sent: nothing went wrong, or this did.
    pub fn settle(&mut self, policy: &BreakerPolicy, now: UnixSeconds, failure: Option<Failure>) {
        let Some(after) = failure.filter(|failure| is_silence(*failure)) else {
            self.state = State::default();
            return;
        };
        let failures = match self.state {
            State::Closed { failures } => failures.saturating_add(1),
            // A call from before it was opened.
            State::Open { .. } => return,
            State::OnTrial { .. } => policy.failures,
        };
        self.state = if failures >= policy.failures {
            State::Open { until: now.later_by(policy.pause), after }
        } else {
            State::Closed { failures }
        };
    }

    /// Notes that a call was given up before anything came of it, because nobody waits for it any
    /// more, say, or because it could not be written. While one is on trial, the next call is another
    /// trial, whichever of them was given up: which was the trial is not known here.
    pub fn give_up(&mut self, now: UnixSeconds) {
        if let State::OnTrial { after, .. } = self.state {
            self.state = State::Open { until: now, after };
        }
    }
}

/// Whether Duo has not been heard at all.
const fn is_silence(failure: Failure) -> bool {
    match failure {
        Failure::Unreachable | Failure::Broken | Failure::Timeout | Failure::Unavailable { .. } => {
            true
        }
        Failure::RateLimited | Failure::Clock | Failure::Other => false,
    }
}
