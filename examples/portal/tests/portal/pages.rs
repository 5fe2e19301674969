//! What the pages show of what people typed.

use portal::Settings;

use crate::clinic::{Clinic, EMAIL, PASSWORD, Phone, STAFF};

const HOSTILE: &str = "<script>alert(1)</script>\" autofocus onfocus='x' &amp; {{7*7}}";

/// HTML in a name.
#[test]
fn t47_a_name_is_text_wherever_it_appears() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account").assert_shows(200, "Your profile");
    browser.post("/account", &[("display_name", HOSTILE)]).assert_redirects_to("/account?saved");
    let page = browser.get("/account");
    for raw in ["<script>", "\" autofocus", "'x'"] {
        assert!(!page.body.contains(raw), "{raw} in {}", page.body);
    }
    assert_eq!(page.body.matches("&#60;script&#62;alert(1)&#60;/script&#62;&#34;").count(), 2);
    assert_eq!(page.body.matches("&#38;amp; {{7*7}}").count(), 2);
}

/// HTML in what is shown again after a mistake.
#[test]
fn t47_what_was_refused_is_text_too() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.get("/login").assert_shows(200, "Sign in");
    let page = browser.post("/login", &[("email", HOSTILE), ("password", HOSTILE)]);
    page.assert_shows(422, "value=\"&#60;script&#62;");
    assert!(!page.body.contains("<script>") && !page.body.contains("\" autofocus onfocus"));
    // A password is never shown again.
    assert_eq!(page.body.matches("alert(1)").count(), 1);

    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account").assert_shows(200, "Your profile");
    let long = format!("{HOSTILE}{}", "x".repeat(100));
    let page = browser.post("/account", &[("display_name", &long)]);
    page.assert_shows(422, "must have 100 characters or fewer");
    assert!(!page.body.contains("<script>"));
}

#[test]
fn names_that_are_none_are_refused_with_the_reason() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account").assert_shows(200, "Your profile");
    for (name, reason) in [
        ("", "Enter a name"),
        ("   ", "Enter a name"),
        ("a\u{0}b", "control characters"),
        ("a\u{202e}b", "control characters"),
        (&*"é".repeat(101), "100 characters or fewer"),
        (&*"x".repeat(5000), "100 characters or fewer"),
    ] {
        let page = browser.post("/account", &[("display_name", name)]);
        page.assert_shows(422, reason);
        page.assert_shows(422, "<title>Error: Your profile");
    }
    browser.get("/account").assert_shows(200, "<dd id=\"name\">Alex Morgan</dd>");
}

/// Nothing in a page needs a script, a style of its own or anything from elsewhere.
#[test]
fn t49_pages_have_no_scripts_no_inline_styles_and_nothing_from_elsewhere() {
    let clinic = Clinic::with_settings(|settings| Settings { email_codes: true, ..settings });
    let mut browser = clinic.browser();
    let mut pages = vec![browser.get("/login"), browser.get("/nowhere")];
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    pages.push(browser.get("/account"));
    pages.push(browser.get("/account/security"));
    let (page, path) = browser.begin_enrolment();
    pages.push(page);
    pages.push(browser.post(&path, &[("code", "nonsense")]));
    browser.get(&path).assert_shows(200, "Scan this QR code");
    let code = Phone::with_key_of(&browser.get(&path)).code_at(clinic.now());
    let confirmed = browser.post(&path, &[("code", &code)]);
    confirmed.assert_confirmed();
    let recovery = confirmed.header("location").unwrap();
    let device = browser.get("/account/security");
    let device = device.between("/account/security/devices/", "\"").unwrap();
    for path in [
        recovery,
        &format!("/account/security/devices/{device}"),
        "/account/security",
        "/account/security/totp",
        "/account/security/recovery-codes",
        "/account/security/password",
        "/account/close",
        "/account/consents",
        "/account/consents/history",
        "/account/data",
        "/account/data/export",
        "/requests",
        "/reauth",
        "/password/forgot",
        &clinic.reset_link(EMAIL),
    ] {
        let page = browser.get(path);
        assert_eq!(page.status, 200, "{path}");
        pages.push(page);
    }
    clinic.step_on(30);
    let mut half = clinic.browser();
    half.await_code();
    for path in ["/login/second-factor", "/login/recovery", "/login/email"] {
        pages.push(half.get(path));
    }
    let (mut robin, _) = clinic.enrol_and_sign_in(STAFF.0);
    let page = robin.get("/staff");
    let person = page.between("/staff/people/", "\"").unwrap().to_owned();
    pages.push(page);
    pages.push(robin.get(&format!("/staff/people/{person}")));
    for page in pages {
        let foreign = page.body.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for bad in ["<script", "<style", "style=", "src=", "onclick", "http:", "https:", "data:"] {
            assert!(!foreign.contains(bad), "{bad} in {foreign}");
        }
        assert_eq!(page.body.matches("<h1").count(), 1);
        assert_eq!(page.body.matches("<main").count(), 1);
        // Every field that is seen has a label.
        let ids = page.body.match_indices("<input id=\"").map(|(at, start)| {
            page.body.get(at + start.len()..).unwrap().split('"').next().unwrap()
        });
        for id in ids {
            assert!(page.body.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
    }
}

/// Fields that a form does not have, with names that the database knows.
#[test]
fn t26_nothing_but_the_name_is_changed_by_the_form_for_the_name() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account").assert_shows(200, "Your profile");
    let fields = [
        ("display_name", "Alex"),
        ("email", "other@example.com"),
        ("role", "staff"),
        ("state", "closed"),
        ("password_hash", "x"),
        ("id", "00"),
    ];
    browser.post("/account", &fields).assert_redirects_to("/account?saved");
    browser.get("/account").assert_shows(200, EMAIL);
    browser.get("/staff").assert_shows(404, "Page not found");
    assert_eq!(clinic.query("SELECT count(*) FROM people WHERE role = 'staff'"), 2);
}
