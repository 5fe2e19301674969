//! The chain itself: what is hashed.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use upheld_store::sql::{DatabaseError, Row};

/// The end of a chain: how many events it has, and the hash of the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// The number of the last event; 0 for an empty chain.
    pub seq: u64,
    /// Its hash; zeros for an empty chain.
    pub hash: [u8; 32],
}

/// A text that is no [`Head`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a head is a number, a colon and 64 hexadecimal digits, as it was printed")]
#[non_exhaustive]
pub struct HeadError;

/// An event as it is hashed.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) id: Vec<u8>,
    at: i64,
    actor: String,
    action: String,
    subject: String,
}

impl Head {
    pub(super) const EMPTY: Self = Self { seq: 0, hash: [0; 32] };

    /// The head after `event`.
    ///
    /// Each part is preceded by its length, so that no two events are hashed alike.
    //= FIPS 180-4 §6.2: SHA-256
    pub(super) fn after(&self, event: &Event) -> Self {
        let seq = self.seq.saturating_add(1);
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        };
        add(b"portal audit 1");
        add(&self.hash);
        add(&seq.to_be_bytes());
        add(&event.id);
        add(&event.at.to_be_bytes());
        add(event.actor.as_bytes());
        add(event.action.as_bytes());
        add(event.subject.as_bytes());
        Self { seq, hash: hash.finalize().into() }
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.seq, HEXLOWER.encode(&self.hash))
    }
}

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (seq, hash) = text.split_once(':').ok_or(HeadError)?;
        let hash = HEXLOWER.decode(hash.as_bytes()).map_err(|_| HeadError)?;
        let hash = hash.try_into().map_err(|_| HeadError)?;
        Ok(Self { seq: seq.parse().map_err(|_| HeadError)?, hash })
    }
}

impl Event {
    /// What [`Event::at`] reads.
    pub(super) const COLUMNS: &str = "id, at, actor, action, subject";

    pub(super) fn at(row: &Row) -> Result<Self, DatabaseError> {
        Ok(Self {
            id: row.blob(0)?.to_vec(),
            at: row.integer(1)?,
            actor: row.text(2)?.to_owned(),
            action: row.text(3)?.to_owned(),
            subject: row.text(4)?.to_owned(),
        })
    }
}
