//! A store in memory, for tests: it forgets everything when the process ends.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use upheld_totp::{Secret, UnixSeconds};
use zeroize::Zeroizing;

use crate::store::{Added, Charge, Consumed, Material, Registry, Removed, Store, Target, Use};
use crate::{
    AccountId, Budget, Challenge, ChallengeHash, Credential, CredentialId, Decision, Failures,
    Kind, Policy, RecoverySet, RequestId,
};

/// Keeps credentials and failures in memory. For tests: a restart forgets which codes were used,
/// so that they can be used again, and every lock.
///
/// Clones share what they keep.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<HashMap<AccountId, Account>>>);

#[derive(Debug, Default)]
struct Account {
    credentials: Vec<Credential>,
    recovery: Option<RecoverySet>,
    challenges: HashMap<RequestId, Challenge>,
    failures: HashMap<Budget, Failures>,
}

impl MemoryStore {
    fn with<T>(&self, account: AccountId, work: impl FnOnce(&mut Account) -> T) -> T {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        work(accounts.entry(account).or_default())
    }
}

impl Store for MemoryStore {
    type Error = Infallible;

    async fn charge(
        &self,
        account: AccountId,
        target: Target,
        policy: &Policy,
        now: UnixSeconds,
    ) -> Result<Charge, Infallible> {
        Ok(self.with(account, |account| account.charge(target, policy, now)))
    }

    async fn consume(
        &self,
        account: AccountId,
        what: Use,
        _: UnixSeconds,
    ) -> Result<Consumed, Infallible> {
        Ok(self.with(account, |account| {
            let consumed = account.consume(what);
            if consumed == Consumed::Consumed {
                account.failures.remove(&what.budget());
            }
            consumed
        }))
    }

    async fn keep_challenge(
        &self,
        account: AccountId,
        challenge: &Challenge,
    ) -> Result<(), Infallible> {
        self.with(account, |account| {
            account.challenges.insert(challenge.request(), copy_of_challenge(challenge));
        });
        Ok(())
    }
}

impl Registry for MemoryStore {
    async fn add(
        &self,
        account: AccountId,
        credential: &Credential,
        _: UnixSeconds,
    ) -> Result<Added, Infallible> {
        Ok(self.with(account, |account| {
            if account.credentials.iter().any(|known| known.id() == credential.id()) {
                return Added::Exists;
            }
            account.credentials.extend(copy_of(credential));
            Added::Added
        }))
    }

    async fn remove(
        &self,
        account: AccountId,
        credential: CredentialId,
    ) -> Result<Removed, Infallible> {
        Ok(self.with(account, |account| {
            let before = account.credentials.len();
            account.credentials.retain(|known| known.id() != credential);
            if account.credentials.len() < before { Removed::Removed } else { Removed::Unknown }
        }))
    }

    async fn credentials(
        &self,
        account: AccountId,
    ) -> Result<Vec<(CredentialId, Option<u64>)>, Infallible> {
        Ok(self.with(account, |account| {
            account.credentials.iter().map(|known| (known.id(), known.last_used())).collect()
        }))
    }

    async fn replace_recovery_set(
        &self,
        account: AccountId,
        set: &RecoverySet,
        _: UnixSeconds,
    ) -> Result<(), Infallible> {
        self.with(account, |account| account.recovery = Some(copy_of_set(set)));
        Ok(())
    }

    async fn unused_recovery_codes(&self, account: AccountId) -> Result<u8, Infallible> {
        let count = self
            .with(account, |account| account.recovery.as_ref().map_or(0, |set| set.unused().len()));
        Ok(u8::try_from(count).unwrap_or(u8::MAX))
    }

    async fn failures(&self, account: AccountId, budget: Budget) -> Result<Failures, Infallible> {
        Ok(self.with(account, |account| account.failures.get(&budget).copied().unwrap_or_default()))
    }

