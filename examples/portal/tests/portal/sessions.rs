//! How sessions end, and who never has one.

use portal::{Access, Route, routes};

use crate::clinic::{Clinic, PASSWORD};

#[test]
fn a_session_ends_after_half_an_hour_of_rest() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    for _ in 0..3 {
        clinic.step_on(29 * 60);
        assert!(browser.is_signed_in());
    }
    clinic.step_on(30 * 60);
    assert!(!browser.is_signed_in());
}

#[test]
fn a_session_ends_after_twelve_hours_of_work() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    for _ in 1..12 * 3 {
        clinic.step_on(20 * 60);
        assert!(browser.is_signed_in());
    }
    clinic.step_on(20 * 60);
    assert!(!browser.is_signed_in());
}

/// Signing out ends the session itself, not only the cookie.
#[test]
fn t46_after_signing_out_nothing_of_it_is_left() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    assert!(browser.is_signed_in());
    let mut copy = browser.clone();
    let signed_out = browser.sign_out();
    assert_eq!(signed_out.header("clear-site-data"), Some("\"cache\", \"storage\""));
    // The browser goes on being known, which opens nothing.
    assert!(browser.cookies.keys().eq(["__Host-browser"]), "{:?}", browser.cookies);
    assert!(!copy.is_signed_in());
    assert_eq!(clinic.query("SELECT count(*) FROM sessions"), 0);
}

/// Every route that needs a session, with the cookie of a pending login.
#[test]
fn t23_half_a_sign_in_opens_no_route_of_a_session() {
    let (clinic, _phone) = Clinic::enrolled();
    let mut half = clinic.browser();
    half.await_code();
    let token = half.cookies["__Host-login"].clone();
    let mut disguised = half.clone();
    disguised.cookies.insert("__Host-session".into(), token);

    let is_open = |route: &&Route| {
        matches!(
            route.access,
            Access::Everyone | Access::PendingLogin | Access::Link | Access::Demonstration
        )
    };
    let guarded: Vec<_> = routes().iter().filter(|route| !is_open(route)).collect();
    assert_eq!(guarded.len(), 34);
    for route in guarded {
        let id = "ab".repeat(16);
        let parts = route.path.split('/');
        let parts = parts.map(|part| if part.starts_with('{') { &*id } else { part });
        let path = parts.collect::<Vec<_>>().join("/");
        for browser in [&mut half, &mut disguised] {
            let page = match route.method {
                "GET" => browser.get(&path),
                _ => browser.post(&path, &[("display_name", "Mallory"), ("code", "123456")]),
            };
            page.assert_redirects_to("/login");
        }
    }
    assert_eq!(clinic.query("SELECT count(*) FROM people WHERE display_name = 'Mallory'"), 0);
}

/// And the other way round: a session is no pending login.
#[test]
fn t23_a_session_opens_no_route_of_a_pending_login() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account").assert_shows(200, "Your profile");
    let token = browser.cookies["__Host-session"].clone();
    browser.cookies.insert("__Host-login".into(), token);
    let guarded = routes().iter().filter(|route| route.access == Access::PendingLogin);
    for route in guarded {
        let page = match route.method {
            "GET" => browser.get(route.path),
            _ => browser.post(route.path, &[("code", "123456")]),
        };
        page.assert_redirects_to("/login");
    }
}
