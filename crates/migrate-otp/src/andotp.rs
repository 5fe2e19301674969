//! andOTP backups, unencrypted: read.
//!
//! # Source
//!
//! The JSON that andOTP writes: an array of entries with `secret`, `issuer`, `label`, `type`,
//! `algorithm`, `digits`, and `period` or `counter`. Older backups have no `issuer`, and neither
//! `type` nor parameters. Tags and thumbnails are not imported.

use crate::entry::{Draft, Kind};
use crate::import::{all, text};
use crate::json::{Limited, SecretString, read};
use crate::{Entry, ImportError};

/// Reads the entries of an unencrypted backup.
///
/// # Errors
///
/// [`ImportError`]. The encrypted backup is binary: [`ImportError::NotText`].
pub fn import(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    let Limited(items) = read(text(bytes)?)?;
    all(items, |item: Item| {
        Draft {
            kind: item.kind.as_deref().map_or(Ok(Kind::Totp), Kind::parse)?,
            issuer: item.issuer.as_deref().unwrap_or_default(),
            account: item.label.as_deref().unwrap_or_default(),
            algorithm: item.algorithm.as_deref(),
            digits: item.digits,
            period: item.period,
            counter: item.counter,
            repairs: Vec::new(),
        }
        .with_base32(&item.secret.0)
    })
}

#[derive(serde::Deserialize)]
struct Item {
    secret: SecretString,
    issuer: Option<String>,
    label: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    algorithm: Option<String>,
    digits: Option<i64>,
    period: Option<i64>,
    counter: Option<i64>,
}
