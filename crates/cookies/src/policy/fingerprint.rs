//! What a person agreed to, in eight bytes.

use core::{fmt, iter};

use sha2::{Digest, Sha256};

use super::Policy;
use super::entry::Entry;

/// The material parts of a policy, hashed: who does what, for what, on what ground, for how long.
///
/// Names for people, descriptions, addresses, days and the order of the file are not material: a
/// corrected word asks nobody again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 8]);

impl Fingerprint {
    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// The fingerprint of these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    pub(super) fn of(policy: &Policy) -> Self {
        let mut hash = Sha256::new_with_prefix(b"upheld policy 1");
        let entries: Vec<Entry> = Entry::of_what_is_done(policy).collect();
        let live = entries.iter().filter(|entry| entry.is_live);
        let to_words = |entry: &Entry| -> Vec<String> {
            let values = entry.material().map(str::to_owned);
            iter::once(entry.table.to_owned()).chain(values).collect()
        };
        let mut lines: Vec<Vec<String>> = live.map(to_words).collect();
        lines.sort();
        for field in lines.iter().flat_map(|line| line.iter().chain([&END])) {
            // Lengths keep one field from running into the next.
            hash.update(u64::try_from(field.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(field.as_bytes());
        }
        let mut bytes = [0; 8];
        bytes.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(bytes)
    }
}

static END: String = String::new();

/// Sixteen hexadecimal digits.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}
