//! Big-endian bits in base64url text, as TC and GPP strings have them: six to a character.

mod digits;

pub(crate) use digits::{Spelling, next_dot};

use digits::{ALPHABET, NONE, eight, four, value};

/// Text that was checked to be base64url without padding.
///
/// Places are those of bits in a text, six times its length at most: what is added to them here
/// wraps nothing round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bits<'a> {
    text: &'a [u8],
}

/// The first 240 bits, decoded once, so that its fields cost a shift each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head([u64; 5]);

impl Head {
    /// How many bits there are.
    pub(crate) const BITS: usize = 240;
    /// Each of the five words holds eight digits.
    const WORD: usize = 48;

    /// Decodes the first forty digits of a checked text; `None` if there are fewer.
    #[inline]
    pub(crate) fn of(bits: Bits<'_>) -> Option<Self> {
        let ([first, second, third, fourth, fifth], _) = bits.text.first_chunk::<40>()?.as_chunks()
        else {
            return None;
        };
        Some(Self([first, second, third, fourth, fifth].map(eight)))
    }

    /// The number in up to 36 bits.
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
        if Spelling::of(text).0 == Spelling::DIGITS {
            return Ok(Self { text });
        }
        Err(text.iter().position(|byte| value(*byte) == NONE).unwrap_or_default())
    }

    /// Text that was checked before.
    pub(crate) fn checked(text: &'a str, start: usize, end: usize) -> Self {
        Self { text: text.as_bytes().get(start..end).unwrap_or_default() }
    }

    /// How many characters there are.
    pub(crate) const fn digits(self) -> usize {
        self.text.len()
    }

    pub(crate) const fn len(self) -> usize {
        self.text.len().saturating_mul(6)
    }

    /// The number in `BITS` bits from `at` on, at most 19: wherever they begin, four digits have them.
    #[inline]
    pub(crate) fn few<const BITS: usize>(self, at: usize) -> Result<u64, End> {
        let (first, before) = (at / 6, at % 6);
        match self.text.get(first..).and_then(<[u8]>::first_chunk) {
            Some(digits) => {
                let after = 24_usize.saturating_sub(BITS).wrapping_sub(before);
                Ok((four(digits) >> after) & (1_u64 << BITS).wrapping_sub(1))
            }
            None => self.last_few(at, BITS),
        }
    }

    /// The same where the text ends.
    #[inline(never)]
    fn last_few(self, at: usize, bits: usize) -> Result<u64, End> {
        let end = at.saturating_add(bits);
        match self.text.last_chunk() {
            Some(digits) if end <= self.len() => {
                let after = self.len().wrapping_sub(end);
                Ok((four(digits) >> after) & (1_u64 << bits).wrapping_sub(1))
            }
            _ => self.number(at, bits),
        }
    }

    /// The number in the first bits, at most six.
    #[inline]
    pub(crate) fn first(self, bits: u8) -> Result<u8, End> {
        let digit = self.text.first().ok_or(End { needed: bits.into() })?;
        Ok(value(*digit) >> 6_u8.saturating_sub(bits))
    }

    /// The number in up to 36 bits from `at` on.
    #[inline]
    pub(crate) fn number(self, at: usize, bits: usize) -> Result<u64, End> {
        let end = at.saturating_add(bits);
        let (first, last) = (at / 6, end.div_ceil(6));
        let digits = self.text.get(first..).unwrap_or_default();
        // Four or eight digits at once where there are as many: no loop of unknown length.
        let (all, read) = match (digits.first_chunk::<4>(), digits.first_chunk::<8>()) {
            (Some(digits), _) if last.saturating_sub(first) <= 4 => (four(digits), 4),
            (_, Some(digits)) => (eight(digits), 8),
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
    use super::Bits;

    /// At every place, to the very end and beyond it.
    #[test]
    fn few_bits_are_the_same_read_in_any_way() {
        for text in ["", "A", "ab", "abc", "abcd", "zyx-_0189ABC"] {
            let bits = Bits::checked(text, 0, text.len());
            for at in 0..=bits.len() {
                assert_eq!(bits.few::<12>(at), bits.number(at, 12), "{text}, {at}");
                assert_eq!(bits.few::<17>(at), bits.number(at, 17), "{text}, {at}");
            }
            assert_eq!(bits.first(3).map(u64::from), bits.number(0, 3));
        }
    }
}
