//! The SHA-256 hashes of RFC 6962: of nothing, of a leaf, of two subtrees.
//!
//! A leaf and a node are short messages whose length is known, so that they are padded here and
//! handed to `sha2`'s compression function as whole blocks. That takes half the time of its
//! streaming interface, which copies through a buffer. `tests/conformance/hash.rs` compares the
//! two at every length around the block boundaries.

use core::fmt;
use core::slice::from_ref;

use data_encoding::BASE64;
use sha2::block_api::compress256;

/// A SHA-256 hash of a leaf, a subtree or a whole tree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// What a leaf begins with.
pub(crate) const BEFORE_LEAF: u8 = 0;

const BLOCK: usize = 64;
/// A bit 1 and the length.
const PADDING: usize = 9;
/// Blocks that are compressed in one call: most entries have two or three.
const AT_ONCE: usize = 4;

/// The state before the first block, FIPS 180-4 §5.3.3.
const INITIAL: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

impl Hash {
    /// The hash of a tree without leaves: SHA-256 of nothing.
    //= RFC 6962 §2.1: the hash of an empty list is the hash of an empty string
    pub const EMPTY: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// Wraps the 32 bytes of a hash made elsewhere.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Hashes the bytes of an entry as a leaf.
    //= RFC 6962 §2.1: a leaf is hashed after a byte 0, a node after a byte 1
    #[must_use]
    pub fn of_leaf(data: &[u8]) -> Self {
        let length = data.len().saturating_add(1);
        let mut blocks = [[0; BLOCK]; AT_ONCE];
        let mut state = INITIAL;
        if let Some(blocks) = blocks.get_mut(..blocks_of(length)) {
            fill(blocks, 1, data, length);
            compress256(&mut state, blocks);
            return Self(to_bytes(state));
        }
        let (front, rest) = data.split_at(data.len().min(BLOCK.saturating_sub(1)));
        let [first, ..] = &mut blocks;
        first[1..].copy_from_slice(front);
        compress256(&mut state, from_ref(first));
        let (whole, tail) = rest.as_chunks::<BLOCK>();
        compress256(&mut state, whole);
        let mut blocks = [[0; BLOCK]; 2];
        let last = blocks.get_mut(..blocks_of(tail.len())).unwrap_or_default();
        fill(last, 0, tail, length);
        compress256(&mut state, last);
        Self(to_bytes(state))
    }

    /// Hashes the first bytes of a buffer, which is padded behind them.
    pub(crate) fn of_message(buffer: &mut Vec<u8>, length: usize) -> Self {
        let padded = blocks_of(length).saturating_mul(BLOCK);
        if buffer.len() < padded {
            buffer.resize(padded, 0);
        }
        let message = buffer.get_mut(..padded).unwrap_or_default();
        if let Some(padding) = message.get_mut(length..) {
            padding.fill(0);
            pad(padding, length);
        }
        let mut state = INITIAL;
        compress256(&mut state, message.as_chunks().0);
        Self(to_bytes(state))
    }

    /// Hashes two subtrees, the left one holding the earlier leaves.
    #[must_use]
    pub fn of_node(left: Self, right: Self) -> Self {
        const BITS: [u8; 2] = (65_u16 * 8).to_be_bytes();
        let [head @ .., last] = &right.0;
        let mut blocks = [[0; BLOCK]; 2];
        let [first, second] = &mut blocks;
        first[0] = 1;
        first[1..33].copy_from_slice(&left.0);
        first[33..].copy_from_slice(head);
        second[0] = *last;
        second[1] = 0x80;
        [second[62], second[63]] = BITS;
        let mut state = INITIAL;
        compress256(&mut state, &blocks);
        Self(to_bytes(state))
    }

    /// Reads base64 with padding (RFC 4648 §4), as checkpoints and proofs have it.
    ///
    /// # Errors
    ///
    /// [`HashTextError`] unless the text is the base64 of exactly 32 bytes.
    pub fn parse(text: &str) -> Result<Self, HashTextError> {
        let error = HashTextError { length: text.len() };
        let mut bytes = [0; 33];
        let buffer = match BASE64.decode_len(text.len()) {
            Ok(33) => &mut bytes,
            Ok(_) | Err(_) => return Err(error),
        };
        let decoded = BASE64.decode_mut(text.as_bytes(), buffer).map_err(|_| error)?;
        let hash = buffer.get(..decoded).ok_or(error)?;
        // The decoder takes several padded texts in a row as well.
        let is_one = text.find('=') == Some(43);
        hash.try_into().ok().filter(|_| is_one).map(Self).ok_or(error)
    }

    /// Appends the base64 of [`Hash::parse`].
    pub(crate) fn write_to(self, text: &mut String) {
        BASE64.encode_append(&self.0, text);
    }
}

/// How many blocks so many bytes make with their padding.
const fn blocks_of(length: usize) -> usize {
    length.saturating_add(PADDING).div_ceil(BLOCK)
}

/// Pads a message of `length` bytes, in zeros to the end of its last block.
//= FIPS 180-4 §5.1.1: a bit 1, zeros, and the length in bits as 64 bits
fn pad(zeros: &mut [u8], length: usize) {
    let bits = u64::try_from(length).unwrap_or(u64::MAX).saturating_mul(8);
    if let Some(last) = zeros.last_chunk_mut() {
        *last = bits.to_be_bytes();
    }
    if let Some(first) = zeros.first_mut() {
        *first = 0x80;
    }
}

/// Puts the end of a message of `length` bytes into zeroed blocks, and pads it.
fn fill(blocks: &mut [[u8; BLOCK]], at: usize, end: &[u8], length: usize) {
    let place = blocks.as_flattened_mut().get_mut(at..);
    if let Some((place, rest)) = place.and_then(|place| place.split_at_mut_checked(end.len())) {
        place.copy_from_slice(end);
        pad(rest, length);
    }
}

fn to_bytes(state: [u32; 8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let (words, _) = bytes.as_chunks_mut::<4>();
    words.iter_mut().zip(state).for_each(|(to, word)| *to = word.to_be_bytes());
    bytes
}

impl fmt::Display for Hash {
    /// Writes base64 with padding (RFC 4648 §4).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// A text that is not the base64 of a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{length} bytes of text; a hash is 44 characters of base64 with padding")]
pub struct HashTextError {
    length: usize,
}
