//! The consent centre: given and taken back by one button, kept in the log, told by e-mail.

use std::thread;

use serde_json::Value;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD};

const CENTRE: &str = "/account/consents";
const BY_EMAIL: &str = "/account/consents/news-by-email";

fn visitor(clinic: &Clinic, email: &str) -> Browser {
    let mut browser = clinic.browser();
    browser.show_password_of(email, PASSWORD).assert_redirects_to("/account/security");
    browser.get(CENTRE).assert_shows(200, "Your consents");
    browser
}

/// The hash of the notice on the page.
fn notice_on(page: &Page) -> String {
    page.between("name=\"notice\" value=\"", "\"").unwrap().to_owned()
}

fn give(browser: &mut Browser, question: &str) {
    let notice = notice_on(&browser.get(CENTRE));
    let given = browser.post(&format!("{CENTRE}/{question}/give"), &[("notice", &notice)]);
    given.assert_redirects_to("/account/consents?given");
}

/// How many buttons there are to agree and to take back.
fn buttons(browser: &mut Browser) -> [usize; 2] {
    let page = browser.get(CENTRE);
    ["/give\"", "/withdraw\""].map(|end| page.body.matches(end).count())
}

#[test]
fn a_consent_is_given_and_taken_back_by_one_button_and_kept_with_its_notice() {
    let clinic = Clinic::open();
    // The notice in two languages is in the log before anybody is asked.
    assert_eq!(clinic.query("SELECT count(*) FROM ledger_entries"), 2);
    let mut browser = visitor(&clinic, EMAIL);
    let page = browser.get(CENTRE);
    page.assert_shows(200, "Privacy notice, version 1, in effect since 1 June 2026, 00:00 UTC.");
    assert_eq!(buttons(&mut browser), [6, 0]);
    give(&mut browser, "news-by-email");
    assert_eq!(buttons(&mut browser), [5, 1]);
    browser.get(CENTRE).assert_shows(200, "You agreed on");
    clinic.await_mail("I want news and offers of the clinic by e-mail.");
    assert_eq!(clinic.audited("consent given"), 1);

    clinic.step_on(60);
    let withdrawn = browser.post(&format!("{BY_EMAIL}/withdraw"), &[]);
    withdrawn.assert_redirects_to("/account/consents?withdrawn");
    assert_eq!(buttons(&mut browser), [6, 0]);
    browser.get(CENTRE).assert_shows(200, "You took it back. We do not do it.");
    clinic.await_mail("We act on it from now on.");
    // Said twice it is one event.
    let again = browser.post(&format!("{BY_EMAIL}/withdraw"), &[]);
    again.assert_redirects_to("/account/consents?unchanged");
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 2);
    assert_eq!(clinic.query("SELECT count(*) FROM ledger_entries"), 4);
    assert_eq!(clinic.count_mail("consent withdrawn"), 1);

    let history = browser.get("/account/consents/history");
    history.assert_shows(200, "You took it back");
    history.assert_shows(200, "Version 1 of the notice, in en-GB, SHA-256:");
    let (newer, _) = history.body.split_once("You agreed").unwrap();
    assert!(newer.contains("You took it back"), "the newest is not first");
}

/// UK GDPR Article 21(3): after an objection, nothing, whatever was agreed to before.
#[test]
fn one_button_ends_all_marketing_until_the_person_agrees_again() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    for question in ["news-by-email", "news-by-post", "surveys-by-email"] {
        give(&mut browser, question);
    }
    let stopped = browser.post("/account/consents/stop-marketing", &[]);
    stopped.assert_redirects_to("/account/consents?stopped");
    // Surveys are no marketing.
    assert_eq!(buttons(&mut browser), [5, 1]);
    browser.get(CENTRE).assert_shows(200, "You have objected to news and offers.");
    let again = browser.post("/account/consents/stop-marketing", &[]);
    again.assert_redirects_to("/account/consents?unchanged");
    clinic.await_mail("You have objected to news and offers of the clinic.");

    // In the same second: of both words the later one counts.
    give(&mut browser, "news-by-post");
    let page = browser.get(CENTRE);
    page.assert_shows(200, "No news and offers, by any channel");
    assert!(!page.body.contains("Nothing is done on it at present"), "{}", page.body);
}

