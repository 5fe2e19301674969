//! The profile: each field with its source and its last change, and what is corrected on request.

use crate::clinic::{Clinic, EMAIL, PASSWORD};

/// The address that resets the password is the clinic's to change.
#[test]
fn t26_another_address_is_asked_for_and_not_taken() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account").assert_shows(200, "Ask for another address");
    for typed in ["", "no address", EMAIL, " ALEX@example.com ", "a@b\u{0}", &"a@".repeat(200)] {
        let page = browser.post("/account/correct", &[("email", typed)]);
        page.assert_shows(422, "Enter another e-mail address");
    }
    assert_eq!(clinic.query("SELECT count(*) FROM requests"), 0);
    let asked = browser.post("/account/correct", &[("email", "New@Example.com")]);
    assert_eq!(asked.status, 303, "{}", asked.body);
    let page = browser.get(asked.header("location").unwrap());
    page.assert_shows(200, "<h1>Correct my data</h1>");
    page.assert_shows(200, "My e-mail address is new@example.com, and no longer alex@example.com.");
    assert_eq!(clinic.query("SELECT count(*) FROM requests WHERE kind = 'rectification'"), 1);
    let unchanged = format!("SELECT count(*) FROM people WHERE email = '{EMAIL}'");
    assert_eq!(clinic.query(&unchanged), 1);
    browser.get("/account").assert_shows(200, EMAIL);
}

#[test]
fn each_field_says_when_it_was_changed() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let page = browser.get("/account");
    assert_eq!(page.body.matches("Not since your account was opened").count(), 3);
    assert_eq!(page.body.matches("<dt>Source</dt>").count(), 3);
    assert_eq!(page.body.matches("<dt>What for</dt>").count(), 3);
    browser.post("/account", &[("display_name", "Alex M")]).assert_redirects_to("/account?saved");
    browser.post("/language", &[("language", "de"), ("path", "/account")]);
    browser.post("/language", &[("language", "en-GB"), ("path", "/account")]);
    let page = browser.get("/account");
    // The address is as the clinic entered it.
    assert_eq!(page.body.matches("Not since your account was opened").count(), 1);
    assert_eq!(page.body.matches("<dd>21 September 2026, 14:13 UTC</dd>").count(), 2);
}
