//! Recovery codes: what a person keeps on paper for the day their phone is lost.
//!
//! ```text
//! K7QX-M2RD-9HTP-4VWA-3CEJ-8NBZ
//! ```
//!
//! Twenty-three symbols of five random bits, 115 in all, and one that checks them, so that a slip
//! of the pen is told apart from a wrong code before it costs an attempt. The alphabet is
//! Crockford's: no I, L, O and U, and whoever reads a 1 as I or a 0 as O is understood.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand_core::TryCryptoRng;
use sha2::Sha256;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::{Zeroize, Zeroizing};

use crate::{AccountId, CredentialId};

const SYMBOLS: usize = 24;
const GROUP: usize = 4;
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Groups and their dashes, with room for what people add.
const MAX_TEXT_BYTES: usize = 64;

/// A recovery code. Prints as `[redacted]` and is wiped on drop.
pub struct RecoveryCode([u8; SYMBOLS]);

impl RecoveryCode {
    /// Reads a code as people type it: upper or lower case, with dashes and spaces or without, I
    /// and L for 1 and O for 0.
    ///
    /// A code that does not parse was mistyped: say so, and charge nothing.
    ///
    /// # Errors
    ///
    /// [`RecoveryCodeError`]: what is wrong and where, never the text.
    pub fn parse(text: &str) -> Result<Self, RecoveryCodeError> {
        if text.len() > MAX_TEXT_BYTES {
            return Err(RecoveryCodeError::Length { symbols: text.len() });
        }
        let mut code = Self([0; SYMBOLS]);
        let mut symbols = 0_usize;
        for (at, byte) in text.bytes().enumerate() {
            if matches!(byte, b' ' | b'-') {
                continue;
            }
            let value = value_of(byte).ok_or(RecoveryCodeError::Alphabet { at })?;
            if let Some(symbol) = code.0.get_mut(symbols) {
                *symbol = value;
            }
            symbols = symbols.saturating_add(1);
        }
        if symbols != SYMBOLS {
            return Err(RecoveryCodeError::Length { symbols });
        }
        if check_of(&code.0) != 0 {
            return Err(RecoveryCodeError::Mistyped);
        }
        Ok(code)
    }

    /// Writes the code in groups of four, to be shown to the person once.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(MAX_TEXT_BYTES));
        for group in self.0.chunks(GROUP) {
            if !text.is_empty() {
                text.push('-');
            }
            text.extend(group.iter().map(|&symbol| letter_of(symbol)));
        }
        text
    }

    fn generate<R: TryCryptoRng>(rng: &mut R) -> Result<Self, R::Error> {
        let mut code = Self([0; SYMBOLS]);
        rng.try_fill_bytes(&mut code.0)?;
        for symbol in &mut code.0 {
            *symbol &= 31;
        }
        if let Some(check) = code.0.last_mut() {
            *check = 0;
        }
        let check = check_of(&code.0);
        if let Some(last) = code.0.last_mut() {
            *last = check;
        }
        Ok(code)
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl Drop for RecoveryCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// Why a text is no recovery code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryCodeError {
    /// A character that is no symbol, dash or space.
    #[error("byte {at} is neither a letter nor a digit of a recovery code")]
    Alphabet {
        /// Offset in the text, in bytes.
        at: usize,
    },
    /// Too few symbols, or too many.
    #[error("{symbols} letters and digits; a recovery code has 24")]
    Length {
        /// Symbols, without separators.
        symbols: usize,
    },
    /// The last symbol does not fit the others.
    #[error("the letters and digits do not fit together; one is mistyped")]
    Mistyped,
}

/// A set of recovery codes, as a store keeps it: a key, and a hash of each unused code under it.
///
/// The key is drawn with the set and must be encrypted at rest, like the secret of an app; with
/// the key encrypted, the hashes say nothing.
pub struct RecoverySet {
    id: CredentialId,
    key: Zeroizing<[u8; Self::KEY_BYTES]>,
    unused: Vec<(u8, RecoveryHash)>,
}

/// A recovery code under the key of its set and the name of its account.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "32 bytes, as the store keeps them")]
pub struct RecoveryHash(pub [u8; 32]);

impl RecoverySet {
    /// How many codes a set has: 10.
    pub const CODES: u8 = 10;
    /// The length of the key.
    pub const KEY_BYTES: usize = 32;

