//! HMAC of one eight-byte message, keyed once and reused (RFC 2104), and its truncation.
//!
//! HMAC starts both of its hashes with a block that depends on the key alone. Those two
//! compressions are done when the key is set; each code then costs the two that depend on the
//! counter. The compression functions are those of the `sha1` and `sha2` crates. The padding
//! around them is here because a general HMAC leaves an unwiped copy of the padded key behind
//! and carries a buffer that one short message does not need. `tests/rfc2104.rs` compares this
//! file with the `hmac` crate at every key length that can be held.

use core::slice::from_ref;

use sha1::{Digest, Sha1, block_api::compress as compress1};
use sha2::block_api::{compress256, compress512};
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConditionallySelectable};
use zeroize::Zeroize;

use crate::Algorithm;
use crate::secret::Hidden;

/// A key absorbed into HMAC: as sensitive as the key, and wiped like it.
#[derive(Debug)]
pub(crate) enum Keyed {
    Sha1(Midstates<[u32; 5]>),
    Sha256(Midstates<[u32; 8]>),
    Sha512(Midstates<[u64; 8]>),
}

impl Keyed {
    pub(crate) fn new(algorithm: Algorithm, key: &[u8]) -> Self {
        match algorithm {
            Algorithm::Sha1 => Self::Sha1(Midstates::new::<Sha1, 64>(key, SHA1, compress1)),
            Algorithm::Sha256 => {
                Self::Sha256(Midstates::new::<Sha256, 64>(key, SHA256, compress256))
            }
            Algorithm::Sha512 => {
                Self::Sha512(Midstates::new::<Sha512, 128>(key, SHA512, compress512))
            }
        }
    }

    /// The 31-bit number that RFC 4226 §5.3 takes out of the MAC of `counter`.
    pub(crate) fn truncated(&self, counter: u64) -> u32 {
        let counter = counter.to_be_bytes();
        match self {
            Self::Sha1(key) => truncate(&sha1(key.outer.0, &sha1(key.inner.0, &counter))),
            Self::Sha256(key) => truncate(&sha256(key.outer.0, &sha256(key.inner.0, &counter))),
            Self::Sha512(key) => truncate(&sha512(key.outer.0, &sha512(key.inner.0, &counter))),
        }
    }
}

/// The inner and the outer hash after the block that the key fills.
#[derive(Debug)]
pub(crate) struct Midstates<S: Zeroize> {
    inner: Hidden<S>,
    outer: Hidden<S>,
}

impl<S: Copy + Zeroize> Midstates<S> {
    //= RFC 2104 §2: the key, hashed first if longer than a block, is combined with 0x36 and 0x5c
    fn new<D: Digest, const BLOCK: usize>(
        key: &[u8],
        initial: S,
        compress: fn(&mut S, &[[u8; BLOCK]]),
    ) -> Self {
        let mut block = [0; BLOCK];
        match block.get_mut(..key.len()) {
            Some(front) => front.copy_from_slice(key),
            None => block.iter_mut().zip(D::digest(key)).for_each(|(to, from)| *to = from),
        }
        let mut keyed = Self { inner: Hidden(initial), outer: Hidden(initial) };
        xor(&mut block, 0x36);
        compress(&mut keyed.inner.0, from_ref(&block));
        xor(&mut block, 0x36 ^ 0x5c);
        compress(&mut keyed.outer.0, from_ref(&block));
        block.as_mut_slice().zeroize();
        keyed
    }
}

//= FIPS 180-4 §5.3.1, §5.3.3, §5.3.5: the initial hash values
const SHA1: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
#[rustfmt::skip]
const SHA256: [u32; 8] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a,
    0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
];
#[rustfmt::skip]
const SHA512: [u64; 8] = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
];

/// The digest of the block already absorbed into `state` and of `message` after it.
fn sha1<const N: usize>(mut state: [u32; 5], message: &[u8; N]) -> [u8; 20] {
    compress1(&mut state, &[last_block(message)]);
    let mut digest = [0; 20];
    digest.copy_from_slice(state.map(u32::to_be_bytes).as_flattened());
    digest
}

fn sha256<const N: usize>(mut state: [u32; 8], message: &[u8; N]) -> [u8; 32] {
    compress256(&mut state, &[last_block(message)]);
    let mut digest = [0; 32];
    digest.copy_from_slice(state.map(u32::to_be_bytes).as_flattened());
    digest
}

fn sha512<const N: usize>(mut state: [u64; 8], message: &[u8; N]) -> [u8; 64] {
    compress512(&mut state, &[last_block(message)]);
    let mut digest = [0; 64];
    digest.copy_from_slice(state.map(u64::to_be_bytes).as_flattened());
    digest
}

/// The block that ends a hash of one block and `message`.
//= FIPS 180-4 §5.1: one bit, zeros, and the length in bits end the message
fn last_block<const BLOCK: usize, const N: usize>(message: &[u8; N]) -> [u8; BLOCK] {
    let bits = u16::try_from(BLOCK.saturating_add(N).saturating_mul(8)).unwrap_or_default();
    let mut block = [0; BLOCK];
    let (text, padding) = block.split_at_mut(N);
    text.copy_from_slice(message);
    if let [one, .., high, low] = padding {
        *one = 0x80;
        [*high, *low] = bits.to_be_bytes();
    }
    block
}

fn xor(bytes: &mut [u8], with: u8) {
    for byte in bytes {
        *byte ^= with;
    }
}

/// Takes the four bytes at the offset that the MAC's last nibble names, without the top bit.
///
/// The offset is secret, so no address and no branch depends on it: the first 19 bytes, which
/// hold every possible answer, are shifted left by as many bytes as it says.
//= RFC 4226 §5.3: the last byte chooses the offset, also in the longer MACs of RFC 6238
fn truncate<const N: usize>(mac: &[u8; N]) -> u32 {
    let offset = mac.last().copied().unwrap_or_default() & 0x0f;
    let mut words = mac.as_chunks().0.iter().map(|bytes| u64::from(u32::from_be_bytes(*bytes)));
    let mut pair = || words.next().unwrap_or_default() << 32 | words.next().unwrap_or_default();
    let (first, second, third) = (pair(), pair(), pair());

    let late = Choice::from(offset >> 3);
    let high = u64::conditional_select(&first, &second, late);
    let low = u64::conditional_select(&second, &third, late);
    let bits = u32::from(offset & 7) << 3;
    // Two shifts, because one by 64 is not defined when `bits` is zero.
    let window = high.wrapping_shl(bits) | (low >> 1).wrapping_shr(63 ^ bits);
    let [first, second, third, fourth, ..] = window.to_be_bytes();
    u32::from_be_bytes([first & 0x7f, second, third, fourth])
}
