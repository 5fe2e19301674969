//! A forgotten password: the link, and what it does not do.

use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD};

const NEW: &str = "seven words make a long password";

fn fields<'a>(password: &'a str, again: &'a str) -> [(&'static str, &'a str); 2] {
    [("new_password", password), ("repeated_password", again)]
}

/// The link changes the password and nothing else.
#[test]
fn t25_a_reset_signs_nobody_in_and_leaves_the_second_factor() {
    let (clinic, phone) = Clinic::enrolled();
    let mut elsewhere = clinic.browser();
    elsewhere.sign_in(&clinic, &phone);
    let mut half = clinic.browser();
    half.await_code();
    let link = clinic.reset_link(EMAIL);

    let mut browser = clinic.browser();
    browser.get(&link).assert_shows(200, "Choose a new password");
    let saved = browser.post(&link, &fields(NEW, NEW));
    saved.assert_shows(200, "Your new password was saved");
    assert!(browser.cookies.is_empty(), "{:?}", browser.cookies);
    assert!(!browser.is_signed_in());
    // T32: whoever was in is out, and so is whoever was half in.
    assert!(!elsewhere.is_signed_in());
    half.get("/login/second-factor").assert_redirects_to("/login");

    clinic.step_on(60);
    browser.show_password(PASSWORD).assert_shows(422, "is not right");
    browser.show_password(NEW).assert_redirects_to("/login/second-factor");
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    clinic.await_mail("Your password was changed");
    assert_eq!(clinic.query("SELECT count(*) FROM devices"), 1);
}

#[test]
fn a_link_works_once_for_half_an_hour() {
    let clinic = Clinic::open();
    let gone = "This link no longer works";
    let (late, link) = (clinic.reset_link(EMAIL), clinic.reset_link(EMAIL));
    let mut browser = clinic.browser();
    browser.get(&link).assert_shows(200, "Choose a new password");
    browser.post(&link, &fields("short", "short")).assert_shows(422, "12 characters or more");
    browser.post(&link, &fields(NEW, "other words")).assert_shows(422, "differ");
    browser.post(&link, &fields(EMAIL, EMAIL)).assert_shows(422, "your e-mail address");
    let long = "x".repeat(1025);
    browser.post(&link, &fields(&long, &long)).assert_shows(422, "1024 bytes or fewer");
    browser.post(&link, &fields(NEW, NEW)).assert_shows(200, "was saved");
    browser.get(&link).assert_shows(404, gone);
    browser.post(&link, &fields(PASSWORD, PASSWORD)).assert_shows(404, gone);
    // Others that were asked for ended with it.
    browser.get(&late).assert_shows(404, gone);

    let late = clinic.reset_link(EMAIL);
    clinic.step_on(30 * 60 - 1);
    browser.get(&late).assert_shows(200, "Choose a new password");
    clinic.step_on(1);
    browser.get(&late).assert_shows(404, gone);
    browser.post(&late, &fields(PASSWORD, PASSWORD)).assert_shows(404, gone);
    for other in ["", "0", &"ab".repeat(32), "../../account", &"é".repeat(32)] {
        let path: String = form_urlencoded::byte_serialize(other.as_bytes()).collect();
        assert_eq!(browser.get(&format!("/password/reset/{path}")).status, 404, "{other}");
    }
}

/// Who has an account, told by asking for a link.
#[test]
fn t40_unknown_addresses_get_the_answer_of_known_ones() {
    let clinic = Clinic::open();
    let ask = |email: &str| {
        let mut browser = clinic.browser();
        browser.get("/password/forgot").assert_shows(200, "Forgotten password");
        let page = browser.post("/password/forgot", &[("email", email)]);
        page.assert_shows(200, "Look at your e-mail");
        let headers: Vec<_> = page.headers.iter().map(|(name, _)| name.clone()).collect();
        (headers, page.body)
    };
    let known = ask(EMAIL);
    assert_eq!(ask("nobody@example.com"), known);
    assert_eq!(ask("not an address"), known);
    // Nor by asking until it is too often: three messages and no more.
    for _ in 0..5 {
        assert_eq!(ask(EMAIL), known);
        assert_eq!(ask("nobody@example.com"), known);
    }
    clinic.await_count("password reset asked", 3);
    assert_eq!(clinic.query("SELECT count(*) FROM outbox"), 3);
}

/// Where the link leads is nobody's to say who asks for it.
#[test]
fn t37_links_lead_to_the_portal_whatever_the_request_says() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.get("/password/forgot").assert_shows(200, "Forgotten password");
    let forged = [
        ("sec-fetch-site", "same-origin"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-original-host", "evil.example"),
    ];
    let asked = browser.post_with("/password/forgot", &[("email", EMAIL)], &forged);
    asked.assert_shows(200, "Look at your e-mail");
    let mail = clinic.await_mail("/password/reset/");
    let port = clinic.address.port();
    assert!(mail.contains(&format!("\nhttp://localhost:{port}/password/reset/")), "{mail}");
    assert!(!mail.contains("evil"), "{mail}");
}

/// The link of one person is nothing to another, and its form needs the link itself.
#[test]
fn t30_a_link_is_its_own_form_token() {
    let clinic = Clinic::open();
    let (mine, other) = (clinic.reset_link(EMAIL), clinic.reset_link(OTHER_EMAIL));
    let mut browser = clinic.browser();
    browser.get(&mine).assert_shows(200, EMAIL);
    browser.post(&other, &fields(NEW, NEW)).assert_shows(403, "This form has expired");
}

#[test]
fn a_password_is_changed_with_the_old_one_and_a_second_factor() {
    let (clinic, phone) = Clinic::enrolled();
    let mut elsewhere = clinic.browser();
    elsewhere.sign_in(&clinic, &phone);
    clinic.step_on(30);
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    let path = "/account/security/password";
    browser.get(path).assert_redirects_to("/reauth?for=password");
    browser.reauthenticate(&clinic, &phone);
    browser.get(path).assert_shows(200, "Password until now");
    let change =
        |old, new, again| [("password", old), ("new_password", new), ("repeated_password", again)];
    browser.post(path, &change("wrong", NEW, NEW)).assert_shows(422, "until now is not right");
    browser.post(path, &change(PASSWORD, "short", "short")).assert_shows(422, "12 characters");
    browser
        .post(path, &change(PASSWORD, NEW, NEW))
        .assert_redirects_to("/account/security?password-changed");
    assert!(browser.is_signed_in() && !elsewhere.is_signed_in());
    browser.sign_out();
    browser.show_password(PASSWORD).assert_shows(422, "is not right");
    browser.show_password(NEW).assert_redirects_to("/login/second-factor");
    clinic.await_mail("Your password was changed");
}
