//! The languages of pages and letters.

use std::collections::{BTreeSet, VecDeque};

use portal::Settings;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, DECLARED, EMAIL, NAME, OTHER_EMAIL, PASSWORD, SECOND_STAFF, STAFF};

const COOKIE: &str = "__Host-language";
/// What pages show that is nobody's language: names, data, and languages by their own names.
const DATA: [&str; 14] = [
    "Northside Clinic",
    EMAIL,
    NAME,
    OTHER_EMAIL,
    "Sam Reed",
    STAFF.0,
    STAFF.1,
    SECOND_STAFF.0,
    SECOND_STAFF.1,
    // What an authenticator was called in English.
    "Authenticator app",
    "English",
    "Deutsch",
    "UTC",
    "QR",
];

#[test]
fn a_browser_is_answered_in_the_language_it_prefers() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    let page = browser.get_with("/login", &[("accept-language", "de-AT,de;q=0.9,en;q=0.5")]);
    page.assert_shows(200, "<h1>Anmelden</h1>");
    page.assert_shows(200, "<html lang=\"de\">");
    assert_eq!(page.header("content-language"), Some("de"));
    assert_eq!(page.header("vary"), Some("accept-language, cookie, sec-gpc"));
    // Also where there is no page to answer with.
    let page = browser.get_with("/nowhere", &[("accept-language", "de")]);
    page.assert_shows(404, "Seite nicht gefunden");
    let page = browser.get_with("/login", &[("accept-language", &"de,".repeat(4000))]);
    assert_eq!(page.status, 200);
    browser.get("/login").assert_shows(200, "<h1>Sign in</h1>");
}

#[test]
fn a_visitor_chooses_a_language_and_stays_on_the_page() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    let page = browser.get("/password/forgot");
    page.assert_shows(200, "name=\"path\" value=\"/password/forgot\"");
    let choice = [("path", "/password/forgot"), ("language", "de")];
    browser.post("/language", &choice).assert_redirects_to("/password/forgot");
    browser.get("/password/forgot").assert_shows(200, "<h1>Passwort vergessen</h1>");
    let page = browser.get_with("/login", &[("accept-language", "en")]);
    page.assert_shows(200, "<h1>Anmelden</h1>");
    browser.post("/language", &[("language", "en-GB")]).assert_redirects_to("/");
    browser.get("/login").assert_shows(200, "<h1>Sign in</h1>");
    browser.post("/language", &[("language", "xx")]).assert_redirects_to("/");
    assert_eq!(browser.cookies[COOKIE], "en-GB");
}

/// Where to after choosing a language.
#[test]
fn t36_choosing_a_language_leads_to_no_other_site() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    let long = format!("/{}", "a".repeat(5000));
    for path in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:1",
        "/nowhere",
        "",
        "/login?next=//evil.example",
        "/login\r\nx: y",
        &long,
    ] {
        let page = browser.post("/language", &[("language", "de"), ("path", path)]);
        page.assert_redirects_to("/");
    }
}

#[test]
fn letters_are_in_the_language_that_the_person_chose() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.reauthenticate(&clinic, &phone);
    browser.post("/language", &[("language", "de"), ("path", "/account")]);
    browser.get("/account/security/password").assert_shows(200, "Passwort ändern");
    let new = "Another-Horse-8823-Battery";
    let fields = [("password", PASSWORD), ("new_password", new), ("repeated_password", new)];
    let changed = browser.post("/account/security/password", &fields);
    changed.assert_redirects_to("/account/security?password-changed");
    clinic.await_mail("Ihr Passwort wurde geändert");
    let page = browser.get("/account/security?password-changed");
    page.assert_shows(200, "Ihr Passwort wurde geändert.");
}

/// Every page there is a link to, in a language in which a text that was left out is seen.
#[test]
fn no_text_of_a_page_is_left_out() {
    let settings = |settings| Settings { demonstration_advert: true, ..settings };
    let clinic = Clinic::at(DECLARED, settings);
    let phone = clinic.enrol();
    let (mut staff, staffs_phone) = clinic.enrol_and_sign_in(STAFF.0);
    staff.reauthenticate(&clinic, &staffs_phone);
    let mut patient = clinic.browser();
    patient.sign_in(&clinic, &phone);
    patient.reauthenticate(&clinic, &phone);
    let mut half = clinic.browser();
    half.await_code();
    let mut seen = BTreeSet::new();
    for browser in [&mut clinic.browser(), &mut half, &mut patient, &mut staff] {
        browser.cookies.insert(COOKIE.into(), "en-XA".into());
        walk(browser, &mut seen);
    }
    assert!(seen.len() >= 15, "{seen:?}");

    // What forms answer to mistakes.
    let page = half.post("/login/second-factor", &[("code", "x")]);
    assert_eq!(page.status, 422);
    assert_translated("a wrong code", &page);
    let page = patient.post("/account", &[("display_name", "")]);
    assert_eq!(page.status, 422);
    assert_translated("no name", &page);
    assert_translated("nowhere", &patient.get("/nowhere"));
}

fn walk(browser: &mut Browser, seen: &mut BTreeSet<String>) {
    let mut paths: VecDeque<_> =
        ["/login", "/login/second-factor", "/account", "/dev/outbox"].map(str::to_owned).into();
    let mut visited = BTreeSet::new();
    while let Some(path) = paths.pop_front() {
        let page = browser.get(&path);
        visited.insert(path.clone());
        if page.status != 200 || page.header("content-type") != Some("text/html; charset=utf-8") {
            continue;
        }
        assert_translated(&path, &page);
        for link in page.body.split("href=\"/").skip(1) {
            let link = format!("/{}", link.split('"').next().unwrap());
            if !visited.contains(&link) && !paths.contains(&link) {
                paths.push_back(link);
            }
        }
    }
    seen.extend(visited);
}

/// Outside brackets there is nothing to read but data.
pub(crate) fn assert_translated(path: &str, page: &Page) {
    let mut texts = String::new();
    for part in page.body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').unwrap();
        // Keys, codes and e-mails are shown in these.
        let is_data = ["code", "pre", "dd id=\"name\""].iter().any(|it| tag.starts_with(it));
        texts.push_str(if is_data { "" } else { text });
        texts.push('\n');
        for label in tag.split("aria-label=\"").skip(1) {
            texts.push_str(label.split('"').next().unwrap());
        }
    }
    let mut left = String::new();
    let mut depth = 0_usize;
    for character in texts.chars() {
        match character {
            '[' => depth += 1,
            ']' => depth -= 1,
            _ if depth == 0 => left.push(character),
            _ => {}
        }
    }
    for data in DATA {
        left = left.replace(data, "");
    }
    let is_read = |word: &&str| word.chars().filter(char::is_ascii_alphabetic).count() > 1;
    let words: Vec<_> = left.split_whitespace().filter(is_read).collect();
    assert!(words.is_empty(), "{path} is not translated: {words:?}");
}
