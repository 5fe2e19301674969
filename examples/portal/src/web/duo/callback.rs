//! Coming back from Duo's page.
//!
//! A browser comes back by a link from another site, and does not show the stricter cookies with
//! it. So the first answer is a page that leads to the same address once more, from here.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::header::HeaderMap;
use axum::response::Response;
use upheld_duo::universal::Callback;

use super::super::App;
use super::super::cookie::Cookie;
use super::super::filters;
use super::super::form::Posted;
use super::super::pages::{Problem, form, see_other};
use super::super::reauthentication::After;
use super::super::refusal::Refusal;
use super::super::second_factor::finish;
use super::find;
use crate::CLINIC;
use crate::duo::{self, Admitted, Begun, CALLBACK, Holder, Purpose, Trip};
use crate::enrolment;
use crate::reauthentication;
use crate::second_factor::Proof;
use crate::sessions::Session;
use crate::sign_in::PendingLogin;

/// What the second request has and the first has not.
const FROM_HERE: &str = "&from=here";
/// The longest state looked at: the portal's own have 43 characters.
const MAX_STATE_BYTES: usize = 64;

/// Leads to the same address from a page of the portal.
#[derive(Template)]
#[template(path = "coming-back.html")]
struct ComingBackPage<'a> {
    address: &'a str,
    problem: Option<Problem<'a>>,
}

/// Sends a browser to Duo's page for a change that needs a second factor.
pub(in super::super) async fn reauthenticate(
    State(app): State<App>,
    Posted { visitor: session, fields }: Posted<Session>,
) -> Result<Response, Refusal> {
    let (duo, account) = find(&app, session.person()).await?;
    let leads_to = After::parse(fields.text("for", 64).unwrap_or_default());
    if account.is_blocked {
        duo::refuse_blocked(&account);
        return Ok(see_other(&format!("/reauth?duo-refused&for={leads_to}")));
    }
    let trip = Trip::of(&account, session.id(), Purpose::Reauthenticate);
    let trip = Trip { leads_to: leads_to.to_string(), ..trip };
    match duo::begin(&app.records, &duo, trip, app.clock.now()).await? {
        Begun::Redirect(address) => Ok(see_other(address.expose())),
        // Nobody is let through here while Duo is out of reach.
        Begun::Admitted(_) | Begun::TooMany | Begun::Refused => {
            Ok(see_other(&format!("/reauth?duo-refused&for={leads_to}")))
        }
    }
}

/// Takes a browser back. What it brings counts once, for the pending login or session that it was
/// sent from, and within five minutes.
pub(in super::super) async fn come_back(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = query.unwrap_or_default();
    let Some(query) = query.strip_suffix(FROM_HERE) else { return come_from_here(&query) };
    let callback = Callback::parse(query).map_err(|_| Refusal::PromptExpired)?;
    let state = state_of(query).ok_or(Refusal::PromptExpired)?;
    let duo = app.records.duo.clone().ok_or(Refusal::NotFound)?;
    let now = app.clock.now();
    if let Some(token) = Cookie::Login.find(&headers)
        && let Some(login) = PendingLogin::find(&app.records, token, now).await?
    {
        let holder = Holder { id: login.id(), person: login.person() };
        if let Some(taken) = duo::take(&app.records, holder, state, now).await? {
            let remember = taken.remember;
            let judged = duo::come_back(&app.records, &duo, (taken, &callback), now).await?;
            return match judged {
                Some(admitted) => {
                    finish(&app, (Proof::Admitted(admitted), login), &headers, remember).await
                }
                None => Ok(see_other("/login/duo?refused")),
            };
        }
    }
    if let Some(token) = Cookie::Session.find(&headers)
        && let Some(session) = Session::find(&app.records, token, now).await?
    {
        let holder = Holder { id: session.id(), person: session.person() };
        if let Some(taken) = duo::take(&app.records, holder, state, now).await? {
            let (purpose, after) = (taken.purpose, After::parse(&taken.leads_to));
            let judged = duo::come_back(&app.records, &duo, (taken, &callback), now).await?;
            return match purpose {
                Purpose::Add => add(&app, &session, judged).await,
                Purpose::Reauthenticate | Purpose::SignIn => {
                    confirm(&app, &session, (judged, after)).await
                }
            };
        }
    }
    tracing::warn!("an answer of Duo's page that nobody here waits for");
    Err(Refusal::PromptExpired)
}

async fn confirm(
    app: &App,
    session: &Session,
    (judged, after): (Option<Admitted>, After),
) -> Result<Response, Refusal> {
    let token = match judged {
        Some(admitted) => {
            let now = app.clock.now();
            reauthentication::with_duo(&app.records, session, admitted, now).await?
        }
        None => None,
    };
    let Some(token) = token else {
        return Ok(see_other(&format!("/reauth?duo-refused&for={after}")));
    };
    let mut response = see_other(&after.to_path());
    Cookie::Session.set(&token, None, &mut response);
    Ok(response)
}

async fn add(app: &App, session: &Session, judged: Option<Admitted>) -> Result<Response, Refusal> {
    let token = match judged {
        Some(admitted) => {
            enrolment::add_duo(&app.records, session, admitted, app.clock.now()).await?
        }
        None => None,
    };
    let Some(token) = token else { return Ok(see_other("/account/security/duo?refused")) };
    super::super::enrol::go_on(app, session, (&token, "/account/security?duo-added")).await
}

/// A page that leads here once more. Every character of the address is harmless.
fn come_from_here(query: &str) -> Result<Response, Refusal> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%=&+".contains(&byte);
    if query.is_empty() || query.len() > Callback::MAX_BYTES || !query.bytes().all(is_plain) {
        return Err(Refusal::PromptExpired);
    }
    let address = format!("{CALLBACK}?{query}{FROM_HERE}");
    form(&ComingBackPage { address: &address, problem: None }, None)
}

/// The state, of which the portal's own need no decoding.
fn state_of(query: &str) -> Option<&str> {
    let mut states = query.split('&').filter_map(|pair| pair.strip_prefix("state="));
    let state = states.next().filter(|state| state.len() <= MAX_STATE_BYTES)?;
    states.next().is_none().then_some(state)
}
