//! Laws that must hold for every input, as plain functions that panic when one is broken.
//!
//! Each takes the bytes a fuzzer made up. `fuzz_targets/` hands it libFuzzer's; `tests/replay.rs`
//! hands it everything in `corpus/` on a stable compiler. What is expected is computed here by
//! other means than the crates use: other libraries, and the simplest code that could be right.
//!
//! ```sh
//! cargo test -p upheld-fuzz                                # replay
//! cargo fuzz run -s none totp_match -- -max_total_time=60  # search, stable compiler
//! cargo +nightly fuzz run totp_match                       # search with AddressSanitizer
//! ```

#![forbid(unsafe_code)]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "a law that is broken panics"
)]

mod accept_once;
mod bytes;
mod canonical_json;
mod code_parse;
mod consent_cookie;
mod consent_stream;
mod cookie_date;
mod credentials;
mod deadline_facts;
mod device_storage;
mod dossier;
mod drp;
mod duo_date;
mod duo_reply;
mod duo_sign;
mod duo_token;
mod gov_uk;
mod gpp;
mod har;
mod hotp_search;
mod import_files;
mod ledger_file;
mod ledger_text;
mod migration;
mod opendsr;
mod policy_toml;
mod recovery_parse;
mod reference;
mod request_commands;
mod secret_parse;
mod set_cookie;
mod sol;
mod tcf;
mod totp_match;
mod uri;
mod webauthn;

pub use accept_once::accept_once;
pub use canonical_json::canonical_json;
pub use code_parse::code_parse;
pub use consent_cookie::consent_cookie;
pub use consent_stream::consent_stream;
pub use cookie_date::cookie_date;
pub use deadline_facts::deadline_facts;
pub use device_storage::device_storage;
pub use dossier::dossier;
pub use drp::drp;
pub use duo_date::duo_date;
pub use duo_reply::duo_reply;
pub use duo_sign::duo_sign;
pub use duo_token::duo_token;
pub use gov_uk::gov_uk;
pub use gpp::gpp;
pub use har::har;
pub use hotp_search::hotp_search;
pub use import_files::import_files;
pub use ledger_file::ledger_file;
pub use ledger_text::ledger_text;
pub use migration::migration;
pub use opendsr::opendsr;
pub use policy_toml::policy_toml;
pub use recovery_parse::recovery_parse;
pub use request_commands::request_commands;
pub use secret_parse::secret_parse;
pub use set_cookie::set_cookie;
pub use sol::sol;
pub use tcf::tcf;
pub use totp_match::totp_match;
pub use uri::uri;
pub use webauthn::webauthn;
