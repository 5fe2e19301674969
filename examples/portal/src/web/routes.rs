//! Every address of the portal: the one list that the server, the tests and the README go by.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{from_fn, from_fn_with_state, map_request};
use axum::routing::{MethodRouter, get, post};

use super::{
    App, audit, choices, closure, consents, desk, devices, duo, enrol, exports, gate, held,
    intakes, limits, outbox, pages, password, profile, publishing, reading, reauthentication,
    recovery, requests, second_factor, security, sign_in, staff,
};
use crate::cookies::CookiesError;
use crate::site::Site;

/// The most bytes of a request's body that are read.
const MAX_BODY_BYTES: usize = 64 * 1024;
/// The same of what the desk writes: some texts of 4,000 letters, of up to 12 bytes in a form each.
const MAX_DESK_BODY_BYTES: usize = 256 * 1024;
/// Longer than any address here.
const MAX_PATH_BYTES: usize = 256;
/// From the end of a request's headers to its answer.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Access {
    /// Everyone.
    Everyone,
    /// Whoever has shown a password and owes a code.
    PendingLogin,
    /// Whoever is signed in.
    Session,
    /// Whoever is signed in and has proved within ten minutes that it is still them.
    FreshSession,
    /// Staff who signed in with a second factor.
    Staff,
    /// Staff and auditors who signed in with a second factor.
    Desk,
    /// Privacy leads and auditors who signed in with a second factor.
    Oversight,
    /// Staff who have proved within ten minutes that it is still them.
    FreshStaff,
    /// Privacy leads who have proved within ten minutes that it is still them.
    FreshLead,
    /// Whoever comes back from Duo's page, with the cookie that they were sent with.
    Returning,
    /// Whoever has the link from an e-mail.
    Link,
    /// Everyone, where the settings say so; for others it is not there.
    Demonstration,
}

/// A method at an address.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Route {
    /// `GET` or `POST`. Only `POST` changes anything, and only with a form token.
    pub method: &'static str,
    /// The path; `{name}` stands for any one segment.
    pub path: &'static str,
    /// Who may use it.
    pub access: Access,
    handler: fn() -> MethodRouter<App>,
}

/// Lists every route there is.
#[must_use]
pub fn routes() -> &'static [Route] {
    &ROUTES
}

