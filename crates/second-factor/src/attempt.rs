//! An attempt between its charge and its acceptance.

use upheld_totp::{Code, UnixSeconds};

use crate::credential::Found;
use crate::store::Use;
use crate::{
    AccountId, Challenge, Credential, Factor, Outcome, Policy, Reason, RecoveryCode, RecoverySet,
    Refused,
};

/// An attempt at a code of an app or a token: counted, and to be checked once.
#[derive(Debug)]
#[must_use = "the attempt is counted as failed until its code is accepted"]
pub struct CodeAttempt {
    pub(crate) account: AccountId,
    pub(crate) credentials: Vec<Credential>,
    pub(crate) failures: u32,
    pub(crate) policy: Policy,
}

impl CodeAttempt {
    /// Looks for `code` among those of every credential around `now`.
    ///
    /// All of them are computed and compared, whichever matches.
    pub fn check(self, code: &Code, now: UnixSeconds) -> Outcome<Candidate> {
        let policy = self.policy;
        self.search(|credential| credential.find(code, &policy, now))
    }

    /// Looks for two consecutive codes among those of every hardware token.
    pub fn resynchronize(self, codes: (&Code, &Code)) -> Outcome<Candidate> {
        let policy = self.policy;
        self.search(|credential| credential.resynchronize(codes, &policy))
    }

    fn search(self, find: impl Fn(&Credential) -> Found) -> Outcome<Candidate> {
        let (mut candidate, mut reason) = (None, Reason::Wrong);
        for credential in &self.credentials {
            match find(credential) {
                Found::Unused { moving_factor, offset } => {
                    candidate = Some((credential.id(), moving_factor, offset));
                }
                Found::Used => reason = Reason::Replayed,
                Found::Nothing => {}
            }
        }
        let Some((credential, value, offset)) = candidate else {
            return refuse(reason, self.failures);
        };
        Outcome::Passed(Candidate {
            account: self.account,
            factor: Factor::Code { credential, offset },
            what: Use::MovingFactor { credential, value },
            failures: self.failures,
        })
    }
}

/// An attempt at a recovery code: counted, and to be checked once.
#[derive(Debug)]
#[must_use = "the attempt is counted as failed until its code is accepted"]
pub struct RecoveryAttempt {
    pub(crate) account: AccountId,
    pub(crate) set: RecoverySet,
    pub(crate) failures: u32,
}

impl RecoveryAttempt {
    /// Looks for `code` among the unused ones.
    pub fn check(self, code: &RecoveryCode) -> Outcome<Candidate> {
        let Self { account, set, failures } = self;
        let Some(index) = set.find(account, code) else { return refuse(Reason::Wrong, failures) };
        let left = u8::try_from(set.unused().len()).unwrap_or(u8::MAX).saturating_sub(1);
        Outcome::Passed(Candidate {
            account,
            factor: Factor::Recovery { set: set.id(), left },
            what: Use::RecoveryCode { set: set.id(), index },
            failures,
        })
    }
}

/// An attempt at a code from a message: counted, and to be checked once.
#[derive(Debug)]
#[must_use = "the attempt is counted as failed until its code is accepted"]
pub struct MessageAttempt {
    pub(crate) account: AccountId,
    pub(crate) challenge: Challenge,
    pub(crate) failures: u32,
}

impl MessageAttempt {
    /// Compares `code` with the one that was sent, if that is still good.
    pub fn check(self, code: &Code, now: UnixSeconds) -> Outcome<Candidate> {
        let Self { account, challenge, failures } = self;
        if !challenge.is_code(account, code) {
            return refuse(Reason::Wrong, failures);
        }
        if !challenge.is_current(now) {
            return refuse(Reason::Expired, failures);
        }
        let (request, hash) = (challenge.request(), challenge.hash());
        Outcome::Passed(Candidate {
            account,
            factor: Factor::Message,
            what: Use::Challenge { request, hash },
            failures,
        })
    }
}

/// A right code that nobody had used when it was looked up.
#[derive(Debug)]
#[must_use = "not accepted before it is consumed"]
pub struct Candidate {
    pub(crate) account: AccountId,
    pub(crate) factor: Factor,
    pub(crate) what: Use,
    pub(crate) failures: u32,
}

pub(crate) const fn refuse<T>(reason: Reason, failures: u32) -> Outcome<T> {
    Outcome::Refused(Refused { reason, failures })
}
