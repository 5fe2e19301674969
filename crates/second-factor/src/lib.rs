//! Second-factor sign-in that holds under attack: one acceptance per code, a hard limit on
//! guessing, on every store, whatever happens.
//!
//! [`upheld_totp`] answers which step a code belongs to. This crate decides what follows from it,
//! together with a [`Store`] that remembers. It reads no clock and starts no thread; time and
//! randomness are arguments.
//!
//! # Sign-in
//!
//! ```
//! use upheld_second_factor::{Credential, CredentialId, Kind, MemoryStore, Registry};
//! use upheld_second_factor::{AccountId, Guard, Outcome, Policy};
//! use upheld_totp::{Parameters, Secret, Totp, UnixSeconds};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let guard = Guard::new(MemoryStore::default(), Policy::default());
//! let (alice, now) = (AccountId(1), UnixSeconds(1_750_000_000));
//! # let (secret, parameters) = (Secret::from_bytes(&[7; 20])?, Parameters::default());
//! # let app = Totp::new(&secret, parameters);
//!
//! // Enrolment: the first code proves that the app has the secret, and is used up by it.
//! let kind = Kind::Totp { secret, parameters };
//! let first = app.code_at(now);
//! let confirmed = Credential::confirmed(CredentialId(1), kind, &first, guard.policy(), now);
//! let credential = confirmed.map_err(|_| "no code of this app")?;
//! assert_eq!(guard.store().add(alice, &credential, now).await?, upheld_second_factor::Added::Added);
//!
//! // Sign-in, a minute later: once with a code, and never again with the same.
//! let now = UnixSeconds(now.0 + 60);
//! let typed = app.code_at(now);
//! let Outcome::Passed(accepted) = guard.verify_code(alice, &typed, now).await? else { panic!() };
//! assert_eq!(accepted.account(), alice); // opens the session
//! assert!(matches!(guard.verify_code(alice, &typed, now).await?, Outcome::Refused(_)));
//! # Ok(())
//! # }
//! ```
//!
//! # Invariants
//!
//! 1. An attempt is counted, durably, before its code is looked at. A crash, a rolled-back
//!    transaction of the caller's, a panic and a lost connection leave it counted.
//! 2. Of any number of requests with one code, in any number of processes, one is accepted. The
//!    last used step or counter of a credential never goes back.
//! 3. [`Accepted`] has no constructor: there is no way to one around [`Guard::consume`].
//! 4. Between two successes, guessing succeeds with a probability of at most
//!    [`Throttle::ceiling`], whatever devices the account has: each attempt is charged its chance.
//! 5. A person is told one thing about wrong, used, late and throttled codes.
//! 6. No secret and no code reaches an error or a `Debug` text.
//!
//! # What it leaves to you
//!
//! - **The first factor.** Charge a code only after the password was right: then nobody else can
//!   use up the attempts of an account. Limit passwords separately; a right one does not set the
//!   failures of codes back.
//! - **The session.** Make it take an [`Accepted`].
//! - **The store.** [`MemoryStore`] is for tests; the crate `upheld-store` has SQLite and
//!   PostgreSQL. Your own must pass the [`conformance`] kit.
//! - **Telling the person**, by another channel, about failures after a right password, about new
//!   and removed credentials, and about used recovery codes.
//! - **Phishing.** A code can be relayed within its lifetime; no verifier can tell.

#![forbid(unsafe_code)]

mod attempt;
pub mod conformance;
mod credential;
mod guard;
mod identifier;
mod memory;
mod out_of_band;
mod policy;
mod recovery;
mod store;
mod throttle;
mod verdict;

pub use attempt::{Candidate, CodeAttempt, MessageAttempt, RecoveryAttempt};
pub use credential::{Credential, Kind};
pub use guard::{Guard, SendError, Sent};
pub use identifier::{AccountId, CredentialId, RequestId};
pub use memory::MemoryStore;
pub use out_of_band::{Challenge, ChallengeHash, Channel, Delivery};
pub use policy::{MessageLifetime, Policy};
pub use recovery::{RecoveryCode, RecoveryCodeError, RecoveryHash, RecoverySet};
pub use store::{Added, Charge, Consumed, Material, Registry, Removed, Store, Target, Use};
pub use throttle::{Budget, Chance, Decision, Failures, Throttle, ThrottleError};
pub use verdict::{Accepted, Factor, Outcome, Reason, Refused};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
