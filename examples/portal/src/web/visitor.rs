//! Whom a request comes from, told by its cookie or by the link it followed.

use axum::extract::{FromRequestParts, Path};
use axum::http::HeaderMap;
use axum::http::request::Parts;

use super::App;
use super::cookie::Cookie;
use super::reauthentication::After;
use super::refusal::Refusal;
use crate::intakes::{Followed, Waiting};
use crate::people::Role;
use crate::resets::Reset;
use crate::sessions::Session;
use crate::sign_in::PendingLogin;
use crate::token::Token;

/// Somebody who may send a form.
pub(super) trait Visitor: FromRequestParts<App, Rejection = Refusal> + Send {
    /// What the token of their forms is made from.
    fn token(&self) -> &Token;

    /// Whether a form is one of theirs, by what it brings along.
    fn has_sent(&self, form_token: &str) -> bool {
        self.token().to_form_token().is(form_token)
    }
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

/// Whoever has a cookie of the portal, whichever: for what everyone may do on every page.
#[derive(Debug)]
pub(super) struct Passerby {
    first: Token,
    others: Vec<Token>,
}

impl Passerby {
    /// Known by the cookie that the forms of the page are tied to anyway, if there are such.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let cookies = [Cookie::Session, Cookie::Login, Cookie::Form];
        let mut tokens = cookies.into_iter().filter_map(|cookie| cookie.find(headers));
        Some(Self { first: tokens.next()?, others: tokens.collect() })
    }
}

impl Visitor for Passerby {
    fn token(&self) -> &Token {
        &self.first
    }

    fn has_sent(&self, form_token: &str) -> bool {
        let mut tokens = std::iter::once(&self.first).chain(&self.others);
        tokens.any(|token| token.to_form_token().is(form_token))
    }
}

impl FromRequestParts<App> for Passerby {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        Self::of(&parts.headers).ok_or(Refusal::Forged)
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
        let found = Self::find(&app.records, token, app.clock.now()).await?;
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
        let found = Self::find(&app.records, token, app.clock.now()).await?;
        let session = found.ok_or(Refusal::SignInFirst)?;
        if session.closing().is_some() {
            return Err(Refusal::Closing);
        }
        Ok(session)
    }
}

/// Somebody who is signed in, also to an account that is being closed.
#[derive(Debug)]
pub(super) struct Leaving(pub(super) Session);

impl Visitor for Leaving {
    fn token(&self) -> &Token {
        self.0.token()
    }
}

impl FromRequestParts<App> for Leaving {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = Cookie::Session.find(&parts.headers).ok_or(Refusal::SignInFirst)?;
        let found = Session::find(&app.records, token, app.clock.now()).await?;
        found.map(Self).ok_or(Refusal::SignInFirst)
    }
}

/// Somebody who is signed in and has proved within ten minutes that it is still them.
#[derive(Debug)]
pub(super) struct Fresh(pub(super) Session);

impl Visitor for Fresh {
    fn token(&self) -> &Token {
        self.0.token()
    }
}

impl FromRequestParts<App> for Fresh {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, app).await?;
        if session.is_fresh() {
            return Ok(Self(session));
        }
        Err(Refusal::ReauthenticateFirst(After::of_path(parts.uri.path())))
    }
}

/// A member of staff who acts and showed a second factor. For others the pages of staff are not there.
#[derive(Debug)]
pub(super) struct Staff(pub(super) Session);

impl Visitor for Staff {
    fn token(&self) -> &Token {
        self.0.token()
    }
}

impl FromRequestParts<App> for Staff {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, app).await?;
        match session.role() {
            Role::Patient | Role::Auditor => Err(Refusal::NotFound),
            Role::Staff | Role::PrivacyLead if session.is_staff() => Ok(Self(session)),
            Role::Staff | Role::PrivacyLead => Err(Refusal::SecondFactorFirst),
        }
    }
}

