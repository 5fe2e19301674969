//! The public interface against its sources: one module per source or rule.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod admin;
mod auth_replies;
mod auth_requests;
mod breaker;
mod encoding;
mod id_token;
mod planted_secret;
mod policies;
mod signatures;
mod universal;
mod verifying;

use upheld_duo::{ApiHost, Application, IntegrationKey, SecretKey, UnixSeconds};

/// The pair of Duo's documentation, which is nobody's.
const IKEY: &str = "DIWJ8X6AEYOR5OMC6TQ1";
const SKEY: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

fn application(host: &str) -> Application {
    let key = IntegrationKey::parse(IKEY).unwrap();
    Application::new(ApiHost::parse(host).unwrap(), key, secret_key())
}

fn secret_key() -> SecretKey {
    SecretKey::parse(SKEY).unwrap()
}