const ROUTES: [Route; 104] = [
    of("GET", "/", Access::Everyone, || get(profile::home)),
    of("GET", "/assets/portal.css", Access::Everyone, || get(pages::style)),
    of("GET", "/assets/icon.svg", Access::Everyone, || get(pages::icon)),
    of("POST", "/language", Access::Everyone, || post(reading::change)),
    of("GET", "/cookies", Access::Everyone, || get(choices::policy)),
    of("GET", "/cookies/versions/{number}", Access::Everyone, || get(choices::version)),
    of("GET", "/cookies/preferences", Access::Everyone, || get(choices::page)),
    of("POST", "/cookies/preferences", Access::Everyone, || post(choices::choose)),
    of("GET", "/cookies/opt-out", Access::Everyone, || get(choices::opt_out)),
    of("GET", "/.well-known/gpc.json", Access::Everyone, || get(choices::signals)),
    of("GET", "/login", Access::Everyone, || get(sign_in::page)),
    of("POST", "/login", Access::Everyone, || post(sign_in::password)),
    of("GET", "/login/second-factor", Access::PendingLogin, || get(second_factor::code_page)),
    of("POST", "/login/second-factor", Access::PendingLogin, || post(second_factor::code)),
    of("GET", "/login/recovery", Access::PendingLogin, || get(second_factor::recovery_page)),
    of("POST", "/login/recovery", Access::PendingLogin, || post(second_factor::recovery_code)),
    of("GET", "/login/email", Access::PendingLogin, || get(second_factor::email_page)),
    of("POST", "/login/email", Access::PendingLogin, || post(second_factor::email_code)),
    of("POST", "/login/email/send", Access::PendingLogin, || post(second_factor::send_email)),
    of("GET", "/login/duo", Access::PendingLogin, || get(duo::page)),
    of("POST", "/login/duo", Access::PendingLogin, || post(duo::to_prompt)),
    of("GET", "/login/duo/here", Access::PendingLogin, || get(duo::devices_page)),
    of("POST", "/login/duo/ask", Access::PendingLogin, || post(duo::ask)),
    of("POST", "/login/duo/passcode", Access::PendingLogin, || post(duo::passcode)),
    of("GET", "/login/duo/wait", Access::PendingLogin, || get(duo::wait)),
    of("GET", "/duo/callback", Access::Returning, || get(duo::callback::come_back)),
    of("POST", "/login/cancel", Access::PendingLogin, || post(second_factor::cancel)),
    of("POST", "/logout", Access::Session, || post(sign_in::sign_out)),
    of("GET", "/password/forgot", Access::Everyone, || get(password::forgot_page)),
    of("POST", "/password/forgot", Access::Everyone, || post(password::forgot)),
    of("GET", "/password/reset/{link}", Access::Link, || get(password::reset_page)),
    of("POST", "/password/reset/{link}", Access::Link, || post(password::reset)),
    of("GET", "/privacy/request", Access::Everyone, || get(intakes::page)),
    of("POST", "/privacy/request", Access::Everyone, || post(intakes::send)),
    of("GET", "/privacy/request/confirm/{link}", Access::Link, || get(intakes::confirm_page)),
    of("POST", "/privacy/request/confirm/{link}", Access::Link, || post(intakes::confirm)),
    of("GET", "/privacy/request/state/{link}", Access::Link, || get(intakes::state)),
    of("GET", "/reauth", Access::Session, || get(reauthentication::page)),
    of("POST", "/reauth", Access::Session, || post(reauthentication::check)),
    of("POST", "/reauth/duo", Access::Session, || post(duo::callback::reauthenticate)),
    of("GET", "/account", Access::Session, || get(profile::page)),
    of("POST", "/account", Access::Session, || post(profile::rename)),
    of("POST", "/account/correct", Access::Session, || post(profile::correct)),
    of("GET", "/account/close", Access::FreshSession, || get(closure::page)),
    of("POST", "/account/close", Access::FreshSession, || post(closure::close)),
    of("GET", "/account/closing", Access::Session, || get(closure::closing)),
    of("POST", "/account/closing/keep", Access::Session, || post(closure::keep)),
    of("GET", "/account/consents", Access::Session, || get(consents::page)),
    of("GET", "/account/consents/history", Access::Session, || get(consents::history)),
    of("GET", "/account/consents/receipts/{format}", Access::Session, || get(consents::receipt)),
    of("POST", "/account/consents/stop-marketing", Access::Session, || {
        post(consents::stop_marketing)
    }),
    of("POST", "/account/consents/{question}/give", Access::Session, || post(consents::give)),
    of("POST", "/account/consents/{question}/withdraw", Access::Session, || {
        post(consents::withdraw)
    }),
    of("GET", "/account/data", Access::Session, || get(held::page)),
    of("GET", "/account/data/export", Access::Session, || get(exports::page)),
    of("POST", "/account/data/export", Access::FreshSession, || post(exports::ask)),
    of("POST", "/account/data/export/download", Access::FreshSession, || post(exports::download)),
    of("GET", "/account/security", Access::Session, || get(security::page)),
    of("GET", "/account/security/password", Access::FreshSession, || get(password::change_page)),
    of("POST", "/account/security/password", Access::FreshSession, || post(password::change)),
    of("GET", "/account/security/totp", Access::FreshSession, || get(enrol::name_page)),
    of("POST", "/account/security/totp", Access::FreshSession, || post(enrol::start)),
    of("GET", "/account/security/totp/{pending}", Access::Session, || get(enrol::page)),
    of("POST", "/account/security/totp/{pending}", Access::Session, || post(enrol::confirm)),
    of("GET", "/account/security/duo", Access::FreshSession, || get(duo::account::page)),
    of("POST", "/account/security/duo", Access::FreshSession, || post(duo::account::start)),
    of("POST", "/account/security/duo/remove", Access::FreshSession, || post(duo::account::remove)),
    of("GET", "/account/security/devices/{device}", Access::Session, || get(devices::page)),
    of("POST", "/account/security/devices/{device}/rename", Access::Session, || {
        post(devices::rename)
    }),
    of("POST", "/account/security/devices/{device}/remove", Access::FreshSession, || {
        post(devices::remove)
    }),
    of("POST", "/account/security/devices/{device}/resynchronise", Access::Session, || {
        post(devices::resynchronise)
    }),
    of("GET", "/account/security/recovery-codes", Access::FreshSession, || get(recovery::offer)),
    of("POST", "/account/security/recovery-codes", Access::FreshSession, || post(recovery::start)),
    of("GET", "/account/security/recovery-codes/{pending}", Access::Session, || {
        get(recovery::page)
    }),
    of("POST", "/account/security/recovery-codes/{pending}", Access::Session, || {
        post(recovery::confirm)
    }),
    of("POST", "/account/security/recovery-codes/{pending}/download", Access::Session, || {
        post(recovery::download)
    }),
    of("POST", "/account/security/sessions/end-others", Access::Session, || {
        post(security::end_other_sessions)
    }),
    of("POST", "/account/security/sessions/{session}/end", Access::Session, || {
        post(security::end_session)
    }),
    of("POST", "/account/security/browsers/{browser}/forget", Access::Session, || {
        post(security::forget_browser)
    }),
    of("GET", "/requests", Access::Session, || get(requests::page)),
    of("POST", "/requests", Access::Session, || post(requests::ask)),
    of("GET", "/requests/{request}", Access::Session, || get(requests::one)),
    of("POST", "/requests/{request}/withdraw", Access::Session, || post(requests::withdraw)),
    of("GET", "/staff", Access::Staff, || get(staff::list)),
    of("GET", "/staff/people/{person}", Access::Staff, || get(staff::person)),
    of("POST", "/staff/people/{person}/unlock", Access::FreshStaff, || post(staff::unlock)),
    of("POST", "/staff/people/{person}/disable", Access::FreshStaff, || post(staff::disable)),
    of("POST", "/staff/people/{person}/enable", Access::FreshStaff, || post(staff::enable)),
    of("POST", "/staff/people/{person}/reset", Access::FreshStaff, || post(staff::ask_reset)),
    of("POST", "/staff/people/{person}/reset/{reset}/confirm", Access::FreshStaff, || {
        post(staff::confirm_reset)
    }),
    of("POST", "/staff/people/{person}/reset/{reset}/withdraw", Access::FreshStaff, || {
        post(staff::withdraw_reset)
    }),
    of("GET", "/staff/requests", Access::Desk, || get(desk::queue)),
    of("GET", "/staff/requests/{request}", Access::Desk, || get(desk::case)),
    of("POST", "/staff/requests/{request}/assign", Access::FreshStaff, || post(desk::assign)),
    of("POST", "/staff/requests/{request}/{act}", Access::FreshStaff, || post(desk::act)),
    of("GET", "/staff/limits", Access::Desk, || get(limits::page)),
    of("GET", "/staff/audit", Access::Oversight, || get(audit::page)),
    of("POST", "/staff/audit/verify", Access::Oversight, || post(audit::verify)),
    of("GET", "/staff/publishing", Access::Oversight, || get(publishing::page)),
    of("POST", "/staff/publishing/check", Access::Oversight, || post(publishing::check)),
    of("POST", "/staff/publishing/publish", Access::FreshLead, || post(publishing::publish)),
    of("GET", "/staff/publishing/versions", Access::Oversight, || get(publishing::versions)),
    of("GET", "/dev/outbox", Access::Demonstration, || get(outbox::page)),
    of("GET", "/dev/advert.svg", Access::Demonstration, || get(choices::advert)),
];