    async fn unlock(&self, account: AccountId, budget: Budget) -> Result<(), Infallible> {
        self.with(account, |account| account.failures.remove(&budget));
        Ok(())
    }
}

impl Account {
    fn charge(&mut self, target: Target, policy: &Policy, now: UnixSeconds) -> Charge {
        let Some(material) = self.load(target) else { return Charge::NotEnrolled };
        let failures = self.failures.entry(target.budget()).or_default();
        match target.decide(material.chance(policy), policy, *failures, now) {
            Decision::Charge(charged) => {
                *failures = charged;
                Charge::Charged { material, failures: charged }
            }
            Decision::Throttled { until } => Charge::Throttled { until },
            Decision::Disabled => Charge::Disabled,
        }
    }

    fn load(&self, target: Target) -> Option<Material> {
        match target {
            Target::Credentials if self.credentials.is_empty() => None,
            Target::Credentials => {
                Some(Material::Credentials(self.credentials.iter().filter_map(copy_of).collect()))
            }
            Target::Recovery => self.recovery.as_ref().map(copy_of_set).map(Material::Recovery),
            Target::Challenge(request) => {
                self.challenges.get(&request).map(copy_of_challenge).map(Material::Challenge)
            }
            Target::Delivery => Some(Material::Delivery),
        }
    }

    fn consume(&mut self, what: Use) -> Consumed {
        let is_consumed = match what {
            Use::MovingFactor { credential, value } => self.raise(credential, value),
            Use::RecoveryCode { set, index } => self.take_recovery_code(set, index),
            Use::Challenge { request, hash } => self.take_challenge(request, hash),
        };
        if is_consumed { Consumed::Consumed } else { Consumed::TooLate }
    }

    fn raise(&mut self, id: CredentialId, value: u64) -> bool {
        let at = self.credentials.iter_mut().find(|known| known.id() == id);
        let Some(credential) = at.filter(|known| known.last_used() < Some(value)) else {
            return false;
        };
        let Some(kind) = copy_of(credential).map(Credential::into_kind) else { return false };
        *credential = Credential::from_parts(id, kind, Some(value));
        true
    }

    fn take_recovery_code(&mut self, id: CredentialId, index: u8) -> bool {
        let Some(set) = self.recovery.as_ref().filter(|set| set.id() == id) else { return false };
        let left: Vec<_> =
            set.unused().iter().copied().filter(|&(known, _)| known != index).collect();
        let is_taken = left.len() < set.unused().len();
        self.recovery = Some(RecoverySet::from_parts(id, Zeroizing::new(*set.expose_key()), left));
        is_taken
    }

    fn take_challenge(&mut self, request: RequestId, hash: ChallengeHash) -> bool {
        if self.challenges.get(&request).is_none_or(|challenge| challenge.hash() != hash) {
            return false;
        }
        self.challenges.remove(&request).is_some()
    }
}

/// As a database would hand it out. Whatever is in a credential is a secret of allowed length.
fn copy_of(credential: &Credential) -> Option<Credential> {
    let secret = |secret: &Secret| Secret::from_bytes_allowing_weak(secret.expose()).ok();
    let kind = match credential.kind() {
        Kind::Totp { secret: of, parameters } => {
            Kind::Totp { secret: secret(of)?, parameters: *parameters }
        }
        Kind::Hotp { secret: of, algorithm, digits } => {
            Kind::Hotp { secret: secret(of)?, algorithm: *algorithm, digits: *digits }
        }
    };
    Some(Credential::from_parts(credential.id(), kind, credential.last_used()))
}

fn copy_of_set(set: &RecoverySet) -> RecoverySet {
    RecoverySet::from_parts(set.id(), Zeroizing::new(*set.expose_key()), set.unused().to_vec())
}

fn copy_of_challenge(challenge: &Challenge) -> Challenge {
    Challenge::from_parts(
        challenge.request(),
        Zeroizing::new(*challenge.expose_key()),
        challenge.hash(),
        challenge.digits(),
        challenge.expires_at(),
    )
}
