//! A tower layer: no cookie leaves before consent.
//!
//! A [`Gate`] is made of a [`Policy`](upheld_cookies::policy::Policy), the keys of the consent
//! cookie and a clock. Its layer reads the choice and the signals from each request, and takes out
//! of the response what may not be stored. Every decision is that of
//! [`decide`](upheld_cookies::decide), where the table says who wins.
//!
//! # What it leaves to you
//!
//! - **Where a visitor is**, by [`Gate::with_jurisdiction`]; unknown is the strictest.
//! - **The page on which people choose.** Answer it with
//!   [`ConsentKeys::set_cookie`](upheld_cookies::consent_cookie::ConsentKeys::set_cookie), and keep
//!   the record that proves the consent.
//! - **Scripts.** What they store does not pass here; render only those that are allowed, by
//!   [`Consent`] and [`decide_item`](upheld_cookies::decide_item).
//! - **Caches.** A response whose cookies depend on the person must not be shared: see
//!   [`Gate::with_vary`].
//!
//! # Invariants
//!
//! 1. A field that the policy does not allow leaves only if it removes a cookie, in report-only
//!    mode, or if undeclared cookies are let through.
//! 2. What leaves has its bytes and its order; what is added comes last.
//! 3. Status, body, trailers and other header fields are not touched, but for `Vary` on demand.
//! 4. No value of a cookie reaches an event.

#![forbid(unsafe_code)]

mod event;
mod filter;
mod gate;
mod request;
mod service;

pub use event::Event;
pub use gate::{Gate, GateError, Undeclared};
pub use request::Consent;
pub use service::{ConsentGate, ConsentGateLayer, ResponseFuture};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
