//! The three stages of an attempt: charge, check, consume.

use rand_core::TryCryptoRng;
use upheld_totp::{Code, UnixSeconds};

use crate::attempt::refuse;
use crate::store::{Charge, Consumed, Material, Store, Target};
use crate::{
    Accepted, AccountId, Candidate, Challenge, Channel, CodeAttempt, Delivery, MessageAttempt,
    Outcome, Policy, Reason, RecoveryAttempt, RecoveryCode, Refused, RequestId,
};

/// Decides about second factors by one policy, on one store.
///
/// | stage | takes | makes | in the store |
/// |---|---|---|---|
/// | charge | an account | an attempt | one more failure, durable |
/// | check | the attempt, a code | a [`Candidate`] | nothing: it is a pure function |
/// | consume | the candidate | [`Accepted`] | the code is used up and the failures forgotten, durable |
///
/// A crash, a panic or a lost connection between two stages leaves the attempt counted and the
/// code used: whoever was there has to try again, and nobody else can.
///
/// The `verify_` functions run all three.
///
/// ```
/// use upheld_second_factor::{AccountId, Guard, Outcome, Policy, Store};
/// use upheld_totp::{Code, UnixSeconds};
///
/// async fn sign_in<S: Store>(
///     guard: &Guard<S>,
///     account: AccountId,
///     code: &Code,
///     now: UnixSeconds,
/// ) -> Result<&'static str, S::Error> {
///     Ok(match guard.verify_code(account, code, now).await? {
///         Outcome::Passed(accepted) => open_session(accepted),
///         Outcome::Refused(_) => "That code was not accepted.",
///     })
/// }
/// # fn open_session(_: upheld_second_factor::Accepted) -> &'static str { "Welcome." }
/// ```
#[derive(Clone, Debug)]
pub struct Guard<S> {
    store: S,
    policy: Policy,
}

