//! Browsers that are not asked for a second factor, and browsers that are merely known.

use portal::{RememberedDays, Settings};

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL, PASSWORD, Phone, STAFF};

fn remembering(settings: Settings) -> Settings {
    Settings { remembered_browsers: RememberedDays::new(30), ..settings }
}

const DAY: u64 = 24 * 60 * 60;

impl Browser {
    fn sign_in_and_be_remembered(&mut self, clinic: &Clinic, phone: &Phone) {
        self.await_code();
        let fields = [("code", &*phone.code_at(clinic.now())), ("remember", "yes")];
        self.post("/login/second-factor", &fields).assert_redirects_to("/account");
    }

    /// Whether the password alone signs in, as far as this browser goes.
    fn is_remembered(&mut self) -> bool {
        let page = self.show_password(PASSWORD);
        let is_remembered = page.header("location") == Some("/account");
        page.assert_redirects_to(if is_remembered { "/account" } else { "/login/second-factor" });
        is_remembered
    }
}

/// Off unless the settings say otherwise, whatever the browser asks for.
#[test]
fn t24_nothing_is_remembered_by_default() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    assert!(!browser.get("/login/second-factor").body.contains("remember"));
    browser.sign_in_and_be_remembered(&clinic, &phone);
    browser.sign_out();
    assert!(!browser.is_remembered());
}

/// Only after a whole sign-in, only instead of the second factor, and for its days.
#[test]
fn t24_a_remembered_browser_skips_the_second_factor_and_nothing_else() {
    let (clinic, phone) = Clinic::enrolled_with_settings(remembering);
    let mut browser = clinic.browser();
    // Half a sign-in leaves nothing to be remembered by.
    browser.await_code();
    assert!(!browser.cookies.contains_key("__Host-browser"));
    browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, "not accepted");
    assert!(!browser.cookies.contains_key("__Host-browser"));

    browser.sign_in_and_be_remembered(&clinic, &phone);
    browser.sign_out();
    browser.show_password("wrong").assert_shows(422, "is not right");
    assert!(browser.is_remembered());
    assert!(browser.is_signed_in());
    // What protects the account still asks for it.
    browser.get("/account/security/totp").assert_redirects_to("/reauth?for=add-device");
    browser.sign_out();
    // Not for somebody else in this browser, and not for this person in another one.
    let other = browser.show_password_of(crate::clinic::OTHER_EMAIL, PASSWORD);
    other.assert_redirects_to("/account/security");
    assert!(!clinic.browser().is_remembered());
}

#[test]
fn t24_thirty_days_after_the_second_factor_it_is_asked_for_again() {
    let (clinic, phone) = Clinic::enrolled_with_settings(remembering);
    let mut browser = clinic.browser();
    browser.sign_in_and_be_remembered(&clinic, &phone);
    browser.sign_out();
    for _ in 0..2 {
        clinic.step_on(14 * DAY);
        assert!(browser.is_remembered());
        browser.sign_out();
    }
    clinic.step_on(2 * DAY);
    assert!(!browser.is_remembered());
}

/// A copied token: whichever of the two is shown second ends both.
#[test]
fn t24_a_token_that_was_replaced_before_ends_the_browser() {
    let (clinic, phone) = Clinic::enrolled_with_settings(remembering);
    let mut browser = clinic.browser();
    browser.sign_in_and_be_remembered(&clinic, &phone);
    browser.sign_out();
    let copied = browser.cookies["__Host-browser"].clone();
    let mut thief = clinic.browser();
    thief.cookies.insert("__Host-browser".into(), copied.clone());

    assert!(browser.is_remembered());
    assert_ne!(browser.cookies["__Host-browser"], copied);
    browser.sign_out();
    assert!(!thief.is_remembered());
    assert!(!browser.is_remembered());
}

/// Dropping the session between the steps does not make a remembered browser of a half-signed-in
/// one.
#[test]
fn t24_without_the_second_factor_no_cookie_is_worth_anything() {
    let (clinic, phone) = Clinic::enrolled_with_settings(remembering);
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.sign_out();
    // Known, but never remembered.
    assert!(browser.cookies.contains_key("__Host-browser"));
    assert!(!browser.is_remembered());
    browser.cookies.remove("__Host-login");
    assert!(!browser.is_signed_in());
    for forged in ["", "ab", &format!("{}.{}", "ab".repeat(16), "cd".repeat(32))] {
        browser.cookies.insert("__Host-browser".into(), forged.into());
        assert!(!browser.is_remembered());
    }
}

#[test]
fn t32_remembered_browsers_are_listed_and_end_with_what_they_stand_for() {
    let (clinic, phone) = Clinic::enrolled_with_settings(remembering);
    let mut browser = clinic.browser();
    browser.sign_in_and_be_remembered(&clinic, &phone);
    let page = browser.get("/account/security");
    page.assert_shows(200, "Browsers that are not asked for a code");
    let forget = page.between("action=\"/account/security/browsers/", "\"").unwrap();
    let forget = format!("/account/security/browsers/{forget}");
    browser.post(&forget, &[]).assert_redirects_to("/account/security?browser-forgotten");
    browser.sign_out();
    assert!(!browser.is_remembered());

    // A new password, a new app and a removed one end all of them.
    clinic.step_on(60);
    browser.sign_in_and_be_remembered(&clinic, &phone);
    let link = clinic.reset_link(EMAIL);
    browser.get(&link).assert_shows(200, "Choose a new password");
    let same = [("new_password", PASSWORD), ("repeated_password", PASSWORD)];
    browser.post(&link, &same).assert_shows(200, "was saved");
    assert!(!browser.is_remembered());
}

#[test]
fn t24_staff_are_always_asked() {
    let clinic = Clinic::with_settings(remembering);
    let (mut staff, phone) = clinic.enrol_and_sign_in(STAFF.0);
    staff.sign_out();
    clinic.step_on(60);
    staff.show_password_of(STAFF.0, PASSWORD).assert_redirects_to("/login/second-factor");
    staff.get("/login/second-factor").assert_shows(200, "Enter your code");
    let fields = [("code", &*phone.code_at(clinic.now())), ("remember", "yes")];
    staff.post("/login/second-factor", &fields).assert_redirects_to("/account");
    staff.sign_out();
    staff.show_password_of(STAFF.0, PASSWORD).assert_redirects_to("/login/second-factor");
}

/// An outsider who gives wrong passwords without end keeps the person out of no browser they use.
#[test]
fn t17_wrong_passwords_from_elsewhere_do_not_lock_a_known_browser_out() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.sign_out();
    let mut outsider = clinic.browser();
    for _ in 0..60 {
        outsider.show_password("wrong").assert_shows(422, "is not right");
        clinic.step_on(20);
    }
    // Not even the right password, from there.
    outsider.show_password(PASSWORD).assert_shows(422, "is not right");
    clinic.step_on(30);
    browser.sign_in(&clinic, &phone);

    // Its own wrong passwords are counted as well.
    browser.sign_out();
    for _ in 0..5 {
        browser.show_password("wrong").assert_shows(422, "is not right");
    }
    browser.show_password(PASSWORD).assert_shows(422, "is not right");
    clinic.step_on(32);
    browser.await_code();
}
