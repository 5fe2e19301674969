//! What the browser brings back from the prompt.

use super::exchange::Exchange;
use crate::{Params, SecretText, StatusMessage};

/// The query of the address to which the browser came back.
#[derive(Clone, Debug)]
pub struct Callback {
    pub(super) state: SecretText,
    pub(super) code: Option<SecretText>,
    pub(super) error: Option<StatusMessage>,
}

/// How a person came back.
#[derive(Debug)]
#[must_use = "nobody is let in yet"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on both")]
pub enum Returned {
    /// With a code, to be exchanged.
    Exchange(Exchange),
    /// With an error: they gave up, or were turned away. They must not go in.
    Denied(StatusMessage),
}

/// Why a callback is refused. To the person they are all one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The query is no query, is too long, or names something twice.
    #[error("the query of the callback cannot be read")]
    Query,
    /// No state, or that of another login.
    #[error("the callback does not carry the state of this login")]
    State,
    /// Neither a code nor an error.
    #[error("the callback carries neither a code nor an error")]
    NoCode,
    /// Too late.
    #[error("the login has expired")]
    Expired,
}

impl Callback {
    /// The longest query that is read, in bytes.
    pub const MAX_BYTES: usize = 8_192;

    /// Reads the query, without its question mark.
    ///
    /// # Errors
    ///
    /// [`CallbackError::Query`] when it cannot be read or is ambiguous, [`CallbackError::State`]
    /// when it has no state.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        if query.len() > Self::MAX_BYTES {
            return Err(CallbackError::Query);
        }
        let params = Params::parse_form(query).map_err(|_| CallbackError::Query)?;
        let only = |name: &str| {
            let mut values = params.iter().filter(|(other, _)| *other == name);
            match (values.next(), values.next()) {
                (_, Some(_)) => Err(CallbackError::Query),
                (first, None) => Ok(first.map(|(_, value)| value)),
            }
        };
        let state = only("state")?.map(SecretText::new).ok_or(CallbackError::State)?;
        let code = match (only("duo_code")?, only("code")?) {
            (Some(_), Some(_)) => return Err(CallbackError::Query),
            (one, other) => one.or(other).filter(|code| !code.is_empty()).map(SecretText::new),
        };
        let description = only("error_description")?;
        let error = only("error")?.map(|error| StatusMessage::new(description.unwrap_or(error)));
        Ok(Self { state, code, error })
    }
}
