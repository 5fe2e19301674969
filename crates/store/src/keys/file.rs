//! A key ring as a text file.
//!
//! ```text
//! upheld key ring 1
//! 1 6f…64 hexadecimal digits…a0 1f2e3d4c
//! 2 03…64 hexadecimal digits…9b 5a6b7c8d current
//! ```
//!
//! The last number of a line checks the key, so that a slip or a line cut off is found when the
//! file is read and not when the first secret does not open.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{KEY_BYTES, Key, KeyId, KeyRing};

const TITLE: &str = "upheld key ring 1";
const CURRENT: &str = "current";
const CHECK_BYTES: usize = 4;
/// No ring is this large; what is larger is another file.
const MAX_FILE_BYTES: usize = 64 * 1024;

impl KeyRing {
    /// Reads what [`KeyRing::to_text`] wrote. Empty lines and lines that begin with `#` are
    /// skipped. Wiping `text` remains the caller's task.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`]: the line, never what is in it.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        if text.len() > MAX_FILE_BYTES {
            return Err(KeyFileError::TooLong);
        }
        let lines = (1..).zip(text.lines().map(str::trim));
        let mut lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        if lines.next().is_none_or(|(_, line)| line != TITLE) {
            return Err(KeyFileError::Title);
        }
        let (mut keys, mut current) = (Vec::<(KeyId, Key)>::new(), None);
        for (number, line) in lines {
            let (id, key, is_current) = read_line(line, number)?;
            if keys.last().is_some_and(|(last, _)| *last >= id) {
                return Err(KeyFileError::Order { line: number });
            }
            if is_current && current.replace(id).is_some() {
                return Err(KeyFileError::TwoCurrent { line: number });
            }
            keys.push((id, key));
        }
        let current = current.ok_or(KeyFileError::NoCurrent)?;
        Ok(Self { keys, current })
    }

    /// Writes the ring as a text, keys and all: for a file that its owner alone may read.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // So long that it never moves and leaves a copy behind.
        let length = self.keys.len().saturating_mul(128).saturating_add(64);
        let mut text = Zeroizing::new(String::with_capacity(length));
        text.push_str(TITLE);
        text.push('\n');
        for (id, key) in &self.keys {
            let hex = Zeroizing::new(HEXLOWER.encode(key.as_slice()));
            text.push_str(&id.to_string());
            text.push(' ');
            text.push_str(&hex);
            text.push(' ');
            text.push_str(&HEXLOWER.encode(&check(*id, key)));
            if *id == self.current {
                text.push(' ');
                text.push_str(CURRENT);
            }
            text.push('\n');
        }
        text
    }
}

/// Why a text is no key ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The first line is another one.
    #[error("the first line is not `{TITLE}`: this is no key file, or one of a newer version")]
    Title,
    /// A line of another form.
    #[error("line {line}: a key has the form `ID 64-HEX-DIGITS 8-HEX-DIGITS [{CURRENT}]`")]
    Form {
        /// Counted from 1.
        line: usize,
    },
    /// The check does not fit the key.
    #[error("line {line}: the key and its check do not fit together; one is mistyped or cut off")]
    Check {
        /// Counted from 1.
        line: usize,
    },
    /// Ids that do not rise.
    #[error("line {line}: ids must be 1 or more and rise from line to line")]
    Order {
        /// Counted from 1.
        line: usize,
    },
    /// More than one current key.
    #[error("line {line}: another key is current already")]
    TwoCurrent {
        /// Counted from 1.
        line: usize,
    },
    /// No current key, or no key at all.
    #[error("no key is marked `{CURRENT}`")]
    NoCurrent,
    /// Longer than any key ring.
    #[error("longer than {MAX_FILE_BYTES} bytes; this is another file")]
    TooLong,
}

fn read_line(line: &str, number: usize) -> Result<(KeyId, Key, bool), KeyFileError> {
    let form = KeyFileError::Form { line: number };
    let mut words = line.split_ascii_whitespace();
    let id = words.next().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit()));
    let id = id.and_then(|word| word.parse().ok()).map(KeyId).ok_or(form)?;
    if id.0 == 0 {
        return Err(KeyFileError::Order { line: number });
    }
    let key = words.next().and_then(decode::<KEY_BYTES>).ok_or(form)?;
    let written = words.next().and_then(decode::<CHECK_BYTES>).ok_or(form)?;
    let is_current = match (words.next(), words.next()) {
        (None, _) => false,
        (Some(CURRENT), None) => true,
        _ => return Err(form),
    };
    if *written != check(id, &key) {
        return Err(KeyFileError::Check { line: number });
    }
    Ok((id, key, is_current))
}

fn decode<const N: usize>(hex: &str) -> Option<Zeroizing<[u8; N]>> {
    if hex.len() != N.saturating_mul(2) {
        return None;
    }
    let mut bytes = Zeroizing::new([0; N]);
    HEXLOWER.decode_mut(hex.as_bytes(), bytes.as_mut_slice()).ok()?;
    Some(bytes)
}

/// Thirty-two bits of a hash say nothing about 256 bits of key.
fn check(id: KeyId, key: &[u8; KEY_BYTES]) -> [u8; CHECK_BYTES] {
    let mut hash = Sha256::new();
    hash.update(b"upheld key check");
    hash.update(id.0.to_be_bytes());
    hash.update(key);
    let hash: [u8; 32] = hash.finalize().into();
    hash.first_chunk().copied().unwrap_or_default()
}
