//! What guessing gets.

use std::io::Write;
use std::net::TcpStream;
use std::thread;

use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD};

const REFUSED: &str = "That code was not accepted";

/// Wrong codes until the right one is refused.
#[test]
fn t12_after_five_wrong_codes_the_right_one_waits() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    for _ in 0..5 {
        browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, REFUSED);
    }
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
    clinic.step_on(31);
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
    clinic.step_on(1);
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");

    // That was a success: there are five attempts again.
    browser.sign_out();
    clinic.step_on(60);
    browser.await_code();
    for _ in 0..4 {
        browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, REFUSED);
    }
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
}

/// The wait doubles, whatever is sent meanwhile, and ends at a quarter of an hour.
#[test]
fn t12_waits_double_up_to_fifteen_minutes() {
    let (clinic, phone) = Clinic::enrolled();
    let guess = || {
        let mut browser = clinic.browser();
        browser.await_code();
        browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, REFUSED);
        clinic.failures()
    };
    for failures in 1..=5 {
        assert_eq!(guess(), failures);
    }
    for (failures, wait) in (6..).zip([32, 64, 128, 256, 512, 900, 900]) {
        clinic.step_on(wait - 1);
        assert_eq!(guess(), failures - 1, "evaluated too early");
        clinic.step_on(1);
        assert_eq!(guess(), failures);
    }
}

/// Wrong codes spread over fresh browsers and logins.
#[test]
fn t13_the_budget_is_the_accounts_whoever_spends_it() {
    let (clinic, phone) = Clinic::enrolled();
    for _ in 0..5 {
        let mut browser = clinic.browser();
        browser.await_code();
        browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, REFUSED);
    }
    let mut browser = clinic.browser();
    browser.await_code();
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
}

/// A burst of wrong codes at once: no more are evaluated than one after another.
#[test]
fn t14_a_burst_gets_no_more_guesses() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    let wrong = phone.wrong_code_at(clinic.now());
    thread::scope(|scope| {
        for _ in 0..32 {
            let mut browser = browser.clone();
            let wrong = &wrong;
            scope.spawn(move || browser.show_code(wrong).assert_shows(422, REFUSED));
        }
    });
    assert_eq!(clinic.failures(), 5);
}

/// The right password, again and again, between guesses at the code.
#[test]
fn t15_the_right_password_gives_no_fresh_guesses() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    for _ in 0..5 {
        browser.await_code();
        browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, REFUSED);
    }
    browser.await_code();
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
}

/// Passwords have a count of their own, for each spelling of an address the same.
#[test]
fn t16_wrong_passwords_run_into_a_wait_of_their_own() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    for email in
        ["alex@example.com", "ALEX@example.com", " alex@EXAMPLE.com ", "Alex@example.com", EMAIL]
    {
        browser.get("/login").assert_shows(200, "Sign in");
        let refused = browser.post("/login", &[("email", email), ("password", "wrong")]);
        refused.assert_shows(422, "is not right");
    }
    browser.show_password(PASSWORD).assert_shows(422, "is not right");
    clinic.step_on(32);
    browser.await_code();
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
}

/// A restart is no way out of a wait.
#[test]
fn t18_waits_outlast_a_restart() {
    let (mut clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    for _ in 0..5 {
        browser.show_code(&phone.wrong_code_at(clinic.now())).assert_shows(422, REFUSED);
    }
    clinic.restart();
    let mut browser = clinic.browser();
    browser.await_code();
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
}

/// Hanging up before the answer does not take the attempt back.
#[test]
fn t11_attempts_count_though_nobody_waits_for_the_answer() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    let body = browser.form(&[("code", &phone.wrong_code_at(clinic.now()))]);
    for expected in 1..=5 {
        let mut connection = TcpStream::connect(clinic.address).unwrap();
        write!(
            connection,
            "POST /login/second-factor HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            clinic.address,
            browser.cookie_header(),
            body.len()
        )
        .unwrap();
        // Once it is counted, go without a word; the next must find it counted.
        while clinic.failures() < expected {
            thread::yield_now();
        }
        drop(connection);
    }
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
    assert_eq!(clinic.failures(), 5);
}

/// Whether a code was right, told by the answer.
#[test]
fn t39_wrong_used_and_early_codes_get_one_answer_byte_for_byte() {
    let (clinic, phone) = Clinic::enrolled();
    let used = phone.code_at(clinic.now());
    clinic.browser().sign_in(&clinic, &phone);

    let mut browser = clinic.browser();
    browser.await_code();
    let mut answer = |code: &str| {
        let page = browser.show_code(code);
        // Both are of every answer's own, whatever it is to.
        let is_content = |(name, _): &(String, String)| name != "date" && name != "x-request-id";
        let headers: Vec<_> = page.headers.into_iter().filter(is_content).collect();
        (page.status, headers, page.body)
    };
    let wrong = answer(&phone.wrong_code_at(clinic.now()));
    assert_eq!(answer(&used), wrong, "used");
    for _ in 0..3 {
        assert_eq!(answer(&phone.wrong_code_at(clinic.now())), wrong);
    }
    assert_eq!(answer(&phone.code_at(clinic.now() + 30)), wrong, "right, but too early");
    assert_eq!(answer(&used), wrong, "used, and too early");
}

/// A slip of the finger costs nothing, and tells nothing.
#[test]
fn what_cannot_be_a_code_is_not_charged_for() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    for slip in ["", "12345", "123456789", "12345a", "１２３４５６", &"1".repeat(1000)] {
        browser.show_code(slip).assert_shows(422, "Enter the 6 digits");
    }
    assert_eq!(clinic.failures(), 0);
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
}

/// Two people's codes and attempts have nothing to do with each other.
#[test]
fn t06_one_persons_codes_and_guesses_are_nothing_to_another() {
    let (clinic, phone) = Clinic::enrolled();
    let mut other = clinic.browser();
    other.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/account/security");
    let other_phone = other.enrol(&clinic);
    other.sign_out();
    clinic.step_on(60);

    let mut browser = clinic.browser();
    browser.await_code();
    other.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/login/second-factor");
    other.get("/login/second-factor").assert_shows(200, "Enter your code");
    for _ in 0..5 {
        browser.show_code(&other_phone.code_at(clinic.now())).assert_shows(422, REFUSED);
    }
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
    other.show_code(&other_phone.code_at(clinic.now())).assert_redirects_to("/account");
    other.get("/account").assert_shows(200, "Sam Reed");
}

/// A hundred wrong codes in a row: no code is accepted any more, and the person is told.
#[test]
fn t12_after_a_hundred_wrong_codes_none_is_accepted_until_somebody_unlocks_it() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    let mut guess = |wrong: bool| {
        clinic.step_on(900);
        browser.await_code();
        let code =
            if wrong { phone.wrong_code_at(clinic.now()) } else { phone.code_at(clinic.now()) };
        browser.show_code(&code).assert_shows(422, REFUSED);
    };
    for _ in 0..100 {
        guess(true);
    }
    assert_eq!(clinic.failures(), 100);
    guess(false);
    assert_eq!(clinic.failures(), 100);
    // T35: whoever waited at the second step waits no more.
    browser.get("/login/second-factor").assert_redirects_to("/login");
    clinic.await_mail("codes are no longer accepted for your account");
    let mut again = clinic.browser();
    again.await_code();
    again.show_code(&phone.code_at(clinic.now())).assert_shows(422, REFUSED);
    assert_eq!(clinic.count_mail("second factor disabled"), 1);
}
