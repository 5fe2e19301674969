//! The public interface against its sources: one module per format, oracle or rule.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod aegis;
mod andotp;
mod freeotp_plus;
mod google;
mod import;
mod pskc;
mod pskc_encrypted;
mod qr;
mod round_trips;
mod secrecy;
mod steam;
mod two_fas;
mod uri_list;
