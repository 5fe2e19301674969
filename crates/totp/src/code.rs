//! The short decimal number a person reads and types.

use alloc::string::String;

use subtle::{Choice, ConstantTimeEq};

use crate::SecretText;
use crate::secret::Hidden;

/// How many digits a code has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u8", into = "u8"))]
#[expect(clippy::exhaustive_enums, reason = "RFC 4226 §5.3 names these three lengths")]
pub enum Digits {
    /// Six: one guess in a million.
    #[default]
    Six,
    /// Seven.
    Seven,
    /// Eight.
    Eight,
}

impl Digits {
    /// The number of digits: 6, 7 or 8.
    #[must_use]
    pub const fn count(self) -> u8 {
        match self {
            Self::Six => 6,
            Self::Seven => 7,
            Self::Eight => 8,
        }
    }

    /// The low decimal digits of a truncated MAC.
    ///
    /// Each modulus is a constant, so the compiler multiplies: division takes a time that
    /// depends on its operands.
    //= RFC 4226 §5.3: the code is the number modulo ten to the power of the digits
    pub(crate) const fn reduce(self, number: u32) -> u32 {
        match self {
            Self::Six => number % 1_000_000,
            Self::Seven => number % 10_000_000,
            Self::Eight => number % 100_000_000,
        }
    }
}

/// A number of digits other than 6, 7 or 8.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} digits; a code has 6, 7 or 8")]
#[non_exhaustive]
pub struct DigitsError(
    /// The number offered.
    pub u8,
);

impl TryFrom<u8> for Digits {
    type Error = DigitsError;

    fn try_from(count: u8) -> Result<Self, DigitsError> {
        match count {
            6 => Ok(Self::Six),
            7 => Ok(Self::Seven),
            8 => Ok(Self::Eight),
            other => Err(DigitsError(other)),
        }
    }
}

impl From<Digits> for u8 {
    fn from(digits: Digits) -> Self {
        digits.count()
    }
}

/// A one-time password: six, seven or eight decimal digits, leading zeros included.
///
/// Whether it was generated or typed, a code is a secret while it lasts: `Debug` prints
/// `[redacted]`, `==` takes the same time wherever two codes differ, and the digits are wiped on
/// drop. [`Code::to_text`] is the one way to see them.
///
/// # Syntax
///
/// [`Code::parse`] takes ASCII digits, with single spaces between them if the person likes.
/// A sign, any other space, a digit of another script or a code of another length is refused,
/// so that one code has one value however it was typed.
///
/// ```
/// use upheld_totp::{Code, CodeError};
///
/// let code = Code::parse("007 001")?;
/// assert_eq!(code.to_text().expose(), "007001");
/// assert_eq!(Code::parse("+07001"), Err(CodeError::Character { at: 0 }));
/// assert_eq!(Code::parse("7001"), Err(CodeError::Length { digits: 4 }));
/// # Ok::<(), CodeError>(())
/// ```
#[derive(Debug)]
pub struct Code {
    value: Hidden<u32>,
    digits: Digits,
}

impl Code {
    pub(crate) const fn from_value(value: u32, digits: Digits) -> Self {
        Self { value: Hidden(value), digits }
    }

    /// Reads a code as a person typed it.
    ///
    /// # Errors
    ///
    /// [`CodeError`] when the text is not of the syntax above. It carries a position or a count,
    /// and no digit.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let mut value = 0_u32;
        let mut count = 0_u8;
        let mut after_digit = false;
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'0'..=b'9' => {
                    count = count.saturating_add(1);
                    value = value.wrapping_mul(10).wrapping_add(u32::from(byte & 0x0f));
                }
                b' ' if after_digit && text.len() > at.saturating_add(1) => {}
                _ => return Err(CodeError::Character { at }),
            }
            if count > Digits::Eight.count() {
                break;
            }
            after_digit = byte != b' ';
        }
        let digits = Digits::try_from(count).map_err(|_| CodeError::Length { digits: count })?;
        Ok(Self::from_value(value, digits))
    }

    /// Writes the digits, leading zeros included, for the person to read.
    #[must_use]
    pub fn to_text(&self) -> SecretText {
        let mut text = Hidden(String::with_capacity(8));
        let mut rest = Hidden(self.value.0);
        for _ in 0..self.digits.count() {
            let [digit, ..] = (rest.0 % 10).to_le_bytes();
            text.0.insert(0, char::from(b'0' | digit));
            rest.0 /= 10;
        }
        SecretText(text)
    }

    /// How many digits the code has.
    #[must_use]
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// Whether this is the code of `value`, as a mask.
    pub(crate) fn is_value(&self, value: u32) -> Choice {
        self.value.0.ct_eq(&value)
    }
}

/// Compares in constant time. Codes of different lengths are different.
impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.digits == other.digits && self.is_value(other.value.0).into()
    }
}

impl Eq for Code {}

/// Why a text is not a [`Code`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CodeError {
    /// Something other than a digit or a single space between digits.
    #[error("byte {at} is neither an ASCII digit nor a single space between two digits")]
    Character {
        /// Offset in bytes.
        at: usize,
    },
    /// Too few or too many digits. Counting stops at nine.
    #[error("{digits} digits; a code has 6, 7 or 8")]
    Length {
        /// The number of digits, at most 9.
        digits: u8,
    },
}
