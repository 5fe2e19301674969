//! 2FAS backups, unencrypted: read.
//!
//! # Source
//!
//! Backups of the 2FAS Android app with schema versions 1 to 4. Versions 1 and 2 have no
//! `tokenType` (all entries are TOTP), version 1 no parameters either. Icons and groups are not
//! imported.

use serde::de::IgnoredAny;

use crate::entry::{Draft, Kind, split_name};
use crate::import::{all, text};
use crate::json::{Limited, SecretString, read};
use crate::{Entry, Format, ImportError};

const NEWEST_SCHEMA: u64 = 4;

/// Reads the entries of an unencrypted backup.
///
/// The issuer is the one of the scanned code; an entry typed in by hand has none, and takes the
/// name that the app shows.
///
/// # Errors
///
/// [`ImportError`]; [`ImportError::Encrypted`] for a backup with a password.
pub fn import(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    let backup: Backup = read(text(bytes)?)?;
    let found = backup.schema_version.unwrap_or_default();
    if found > NEWEST_SCHEMA {
        let format = Format::TwoFas;
        return Err(ImportError::Version { format, found, newest: NEWEST_SCHEMA });
    }
    if backup.services_encrypted.is_some() {
        return Err(ImportError::Encrypted { format: Format::TwoFas });
    }
    all(backup.services.0, |Service { name, secret, otp }| {
        let otp = otp.unwrap_or_default();
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let mut repairs = Vec::new();
        let issuer = given(&otp.issuer).or(given(&name)).unwrap_or_default();
        let label = otp.label.unwrap_or_default();
        let account = given(&otp.account);
        let (issuer, account) = match &account {
            Some(account) => (issuer.as_str(), account.as_str()),
            None => split_name(&issuer, &label, &mut repairs),
        };
        Draft {
            kind: otp.token_type.as_deref().map_or(Ok(Kind::Totp), Kind::parse)?,
            issuer,
            account,
            algorithm: otp.algorithm.as_deref(),
            digits: otp.digits,
            period: otp.period,
            counter: otp.counter,
            repairs,
        }
        .with_base32(&secret.0)
    })
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Backup {
    schema_version: Option<u64>,
    #[serde(default)]
    services: Limited<Service>,
    services_encrypted: Option<IgnoredAny>,
}

#[derive(serde::Deserialize)]
struct Service {
    name: Option<String>,
    secret: SecretString,
    otp: Option<Otp>,
}

#[derive(Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Otp {
    label: Option<String>,
    account: Option<String>,
    issuer: Option<String>,
    digits: Option<i64>,
    period: Option<i64>,
    algorithm: Option<String>,
    counter: Option<i64>,
    token_type: Option<String>,
}
