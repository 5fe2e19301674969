//! `FreeOTP+` backups: read.
//!
//! # Source
//!
//! The JSON that `FreeOTP+` writes: `tokens` with the secret as an array of signed bytes, and
//! `tokenOrder`, the order in which the app shows them. `issuerInt` is the issuer parameter of
//! the scanned code, `issuerExt` the prefix of its label; `issuerAlt` and `labelAlt` are what the
//! person wrote over them. The app tells a Steam token from others by the issuer's name and
//! stores it as TOTP with five digits; here such a token is a fault, because a name decides
//! nothing.

use std::collections::HashMap;

use crate::entry::{Draft, Kind, note};
use crate::import::{all, text};
use crate::json::{Limited, SecretBytes, read};
use crate::{Entry, ImportError, Repair};

/// Reads the tokens of a backup in the order in which the app shows them.
///
/// # Errors
///
/// [`ImportError`]; positions of entries count in the file's order of `tokens`.
pub fn import(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    let Backup { tokens, token_order } = read(text(bytes)?)?;
    let shown: HashMap<String, usize> =
        token_order.0.into_iter().enumerate().map(|(place, id)| (id, place)).collect();
    let places: Vec<_> = tokens.0.iter().map(|token| shown.get(&token.id()).copied()).collect();
    let mut entries: Vec<_> = all(tokens.0, Token::finish)?.into_iter().zip(places).collect();
    entries.sort_by_key(|(_, place)| place.unwrap_or(usize::MAX));
    Ok(entries.into_iter().map(|(entry, _)| entry).collect())
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Backup {
    tokens: Limited<Token>,
    #[serde(default)]
    token_order: Limited<String>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    secret: SecretBytes,
    #[serde(rename = "type")]
    kind: String,
    issuer_int: Option<String>,
    issuer_ext: Option<String>,
    issuer_alt: Option<String>,
    label: Option<String>,
    label_alt: Option<String>,
    algo: Option<String>,
    digits: Option<i64>,
    period: Option<i64>,
    counter: Option<i64>,
}

impl Token {
    /// The name under which `tokenOrder` lists the token.
    fn id(&self) -> String {
        let label = self.label.as_deref().unwrap_or_default();
        first([&self.issuer_int, &self.issuer_ext])
            .map_or_else(|| label.to_owned(), |issuer| format!("{issuer}:{label}"))
    }

    fn finish(self) -> Result<Entry, crate::EntryFault> {
        let mut repairs = Vec::new();
        let issuer = first([&self.issuer_alt, &self.issuer_int, &self.issuer_ext]);
        if let (Some(parameter), Some(prefix)) =
            (first([&self.issuer_int]), first([&self.issuer_ext]))
            && parameter != prefix
        {
            note(&mut repairs, Repair::IssuerMismatch);
        }
        // A token scanned with counter zero and never used is stored with the counter before it.
        let counter = self.counter.map(|counter| {
            if counter == -1 {
                note(&mut repairs, Repair::NegativeCounter);
                return 0;
            }
            counter
        });
        Draft {
            kind: Kind::parse(&self.kind)?,
            issuer: issuer.unwrap_or_default(),
            account: first([&self.label_alt, &self.label]).unwrap_or_default(),
            algorithm: self.algo.as_deref(),
            digits: self.digits,
            period: self.period,
            counter,
            repairs,
        }
        .with_bytes(&self.secret.0)
    }
}

/// The first name that is there and not empty.
fn first<const N: usize>(names: [&Option<String>; N]) -> Option<&str> {
    names.into_iter().flatten().map(String::as_str).find(|name| !name.is_empty())
}
