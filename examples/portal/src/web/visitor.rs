//! Whom a request comes from, told by its cookie.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::App;
use super::cookie::Cookie;
use super::refusal::Refusal;
use crate::sessions::Session;
use crate::sign_in::PendingLogin;
use crate::token::Token;

/// Somebody who may send a form.
pub(super) trait Visitor: FromRequestParts<App, Rejection = Refusal> + Send {
    /// What the token of their forms is made from.
    fn token(&self) -> &Token;
}

/// A browser that has asked for the sign-in form. Anybody.
#[derive(Debug)]
pub(super) struct Stranger(pub(super) Token);

impl Visitor for Stranger {
    fn token(&self) -> &Token {
        &self.0
    }
}

impl FromRequestParts<App> for Stranger {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        Cookie::Form.find(&parts.headers).map(Self).ok_or(Refusal::Forged)
    }
}

impl Visitor for PendingLogin {
    fn token(&self) -> &Token {
        Self::token(self)
    }
}

impl FromRequestParts<App> for PendingLogin {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = Cookie::Login.find(&parts.headers).ok_or(Refusal::SignInFirst)?;
        let found = Self::find(&app.store, token, app.clock.now()).await?;
        found.ok_or(Refusal::SignInFirst)
    }
}

impl Visitor for Session {
    fn token(&self) -> &Token {
        Self::token(self)
    }
}

impl FromRequestParts<App> for Session {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = Cookie::Session.find(&parts.headers).ok_or(Refusal::SignInFirst)?;
        let found = Self::find(&app.store, token, app.clock.now()).await?;
        found.ok_or(Refusal::SignInFirst)
    }
}