impl<S: Store> Guard<S> {
    /// A guard over `store`.
    pub const fn new(store: S, policy: Policy) -> Self {
        Self { store, policy }
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// The policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Charges, checks and consumes a code of any app or token of the account.
    ///
    /// # Errors
    ///
    /// Whatever the store reports; then nobody was let in.
    pub async fn verify_code(
        &self,
        account: AccountId,
        code: &Code,
        now: UnixSeconds,
    ) -> Result<Outcome<Accepted>, S::Error> {
        match self.charge_code(account, now).await? {
            Outcome::Passed(attempt) => self.finish(attempt.check(code, now), now).await,
            Outcome::Refused(refused) => Ok(Outcome::Refused(refused)),
        }
    }

    /// Charges, checks and consumes two consecutive codes of a hardware token that ran ahead.
    ///
    /// # Errors
    ///
    /// Whatever the store reports; then nobody was let in.
    //= RFC 4226 §7.4: a sequence of codes must match before a distant counter is believed
    pub async fn resynchronize(
        &self,
        account: AccountId,
        codes: (&Code, &Code),
        now: UnixSeconds,
    ) -> Result<Outcome<Accepted>, S::Error> {
        match self.charge_code(account, now).await? {
            Outcome::Passed(attempt) => self.finish(attempt.resynchronize(codes), now).await,
            Outcome::Refused(refused) => Ok(Outcome::Refused(refused)),
        }
    }

    /// Charges, checks and consumes a recovery code.
    ///
    /// # Errors
    ///
    /// Whatever the store reports; then nobody was let in.
    pub async fn verify_recovery_code(
        &self,
        account: AccountId,
        code: &RecoveryCode,
        now: UnixSeconds,
    ) -> Result<Outcome<Accepted>, S::Error> {
        match self.charge_recovery_code(account, now).await? {
            Outcome::Passed(attempt) => self.finish(attempt.check(code), now).await,
            Outcome::Refused(refused) => Ok(Outcome::Refused(refused)),
        }
    }

    /// Charges, checks and consumes the code that was sent for `request`.
    ///
    /// # Errors
    ///
    /// Whatever the store reports; then nobody was let in.
    pub async fn verify_message_code(
        &self,
        account: AccountId,
        request: RequestId,
        code: &Code,
        now: UnixSeconds,
    ) -> Result<Outcome<Accepted>, S::Error> {
        match self.charge_message_code(account, request, now).await? {
            Outcome::Passed(attempt) => self.finish(attempt.check(code, now), now).await,
            Outcome::Refused(refused) => Ok(Outcome::Refused(refused)),
        }
    }

    /// Sends a code for one request of the account, in place of any sent for it before.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `request` | names what the code is for; the code is good for nothing else |
    /// | `to` | the channel, and the number or address that the account has for it |
    ///
    /// # Errors
    ///
    /// [`SendError`]. When the delivery failed, the message counts as sent: it may have been.
    pub async fn send_code<D: Delivery, R: TryCryptoRng>(
        &self,
        (account, request): (AccountId, RequestId),
        to: (Channel, &str),
        delivery: &D,
        rng: &mut R,
        now: UnixSeconds,
    ) -> Result<Outcome<Sent>, SendError<S::Error, D::Error>> {
        let target = Target::Delivery;
        let charge = self.store.charge(account, target, &self.policy, now).await;
        if let Err(reason) = charged(charge.map_err(SendError::Store)?) {
            return Ok(Outcome::Refused(Refused { reason, failures: 0 }));
        }
        let Policy { message_digits: digits, message_lifetime, .. } = self.policy;
        let expires_at = UnixSeconds(now.0.saturating_add(message_lifetime.as_seconds().into()));
        let drawn = Challenge::generate(account, request, digits, expires_at, rng);
        let (challenge, code) = drawn.map_err(|_| SendError::NoRandomness)?;
        self.store.keep_challenge(account, &challenge).await.map_err(SendError::Store)?;
        let (channel, address) = to;
        delivery.deliver(channel, address, &code).await.map_err(SendError::Delivery)?;
        Ok(Outcome::Passed(Sent { expires_at }))
    }

    /// Counts an attempt at a code of any app or token of the account.
    ///
    /// # Errors
    ///
    /// Whatever the store reports.
    pub async fn charge_code(
        &self,
        account: AccountId,
        now: UnixSeconds,
    ) -> Result<Outcome<CodeAttempt>, S::Error> {
        let charge = self.store.charge(account, Target::Credentials, &self.policy, now).await?;
        Ok(match charged(charge) {
            Ok((Material::Credentials(credentials), failures)) => {
                Outcome::Passed(CodeAttempt { account, credentials, failures, policy: self.policy })
            }
            Ok(_) => refuse(Reason::NotEnrolled, 0),
            Err(reason) => refuse(reason, 0),
        })
    }

    /// Counts an attempt at a recovery code.
    ///
    /// # Errors
    ///
    /// Whatever the store reports.
    pub async fn charge_recovery_code(
        &self,
        account: AccountId,
        now: UnixSeconds,
    ) -> Result<Outcome<RecoveryAttempt>, S::Error> {
        let charge = self.store.charge(account, Target::Recovery, &self.policy, now).await?;
        Ok(match charged(charge) {
            Ok((Material::Recovery(set), failures)) => {
                Outcome::Passed(RecoveryAttempt { account, set, failures })
            }
            Ok(_) => refuse(Reason::NotEnrolled, 0),
            Err(reason) => refuse(reason, 0),
        })
    }

    /// Counts an attempt at the code that was sent for `request`.
    ///
    /// # Errors
    ///
    /// Whatever the store reports.
    pub async fn charge_message_code(
        &self,
        account: AccountId,
        request: RequestId,
        now: UnixSeconds,
    ) -> Result<Outcome<MessageAttempt>, S::Error> {
        let target = Target::Challenge(request);
        let charge = self.store.charge(account, target, &self.policy, now).await?;
        Ok(match charged(charge) {
            Ok((Material::Challenge(challenge), failures)) => {
                Outcome::Passed(MessageAttempt { account, challenge, failures })
            }
            Ok(_) => refuse(Reason::NotEnrolled, 0),
            Err(reason) => refuse(reason, 0),
        })
    }

    /// Uses up what was found, unless somebody was faster.
    ///
    /// # Errors
    ///
    /// Whatever the store reports; then nobody was let in, and the code may be used up.
    //= RFC 6238 §5.2: a code is accepted at most once
    pub async fn consume(
        &self,
        candidate: Candidate,
        now: UnixSeconds,
    ) -> Result<Outcome<Accepted>, S::Error> {
        let Candidate { account, factor, what, failures } = candidate;
        Ok(match self.store.consume(account, what, now).await? {
            Consumed::Consumed => Outcome::Passed(Accepted { account, factor }),
            Consumed::TooLate => refuse(Reason::Raced, failures),
        })
    }

    async fn finish(
        &self,
        checked: Outcome<Candidate>,
        now: UnixSeconds,
    ) -> Result<Outcome<Accepted>, S::Error> {
        match checked {
            Outcome::Passed(candidate) => self.consume(candidate, now).await,
            Outcome::Refused(refused) => Ok(Outcome::Refused(refused)),
        }
    }
}

/// A message is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sent {
    /// The first moment at which its code is no longer good.
    pub expires_at: UnixSeconds,
}

/// Why no message is on its way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SendError<S, D> {
    /// The store gave no answer.
    #[error("the store did not keep the code")]
    Store(S),
    /// There was no randomness to draw a code from.
    #[error("no randomness for a code; try again")]
    NoRandomness,
    /// The message could not be handed over.
    #[error("the message was not handed over; another can be asked for")]
    Delivery(D),
}

fn charged(charge: Charge) -> Result<(Material, u32), Reason> {
    match charge {
        Charge::Charged { material, failures } => Ok((material, failures.count)),
        Charge::Throttled { until } => Err(Reason::Throttled { until }),
        Charge::Disabled => Err(Reason::Disabled),
        Charge::NotEnrolled => Err(Reason::NotEnrolled),
    }
}
