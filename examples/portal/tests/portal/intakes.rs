//! Requests about data from people who are not signed in: from the form to the desk.

use std::thread;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, PASSWORD, STAFF};
use crate::closures::{DAY, await_erased, await_until, close};
use crate::desk::{desk, step_on};
use crate::languages::assert_translated;

pub(crate) const FORM: &str = "/privacy/request";
/// Somebody without an account.
pub(crate) const STRANGER: &str = "jo.public@example.org";
pub(crate) const WORDS: &str = "My address of 2019 is wrong.";

/// Fills in the form.
pub(crate) fn send(browser: &mut Browser, ask: &str, email: &str) -> Page {
    browser.get(FORM).assert_shows(200, "Ask about your data");
    let fields = [("ask", ask), ("name", "Jo Public"), ("email", email), ("words", WORDS)];
    browser.post(FORM, &fields)
}

/// The path of the link in the newest e-mail that has one of this kind.
pub(crate) fn link_in(clinic: &Clinic, what: &str) -> String {
    let unsent = "SELECT count(*) FROM intake_letters WHERE next_try IS NOT NULL";
    await_until("sent", || clinic.query(unsent) == 0);
    let start = format!("{FORM}/{what}/");
    let mail = clinic.await_mail(&start);
    let (_, rest) = mail.split_once(&start).unwrap();
    format!("{start}{}", rest.lines().next().unwrap())
}

/// Sends the form and confirms it; returns the link by which it is followed.
pub(crate) fn ask(clinic: &Clinic, what: &str, email: &str) -> String {
    let mut browser = clinic.browser();
    send(&mut browser, what, email).assert_shows(200, "Look at your e-mail");
    let link = link_in(clinic, "confirm");
    browser.get(&link).assert_shows(200, "Confirm the request");
    browser.post(&link, &[]).assert_shows(200, "We have your request");
    link_in(clinic, "state")
}

fn waiting(clinic: &Clinic) -> i64 {
    clinic.query("SELECT count(*) FROM intakes WHERE confirmed_at IS NULL")
}

fn requests(clinic: &Clinic) -> i64 {
    clinic.query("SELECT count(*) FROM requests")
}

/// The path at the desk of the only request there is.
fn only(staff: &mut Browser) -> String {
    let page = staff.get("/staff/requests?show=all");
    let id = page.between("<th scope=\"row\"><a href=\"", "\"").unwrap();
    id.to_owned()
}

/// A month from 22 September 2026, when identity was shown, ends on 22 October, a Thursday.
//= UK GDPR, Article 12A(2): the clock runs from the latest of receipt, identity and fee
#[test]
fn a_request_of_somebody_with_an_account_is_theirs_once_the_link_is_followed() {
    let (clinic, (mut robin, phone), _) = desk();
    let mut browser = clinic.browser();
    send(&mut browser, "rectification", EMAIL).assert_shows(200, "Look at your e-mail");
    let mail = clinic.await_mail("Confirm your request about your data");
    assert!(mail.contains(&format!("To: {EMAIL}\n")), "{mail}");
    // Nothing that somebody unknown has typed is written to anybody.
    assert!(!mail.contains("Jo Public") && !mail.contains(WORDS), "{mail}");
    assert_eq!((requests(&clinic), waiting(&clinic)), (0, 1));

    step_on(&clinic, 1, (&mut robin, &phone), STAFF.0);
    let link = link_in(&clinic, "confirm");
    browser.get(&link).assert_shows(200, WORDS);
    assert_eq!(requests(&clinic), 0);
    browser.post(&link, &[]).assert_shows(200, "We have your request");
    assert_eq!((requests(&clinic), waiting(&clinic)), (1, 0));
    let mail = clinic.await_mail("We answer by 22 October 2026 at the latest");
    assert!(mail.contains("“Correct my data”"), "{mail}");
    let page = clinic.browser().get(&link_in(&clinic, "state"));
    page.assert_shows(200, "<dd id=\"stage\">Received</dd>");
    page.assert_shows(200, "<dd id=\"due\">22 October 2026</dd>");
    assert!(!page.body.contains(EMAIL) && !page.body.contains(WORDS), "{}", page.body);

    let path = only(&mut robin);
    let page = robin.get(&path);
    for text in [
        "Alex Morgan, alex@example.com",
        WORDS,
        "Nothing was known when they asked",
        "Asked who they are",
        "Identity shown",
        "Followed a link, good once, that was sent to the e-mail address of the account.",
        "22 October 2026",
    ] {
        assert!(page.body.contains(text), "no {text:?} in {}", page.body);
    }
    // No letter has asked for papers: a link was sent instead.
    assert!(!page.body.contains("Please show us who you are"), "{}", page.body);
    assert_eq!(clinic.audited("request confirmed by the link of a form"), 1);

    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    patient.get("/requests").assert_shows(200, "Correct my data");
    // What was typed is kept with the account alone, and goes with it.
    assert_eq!(clinic.query("SELECT count(*) FROM intakes WHERE contents IS NOT NULL"), 0);
    assert_eq!(clinic.query("SELECT count(*) FROM intakes"), 1);
    close(&clinic, EMAIL);
    clinic.step_on(14 * DAY);
    await_erased(&clinic, EMAIL);
    assert_eq!(clinic.query("SELECT count(*) FROM intakes"), 0);
}

