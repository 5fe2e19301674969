//! From a key of a container to an entry.

use super::cipher::Keys;
use super::fault::KeyFault;
use super::record::{Record, Response, Value, decode};
use crate::entry::{Draft, Kind, note};
use crate::{Entry, EntryFault, Repair};

pub(super) fn entry(
    record: &Record,
    keys: Option<&Keys>,
    signed: bool,
) -> Result<Entry, EntryFault> {
    let kind = kind(record.algorithm.as_deref().unwrap_or_default())?;
    let secret = match &record.secret {
        secret if secret.is_encrypted() => secret.decrypt(keys)?,
        Value { plain: None, .. } => return Err(EntryFault::MissingSecret),
        Value { plain: Some(_), .. } if keys.is_some() => return Err(KeyFault::NotEncrypted.into()),
        Value { plain: Some(plain), .. } => decode(plain)?,
    };
    let mut repairs = Vec::new();
    let left_behind = [
        (record.policy, Repair::Policy),
        (!record.drift.is_absent(), Repair::TimeDrift),
        (signed, Repair::Signature),
    ];
    for (_, repair) in left_behind.into_iter().filter(|(there, _)| *there) {
        note(&mut repairs, repair);
    }
    let digits = digits(record.response.as_ref(), &mut repairs)?;
    if number(&record.time, keys)?.unwrap_or_default() != 0 {
        return Err(KeyFault::Time.into());
    }
    let names = [&record.friendly_name, &record.user_id, &record.serial, &record.id];
    let account = names.into_iter().flatten().map(|name| name.trim()).find(|name| !name.is_empty());
    let draft = Draft {
        kind,
        issuer: record.issuer.as_deref().unwrap_or_default().trim(),
        account: account.unwrap_or_default(),
        algorithm: record.suite.as_deref().map(suite),
        digits,
        period: number(&record.interval, keys)?,
        counter: number(&record.counter, keys)?,
        repairs,
    };
    draft.with_bytes(&secret)
}

/// The hash of a suite as writers name it: `HMAC-SHA256`.
fn suite(name: &str) -> &str {
    let name = name.trim();
    name.strip_prefix("HMAC-").unwrap_or(name)
}

/// The algorithm's name; the drafts before RFC 6030 had a number sign for the last colon.
fn kind(algorithm: &str) -> Result<Kind, KeyFault> {
    let name = algorithm.trim().strip_prefix("urn:ietf:params:xml:ns:keyprov:pskc");
    match name.and_then(|name| name.strip_prefix([':', '#'])) {
        Some("hotp") => Ok(Kind::Hotp),
        Some("totp") => Ok(Kind::Totp),
        _ => Err(KeyFault::Algorithm),
    }
}

fn digits(
    response: Option<&Response>,
    repairs: &mut Vec<Repair>,
) -> Result<Option<i64>, EntryFault> {
    let Some(Response { length, encoding, check_digits }) = response else {
        note(repairs, Repair::MissingDigits);
        return Ok(None);
    };
    let decimal = encoding.as_deref().is_some_and(|encoding| encoding.trim() == "DECIMAL");
    let unchecked =
        check_digits.as_deref().is_none_or(|check| matches!(check.trim(), "false" | "0"));
    if !decimal || !unchecked {
        return Err(KeyFault::Response.into());
    }
    let Some(length) = length else {
        note(repairs, Repair::MissingDigits);
        return Ok(None);
    };
    length.trim().parse().map(Some).map_err(|_| EntryFault::Digits)
}

/// A counter, an interval or a time, if it is there.
///
/// RFC 6030 leaves open how a number is encrypted. Writers use binary, the highest byte first;
/// digits could be either, so they are refused.
fn number(value: &Value, keys: Option<&Keys>) -> Result<Option<i64>, KeyFault> {
    if value.is_absent() {
        return Ok(None);
    }
    if let (Some(plain), None) = (&value.plain, &value.cipher) {
        let digits = plain.trim();
        let number =
            digits.parse().ok().filter(|_| digits.bytes().all(|byte| byte.is_ascii_digit()));
        return number.map(Some).ok_or(KeyFault::Number);
    }
    let bytes = value.decrypt(keys)?;
    if bytes.iter().all(u8::is_ascii_digit) {
        return Err(KeyFault::AmbiguousNumber);
    }
    let number = bytes
        .iter()
        .try_fold(0_i64, |number, byte| number.checked_mul(256)?.checked_add((*byte).into()));
    number.map(Some).ok_or(KeyFault::Number)
}
