//! What makes each request of a client one of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::{SecretText, UnixSeconds};

/// As many characters as Duo's own clients send.
const CHARACTERS: usize = 36;

/// Identifiers of assertions (`jti`), none of which comes twice: each is made from what was drawn,
/// the time, and how many there were before. Clones count together.
#[derive(Clone, Debug)]
pub(super) struct Identifiers {
    seed: SecretText,
    made: Arc<AtomicU64>,
}

impl Identifiers {
    pub(super) fn of(seed: SecretText) -> Self {
        Self { seed, made: Arc::default() }
    }

    //= RFC 7523 §3: an assertion is told from every other by its identifier
    pub(super) fn next(&self, now: UnixSeconds) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        // The numbers have one length, so that no two inputs run into one another.
        let hash = Sha256::new()
            .chain_update(number.to_be_bytes())
            .chain_update(now.0.to_be_bytes())
            .chain_update(self.seed.expose())
            .finalize();
        let mut text = URL_SAFE_NO_PAD.encode(hash);
        text.truncate(CHARACTERS);
        text
    }
}
