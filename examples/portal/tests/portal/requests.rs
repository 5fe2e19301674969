//! What is held about a person, and what they ask for: from the account, by whose it is.

use data_encoding::HEXLOWER;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD, STAFF};

const WORDS: &str = "My number ends in 41, not <b>14</b>.\r\nPlease correct it.";

fn visitor(clinic: &Clinic, email: &str) -> Browser {
    let mut browser = clinic.browser();
    browser.show_password_of(email, PASSWORD).assert_redirects_to("/account/security");
    browser.get("/requests").assert_shows(200, "Your requests");
    browser
}

/// Asks, and returns the path of the request.
fn ask(browser: &mut Browser, what: &str, words: &str) -> String {
    let asked = browser.post("/requests", &[("ask", what), ("words", words)]);
    assert_eq!(asked.status, 303, "{}", asked.body);
    let path = asked.header("location").unwrap().strip_suffix("?received").unwrap().to_owned();
    browser.get(&format!("{path}?received")).assert_shows(200, "We have your request.");
    path
}

fn due_on(page: &Page) -> &str {
    page.between("<dd id=\"due\">", "<").unwrap()
}

/// Asked on Monday, 21 September 2026: a month later is a Wednesday.
#[test]
fn a_request_is_due_in_a_month_and_says_by_which_provisions() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    let path = ask(&mut browser, "access", "");
    let page = browser.get(&path);
    assert_eq!(due_on(&page), "21 October 2026");
    page.assert_shows(200, "UK GDPR Art 12A(1): one month from 2026-09-21 ends on 2026-10-21");
    assert!(!page.body.contains("What you wrote"), "{}", page.body);
    clinic.await_mail("We answer by 21 October 2026 at the latest");
    assert_eq!(clinic.audited("request received"), 1);
    assert_eq!(clinic.query("SELECT count(*) FROM requests WHERE is_open = 1"), 1);
    browser.get("/requests").assert_shows(200, "To be answered by 21 October 2026");

    clinic.step_on(24 * 60 * 60);
    let mut browser = visitor(&clinic, EMAIL);
    browser.post("/language", &[("language", "de"), ("path", "/requests")]);
    browser.get(&path).assert_shows(200, "21. Oktober 2026");
    let taken_back = browser.post(&format!("{path}/withdraw"), &[]);
    taken_back.assert_redirects_to(&format!("{path}?withdrawn"));
    browser.get(&path).assert_shows(200, "Von Ihnen zurückgenommen");
    // Twice is once.
    browser.post(&format!("{path}/withdraw"), &[]).assert_redirects_to(&path);
    assert_eq!(clinic.query("SELECT count(*) FROM requests WHERE is_open = 1"), 0);
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 2);
}

/// Whose request it is decides, not who knows its name.
#[test]
fn t53_requests_of_others_are_not_there() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    let path = ask(&mut browser, "rectification", WORDS);
    let mut other = visitor(&clinic, OTHER_EMAIL);
    let (mut staff, _) = clinic.enrol_and_sign_in(STAFF.0);
    staff.get("/requests").assert_shows(200, "Your requests");
    for visitor in [&mut other, &mut staff] {
        visitor.get(&path).assert_shows(404, "Page not found");
        visitor.post(&format!("{path}/withdraw"), &[]).assert_shows(404, "Page not found");
        visitor.get("/requests").assert_shows(200, "You have not asked for anything yet");
    }
    for name in ["0".repeat(32), "x".into(), "A".repeat(32)] {
        browser.get(&format!("/requests/{name}")).assert_shows(404, "Page not found");
    }
    // The record of a consent is no request, though it is the person's own.
    let page = browser.get("/account/consents");
    let notice = page.between("name=\"notice\" value=\"", "\"").unwrap().to_owned();
    let given = browser.post("/account/consents/research/give", &[("notice", &notice)]);
    given.assert_redirects_to("/account/consents?given");
    let consent = clinic.query_blobs("SELECT id FROM records WHERE kind = 'consent'").remove(0);
    browser
        .get(&format!("/requests/{}", HEXLOWER.encode(&consent)))
        .assert_shows(404, "Page not found");
    assert_eq!(clinic.query("SELECT count(*) FROM requests WHERE is_open = 1"), 1);
}

#[test]
fn t47_what_a_person_wrote_is_text_and_sealed() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    let path = ask(&mut browser, "rectification", WORDS);
    let page = browser.get(&path);
    page.assert_shows(200, "My number ends in 41, not &#60;b&#62;14&#60;/b&#62;.\nPlease correct");
    let stored = clinic.bytes_on_disk();
    let secret = b"My number ends in 41";
    assert!(!stored.windows(secret.len()).any(|window| window == secret));
}

#[test]
fn what_is_no_request_is_refused_and_what_was_typed_is_kept() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    for what in ["", "everything", "consent-withdrawal"] {
        let page = browser.post("/requests", &[("ask", what), ("words", "Keep me")]);
        page.assert_shows(422, "Choose what you ask for");
        page.assert_shows(422, ">Keep me</textarea>");
    }
    for words in ["a\u{0}b", &"x".repeat(4001)] {
        let page = browser.post("/requests", &[("ask", "access"), ("words", words)]);
        page.assert_shows(422, "Write at most 4,000 letters");
    }
    assert_eq!(clinic.query("SELECT count(*) FROM requests"), 0);
    ask(&mut browser, "objection", &"ü\r\n".repeat(2000));
    for _ in 0..9 {
        ask(&mut browser, "objection", "");
    }
    let page = browser.post("/requests", &[("ask", "objection"), ("words", "")]);
    page.assert_shows(422, "You have as many open requests as there may be");
    assert_eq!(clinic.query("SELECT count(*) FROM requests"), 10);
}

/// By category, with source and purpose; a purpose by consent is there while the consent is.
#[test]
fn what_is_held_is_shown_with_its_source_and_what_it_is_for() {
    let clinic = Clinic::open();
    let mut browser = visitor(&clinic, EMAIL);
    // What the person cannot change is corrected on request.
    browser.get("/account").assert_shows(200, "Ask for another address");
    let page = browser.get("/account/data");
    page.assert_shows(200, EMAIL);
    page.assert_shows(200, "The clinic, when it opened your account");
    page.assert_shows(200, "1 open session");
    page.assert_shows(200, "We carry out our contract with you");
    let news = "We tell you what is new at the clinic";
    assert!(!page.body.contains(news) && !page.body.contains("Last changed"), "{}", page.body);

    browser.post("/account", &[("display_name", "Alex M")]).assert_redirects_to("/account?saved");
    let notice = browser.get("/account/consents");
    let notice = notice.between("name=\"notice\" value=\"", "\"").unwrap().to_owned();
    let given = browser.post("/account/consents/news-by-email/give", &[("notice", &notice)]);
    given.assert_redirects_to("/account/consents?given");
    let page = browser.get("/account/data");
    page.assert_shows(200, "<dt>Last changed</dt>\n<dd>21 September 2026, 14:13 UTC</dd>");
    page.assert_shows(200, news);
    page.assert_shows(200, "You agreed to it");
    // The name is the person's own word from then on.
    let (name, _) = page.body.split_once("E-mail address").unwrap();
    assert!(name.contains("You, in the portal"), "{name}");
}
