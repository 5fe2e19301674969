//! A login whose person is at the prompt.

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::callback::{Callback, CallbackError, Returned};
use super::exchange::Exchange;
use super::prompt::UsernameMatch;
use super::unique::Identifiers;
use crate::{SecretText, UnixSeconds};

/// A login whose person is at the prompt.
///
/// Keep it on the server, with the login that is under way, and delete it there as you take it
/// out: [`finish`](Self::finish) takes it by value, so that it is good once.
///
/// ```compile_fail,E0382
/// # use upheld_duo::universal::{Callback, Pending};
/// # use upheld_duo::UnixSeconds;
/// fn twice(pending: Pending, callback: &Callback, now: UnixSeconds) {
///     let _first = pending.finish(callback, now);
///     let _second = pending.finish(callback, now);
/// }
/// ```
#[derive(Debug, Deserialize)]
pub struct Pending {
    pub(super) state: SecretText,
    pub(super) expires: UnixSeconds,
    #[serde(flatten)]
    pub(super) asked: Asked,
}

/// What was asked for. The browser carries the request and can write another beside it, so the
/// answer is held against what is kept here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Asked {
    pub(super) nonce: SecretText,
    pub(super) username: String,
    pub(super) username_match: UsernameMatch,
    pub(super) redirect_uri: String,
    /// How old an earlier authentication may be, in seconds.
    pub(super) max_age: Option<u32>,
    /// Whether an earlier one does not count at all.
    pub(super) asks_again: bool,
    pub(super) begun: UnixSeconds,
}

/// A text that [`Pending::to_json`] did not write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pending login as it was stored")]
#[non_exhaustive]
pub struct PendingError;

impl Pending {
    /// What the browser must bring back, by which an application without sessions may find the
    /// pending login. Then a cookie must still bind it to the browser.
    #[must_use]
    pub const fn state(&self) -> &SecretText {
        &self.state
    }

    /// When it ends.
    #[must_use]
    pub const fn expires(&self) -> UnixSeconds {
        self.expires
    }

    /// Writes it, to be stored on the server.
    #[must_use]
    pub fn to_json(&self) -> SecretText {
        #[derive(Serialize)]
        struct Stored<'a> {
            state: &'a str,
            nonce: &'a str,
            username: &'a str,
            username_match: UsernameMatch,
            redirect_uri: &'a str,
            max_age: Option<u32>,
            asks_again: bool,
            begun: UnixSeconds,
            expires: UnixSeconds,
        }
        let asked = &self.asked;
        let stored = Stored {
            state: self.state.expose(),
            nonce: asked.nonce.expose(),
            username: &asked.username,
            username_match: asked.username_match,
            redirect_uri: &asked.redirect_uri,
            max_age: asked.max_age,
            asks_again: asked.asks_again,
            begun: asked.begun,
            expires: self.expires,
        };
        // A struct of texts and numbers is always JSON.
        SecretText::new(serde_json::to_string(&stored).unwrap_or_default())
    }

    /// Reads what was stored.
    ///
    /// # Errors
    ///
    /// [`PendingError`] when it is not that.
    pub fn from_json(text: &str) -> Result<Self, PendingError> {
        serde_json::from_str(text).map_err(|_| PendingError)
    }

    /// Goes on with what the browser brought back.
    ///
    /// # Errors
    ///
    /// [`CallbackError`] when it is not the answer to this login, or too late. The login is over
    /// either way.
    pub fn finish(self, callback: &Callback, now: UnixSeconds) -> Result<Returned, CallbackError> {
        let state = callback.state.expose().as_bytes();
        if !bool::from(self.state.expose().as_bytes().ct_eq(state)) {
            return Err(CallbackError::State);
        }
        if now >= self.expires {
            return Err(CallbackError::Expired);
        }
        if let Some(error) = &callback.error {
            return Ok(Returned::Denied(error.clone()));
        }
        let code = callback.code.clone().ok_or(CallbackError::NoCode)?;
        let identifiers = Identifiers::of(self.asked.nonce.clone());
        Ok(Returned::Exchange(Exchange { code, asked: self.asked, identifiers }))
    }
}
