//! HMAC of one eight-byte message, keyed once and reused (RFC 2104), and its truncation.
//!
//! HMAC starts both of its hashes with a block that depends on the key alone. Those two
//! compressions are done when the key is set; each code then costs the two that depend on the
//! counter. The compression functions are those of the `sha1` and `sha2` crates. The padding
//! around them is here because a general HMAC leaves an unwiped copy of the padded key behind
//! and carries a buffer that one short message does not need. `tests/rfc2104.rs` compares this
//! file with the `hmac` crate at every key length that can be held.

use core::array::from_fn;
use core::slice::from_ref;

use sha1::{Digest, Sha1, block_api::compress as compress1};
use sha2::block_api::{compress256, compress512};
use sha2::{Sha256, Sha512};
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
        let half = |bits: u64| u32::try_from(bits & 0xffff_ffff).unwrap_or_default();
        let halves = [half(counter >> 32), half(counter)];
        match self {
            Self::Sha1(key) => {
                let mac = sha1(key.outer.0, sha1(key.inner.0, halves));
                truncate(mac.map(u32::to_be_bytes).as_flattened())
            }
            Self::Sha256(key) => {
                let mac = sha256(key.outer.0, sha256(key.inner.0, halves));
                truncate(mac.map(u32::to_be_bytes).as_flattened())
            }
            Self::Sha512(key) => {
                let mac = sha512(key.outer.0, sha512(key.inner.0, [counter]));
                truncate(mac.map(u64::to_be_bytes).as_flattened())
            }
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
        for byte in &mut block {
            *byte ^= 0x36;
        }
        compress(&mut keyed.inner.0, from_ref(&block));
        for byte in &mut block {
            *byte ^= 0x36 ^ 0x5c;
        }
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

/// The digest of the block already absorbed into `state` and of `message` after it, in words.
fn sha1<const N: usize>(mut state: [u32; 5], message: [u32; N]) -> [u32; 5] {
    let block = last_block(message, 1 << 31).map(u32::to_be_bytes);
    compress1(&mut state, block.as_flattened().as_chunks().0);
    state
}

fn sha256<const N: usize>(mut state: [u32; 8], message: [u32; N]) -> [u32; 8] {
    let block = last_block(message, 1 << 31).map(u32::to_be_bytes);
    compress256(&mut state, block.as_flattened().as_chunks().0);
    state
}

fn sha512<const N: usize>(mut state: [u64; 8], message: [u64; N]) -> [u64; 8] {
    let block = last_block(message, 1 << 63).map(u64::to_be_bytes);
    compress512(&mut state, block.as_flattened().as_chunks().0);
    state
}

/// The words of the block that ends a hash of one block and `message`; `one` has its first bit set.
///
/// In words, because what is written byte by byte cannot be read at once: the compression would wait.
//= FIPS 180-4 §5.1: one bit, zeros, and the length in bits end the message
fn last_block<W: Copy + From<u16>, const N: usize>(message: [W; N], one: W) -> [W; 16] {
    let bits = N.saturating_add(16).saturating_mul(size_of::<W>()).saturating_mul(8);
    from_fn(|place| match message.get(place) {
        Some(word) => *word,
        None if place == N => one,
        None if place == 15 => u16::try_from(bits).unwrap_or_default().into(),
        None => 0.into(),
    })
}

/// Takes the four bytes at the offset that the MAC's last nibble names, without the top bit.
///
/// The offset is secret, so no address and no branch depends on it: the first 19 bytes, which
/// hold every possible answer, are shifted left by as many bytes as it says.
//= RFC 4226 §5.3: the last byte chooses the offset, also in the longer MACs of RFC 6238
fn truncate(mac: &[u8]) -> u32 {
    let offset = mac.last().copied().unwrap_or_default() & 0x0f;
    let mut words = mac.as_chunks().0.iter().map(|bytes| u64::from(u32::from_be_bytes(*bytes)));
    let mut pair = || words.next().unwrap_or_default() << 32 | words.next().unwrap_or_default();
    let (first, second, third) = (pair(), pair(), pair());

    // By eight bytes or none: one shift by 64 is not defined, two by 32 are.
    let half = u32::from(offset & 8) << 2;
    let shifted = |high: u64, low: u64| high << half << half | low >> (32 ^ half) >> (32 ^ half);
    let (high, low) = (shifted(first, second), shifted(second, third));
    let bits = u32::from(offset & 7) << 3;
    // Two shifts, because one by 64 is not defined when `bits` is zero.
    let window = high.wrapping_shl(bits) | (low >> 1).wrapping_shr(63 ^ bits);
    let [first, second, third, fourth, ..] = window.to_be_bytes();
    u32::from_be_bytes([first & 0x7f, second, third, fourth])
}
