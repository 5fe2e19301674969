//! Several authenticators: names, hardware tokens, and taking one away.

use totp_rs::Secret as OtherSecret;

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL, PASSWORD, Phone};

/// RFC 4226 Appendix D: the secret, and its first ten codes.
const TOKEN_SECRET: &[u8] = b"12345678901234567890";
const TOKEN_CODES: [&str; 10] = [
    "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
    "520489",
];

impl Browser {
    /// Adds another app in a session that may.
    fn add_app(&mut self, clinic: &Clinic, name: &str) -> Phone {
        self.get("/account/security/totp").assert_shows(200, "What do you call the device?");
        let started = self.post("/account/security/totp", &[("name", name)]);
        let path = started.header("location").unwrap().to_owned();
        let phone = Phone::with_key_of(&self.get(&path));
        let confirmed = self.post(&path, &[("code", &phone.code_at(clinic.now()))]);
        assert_eq!(confirmed.status, 303, "{}", confirmed.body);
        phone
    }

    /// The path of the page of the device with this name.
    fn path_of_device(&mut self, name: &str) -> String {
        let page = self.get("/account/security");
        let (_, rest) = page.body.split_once(&format!("<strong>{name}</strong>")).unwrap();
        let (_, rest) = rest.split_once("href=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }
}

#[test]
fn any_of_several_apps_signs_in_and_each_can_be_renamed() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.reauthenticate(&clinic, &phone);
    let tablet = browser.add_app(&clinic, "Tablet");
    let path = browser.path_of_device("Tablet");
    browser.get(&path).assert_shows(200, "Give it another name");
    browser.post(&format!("{path}/rename"), &[("name", "")]).assert_shows(422, "Enter a name");
    let long = "é".repeat(41);
    let refused = browser.post(&format!("{path}/rename"), &[("name", &long)]);
    refused.assert_shows(422, "40 characters or fewer");
    let renamed = browser.post(&format!("{path}/rename"), &[("name", "Old <b>tablet</b>")]);
    renamed.assert_redirects_to("/account/security?device-renamed");
    let page = browser.get("/account/security?device-renamed");
    page.assert_shows(200, "The new name was saved");
    page.assert_shows(200, "<strong>Old &#60;b&#62;tablet&#60;/b&#62;</strong>");
    browser.sign_out();
    for app in [&tablet, &phone] {
        clinic.step_on(60);
        browser.sign_in(&clinic, app);
        browser.sign_out();
    }
}

/// Whose device it is decides, not who knows its name.
#[test]
fn t53_devices_of_others_are_not_there() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    let path = browser.path_of_device("Authenticator app");
    let mut other = clinic.browser();
    other.show_password_of(crate::clinic::OTHER_EMAIL, PASSWORD);
    other.get("/account/security").assert_shows(200, "no second factor");
    other.get(&path).assert_shows(404, "Page not found");
    for action in ["rename", "remove", "resynchronise"] {
        let fields = [("name", "Mine"), ("first", "755224"), ("second", "287082")];
        other.post(&format!("{path}/{action}"), &fields).assert_shows(404, "Page not found");
    }
    assert_eq!(clinic.query("SELECT count(*) FROM devices WHERE name = 'Mine'"), 0);
}

#[test]
fn an_app_is_removed_with_a_second_factor_and_its_codes_stop() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    let path = browser.path_of_device("Authenticator app");
    browser.get(&path).assert_shows(200, "Remove it");
    let asked = browser.post(&format!("{path}/remove"), &[]);
    let device = path.rsplit('/').next().unwrap();
    asked.assert_redirects_to(&format!("/reauth?for=device.{device}"));

    browser.reauthenticate(&clinic, &phone);
    let tablet = browser.add_app(&clinic, "Tablet");
    let mut elsewhere = clinic.browser();
    clinic.step_on(60);
    elsewhere.sign_in(&clinic, &tablet);
    browser.get(&path).assert_shows(200, "Remove it");
    let removed = browser.post(&format!("{path}/remove"), &[]);
    removed.assert_redirects_to("/account/security?device-removed");
    // T32: other sessions end with it.
    assert!(browser.is_signed_in() && !elsewhere.is_signed_in());
    browser.get(&path).assert_shows(404, "Page not found");
    browser.sign_out();
    clinic.step_on(30);
    browser.await_code();
    browser.show_code(&phone.code_at(clinic.now())).assert_shows(422, "not accepted");
    browser.show_code(&tablet.code_at(clinic.now())).assert_redirects_to("/account");
    clinic.await_mail("\u{201c}Authenticator app\u{201d} can no longer be used");
}

