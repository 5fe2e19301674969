//! The list of addresses that marketing must not go to, of which nothing can be read.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use upheld_ledger::{PseudonymKey, UnixMillis};

use super::Channel;
use crate::moment::millis;

const VERSION: u8 = 1;

/// The addresses of those who want no marketing, each as a keyed hash with the moment since when.
///
/// It is kept when everything else about a person is erased: without it, the next list that is
/// imported would bring their address back, and nobody would know that they had objected. It holds
/// no address, no name and no reason; without the key it cannot be searched. Keep the key apart
/// from it, and for as long.
///
/// Ask it of every address before every sending, as well as
/// [`may_contact`](super::ConsentRecord::may_contact), which knows of people who are on record.
///
/// ```
/// use upheld_consent::{Channel, SuppressionList, UnixMillis};
/// use upheld_ledger::PseudonymKey;
///
/// let key = PseudonymKey::from_bytes([7; 32]); // draw yours
/// let objected = UnixMillis::new(1_790_000_000_000).ok_or("a moment")?;
/// let mut list = SuppressionList::default();
/// list.add(&key, Channel::Email, "Ann@example.org", objected)?;
///
/// // The person is erased; a year later a list is bought that has them.
/// let imported = [" ann@EXAMPLE.org ", "ben@example.org"];
/// let mut allowed = Vec::new();
/// for address in imported {
///     if list.since(&key, Channel::Email, address)?.is_none() {
///         allowed.push(address);
///     }
/// }
/// assert_eq!(allowed, ["ben@example.org"]);
/// assert!(!list.to_json().contains("example"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// UK GDPR Art 21(3): after an objection the data is not processed for direct marketing any more.
/// Art 17(3)(b): erasure does not reach what that obligation needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SuppressionList {
    entries: BTreeMap<[u8; 16], UnixMillis>,
}

impl SuppressionList {
    /// The most that is read, in bytes: room for [`Self::MAX_ENTRIES`].
    pub const MAX: usize = 1 << 27;
    /// The most addresses that are taken, so that every list that is written can be read.
    pub const MAX_ENTRIES: usize = 1_500_000;
    /// The longest address, in bytes: a postal one has some lines.
    pub const MAX_ADDRESS: usize = 1_000;

    /// Adds an address; the first objection to marketing there counts. A number is suppressed for
    /// messages and for calls at once.
    ///
    /// # Errors
    ///
    /// [`SuppressionError`]: what is no address would suppress nobody. A list that is full takes no
    /// other: begin a second one, and ask both.
    //= UK GDPR, Article 21(3): after an objection, nothing more is done with it for marketing
    pub fn add(
        &mut self,
        key: &PseudonymKey,
        channel: Channel,
        address: &str,
        since: UnixMillis,
    ) -> Result<(), SuppressionError> {
        let name = name(key, channel, address)?;
        if self.entries.len() >= Self::MAX_ENTRIES && !self.entries.contains_key(&name) {
            return Err(SuppressionError::Full { most: Self::MAX_ENTRIES });
        }
        let first = self.entries.entry(name).or_insert(since);
        *first = since.min(*first);
        Ok(())
    }

    /// Since when marketing must not go to an address; `None` if it may.
    ///
    /// # Errors
    ///
    /// [`SuppressionError`]: nothing goes to what is no address either.
    pub fn since(
        &self,
        key: &PseudonymKey,
        channel: Channel,
        address: &str,
    ) -> Result<Option<UnixMillis>, SuppressionError> {
        Ok(self.entries.get(&name(key, channel, address)?).copied())
    }

    /// Takes an address off, because its owner has asked for marketing again: by a consent of their
    /// own, later than the objection. An import, a purchase or a move is no such reason. Says whether
    /// it was there.
    ///
    /// # Errors
    ///
    /// [`SuppressionError`].
    pub fn lift(
        &mut self,
        key: &PseudonymKey,
        channel: Channel,
        address: &str,
    ) -> Result<bool, SuppressionError> {
        Ok(self.entries.remove(&name(key, channel, address)?).is_some())
    }

    /// How many addresses there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Reads a list.
    ///
    /// # Errors
    ///
    /// [`SuppressionError`].
    pub fn parse(json: &[u8]) -> Result<Self, SuppressionError> {
        if json.len() > Self::MAX {
            return Err(SuppressionError::Long { most: Self::MAX });
        }
        let kept: Kept = serde_json::from_slice(json).map_err(|error| SuppressionError::Json {
            line: error.line(),
            column: error.column(),
        })?;
        if kept.v != VERSION {
            return Err(SuppressionError::Version);
        }
        let mut list = Self::default();
        for (index, Entry { name, since }) in kept.entries.iter().enumerate() {
            let bytes = HEXLOWER.decode(name.as_bytes()).ok();
            let bytes = bytes.and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
            let bytes = bytes.ok_or(SuppressionError::Entry { index })?;
            let first = list.entries.entry(bytes).or_insert(*since);
            *first = (*since).min(*first);
        }
        Ok(list)
    }

