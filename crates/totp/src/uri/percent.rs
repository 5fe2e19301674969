//! Where the parts of an `otpauth` URI end, and their percent-encoding (RFC 3986 §2.1).

use alloc::string::String;
use alloc::vec::Vec;
use core::mem::take;

use zeroize::Zeroize;

use crate::secret::Hidden;

/// The text before the first `separator`, and that after it if there is one.
pub(super) fn cut(text: &str, separator: u8) -> (&str, Option<&str>) {
    let (before, after) = text.split_at(find(text, separator).unwrap_or(text.len()));
    (before, after.get(1..))
}

/// Where the first `byte` stands, looked for in eight bytes at a time.
fn find(text: &str, byte: u8) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let (words, rest) = text.as_bytes().as_chunks();
    for (place, word) in words.iter().enumerate() {
        let differing = u64::from_le_bytes(*word) ^ ONES.wrapping_mul(byte.into());
        // Of the high bits that subtraction sets, the lowest is that of the lowest byte of zero.
        let equal = differing.wrapping_sub(ONES) & !differing & ONES << 7;
        if equal != 0 {
            let within = usize::try_from(equal.trailing_zeros() / 8).ok()?;
            return Some(place.saturating_mul(8).saturating_add(within));
        }
    }
    let at = rest.iter().position(|other| *other == byte)?;
    Some(text.len().saturating_sub(rest.len()).saturating_add(at))
}

/// Whether `byte` stands anywhere. All bytes are looked at, so that several are at a time.
pub(super) fn holds(text: &str, byte: u8) -> bool {
    text.bytes().fold(0, |found, other| found | u8::from(other == byte)) != 0
}

/// Appends `name` with everything but letters, digits and four signs encoded.
pub(super) fn encode(name: &str, to: &mut String) {
    for byte in name.bytes() {
        if is_among(byte, UNRESERVED) {
            to.push(byte.into());
        } else {
            let half = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
            to.extend(['%', half(byte >> 4), half(byte & 0x0f)].map(|c| c.to_ascii_uppercase()));
        }
    }
}

/// Decodes a label or a parameter, in which the characters of `plain` may stand for themselves. A
/// secret may be among it.
///
/// Says too what in it the format does not allow though its meaning is plain: whether a `+` stood
/// for a space, and whether a character stood for itself that must be encoded. `None` for a broken
/// escape or for bytes that are not UTF-8.
pub(super) fn decode(raw: &str, plain: u128) -> Option<(Hidden<String>, bool, bool)> {
    let mut bytes = Hidden(Vec::with_capacity(raw.len()));
    let (mut has_plus, mut has_unescaped) = (false, false);
    let mut rest = raw.as_bytes();
    loop {
        let len = rest.iter().position(|byte| !is_among(*byte, plain)).unwrap_or(rest.len());
        let (run, other) = rest.split_at(len);
        bytes.0.extend_from_slice(run);
        rest = match other {
            [] => break,
            //= RFC 3986 §2.1: a percent sign and two hexadecimal digits stand for a byte
            [b'%', high, low, rest @ ..] => {
                bytes.0.push(hex(*high)? << 4 | hex(*low)?);
                rest
            }
            [b'%', ..] => return None,
            // A plus sign is met here in a parameter only: in a path it is plain.
            [other, rest @ ..] => {
                let is_plus = *other == b'+';
                (has_plus, has_unescaped) = (has_plus || is_plus, has_unescaped || !is_plus);
                bytes.0.push(if is_plus { b' ' } else { *other });
                rest
            }
        };
    }
    let text = String::from_utf8(take(&mut bytes.0));
    let text = text.map_err(|error| error.into_bytes().zeroize()).ok()?;
    Some((Hidden(text), has_plus, has_unescaped))
}

//= RFC 3986 §2.3: the characters that stand for themselves everywhere
const UNRESERVED: u128 = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
//= RFC 3986 §3.3, §3.4: the characters that stand for themselves in a path or a query
pub(super) const IN_PATH: u128 = UNRESERVED | set(b"!$&'()*+,;=:@");
pub(super) const IN_QUERY: u128 = UNRESERVED | set(b"!$&'()*,;=:@/?");

/// ASCII characters as bits.
const fn set(characters: &[u8]) -> u128 {
    match characters {
        [] => 0,
        [first, rest @ ..] => 1 << *first | set(rest),
    }
}

fn is_among(byte: u8, set: u128) -> bool {
    byte.is_ascii() && set >> byte & 1 == 1
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::find;

    #[test]
    fn a_byte_is_found_wherever_it_stands() {
        for before in ["", "a", "\u{a3}", "\u{2026}9;\u{ff1a}", "0:9\u{80}", "abcdefgh\u{100}"] {
            for filling in 0..20 {
                let mut text = String::from(before);
                text.extend((0..filling).map(|_| ';'));
                assert_eq!(find(&text, b':'), text.find(':'), "{text:?}");
                text.push_str(":;:\u{ba}");
                assert_eq!(find(&text, b':'), text.find(':'), "{text:?}");
            }
        }
    }
}
