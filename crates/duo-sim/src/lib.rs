//! A simulator of Duo, for tests and demonstrations.
//!
//! It answers the Auth API, the Universal Prompt and a part of the Admin API as Duo does, closely
//! enough that Duo's own clients accept it, and refuses what Duo refuses: wrong signatures, dates
//! more than five minutes off, codes used twice, applications of the wrong type. People and their
//! phones are simulated with it: a push can be approved, denied or reported, a call answered, a text
//! message read, a button of a hardware token pressed, by a script or on a page in the browser.
//!
//! | | for |
//! |---|---|
//! | [`Simulator`] | tests without a network: requests and moments in, answers out |
//! | [`Server`] | tests over TLS: starts in the process, is steered by a [`Handle`] |
//! | `duo-sim` | everything else: the same as a program, steered over HTTP |
//!
//! ```
//! use upheld_duo::auth::{Auth, AuthOutcome, Factor, PushText, Target, User};
//! use upheld_duo::{ApiHost, Application, Call, IntegrationKey, SecretKey, UnixSeconds};
//! use upheld_duo_sim::{Answer, Config, Simulator};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::default();
//! let duo = Application::new(
//!     ApiHost::parse("localhost:9443")?,
//!     IntegrationKey::parse(&config.auth.key)?,
//!     SecretKey::parse(&config.auth.secret)?,
//! );
//! let mut simulator = Simulator::new(config, "localhost:9443", 1)?;
//!
//! let now = UnixSeconds(1_700_000_000);
//! let factor = Factor::Push(Target::Any, PushText::default());
//! let push = Auth::new(User::named("push-allow"), factor);
//! let Answer::Reply(reply) = simulator.respond(&push.request(&duo, now)?, now) else { panic!() };
//! assert!(matches!(push.read(&duo, &reply, now)?, AuthOutcome::Allowed(_)));
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//!
//! Policies, groups, trusted endpoints and the passcodes of a YubiKey are not simulated. Secret keys
//! are not kept secret, because nothing is behind them.

#![forbid(unsafe_code)]

mod config;
mod control;
mod fault;
mod protocol;
mod server;
mod simulator;
mod state;
mod tls;
pub mod webauthn;

pub use config::{Config, ConfigError, Decision, Keys, Person, PhoneOf, TokenOf};
pub use control::{Asked, Message};
pub use fault::{Fault, FaultAt};
pub use server::{Handle, Options, Server, StartError, Transport};
pub use simulator::{Answer, Simulator, Waiting};
pub use tls::{DevCa, DevCaError};

pub(crate) use simulator::Ticket;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