    /// Writes the list, in the order of the hashes, which says nothing of when each was added.
    #[must_use]
    pub fn to_json(&self) -> String {
        let entry = |(name, since): (&[u8; 16], &UnixMillis)| Entry {
            name: HEXLOWER.encode(name),
            since: *since,
        };
        let kept = Kept { v: VERSION, entries: self.entries.iter().map(entry).collect() };
        // There is nothing in it that JSON has not.
        serde_json::to_string(&kept).unwrap_or_default()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    v: u8,
    entries: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    #[serde(with = "millis")]
    since: UnixMillis,
}

/// Why there is no such list or entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuppressionError {
    /// Nothing that the channel could reach.
    #[error(
        "no address of that channel: an @ between two parts, seven to fifteen digits, or words"
    )]
    NoAddress,
    /// Too long.
    #[error("more than {most} bytes")]
    Long {
        /// How many there may be.
        most: usize,
    },
    /// No other address goes in.
    #[error("there are {most} addresses already; begin a second list, and ask both")]
    Full {
        /// How many there may be.
        most: usize,
    },
    /// Not its JSON.
    #[error("line {line}, column {column}: no suppression list")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
    },
    /// Written by a later version.
    #[error("the version is {VERSION}")]
    Version,
    /// No hash.
    #[error("entry {index}: a name has 32 digits of lower-case hexadecimal")]
    Entry {
        /// Which, counted from 0.
        index: usize,
    },
}

/// The keyed hash of an address as it is written by anybody: it is better to be silent to somebody
/// more than to write to somebody who objected.
fn name(key: &PseudonymKey, channel: Channel, address: &str) -> Result<[u8; 16], SuppressionError> {
    if address.len() > SuppressionList::MAX_ADDRESS {
        return Err(SuppressionError::Long { most: SuppressionList::MAX_ADDRESS });
    }
    let (kind, written) = match channel {
        Channel::Email => ("suppressed e-mail address", email(address)),
        Channel::Sms | Channel::LiveCall | Channel::AutomatedCall => {
            ("suppressed number", number(address))
        }
        Channel::Push => ("suppressed device", trimmed(address)),
        Channel::Post => ("suppressed postal address", words(address)),
    };
    let written = written.ok_or(SuppressionError::NoAddress)?;
    Ok(*key.name(kind, &written).as_bytes())
}

/// In lower case throughout: no mail server in use tells the local part apart by case. What has
/// more than the address, a name, a scheme or a second one, is refused: its hash would be found by
/// nobody.
fn email(address: &str) -> Option<String> {
    let address = trimmed(address)?.to_lowercase();
    let (local, host) = address.split_once('@')?;
    let host = host.trim_end_matches('.');
    let is_more = |it: char| it.is_whitespace() || "<>,;:\"()".contains(it);
    let is_one =
        !address.contains(is_more) && !local.is_empty() && !host.is_empty() && !host.contains('@');
    is_one.then(|| format!("{local}@{host}"))
}

/// Digits with the code of the country, which is the United Kingdom's where none is written. No
/// number there begins with 44 after its 0, and none keeps that 0 after 44: both are ways to write
/// the same number.
//= ITU-T E.164 §6.2.1: at most fifteen digits with the country code
fn number(address: &str) -> Option<String> {
    let address = trimmed(address)?.replace("(0)", "");
    let is_number =
        |character: char| character.is_ascii_digit() || "+ -./()\u{a0}".contains(character);
    if !address.chars().all(is_number) {
        return None;
    }
    let digits: String = address.chars().filter(char::is_ascii_digit).collect();
    let international = if address.trim_start_matches(['(', ' ']).starts_with('+') {
        digits
    } else if let Some(abroad) = digits.strip_prefix("00") {
        abroad.into()
    } else {
        let national = digits.strip_prefix('0').unwrap_or(&digits);
        if national.starts_with("44") { national.into() } else { format!("44{national}") }
    };
    let international = match international.strip_prefix("440") {
        Some(national) => format!("44{national}"),
        None => international,
    };
    (7..=15).contains(&international.len()).then_some(international)
}

/// The letters and digits alone, in lower case.
fn words(address: &str) -> Option<String> {
    let words: String = address.chars().filter(|it| it.is_alphanumeric()).collect();
    (!words.is_empty()).then(|| words.to_lowercase())
}

fn trimmed(address: &str) -> Option<String> {
    let address = address.trim();
    (!address.is_empty()).then(|| address.into())
}

#[cfg(test)]
mod tests {
    use super::{Channel, PseudonymKey, SuppressionError, SuppressionList, UnixMillis};

    /// The last moment before the year 2200 has as many digits as any.
    #[test]
    fn a_full_list_can_be_read_and_takes_no_other() {
        let key = PseudonymKey::from_bytes([7; 32]);
        let moment = UnixMillis::new(7_258_118_399_999).unwrap();
        let mut list = SuppressionList::default();
        list.add(&key, Channel::Email, "ann@example.org", moment).unwrap();
        assert!(list.to_json().len() * SuppressionList::MAX_ENTRIES <= SuppressionList::MAX);
        assert_eq!(SuppressionList::parse(list.to_json().as_bytes()), Ok(list.clone()));
        let others = (1_u128..).map(|nth| (nth.to_be_bytes(), moment));
        let ann = std::mem::take(&mut list.entries);
        list.entries = others.take(SuppressionList::MAX_ENTRIES.saturating_sub(1)).collect();
        list.entries.extend(ann);
        let full = SuppressionError::Full { most: SuppressionList::MAX_ENTRIES };
        assert_eq!(list.add(&key, Channel::Email, "ben@example.org", moment), Err(full));
        list.add(&key, Channel::Email, "ann@example.org", moment).unwrap();
        assert_eq!(list.len(), SuppressionList::MAX_ENTRIES);
    }
}
