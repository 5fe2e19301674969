//! The messages of an export.
//!
//! | message | fields |
//! |---|---|
//! | payload | 1 entries (repeated), 2 version, 3 batch size, 4 batch index, 5 batch id |
//! | entry | 1 secret (bytes), 2 name, 3 issuer, 4 algorithm, 5 digits, 6 type, 7 counter |
//!
//! | enumeration | 0 | 1 | 2 | 3 | 4 |
//! |---|---|---|---|---|---|
//! | algorithm | SHA1 | SHA1 | SHA256 | SHA512 | MD5 |
//! | digits | 6 | 6 | 8 | | |
//! | type | TOTP | HOTP | TOTP | | |

use upheld_totp::{Algorithm, Digits, Factor, KeyUri, Period};

use super::batch::{Batch, MAX_PARTS};
use super::fault::MigrationFault;
use super::wire::{Message, push_bytes, push_number};
use crate::MAX_ENTRIES;
use crate::export::Parameter;
use crate::wiped::ByteBuffer;

const NEWEST_VERSION: i32 = 2;

pub(super) struct Payload<'a> {
    pub(super) batch: Batch,
    pub(super) entries: Vec<OtpParameters<'a>>,
}

/// An entry as it is written; the enumerations are not checked yet.
pub(super) struct OtpParameters<'a> {
    pub(super) secret: &'a [u8],
    pub(super) name: &'a str,
    pub(super) issuer: &'a str,
    pub(super) algorithm: u64,
    pub(super) digits: u64,
    pub(super) kind: u64,
    pub(super) counter: i64,
}

pub(super) fn read_payload(bytes: &[u8]) -> Result<Payload<'_>, MigrationFault> {
    let mut message = Message::new(bytes, 0);
    let mut entries = Vec::new();
    let (mut version, mut size, mut index, mut id) = (None, None, None, None);
    while let Some(field) = message.next()? {
        match field.number {
            1 if entries.len() == MAX_ENTRIES => return Err(MigrationFault::TooManyEntries),
            1 => entries.push(read_entry(field.bytes()?, field.at)?),
            2 => field.number_into(&mut version)?,
            3 => field.number_into(&mut size)?,
            4 => field.number_into(&mut index)?,
            5 => field.number_into(&mut id)?,
            _ => {}
        }
    }
    let version = int32(version);
    if !(0..=NEWEST_VERSION).contains(&version) {
        return Err(MigrationFault::Version { found: version });
    }
    // A batch of one may leave its size and index out.
    let (size, index) = (size.map_or(1, |size| int32(Some(size))), int32(index));
    let fault = MigrationFault::Index { index, size };
    let batch = Batch {
        id: int32(id),
        size: u32::try_from(size).map_err(|_| fault)?,
        index: u32::try_from(index).map_err(|_| fault)?,
    };
    if batch.size > MAX_PARTS || batch.index >= batch.size {
        return Err(fault);
    }
    Ok(Payload { batch, entries })
}

fn read_entry(bytes: &[u8], at: usize) -> Result<OtpParameters<'_>, MigrationFault> {
    let mut message = Message::new(bytes, at);
    let (mut secret, mut name, mut issuer) = (None, None, None);
    let (mut algorithm, mut digits, mut kind, mut counter) = (None, None, None, None);
    while let Some(field) = message.next()? {
        match field.number {
            1 => field.bytes_into(&mut secret)?,
            2 => field.text_into(&mut name)?,
            3 => field.text_into(&mut issuer)?,
            4 => field.number_into(&mut algorithm)?,
            5 => field.number_into(&mut digits)?,
            6 => field.number_into(&mut kind)?,
            7 => field.number_into(&mut counter)?,
            _ => {}
        }
    }
    Ok(OtpParameters {
        secret: secret.unwrap_or_default(),
        name: name.unwrap_or_default(),
        issuer: issuer.unwrap_or_default(),
        algorithm: algorithm.unwrap_or_default(),
        digits: digits.unwrap_or_default(),
        kind: kind.unwrap_or_default(),
        counter: counter.unwrap_or_default().cast_signed(),
    })
}

/// The low 32 bits, which is how protobuf reads a number into this type; absent is zero.
fn int32(number: Option<u64>) -> i32 {
    let [a, b, c, d, ..] = number.unwrap_or_default().to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

pub(super) fn write_entry(uri: &KeyUri) -> Result<ByteBuffer, Parameter> {
    let secret = uri.secret.expose();
    let (account, issuer) = (uri.label.account(), uri.label.issuer().unwrap_or_default());
    let names = account.len().saturating_add(issuer.len());
    let room = names.saturating_add(secret.len()).saturating_add(64);
    let mut message = ByteBuffer::with_capacity(room);
    push_bytes(&mut message, 1, secret);
    push_bytes(&mut message, 2, account.as_bytes());
    if !issuer.is_empty() {
        push_bytes(&mut message, 3, issuer.as_bytes());
    }
    let algorithm = match uri.algorithm {
        Algorithm::Sha1 => 1,
        Algorithm::Sha256 => 2,
        Algorithm::Sha512 => 3,
    };
    push_number(&mut message, 4, algorithm);
    let digits = match uri.digits {
        Digits::Six => 1,
        Digits::Seven => return Err(Parameter::Digits),
        Digits::Eight => 2,
    };
    push_number(&mut message, 5, digits);
    match uri.factor {
        Factor::Totp { period } if period != Period::default() => return Err(Parameter::Period),
        Factor::Totp { .. } => push_number(&mut message, 6, 2),
        Factor::Hotp { counter } => {
            push_number(&mut message, 6, 1);
            let counter = i64::try_from(counter.0).map_err(|_| Parameter::Counter)?;
            push_number(&mut message, 7, counter);
        }
    }
    Ok(message)
}

pub(super) fn write_payload(entries: &[ByteBuffer], batch: Batch) -> ByteBuffer {
    let bytes = entries
        .iter()
        .fold(0_usize, |sum, entry| sum.saturating_add(entry.as_slice().len()).saturating_add(8));
    let mut payload = ByteBuffer::with_capacity(bytes.saturating_add(32));
    for entry in entries {
        push_bytes(&mut payload, 1, entry.as_slice());
    }
    push_number(&mut payload, 2, 1);
    push_number(&mut payload, 3, batch.size.into());
    push_number(&mut payload, 4, batch.index.into());
    push_number(&mut payload, 5, batch.id.into());
    payload
}
