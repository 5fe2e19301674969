//! Every address of the portal: the one list that the server, the tests and the README go by.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use super::{App, enrol, gate, pages, profile, sign_in};
use crate::site::Site;

/// The most bytes of a request's body that are read.
const MAX_BODY_BYTES: usize = 16 * 1024;
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

const ROUTES: [Route; 15] = [
    of("GET", "/", Access::Everyone, || get(profile::home)),
    of("GET", "/assets/portal.css", Access::Everyone, || get(pages::style)),
    of("GET", "/assets/icon.svg", Access::Everyone, || get(pages::icon)),
    of("GET", "/login", Access::Everyone, || get(sign_in::password_page)),
    of("POST", "/login", Access::Everyone, || post(sign_in::password)),
    of("GET", "/login/second-factor", Access::PendingLogin, || get(sign_in::code_page)),
    of("POST", "/login/second-factor", Access::PendingLogin, || post(sign_in::code)),
    of("POST", "/login/cancel", Access::PendingLogin, || post(sign_in::cancel)),
    of("POST", "/logout", Access::Session, || post(sign_in::sign_out)),
    of("GET", "/account", Access::Session, || get(profile::page)),
    of("POST", "/account", Access::Session, || post(profile::rename)),
    of("GET", "/account/security", Access::Session, || get(enrol::security_page)),
    of("POST", "/account/security/totp", Access::Session, || post(enrol::start)),
    of("GET", "/account/security/totp/{pending}", Access::Session, || get(enrol::page)),
    of("POST", "/account/security/totp/{pending}", Access::Session, || post(enrol::confirm)),
];

const fn of(
    method: &'static str,
    path: &'static str,
    access: Access,
    handler: fn() -> MethodRouter<App>,
) -> Route {
    Route { method, path, access, handler }
}

/// Puts the routes behind the gates that every request passes.
pub(crate) fn router(app: App, site: &Site) -> Router {
    let metrics = app.metrics.clone();
    ROUTES
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
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn_with_state(REQUEST_TIMEOUT, gate::give_up_after))
        .layer(from_fn_with_state(site.clone(), gate::set_headers))
        .layer(from_fn_with_state(metrics, gate::write_down))
}
