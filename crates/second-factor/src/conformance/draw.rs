//! Everything random in the kit, from one seed: a run can be repeated.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest, Sha256};
use upheld_totp::Secret;

/// Draws by hashing a counter: unforeseeable without the seed, the same again with it.
pub(super) struct Draw {
    seed: u64,
    drawn: u64,
}

impl Draw {
    pub(super) const fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    fn block(&mut self) -> [u8; 32] {
        self.drawn = self.drawn.wrapping_add(1);
        let mut hash = Sha256::new();
        hash.update(b"upheld conformance");
        hash.update(self.seed.to_be_bytes());
        hash.update(self.drawn.to_be_bytes());
        hash.finalize().into()
    }

    pub(super) fn number(&mut self) -> u128 {
        let mut number = [0; 16];
        let Ok(()) = self.try_fill_bytes(&mut number);
        u128::from_be_bytes(number)
    }

    /// A number below `end`.
    pub(super) fn below(&mut self, end: u32) -> u32 {
        let Ok(drawn) = self.try_next_u32();
        drawn.checked_rem(end).unwrap_or_default()
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let other = self.below(u32::try_from(end).unwrap_or(u32::MAX).saturating_add(1));
            items.swap(end, usize::try_from(other).unwrap_or_default());
        }
    }

    /// A secret of the usual length.
    pub(super) fn secret(&mut self) -> Secret {
        let Ok(secret) = Secret::generate(upheld_totp::Algorithm::Sha1, self);
        secret
    }
}

impl TryRng for Draw {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for chunk in to.chunks_mut(32) {
            for (to, from) in chunk.iter_mut().zip(self.block()) {
                *to = from;
            }
        }
        Ok(())
    }
}

/// Only so that the functions under test take it: what it draws protects nothing.
impl TryCryptoRng for Draw {}
