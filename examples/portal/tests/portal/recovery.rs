//! Recovery codes: how they come to count, and that each counts once.

use std::collections::BTreeSet;
use std::thread;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, NAME, PASSWORD, Phone};

const REFUSED: &str = "That recovery code was not accepted";

/// The codes on a page that shows them.
pub(crate) fn codes_on(page: &Page) -> Vec<String> {
    let parts = page.body.split("<li><code>").skip(1);
    let codes: Vec<_> = parts.map(|part| part.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10, "{}", page.body);
    codes
}

impl Browser {
    /// Draws a set in a session that may, and leaves it unconfirmed.
    pub(crate) fn draw_recovery_codes(&mut self) -> (Vec<String>, String) {
        self.get("/account/security/recovery-codes").assert_shows(200, "Show me new codes");
        let drawn = self.post("/account/security/recovery-codes", &[]);
        drawn.assert_confirmed();
        let path = drawn.header("location").unwrap().to_owned();
        let page = self.get(&path);
        page.assert_shows(200, "Save your recovery codes");
        (codes_on(&page), path)
    }

    pub(crate) fn save_recovery_codes(&mut self) -> Vec<String> {
        let (codes, path) = self.draw_recovery_codes();
        let saved = self.post(&path, &[("saved", "yes")]);
        saved.assert_redirects_to("/account/security?codes-saved");
        codes
    }

    pub(crate) fn show_recovery_code(&mut self, code: &str) -> Page {
        self.get("/login/recovery").assert_shows(200, "Use a recovery code");
        self.post("/login/recovery", &[("recovery_code", code)])
    }
}

/// A person with an app and saved codes, and nobody signed in.
fn clinic_with_codes() -> (Clinic, Phone, Vec<String>) {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.reauthenticate(&clinic, &phone);
    let codes = browser.save_recovery_codes();
    browser.sign_out();
    (clinic, phone, codes)
}

#[test]
fn codes_count_once_they_are_said_to_be_saved() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (page, path) = browser.begin_enrolment();
    let phone = Phone::with_key_of(&page);
    let confirmed = browser.post(&path, &[("code", &phone.code_at(clinic.now()))]);
    confirmed.assert_confirmed();
    let path = confirmed.header("location").unwrap().to_owned();
    let page = browser.get(&path);
    let codes = codes_on(&page);
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10);
    assert_eq!(codes_on(&browser.get(&path)), codes, "shown again until it is said");

    // Nobody gets in with them yet.
    let mut early = clinic.browser();
    early.await_code();
    early.show_recovery_code(&codes[0]).assert_shows(422, REFUSED);
    browser.get("/account/security").assert_shows(200, "You have no recovery codes");

    let file = browser.post(&format!("{path}/download"), &[]);
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(file.header("cache-control"), Some("no-store"));
    let disposition = file.header("content-disposition");
    assert_eq!(disposition, Some("attachment; filename=\"recovery-codes.txt\""));
    assert!(codes.iter().all(|code| file.body.contains(code)), "{}", file.body);

    browser.get(&path).assert_shows(200, "I have saved my recovery codes");
    browser.post(&path, &[]).assert_shows(422, "Say that you have saved the codes");
    let saved = browser.post(&path, &[("saved", "yes")]);
    saved.assert_redirects_to("/account/security?codes-saved");
    browser.get("/account/security?codes-saved").assert_shows(200, "10 unused codes");

    // T29: never shown again.
    browser.get(&path).assert_shows(404, "Page not found");
    browser.post(&format!("{path}/download"), &[]).assert_shows(404, "Page not found");
    early.show_recovery_code(&codes[0]).assert_redirects_to("/account");
    clinic.await_mail(
        "One of your recovery codes was used instead of your authenticator. You have 9",
    );
}

/// Once each, in any order, however it is typed.
#[test]
fn t09_a_recovery_code_opens_one_session() {
    let (clinic, _, codes) = clinic_with_codes();
    let mut browser = clinic.browser();
    browser.await_code();
    let typed = codes[7].to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    browser.show_recovery_code(&typed).assert_redirects_to("/account");
    browser.get("/account").assert_shows(200, NAME);

    let mut again = clinic.browser();
    again.await_code();
    again.show_recovery_code(&codes[7]).assert_shows(422, REFUSED);
    again.show_recovery_code(&codes[2]).assert_redirects_to("/account");
    again.get("/account/security").assert_shows(200, "8 unused codes");
}

