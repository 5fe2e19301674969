//! The whole way in, and ways around its steps.

use crate::browser::Page;
use crate::clinic::{Clinic, EMAIL, NAME, PASSWORD, Phone};

#[test]
fn the_first_sign_in_from_password_to_profile() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();

    browser.get("/").assert_redirects_to("/account");
    browser.get("/account").assert_redirects_to("/login");
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account").assert_shows(200, "Your account has no second factor");

    let (page, path) = browser.begin_enrolment();
    for app in ["Google Authenticator", "Microsoft Authenticator", "Aegis"] {
        assert!(page.body.contains(app), "{app}");
    }
    assert!(
        page.body.contains("<div class=\"qr-frame\"><svg xmlns=\"http://www.w3.org/2000/svg\"")
    );
    let phone = Phone::with_key_of(&page);
    let code = phone.code_at(clinic.now());
    browser.post(&path, &[("code", &code)]).assert_confirmed();
    browser.sign_out();
    clinic.step_on(30);

    browser.await_code();
    let code = phone.code_at(clinic.now());
    let (left, right) = code.split_at(3);
    let spaced = format!(" {left} {right} ");
    browser.show_code(&spaced).assert_redirects_to("/account");
    let profile = browser.get("/account");
    profile.assert_shows(200, &format!("<dd id=\"name\">{NAME}</dd>"));
    assert!(!profile.body.contains("no second factor"));

    let renamed = browser.post("/account", &[("display_name", "Alex M. Morgan")]);
    renamed.assert_redirects_to("/account?saved");
    let profile = browser.get("/account?saved");
    profile.assert_shows(200, "<dd id=\"name\">Alex M. Morgan</dd>");
    profile.assert_shows(200, "Your name was saved");
    browser.get("/login").assert_redirects_to("/account");
}

#[test]
fn a_code_is_awaited_for_five_minutes() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    clinic.step_on(5 * 60 - 1);
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    clinic.step_on(1);
    browser.get("/login/second-factor").assert_redirects_to("/login");
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/login");
    assert!(!browser.is_signed_in());
}

#[test]
fn giving_up_at_the_code_ends_the_pending_login() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    let mut kept = browser.clone();
    browser.post("/login/cancel", &[]).assert_redirects_to("/login");
    assert!(!browser.cookies.contains_key("__Host-login"));
    kept.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/login");
    assert!(!kept.is_signed_in());
}

/// Cookies fixed before signing in, and each token of a lower step, are worth nothing after.
#[test]
fn t22_every_step_brings_a_new_token_and_kills_the_old() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.get("/login").assert_shows(200, "Sign in");
    let form = browser.cookies["__Host-form"].clone();

    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    assert!(!browser.cookies.contains_key("__Host-form"));
    let without_factor = browser.cookies["__Host-session"].clone();
    let phone = browser.enrol(&clinic);
    let enrolled = browser.cookies["__Host-session"].clone();
    browser.sign_out();
    clinic.step_on(60);

    // A cookie that an attacker planted, dead or alive, is replaced and does not come to life.
    browser.cookies.insert("__Host-session".into(), "ab".repeat(32));
    browser.await_code();
    let pending = browser.cookies["__Host-login"].clone();
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    let session = browser.cookies["__Host-session"].clone();
    assert!(browser.is_signed_in());

    let tokens = [form, without_factor, enrolled, "ab".repeat(32), pending, session.clone()];
    for (at, token) in tokens.iter().enumerate() {
        assert!(!tokens[..at].contains(token));
        let mut attacker = clinic.browser();
        attacker.cookies.insert("__Host-session".into(), token.clone());
        assert_eq!(attacker.is_signed_in(), *token == session);
        attacker.cookies.insert("__Host-login".into(), token.clone());
        attacker.get("/login/second-factor").assert_redirects_to("/login");
    }
}

/// Signing in again in the same browser ends the session before.
#[test]
fn t22_a_new_sign_in_ends_the_session_of_the_same_browser() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    let mut first = browser.clone();
    clinic.step_on(30);
    // The sign-in page sends a signed-in browser away: the form comes from a second one.
    let mut second = clinic.browser();
    second.get("/login").assert_shows(200, "Sign in");
    browser.cookies.append(&mut second.cookies);
    browser.form_token = second.form_token;
    let shown = browser.post("/login", &[("email", EMAIL), ("password", PASSWORD)]);
    shown.assert_redirects_to("/login/second-factor");
    assert!(!first.is_signed_in());
}

/// Login CSRF: another site signs the victim in to the attacker's account.
#[test]
fn t31_the_sign_in_form_needs_its_token_and_its_cookie() {
    let clinic = Clinic::open();
    let fields = [("email", EMAIL), ("password", PASSWORD)];

    let mut stranger = clinic.browser();
    stranger.post("/login", &fields).assert_shows(403, "This form has expired");
    stranger.get("/login").assert_shows(200, "Sign in");
    let token = std::mem::take(&mut stranger.form_token);
    stranger.post("/login", &fields).assert_shows(403, "This form has expired");

    // The attacker's own token does not fit the victim's cookie.
    let mut victim = clinic.browser();
    victim.get("/login").assert_shows(200, "Sign in");
    victim.form_token = token;
    victim.post("/login", &fields).assert_shows(403, "This form has expired");
    assert!(victim.cookies.keys().all(|name| name == "__Host-form"));
}