/// Consent is to the words that were on the page, and nobody is asked by an address alone.
//= UK GDPR, Article 4(11): consent is informed: it is to the words that were on the page
#[test]
fn a_consent_to_other_words_than_those_shown_is_none() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    for hash in ["", "0", &"0".repeat(64), &"0".repeat(65)] {
        let page = browser.post(&format!("{BY_EMAIL}/give"), &[("notice", hash)]);
        page.assert_shows(422, "The privacy notice has changed since you opened this page");
    }
    browser.post(&format!("{CENTRE}/care/give"), &[]).assert_shows(404, "Page not found");
    browser.post(&format!("{CENTRE}/care/withdraw"), &[]).assert_shows(404, "Page not found");
    assert_eq!(clinic.query("SELECT count(*) FROM records"), 0);
}

#[test]
fn the_words_of_a_consent_are_those_of_the_language_in_which_it_was_given() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    let english = notice_on(&browser.get(CENTRE));
    browser.post("/language", &[("language", "de"), ("path", CENTRE)]).assert_redirects_to(CENTRE);
    browser.get(CENTRE).assert_shows(200, "Ihre Einwilligungen");
    assert_ne!(notice_on(&browser.get(CENTRE)), english);
    give(&mut browser, "research");
    let receipt = browser.get("/account/consents/receipts/dpv");
    receipt.assert_shows(200, "Ich willige ein, dass die Klinik meine Krankenakte");
    receipt.assert_shows(200, "\"@language\": \"de\"");
    clinic.await_mail("Ihre Einwilligung wurde vermerkt");
}

/// In the three formats, each by a field that its specification asks for.
#[test]
fn receipts_are_in_three_formats_and_the_persons_own() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    let formats = ["kantara", "iso27560", "dpv"].map(|it| format!("{CENTRE}/receipts/{it}"));
    for format in &formats {
        browser.get(format).assert_shows(404, "Page not found");
    }
    give(&mut browser, "research");
    let read = |page: &Page| serde_json::from_str::<Value>(&page.body).unwrap();
    let receipts = formats.each_ref().map(|format| browser.get(format));
    for receipt in &receipts {
        let sent_as = receipt.header("content-disposition").unwrap();
        assert!(sent_as.starts_with("attachment; filename=\"consent-receipt-"), "{sent_as}");
        assert_eq!(receipt.header("cache-control"), Some("no-store"));
        assert!(receipt.body.contains("Northside Clinic"));
    }
    // Kantara CR 1.1.0 §4.3.1 and §4.4.1: the version, and who consented.
    let kantara = read(&receipts[0]);
    assert_eq!(kantara["version"], "KI-CR-v1.1.0");
    assert_eq!(kantara["piiPrincipalId"], EMAIL);
    assert_eq!(read(&receipts[2])["@type"], "dpv:ConsentReceipt");
    assert_eq!(receipts[2].header("content-type"), Some("application/ld+json"));
    browser.get(&format!("{CENTRE}/receipts/pdf")).assert_shows(404, "Page not found");

    // Another person has nothing of it.
    let mut other = visitor(&clinic, OTHER_EMAIL);
    other.get(&formats[0]).assert_shows(404, "Page not found");
    assert_eq!(buttons(&mut other), [6, 0]);
    other.get("/account/consents/history").assert_shows(200, "You have not answered anything yet");
}

/// Two tabs, and more: every answer is an event, and none is lost or kept twice.
#[test]
fn answers_at_the_same_time_are_kept_once_each() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    let notice = notice_on(&browser.get(CENTRE));
    let questions = ["news-by-email", "news-by-text", "news-by-post", "research"];
    thread::scope(|scope| {
        for question in questions.into_iter().chain(questions) {
            let (mut tab, notice) = (browser.clone(), notice.clone());
            scope.spawn(move || {
                let path = format!("{CENTRE}/{question}/give");
                // Whoever is told that there is too much to do tries again.
                while tab.post(&path, &[("notice", &notice)]).status == 503 {}
            });
        }
    });
    assert_eq!(buttons(&mut browser), [2, 4]);
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 4);
    assert_eq!(clinic.count_mail("consent given"), 4);
}
