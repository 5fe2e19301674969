//! `Set-Cookie`, cookie-dates and the jar against published suites, and as laws.

#![expect(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests may panic")]

mod consent_laws;
mod consent_strings;
mod google_consent;
mod har;
mod http_state;
mod laws;
mod lint;
mod rfc6265bis;
mod sol;
mod wpt;
