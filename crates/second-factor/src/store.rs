//! What a store must do, and nothing about how.
//!
//! A store keeps, for each account, its credentials and one row of [`Failures`] for each
//! [`Budget`]. Two of its operations carry all of the security: [`Store::charge`] and
//! [`Store::consume`]. Each must be *one* atomic step, as seen by every request of every process
//! on the same data, and durable before it answers. The [conformance kit](crate::conformance)
//! tests that.

use std::error::Error;

use upheld_totp::UnixSeconds;

use crate::{
    AccountId, Budget, Challenge, Chance, Credential, CredentialId, Decision, Failures, Policy,
    RecoverySet, RequestId,
};

/// The part of a store that sign-in needs.
pub trait Store: Send + Sync {
    /// Why the store gave no answer. The attempt then counts as refused: nobody is let in.
    type Error: Error + Send + Sync + 'static;

    /// Counts an attempt and, if it may be evaluated, loads what to evaluate it with.
    ///
    /// In one atomic step: load what `target` names; load the [`Failures`] of its
    /// [budget](Target::budget); ask [`Target::decide`]; for [`Decision::Charge`] store the
    /// failures it carries. Answer when that is durable. It must not be part of a transaction
    /// that the caller could roll back.
    fn charge(
        &self,
        account: AccountId,
        target: Target,
        policy: &Policy,
        now: UnixSeconds,
    ) -> impl Future<Output = Result<Charge, Self::Error>> + Send;

    /// Uses up what was found, unless somebody was faster.
    ///
    /// In one atomic step: do what [`Use`] says, and if that changed anything set the failures of
    /// the [budget](Use::budget) back to [`Failures::default`]. Answer when that is durable.
    fn consume(
        &self,
        account: AccountId,
        what: Use,
        now: UnixSeconds,
    ) -> impl Future<Output = Result<Consumed, Self::Error>> + Send;

