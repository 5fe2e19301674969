//! What a password that somebody chooses must be.

use zeroize::Zeroizing;

use crate::password;

/// A password of at least 12 characters, as long as may be hashed, given twice.
pub(crate) struct NewPassword(Zeroizing<String>);

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Why a password is not good enough. Written for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NewPasswordError {
    #[error("The new password must have {} characters or more", NewPassword::MIN_CHARACTERS)]
    TooShort,
    #[error("The new password must have {} bytes or fewer", password::MAX_BYTES)]
    TooLong,
    #[error("The two new passwords differ")]
    Differ,
    #[error("The new password must not be your e-mail address")]
    Address,
}

impl NewPassword {
    //= NIST SP 800-63B §5.1.1.2: length decides; no rules about kinds of characters
    pub(crate) const MIN_CHARACTERS: usize = 12;

    pub(crate) fn parse(
        typed: Option<&str>,
        repeated: Option<&str>,
        email: &str,
    ) -> Result<Self, NewPasswordError> {
        let (Some(typed), Some(repeated)) = (typed, repeated) else {
            return Err(NewPasswordError::TooLong);
        };
        if typed.chars().count() < Self::MIN_CHARACTERS {
            return Err(NewPasswordError::TooShort);
        }
        if typed != repeated {
            return Err(NewPasswordError::Differ);
        }
        if typed.trim().eq_ignore_ascii_case(email) {
            return Err(NewPasswordError::Address);
        }
        Ok(Self(Zeroizing::new(typed.to_owned())))
    }

    pub(crate) fn into_text(self) -> Zeroizing<String> {
        self.0
    }
}
