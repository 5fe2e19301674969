//! What pages are made of. Each is described where it is answered with.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION};
use axum::response::{IntoResponse, Response};

use super::filters;
use super::reading::Reading;
use super::refusal::Refusal;
use crate::CLINIC;

pub(super) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const MINUTES: HeaderValue = HeaderValue::from_static("max-age=600");

/// Why a form is shown again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Problem<'a> {
    /// What is wrong, without a full stop: it leads to the field.
    pub(super) what: &'a str,
    /// What to do about it, if that is not said yet.
    pub(super) advice: &'a str,
}

/// Says one thing.
#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    heading: &'a str,
    advice: &'a str,
    problem: Option<Problem<'a>>,
}

/// A page that says one thing, for requests that get no other.
pub(super) fn message(status: StatusCode, heading: &str, advice: &str) -> Response {
    let page = MessagePage { heading, advice, problem: None };
    let page = page.render_with_values(&Reading::current());
    // Without its page the status still says enough.
    (status, [(CONTENT_TYPE, HTML)], page.unwrap_or_default()).into_response()
}

/// Sends the browser to a page of this portal. Never takes what a visitor sent.
pub(super) fn see_other(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(path) => (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response(),
        Err(_) => Refusal::Failed.into_response(),
    }
}

/// Whether a page on which somebody waits looks again by itself: unless they have said that it is to
/// stand still.
//= WCAG 2.2, 2.2.2: what updates by itself can be stopped
pub(super) fn looks_again(query: Option<&str>) -> bool {
    query != Some("still")
}

pub(super) async fn not_found() -> Response {
    Refusal::NotFound.into_response()
}

pub(super) async fn method_not_allowed() -> Response {
    Refusal::MethodNotAllowed.into_response()
}

pub(super) async fn style() -> ([(HeaderName, HeaderValue); 2], &'static str) {
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, MINUTES)], include_str!("../../assets/portal.css"))
}

pub(super) async fn icon() -> ([(HeaderName, HeaderValue); 2], &'static str) {
    let kind = HeaderValue::from_static("image/svg+xml");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, MINUTES)], include_str!("../../assets/icon.svg"))
}

/// A page with a form, shown for the first time or again.
pub(super) fn form(
    page: &impl Template,
    problem: Option<Problem<'_>>,
) -> Result<Response, Refusal> {
    let status = problem.map_or(StatusCode::OK, |_| StatusCode::UNPROCESSABLE_ENTITY);
    let page = page.render_with_values(&Reading::current()).map_err(|error| {
        tracing::error!(%error, "a page was not written");
        Refusal::Failed
    })?;
    Ok((status, [(CONTENT_TYPE, HTML)], page).into_response())
}
