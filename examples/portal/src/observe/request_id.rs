//! A name for a request, by which a person's complaint and a log line find each other.

use std::fmt;

use axum::http::HeaderValue;
use data_encoding::HEXLOWER;

use crate::random;

/// Sixteen hexadecimal digits, random: a number that rose would tell visitors of each other.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(String);

impl RequestId {
    pub(crate) fn generate() -> Self {
        // Without randomness the request is served all the same, and is just not told from others.
        let bytes = random::bytes::<8>().map(|bytes| *bytes).unwrap_or_default();
        Self(HEXLOWER.encode(&bytes))
    }

    pub(crate) fn to_header(&self) -> Option<HeaderValue> {
        HeaderValue::from_str(&self.0).ok()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