/// With the last app go the recovery codes, and the account says so.
#[test]
fn the_last_app_takes_the_recovery_codes_along() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.reauthenticate(&clinic, &phone);
    browser.save_recovery_codes();
    let path = browser.path_of_device("Authenticator app");
    browser.get(&path).assert_shows(200, "Remove it");
    let removed = browser.post(&format!("{path}/remove"), &[]);
    removed.assert_redirects_to("/account/security?device-removed");
    browser.get("/account/security").assert_shows(200, "Your account has no second factor");
    browser.sign_out();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");

    // A new app starts from nothing.
    let phone = browser.enrol(&clinic);
    browser.get("/account/security").assert_shows(200, "You have no recovery codes");
    browser.sign_out();
    clinic.step_on(60);
    browser.sign_in(&clinic, &phone);
}

#[test]
fn there_are_at_most_five_apps() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.reauthenticate(&clinic, &phone);
    for number in 2..=5 {
        browser.add_app(&clinic, &format!("App {number}"));
    }
    browser.get("/account/security/totp").assert_shows(200, "What do you call the device?");
    let refused = browser.post("/account/security/totp", &[("name", "One more")]);
    refused.assert_shows(422, "as many authenticators as there may be");
}

/// RFC 4226: the codes of a token in order, each once, and back in step by two in a row.
#[test]
fn a_hardware_token_signs_in_and_comes_back_in_step() {
    assert_eq!([0, 9].map(code_of_token), [TOKEN_CODES[0], TOKEN_CODES[9]]);
    let clinic = Clinic::with_token(EMAIL, "Key fob", TOKEN_SECRET);
    let mut browser = clinic.browser();
    for code in [TOKEN_CODES[0], TOKEN_CODES[3]] {
        browser.await_code();
        browser.show_code(code).assert_redirects_to("/account");
        browser.sign_out();
    }
    // T04: neither used nor skipped codes come back.
    for code in &TOKEN_CODES[..4] {
        clinic.step_on(1000);
        browser.await_code();
        browser.show_code(code).assert_shows(422, "not accepted");
    }
    browser.show_code(TOKEN_CODES[4]).assert_redirects_to("/account");

    // Pressed five hundred times for nothing. The codes are another implementation's.
    let (distant, next) = (code_of_token(500), code_of_token(501));
    let path = browser.path_of_device("Key fob");
    browser.get(&path).assert_shows(200, "the token has run ahead");
    let back = format!("{path}/resynchronise");
    let malformed = browser.post(&back, &[("first", &distant)]);
    malformed.assert_shows(422, "Enter two codes");
    let swapped = browser.post(&back, &[("first", &next), ("second", &distant)]);
    swapped.assert_shows(422, "Those codes were not accepted");
    let found = browser.post(&back, &[("first", &distant), ("second", &next)]);
    found.assert_redirects_to("/account/security?token-found");
    browser.get("/account/security").assert_shows(200, "Key fob");
    browser.sign_out();
    browser.await_code();
    browser.show_code(&next).assert_shows(422, "not accepted");
    browser.show_code(&code_of_token(502)).assert_redirects_to("/account");
}

/// What another implementation makes of the secret at this counter: its step 1 is our counter.
fn code_of_token(counter: u64) -> String {
    let secret = OtherSecret::from(TOKEN_SECRET.to_vec());
    let token = totp_rs::Builder::new().with_secret(secret).with_step_duration(1);
    token.with_account_name(EMAIL).build().unwrap().generate(counter).to_string()
}
