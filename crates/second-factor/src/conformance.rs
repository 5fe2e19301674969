//! What a store must pass: the laws of [`Store`](crate::Store), tried on yours.
//!
//! Implement [`Harness`] over your store and call [`check`] from a test. Give each node a
//! connection of its own, or better a process of its own, and let the work run in parallel: a
//! store that keeps these laws only one request at a time keeps none of them.
//!
//! ```
//! use upheld_second_factor::MemoryStore;
//! use upheld_second_factor::conformance::{self, Harness, Work};
//!
//! struct InMemory(MemoryStore);
//!
//! impl Harness for InMemory {
//!     type Store = MemoryStore;
//!
//!     fn store(&self, _node: usize) -> MemoryStore {
//!         self.0.clone()
//!     }
//!
//!     async fn together<T: Send + 'static>(&self, work: Vec<Work<T>>) -> Vec<T> {
//!         let tasks: Vec<_> = work.into_iter().map(tokio::spawn).collect();
//!         let mut done = Vec::new();
//!         for task in tasks {
//!             done.push(task.await.expect("no task panics"));
//!         }
//!         done
//!     }
//!
//!     async fn restart(&mut self) {} // a store that is not in memory is closed and opened here
//! }
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mut harness = InMemory(MemoryStore::default());
//! let report = conformance::check(&mut harness, conformance::Extent { seed: 1, rounds: 50 }).await?;
//! assert_eq!(report.laws.len(), 13);
//! # Ok(())
//! # }
//! ```

mod draw;
mod endurance;
mod model;
mod order;
mod race;
mod separation;

use std::fmt;
use std::pin::Pin;

use upheld_totp::{Code, Parameters, Totp, UnixSeconds};

use self::draw::Draw;
use crate::{
    Accepted, AccountId, Added, Credential, CredentialId, Guard, Kind, Outcome, Policy,
    RecoveryCode, RecoverySet, Registry,
};

/// Something that a [`Harness`] runs.
pub type Work<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The store under test, and how to run things on it.
pub trait Harness: Sync {
    /// The store. Clones work on the same data.
    type Store: Registry + Clone + 'static;

    /// A store on the data under test, as node `node` of several sees it.
    ///
    /// The kit asks for nodes 0 to 3. A store with one connection may ignore the number.
    fn store(&self, node: usize) -> Self::Store;

    /// Runs all of `work` at the same time and returns what comes of it, in order.
    fn together<T: Send + 'static>(
        &self,
        work: Vec<Work<T>>,
    ) -> impl Future<Output = Vec<T>> + Send;

    /// Closes the store and opens it again on the same data, as a restart of the process does.
    fn restart(&mut self) -> impl Future<Output = ()> + Send;
}

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written out by whoever runs the kit")]
pub struct Extent {
    /// What accounts, secrets and orders are drawn from. Two runs on the same data need different
    /// ones.
    pub seed: u64,
    /// How often each race is run. A thousand find what is rare; fifty find what is wrong.
    pub rounds: u32,
}

/// What was tried, and held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// Each law and how often it was tried.
    pub laws: Vec<(&'static str, u32)>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (law, rounds) in &self.laws {
            writeln!(f, "{rounds:>6} × {law}")?;
        }
        Ok(())
    }
}

/// A law that the store broke.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("round {round}: {seen}; the law: {law}")]
#[non_exhaustive]
pub struct Violation {
    /// What must hold.
    pub law: &'static str,
    /// In which round it did not.
    pub round: u32,
    /// What was seen instead, or the store's error.
    pub seen: String,
}

/// Tries every law. Takes a few seconds on a store that writes to a disk.
///
/// # Errors
///
/// The first [`Violation`] found.
pub async fn check<H: Harness>(harness: &mut H, extent: Extent) -> Result<Report, Violation> {
    let mut trial =
        Trial { harness, draw: Draw::new(extent.seed), extent, laws: Vec::new(), law: "" };
    race::accepts_one_of_many(&mut trial).await?;
    race::consumes_once(&mut trial).await?;
    race::evaluates_no_more_than_the_budget(&mut trial).await?;
    race::accepts_each_recovery_code_once(&mut trial).await?;
    race::accepts_a_message_code_once(&mut trial).await?;
    order::never_goes_back(&mut trial).await?;
    order::refuses_what_was_removed(&mut trial).await?;
    separation::keeps_accounts_and_budgets_apart(&mut trial).await?;
    separation::binds_a_message_code_to_its_request(&mut trial).await?;
    endurance::counts_what_was_abandoned(&mut trial).await?;
    endurance::disables_at_the_cap_until_unlocked(&mut trial).await?;
    endurance::remembers_over_a_restart(&mut trial).await?;
    model::answers_as_the_model(&mut trial).await?;
    Ok(Report { laws: trial.laws })
}

