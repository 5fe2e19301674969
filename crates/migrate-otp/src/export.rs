//! What all exports share.

use core::fmt;

use crate::{Entry, MAX_ENTRIES};

/// Why entries were not exported. Nothing is written when one of them does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The format has no place for one of an entry's parameters, or not for its value.
    #[error("entry {index}, counted from 0: the format cannot carry its {parameter}")]
    Unsupported {
        /// The entry's position, from zero.
        index: usize,
        /// What does not fit.
        parameter: Parameter,
    },
    /// More than [`MAX_ENTRIES`].
    #[error("more than {MAX_ENTRIES} entries")]
    TooManyEntries,
    /// No entries at all.
    #[error("there is nothing to export")]
    Nothing,
    /// The random source failed.
    #[error("the random source provided no randomness")]
    Random,
}

/// A parameter of an entry that a format may be unable to carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// HOTP, TOTP or Steam Guard.
    Type,
    /// The number of digits.
    Digits,
    /// The period.
    Period,
    /// The counter.
    Counter,
    /// The issuer's or the account's name.
    Name,
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Type => "type",
            Self::Digits => "number of digits",
            Self::Period => "period",
            Self::Counter => "counter",
            Self::Name => "name",
        })
    }
}

/// Refuses too many entries and none.
pub(crate) const fn checked(entries: &[Entry]) -> Result<(), ExportError> {
    match entries.len() {
        0 => Err(ExportError::Nothing),
        count if count > MAX_ENTRIES => Err(ExportError::TooManyEntries),
        _ => Ok(()),
    }
}
