//! What is made up. The same seed makes up the same.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// Makes up identifiers, codes and keys.
#[derive(Debug)]
pub(crate) struct Draw {
    seed: u64,
    count: u64,
}

/// Signs of identifiers: those of Duo's.
const SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

impl Draw {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, count: 0 }
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        self.count = self.count.wrapping_add(1);
        let hash = Sha256::new().chain_update(self.seed.to_be_bytes());
        hash.chain_update(self.count.to_be_bytes()).finalize().into()
    }

    /// Twenty signs, of which the first two say what it is.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        let bytes = self.bytes();
        let signs = bytes.iter().filter_map(|byte| SIGNS.get(usize::from(byte & 31)));
        prefix.chars().chain(signs.map(|sign| char::from(*sign)).take(18)).collect()
    }

    /// Something like a UUID.
    pub(crate) fn uuid(&mut self) -> String {
        let hex = self.hex();
        let mut text = String::with_capacity(36);
        for (at, digit) in hex.chars().take(32).enumerate() {
            if matches!(at, 8 | 12 | 16 | 20) {
                text.push('-');
            }
            text.push(digit);
        }
        text
    }

    /// Sixty-four hexadecimal digits.
    pub(crate) fn hex(&mut self) -> String {
        HEXLOWER.encode(&self.bytes())
    }

    /// Decimal digits; at most 32.
    pub(crate) fn digits(&mut self, count: usize) -> String {
        let bytes = self.bytes();
        bytes.iter().take(count).map(|byte| char::from(b'0'.wrapping_add(byte % 10))).collect()
    }
}
