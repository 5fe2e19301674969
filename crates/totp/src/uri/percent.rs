//! Percent-encoding (RFC 3986 §2.1) of the parts of an `otpauth` URI.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::str::{Bytes, from_utf8};

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
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || b"-._~!$&'()*,;=:@".contains(&byte)
            || b"/?".contains(&byte) && is_parameter
            || byte == b'+' && !is_parameter
    };
    let mut decoded = Decoded { text: raw.into(), has_plus: false, has_unescaped: false };
    if raw.bytes().all(is_plain) {
        return Some(decoded);
    }
    let mut bytes = Hidden(Vec::with_capacity(raw.len()));
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.0.push(match byte {
            b'%' => hex_digit(&mut rest)? << 4 | hex_digit(&mut rest)?,
            b'+' if is_parameter => {
                decoded.has_plus = true;
                b' '
            }
            byte => {
                decoded.has_unescaped |= !is_plain(byte);
                byte
            }
        });
    }
    decoded.text = Cow::Owned(from_utf8(&bytes.0).ok()?.into());
    Some(decoded)
}

fn hex_digit(bytes: &mut Bytes<'_>) -> Option<u8> {
    char::from(bytes.next()?).to_digit(16)?.try_into().ok()
}
