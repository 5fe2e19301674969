//! The kit passes on a store that is right, and finds what is wrong with stores that are not.
#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::convert::Infallible;

use upheld_second_factor::conformance::{self, Extent, Harness, Work};
use upheld_second_factor::{
    AccountId, Added, Budget, Challenge, Charge, Consumed, Credential, CredentialId, Failures,
    MemoryStore, Policy, RecoverySet, Registry, Removed, Store, Target, Use,
};
use upheld_totp::UnixSeconds;

/// What a store may do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    None,
    /// Answers that it used something up whatever there was.
    ConsumesAgain,
    /// Looks first and writes later: `SELECT`, then `UPDATE` without a condition.
    ReadsThenWrites,
    /// Hands out the material without counting.
    CountsNothing,
    /// Reads the failures, yields, and writes them back one higher.
    CountsUnlocked,
    /// One row of failures for everything.
    MixesBudgets,
    /// A success leaves the failures as they are.
    KeepsFailures,
    /// Replaces a credential of the same name, its last used step and all.
    ReplacesCredentials,
    /// Leaves a removed credential consumable.
    ConsumesRemoved,
    /// Keeps an old challenge beside the new one.
    KeepsOldChallenges,
    /// Loses everything when closed.
    Forgets,
    /// Cannot be unlocked.
    StaysLocked,
}

#[derive(Clone)]
struct Sabotaged {
    store: MemoryStore,
    fault: Fault,
}

impl Sabotaged {
    /// Lets others go first, as a database's round trip does.
    async fn dawdle() {
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }
}

impl Store for Sabotaged {
    type Error = Infallible;

    async fn charge(
        &self,
        account: AccountId,
        target: Target,
        policy: &Policy,
        now: UnixSeconds,
    ) -> Result<Charge, Infallible> {
        match self.fault {
            Fault::CountsNothing => {
                self.store.unlock(account, target.budget()).await?;
                let charge = self.store.charge(account, target, policy, now).await;
                self.store.unlock(account, target.budget()).await?;
                charge
            }
            Fault::CountsUnlocked => {
                let before = self.store.failures(account, target.budget()).await?;
                if before.count >= 5 {
                    return self.store.charge(account, target, policy, now).await;
                }
                self.store.unlock(account, target.budget()).await?;
                Self::dawdle().await;
                let mut charge = self.store.charge(account, target, policy, now).await;
                for _ in 0..before.count {
                    charge = self.store.charge(account, target, policy, now).await;
                }
                charge
            }
            Fault::MixesBudgets if target == Target::Recovery => {
                drop(self.store.charge(account, Target::Credentials, policy, now).await);
                self.store.charge(account, target, policy, now).await
            }
            _ => self.store.charge(account, target, policy, now).await,
        }
    }

    async fn consume(
        &self,
        account: AccountId,
        what: Use,
        now: UnixSeconds,
    ) -> Result<Consumed, Infallible> {
        match (self.fault, what) {
            (Fault::ConsumesAgain, _) | (Fault::KeepsOldChallenges, Use::Challenge { .. }) => {
                let _either: Consumed = self.store.consume(account, what, now).await?;
                Ok(Consumed::Consumed)
            }
            (Fault::ReadsThenWrites, Use::MovingFactor { credential, value }) => {
                let known = self.store.credentials(account).await?;
                let is_lower = known
                    .iter()
                    .any(|&(id, last_used)| id == credential && last_used < Some(value));
                Self::dawdle().await;
                if !is_lower {
                    return Ok(Consumed::TooLate);
                }
                let _either: Consumed = self.store.consume(account, what, now).await?;
                Ok(Consumed::Consumed)
            }
            (Fault::KeepsFailures, _) => {
                let before = self.store.failures(account, what.budget()).await?;
                let consumed = self.store.consume(account, what, now).await;
                let policy = Policy::default();
                for _ in 0..before.count {
                    drop(self.store.charge(account, Target::Credentials, &policy, now).await);
                }
                consumed
            }
            (Fault::ConsumesRemoved, Use::MovingFactor { credential, .. }) => {
                let known = self.store.credentials(account).await?;
                if known.iter().any(|&(id, _)| id == credential) {
                    return self.store.consume(account, what, now).await;
                }
                Ok(Consumed::Consumed)
            }
            _ => self.store.consume(account, what, now).await,
        }
    }

    async fn keep_challenge(
        &self,
        account: AccountId,
        challenge: &Challenge,
    ) -> Result<(), Infallible> {
        self.store.keep_challenge(account, challenge).await
    }
}

