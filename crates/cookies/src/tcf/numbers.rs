//! Small numbers: purposes and special features.

use crate::bits::Bits;

/// Numbers from 1 to 63, such as purposes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of a list; those outside 1 to 63 are left out.
    #[must_use]
    pub fn of(numbers: &[u8]) -> Self {
        let bit = |number: &u8| 1_u64.checked_shl(u32::from(*number)).unwrap_or_default() & !1;
        Self(numbers.iter().fold(0, |all, number| all | bit(number)))
    }

    /// Whether a number is among them.
    #[must_use]
    pub fn contains(self, number: u8) -> bool {
        number > 0 && self.0.checked_shr(number.into()).unwrap_or_default() & 1 == 1
    }

    /// The numbers, in order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (1..64).filter(move |number| self.contains(*number))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Those that both have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Reads up to 36 bits, of which the first stands for 1.
    pub(super) fn read(bits: Bits<'_>, at: usize, length: usize) -> Self {
        let half = |at, length| bits.number(at, length).unwrap_or_default();
        let (first, second) = (length.min(32), length.saturating_sub(32));
        let number = (half(at, first) << second) | half(at.saturating_add(first), second);
        Self::of_bits(number, length)
    }

    /// The numbers of `length` bits, of which the highest stands for 1.
    pub(super) fn of_bits(number: u64, length: usize) -> Self {
        let unused = u32::try_from(64_usize.saturating_sub(length)).unwrap_or_default();
        // The first bit is the highest of `length`; turned round it is bit 0.
        let turned = number.checked_shl(unused).unwrap_or_default().reverse_bits();
        Self(turned.checked_shl(1).unwrap_or_default())
    }
}
