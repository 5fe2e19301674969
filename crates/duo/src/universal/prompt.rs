//! Sending a browser to the prompt.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Uri;
use rand_core::TryCryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::claims::{AuthorizeClaims, LIFETIME, endpoint_uri, sign};
use super::pending::{Asked, Pending};
use crate::{Application, Params, SecretText, UnixSeconds};

/// The Universal Prompt of one application.
#[derive(Debug)]
pub struct Prompt {
    application: Application,
    redirect_uri: Box<str>,
    username_match: UsernameMatch,
}

/// When the token's user name is that of the login.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum UsernameMatch {
    /// Byte for byte.
    #[default]
    Exact,
    /// Upper and lower case of ASCII letters are alike: for directories that treat them so.
    IgnoreAsciiCase,
}

/// Why there is no [`Prompt`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PromptError {
    /// Not a client ID.
    #[error("a client ID of {characters} characters; Duo's have 20")]
    ClientId {
        /// How many there are.
        characters: usize,
    },
    /// Not a client secret.
    #[error("a client secret of {characters} characters; Duo's have 40")]
    ClientSecret {
        /// How many there are.
        characters: usize,
    },
    /// Not an address.
    #[error(
        "the redirect URI must be an absolute http or https address of at most 1024 bytes, without a fragment"
    )]
    RedirectUri,
}

/// Who is to be asked, and how.
#[derive(Clone, Debug)]
pub struct Login {
    username: Box<str>,
    display_username: Option<Box<str>>,
    max_age: Option<u32>,
    asks_again: bool,
    lifetime: u32,
}

/// Why there is no [`Login`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a user name of {bytes} bytes; it has 1 to {}", Login::MAX_NAME_BYTES)]
#[non_exhaustive]
pub struct LoginError {
    /// How many there are.
    pub bytes: usize,
}

impl Prompt {
    /// The prompt of `application`, whose key pair is a client ID and secret. Browsers come back
    /// to `redirect_uri`.
    ///
    /// # Errors
    ///
    /// [`PromptError`] when a setting cannot be right.
    pub fn new(application: Application, redirect_uri: &str) -> Result<Self, PromptError> {
        let characters = application.integration_key().as_str().len();
        if characters != 20 {
            return Err(PromptError::ClientId { characters });
        }
        let characters = application.secret_key().length();
        if characters != 40 {
            return Err(PromptError::ClientSecret { characters });
        }
        if !is_address(redirect_uri) {
            return Err(PromptError::RedirectUri);
        }
        let redirect_uri = redirect_uri.into();
        Ok(Self { application, redirect_uri, username_match: UsernameMatch::Exact })
    }

    /// Compares user names in another way.
    #[must_use]
    pub const fn with_username_match(mut self, username_match: UsernameMatch) -> Self {
        self.username_match = username_match;
        self
    }

    /// In whose name calls are made.
    #[must_use]
    pub const fn application(&self) -> &Application {
        &self.application
    }

    /// Writes the address to send the browser to, and what to keep until it comes back.
    ///
    /// The nonce stands in the signed request alone: beside it, anybody could change it.
    ///
    /// # Errors
    ///
    /// Whatever `rng` reports.
    pub fn begin<R: TryCryptoRng>(
        &self,
        login: &Login,
        now: UnixSeconds,
        rng: &mut R,
    ) -> Result<(SecretText, Pending), R::Error> {
        let (state, nonce) = (draw(rng)?, draw(rng)?);
        let client_id = self.application.integration_key().as_str();
        let claims = AuthorizeClaims {
            scope: "openid".to_owned(),
            redirect_uri: self.redirect_uri.to_string(),
            client_id: client_id.to_owned(),
            iss: client_id.to_owned(),
            aud: endpoint_uri(&self.application, ""),
            exp: now.later_by(LIFETIME),
            state: state.clone(),
            nonce: nonce.clone(),
            response_type: "code".to_owned(),
            duo_uname: login.username.to_string(),
            use_duo_code_attribute: true,
            display_username: login.display_username.as_ref().map(ToString::to_string),
            max_age: login.max_age,
            prompt: login.asks_again.then(|| "login".to_owned()),
        };
        let query = Params::new()
            .with("response_type", "code")
            .with("client_id", client_id)
            .with("scope", "openid")
            .with("redirect_uri", &self.redirect_uri)
            .with("request", sign(&self.application, &claims).expose());
        let endpoint = endpoint_uri(&self.application, "/oauth/v1/authorize");
        let asked = Asked {
            nonce,
            username: login.username.to_string(),
            username_match: self.username_match,
            redirect_uri: self.redirect_uri.to_string(),
            max_age: login.max_age,
            asks_again: login.asks_again,
            begun: now,
        };
        let pending = Pending { state, expires: now.later_by(login.lifetime.into()), asked };
        Ok((SecretText::new([&endpoint, "?", &query.canonical()].concat()), pending))
    }
}

impl Login {
    /// The longest user name, in bytes.
    pub const MAX_NAME_BYTES: usize = 256;

    /// A login of `username`, whose password was right.
    ///
    /// # Errors
    ///
    /// [`LoginError`] when the name is empty or too long.
    pub fn new(username: &str) -> Result<Self, LoginError> {
        if !(1..=Self::MAX_NAME_BYTES).contains(&username.len()) {
            return Err(LoginError { bytes: username.len() });
        }
        let username = username.into();
        Ok(Self {
            username,
            display_username: None,
            max_age: None,
            asks_again: false,
            lifetime: 600,
        })
    }

    /// Shows another name on the prompt: its first 64 characters.
    #[must_use]
    pub fn with_display_username(mut self, name: &str) -> Self {
        self.display_username = Some(name.chars().take(64).collect());
        self
    }

    /// Lets an earlier authentication count only if it is at most so old, in seconds; 0 asks again.
    ///
    /// The token must then say when the person authenticated: since the login began, or at most so
    /// long ago, give or take a minute for the clocks. Else it is
    /// [`TokenError::Time`](super::TokenError::Time) or [`NoTime`](super::TokenError::NoTime).
    #[must_use]
    pub const fn with_max_age(mut self, seconds: u32) -> Self {
        self.max_age = Some(seconds);
        self
    }

    /// Asks even a person whose device is remembered. The token must then say that the person
    /// authenticated after the login began, give or take a minute for the clocks.
    #[must_use]
    pub const fn asking_again(mut self) -> Self {
        self.asks_again = true;
        self
    }

    /// Waits so long for the browser to come back, in seconds: ten minutes unless said.
    #[must_use]
    pub const fn within(mut self, seconds: u32) -> Self {
        self.lifetime = seconds;
        self
    }
}

/// 256 random bits, in 43 characters: Duo takes 16 to 1024.
pub(super) fn draw<R: TryCryptoRng>(rng: &mut R) -> Result<SecretText, R::Error> {
    let mut bytes = Zeroizing::new([0; 32]);
    rng.try_fill_bytes(bytes.as_mut_slice())?;
    Ok(SecretText::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

fn is_address(text: &str) -> bool {
    let is_plain = text.len() <= 1024 && !text.contains('#');
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let has_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    is_plain && has_scheme && uri.host().is_some_and(|host| !host.is_empty())
}
