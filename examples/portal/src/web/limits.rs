//! The page of what is limited at this moment.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;

use super::App;
use super::filters;
use super::form::TOKEN_FIELD;
use super::pages::{Problem, form};
use super::query::Query;
use super::refusal::Refusal;
use super::visitor::Reader;
use crate::CLINIC;
use crate::attempts::Waits;
use crate::limits::{self, Limited, Lock, Place};
use crate::people::Role;
use crate::sessions::Session;
use crate::token::FormToken;

/// Lists what is limited.
#[derive(Template)]
#[template(path = "staff-limits.html")]
struct LimitsPage<'a> {
    session: &'a Session,
    form_token: FormToken,
    rows: Vec<Limited>,
    unnamed: Waits,
    /// Whether this is not the first page.
    is_later: bool,
    next: Option<Place>,
    problem: Option<Problem<'a>>,
}

pub(super) async fn page(
    State(app): State<App>,
    Reader(session): Reader,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    // A place that is none is the beginning.
    let after = Place::parse(&Query::of(query).value("after"));
    let page = limits::page(&app.records, after, app.clock.now()).await?;
    let page = LimitsPage {
        session: &session,
        form_token: session.token().to_form_token(),
        rows: page.rows,
        unnamed: page.unnamed,
        is_later: after.is_some(),
        next: page.next,
        problem: None,
    };
    form(&page, None)
}
