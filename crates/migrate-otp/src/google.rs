//! Google Authenticator exports: `otpauth-migration` URIs, read and written.
//!
//! One export is a batch of URIs, each shown as a QR code. They may be read in any order, and
//! only together. The format has no field for the period (it is 30 seconds) and knows six and
//! eight digits.
//!
//! # Source
//!
//! Google publishes no specification. The schema is the one that Aegis, Ente and other readers
//! agree on: see `google/schema.rs`.

use core::ops::Range;

use rand_core::TryCryptoRng;

use crate::entry::{Draft, Kind, split_name};
use crate::export::{ExportError, Parameter, checked};
use crate::wiped::{ByteBuffer, TextBuffer, decode_base64, encode_base64};
use crate::{Credential, Entry, EntryFault, ImportError, MAX_BYTES, MAX_ENTRIES, SecretDocument};

mod batch;
mod fault;
mod schema;
mod wire;

pub use fault::{BatchFault, MigrationFault};

use batch::{Batch, Part};

/// The most entries in one URI, as in the app's own exports.
const ENTRIES_PER_URI: usize = 10;

/// The longest URI that is still filled up: what a QR code of 117 × 117 modules holds.
const FULL_URI: usize = 1_273;

/// Reads the entries of one whole batch. The URIs may come in any order.
///
/// ```
/// use upheld_migrate_otp::{Credential, google};
///
/// let uri = "otpauth-migration://offline?data=CjUKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZXJyeXBp\
///            GgtyYXNwYmVycnlwaSABKAEwAhABGAEgACjr4JKK%2B%2F%2F%2F%2F%2F8B";
/// let entries = google::import(&[uri])?;
/// assert_eq!(entries[0].credential.label().issuer(), Some("raspberrypi"));
/// # Ok::<(), upheld_migrate_otp::ImportError>(())
/// ```
///
/// # Errors
///
/// [`ImportError::Migration`] for a URI that is not one of an export, [`ImportError::Batch`] for
/// URIs that are not one whole batch; it lists the parts that are missing.
pub fn import(uris: &[&str]) -> Result<Vec<Entry>, ImportError> {
    let bytes = uris.iter().fold(0_usize, |sum, uri| sum.saturating_add(uri.len()));
    if bytes > MAX_BYTES {
        return Err(ImportError::TooLarge);
    }
    let mut parts = Vec::with_capacity(uris.len());
    for (part, uri) in uris.iter().enumerate() {
        parts.push(read(uri).map_err(|fault| ImportError::Migration { part, fault })?);
    }
    let entries = batch::assemble(parts)?;
    if entries.len() > MAX_ENTRIES {
        return Err(ImportError::TooManyEntries);
    }
    Ok(entries)
}

/// Writes one batch of URIs. Show each as a QR code: see [`crate::qr`].
///
/// `rng` draws the batch's number, by which a reader tells that URIs belong together.
///
/// # Errors
///
/// [`ExportError::Unsupported`] for whatever the format cannot carry: Steam Guard, seven digits,
/// a period other than 30 seconds, a counter of 2⁶³ or more.
pub fn export<R: TryCryptoRng>(
    entries: &[Entry],
    rng: &mut R,
) -> Result<Vec<SecretDocument>, ExportError> {
    checked(entries)?;
    let mut messages = Vec::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let unsupported = |parameter| ExportError::Unsupported { index, parameter };
        let Credential::Otp(uri) = &entry.credential else {
            return Err(unsupported(Parameter::Type));
        };
        messages.push(schema::write_entry(uri).map_err(unsupported)?);
    }
    let ranges = split(&messages);
    let id = i32::from_be_bytes(random(rng)?);
    let size = ranges.len();
    let batch = ranges.into_iter().enumerate().map(|(index, range)| {
        let batch = Batch { id, size: count(size), index: count(index) };
        write(messages.get(range).unwrap_or_default(), batch).into_document()
    });
    Ok(batch.collect())
}