/// An address that no account has shows an address, and nobody's identity.
#[test]
fn a_request_of_somebody_unknown_is_answered_once_the_desk_knows_who_asks() {
    let (clinic, (mut robin, _), _) = desk();
    let state = ask(&clinic, "access", STRANGER);
    clinic.await_mail("We answer by 21 October 2026 at the latest");
    let path = only(&mut robin);
    let page = robin.get(&path);
    page.assert_shows(200, &format!("Jo Public, {STRANGER}"));
    page.assert_shows(200, WORDS);
    page.assert_shows(200, "No account has this address");
    let page = robin.act(&path, "accept", &[]);
    page.assert_shows(422, "it is not known who asks");
    let doubt = [("words", "We do not know this address.")];
    let letter = robin.write(&path, "request-identity", &doubt);
    assert!(letter.contains("Please send us what shows who you are"), "{letter}");
    let mail = clinic.await_mail("Please show us who you are");
    assert!(mail.contains(&format!("To: {STRANGER}\n")), "{mail}");
    let mut browser = clinic.browser();
    browser.get(&state).assert_shows(200, "We asked you to show who you are");
    // As much as a browser lets somebody write.
    let how = "Prüfung\r\n".repeat(500);
    robin.must(&path, "confirm-identity", &[("words", &how)]);
    robin.must(&path, "accept", &[]);
    browser.get(&state).assert_shows(200, "Being dealt with");
}

/// Nobody has to show who they are to be left alone.
//= UK GDPR, Article 21(3): nothing overrides an objection to direct marketing
#[test]
fn an_objection_to_marketing_is_not_kept_waiting_for_an_identity() {
    let (clinic, (mut robin, _), _) = desk();
    ask(&clinic, "marketing", EMAIL);
    let path = only(&mut robin);
    let page = robin.get(&path);
    page.assert_shows(200, "Stop advertising to me");
    assert!(!page.body.contains("Asked who they are"), "{}", page.body);
    robin.must(&path, "accept", &[]);
}

/// The link of a form, used again, too late, at the same moment, or to look where it confirms.
#[test]
fn t20_the_link_that_confirms_a_request_works_once_and_for_three_days() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    send(&mut browser, "access", STRANGER).assert_shows(200, "Look at your e-mail");
    let link = link_in(&clinic, "confirm");
    let token = link.rsplit('/').next().unwrap();
    let stored = clinic.bytes_on_disk();
    assert!(!stored.windows(token.len()).any(|window| window == token.as_bytes()));
    // A program that looks at mail follows links; that confirms nothing.
    for _ in 0..3 {
        browser.get(&link).assert_shows(200, "Confirm the request");
    }
    // Nor does the token of another visitor's form.
    let mut thief = clinic.browser();
    thief.get(FORM).assert_shows(200, "Ask about your data");
    thief.post(&link, &[]).assert_shows(403, "This form has expired");
    browser.get(&link.replace("confirm", "state")).assert_shows(404, "no longer works");

    browser.get(&link).assert_shows(200, "Confirm the request");
    let mut browsers = vec![browser; 6];
    let statuses: Vec<u16> = thread::scope(|scope| {
        let clicks: Vec<_> = browsers
            .iter_mut()
            .map(|browser| scope.spawn(|| browser.post(&link, &[]).status))
            .collect();
        clicks.into_iter().map(|click| click.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 404).count(), 5, "{statuses:?}");
    assert_eq!(requests(&clinic), 1);
    let browser = &mut browsers[0];
    browser.get(&link).assert_shows(404, "works once, for three days");
    browser.post(&link, &[]).assert_shows(404, "works once, for three days");
    let state = link_in(&clinic, "state");
    browser.get(&state.replace("state", "confirm")).assert_shows(404, "no longer works");
    for wrong in ["", "0", &"0".repeat(64), &"é".repeat(32)] {
        assert_eq!(browser.get(&format!("{FORM}/confirm/{wrong}")).status, 404);
        assert_eq!(browser.get(&format!("{FORM}/state/{wrong}")).status, 404);
    }

    send(browser, "erasure", STRANGER).assert_shows(200, "Look at your e-mail");
    let late = link_in(&clinic, "confirm");
    browser.get(&late).assert_shows(200, "Erase my data");
    clinic.step_on(3 * DAY);
    browser.post(&late, &[]).assert_shows(404, "works once, for three days");
    assert_eq!(requests(&clinic), 1);
}

