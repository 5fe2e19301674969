//! Secrets planted in a whole sign-in, and searched for where they must not be.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};
use tracing::level_filters::LevelFilter;

use crate::clinic::{Clinic, EMAIL, PASSWORD, Phone};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs at the finest level, and the database.
#[test]
fn t42_secrets_are_neither_logged_nor_stored_where_they_must_not_be() {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .without_time()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();

    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    let mut cookies = Vec::new();
    let mut codes = Vec::new();
    browser.show_password("Wrong-Password-8642").assert_shows(422, "is not right");
    browser.get(&format!("/login?password={PASSWORD}")).assert_shows(200, "Sign in");
    cookies.extend(browser.cookies.values().cloned());
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    let (page, path) = browser.begin_enrolment();
    cookies.extend(browser.cookies.values().cloned());
    let key = page.between("id=\"manual-key\" class=\"key\">", "<").unwrap().replace(' ', "");
    let phone = Phone::with_key_of(&page);
    codes.push(phone.wrong_code_at(clinic.now()));
    browser.post(&path, &[("code", &codes[0])]).assert_shows(422, "does not belong");
    codes.push(phone.code_at(clinic.now()));
    browser.post(&path, &[("code", &codes[1])]).assert_confirmed();
    browser.get("/account").assert_shows(200, "Your profile");
    browser.sign_out();
    clinic.step_on(30);
    browser.await_code();
    cookies.extend(browser.cookies.values().cloned());
    browser.show_code(&codes[1]).assert_shows(422, "not accepted");
    codes.push(phone.code_at(clinic.now()));
    browser.show_code(&codes[2]).assert_redirects_to("/account");
    browser.get("/account").assert_shows(200, "Your profile");
    cookies.extend(browser.cookies.values().cloned());
    let form_token = browser.form_token.clone();

    let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for expected in [
        "method=POST path=\"/login/second-factor\"",
        "path=\"/account/security/totp/{pending}\"",
        "reason=Replayed",
        "second factor activated",
        "status=303",
    ] {
        assert!(written.contains(expected), "the log has no {expected}");
    }

    let secret = BASE32_NOPAD.decode(key.as_bytes()).unwrap();
    let mut unlogged = vec![PASSWORD.to_owned(), "Wrong-Password-8642".into(), form_token];
    unlogged.extend([PASSWORD.as_bytes(), &secret].iter().flat_map(|bytes| spellings(bytes)));
    unlogged.extend(cookies.iter().cloned());
    unlogged.extend(codes);
    unlogged.extend([path, EMAIL.to_owned(), "argon2id".into()]);
    for secret in &unlogged {
        assert!(!written.contains(secret.as_str()), "{secret} was logged");
    }

    // The session is open, so the file holds what an intruder would find.
    let stored = clinic.bytes_on_disk();
    let has = |needle: &[u8]| stored.windows(needle.len()).any(|window| window == needle);
    assert!(has(EMAIL.as_bytes()) && has(b"$argon2id$v=19$m=19456,t=2,p=1$"));
    let mut unstored = vec![PASSWORD.to_owned(), "Wrong-Password-8642".into(), key];
    unstored.extend(spellings(PASSWORD.as_bytes()));
    unstored.extend(cookies.iter().cloned());
    for secret in &unstored {
        assert!(!has(secret.as_bytes()), "{secret} was stored");
    }
    for cookie in &cookies {
        // Before the dot is the name of a browser, which is no secret.
        let token = cookie.rsplit('.').next().unwrap();
        let token = HEXLOWER.decode(token.as_bytes()).unwrap();
        assert!(!has(&token), "the bytes of a token were stored");
    }
}

/// Bytes as they might be written.
fn spellings(bytes: &[u8]) -> Vec<String> {
    let percent: Vec<_> = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let debug = format!("{bytes:?}");
    vec![
        BASE32_NOPAD.encode(bytes),
        BASE64.encode(bytes).trim_end_matches('=').to_owned(),
        HEXLOWER.encode(bytes),
        HEXLOWER.encode(bytes).to_uppercase(),
        percent.concat(),
        debug,
    ]
}

/// The password is kept nowhere between the two steps.
#[test]
fn t41_between_the_steps_the_password_is_nowhere() {
    let (clinic, _phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.await_code();
    let stored = clinic.bytes_on_disk();
    assert!(!stored.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()));
    let page = browser.get("/login/second-factor");
    assert!(!page.body.contains(PASSWORD) && !browser.cookie_header().contains(PASSWORD));
}
