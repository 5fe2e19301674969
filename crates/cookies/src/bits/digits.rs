//! The digits of base64url text: what each stands for, and where they end.

pub(super) const ALPHABET: &[u8; 64] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What stands for a byte that is no digit.
pub(super) const NONE: u8 = 0xFF;

const VALUES: [u8; 256] = values();

#[expect(clippy::indexing_slicing, reason = "at compile time; 64 digits and 256 bytes")]
#[expect(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "at compile time")]
const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut digit = 0_u8;
    while digit < 64 {
        values[ALPHABET[digit as usize] as usize] = digit;
        digit += 1;
    }
    values
}

/// The same as the first, second, third and fourth of four digits; a byte that is none has no bits.
static PLACED: [[u32; 256]; 4] = placed();

#[expect(clippy::indexing_slicing, reason = "at compile time; 64 digits and 256 bytes")]
#[expect(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "at compile time")]
const fn placed() -> [[u32; 256]; 4] {
    let mut placed = [[0; 256]; 4];
    let mut digit = 0;
    while digit < 64 {
        let byte = ALPHABET[digit as usize] as usize;
        placed[0][byte] = digit << 18;
        placed[1][byte] = digit << 12;
        placed[2][byte] = digit << 6;
        placed[3][byte] = digit;
        digit += 1;
    }
    placed
}

/// The number in four digits.
#[inline]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "a value would be loaded and taken apart")]
pub(super) fn four([first, second, third, fourth]: &[u8; 4]) -> u64 {
    let [t0, t1, t2, t3] = &PLACED;
    let at = |table: &[u32; 256], byte: &u8| table.get(usize::from(*byte)).copied().unwrap_or(0);
    u64::from(at(t0, first) | at(t1, second) | at(t2, third) | at(t3, fourth))
}

/// The number in eight digits.
#[inline]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as for `four`")]
pub(super) fn eight(digits: &[u8; 8]) -> u64 {
    match (digits.first_chunk(), digits.last_chunk()) {
        (Some(high), Some(low)) => (four(high) << 24) | four(low),
        _ => 0,
    }
}

/// Whether a byte has a value; the table says the same.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "no branch: the loop over a string stays in vectors"
)]
const fn is_digit(byte: u8) -> bool {
    let is_letter = (byte | 0x20).wrapping_sub(b'a') < 26;
    is_letter | (byte.wrapping_sub(b'0') < 10) | (byte == b'-') | (byte == b'_')
}

/// What a text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spelling(u8);

impl Spelling {
    /// Nothing but digits.
    pub(crate) const DIGITS: Self = Self(0b11);
    /// Nothing but digits and dots.
    pub(crate) const DOTTED: Self = Self(0b10);

    /// Anything else is in it, too.
    pub(crate) const OTHER: Self = Self(0);

    /// Looks at every byte, and says how many at the beginning are digits at least.
    ///
    /// It takes many at a time, without an exit among them: a compiler makes a few instructions on
    /// vectors of that. The last of them may have been looked at before.
    pub(crate) fn of(text: &[u8]) -> (Self, usize) {
        let (chunks, _) = text.as_chunks::<16>();
        let Some(last) = text.last_chunk() else { return (Self::of_short(text), 0) };
        let clean = chunks.iter().take_while(|chunk| are_digits(chunk)).count();
        let mut others = chunks.get(clean..).unwrap_or_default().iter();
        let spelling = if others.len() == 0 && are_digits(last) {
            Self::DIGITS
        } else if others.all(are_dotted) && are_dotted(last) {
            Self::DOTTED
        } else {
            Self::OTHER
        };
        (spelling, clean.saturating_mul(16))
    }

    fn of_short(text: &[u8]) -> Self {
        let mut others = text.iter().filter(|byte| value(**byte) == NONE);
        match others.next() {
            None => Self::DIGITS,
            Some(b'.') if others.all(|byte| *byte == b'.') => Self::DOTTED,
            Some(_) => Self::OTHER,
        }
    }
}

#[inline]
#[expect(clippy::needless_bitwise_bool, reason = "as in `is_digit`")]
const fn is_digit_or_dot(byte: u8) -> bool {
    is_digit(byte) | (byte == b'.')
}

#[inline]
fn are_digits(text: &[u8; 16]) -> bool {
    text.iter().fold(true, |all, byte| all & is_digit(*byte))
}

#[inline]
fn are_dotted(text: &[u8; 16]) -> bool {
    text.iter().fold(true, |all, byte| all & is_digit_or_dot(*byte))
}

/// Where the next dot is from `from` on, or else the end: eight bytes at a time, which takes less
/// than to begin a longer search.
pub(crate) fn next_dot(text: &[u8], from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    let (chunks, end) = rest.as_chunks();
    let mut at = from;
    for chunk in chunks {
        if let Some(place) = dot_in(*chunk) {
            return at.wrapping_add(place);
        }
        at = at.wrapping_add(8);
    }
    match rest.last_chunk() {
        Some(last) => {
            let place = dot_in(*last).unwrap_or(8);
            text.len().wrapping_sub(8).wrapping_add(place)
        }
        None => end.iter().take_while(|byte| **byte != b'.').count().wrapping_add(at),
    }
}

/// The first place of a dot.
#[inline]
fn dot_in(bytes: [u8; 8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const DOTS: u64 = u64::from_le_bytes([b'.'; 8]);
    // The highest bit of the first byte that is a dot, and of none before it.
    let others = u64::from_le_bytes(bytes) ^ DOTS;
    let found = others.wrapping_sub(ONES) & !others & (ONES << 7);
    let place = usize::try_from(found.trailing_zeros() / 8).unwrap_or_default();
    (found != 0).then_some(place)
}

#[inline]
pub(super) fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::{NONE, Spelling, is_digit, next_dot, value};

    #[test]
    fn the_table_and_the_comparison_agree() {
        assert!((0..=255).all(|byte| is_digit(byte) == (value(byte) != NONE)));
    }

    /// Many bytes at a time come to the same as one after the other.
    #[test]
    fn a_text_is_spelled_as_its_bytes_are() {
        let naive = |text: &[u8]| {
            let is_dotted = |byte: &u8| *byte == b'.' || is_digit(*byte);
            if text.iter().all(|byte| is_digit(*byte)) {
                Spelling::DIGITS
            } else if text.iter().all(is_dotted) {
                Spelling::DOTTED
            } else {
                Spelling::OTHER
            }
        };
        for length in 0..70 {
            for place in 0..=length {
                for byte in [b'.', b'/', b'_', b'@', 0xC3, 0xAE] {
                    for second in [place, length / 2] {
                        let mut text = vec![b'Q'; length];
                        for at in [place, second] {
                            text.get_mut(at).into_iter().for_each(|it| *it = byte);
                        }
                        let (spelling, clean) = Spelling::of(&text);
                        assert_eq!(spelling, naive(&text), "{length}, {place}, {second}, {byte}");
                        let digits = text.iter().take_while(|byte| is_digit(**byte)).count();
                        assert!(clean <= digits);
                        let dot = |from: usize| {
                            let rest = text.get(from..).unwrap_or_default();
                            let before = rest.iter().take_while(|byte| **byte != b'.').count();
                            from.saturating_add(before)
                        };
                        for from in [0, clean, place, length] {
                            assert_eq!(
                                next_dot(&text, from),
                                dot(from),
                                "{length}, {place}, {from}"
                            );
                        }
                    }
                }
            }
        }
    }
}
