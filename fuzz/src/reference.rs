//! RFC 4226 over a general HMAC: keyed anew for every code, truncated by index, divided.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use upheld_totp::{Algorithm, Digits};

/// What prover and verifier share.
pub(crate) struct Key<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) digits: Digits,
    pub(crate) bytes: &'a [u8],
}

impl Key<'_> {
    /// The digits of the code at `counter`.
    //= RFC 4226 §5.3: four bytes at the offset in the last nibble, without the top bit
    pub(crate) fn code(&self, counter: u64) -> String {
        let mac = match self.algorithm {
            Algorithm::Sha1 => mac::<Hmac<Sha1>>(self.bytes, counter),
            Algorithm::Sha256 => mac::<Hmac<Sha256>>(self.bytes, counter),
            Algorithm::Sha512 => mac::<Hmac<Sha512>>(self.bytes, counter),
        };
        let offset = usize::from(mac.last().copied().unwrap_or_default() & 0x0f);
        let four = mac.iter().skip(offset).take(4);
        let number = four.fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) & 0x7fff_ffff;
        decimal(number, self.digits)
    }
}

/// The last digits of `number`, leading zeros included.
pub(crate) fn decimal(number: u64, digits: Digits) -> String {
    let all = format!("{number:010}");
    all.chars().skip(all.len().saturating_sub(usize::from(digits.count()))).collect()
}

/// Two zeros before six digits, or the last six of more.
pub(crate) fn with_other_digits(code: &str) -> String {
    match code.len() {
        6 => format!("00{code}"),
        len => code.chars().skip(len - 6).collect(),
    }
}

fn mac<M: Mac + KeyInit>(key: &[u8], counter: u64) -> Vec<u8> {
    let Ok(mac) = <M as KeyInit>::new_from_slice(key) else { return Vec::new() };
    mac.chain_update(counter.to_be_bytes()).finalize().into_bytes().to_vec()
}
