//! Security keys, by the ceremonies of Web Authentication (W3C, Level 3).
//!
//! The side of the website: what a browser brings back from `navigator.credentials.create` and
//! `.get` is read and verified, with nothing but bytes as arguments.
//!
//! | | makes | checks |
//! |---|---|---|
//! | [`RelyingParty::register`] | a [`Credential`] | §7.1 |
//! | [`RelyingParty::authenticate`] | nothing; moves the credential's counter | §7.2 |
//!
//! A [`Challenge`] goes into a ceremony by value: none is used twice.
//!
//! # What it does not do
//!
//! Certificates of makers are not looked at: the pages ask for no attestation. User verification
//! is not required: a security key stands beside a password. Extensions are skipped over.

mod attestation;
mod authenticator_data;
mod ceremony;
mod client_data;
mod public_key;

pub use attestation::{Attestation, AttestationError, AttestationObject};
pub use authenticator_data::{AttestedCredential, AuthenticatorData, AuthenticatorDataError};
pub use ceremony::{Assertion, AssertionError, Registration, RegistrationError};
pub use client_data::ClientDataError;
pub use public_key::{PublicKey, PublicKeyError};

use std::net::Ipv4Addr;

use data_encoding::BASE64URL_NOPAD;

/// A website to which security keys belong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
}

/// What a security key must sign, once.
#[derive(Debug, PartialEq, Eq)]
pub struct Challenge(Box<[u8]>);

/// A key that was registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    id: Vec<u8>,
    key: PublicKey,
    counter: u32,
    is_backup_eligible: bool,
    attestation: Attestation,
}

impl RelyingParty {
    /// The website at `origin`; its identifier is the name of the host. `None` for what browsers
    /// have no security keys for: an address instead of a name, and plain HTTP to elsewhere.
    ///
    /// ```
    /// use upheld_duo_sim::webauthn::RelyingParty;
    ///
    /// let here = RelyingParty::at_origin("https://localhost:9443");
    /// assert_eq!(here.unwrap().id(), "localhost");
    /// assert_eq!(RelyingParty::at_origin("https://127.0.0.1:9443"), None);
    /// assert_eq!(RelyingParty::at_origin("http://clinic.example"), None);
    /// ```
    #[must_use]
    pub fn at_origin(origin: &str) -> Option<Self> {
        let (scheme, host) = origin.split_once("://")?;
        let name = host.split_once(':').map_or(host, |(name, _)| name);
        let is_secure = scheme == "https" || (scheme == "http" && name == "localhost");
        let is_of_name = |sign: u8| {
            sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, b'-' | b'.')
        };
        let is_name =
            !name.is_empty() && name.bytes().all(is_of_name) && name.parse::<Ipv4Addr>().is_err();
        (is_secure && is_name).then(|| Self { id: name.to_owned(), origin: origin.to_owned() })
    }

    /// The identifier: the name of the host.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl Challenge {
    /// A challenge of random bytes. The standard (§13.4.3) asks for 16 or more.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// As it is written in JSON, for the page and by the browser: base64url without padding.
    #[must_use]
    pub fn to_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }
}

impl Credential {
    /// The name by which a page asks for it.
    #[must_use]
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// How often it was used, as far as it told; always 0 for keys that do not count.
    #[must_use]
    pub const fn counter(&self) -> u32 {
        self.counter
    }

    /// What is known of its maker.
    #[must_use]
    pub const fn attestation(&self) -> Attestation {
        self.attestation
    }
}