const fn of(
    method: &'static str,
    path: &'static str,
    access: Access,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route { method, path, access, handler }
}

/// Whether `path` is that of a page here, so that a visitor may be led to it. Those of links from
/// e-mails are not: their addresses are secrets, which no other page repeats.
pub(super) fn is_page(path: &str) -> bool {
    page(path).is_some()
}

/// The page of a path, if it is one in the sense of [`is_page`].
pub(super) fn page(path: &str) -> Option<&'static Route> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_');
    if path.len() > MAX_PATH_BYTES || !path.bytes().all(is_plain) {
        return None;
    }
    ROUTES.iter().find(|route| {
        route.method == "GET" && route.access != Access::Link && matches(route.path, path)
    })
}

async fn limit_body(mut request: Request) -> Request {
    let is_of_desk = request.uri().path().starts_with("/staff/requests/");
    let most = if is_of_desk { MAX_DESK_BODY_BYTES } else { MAX_BODY_BYTES };
    DefaultBodyLimit::max(most).apply(&mut request);
    request
}

fn matches(pattern: &str, path: &str) -> bool {
    let mut segments = path.split('/');
    let is_same = pattern.split('/').all(|expected| {
        segments.next().is_some_and(|given| given == expected || expected.starts_with('{'))
    });
    is_same && segments.next().is_none()
}

/// Puts the routes behind the gates that every request passes.
///
/// # Errors
///
/// [`CookiesError`] when the consent cookie could not be set at the site's hosts.
pub(crate) fn router(app: App, site: &Site) -> Result<Router, CookiesError> {
    let metrics = app.metrics.clone();
    let cookies = app.cookies.at(site);
    let gate = cookies.gate(app.clock.clone(), metrics.clone())?;
    let app = App { cookies: cookies.clone(), ..app };
    let duo = app.records.settings.duo.as_ref().map(|duo| duo.api_host.authority());
    let headers = gate::Headers::new(site, duo);
    Ok(ROUTES
        .iter()
        .fold(Router::new(), |router, route| router.route(route.path, (route.handler)()))
        .fallback(pages::not_found)
        .method_not_allowed_fallback(pages::method_not_allowed)
        .with_state(app)
        // The last is the first to see a request.
        .layer(from_fn_with_state(site.clone(), gate::refuse_other_sites))
        .layer(from_fn_with_state(site.clone(), gate::refuse_other_hosts))
        .layer(from_fn_with_state(site.clone(), gate::find_client))
        .layer(from_fn(gate::read_body))
        .layer(map_request(limit_body))
        .layer(from_fn_with_state(REQUEST_TIMEOUT, gate::give_up_after))
        .layer(from_fn_with_state(cookies.clone(), reading::choose))
        // Outside of everything that sets a cookie.
        .layer(gate.to_layer())
        .layer(from_fn_with_state(cookies, reading::declare))
        .layer(from_fn_with_state(headers, gate::set_headers))
        .layer(from_fn_with_state(metrics, gate::write_down)))
}