/// Steps skipped, repeated, and taken in two tabs.
#[test]
fn t34_steps_are_taken_in_order_and_once() {
    let (clinic, phone) = Clinic::enrolled();
    let code = phone.code_at(clinic.now());

    // The code without the password, with the token of the sign-in form.
    let mut browser = clinic.browser();
    browser.get("/login").assert_shows(200, "Sign in");
    browser.show_code(&code).assert_redirects_to("/login");

    // A used-up login, with another good code: the back button.
    browser.await_code();
    let mut back = browser.clone();
    browser.show_code(&code).assert_redirects_to("/account");
    clinic.step_on(30);
    back.get("/login/second-factor").assert_redirects_to("/login");
    back.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/login");
    assert!(!back.is_signed_in());

    // Two tabs: the second password replaces the first tab's login, whose form is then refused.
    let mut tabs = clinic.browser();
    tabs.await_code();
    let first_form = tabs.form_token.clone();
    let first_login = tabs.cookies["__Host-login"].clone();
    tabs.await_code();
    let second_form = std::mem::replace(&mut tabs.form_token, first_form);
    tabs.show_code(&phone.code_at(clinic.now())).assert_shows(403, "This form has expired");
    let mut stale = clinic.browser();
    stale.cookies.insert("__Host-login".into(), first_login);
    stale.get("/login/second-factor").assert_redirects_to("/login");
    tabs.form_token = second_form;
    tabs.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
}

/// Open redirects.
#[test]
fn t36_nothing_a_visitor_sends_decides_where_they_are_sent() {
    let clinic = Clinic::open();
    for target in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"] {
        let mut browser = clinic.browser();
        let query: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let page = browser.get(&format!("/login?next={query}&redirect_uri={query}"));
        assert!(!page.body.contains("evil"), "{}", page.body);
        let fields = [("email", EMAIL), ("password", PASSWORD), ("next", target)];
        browser.post("/login", &fields).assert_redirects_to("/account/security");
    }
}

/// Who has an account, told by the answer to a password.
#[test]
fn t40_unknown_people_and_wrong_passwords_get_one_answer() {
    let clinic = Clinic::open();
    let refused = |email: &str, password: &str| {
        let mut browser = clinic.browser();
        let mut page = browser.get("/login");
        for attempt in 0..7 {
            let token = browser.form_token.clone();
            let next = browser.post("/login", &[("email", email), ("password", password)]);
            if attempt > 0 {
                assert_eq!(describe(&next, email, &token), describe(&page, email, &token));
            }
            page = next;
        }
        page.assert_shows(422, "is not right");
        describe(&page, email, &browser.form_token)
    };
    let wrong = refused(EMAIL, "wrong");
    assert_eq!(refused("nobody@example.com", "wrong"), wrong);
    assert_eq!(refused("nobody@example.com", PASSWORD), wrong);
    assert_eq!(refused("not an address", PASSWORD), wrong);
    // Even the right password, for now: seven attempts were made.
    assert_eq!(refused(EMAIL, PASSWORD), wrong);
}

/// The same, told by the time that the answer takes.
#[test]
fn t40_unknown_people_cost_a_hash_as_well() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    let mut time = |email: &str| {
        clinic.step_on(1000);
        browser.get("/login").assert_shows(200, "Sign in");
        let start = std::time::Instant::now();
        browser.post("/login", &[("email", email), ("password", "wrong")]);
        start.elapsed()
    };
    // In turns, and the fastest of each, since the computer has other things to do as well.
    let times: Vec<_> = (0..15).map(|_| (time(EMAIL), time("nobody@example.com"))).collect();
    let known = times.iter().map(|(known, _)| *known).min().unwrap();
    let unknown = times.iter().map(|(_, unknown)| *unknown).min().unwrap();
    // A hash takes 20 ms or more and everything else a tenth of that.
    assert!(unknown * 4 > known && known * 4 > unknown, "{known:?} known, {unknown:?} unknown");
}

/// Long passwords are measured, not hashed; the answer is the same.
#[test]
fn t58_a_password_longer_than_any_is_refused_unhashed() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(&"é".repeat(512)).assert_shows(422, "is not right");
    assert_eq!(clinic.query("SELECT max(failures) FROM attempts"), 1);
    browser.show_password(&"x".repeat(1025)).assert_shows(422, "is not right");
    assert_eq!(clinic.query("SELECT max(failures) FROM attempts"), 1);
}

fn describe(page: &Page, email: &str, token: &str) -> (u16, Vec<String>, String) {
    let names = page.headers.iter().map(|(name, _)| name.clone()).collect();
    let body = page.body.replace(email, "(e-mail)").replace(token, "(token)");
    (page.status, names, body)
}
