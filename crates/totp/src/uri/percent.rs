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
pub(super) fn find(text: &str, byte: u8) -> Option<usize> {
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

/// Appends `name` with everything but letters, digits and four signs encoded.
pub(super) fn encode(name: &str, to: &mut String) {
    for byte in name.bytes() {
        if is_unreserved(byte) {
            to.push(byte.into());
        } else {
            let half = |half: u8| char::from_digit(half.into(), 16).unwrap_or_default();
            to.extend(['%', half(byte >> 4), half(byte & 0x0f)].map(|c| c.to_ascii_uppercase()));
        }
    }
}

/// Decodes a label, or a parameter, in which `+` is read as a space. A secret may be among it.
///
/// Says too what in it the format does not allow though its meaning is plain: whether a `+` stood
/// for a space, and whether a character stood for itself that must be encoded. `None` for a broken
/// escape or for bytes that are not UTF-8.
pub(super) fn decode(raw: &str, is_parameter: bool) -> Option<(Hidden<String>, bool, bool)> {
    let mut bytes = Hidden(Vec::with_capacity(raw.len()));
    let (mut has_plus, mut has_unescaped) = (false, false);
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.0.push(match byte {
            _ if is_unreserved(byte) => byte,
            //= RFC 3986 §2.1: a percent sign and two hexadecimal digits stand for a byte
            b'%' => (hex(rest.next()?)? << 4).wrapping_add(hex(rest.next()?)?),
            b'+' if is_parameter => {
                has_plus = true;
                b' '
            }
            _ => {
                has_unescaped |= !stands_for_itself(byte, is_parameter);
                byte
            }
        });
    }
    let text = String::from_utf8(take(&mut bytes.0));
    let text = text.map_err(|error| error.into_bytes().zeroize()).ok()?;
    Some((Hidden(text), has_plus, has_unescaped))
}

//= RFC 3986 §3.3, §3.4: the characters that stand for themselves in a path or a query
fn stands_for_itself(byte: u8, in_query: bool) -> bool {
    b"!$&'()*+,;=:@".contains(&byte) || in_query && b"/?".contains(&byte)
}

//= RFC 3986 §2.3: the characters that stand for themselves everywhere
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
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
