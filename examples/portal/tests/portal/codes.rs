//! A code works once.

use crate::clinic::{Clinic, Phone};

const REFUSED: &str = "That code was not accepted";

/// The same code twice: in the same session, in another, in another browser.
#[test]
fn t01_a_code_opens_one_session() {
    let (clinic, phone) = Clinic::enrolled();
    let code = phone.code_at(clinic.now());
    let mut first = clinic.browser();
    let mut second = clinic.browser();
    second.await_code();
    first.await_code();
    first.show_code(&code).assert_redirects_to("/account");

    second.show_code(&code).assert_shows(422, REFUSED);
    first.sign_out();
    first.await_code();
    first.show_code(&code).assert_shows(422, REFUSED);
    // Nor any other way of spelling it, nor later while the window is open.
    clinic.step_on(29);
    let full_width = code.replace('0', "\u{ff10}").replace('1', "\u{ff11}");
    for spelling in [&code, &format!("  {code}"), &format!("{code}\n"), &full_width] {
        assert_eq!(second.show_code(spelling).status, 422, "{spelling:?}");
    }
    assert!(!second.is_signed_in());
}

/// The replay state is the step, never the text that was typed.
#[test]
fn t03_no_spelling_of_a_used_code_is_fresh() {
    let (clinic, phone) = Clinic::enrolled();
    let code = phone.code_at(clinic.now());
    let mut browser = clinic.browser();
    browser.await_code();
    browser.show_code(&code).assert_redirects_to("/account");
    let mut thief = clinic.browser();
    thief.await_code();
    let spaced: Vec<_> = code.chars().map(String::from).collect();
    thief.show_code(&spaced.join(" ")).assert_shows(422, REFUSED);
    for spelling in [format!("+{code}"), format!("0{code}"), format!("{code}\u{a0}")] {
        let page = thief.show_code(&spelling);
        assert_eq!((page.status, thief.is_signed_in()), (422, false), "{spelling:?}");
    }
}

/// A step before one that was used.
#[test]
fn t04_steps_only_rise() {
    let (clinic, phone) = Clinic::enrolled();
    let (last, now, next) = (clinic.now() - 30, clinic.now(), clinic.now() + 30);
    let mut browser = clinic.browser();
    browser.await_code();
    browser.show_code(&phone.code_at(next)).assert_redirects_to("/account");
    browser.sign_out();
    for earlier in [now, last, next] {
        browser.await_code();
        browser.show_code(&phone.code_at(earlier)).assert_shows(422, REFUSED);
    }
    clinic.step_on(60);
    browser.sign_in(&clinic, &phone);
}

/// The code that confirmed the enrolment, at the first sign-in.
#[test]
fn t05_the_code_of_the_enrolment_is_used_up() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(crate::clinic::PASSWORD).assert_redirects_to("/account/security");
    let (page, path) = browser.begin_enrolment();
    let phone = Phone::with_key_of(&page);
    let code = phone.code_at(clinic.now());
    browser.post(&path, &[("code", &code)]).assert_confirmed();
    browser.sign_out();

    browser.await_code();
    browser.show_code(&code).assert_shows(422, REFUSED);
    // The one before it is older still; the one after it is good at once.
    browser.show_code(&phone.code_at(clinic.now() - 30)).assert_shows(422, REFUSED);
    browser.show_code(&phone.code_at(clinic.now() + 30)).assert_redirects_to("/account");
}

/// A restart forgets nothing.
#[test]
fn t07_used_codes_stay_used_over_a_restart() {
    let (mut clinic, phone) = Clinic::enrolled();
    let code = phone.code_at(clinic.now());
    let mut browser = clinic.browser();
    browser.await_code();
    browser.show_code(&code).assert_redirects_to("/account");
    clinic.restart();
    let mut thief = clinic.browser();
    thief.await_code();
    thief.show_code(&code).assert_shows(422, REFUSED);
}

/// A clock set back.
#[test]
fn t08_a_clock_that_goes_back_brings_no_code_back() {
    let (clinic, phone) = Clinic::enrolled();
    let code = phone.code_at(clinic.now());
    let mut browser = clinic.browser();
    browser.await_code();
    browser.show_code(&code).assert_redirects_to("/account");
    clinic.step_back(60);
    let mut thief = clinic.browser();
    thief.await_code();
    for second in [clinic.now(), clinic.now() + 30, clinic.now() + 60] {
        thief.show_code(&phone.code_at(second)).assert_shows(422, REFUSED);
    }
}

#[test]
fn a_code_counts_one_step_early_and_one_step_late_and_no_further() {
    let (clinic, phone) = Clinic::enrolled();
    clinic.step_on(600);
    let now = clinic.now();
    let mut browser = clinic.browser();
    browser.await_code();
    for far in [now - 60, now + 60] {
        browser.show_code(&phone.code_at(far)).assert_shows(422, REFUSED);
    }
    browser.show_code(&phone.code_at(now - 30)).assert_redirects_to("/account");
    browser.sign_out();
    browser.await_code();
    browser.show_code(&phone.code_at(now + 30)).assert_redirects_to("/account");
}
