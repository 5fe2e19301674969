//! Data Rights Protocol 1.0: requests from agents to businesses.
//!
//! A message is base64 of an Ed25519 signature and the JSON that it signs. [`Exercise::open`] checks
//! in the order that the protocol sets: base64, signature, agent, business, time; the JSON is read
//! after the signature. The signature itself is checked by a [`Verifier`] of yours, and made by a
//! closure of yours: there is no cryptography here.
//!
//! # Source
//!
//! <https://github.com/consumer-reports-innovation-lab/data-rights-protocol>, version 1.0, §§2.01,
//! 3.01 to 3.07.

mod exercise;
mod status;

pub use exercise::{Claims, Exercise, MAX_MESSAGE, OpenError, Opening, Right, SealError, Verifier};
pub use status::{DenialReason, Status, StatusError, StatusReport};
