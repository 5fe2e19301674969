//! The page that asks to prove once more that it is still the same person.

use std::fmt;

use askama::Template;
use axum::Extension;
use axum::extract::{RawQuery, State};
use axum::http::header::HeaderMap;
use axum::response::Response;
use zeroize::Zeroizing;

use super::cookie::Cookie;
use super::filters;
use super::form::{Posted, TOKEN_FIELD};
use super::pages::{Problem, form, see_other};
use super::refusal::Refusal;
use super::second_factor::{
    CODE_MALFORMED, CODE_REFUSED, Offers, RECOVERY_CODE_REFUSED, read_shown,
};
use super::{App, Peer};
use crate::CLINIC;
use crate::id::{Id, PersonId};
use crate::language::phrase;
use crate::password;
use crate::people::{Email, Role};
use crate::reauthentication;
use crate::second_factor::Shown;
use crate::sessions::Session;
use crate::sign_in::Attempt;
use crate::token::FormToken;
use crate::user_agent::BrowserName;

const PASSWORD_REFUSED: Problem<'_> = Problem {
    what: phrase("The password is not right"),
    advice: phrase(
        "After several tries you have to wait, up to 15 minutes, before the right one is \
             accepted.",
    ),
};

const DUO_REFUSED: Problem<'_> = Problem {
    what: phrase("Duo has not confirmed that it is you"),
    advice: phrase(
        "You have to show something there, just now. If Duo does not answer, try again in a \
             minute, or use another way.",
    ),
};

/// Where a person goes afterwards: one of these pages and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Security,
    AddDevice,
    Duo,
    Device(Id),
    RecoveryCodes,
    Password,
    Close,
    Export,
    Staff,
    Publishing,
    Person(PersonId),
    Request(Id),
}

impl After {
    /// The page that belongs to a request for `path`.
    pub(super) fn of_path(path: &str) -> Self {
        let mut parts = path.split('/').skip(1);
        let parts = [parts.next(), parts.next(), parts.next(), parts.next()];
        match parts.map(Option::unwrap_or_default) {
            ["account", "security", "totp", _] => Self::AddDevice,
            ["account", "security", "duo", _] => Self::Duo,
            ["account", "security", "recovery-codes", _] => Self::RecoveryCodes,
            ["account", "security", "devices", id] => {
                Id::parse(id).map_or(Self::Security, Self::Device)
            }
            ["account", "security", "password", _] => Self::Password,
            ["account", "close", ..] => Self::Close,
            ["account", "data", "export", _] => Self::Export,
            ["staff", "people", id, _] => PersonId::parse(id).map_or(Self::Staff, Self::Person),
            ["staff", "requests", id, _] => Id::parse(id).map_or(Self::Staff, Self::Request),
            ["staff", "publishing", ..] => Self::Publishing,
            ["staff", ..] => Self::Staff,
            _ => Self::Security,
        }
    }

    /// Reads what [`fmt::Display`] wrote; anything else is the security page.
    pub(super) fn parse(text: &str) -> Self {
        match text.split_once('.').unwrap_or((text, "")) {
            ("add-device", "") => Self::AddDevice,
            ("duo", "") => Self::Duo,
            ("recovery-codes", "") => Self::RecoveryCodes,
            ("password", "") => Self::Password,
            ("close", "") => Self::Close,
            ("export", "") => Self::Export,
            ("staff", "") => Self::Staff,
            ("publishing", "") => Self::Publishing,
            ("device", id) => Id::parse(id).map_or(Self::Security, Self::Device),
            ("request", id) => Id::parse(id).map_or(Self::Security, Self::Request),
            ("person", id) => PersonId::parse(id).map_or(Self::Security, Self::Person),
            _ => Self::Security,
        }
    }

    pub(super) fn to_path(self) -> String {
        match self {
            Self::Security => "/account/security".into(),
            Self::AddDevice => "/account/security/totp".into(),
            Self::Duo => "/account/security/duo".into(),
            Self::Device(id) => format!("/account/security/devices/{id}"),
            Self::RecoveryCodes => "/account/security/recovery-codes".into(),
            Self::Password => "/account/security/password".into(),
            Self::Close => "/account/close".into(),
            Self::Export => "/account/data/export".into(),
            Self::Staff => "/staff".into(),
            Self::Publishing => "/staff/publishing".into(),
            Self::Person(id) => format!("/staff/people/{id}"),
            Self::Request(id) => format!("/staff/requests/{id}"),
        }
    }
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Security => f.write_str("security"),
            Self::AddDevice => f.write_str("add-device"),
            Self::Duo => f.write_str("duo"),
            Self::Device(id) => write!(f, "device.{id}"),
            Self::RecoveryCodes => f.write_str("recovery-codes"),
            Self::Password => f.write_str("password"),
            Self::Close => f.write_str("close"),
            Self::Export => f.write_str("export"),
            Self::Staff => f.write_str("staff"),
            Self::Publishing => f.write_str("publishing"),
            Self::Person(id) => write!(f, "person.{id}"),
            Self::Request(id) => write!(f, "request.{id}"),
        }
    }
}

