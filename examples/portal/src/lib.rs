//! The portal of a clinic: pages for people to sign in with a password and an authenticator app,
//! and to see and change what the clinic holds about them.
//!
//! An example of how the crates of this workspace are put together, meant to be read. It serves
//! plain HTTP on the computer it runs on, from one database file.
//!
//! # Reading order
//!
//! `warrant` is the heart: the six ways to a session, and why there is no seventh. `sign_in` leads
//! to it by a password and a second factor, which `upheld-second-factor` judges and `upheld-store`
//! remembers. `enrolment`, `recovery` and `removal` change what protects an account,
//! `reauthentication` comes before them, `accounts` says what ends with such a change and `events`
//! whom it is told to. `duo` asks Duo, and is the second of the two places that judge. `attempts` limits guessing at passwords. `staff` is what staff do for
//! others, and `limits` whom they see waiting. `notice` is what the clinic tells people before it asks them, `consents` what they answer,
//! `held` what there is about them, and `requests` what they ask for; `upheld-consent` judges and
//! `upheld-store` keeps it. Everything about HTTP is in `web`; [`routes`] lists every address there is.
//!
//! # Invariants
//!
//! - Every attempt is written down before it is evaluated, and stays written down whatever
//!   happens to the request.
//! - A session opens from a `Warrant` alone, and that of an account with a second factor from
//!   [`Accepted`](upheld_second_factor::Accepted) or a browser that was remembered after one.
//! - Wrong, used and throttled codes get one answer, byte for byte.
//! - What changes the protection of an account ends what was opened under the old, and is told to
//!   its person, in one transaction.
//! - An answer about data, its entry in the log and the e-mail that confirms it are one transaction.
//! - Tokens are stored hashed; passwords and codes are stored nowhere and logged nowhere.

#![forbid(unsafe_code)]

mod accounts;
mod attempts;
pub mod audit;
pub mod backup;
mod browsers;
mod clock;
mod closures;
mod complaints;
pub mod config;
mod connections;
mod consents;
mod cookie_choices;
mod cookie_notice;
mod cookies;
mod declaration;
mod demonstration;
mod desk;
mod devices;
mod duo;
mod enrolment;
mod events;
mod exports;
mod held;
mod id;
mod intakes;
mod language;
mod letters;
mod limits;
mod listener;
mod mail;
mod message_codes;
mod network;
mod new_password;
mod notice;
mod observe;
mod operator;
mod password;
mod password_change;
mod people;
mod proxies;
mod publishing;
mod purge;
mod random;
mod reauthentication;
mod record_log;
mod records;
mod recovery;
mod removal;
mod requests;
mod resets;
mod schema;
mod sealed;
mod second_factor;
pub mod seeding;
mod server;
mod sessions;
mod settings;
mod sign_in;
mod site;
mod staff;
mod tls;
mod token;
mod user_agent;
mod warrant;
mod web;

pub use clock::Clock;
pub use duo::{
    DuoCheck, DuoKeys, DuoKeysError, DuoSettings, DuoSettingsError, NotAsked, check_duo,
};
pub use listener::{ListenError, Listener, ServeError};
pub use mail::{Directory, Message, Transport};
pub use observe::{Lockout, Method, Metrics, Operations};
pub use operator::{Account, Change, Codes, OperateError, Standing};
pub use password::{PasswordCost, PasswordCostError, PasswordSettings};
pub use people::Role;
pub use proxies::{TrustedProxies, TrustedProxiesError};
pub use random::{NoRandomness, generate_password};
pub use record_log::{LogHead, LogHeadError, origin as log_origin, verify_log};
pub use schema::{Migrated, behind, migrate, sealed_tables};
pub use server::{AddDuoError, AddPersonError, AddTokenError, OpenError, Portal};
pub use settings::{RememberedDays, Settings};
pub use site::{PublicUrl, PublicUrlError};
pub use tls::{Identity, TlsError};
pub use web::routes::{Access, Route, routes};

/// Whose portal this is, on every page and in the authenticator app. From here, never from a
/// request.
const CLINIC: &str = "Northside Clinic";
