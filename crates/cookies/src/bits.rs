//! Big-endian bits in base64url text, as TC and GPP strings have them: six to a character.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// What stands for a byte that is no digit.
const NONE: u8 = 0xFF;

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

#[inline]
fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(NONE)
}

/// Text that was checked to be base64url without padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bits<'a> {
    text: &'a [u8],
}

/// The first 216 bits, decoded once, so that its fields cost a shift each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head([u64; 4]);

impl Head {
    const DIGITS: usize = 36;
    /// The first three words hold ten digits each, the last one six.
    const WORD: usize = 60;

    /// Decodes the first 36 digits of a checked text.
    pub(crate) fn of(bits: Bits<'_>) -> Result<Self, End> {
        let digits = bits.text.first_chunk::<{ Self::DIGITS }>();
        let digits = digits.ok_or(End { needed: Self::DIGITS.saturating_mul(6) })?;
        let (first, rest) = digits.split_at(10);
        let (second, rest) = rest.split_at(10);
        let (third, fourth) = rest.split_at(10);
        Ok(Self([word(first), word(second), word(third), word(fourth) << 24]))
    }

    /// The number in up to 36 of the first 216 bits.
    #[inline]
    pub(crate) fn number(self, at: usize, bits: usize) -> u64 {
        let (index, at) = (at / Self::WORD, at % Self::WORD);
        let word = |index: usize| self.0.get(index).copied().map_or(0, u128::from);
        let both = (word(index) << Self::WORD) | word(index.saturating_add(1));
        let after = shift(Self::WORD.saturating_mul(2).saturating_sub(at.saturating_add(bits)));
        let mask = (1_u128 << bits).wrapping_sub(1);
        u64::try_from(both.checked_shr(after).unwrap_or_default() & mask).unwrap_or_default()
    }
}

#[inline]
fn word(digits: &[u8]) -> u64 {
    digits.iter().fold(0, |word, byte| (word << 6) | u64::from(value(*byte)))
}

/// The bits are at an end; there would have to be this many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct End {
    pub(crate) needed: usize,
}

impl<'a> Bits<'a> {
    /// Checks every character; the error is the place of the first that is no digit.
    pub(crate) fn of(text: &'a str) -> Result<Self, usize> {
        let text = text.as_bytes();
        // Without an early exit or a table, so that it is compared many bytes at a time.
        if text.iter().fold(true, |all, byte| all & is_digit(*byte)) {
            return Ok(Self { text });
        }
        Err(text.iter().position(|byte| value(*byte) == NONE).unwrap_or_default())
    }

    /// Text that was checked before.
    pub(crate) const fn checked(text: &'a str) -> Self {
        Self { text: text.as_bytes() }
    }

    /// How many characters there are.
    pub(crate) const fn digits(self) -> usize {
        self.text.len()
    }

    pub(crate) const fn len(self) -> usize {
        self.text.len().saturating_mul(6)
    }

    /// The number in up to 36 bits from `at` on.
    #[inline]
    pub(crate) fn number(self, at: usize, bits: usize) -> Result<u64, End> {
        let end = at.saturating_add(bits);
        let (first, last) = (at / 6, end.div_ceil(6));
        let digits = self.text.get(first..).unwrap_or_default();
        // Four or eight digits at once where there are as many: no loop of unknown length.
        let (all, read) = match (digits.first_chunk::<4>(), digits.first_chunk::<8>()) {
            (Some(digits), _) if last.saturating_sub(first) <= 4 => (word(digits), 4),
            (_, Some(digits)) => (word(digits), 8),
            _ => (word(digits.get(..8).unwrap_or(digits)), digits.len().min(8)),
        };
        let read = first.saturating_add(read);
        if last > self.text.len() {
            return Err(End { needed: end });
        }
        let after = read.saturating_mul(6).saturating_sub(end);
        let mask = u64::MAX.checked_shr(64_u32.saturating_sub(shift(bits))).unwrap_or_default();
        Ok(all.checked_shr(shift(after)).unwrap_or_default() & mask)
    }

    /// As [`Self::number`], for up to 16 bits.
    pub(crate) fn short(self, at: usize, bits: usize) -> Result<u16, End> {
        self.number(at, bits).map(|number| u16::try_from(number).unwrap_or(u16::MAX))
    }

    /// Whether the bit at `at` is 1.
    #[inline]
    pub(crate) fn is_set(self, at: usize) -> Result<bool, End> {
        let digit = self.text.get(at / 6).ok_or(End { needed: at.saturating_add(1) })?;
        Ok(value(*digit) & (0x20 >> (at % 6)) != 0)
    }
}

fn shift(bits: usize) -> u32 {
    u32::try_from(bits).unwrap_or(u32::MAX)
}

/// Bits being put together.
#[derive(Clone, Debug, Default)]
pub(crate) struct BitWriter {
    text: String,
    /// The bits of the character that is not complete.
    open: u8,
    filled: u8,
}

impl BitWriter {
    /// Appends the lowest `bits` bits of a number, the highest of them first.
    pub(crate) fn push(&mut self, number: u64, bits: usize) {
        for place in (0..bits).rev() {
            self.push_bit(number.checked_shr(shift(place)).unwrap_or_default() & 1 == 1);
        }
    }

    pub(crate) fn push_bit(&mut self, bit: bool) {
        self.open = (self.open << 1) | u8::from(bit);
        self.filled = self.filled.saturating_add(1);
        if self.filled == 6 {
            let digit = ALPHABET.get(usize::from(self.open)).copied().unwrap_or(b'A');
            self.text.push(char::from(digit));
            (self.open, self.filled) = (0, 0);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len().saturating_mul(6).saturating_add(self.filled.into())
    }

    /// Fills up with zeros to whole characters.
    pub(crate) fn finish(mut self) -> String {
        while self.filled > 0 {
            self.push_bit(false);
        }
        self.text
    }

    /// Fills up with zeros to whole bytes and then to whole characters.
    pub(crate) fn finish_bytes(mut self) -> String {
        while !self.len().is_multiple_of(8) {
            self.push_bit(false);
        }
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{NONE, is_digit, value};

    #[test]
    fn the_table_and_the_comparison_agree() {
        assert!((0..=255).all(|byte| is_digit(byte) == (value(byte) != NONE)));
    }
}
