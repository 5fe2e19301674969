//! What a verifier can be built on instead, and the few lines around it that it then needs.
//!
//! The rivals are measured at their best: keys are made once where a key can be kept, a window
//! is left at the first match, and the four truncated bytes are looked up by index.

use core::marker::PhantomData;

use hmac::{KeyInit, Mac};

/// One hash, under the name that each library has for it, and the secret RFC 6238 uses with it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) secret: &'static [u8],
    pub(crate) upheld: upheld_totp::Algorithm,
    pub(crate) totp_rs: totp_rs::Algorithm,
    pub(crate) totp_lite: fn(u64, u32, &[u8], u64) -> String,
    pub(crate) ring: ring::hmac::Algorithm,
    pub(crate) aws_lc_rs: aws_lc_rs::hmac::Algorithm,
}

//= RFC 6238 appendix B: the secrets are as long as the MAC
pub(crate) const SHA1: Case = Case {
    name: "sha1",
    secret: b"12345678901234567890",
    upheld: upheld_totp::Algorithm::Sha1,
    totp_rs: totp_rs::Algorithm::SHA1,
    totp_lite: totp_lite::totp_custom::<totp_lite::Sha1>,
    ring: ring::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
    aws_lc_rs: aws_lc_rs::hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
};
pub(crate) const SHA256: Case = Case {
    name: "sha256",
    secret: b"12345678901234567890123456789012",
    upheld: upheld_totp::Algorithm::Sha256,
    totp_rs: totp_rs::Algorithm::SHA256,
    totp_lite: totp_lite::totp_custom::<totp_lite::Sha256>,
    ring: ring::hmac::HMAC_SHA256,
    aws_lc_rs: aws_lc_rs::hmac::HMAC_SHA256,
};
pub(crate) const SHA512: Case = Case {
    name: "sha512",
    secret: b"1234567890123456789012345678901234567890123456789012345678901234",
    upheld: upheld_totp::Algorithm::Sha512,
    totp_rs: totp_rs::Algorithm::SHA512,
    totp_lite: totp_lite::totp_custom::<totp_lite::Sha512>,
    ring: ring::hmac::HMAC_SHA512,
    aws_lc_rs: aws_lc_rs::hmac::HMAC_SHA512,
};

/// The moment at which all is measured, and the period: RFC 6238 appendix B, fourth row.
pub(crate) const NOW: u64 = 1_234_567_890;
pub(crate) const PERIOD: u64 = 30;

impl Case {
    pub(crate) fn secret_of_upheld(&self) -> upheld_totp::Secret {
        upheld_totp::Secret::from_bytes(self.secret).expect("the secret is long enough")
    }

    /// A credential of `totp-rs` that accepts `skew` steps on either side.
    pub(crate) fn totp_rs(&self, skew: u16) -> totp_rs::Totp {
        totp_rs::Builder::new()
            .with_algorithm(self.totp_rs)
            .with_secret(secret_of_totp_rs(self.secret))
            .with_skew(skew)
            .build()
            .expect("the parameters are valid")
    }

    pub(crate) fn totp_lite(&self, now: u64) -> String {
        (self.totp_lite)(PERIOD, 6, self.secret, now)
    }
}

/// In place where `totp-rs` can hold it in place, which is at 20 bytes, and else on the heap.
fn secret_of_totp_rs(bytes: &[u8]) -> totp_rs::Secret {
    bytes.try_into().map_or_else(|_| bytes.to_vec().into(), totp_rs::Secret::new_stack)
}

/// A key that makes the number that a six-digit code writes out.
pub(crate) trait Codes {
    fn code(&self, counter: u64) -> u32;
}

pub(crate) struct Ring(ring::hmac::Key);

impl Ring {
    pub(crate) fn new(case: &Case) -> Self {
        Self(ring::hmac::Key::new(case.ring, case.secret))
    }
}

impl Codes for Ring {
    fn code(&self, counter: u64) -> u32 {
        truncate(ring::hmac::sign(&self.0, &counter.to_be_bytes()).as_ref())
    }
}

pub(crate) struct AwsLc(aws_lc_rs::hmac::Key);

impl AwsLc {
    pub(crate) fn new(case: &Case) -> Self {
        Self(aws_lc_rs::hmac::Key::new(case.aws_lc_rs, case.secret))
    }
}

impl Codes for AwsLc {
    fn code(&self, counter: u64) -> u32 {
        truncate(aws_lc_rs::hmac::sign(&self.0, &counter.to_be_bytes()).as_ref())
    }
}

/// An `Hmac` of the `hmac` crate, keyed once and cloned for each code.
pub(crate) struct Cloned<M>(M);

impl<M: KeyInit> Cloned<M> {
    pub(crate) fn new(case: &Case) -> Self {
        Self(new_mac(case.secret))
    }
}

impl<M: Mac + Clone> Codes for Cloned<M> {
    fn code(&self, counter: u64) -> u32 {
        let mac = self.0.clone().chain_update(counter.to_be_bytes());
        truncate(&mac.finalize().into_bytes())
    }
}

/// The same, keyed anew for each code.
pub(crate) struct Rekeyed<M>(&'static [u8], PhantomData<M>);

impl<M> Rekeyed<M> {
    pub(crate) fn new(case: &Case) -> Self {
        Self(case.secret, PhantomData)
    }
}

impl<M: Mac + KeyInit> Codes for Rekeyed<M> {
    fn code(&self, counter: u64) -> u32 {
        let mac: M = new_mac(self.0);
        truncate(&mac.chain_update(counter.to_be_bytes()).finalize().into_bytes())
    }
}

fn new_mac<M: KeyInit>(key: &[u8]) -> M {
    <M as KeyInit>::new_from_slice(key).expect("HMAC takes a key of any length")
}

//= RFC 4226 §5.3: four bytes at the offset in the last nibble, without the top bit, modulo 10^6
fn truncate(mac: &[u8]) -> u32 {
    let offset = usize::from(mac.last().copied().unwrap_or_default() & 0x0f);
    let bytes = mac.get(offset..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
    (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000
}
