//! How sessions end, and who never has one.

use portal::{Access, Route, routes};

use crate::clinic::{Clinic, OTHER_EMAIL, PASSWORD};

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
            Access::Everyone
                | Access::PendingLogin
                | Access::Returning
                | Access::Link
                | Access::Demonstration
        )
    };
    let guarded: Vec<_> = routes().iter().filter(|route| !is_open(route)).collect();
    assert_eq!(guarded.len(), 66);
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

/// Where somebody is signed in, and out with it.
#[test]
fn t32_sessions_are_listed_and_ended_one_by_one_or_all_but_this() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browsers = Vec::new();
    for _ in 0..3 {
        clinic.step_on(30);
        let mut browser = clinic.browser();
        browser.sign_in(&clinic, &phone);
        browsers.push(browser);
    }
    let [mut first, mut second, mut third] = <[_; 3]>::try_from(browsers).unwrap();
    let page = third.get("/account/security");
    let ends: Vec<_> = page.body.split("/account/security/sessions/").skip(1).collect();
    // Three, and all others at once.
    assert_eq!(ends.len(), 4);
    let path =
        |at: usize| format!("/account/security/sessions/{}", ends[at].split('"').next().unwrap());
    let (own, oldest) = (path(0), path(2));
    third.post(&oldest, &[]).assert_redirects_to("/account/security?session-ended");
    assert!(!first.is_signed_in() && second.is_signed_in());
    third.get("/account/security").assert_shows(200, "(this one)");
    third.post(&oldest, &[]).assert_shows(404, "Page not found");
    // Of another person nothing is there.
    let mut other = clinic.browser();
    other.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/account/security");
    other.get("/account/security").assert_shows(200, "Where you are signed in");
    other.post(&own, &[]).assert_shows(404, "Page not found");
    assert!(third.is_signed_in());

    third.get("/account/security").assert_shows(200, "Sign out everywhere else");
    let ended = third.post("/account/security/sessions/end-others", &[]);
    ended.assert_redirects_to("/account/security?others-ended");
    assert!(!second.is_signed_in() && third.is_signed_in());
    third.get("/account/security").assert_shows(200, "(this one)");
    third.post(&own, &[]).assert_redirects_to("/login");
    assert!(!third.is_signed_in());
}

/// Proving once more to be there brings a new token, and holds for ten minutes.
#[test]
fn t22_a_proof_renews_the_session_and_lasts_ten_minutes() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    let mut copy = browser.clone();
    browser.reauthenticate(&clinic, &phone);
    assert_ne!(browser.cookies["__Host-session"], copy.cookies["__Host-session"]);
    assert!(browser.is_signed_in() && !copy.is_signed_in());

    let page = "/account/security/recovery-codes";
    clinic.step_on(10 * 60 - 1);
    browser.get(page).assert_shows(200, "Show me new codes");
    clinic.step_on(1);
    browser.get(page).assert_redirects_to("/reauth?for=recovery-codes");
}

/// Without a second factor the password proves it; a stolen session alone does not.
#[test]
fn t27_a_first_app_needs_the_password_once_more_after_ten_minutes() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account/security").assert_shows(200, "no second factor");
    clinic.step_on(10 * 60);
    let started = browser.post("/account/security/totp", &[]);
    started.assert_redirects_to("/reauth?for=add-device");
    browser.get("/reauth?for=add-device").assert_shows(200, "Password");
    let fields = [("for", "add-device"), ("password", "wrong")];
    browser.post("/reauth", &fields).assert_shows(422, "The password is not right");
    let fields = [("for", "add-device"), ("password", PASSWORD)];
    browser.post("/reauth", &fields).assert_redirects_to("/account/security/totp");
    browser.get("/account/security/totp").assert_shows(200, "What do you call the device?");
}
