//! Adding Duo to an account, confirming changes with it, and taking it away.

use upheld_duo_sim::Fault;

use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD, STAFF};
use crate::simulated_duo::{AtPrompt, enrolled, open, people, people_with};

#[test]
fn duo_is_added_instead_of_an_app_by_confirming_at_its_page() {
    let (clinic, duo) = open(people(), |settings| settings);
    let mut elsewhere = clinic.browser();
    elsewhere.show_password(PASSWORD).assert_redirects_to("/account/security");
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account/security").assert_shows(200, "Or use Duo");
    browser.get("/account/security/duo").assert_shows(200, EMAIL);
    let before = browser.cookies["__Host-session"].clone();
    let address = browser.go_to_prompt("/account/security/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
    let added = browser.come_back(&callback);
    added.assert_confirmed();
    assert_ne!(browser.cookies["__Host-session"], before);
    assert!(!elsewhere.is_signed_in());
    clinic.await_mail("Duo can now be used to sign in to your account.");
    browser.get("/account/security").assert_shows(200, "Duo is on");
    browser.come_back(&callback).assert_shows(403, "belongs to no sign-in here");
    browser.sign_out();

    // From now on the password alone is not enough.
    let mut again = clinic.browser();
    again.show_password(PASSWORD).assert_redirects_to("/login/second-factor");
    assert!(!again.is_signed_in());
    clinic.browser().sign_in_at_prompt(&duo, EMAIL).assert_redirects_to("/account");
}

#[test]
fn duo_is_added_beside_an_app_after_a_code_and_both_work_then() {
    let (clinic, duo) = open(people(), |settings| settings);
    let phone = clinic.enrol();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.get("/account/security/duo").assert_redirects_to("/reauth?for=duo");
    browser.reauthenticate(&clinic, &phone);
    browser.get("/account/security/duo").assert_shows(200, "Add Duo");
    let address = browser.go_to_prompt("/account/security/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
    browser.come_back(&callback).assert_confirmed();
    browser.get("/account/security/duo").assert_shows(200, "Remove Duo");
    browser.post("/account/security/duo", &[]).assert_redirects_to("/account/security/duo");
    browser.sign_out();

    clinic.step_on(30);
    let mut other = clinic.browser();
    other.await_code();
    other.get("/login/second-factor").assert_shows(200, "href=\"/login/duo\"");
    other.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    let mut third = clinic.browser();
    third.await_code();
    third.get("/login/duo").assert_shows(200, "Use a code of your app");
    let address = third.go_to_prompt("/login/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
    third.come_back(&callback).assert_redirects_to("/account");
}

/// Adding, with only a session that is not fresh, or somebody else's.
#[test]
fn t27_duo_is_not_added_without_confirming_or_in_another_session() {
    let (clinic, duo) = open(people(), |settings| settings);
    let phone = clinic.enrol();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.get("/account").assert_shows(200, "Your profile");
    browser.post("/account/security/duo", &[]).assert_redirects_to("/reauth?for=duo");
    browser.reauthenticate(&clinic, &phone);
    browser.get("/account/security/duo").assert_shows(200, "Add Duo");
    let address = browser.go_to_prompt("/account/security/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
    // Another session of the same person, and another person's.
    clinic.step_on(30);
    let mut second = clinic.browser();
    second.sign_in(&clinic, &phone);
    second.come_back(&callback).assert_shows(403, "belongs to no sign-in here");
    let mut sam = clinic.browser();
    sam.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/account/security");
    sam.come_back(&callback).assert_shows(403, "belongs to no sign-in here");
    assert_eq!(clinic.query("SELECT count(*) FROM duo_accounts"), 0);
    // Nor after the session has ended.
    browser.sign_out();
    browser.come_back(&callback).assert_shows(403, "belongs to no sign-in here");
    assert_eq!(clinic.query("SELECT count(*) FROM duo_accounts"), 0);
}

#[test]
fn changes_are_confirmed_with_duo_in_the_session_that_asked() {
    let (clinic, duo) = enrolled();
    let mut browser = clinic.browser();
    browser.sign_in_at_prompt(&duo, EMAIL).assert_redirects_to("/account");
    browser.get("/account/security/password").assert_redirects_to("/reauth?for=password");
    browser.get("/reauth?for=password").assert_shows(200, "Confirm with Duo");
    let page = browser.post("/reauth/duo", &[("for", "password")]);
    let address = page.header("location").unwrap().to_owned();
    let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
    let before = browser.cookies["__Host-session"].clone();
    browser.come_back(&callback).assert_redirects_to("/account/security/password");
    assert_ne!(browser.cookies["__Host-session"], before);
    browser.get("/account/security/password").assert_shows(200, "Change your password");
    // What Duo says of the time is held against what was asked for: here, that it asks anew.
    for (time, is_good) in [(-100, false), (-30, true)] {
        let mut other = clinic.browser();
        other.sign_in_at_prompt(&duo, EMAIL).assert_redirects_to("/account");
        other.get("/reauth?for=password").assert_shows(200, "Confirm with Duo");
        let page = other.post("/reauth/duo", &[("for", "password")]);
        let callback = duo.visit(page.header("location").unwrap(), EMAIL, AtPrompt::Passcode);
        let value = (duo.now() + time).into();
        let fault = Fault::Claim { pointer: "/auth_time".into(), value };
        duo.fault("/oauth/v1/token", 1, fault);
        let page = other.come_back(&callback.unwrap());
        if is_good {
            page.assert_redirects_to("/account/security/password");
        } else {
            page.assert_redirects_to("/reauth?duo-refused&for=password");
        }
    }
    // Ten minutes.
    clinic.step_on(601);
    browser.get("/account/security/password").assert_redirects_to("/reauth?for=password");
    // What was given up confirms nothing.
    browser.get("/reauth?for=password").assert_shows(200, "Confirm with Duo");
    let address = browser.go_to_prompt("/reauth/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Cancel).unwrap();
    browser.come_back(&callback).assert_redirects_to("/reauth?duo-refused&for=security");
}

#[test]
fn duo_is_taken_away_and_the_password_is_what_is_left() {
    let (clinic, duo) = enrolled();
    let mut browser = clinic.browser();
    browser.sign_in_at_prompt(&duo, EMAIL).assert_redirects_to("/account");
    let mut half = clinic.browser();
    half.await_duo(EMAIL);
    let begun = half.go_to_prompt("/login/duo");
    let begun = duo.visit(&begun, EMAIL, AtPrompt::Passcode).unwrap();
    browser.get("/reauth?for=duo").assert_shows(200, "Confirm with Duo");
    let page = browser.post("/reauth/duo", &[("for", "duo")]);
    let callback = duo.visit(page.header("location").unwrap(), EMAIL, AtPrompt::Passcode).unwrap();
    browser.come_back(&callback).assert_redirects_to("/account/security/duo");
    browser.get("/account/security/duo").assert_shows(200, "Remove Duo");
    let removed = browser.post("/account/security/duo/remove", &[]);
    removed.assert_redirects_to("/account/security?duo-removed");
    browser.get("/account/security").assert_shows(200, "Your account has no second factor");
    clinic.await_mail("Duo can no longer be used to sign in to your account.");
    half.come_back(&begun).assert_shows(403, "belongs to no sign-in here");
    let mut again = clinic.browser();
    again.show_password(PASSWORD).assert_redirects_to("/account/security");
}

/// Somebody who has nothing but Duo has lost the phone.
#[test]
fn two_members_of_staff_take_duo_away() {
    let (clinic, _duo) = enrolled();
    let (mut robin, phone) = clinic.enrol_and_sign_in(STAFF.0);
    robin.reauthenticate(&clinic, &phone);
    let page = robin.get(&format!("/staff?email={EMAIL}"));
    let id = page.between("href=\"/staff/people/", "\"").unwrap().to_owned();
    let path = format!("/staff/people/{id}");
    robin.get(&path).assert_shows(200, &format!("Duo, as {EMAIL}"));
    robin.post(&format!("{path}/reset"), &[]).assert_redirects_to(&path);
    let (mut kim, phone) = clinic.enrol_and_sign_in(crate::clinic::SECOND_STAFF.0);
    kim.reauthenticate(&clinic, &phone);
    let page = kim.get(&path);
    let reset = page.between("/reset/", "/confirm").unwrap().to_owned();
    kim.post(&format!("{path}/reset/{reset}/confirm"), &[]).assert_redirects_to(&path);
    let mut alex = clinic.browser();
    alex.show_password(PASSWORD).assert_redirects_to("/account/security");
}

/// A portal that has lost its settings of Duo lets nobody in for it.
#[test]
fn t51_without_the_settings_nobody_gets_in_by_the_password_alone() {
    let clinic = Clinic::open();
    clinic.add_duo(EMAIL);
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/login/second-factor");
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    browser.get("/login/duo").assert_shows(404, "Page not found");
    assert!(!browser.is_signed_in());
}

/// Duo knows nobody by this address.
#[test]
fn whoever_is_unknown_to_duo_does_not_add_it() {
    let people = people_with(EMAIL, |person| person.name = "another@example.com".into());
    let (clinic, duo) = open(people, |settings| settings);
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account/security/duo").assert_shows(200, "Add Duo");
    let address = browser.go_to_prompt("/account/security/duo");
    assert_eq!(duo.visit(&address, EMAIL, AtPrompt::Nothing), None);
    assert_eq!(clinic.query("SELECT count(*) FROM duo_accounts"), 0);
}