/// Whoever reads at the desk, an auditor too, after a second factor. For others it is not there.
#[derive(Debug)]
pub(super) struct Reader(pub(super) Session);

impl FromRequestParts<App> for Reader {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, app).await?;
        match session.role() {
            Role::Patient => Err(Refusal::NotFound),
            _ if session.is_staff() => Ok(Self(session)),
            _ => Err(Refusal::SecondFactorFirst),
        }
    }
}

/// Whoever looks over others, the privacy lead or an auditor, after a second factor. For everybody
/// else it is not there.
#[derive(Debug)]
pub(super) struct Overseer(pub(super) Session);

impl Visitor for Overseer {
    fn token(&self) -> &Token {
        self.0.token()
    }
}

impl FromRequestParts<App> for Overseer {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, app).await?;
        match session.role() {
            Role::Patient | Role::Staff => Err(Refusal::NotFound),
            Role::PrivacyLead | Role::Auditor if session.is_staff() => Ok(Self(session)),
            Role::PrivacyLead | Role::Auditor => Err(Refusal::SecondFactorFirst),
        }
    }
}

/// A member of staff who has proved within ten minutes that it is still them.
#[derive(Debug)]
pub(super) struct FreshStaff(pub(super) Session);

impl Visitor for FreshStaff {
    fn token(&self) -> &Token {
        self.0.token()
    }
}

impl FromRequestParts<App> for FreshStaff {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Staff(session) = Staff::from_request_parts(parts, app).await?;
        if session.is_fresh() {
            return Ok(Self(session));
        }
        Err(Refusal::ReauthenticateFirst(After::of_path(parts.uri.path())))
    }
}

/// A privacy lead who has proved within ten minutes that it is still them. For everybody else it is
/// not there.
#[derive(Debug)]
pub(super) struct FreshLead(pub(super) Session);

impl Visitor for FreshLead {
    fn token(&self) -> &Token {
        self.0.token()
    }
}

impl FromRequestParts<App> for FreshLead {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let session = Session::from_request_parts(parts, app).await?;
        match session.role() {
            Role::Patient | Role::Staff | Role::Auditor => Err(Refusal::NotFound),
            Role::PrivacyLead if !session.is_staff() => Err(Refusal::SecondFactorFirst),
            Role::PrivacyLead if session.is_fresh() => Ok(Self(session)),
            Role::PrivacyLead => {
                Err(Refusal::ReauthenticateFirst(After::of_path(parts.uri.path())))
            }
        }
    }
}

/// Whoever confirms a request by the link in an e-mail. Its token stands in the address of the page.
impl Visitor for Waiting {
    fn token(&self) -> &Token {
        Self::token(self)
    }
}

impl FromRequestParts<App> for Waiting {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = linked(parts, app).await.ok_or(Refusal::RequestLinkExpired)?;
        let found = Self::find(&app.records, token, app.clock.now()).await?;
        found.ok_or(Refusal::RequestLinkExpired)
    }
}

/// Whoever follows a request by the link in the e-mail after that.
impl FromRequestParts<App> for Followed {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = linked(parts, app).await.ok_or(Refusal::RequestLinkExpired)?;
        let found = Self::find(&app.records, token, app.clock.now()).await?;
        found.ok_or(Refusal::RequestLinkExpired)
    }
}

/// The token in the address of a page.
async fn linked(parts: &mut Parts, app: &App) -> Option<Token> {
    let Path(text) = Path::<String>::from_request_parts(parts, app).await.ok()?;
    Token::parse(&text)
}

/// Somebody who followed the link in an e-mail. Its token stands in the address of the page.
impl Visitor for Reset {
    fn token(&self) -> &Token {
        Self::token(self)
    }
}

impl FromRequestParts<App> for Reset {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = linked(parts, app).await.ok_or(Refusal::LinkExpired)?;
        let found = Self::find(&app.records, token, app.clock.now()).await?;
        found.ok_or(Refusal::LinkExpired)
    }
}