    /// Keeps a challenge, in place of any earlier one for the same request of the account.
    fn keep_challenge(
        &self,
        account: AccountId,
        challenge: &Challenge,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// The part of a store that enrolment and administration need.
pub trait Registry: Store {
    /// Adds a credential to an account. The first one also makes the account's rows of failures.
    fn add(
        &self,
        account: AccountId,
        credential: &Credential,
        now: UnixSeconds,
    ) -> impl Future<Output = Result<Added, Self::Error>> + Send;

    /// Removes a credential. An attempt that already loaded it can no longer be consumed.
    fn remove(
        &self,
        account: AccountId,
        credential: CredentialId,
    ) -> impl Future<Output = Result<Removed, Self::Error>> + Send;

    /// The credentials of an account with the newest moving factor accepted of each, in no order.
    fn credentials(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Result<Vec<(CredentialId, Option<u64>)>, Self::Error>> + Send;

    /// Keeps a set of recovery codes in place of any other of the account.
    fn replace_recovery_set(
        &self,
        account: AccountId,
        set: &RecoverySet,
        now: UnixSeconds,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;

    /// How many unused recovery codes an account has.
    fn unused_recovery_codes(
        &self,
        account: AccountId,
    ) -> impl Future<Output = Result<u8, Self::Error>> + Send;

    /// The failures of an account, [`Failures::default`] for one that has none.
    fn failures(
        &self,
        account: AccountId,
        budget: Budget,
    ) -> impl Future<Output = Result<Failures, Self::Error>> + Send;

    /// Sets the failures of an account back: for somebody with authority, after looking into it.
    fn unlock(
        &self,
        account: AccountId,
        budget: Budget,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// What an attempt is aimed at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store must serve each of the four")]
pub enum Target {
    /// Every app and token of the account.
    Credentials,
    /// The recovery codes of the account.
    Recovery,
    /// The code that was sent for this request.
    Challenge(RequestId),
    /// Sending one more message.
    Delivery,
}

impl Target {
    /// Which count the attempt goes to.
    #[must_use]
    pub const fn budget(self) -> Budget {
        match self {
            Self::Credentials | Self::Challenge(_) => Budget::Code,
            Self::Recovery => Budget::Recovery,
            Self::Delivery => Budget::Delivery,
        }
    }

    /// Decides about an attempt at this target.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `chance` | of what was loaded: [`Material::chance`], or [`Policy::chance_of_totp`] and the like added up, before anything is decrypted |
    /// | `before` | what is stored for the account and the [budget](Self::budget) |
    pub fn decide(
        self,
        chance: Chance,
        policy: &Policy,
        before: Failures,
        now: UnixSeconds,
    ) -> Decision {
        let throttle = match self {
            Self::Delivery => policy.deliveries,
            Self::Credentials | Self::Recovery | Self::Challenge(_) => policy.throttle,
        };
        throttle.charge(before, chance, now)
    }
}

/// What an attempt is evaluated with.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "one for each target")]
pub enum Material {
    /// For [`Target::Credentials`]: one or more.
    Credentials(Vec<Credential>),
    /// For [`Target::Recovery`].
    Recovery(RecoverySet),
    /// For [`Target::Challenge`], even if it is too old.
    Challenge(Challenge),
    /// For [`Target::Delivery`].
    Delivery,
}

impl Material {
    /// The chance of one guess against all of it.
    #[must_use]
    pub fn chance(&self, policy: &Policy) -> Chance {
        match self {
            Self::Credentials(credentials) => credentials
                .iter()
                .fold(Chance::NONE, |sum, credential| sum.plus(credential.chance(policy))),
            Self::Challenge(challenge) => Chance::of_codes(1, challenge.digits()),
            Self::Recovery(_) | Self::Delivery => Chance::NONE,
        }
    }
}

/// What [`Store::charge`] answers.
#[derive(Debug)]
#[must_use = "only a charged attempt may be evaluated"]
#[expect(clippy::exhaustive_enums, reason = "a store can say nothing else")]
pub enum Charge {
    /// Counted, durably.
    Charged {
        /// What to evaluate the attempt with.
        material: Material,
        /// The failures as stored now.
        failures: Failures,
    },
    /// Not counted: too early.
    Throttled {
        /// When the next one may come.
        until: UnixSeconds,
    },
    /// Not counted: too many failures.
    Disabled,
    /// Not counted: the account has nothing of what the target names. [`Target::Delivery`] is
    /// there for every account that ever had a credential or a set of recovery codes, and is
    /// made for those that had none.
    NotEnrolled,
}

/// What is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a store must serve each of the three")]
pub enum Use {
    /// Raise the last used moving factor of the credential to this, *if it is lower or none*.
    MovingFactor {
        /// Which credential.
        credential: CredentialId,
        /// The step or the counter.
        value: u64,
    },
    /// Mark the code of the set as used, *if it is not*.
    RecoveryCode {
        /// Which set.
        set: CredentialId,
        /// Which code of it.
        index: u8,
    },
    /// Remove the challenge, *if it is there*.
    Challenge {
        /// Which request it was for.
        request: RequestId,
        /// The hash of its code: a challenge sent anew is another one.
        hash: crate::ChallengeHash,
    },
}

impl Use {
    /// Whose failures a success sets back.
    #[must_use]
    pub const fn budget(self) -> Budget {
        match self {
            Self::MovingFactor { .. } | Self::Challenge { .. } => Budget::Code,
            Self::RecoveryCode { .. } => Budget::Recovery,
        }
    }
}

/// What [`Store::consume`] answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "what was not consumed must not let anybody in"]
#[expect(clippy::exhaustive_enums, reason = "a store can say nothing else")]
pub enum Consumed {
    /// Used up, durably, by this call and no other.
    Consumed,
    /// There was nothing left to use up.
    TooLate,
}

/// What [`Registry::add`] answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a store can say nothing else")]
pub enum Added {
    /// It counts from now on.
    Added,
    /// There is one of this name.
    Exists,
}

/// What [`Registry::remove`] answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "a store can say nothing else")]
pub enum Removed {
    /// It no longer counts.
    Removed,
    /// The account has none of this name.
    Unknown,
}