/// One code in parallel, and two codes in parallel.
#[test]
fn t09_of_parallel_recovery_codes_each_counts_once_and_none_is_lost() {
    let (clinic, _, codes) = clinic_with_codes();
    let awaiting = |count: usize| -> Vec<Browser> {
        let browsers = (0..count).map(|_| {
            let mut browser = clinic.browser();
            browser.await_code();
            browser.get("/login/recovery").assert_shows(200, "Use a recovery code");
            browser
        });
        browsers.collect()
    };
    let submit = |browsers: Vec<Browser>, codes: &[&String]| -> usize {
        let opened = thread::scope(|scope| {
            let threads: Vec<_> = browsers
                .into_iter()
                .zip(codes.iter().cycle())
                .map(|(mut browser, code)| {
                    scope.spawn(move || {
                        browser.post("/login/recovery", &[("recovery_code", code)]).status
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(opened.iter().all(|status| matches!(status, 303 | 422)), "{opened:?}");
        opened.iter().filter(|status| **status == 303).count()
    };
    // Four attempts come before any wait.
    assert_eq!(submit(awaiting(4), &[&codes[0]]), 1);
    clinic.step_on(1000);
    assert_eq!(submit(awaiting(4), &[&codes[1], &codes[2]]), 2);
    let mut browser = clinic.browser();
    clinic.step_on(1000);
    browser.await_code();
    browser.show_recovery_code(&codes[3]).assert_redirects_to("/account");
    browser.get("/account/security").assert_shows(200, "6 unused codes");
}

/// What the database keeps of a code is no code.
#[test]
fn t10_the_stored_hash_of_a_recovery_code_opens_nothing() {
    let (clinic, _, codes) = clinic_with_codes();
    let stored = clinic.bytes_on_disk();
    for code in &codes {
        let plain = code.replace('-', "");
        for form in [code, &plain, &plain.to_lowercase()] {
            let found = stored.windows(form.len()).any(|window| window == form.as_bytes());
            assert!(!found, "a recovery code was stored");
        }
    }
    let mut browser = clinic.browser();
    browser.await_code();
    for hash in clinic.query_blobs("SELECT hash FROM recovery_codes") {
        let hex = data_encoding::HEXLOWER.encode(&hash);
        let page = browser.show_recovery_code(&hex);
        page.assert_shows(422, "That is no recovery code");
        let page = browser.show_recovery_code(hex.get(..24).unwrap());
        assert_eq!(page.status, 422, "{}", page.body);
    }
    assert!(!browser.is_signed_in());
}

#[test]
fn a_slip_is_told_apart_and_costs_nothing() {
    let (clinic, _, codes) = clinic_with_codes();
    let mut browser = clinic.browser();
    browser.await_code();
    let mut slip = codes[0].clone();
    let first = if slip.starts_with('A') { 'B' } else { 'A' };
    slip.replace_range(..1, &first.to_string());
    for typed in ["", "nonsense", &slip, codes[0].get(1..).unwrap(), &"A".repeat(1000)] {
        browser.show_recovery_code(typed).assert_shows(422, "That is no recovery code");
    }
    for _ in 0..5 {
        // A whole set of another person's would be refused like any other.
        browser.show_recovery_code(&slip).assert_shows(422, "That is no recovery code");
    }
    browser.show_recovery_code(&codes[0]).assert_redirects_to("/account");
}

/// A new set replaces the old when it is saved, and not before; drawing needs a second factor.
#[test]
fn t27_new_recovery_codes_need_a_second_factor_and_replace_the_old() {
    let (clinic, phone, old) = clinic_with_codes();
    let mut browser = clinic.browser();
    clinic.step_on(30);
    browser.sign_in(&clinic, &phone);
    let ask = "/reauth?for=recovery-codes";
    browser.get("/account/security/recovery-codes").assert_redirects_to(ask);
    browser.get("/account").assert_shows(200, NAME);
    browser.post("/account/security/recovery-codes", &[]).assert_redirects_to(ask);
    browser.reauthenticate(&clinic, &phone);
    let (new, path) = browser.draw_recovery_codes();
    let mut other = clinic.browser();
    other.await_code();
    other.show_recovery_code(&old[0]).assert_redirects_to("/account");
    let saved = browser.post(&path, &[("saved", "yes")]);
    saved.assert_redirects_to("/account/security?codes-saved");

    other.sign_out();
    other.await_code();
    other.show_recovery_code(&old[1]).assert_shows(422, REFUSED);
    other.show_recovery_code(&new[0]).assert_redirects_to("/account");
    assert_eq!(clinic.count_mail("recovery codes replaced"), 2);
}

/// A recovery code proves the person before a change, and is used up by it.
#[test]
fn t01_a_recovery_code_counts_once_over_all_pages() {
    let (clinic, phone, codes) = clinic_with_codes();
    clinic.step_on(30);
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.get("/reauth").assert_shows(200, "Confirm that it is you");
    let fields = [("recovery_code", &*codes[4])];
    browser.post("/reauth", &fields).assert_redirects_to("/account/security");
    browser.get("/reauth").assert_shows(200, "Confirm that it is you");
    browser.post("/reauth", &fields).assert_shows(422, REFUSED);
    let mut other = clinic.browser();
    other.await_code();
    other.show_recovery_code(&codes[4]).assert_shows(422, REFUSED);
}
