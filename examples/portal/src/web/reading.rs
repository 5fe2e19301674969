//! How a visitor reads: in which language, and which page.
//!
//! Known from the request before any handler runs, and to whatever writes the page at the end.

use std::any::Any;
use std::future::Future;

use askama::Values;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue, SET_COOKIE, VARY};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use upheld_cookies_tower::Consent;

use super::App;
use super::asking::Asking;
use super::cookie::Cookie;
use super::form::is_form;
use super::pages::{HTML, see_other};
use super::refusal::Refusal;
use super::routes;
use crate::cookies::{Cookies, SharedCookies};
use crate::language::{COOKIE_NAME, Language};
use crate::people;
use crate::sessions::Session;

const YEAR_SECONDS: u32 = 365 * 24 * 60 * 60;

tokio::task_local! {
    static READING: Reading;
}

/// What a page is written for.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    language: Language,
    /// Where choosing another language leads back to.
    path: String,
    /// What the page says of cookies.
    asking: Asking,
    /// What the browser chose about them.
    consent: Option<Consent>,
    /// By which declaration the request is answered.
    cookies: Option<Cookies>,
}

impl Reading {
    /// That of the request which is being answered.
    pub(super) fn current() -> Self {
        READING.try_with(Self::clone).unwrap_or_default()
    }

    pub(super) const fn language(&self) -> Language {
        self.language
    }

    pub(super) const fn asking(&self) -> &Asking {
        &self.asking
    }

    pub(super) const fn cookies(&self) -> Option<&Cookies> {
        self.cookies.as_ref()
    }

    pub(super) const fn consent(&self) -> Option<&Consent> {
        self.consent.as_ref()
    }
}

impl Values for Reading {
    fn get_value<'a>(&'a self, key: &str) -> Option<&'a dyn Any> {
        match key {
            "language" => Some(&self.language),
            "path" => Some(&self.path),
            "asking" => Some(&self.asking),
            _ => None,
        }
    }
}

/// The language a template is written in.
pub(super) fn language_of(values: &dyn Values) -> Language {
    askama::get_value(values, "language").copied().unwrap_or_default()
}

/// The page that a template is written for.
pub(super) fn path_of(values: &dyn Values) -> &str {
    askama::get_value::<String>(values, "path").map_or("/", String::as_str)
}

/// What the page says of cookies.
pub(super) fn asking_of(values: &dyn Values) -> Option<&Asking> {
    askama::get_value(values, "asking").ok()
}

/// Finds out by which declaration of cookies the request is answered: the newest, from beginning to
/// end.
pub(super) async fn declare(
    State(shared): State<SharedCookies>,
    mut request: Request,
    next: Next,
) -> Response {
    request.extensions_mut().insert(shared.current());
    next.run(request).await
}

/// Finds out how the visitor reads and what to ask them, and says so in the answer.
pub(super) async fn choose(
    State(shared): State<SharedCookies>,
    request: Request,
    next: Next,
) -> Response {
    let language = Language::of(request.headers());
    let page = Some(request.uri().path()).filter(|_| request.method() == Method::GET);
    let page = page.and_then(routes::page);
    let path = page.map_or("/", |_| request.uri().path()).to_owned();
    let consent = request.extensions().get::<Consent>().cloned();
    let cookies = request.extensions().get().cloned().unwrap_or_else(|| shared.current());
    let asking = Asking::of(&cookies, consent.as_ref(), page, request.headers());
    let cookies = Some(cookies);
    let reading = Reading { language, path, asking: asking.clone(), consent, cookies };
    let mut response = within(reading, next.run(request)).await;
    asking.tie(&mut response);
    let headers = response.headers_mut();
    if headers.get(CONTENT_TYPE).is_some_and(|kind| *kind == HTML) {
        headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(language.tag()));
        headers.insert(VARY, HeaderValue::from_static("accept-language, cookie, sec-gpc"));
    }
    response
}

fn within<F: Future>(reading: Reading, future: F) -> impl Future<Output = F::Output> {
    READING.scope(reading, future)
}

/// Keeps the language that the visitor chose: in their browser, and for letters to who is signed in.
///
/// The one form without a token: every page has it, also those for which there is no visitor to
/// tie a token to. Requests from other sites are refused before, and all it could do is to show
/// the portal in another language.
pub(super) async fn change(
    State(app): State<App>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    if !is_form(&headers) {
        return Err(Refusal::NotAForm);
    }
    let mut language = None;
    let mut path = String::from("/");
    for (name, value) in form_urlencoded::parse(&body).take(4) {
        match &*name {
            "language" => language = Language::of_tag(&value),
            "path" if routes::is_page(&value) => path = value.into_owned(),
            _ => {}
        }
    }
    let Some(language) = language else { return Ok(see_other(&path)) };
    if let Some(token) = Cookie::Session.find(&headers)
        && let Some(session) = Session::find(&app.records, token, app.clock.now()).await?
    {
        let (person, now) = (session.person(), app.clock.now());
        let set = app
            .records
            .database
            .transact(move |transaction| people::set_language(transaction, person, language, now));
        set.await?;
    }
    let mut response = see_other(&path);
    let cookie = format!(
        "{COOKIE_NAME}={language}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={YEAR_SECONDS}"
    );
    if let Ok(header) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, header);
    }
    Ok(response)
}
