//! Percent-encoding (RFC 3986 §2.1) of the parts of an `otpauth` URI.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::str::from_utf8;

use zeroize::Zeroize;

/// Appends `name` with everything but letters, digits and four signs encoded.
//= RFC 3986 §2.3: the characters that stand for themselves everywhere
pub(super) fn encode(name: &str, to: &mut String) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            to.push(byte.into());
        } else {
            let half = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
            to.extend(['%', half(byte >> 4), half(byte & 0x0f)].map(|c| c.to_ascii_uppercase()));
        }
    }
}

/// A decoded part, and what in it the format does not allow though its meaning is plain.
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// A `+` stood for a space.
    pub(super) has_plus: bool,
    /// A character stood for itself that must be encoded.
    pub(super) has_unescaped: bool,
}

/// Decodes a label, or a parameter, in which `+` is read as a space.
///
/// `None` for a broken escape or for bytes that are not UTF-8.
//= RFC 3986 §3.3, §3.4: the characters that stand for themselves in a path or a query
pub(super) fn decode(raw: &str, is_parameter: bool) -> Option<Decoded<'_>> {
    let seen = raw.bytes().fold(0, |seen, byte| seen | kind(byte, is_parameter));
    let (has_plus, has_unescaped) = (seen & PLUS != 0, seen & UNESCAPED != 0);
    let mut decoded = Decoded { text: raw.into(), has_plus, has_unescaped };
    if seen & (PLUS | PERCENT) == 0 {
        return Some(decoded);
    }
    let mut bytes = Vec::with_capacity(raw.len());
    if unescape(raw, is_parameter, &mut bytes).is_none() || from_utf8(&bytes).is_err() {
        bytes.zeroize();
        return None;
    }
    decoded.text = Cow::Owned(String::from_utf8(bytes).ok()?);
    Some(decoded)
}

/// Writes what the escapes and the plus signs stand for. A secret may be among it.
fn unescape(raw: &str, is_parameter: bool, to: &mut Vec<u8>) -> Option<()> {
    let space = if is_parameter { b' ' } else { b'+' };
    let spaced = |byte: u8| if byte == b'+' { space } else { byte };
    let mut parts = raw.split('%');
    to.extend(parts.next()?.bytes().map(spaced));
    for part in parts {
        let (escape, rest) = part.split_at_checked(2)?;
        to.push(hex_pair(escape)?);
        to.extend(rest.bytes().map(spaced));
    }
    Some(())
}

const PERCENT: u8 = 1;
const PLUS: u8 = 2;
const UNESCAPED: u8 = 4;

fn kind(byte: u8, is_parameter: bool) -> u8 {
    match byte {
        b'%' => PERCENT,
        b'+' if is_parameter => PLUS,
        b'/' | b'?' if !is_parameter => UNESCAPED,
        b'!' | b'$' | b'&'..=b';' | b'=' | b'?'..=b'Z' | b'_' | b'a'..=b'z' | b'~' => 0,
        _ => UNESCAPED,
    }
}

//= RFC 3986 §2.1: a percent sign and two hexadecimal digits stand for a byte
fn hex_pair(digits: &str) -> Option<u8> {
    let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}
