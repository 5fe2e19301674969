//! The US Privacy string, four characters.

/// What a US Privacy string says.
///
/// ```
/// use upheld_cookies::us_privacy::{Answer, UsPrivacy};
///
/// let string = UsPrivacy::parse("1YNN")?;
/// assert_eq!((string.notice, string.opt_out_of_sale), (Answer::Yes, Answer::No));
/// assert_eq!(string.to_text(), "1YNN");
/// # Ok::<(), upheld_cookies::us_privacy::UsPrivacyError>(())
/// ```
///
/// # Source
///
/// IAB Tech Lab, US Privacy String, version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the format has these fields and no others")]
pub struct UsPrivacy {
    /// Whether the person was told and could opt out.
    pub notice: Answer,
    /// Whether the person opted out of the sale of data.
    pub opt_out_of_sale: Answer,
    /// Whether the Limited Service Provider Agreement covers the transaction.
    pub lspa_covered: Answer,
}

/// An answer of the string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the format has these answers and no others")]
pub enum Answer {
    /// `Y`
    Yes,
    /// `N`
    No,
    /// `-`: the law does not apply.
    NotApplicable,
}

/// Why a text is no US Privacy string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UsPrivacyError {
    /// Another number of characters.
    #[error("a US Privacy string has 4 characters, and this one has {length} bytes")]
    Length {
        /// How many bytes it has.
        length: usize,
    },
    /// Another version.
    #[error("the first character must be 1, the version")]
    Version,
    /// A character that is no answer.
    #[error("character {at} must be Y, N or -")]
    Answer {
        /// Where it stands.
        at: usize,
    },
}

impl UsPrivacy {
    /// Reads a string, in either case of letters.
    ///
    /// # Errors
    ///
    /// [`UsPrivacyError`].
    pub fn parse(text: &str) -> Result<Self, UsPrivacyError> {
        let &[version, notice, sale, lspa] = text.as_bytes() else {
            return Err(UsPrivacyError::Length { length: text.len() });
        };
        if version != b'1' {
            return Err(UsPrivacyError::Version);
        }
        let answer = |byte, at| Answer::of(byte).ok_or(UsPrivacyError::Answer { at });
        Ok(Self {
            notice: answer(notice, 1)?,
            opt_out_of_sale: answer(sale, 2)?,
            lspa_covered: answer(lspa, 3)?,
        })
    }

    /// Writes the string.
    #[must_use]
    pub fn to_text(&self) -> String {
        let answers = [self.notice, self.opt_out_of_sale, self.lspa_covered];
        core::iter::once('1').chain(answers.map(Answer::to_char)).collect()
    }
}

impl Answer {
    fn of(byte: u8) -> Option<Self> {
        match byte {
            b'Y' | b'y' => Some(Self::Yes),
            b'N' | b'n' => Some(Self::No),
            b'-' => Some(Self::NotApplicable),
            _ => None,
        }
    }

    /// `Y`, `N` or `-`.
    #[must_use]
    pub const fn to_char(self) -> char {
        match self {
            Self::Yes => 'Y',
            Self::No => 'N',
            Self::NotApplicable => '-',
        }
    }
}
