//! Against wearing people down with pushes.

use serde::{Deserialize, Serialize};

use crate::UnixSeconds;

/// How many pushes and calls a person gets. The default is one at a time, three in ten minutes,
/// and none for ten minutes after they reported fraud.
///
/// Somebody who has a password sends pushes until its owner approves one to have peace.
///
/// # Source
///
/// ASVS 5.0 §6.6.4: push notifications are rate limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a policy is written out by the application")]
pub struct PushPolicy {
    /// How many in [`window`](Self::window).
    pub most: u8,
    /// In seconds.
    pub window: u64,
    /// After how many seconds a push without an answer no longer counts as pending.
    pub pending: u64,
    /// For how many seconds there is none after a report of fraud.
    pub after_fraud: u64,
}

impl Default for PushPolicy {
    fn default() -> Self {
        Self { most: 3, window: 600, pending: 75, after_fraud: 600 }
    }
}

/// The pushes of one person, as the application stores them. Update it under the lock or in the
/// transaction in which it was read.
///
/// ```
/// use upheld_duo::{PushAnswer, PushDecision, PushPolicy, PushRecord, UnixSeconds};
///
/// let policy = PushPolicy::default();
/// let mut record = PushRecord::default();
/// assert_eq!(record.begin(&policy, UnixSeconds(0)), PushDecision::Send);
/// // A second tab of the browser:
/// let until = UnixSeconds(75);
/// assert_eq!(record.begin(&policy, UnixSeconds(5)), PushDecision::Pending { until });
/// record.settle(&policy, UnixSeconds(20), PushAnswer::Denied);
/// assert_eq!(record.begin(&policy, UnixSeconds(21)), PushDecision::Send);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushRecord {
    /// When each push of the window began, oldest first.
    sent: Vec<UnixSeconds>,
    pending_until: Option<UnixSeconds>,
    blocked_until: Option<UnixSeconds>,
}

/// Whether a push may be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it says whether to send"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on each")]
pub enum PushDecision {
    /// Store the record, then send it.
    Send,
    /// Another waits for an answer.
    Pending {
        /// When it no longer does, if nobody answers.
        until: UnixSeconds,
    },
    /// There were too many, or a report of fraud. Offer a passcode instead.
    TooMany {
        /// When the next one may be sent.
        until: UnixSeconds,
    },
}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PushAnswer {
    /// The person approved it: they are there, and what came before is forgotten.
    Approved,
    /// The person refused it, or did not answer.
    Denied,
    /// The person says that this was not them.
    Fraud,
}

impl PushRecord {
    /// Asks for a push at `now`, and counts it if there may be one.
    pub fn begin(&mut self, policy: &PushPolicy, now: UnixSeconds) -> PushDecision {
        self.forget(policy, now);
        if let Some(until) = self.blocked_until {
            return PushDecision::TooMany { until };
        }
        if let Some(until) = self.pending_until {
            return PushDecision::Pending { until };
        }
        if self.sent.len() >= usize::from(policy.most) {
            let oldest = self.sent.first().copied().unwrap_or(now);
            return PushDecision::TooMany { until: oldest.later_by(policy.window) };
        }
        self.sent.push(now);
        self.pending_until = Some(now.later_by(policy.pending));
        PushDecision::Send
    }

    /// Until when nothing is sent at all, because the person reported fraud.
    ///
    /// Ask before everything that makes Duo ask, the Universal Prompt as well: it sends pushes too.
    #[must_use]
    pub fn blocked_until(&self, policy: &PushPolicy, now: UnixSeconds) -> Option<UnixSeconds> {
        self.blocked_until.filter(|until| is_current(*until, policy.after_fraud, now))
    }

    /// Records the answer to the pending push.
    pub fn settle(&mut self, policy: &PushPolicy, now: UnixSeconds, answer: PushAnswer) {
        self.pending_until = None;
        match answer {
            PushAnswer::Approved => *self = Self::default(),
            PushAnswer::Denied => {}
            PushAnswer::Fraud => self.blocked_until = Some(now.later_by(policy.after_fraud)),
        }
    }

    /// Drops what is over, and what a clock that was ahead wrote too far into the future.
    fn forget(&mut self, policy: &PushPolicy, now: UnixSeconds) {
        self.sent.retain(|sent| sent.distance(now) < policy.window);
        self.pending_until =
            self.pending_until.filter(|until| is_current(*until, policy.pending, now));
        self.blocked_until = self.blocked_until(policy, now);
    }
}

/// Whether a moment is still to come, and not further away than any that is set.
fn is_current(until: UnixSeconds, most: u64, now: UnixSeconds) -> bool {
    until > now && until.distance(now) <= most
}
