//! Sends the calls of [`upheld_duo`], over TLS by rustls, with deadlines and retries.
//!
//! ```no_run
//! use std::time::Duration;
//! use upheld_duo::auth::{Auth, AuthOutcome, Factor, PushText, StartAuth, Target, User};
//! use upheld_duo::{ApiHost, Application, IntegrationKey, SecretKey};
//! use upheld_duo_reqwest::{Client, Settings};
//!
//! # async fn sign_in() -> Result<(), Box<dyn std::error::Error>> {
//! let application = Application::new(
//!     ApiHost::parse("api-1234abcd.duosecurity.com")?,
//!     IntegrationKey::parse("DIWJ8X6AEYOR5OMC6TQ1")?,
//!     SecretKey::parse("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep")?,
//! );
//! let duo = Client::new(Settings::default())?;
//!
//! let push = Factor::Push(Target::Any, PushText::default());
//! let txid = duo.send(&application, &StartAuth(Auth::new(User::named("alice"), push))).await?;
//! let show = |progress: &upheld_duo::auth::Progress| println!("{}", progress.message);
//! match duo.follow(&application, &txid, Duration::from_secs(90), show).await? {
//!     AuthOutcome::Allowed(_) => println!("in"),
//!     AuthOutcome::Denied(_) | AuthOutcome::PasscodesSent(_) => println!("out"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - Certificates are checked against the platform's roots, those given, or those that Duo's own
//!   clients carry ([`Roots`]).
//! - No redirect is followed: it would carry the signature elsewhere. No proxy is used unless asked.
//! - A reply is read up to the limit of its call, and wiped. Each attempt ends with the patience of
//!   its call, or with the deadline for all attempts if that is sooner. A connection that has idled for
//!   55 seconds is not used again: Duo closes it after a minute.
//! - Each attempt is signed anew. When Duo says that the clock is off, the offset is learnt from its
//!   reply, over TLS, and the call is sent once more.
//! - Dropping a future ends the call, whatever it waits for. What Duo was asked to do by then, it
//!   does; the name of an authentication stays good, so that it can be followed again.

#![forbid(unsafe_code)]

mod client;
mod error;
mod roots;

pub use client::{Client, Settings};
pub use error::{SendError, SettingsError};
pub use roots::{Pins, Roots};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
