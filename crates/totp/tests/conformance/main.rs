//! The public interface against its sources: one module per standard, oracle or rule.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod code;
mod cross;
mod hotp;
mod interface;
mod matching;
mod planted_secret;
mod properties;
mod rfc2104;
mod rfc4226;
mod rfc4648;
mod rfc6238;
mod secret;
mod serde;
mod totp_rs;
mod uri;
mod uri_interop;

use upheld_totp::{Algorithm, Secret};

/// The rows of a vector file: columns separated by `|`, comments by `#`.
fn rows(text: &'static str) -> Vec<Vec<&'static str>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('|').map(str::trim).collect()).collect()
}

fn algorithm(name: &str) -> Algorithm {
    let all = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
    all.into_iter().find(|algorithm| algorithm.name() == name).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
}

/// The key of the RFCs: `1234567890` repeated.
fn rfc_key(algorithm: Algorithm) -> Secret {
    let digits = b"1234567890".iter().copied().cycle();
    Secret::from_bytes(&digits.take(algorithm.mac_len()).collect::<Vec<_>>()).unwrap()
}

/// Bytes that differ with their place and with the length.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| (index * 31 + length).to_le_bytes()[0]).collect()
}
