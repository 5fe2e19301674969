//! The portal of a clinic: pages for people to sign in with a password and an authenticator app,
//! and to see and change what the clinic holds about them.
//!
//! An example of how the crates of this workspace are put together, meant to be read. It serves
//! plain HTTP on the computer it runs on, from one database file.
//!
//! # Reading order
//!
//! [`second_factor`] is the heart: how a code is charged for, checked and used up, and why only
//! [`second_factor::Accepted`] opens a session. `sign_in` is the password before it, `enrolment`
//! how an app is added, `sessions` what is opened, `attempts` what limits guessing. `store` is
//! the one thread that owns the database. Everything about HTTP is in `web`; [`routes`] lists
//! every address there is.
//!
//! # Invariants
//!
//! - Every attempt is written down before it is evaluated, and stays written down whatever
//!   happens to the request.
//! - A session of an account with a second factor opens from an `Accepted` alone.
//! - Wrong, used and throttled codes get one answer, byte for byte.
//! - Tokens are stored hashed; passwords and codes are stored nowhere and logged nowhere.

#![forbid(unsafe_code)]

mod attempts;
pub mod audit;
mod clock;
pub mod config;
mod connections;
mod enrolment;
mod listener;
mod observe;
mod password;
mod people;
mod proxies;
mod random;
pub mod second_factor;
mod server;
mod sessions;
mod sign_in;
mod site;
mod store;
mod token;
mod web;

pub use clock::Clock;
pub use listener::{ListenError, Listener, ServeError};
pub use observe::{Lockout, Method, Metrics, Operations};
pub use password::{PasswordCost, PasswordCostError, PasswordSettings};
pub use proxies::{TrustedProxies, TrustedProxiesError};
pub use random::{NoRandomness, generate_password};
pub use server::{AddPersonError, OpenError, Portal};
pub use site::{PublicUrl, PublicUrlError};
pub use web::routes::{Access, Route, routes};

/// Whose portal this is, on every page and in the authenticator app. From here, never from a
/// request.
const CLINIC: &str = "Northside Clinic";
