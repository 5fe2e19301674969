//! Known secrets, taken through every flow, and searched for wherever they must not be: in the
//! log at its finest level, in the database, in answers to others than their owner.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use data_encoding::{BASE32_NOPAD, BASE64, HEXLOWER};
use portal::{RememberedDays, Settings};
use tracing::level_filters::LevelFilter;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, PASSWORD, Phone, SECOND_STAFF, STAFF};
use crate::exports::{files_of, make_copy};
use crate::intakes::{STRANGER, WORDS, link_in, send};
use crate::recovery::codes_on;

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

impl Log {
    /// Everything that any part of this process logs from now on.
    fn start() -> Self {
        let log = Self::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .without_time()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .init();
        log
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

const WRONG_PASSWORD: &str = "Wrong-Password-8642";
const NEW_PASSWORD: &str = "Quite-Another-Horse-5813";

/// What was secret on the way, by what it is.
#[derive(Default)]
struct Secrets(BTreeMap<String, Vec<u8>>);

impl Secrets {
    fn add(&mut self, what: &str, secret: impl AsRef<[u8]>) {
        let number = self.0.len();
        self.0.insert(format!("{what} {number}"), secret.as_ref().to_vec());
    }

    fn add_cookies(&mut self, browser: &Browser) {
        for (name, value) in &browser.cookies {
            // What is before the dot names a browser and is no secret.
            let token = value.rsplit('.').next().unwrap();
            self.add(name, token);
            self.add(name, HEXLOWER.decode(token.as_bytes()).unwrap());
        }
        self.add("form token", &browser.form_token);
    }

    #[track_caller]
    fn assert_absent(&self, text: &[u8], place: &str) {
        let found = self.found_in(text);
        assert!(found.is_empty(), "{found:?} in {place}");
    }

    /// Which of them are in `text`, in any spelling.
    fn found_in(&self, text: &[u8]) -> Vec<String> {
        let text = searchable(text);
        let spelled = self.0.iter().flat_map(|(what, secret)| {
            spellings(secret).into_iter().map(move |spelling| (what, spelling))
        });
        spelled
            .filter(|(_, (_, bytes))| text.contains(&searchable(bytes)))
            .map(|(what, (spelling, _))| format!("{what}, {spelling}"))
            .collect()
    }
}

/// A character for each byte: texts are searched faster than bytes.
fn searchable(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Bytes as they might be written.
fn spellings(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let percent: Vec<_> = bytes.iter().map(|byte| format!("%{byte:02X}")).collect();
    let form: String = form_urlencoded::byte_serialize(bytes).collect();
    vec![
        ("raw", bytes.to_vec()),
        ("hexadecimal", HEXLOWER.encode(bytes).into_bytes()),
        ("HEXADECIMAL", HEXLOWER.encode(bytes).to_uppercase().into_bytes()),
        ("base32", BASE32_NOPAD.encode(bytes).into_bytes()),
        ("base64", BASE64.encode(bytes).trim_end_matches('=').into()),
        ("percent-coded", percent.concat().into_bytes()),
        ("form-coded", form.into_bytes()),
        ("numbers", format!("{bytes:?}").into_bytes()),
    ]
}

/// The secrets of a person, on the way through everything there is for them.
struct Journey {
    clinic: Clinic,
    secrets: Secrets,
    /// What anybody may get to see: pages of refusals, and of others.
    pages: Vec<Page>,
}

impl Journey {
    fn enrol(&mut self, browser: &mut Browser) -> Phone {
        let (clinic, secrets) = (&self.clinic, &mut self.secrets);
        self.pages.push(browser.show_password(WRONG_PASSWORD));
        let page = browser.get(&format!("/login?password={PASSWORD}"));
        self.pages.push(page);
        secrets.add_cookies(browser);
        browser.show_password(PASSWORD).assert_redirects_to("/account/security");
        let (page, path) = browser.begin_enrolment();
        secrets.add_cookies(browser);
        let key = page.between("id=\"manual-key\" class=\"key\">", "<").unwrap().replace(' ', "");
        secrets.add("key", &key);
        secrets.add("secret", BASE32_NOPAD.decode(key.as_bytes()).unwrap());
        let phone = Phone::with_key_of(&page);
        let wrong = phone.wrong_code_at(clinic.now());
        browser.post(&path, &[("code", &wrong)]).assert_shows(422, "does not belong");
        let code = phone.code_at(clinic.now());
        let confirmed = browser.post(&path, &[("code", &code)]);
        confirmed.assert_confirmed();
        secrets.add_cookies(browser);

        let path = confirmed.header("location").unwrap().to_owned();
        for code in codes_on(&browser.get(&path)) {
            secrets.add("recovery code", code.replace('-', ""));
            secrets.add("recovery code", code);
        }
        let file = browser.post(&format!("{path}/download"), &[]);
        assert_eq!(file.status, 200);
        browser.get(&path).assert_shows(200, "Save your recovery codes");
        let saved = browser.post(&path, &[("saved", "yes")]);
        saved.assert_redirects_to("/account/security?codes-saved");
        self.pages.push(browser.get("/account/security?codes-saved"));
        self.pages.push(browser.get("/account"));
        self.pages.push(browser.sign_out());
        phone
    }

    fn sign_in_by_every_factor(&mut self, browser: &mut Browser, phone: &Phone) {
        let (clinic, secrets) = (&self.clinic, &mut self.secrets);
        clinic.step_on(60);
        browser.await_code();
        secrets.add_cookies(browser);
        let code = phone.code_at(clinic.now());
        let fields = [("code", &*code), ("remember", "yes")];
        browser.post("/login/second-factor", &fields).assert_redirects_to("/account");
        secrets.add_cookies(browser);
        browser.get("/account").assert_shows(200, "Your profile");
        secrets.add_cookies(browser);
        browser.sign_out();
        browser.show_password(PASSWORD).assert_redirects_to("/account");
        secrets.add_cookies(browser);
        browser.sign_out();

        let mut other = clinic.browser();
        other.await_code();
        self.pages.push(other.show_code(&code));
        let recovery = secrets.0.iter().find(|(what, _)| what.starts_with("recovery")).unwrap().1;
        let recovery = String::from_utf8(recovery.clone()).unwrap();
        other.show_recovery_code(&recovery).assert_redirects_to("/account");
        other.sign_out();
        other.await_code();
        self.pages.push(other.show_recovery_code(&recovery));

        other.get("/login/email").assert_shows(200, "Get a code by e-mail");
        other.post("/login/email/send", &[]).assert_redirects_to("/login/email");
        clinic.await_count("sign-in code", 1);
        let mail = clinic.await_mail("Your code to sign in is");
        let is_code = |line: &&str| line.len() == 8 && line.bytes().all(|it| it.is_ascii_digit());
        let code = mail.lines().find(is_code).unwrap();
        secrets.add("code by e-mail", code);
        let wrong = if code == "00000000" { "11111111" } else { "00000000" };
        self.pages.push(other.post("/login/email", &[("code", wrong)]));
        other.post("/login/email", &[("code", code)]).assert_redirects_to("/account");
        secrets.add_cookies(&other);
    }

    fn reset_the_password(&mut self, browser: &mut Browser) {
        let link = self.clinic.reset_link(EMAIL);
        let token = link.rsplit('/').next().unwrap();
        self.secrets.add("link", token);
        self.secrets.add("link", HEXLOWER.decode(token.as_bytes()).unwrap());
        browser.get(&link).assert_shows(200, "Choose a new password");
        let fields = [("new_password", NEW_PASSWORD), ("repeated_password", NEW_PASSWORD)];
        self.pages.push(browser.post(&link, &fields));
        self.pages.push(browser.get(&link));
    }

    /// A copy of everything that is held has nothing in it that opens the account.
    fn take_a_copy(&mut self, phone: &Phone) -> Vec<u8> {
        let mut browser = self.clinic.browser();
        browser.show_password(NEW_PASSWORD).assert_redirects_to("/login/second-factor");
        browser.get("/login/second-factor").assert_shows(200, "Enter your code");
        self.clinic.step_on(60);
        let code = phone.code_at(self.clinic.now());
        browser.show_code(&code).assert_redirects_to("/account");
        browser.reauthenticate(&self.clinic, phone);
        self.secrets.add_cookies(&browser);
        make_copy(&mut browser);
        let (status, _, zip) = browser.post_for_bytes("/account/data/export/download", &[]);
        assert_eq!(status, 200);
        zip
    }

    /// The links by which a request is confirmed and followed by somebody who is not signed in.
    fn ask_without_an_account(&mut self) {
        let mut browser = self.clinic.browser();
        self.pages.push(send(&mut browser, "access", STRANGER));
        for what in ["confirm", "state"] {
            let link = link_in(&self.clinic, what);
            let token = link.rsplit('/').next().unwrap();
            self.secrets.add("link", token);
            self.secrets.add("link", HEXLOWER.decode(token.as_bytes()).unwrap());
            assert_eq!(browser.get(&link).status, 200);
            if what == "confirm" {
                self.pages.push(browser.post(&link, &[]));
                self.pages.push(browser.get(&link));
            }
        }
    }

    fn let_staff_look(&mut self) {
        let (mut robin, phone) = self.clinic.enrol_and_sign_in(STAFF.0);
        robin.reauthenticate(&self.clinic, &phone);
        let page = robin.get(&format!("/staff?email={EMAIL}"));
        let id = page.between("href=\"/staff/people/", "\"").unwrap().to_owned();
        self.pages.push(page);
        let path = format!("/staff/people/{id}");
        self.pages.push(robin.get(&path));
        robin.post(&format!("{path}/reset"), &[]).assert_redirects_to(&path);
        self.pages.push(robin.get(&path));
        self.pages.push(robin.post(&format!("{path}/reset"), &[]));
        self.pages.push(robin.get(&format!("/staff?email={}", SECOND_STAFF.0)));
    }
}

fn with_everything(settings: Settings) -> Settings {
    Settings { email_codes: true, remembered_browsers: RememberedDays::new(30), ..settings }
}

/// Every flow, at the finest level of logging; then everything that is left of it.
#[test]
fn t42_no_secret_is_found_in_logs_databases_or_answers() {
    let log = Log::start();
    let clinic = Clinic::with_settings(with_everything);
    let mut journey = Journey { clinic, secrets: Secrets::default(), pages: Vec::new() };
    for password in [PASSWORD, WRONG_PASSWORD, NEW_PASSWORD] {
        journey.secrets.add("password", password);
    }
    let mut browser = journey.clinic.browser();
    let phone = journey.enrol(&mut browser);
    journey.sign_in_by_every_factor(&mut browser, &phone);
    journey.reset_the_password(&mut browser);
    let zip = journey.take_a_copy(&phone);
    journey.ask_without_an_account();
    journey.let_staff_look();

    let Journey { clinic, secrets, pages } = journey;
    let written = log.text();
    for expected in [
        "method=POST path=\"/login/second-factor\"",
        "path=\"/account/security/totp/{pending}\"",
        "path=\"/password/reset/{link}\"",
        "path=\"/privacy/request/confirm/{link}\"",
        "reason=Replayed",
        "second factor activated",
        "status=303",
    ] {
        assert!(written.contains(expected), "the log has no {expected}");
    }
    secrets.assert_absent(written.as_bytes(), "the log");
    for personal in [EMAIL, "Alex Morgan", "argon2id", STRANGER, "Jo Public", WORDS] {
        assert!(!written.contains(personal), "{personal} was logged");
    }

    let stored = clinic.bytes_on_disk();
    let has = |text: &str| stored.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(has(EMAIL) && has("$argon2id$v=19$m=19456,t=2,p=1$"), "the database is not there");
    secrets.assert_absent(&stored, "the database");

    assert!(files_of(&zip).iter().any(|(_, content)| searchable(content).contains(EMAIL)));
    for (path, content) in files_of(&zip) {
        secrets.assert_absent(&content, &path);
        assert!(!searchable(&content).contains("argon2"), "the hash of the password is in {path}");
    }

    for page in &pages {
        // The page that shows a form holds its own form token, and a cookie goes to its browser.
        let own = page.between("name=\"form_token\" value=\"", "\"").unwrap_or("(none)");
        let body = page.body.replace(own, "(form token)");
        secrets.assert_absent(body.as_bytes(), &page.body);
    }

    // The search finds what is there, in each spelling.
    for (what, secret) in &secrets.0 {
        for (spelling, bytes) in spellings(secret) {
            let planted = [b"status=303 ", &*bytes, b"\n"].concat();
            let found = secrets.found_in(&planted);
            assert!(found.iter().any(|found| found.starts_with(what)), "{what}, {spelling}");
        }
    }
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

/// A secret moved to another account, by somebody who can write to the database.
#[test]
fn t44_a_secret_in_another_row_opens_nothing() {
    let (clinic, phone) = Clinic::enrolled();
    let mut other = clinic.browser();
    other.show_password_of(crate::clinic::OTHER_EMAIL, PASSWORD);
    let others_phone = other.enrol(&clinic);
    clinic.step_on(60);
    let of = |email: &str| format!("(SELECT id FROM people WHERE email = '{email}')");
    let (mine, theirs) = (of(EMAIL), of(crate::clinic::OTHER_EMAIL));
    clinic.change(&format!(
        "UPDATE credentials SET sealed =
             (SELECT sealed FROM credentials AS thief WHERE thief.account = {theirs})
         WHERE account = {mine}"
    ));
    let mut browser = clinic.browser();
    for code in [phone.code_at(clinic.now()), others_phone.code_at(clinic.now())] {
        browser.await_code();
        let page = browser.show_code(&code);
        page.assert_shows(500, "Something went wrong on our side");
        assert!(!browser.is_signed_in());
    }
}