fn random<const N: usize, R: TryCryptoRng>(rng: &mut R) -> Result<[u8; N], ExportError> {
    let mut bytes = [0; N];
    rng.try_fill_bytes(&mut bytes).map_err(|_| ExportError::Random)?;
    Ok(bytes)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Divides the entries so that each URI fits a QR code that a phone reads off a screen. An entry
/// alone always fits one: its names and its secret are bounded.
fn split(messages: &[ByteBuffer]) -> Vec<Range<usize>> {
    // The longest numbers that any batch of this many entries can have.
    let batch = Batch { id: -1, size: count(messages.len()), index: count(messages.len()) };
    let len = |range| write(messages.get(range).unwrap_or_default(), batch).as_str().len();
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for index in 0..messages.len() {
        let end = index.saturating_add(1);
        match ranges.last_mut() {
            Some(last) if last.len() < ENTRIES_PER_URI && len(last.start..end) <= FULL_URI => {
                last.end = end;
            }
            _ => ranges.push(index..end),
        }
    }
    ranges
}

fn write(messages: &[ByteBuffer], batch: Batch) -> TextBuffer {
    let base64 = encode_base64(schema::write_payload(messages, batch).as_slice());
    let mut uri = TextBuffer::with_capacity(base64.len().saturating_mul(3).saturating_add(64));
    uri.push("otpauth-migration://offline?data=");
    for character in base64.chars() {
        match character {
            // Readers that take a form's encoding for a URI's read a plus sign as a space.
            '+' => uri.push("%2B"),
            '/' => uri.push("%2F"),
            '=' => uri.push("%3D"),
            _ => uri.push_char(character),
        }
    }
    uri
}

fn read(uri: &str) -> Result<Part, MigrationFault> {
    let data = data(uri)?;
    let base64 = decode_percent(uri, data)?;
    let payload = decode_base64(base64.as_slice()).map_err(|at| MigrationFault::Base64 { at })?;
    let payload = schema::read_payload(&payload)?;
    let mut entries = Vec::with_capacity(payload.entries.len());
    for (index, entry) in payload.entries.into_iter().enumerate() {
        entries.push(finish(&entry).map_err(|fault| MigrationFault::Entry { index, fault })?);
    }
    Ok(Part { batch: payload.batch, entries })
}

/// The `data` parameter as it stands in the URI.
fn data(uri: &str) -> Result<&str, MigrationFault> {
    let (start, query) = uri.split_once('?').unwrap_or((uri, ""));
    let start = start.strip_suffix('/').unwrap_or(start);
    if !start.eq_ignore_ascii_case("otpauth-migration://offline") {
        return Err(MigrationFault::Scheme);
    }
    let mut given = query.split('&').filter_map(|pair| pair.strip_prefix("data="));
    match (given.next(), given.next()) {
        (Some(data), None) if !data.is_empty() => Ok(data),
        (Some(_), Some(_)) => Err(MigrationFault::DuplicateData),
        _ => Err(MigrationFault::MissingData),
    }
}

//= RFC 3986 §2.1: a percent sign and two digits stand for a byte; a plus sign stands for itself
fn decode_percent(uri: &str, data: &str) -> Result<ByteBuffer, MigrationFault> {
    let start = data.as_ptr().addr().saturating_sub(uri.as_ptr().addr());
    let mut bytes = ByteBuffer::with_capacity(data.len());
    let mut rest = data.bytes().enumerate();
    let digit = |byte: Option<(usize, u8)>| {
        byte.and_then(|(_, byte)| char::from(byte).to_digit(16))
            .and_then(|digit| u8::try_from(digit).ok())
    };
    while let Some((at, byte)) = rest.next() {
        if byte != b'%' {
            bytes.push(&[byte]);
            continue;
        }
        let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
            return Err(MigrationFault::Percent { at: start.saturating_add(at) });
        };
        bytes.push(&[high << 4 | low]);
    }
    Ok(bytes)
}

fn finish(entry: &schema::OtpParameters<'_>) -> Result<Entry, EntryFault> {
    let mut repairs = Vec::new();
    let (issuer, account) = split_name(entry.issuer, entry.name, &mut repairs);
    let algorithm = match entry.algorithm {
        0 | 1 => "SHA1",
        2 => "SHA256",
        3 => "SHA512",
        4 => return Err(EntryFault::Md5),
        _ => return Err(EntryFault::Algorithm),
    };
    let digits = match entry.digits {
        0 | 1 => 6,
        2 => 8,
        _ => return Err(EntryFault::Digits),
    };
    let kind = match entry.kind {
        0 | 2 => Kind::Totp,
        1 => Kind::Hotp,
        _ => return Err(EntryFault::Type),
    };
    Draft {
        kind,
        issuer,
        account,
        algorithm: Some(algorithm),
        digits: Some(digits),
        period: None,
        // Absent is zero: protobuf leaves zeros out.
        counter: Some(entry.counter),
        repairs,
    }
    .with_bytes(entry.secret)
}