/// Asks for a second factor, or for the password of somebody who has none.
#[derive(Template)]
#[template(path = "reauthentication.html")]
struct ReauthenticationPage<'a> {
    form_token: FormToken,
    session: &'a Session,
    after: After,
    /// Whether the person has an app or a token, and whether they have Duo.
    offers: Offers,
    field: &'static str,
    problem: Option<Problem<'a>>,
}

impl<'a> ReauthenticationPage<'a> {
    async fn new(app: &App, session: &'a Session, after: After) -> Result<Self, Refusal> {
        let form_token = session.token().to_form_token();
        let offers = Offers::of(app, session.person()).await?;
        Ok(Self { form_token, session, after, offers, field: "", problem: None })
    }

    fn respond(self) -> Result<Response, Refusal> {
        form(&self, self.problem)
    }
}

pub(super) async fn page(
    State(app): State<App>,
    session: Session,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let (problem, query) = match query.strip_prefix("duo-refused&") {
        Some(rest) => (Some(DUO_REFUSED), rest),
        None => (None, &*query),
    };
    let after = After::parse(query.strip_prefix("for=").unwrap_or_default());
    let page = ReauthenticationPage::new(&app, &session, after).await?;
    form(&ReauthenticationPage { field: "duo", problem, ..page }, None)
}

pub(super) async fn check(
    State(app): State<App>,
    Extension(Peer(from)): Extension<Peer>,
    headers: HeaderMap,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let after = After::parse(fields.text("for", 64).unwrap_or_default());
    let page = ReauthenticationPage::new(&app, &session, after).await?;
    let refuse = |field: &'static str, problem: Problem<'static>| {
        ReauthenticationPage { field, problem: Some(problem), ..page }.respond()
    };
    let token = if session.has_factor() {
        let (field, shown) = read_shown(&fields);
        let Some(shown) = shown else { return refuse(field, CODE_MALFORMED) };
        let refused =
            if matches!(shown, Shown::Code(_)) { CODE_REFUSED } else { RECOVERY_CODE_REFUSED };
        let now = app.clock.now();
        let token =
            reauthentication::with_second_factor(&app.records, &session, &shown, now).await?;
        let Some(token) = token else { return refuse(field, refused) };
        token
    } else {
        let password = fields.text("password", password::MAX_BYTES).unwrap_or_default();
        let Some(email) = Email::parse(session.email()) else { return Err(Refusal::Failed) };
        let attempt = Attempt {
            email,
            password: Zeroizing::new(password.to_owned()),
            from,
            browser: BrowserName::of(&headers),
            known: Cookie::find_browser(&headers),
        };
        let App { records, passwords, clock, .. } = &app;
        let shown = (&session, attempt);
        let token = reauthentication::with_password(records, passwords, clock, shown).await?;
        let Some(token) = token else { return refuse("password", PASSWORD_REFUSED) };
        token
    };
    let mut response = see_other(&after.to_path());
    Cookie::Session.set(&token, None, &mut response);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::After;

    #[test]
    fn t36_every_text_leads_to_a_page_of_the_portal() {
        let id = "0123456789abcdef".repeat(2);
        for path in [
            "/account/security",
            "/account/security/totp",
            &format!("/account/security/devices/{id}"),
            "/account/security/duo",
            "/account/security/recovery-codes",
            "/account/security/password",
            "/account/close",
            "/account/data/export",
            "/staff",
            &format!("/staff/people/{id}"),
        ] {
            let after = After::of_path(path);
            assert_eq!(after.to_path(), path);
            assert_eq!(After::parse(&after.to_string()), after);
        }
        for hostile in
            ["", "//evil.example", "/\\evil.example", "device./../..", "person.", "javascript:1"]
        {
            assert_eq!(After::parse(hostile), After::Security, "{hostile}");
            assert_eq!(After::of_path(hostile), After::Security, "{hostile}");
        }
    }
}