impl Registry for Sabotaged {
    async fn add(
        &self,
        account: AccountId,
        credential: &Credential,
        now: UnixSeconds,
    ) -> Result<Added, Infallible> {
        if self.fault == Fault::ReplacesCredentials {
            let _before: Removed = self.store.remove(account, credential.id()).await?;
        }
        self.store.add(account, credential, now).await
    }

    async fn remove(
        &self,
        account: AccountId,
        credential: CredentialId,
    ) -> Result<Removed, Infallible> {
        self.store.remove(account, credential).await
    }

    async fn credentials(
        &self,
        account: AccountId,
    ) -> Result<Vec<(CredentialId, Option<u64>)>, Infallible> {
        self.store.credentials(account).await
    }

    async fn replace_recovery_set(
        &self,
        account: AccountId,
        set: &RecoverySet,
        now: UnixSeconds,
    ) -> Result<(), Infallible> {
        self.store.replace_recovery_set(account, set, now).await
    }

    async fn unused_recovery_codes(&self, account: AccountId) -> Result<u8, Infallible> {
        self.store.unused_recovery_codes(account).await
    }

    async fn failures(&self, account: AccountId, budget: Budget) -> Result<Failures, Infallible> {
        self.store.failures(account, budget).await
    }

    async fn unlock(&self, account: AccountId, budget: Budget) -> Result<(), Infallible> {
        if self.fault == Fault::StaysLocked {
            return Ok(());
        }
        self.store.unlock(account, budget).await
    }
}

struct InMemory(Sabotaged);

impl InMemory {
    fn with(fault: Fault) -> Self {
        Self(Sabotaged { store: MemoryStore::default(), fault })
    }
}

impl Harness for InMemory {
    type Store = Sabotaged;

    fn store(&self, _: usize) -> Sabotaged {
        self.0.clone()
    }

    async fn together<T: Send + 'static>(&self, work: Vec<Work<T>>) -> Vec<T> {
        let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
        let mut done = Vec::new();
        for task in tasks {
            done.push(task.await.unwrap());
        }
        done
    }

    async fn restart(&mut self) {
        if self.0.fault == Fault::Forgets {
            self.0.store = MemoryStore::default();
        }
    }
}

async fn check(fault: Fault, rounds: u32) -> Result<conformance::Report, conformance::Violation> {
    conformance::check(&mut InMemory::with(fault), Extent { seed: 7, rounds }).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t02_t04_t09_t14_the_store_in_memory_keeps_every_law_a_thousand_times() {
    let report = check(Fault::None, 1000).await.unwrap();
    assert_eq!(report.laws.len(), 13);
    assert!(report.laws.iter().all(|(law, rounds)| !law.is_empty() && *rounds > 0));
    assert_eq!(report.laws.first().map(|(_, rounds)| *rounds), Some(1000));
}

/// The control: each fault is found, and by the law it breaks.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_with_a_fault_is_found_out() {
    const ONE_OF_MANY: &str = "of many requests with one code, exactly one is accepted";
    const CONSUMED_ONCE: &str = "a moving factor is consumed by exactly one of many calls";
    const BUDGET: &str = "of many guesses at once, exactly the free ones are evaluated";
    const REMOVED: &str =
        "a credential that was removed lets nobody in, not even an attempt under way";
    const MODEL: &str = "any sequence of calls is answered as by the store in memory";
    // Where two are named, the order in which the tasks ran decides which comes first.
    for (fault, laws) in [
        (Fault::ConsumesAgain, &[CONSUMED_ONCE, ONE_OF_MANY][..]),
        (Fault::ReadsThenWrites, &[ONE_OF_MANY, CONSUMED_ONCE]),
        (Fault::CountsNothing, &[BUDGET]),
        (Fault::CountsUnlocked, &[BUDGET, MODEL]),
        (Fault::KeepsFailures, &["what one account or budget does leaves the others alone"]),
        (Fault::ReplacesCredentials, &[REMOVED]),
        (Fault::ConsumesRemoved, &[REMOVED]),
        (
            Fault::KeepsOldChallenges,
            &["of many requests with the code of a message, exactly one is accepted"],
        ),
        (Fault::Forgets, &["a restart forgets no used code and no failure"]),
        (
            Fault::StaysLocked,
            &["after a hundred failures in a row nothing is evaluated until unlocked"],
        ),
    ] {
        let violation = check(fault, 40).await.unwrap_err();
        assert!(laws.contains(&violation.law), "{fault:?}: {violation}");
    }
}

/// What a charge did to another budget shows when the answers are compared with the model's.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_store_that_mixes_budgets_is_found_out() {
    assert!(check(Fault::MixesBudgets, 40).await.is_err());
}
