//! RFC 8785 §3.2: no white space, sorted names, the shortest strings.
//!
//! What is written goes to the front of a place, and what is left of the place comes back: none where
//! it is too small. So the end of what was written stays in a register. Kept behind a reference, as a
//! `String` has it, each piece of an entry waited for the one before.

use super::copy::copy;
use super::{Object, Value};

/// What is left of a place.
pub(crate) type Rest<'a> = Option<&'a mut [u8]>;

/// Writes into a buffer, which is lengthened until all fits in, and returns how much it was.
pub(crate) fn fill(buffer: &mut Vec<u8>, write: impl Fn(&mut [u8]) -> Rest<'_>) -> usize {
    loop {
        let length = buffer.len();
        if let Some(left) = write(buffer).map(|rest| rest.len()) {
            return length.saturating_sub(left);
        }
        buffer.resize(length.saturating_mul(2).max(128), 0);
    }
}

/// Writes to a string, which has about that length. What is written are whole characters.
pub(super) fn to_string(length: usize, write: impl Fn(&mut [u8]) -> Rest<'_>) -> String {
    let mut buffer = vec![0; length];
    let written = fill(&mut buffer, write);
    buffer.truncate(written);
    String::from_utf8(buffer).unwrap_or_default()
}

pub(crate) fn put<'a>(bytes: &[u8], place: &'a mut [u8]) -> Rest<'a> {
    let (start, rest) = place.split_at_mut_checked(bytes.len())?;
    start.copy_from_slice(bytes);
    Some(rest)
}

pub(super) fn write_value<'a>(value: &Value, place: &'a mut [u8]) -> Rest<'a> {
    match value {
        Value::Null => put(b"null", place),
        Value::Bool(true) => put(b"true", place),
        Value::Bool(false) => put(b"false", place),
        Value::Integer(integer) => {
            let sign: &[u8] = if integer.get() < 0 { b"-" } else { b"" };
            write_decimal(integer.get().unsigned_abs(), put(sign, place)?)
        }
        Value::Text(string) => write_string(string, place),
        Value::Array(items) => {
            let mut rest = put(b"[", place)?;
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    rest = put(b",", rest)?;
                }
                rest = write_value(item, rest)?;
            }
            put(b"]", rest)
        }
        Value::Object(object) => write_object(object, place),
    }
}

pub(super) fn write_object<'a>(object: &Object, place: &'a mut [u8]) -> Rest<'a> {
    let mut rest = put(b"{", place)?;
    for (index, (name, value)) in object.members().enumerate() {
        if index > 0 {
            rest = put(b",", rest)?;
        }
        rest = put(b":", write_string(name, rest)?)?;
        rest = match value {
            Value::Text(string) => write_string(string, rest)?,
            other => write_value(other, rest)?,
        };
    }
    put(b"}", rest)
}

/// Writes a string in quotation marks.
//= RFC 8785 §3.2.2.2: only quotation mark, backslash and control characters are escaped
pub(crate) fn write_string<'a>(string: &str, place: &'a mut [u8]) -> Rest<'a> {
    let length = string.len().checked_add(2)?;
    let [open, inner @ .., close] = place.get_mut(..length)? else { return None };
    (*open, *close) = (b'"', b'"');
    if copy(string.as_bytes(), inner) {
        return place.get_mut(length..);
    }
    let mut rest = put(b"\"", place)?;
    for character in string.chars() {
        rest = write_character(character, rest)?;
    }
    put(b"\"", rest)
}

fn write_character(character: char, place: &mut [u8]) -> Rest<'_> {
    match character {
        '"' => put(b"\\\"", place),
        '\\' => put(b"\\\\", place),
        '\u{8}' => put(b"\\b", place),
        '\t' => put(b"\\t", place),
        '\n' => put(b"\\n", place),
        '\u{c}' => put(b"\\f", place),
        '\r' => put(b"\\r", place),
        '\0'..=' ' if character != ' ' => {
            let code = u32::from(character);
            let digits = [code >> 4, code & 15].map(|digit| char::from_digit(digit, 16));
            let rest = put(b"\\u00", place)?;
            digits.into_iter().flatten().try_fold(rest, |rest, digit| write_plain(digit, rest))
        }
        _ => write_plain(character, place),
    }
}

fn write_plain(character: char, place: &mut [u8]) -> Rest<'_> {
    put(character.encode_utf8(&mut [0; 4]).as_bytes(), place)
}

/// Writes a number in decimal.
pub(crate) fn write_decimal(number: u64, place: &mut [u8]) -> Rest<'_> {
    let digits = number.checked_ilog10().unwrap_or_default().saturating_add(1);
    let (start, rest) = place.split_at_mut_checked(usize::try_from(digits).ok()?)?;
    let mut left = number;
    for place in start.iter_mut().rev() {
        *place = last_digit(left);
        left /= 10;
    }
    Some(rest)
}

/// What stands before a number, at the end of a text.
pub(crate) fn before_decimal(mut text: &[u8], number: u64) -> Option<&[u8]> {
    let mut left = number;
    loop {
        let (last, front) = text.split_last()?;
        if *last != last_digit(left) {
            return None;
        }
        (text, left) = (front, left / 10);
        if left == 0 {
            return Some(text);
        }
    }
}

fn last_digit(number: u64) -> u8 {
    b'0' | u8::try_from(number % 10).unwrap_or_default()
}
