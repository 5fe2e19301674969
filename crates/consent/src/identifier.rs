//! Names for machines.

use core::fmt;

use serde::{Deserialize, Serialize};

const MAX: usize = 64;

/// An identifier of one kind, which cannot be taken for another.
macro_rules! identifier {
    ($(#[$doc:meta])* $type:ident) => {
        $(#[$doc])*
        ///
        /// 1 to 64 of `a`-`z`, `0`-`9`, `-`, `.` and `_`, the first a letter or digit.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// Takes an identifier.
            ///
            /// # Errors
            ///
            /// [`IdentifierError`].
            pub fn parse(text: &str) -> Result<Self, IdentifierError> {
                check(text)?;
                Ok(Self(text.into()))
            }

            /// The identifier.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = IdentifierError;

            fn try_from(text: String) -> Result<Self, IdentifierError> {
                check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$type> for String {
            fn from(identifier: $type) -> Self {
                identifier.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier! {
    /// Names a [`Purpose`](crate::Purpose) within a controller's notices.
    PurposeId
}
identifier! {
    /// Names a [`Recipient`](crate::Recipient) within a controller's notices.
    RecipientId
}
identifier! {
    /// Names a notice, whatever its version and language.
    NoticeId
}

fn check(text: &str) -> Result<(), IdentifierError> {
    if text.is_empty() || text.len() > MAX {
        return Err(IdentifierError::Length { length: text.len() });
    }
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let fits = |(at, byte): (usize, u8)| is_plain(byte) || at > 0 && b"-._".contains(&byte);
    match text.bytes().enumerate().position(|place| !fits(place)) {
        Some(at) => Err(IdentifierError::Character { at }),
        None => Ok(()),
    }
}

/// Why a text is no identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdentifierError {
    /// Empty, or too long.
    #[error("{length} bytes; an identifier has 1 to {MAX}")]
    Length {
        /// In bytes.
        length: usize,
    },
    /// Something else than `a-z`, `0-9` and, after the first, `-._`.
    #[error(
        "byte {at}: an identifier is of a-z, 0-9, -, . and _, and begins with one of the former"
    )]
    Character {
        /// Counted from 0.
        at: usize,
    },
}
