//! Percent-encoding (RFC 3986 §2.1) of the parts of an `otpauth` URI.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem::take;

use zeroize::Zeroize;

use crate::secret::Hidden;

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
    if seen & (PLUS | PERCENT) != 0 {
        decoded.text = Cow::Owned(unescape(raw, is_parameter)?);
    }
    Some(decoded)
}

/// Writes what the escapes and the plus signs stand for. A secret may be among it.
fn unescape(raw: &str, is_parameter: bool) -> Option<String> {
    let mut bytes = Hidden(Vec::with_capacity(raw.len()));
    let mut rest = raw.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let byte = match (*first, after) {
            //= RFC 3986 §2.1: a percent sign and two hexadecimal digits stand for a byte
            (b'%', [high, low, after @ ..]) => {
                rest = after;
                (hex(*high)? << 4).wrapping_add(hex(*low)?)
            }
            (b'%', _) => return None,
            (b'+', _) if is_parameter => b' ',
            (byte, _) => byte,
        };
        bytes.0.push(byte);
    }
    String::from_utf8(take(&mut bytes.0)).map_err(|error| error.into_bytes().zeroize()).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16)?.try_into().ok()
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