/// Whether an address is anybody's, asked by the form.
#[test]
fn t40_the_form_answers_the_same_whoever_the_address_is_of() {
    let clinic = Clinic::open();
    let answers = [EMAIL, STRANGER, STAFF.0].map(|email| {
        let mut browser = clinic.browser();
        let page = send(&mut browser, "access", email);
        let headers = page
            .headers
            .into_iter()
            .filter(|(name, _)| !["date", "x-request-id", "set-cookie"].contains(&name.as_str()));
        (page.status, page.body, headers.collect::<Vec<_>>())
    });
    assert_eq!(answers[0].0, 200);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // And so do the letters, but for the link.
    link_in(&clinic, "confirm");
    let mut texts: Vec<String> = std::fs::read_dir(clinic.mail())
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .map(|mail| {
            let lines = mail.lines().filter(|line| {
                !line.contains("/confirm/") && !line.starts_with("To:") && !line.contains("-ID:")
            });
            lines.collect::<Vec<_>>().join("\n")
        })
        .collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
}

/// A mailbox filled by somebody else, and forms without end from one place.
#[test]
fn t20_an_address_gets_three_letters_and_a_network_sends_ten_forms() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    for _ in 0..5 {
        send(&mut browser, "access", STRANGER).assert_shows(200, "Look at your e-mail");
    }
    assert_eq!(waiting(&clinic), 3);
    for number in 0..5 {
        let email = format!("jo-{number}@example.org");
        send(&mut browser, "access", &email).assert_shows(200, "Look at your e-mail");
    }
    let page = send(&mut browser, "access", "jo-5@example.org");
    page.assert_shows(422, "Too many requests were sent by this form");
    page.assert_shows(422, WORDS);
    assert_eq!(waiting(&clinic), 8);
    clinic.step_on(33);
    send(&mut browser, "access", "jo-5@example.org").assert_shows(200, "Look at your e-mail");
    assert_eq!(clinic.query("SELECT count(*) FROM intake_letters"), 9);
}

/// The same mailbox under as many addresses as somebody likes.
//= RFC 5233 §1: a detail after a separator in the local part, which is no part of the user's name
#[test]
fn t20_what_follows_a_plus_makes_no_other_mailbox() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    for email in ["ken", "ken+sieve", "Ken+", "ken+a+b", "KEN+9"] {
        let email = format!("{email}@example.org");
        send(&mut browser, "access", &email).assert_shows(200, "Look at your e-mail");
    }
    assert_eq!(waiting(&clinic), 3);
    for email in ["+a@example.org", "+b@example.org", "kenneth@example.org", "ken@b.example"] {
        send(&mut browser, "access", email).assert_shows(200, "Look at your e-mail");
    }
    assert_eq!(waiting(&clinic), 7);
}

