//! Codes by e-mail: off by default, eight digits, bound to one sign-in.

use portal::Settings;

use crate::clinic::{Clinic, EMAIL};

fn with_codes(settings: Settings) -> Settings {
    Settings { email_codes: true, ..settings }
}

/// The code in the newest message.
fn code_in(mail: &str) -> String {
    let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|byte| byte.is_ascii_digit());
    mail.lines().find(is_code).unwrap().to_owned()
}

fn send(clinic: &Clinic, browser: &mut crate::browser::Browser, count: i64) -> String {
    browser.get("/login/email").assert_shows(200, "Get a code by e-mail");
    browser.post("/login/email/send", &[]).assert_redirects_to("/login/email");
    clinic.await_count("sign-in code", count);
    code_in(&clinic.await_mail("Your code to sign in is"))
}

#[test]
fn codes_by_email_are_not_there_by_default() {
    let (clinic, _) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    assert!(!browser.get("/login/second-factor").body.contains("/login/email"));
    browser.get("/login/email").assert_shows(404, "Page not found");
    browser.post("/login/email/send", &[]).assert_shows(404, "Page not found");
    browser.post("/login/email", &[("code", "12345678")]).assert_shows(404, "Page not found");
    assert_eq!(clinic.count_mail("sign-in code"), 0);
}

/// For the sign-in it was sent for, once, for ten minutes.
#[test]
fn t20_a_code_by_email_is_good_once_and_for_one_sign_in() {
    let (clinic, _) = Clinic::enrolled_with_settings(with_codes);
    let mut browser = clinic.browser();
    browser.await_code();
    let code = send(&clinic, &mut browser, 1);
    let mail = clinic.await_mail(&code);
    assert!(mail.contains(&format!("To: {EMAIL}\n")), "{mail}");

    let mut thief = clinic.browser();
    thief.await_code();
    thief.get("/login/email").assert_shows(200, "Get a code by e-mail");
    thief.post("/login/email", &[("code", &code)]).assert_shows(422, "not accepted");
    thief.get("/login/second-factor").assert_shows(200, "Enter your code");
    thief.show_code(&code).assert_shows(422, "not accepted");

    browser.post("/login/email", &[("code", "123")]).assert_shows(422, "Enter the 8 digits");
    browser.post("/login/email", &[("code", &code)]).assert_redirects_to("/account");
    let mut again = clinic.browser();
    again.await_code();
    again.get("/login/email").assert_shows(200, "Get a code by e-mail");
    again.post("/login/email", &[("code", &code)]).assert_shows(422, "not accepted");
}

/// A second message replaces the first; a used-up sign-in takes its code along.
#[test]
fn t34_a_login_is_used_up_over_all_kinds_of_factors() {
    let (clinic, phone) = Clinic::enrolled_with_settings(with_codes);
    let mut browser = clinic.browser();
    browser.await_code();
    let first = send(&clinic, &mut browser, 1);
    clinic.step_on(1);
    let second = send(&clinic, &mut browser, 2);
    assert_ne!(first, second);
    browser.post("/login/email", &[("code", &first)]).assert_shows(422, "not accepted");

    let mut back = browser.clone();
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    back.post("/login/email", &[("code", &second)]).assert_redirects_to("/login");
    assert!(!back.is_signed_in());
}

/// Guessing at codes by e-mail uses up the attempts at all codes, and messages have a limit.
#[test]
fn t13_codes_by_email_give_no_fresh_guesses() {
    let (clinic, phone) = Clinic::enrolled_with_settings(with_codes);
    let mut browser = clinic.browser();
    browser.await_code();
    let code = send(&clinic, &mut browser, 1);
    let wrong = if code == "00000000" { "11111111" } else { "00000000" };
    for _ in 0..3 {
        browser.post("/login/email", &[("code", wrong)]).assert_shows(422, "not accepted");
    }
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    for _ in 0..2 {
        browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, "not accepted");
    }
    browser.post("/login/email", &[("code", &code)]).assert_shows(422, "not accepted");
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, "not accepted");
    for _ in 0..5 {
        browser.post("/login/email/send", &[]).assert_redirects_to("/login/email");
    }
    clinic.await_count("sign-in code", 3);
    assert_eq!(clinic.count_mail("sign-in code"), 3);
}