    /// Draws ten codes for `account`. Show them once, and have the person confirm that they are
    /// kept before the set replaces another.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    ///
    /// # Source
    ///
    /// NIST SP 800-63B §5.1.2.1 (look-up secrets), ASVS 5.0 §6.5.2 (112 bits need no slow hash).
    pub fn generate<R: TryCryptoRng>(
        account: AccountId,
        id: CredentialId,
        rng: &mut R,
    ) -> Result<(Self, Vec<RecoveryCode>), R::Error> {
        let mut key = Zeroizing::new([0; Self::KEY_BYTES]);
        rng.try_fill_bytes(key.as_mut_slice())?;
        let mut set = Self { id, key, unused: Vec::new() };
        let mut codes = Vec::new();
        for index in 0..Self::CODES {
            let code = RecoveryCode::generate(rng)?;
            let hash = set.hash(account, &code);
            set.unused.push((index, hash));
            codes.push(code);
        }
        Ok((set, codes))
    }

    /// Rebuilds a set from what a store kept: the key, and each unused code's index and hash.
    #[must_use]
    pub const fn from_parts(
        id: CredentialId,
        key: Zeroizing<[u8; Self::KEY_BYTES]>,
        unused: Vec<(u8, RecoveryHash)>,
    ) -> Self {
        Self { id, key, unused }
    }

    /// What names the set.
    #[must_use]
    pub const fn id(&self) -> CredentialId {
        self.id
    }

    /// Shows the key, to encrypt it for storage.
    #[must_use]
    pub fn expose_key(&self) -> &[u8; Self::KEY_BYTES] {
        &self.key
    }

    /// The index and the hash of each unused code.
    #[must_use]
    pub fn unused(&self) -> &[(u8, RecoveryHash)] {
        &self.unused
    }

    /// Compares `code` with every unused one.
    //= NIST SP 800-63B §5.1.2.2: a look-up secret is used once
    pub(crate) fn find(&self, account: AccountId, code: &RecoveryCode) -> Option<u8> {
        let hash = self.hash(account, code);
        let (mut found, mut any) = (0, Choice::from(0));
        for (index, unused) in &self.unused {
            let matched = unused.0.ct_eq(&hash.0);
            found.conditional_assign(index, matched);
            any |= matched;
        }
        bool::from(any).then_some(found)
    }

    fn hash(&self, account: AccountId, code: &RecoveryCode) -> RecoveryHash {
        RecoveryHash(keyed(&self.key, b"upheld recovery code", account.0, self.id.0, &code.0))
    }
}

impl fmt::Debug for RecoverySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecoverySet")
            .field("id", &self.id)
            .field("unused", &self.unused.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for RecoveryHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// HMAC-SHA-256 of what is named and bound: each part has a fixed length, the purpose ends in NUL.
pub(crate) fn keyed(
    key: &[u8; 32],
    purpose: &[u8],
    account: u128,
    id: u128,
    text: &[u8],
) -> [u8; 32] {
    // RFC 2104 §2: a key shorter than a block is filled up with zeros.
    let mut block = Zeroizing::new([0; 64]);
    for (to, from) in block.iter_mut().zip(key) {
        *to = *from;
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    mac.update(purpose);
    mac.update(&[0]);
    mac.update(&account.to_be_bytes());
    mac.update(&id.to_be_bytes());
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// Asks every letter, whichever it is: an index would be an address that depends on a secret.
fn value_of(byte: u8) -> Option<u8> {
    let letter = byte.to_ascii_uppercase();
    let aliases = [(b'O', 0), (b'I', 1), (b'L', 1)];
    let letters = (0..).zip(ALPHABET).map(|(value, &known)| (known, value)).chain(aliases);
    let (mut found, mut any) = (0, Choice::from(0));
    for (known, value) in letters {
        let matched = known.ct_eq(&letter);
        found.conditional_assign(&value, matched);
        any |= matched;
    }
    bool::from(any).then_some(found)
}

fn letter_of(symbol: u8) -> char {
    let mut letter = b'?';
    for (value, known) in (0..).zip(ALPHABET) {
        letter.conditional_assign(known, symbol.ct_eq(&value));
    }
    char::from(letter)
}

/// The symbols as a polynomial over GF(32), at a generator: zero for a whole code.
///
/// One wrong symbol changes it, and so do two neighbours that changed places.
fn check_of(symbols: &[u8; SYMBOLS]) -> u8 {
    symbols.iter().fold(0, |sum, symbol| times_x(sum) ^ symbol)
}

/// Multiplies by x in GF(2)\[x\] modulo x⁵ + x² + 1, without a branch on the symbol.
const fn times_x(value: u8) -> u8 {
    let shifted = value << 1;
    let overflow = 0_u8.wrapping_sub(shifted >> 5 & 1);
    (shifted ^ (0b10_0101 & overflow)) & 31
}