/// A run of the kit.
struct Trial<'harness, H> {
    harness: &'harness mut H,
    draw: Draw,
    extent: Extent,
    laws: Vec<(&'static str, u32)>,
    law: &'static str,
}

/// When the kit's stories begin: the start of a step.
const START: UnixSeconds = UnixSeconds(1_800_000_000);

impl<H: Harness> Trial<'_, H> {
    /// Begins with a law that is tried `rounds` times.
    fn law(&mut self, law: &'static str, rounds: u32) {
        self.law = law;
        self.laws.push((law, rounds));
    }

    fn guard(&self, node: u32) -> Guard<H::Store> {
        let node = usize::try_from(node % 4).unwrap_or_default();
        Guard::new(self.harness.store(node), Policy::default())
    }

    fn account(&mut self) -> AccountId {
        AccountId(self.draw.number())
    }

    /// An account with an app, whose code was never used.
    async fn enrolled(&mut self, round: u32) -> Result<(AccountId, App), Violation> {
        let account = self.account();
        let app = self.enrol(account, round).await?;
        Ok((account, app))
    }

    async fn enrol(&mut self, account: AccountId, round: u32) -> Result<App, Violation> {
        let secret = self.draw.secret();
        let totp = Totp::new(&secret, Parameters::default());
        let id = CredentialId(self.draw.number());
        let kind = Kind::Totp { secret, parameters: Parameters::default() };
        let credential = Credential::from_parts(id, kind, None);
        let added = self.harness.store(0).add(account, &credential, START).await;
        self.expect(round, self.answer(round, added)? == Added::Added, || {
            "a new credential was not added".into()
        })?;
        Ok(App { id, totp })
    }

    /// Recovery codes for an account.
    async fn recovery(
        &mut self,
        account: AccountId,
        round: u32,
    ) -> Result<Vec<RecoveryCode>, Violation> {
        let id = CredentialId(self.draw.number());
        let Ok((set, codes)) = RecoverySet::generate(account, id, &mut self.draw);
        let kept = self.harness.store(0).replace_recovery_set(account, &set, START).await;
        self.answer(round, kept)?;
        Ok(codes)
    }

    /// An error of the store is a violation: the kit asks nothing that may fail.
    fn answer<T, E: std::error::Error>(
        &self,
        round: u32,
        answer: Result<T, E>,
    ) -> Result<T, Violation> {
        answer.map_err(|error| self.violation(round, format!("the store failed: {error}")))
    }

    fn expect(
        &self,
        round: u32,
        holds: bool,
        seen: impl FnOnce() -> String,
    ) -> Result<(), Violation> {
        if holds { Ok(()) } else { Err(self.violation(round, seen())) }
    }

    fn violation(&self, round: u32, seen: String) -> Violation {
        Violation { law: self.law, round, seen }
    }
}

/// A person's authenticator app.
struct App {
    id: CredentialId,
    totp: Totp,
}

impl App {
    fn code_at(&self, now: UnixSeconds) -> Code {
        self.totp.code_at(now)
    }

    /// A code that is none of the window around `now`.
    fn wrong_at(&self, now: UnixSeconds) -> Code {
        let near = [0, 30, 60, 90, 120]
            .map(|ahead| self.code_at(later(UnixSeconds(now.0.saturating_sub(60)), ahead)));
        let mut candidates = ["000000", "111111", "222222", "333333", "444444", "555555"]
            .iter()
            .filter_map(|text| Code::parse(text).ok());
        candidates
            .find(|candidate| !near.contains(candidate))
            .unwrap_or_else(|| self.code_at(UnixSeconds(0)))
    }
}

fn later(now: UnixSeconds, seconds: u64) -> UnixSeconds {
    UnixSeconds(now.0.saturating_add(seconds))
}

fn count_passed<T>(outcomes: &[Outcome<T>]) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Passed(_))).count()
}

fn is_passed(outcome: &Outcome<Accepted>) -> bool {
    matches!(outcome, Outcome::Passed(_))
}
