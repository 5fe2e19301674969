//! Aegis vaults, unencrypted: read and written.
//!
//! # Source
//!
//! The Aegis project's description of its vault format, `docs/vault.md`: vault version 1,
//! content version 3. Notes, icons and groups are not imported. Entries of the types `motp` and
//! `yandex` are faults, since their codes are neither HOTP nor TOTP.

use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;
use upheld_totp::{Factor, KeyUri};

use crate::entry::{Draft, Kind};
use crate::export::{ExportError, Parameter, checked};
use crate::import::{all, text};
use crate::json::{Limited, SecretString, read};
use crate::wiped::TextBuffer;
use crate::{Credential, Entry, Format, ImportError, SecretDocument};

const NEWEST_VAULT: u64 = 1;
const NEWEST_CONTENT: u64 = 3;

/// Reads the entries of an unencrypted vault.
///
/// # Errors
///
/// [`ImportError`]; [`ImportError::Encrypted`] for a vault with a password.
pub fn import(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    let Vault { version, db } = read(text(bytes)?)?;
    check_version(version, NEWEST_VAULT)?;
    let Content::Plain(Db { version, entries }) = db else {
        return Err(ImportError::Encrypted { format: Format::Aegis });
    };
    check_version(version, NEWEST_CONTENT)?;
    all(entries.0, |Item { kind, name, issuer, info }| {
        let kind = Kind::parse(&kind)?;
        Draft {
            kind,
            issuer: issuer.as_deref().unwrap_or_default(),
            account: name.as_deref().unwrap_or_default(),
            algorithm: info.algo.as_deref(),
            digits: info.digits,
            period: info.period,
            counter: info.counter,
            repairs: Vec::new(),
        }
        .with_base32(&info.secret.0)
    })
}

/// Writes an unencrypted vault. Aegis gives every entry a new identifier when it reads it.
///
/// # Errors
///
/// [`ExportError`] for a counter of 2⁶³ or more and a period of more than 2,147,483 seconds,
/// which Aegis does not read.
pub fn export(entries: &[Entry]) -> Result<SecretDocument, ExportError> {
    checked(entries)?;
    let mut json = TextBuffer::with_capacity(entries.len().saturating_mul(320).saturating_add(256));
    json.push(
        r#"{"version":1,"header":{"slots":null,"params":null},"db":{"version":3,"entries":["#,
    );
    for (index, entry) in entries.iter().enumerate() {
        json.push(if index == 0 { "\n" } else { ",\n" });
        push_entry(&mut json, &entry.credential)
            .map_err(|parameter| ExportError::Unsupported { index, parameter })?;
    }
    json.push("\n],\"groups\":[]}}\n");
    Ok(json.into_document())
}

fn push_entry(json: &mut TextBuffer, credential: &Credential) -> Result<(), Parameter> {
    let (kind, algorithm, digits, (moving, value)) = match credential {
        Credential::Steam(_) => ("steam", "SHA1", 5, ("period", 30)),
        Credential::Otp(KeyUri { algorithm, digits, factor, .. }) => {
            let (kind, moving) = match *factor {
                Factor::Totp { period } => ("totp", ("period", period.as_seconds().into())),
                Factor::Hotp { counter } => ("hotp", ("counter", counter.0)),
            };
            (kind, algorithm.name(), digits.count(), moving)
        }
    };
    // The app multiplies the period by a thousand in 32 bits, and keeps the counter in 63.
    match moving {
        "period" if value > 2_147_483 => return Err(Parameter::Period),
        "counter" if i64::try_from(value).is_err() => return Err(Parameter::Counter),
        _ => {}
    }
    let label = credential.label();
    let [name, issuer] = [label.account(), label.issuer().unwrap_or_default()]
        .map(|text| Value::from(text).to_string());
    let secret = credential.secret().to_base32();
    let (digits, value) = (digits.to_string(), value.to_string());
    json.push_all(&[r#"{"type":""#, kind, r#"","name":"#, &name, r#","issuer":"#, &issuer]);
    json.push_all(&[r#","info":{"secret":""#, secret.expose(), r#"","algo":""#, algorithm]);
    json.push_all(&[r#"","digits":"#, &digits, r#",""#, moving, r#"":"#, &value, "}}"]);
    Ok(())
}

fn check_version(found: u64, newest: u64) -> Result<(), ImportError> {
    if found > newest {
        return Err(ImportError::Version { format: Format::Aegis, found, newest });
    }
    Ok(())
}

#[derive(serde::Deserialize)]
struct Vault {
    version: u64,
    db: Content,
}

enum Content {
    Encrypted,
    Plain(Db),
}

#[derive(serde::Deserialize)]
struct Db {
    version: u64,
    entries: Limited<Item>,
}

#[derive(serde::Deserialize)]
struct Item {
    #[serde(rename = "type")]
    kind: String,
    name: Option<String>,
    issuer: Option<String>,
    info: Info,
}

#[derive(serde::Deserialize)]
struct Info {
    secret: SecretString,
    algo: Option<String>,
    digits: Option<i64>,
    period: Option<i64>,
    counter: Option<i64>,
}

/// An encrypted vault has a base64 string where a plain one has an object. An untagged enum
/// would first copy the whole of it into memory that is not wiped.
impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Content;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the content of a vault")
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<Content, E> {
                Ok(Content::Encrypted)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Content, A::Error> {
                Db::deserialize(MapAccessDeserializer::new(map)).map(Content::Plain)
            }
        }
        from.deserialize_any(Either)
    }
}