/// Heads of messages, markup, bidirectional text, what is missing and what is too long.
#[test]
fn t47_what_strangers_type_is_text_and_reaches_no_head_of_a_message() {
    let (clinic, (mut robin, _), _) = desk();
    let mut browser = clinic.browser();
    browser.get(FORM).assert_shows(200, "Ask about your data");
    let hostile = "<script>alert(1)</script>&\"'";
    let long = "x".repeat(5000);
    for (ask, name, email, words, reason) in [
        ("", "Jo", STRANGER, "", "Choose what you ask for"),
        ("<b>", "Jo", STRANGER, "", "Choose what you ask for"),
        ("access", "", STRANGER, "", "Enter a name"),
        ("access", "Jo\r\nBcc: all@example.org", STRANGER, "", "line breaks"),
        ("access", "Jo\u{202e}", STRANGER, "", "control characters"),
        ("access", &long, STRANGER, "", "100 characters or fewer"),
        ("access", hostile, "", "", "Enter an e-mail address"),
        ("access", hostile, "a@example.org\r\nBcc: b@example.org", "", "Enter an e-mail address"),
        ("access", hostile, "a@example.org, b@example.org", "", "Enter an e-mail address"),
        ("access", hostile, "<a@example.org>", hostile, "Enter an e-mail address"),
        ("access", hostile, STRANGER, &long, "at most 4,000 letters"),
        ("access", hostile, STRANGER, "a\u{0}b", "at most 4,000 letters"),
    ] {
        let fields = [("ask", ask), ("name", name), ("email", email), ("words", words)];
        let page = browser.post(FORM, &fields);
        page.assert_shows(422, reason);
        page.assert_shows(422, "<title>Error: Ask about your data");
        assert!(!page.body.contains("<script>") && !page.body.contains("<b>"), "{}", page.body);
        // What is too long is shown again, to be shortened.
        for typed in [name, words].into_iter().filter(|typed| *typed == long) {
            assert!(page.body.contains(typed), "{}", page.body);
        }
    }
    assert_eq!(waiting(&clinic), 0);
    // Without a token of its own, from another site, and with more than there can be.
    let fields = [("ask", "access"), ("name", "Jo"), ("email", STRANGER), ("words", "")];
    let elsewhere = [("sec-fetch-site", "cross-site")];
    browser.post_with(FORM, &fields, &elsewhere).assert_shows(403, "another website");
    let mut forger = clinic.browser();
    forger.form_token = browser.form_token.clone();
    forger.post(FORM, &fields).assert_shows(403, "This form has expired");
    let flood = "x".repeat(70_000);
    browser.post(FORM, &[("words", &flood)]).assert_shows(413, "too much text");
    assert_eq!(waiting(&clinic), 0);

    let mut browser = clinic.browser();
    browser.get(FORM).assert_shows(200, "Ask about your data");
    let fields = [("ask", "access"), ("name", hostile), ("email", STRANGER), ("words", hostile)];
    browser.post(FORM, &fields).assert_shows(200, "Look at your e-mail");
    let link = link_in(&clinic, "confirm");
    let page = browser.get(&link);
    page.assert_shows(200, "&#60;script&#62;alert(1)");
    assert!(!page.body.contains("<script>"), "{}", page.body);
    browser.post(&link, &[]).assert_shows(200, "We have your request");
    let path = only(&mut robin);
    let page = robin.get(&path);
    page.assert_shows(200, "&#60;script&#62;alert(1)");
    assert!(!page.body.contains("<script>"), "{}", page.body);
}

/// As a browser counts for `maxlength` (HTML): a letter is one, and so is a line break.
#[test]
fn four_thousand_letters_are_taken_in_any_alphabet_and_with_line_breaks() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.get(FORM).assert_shows(200, "Ask about your data");
    for (letter, count, status) in [
        ("ü", 4000, 200),
        ("字", 4001, 422),
        ("字", 4000, 200),
        ("x\r\ny", 1334, 422),
        ("x\r\ny", 1333, 200),
    ] {
        let words = letter.repeat(count);
        let fields = [("ask", "access"), ("name", "Jo"), ("email", STRANGER), ("words", &*words)];
        assert_eq!(browser.post(FORM, &fields).status, status, "{count} times {letter:?}");
    }
    assert_eq!(waiting(&clinic), 3);
}

#[test]
fn the_form_and_its_letters_are_in_the_language_of_the_page() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    browser.cookies.insert("__Host-language".into(), "en-XA".into());
    let page = browser.get(FORM);
    assert_translated("the form", &page);
    let fields = [("ask", "access"), ("name", "Jo"), ("email", STRANGER), ("words", "")];
    let page = browser.post(FORM, &fields);
    assert_translated("sent", &page);
    let link = link_in(&clinic, "confirm");
    assert_translated("to be confirmed", &browser.get(&link));
    assert_translated("confirmed", &browser.post(&link, &[]));
    let state = link_in(&clinic, "state");
    let page = browser.get(&state);
    // How the day comes about is in the words of the law.
    let steps = page.between("<ol lang=\"en\">", "</ol>").unwrap().to_owned();
    assert_translated("the state", &Page { body: page.body.replace(&steps, ""), ..page });
    assert_translated("used up", &browser.get(&link));

    let mut german = clinic.browser();
    german.cookies.insert("__Host-language".into(), "de".into());
    german.get(FORM).assert_shows(200, "Fragen zu Ihren Daten");
    assert_eq!(german.post(FORM, &fields).status, 200);
    clinic.await_mail("Bestätigen Sie Ihre Anfrage zu Ihren Daten");
}
