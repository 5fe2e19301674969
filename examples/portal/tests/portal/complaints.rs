//! Complaints from people who are not signed in: from the form to the desk, and what comes of one.

use std::thread;
use std::time::Duration;

use crate::assignments;
use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, PASSWORD, SECOND_STAFF, STAFF};
use crate::closures::{DAY, await_erased, await_until, back, close, people};
use crate::desk::{self, desk};
use crate::intakes::{FORM, STRANGER, link_in};
use crate::languages::assert_translated;

const ABOUT: &str = "My letters went to my neighbour.";

fn fill_in(browser: &mut Browser, email: &str) -> Page {
    browser
        .get("/privacy/request?ask=complaint")
        .assert_shows(200, "value=\"complaint\" required checked");
    let fields = [("ask", "complaint"), ("name", "Jo Public"), ("email", email), ("words", ABOUT)];
    browser.post(FORM, &fields)
}

/// Sends the form and confirms it; returns the link by which it is followed.
pub(crate) fn complain(clinic: &Clinic, email: &str) -> String {
    let mut browser = clinic.browser();
    fill_in(&mut browser, email).assert_shows(200, "Look at your e-mail");
    let link = link_in(clinic, "confirm");
    browser.get(&link).assert_shows(200, "Confirm the complaint");
    browser.post(&link, &[]).assert_shows(200, "We have your complaint");
    link_in(clinic, "state")
}

/// The path at the desk of the only complaint there is.
fn only(staff: &mut Browser) -> String {
    let page = staff.get("/staff/requests?kind=complaint&show=all");
    page.between("<th scope=\"row\"><a href=\"", "\"").unwrap().to_owned()
}

/// 30 days from 21 September 2026 end on 21 October, a Wednesday, as the golden tests of
/// `upheld-consent` count them.
//= DPA 2018 §164A(2): a complaint can be made by a form that is filled in electronically
//= DPA 2018 §164A(3): receipt of a complaint is acknowledged
//= DPA 2018 §164A(4): the person is told the outcome
#[test]
fn a_complaint_by_the_form_is_acknowledged_looked_into_and_answered() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let mut browser = clinic.browser();
    fill_in(&mut browser, STRANGER).assert_shows(200, "Look at your e-mail");
    let mail = clinic.await_mail("Confirm your complaint");
    assert!(!mail.contains("Jo Public") && !mail.contains(ABOUT), "{mail}");
    // It is sealed, and nothing stands at the desk, until the link is followed.
    let stored = clinic.bytes_on_disk();
    for typed in [STRANGER, "Jo Public", ABOUT] {
        assert!(!stored.windows(typed.len()).any(|window| window == typed.as_bytes()), "{typed}");
    }
    assert_eq!(clinic.query("SELECT count(*) FROM requests"), 0);
    let link = link_in(&clinic, "confirm");
    browser.get(&link).assert_shows(200, ABOUT);
    browser.post(&link, &[]).assert_shows(200, "We have your complaint");
    browser.post(&link, &[]).assert_shows(404, "works once, for three days");
    assert_eq!(clinic.query("SELECT count(*) FROM requests"), 1);
    assert_eq!(clinic.audited("complaint confirmed by the link of a form"), 1);
    clinic.await_mail("We acknowledge it by 21 October 2026 at the latest");
    let state = link_in(&clinic, "state");
    let page = browser.get(&state);
    page.assert_shows(200, "<dd id=\"stage\">Received</dd>");
    page.assert_shows(200, "<dd id=\"due\">21 October 2026</dd>");
    page.assert_shows(200, "s.164A(3)");
    assert!(!page.body.contains(STRANGER) && !page.body.contains(ABOUT), "{}", page.body);

    let queue = kim.get("/staff/requests");
    for text in [">Complaint</a>", "21 October 2026", "30 days left"] {
        queue.assert_shows(200, text);
    }
    let path = only(&mut kim);
    for (filter, is_there) in [
        ("kind=access", false),
        ("due=30", true),
        ("due=7", false),
        ("show=received", true),
        ("show=acknowledged", false),
        ("show=decided", false),
    ] {
        let page = kim.get(&format!("/staff/requests?{filter}"));
        assert_eq!((page.status, page.body.contains(&path)), (200, is_there), "{filter}");
    }
    let page = kim.get(&path);
    for text in [ABOUT, &format!("Jo Public, {STRANGER}"), "No account has this address"] {
        page.assert_shows(200, text);
    }

    let letter = kim.write(&path, "acknowledge", &[]);
    assert!(letter.contains("We acknowledge your complaint. (DPA 2018 s.164A(3))"), "{letter}");
    let mail = clinic.await_mail("We have received your complaint");
    assert!(mail.contains(&format!("To: {STRANGER}\n")), "{mail}");
    assert!(mail.split_whitespace().collect::<Vec<_>>().join(" ").contains(ABOUT), "{mail}");
    browser.get(&state).assert_shows(200, "<dd id=\"stage\">Acknowledged</dd>");
    let queue = kim.get("/staff/requests?show=acknowledged");
    queue.assert_shows(200, "Without undue delay");
    assert!(!kim.get(&path).body.contains("/acknowledge\""));
    kim.must(&path, "investigate", &[("words", "We ask the post room.")]);
    let letter =
        kim.write(&path, "report-progress", &[("words", "The post room answers on Monday.")]);
    assert!(letter.contains("The post room answers on Monday (DPA 2018 s.164A(5))"), "{letter}");
    clinic.await_mail("How your complaint is going");
    browser.get(&state).assert_shows(200, "Being looked into");

    // That they are not right is the privacy lead's to say.
    let enquiries = ("enquiries", "We asked the post room.");
    let refusal = [enquiries, ("outcome", "not-upheld"), ("reasons", "It was your address.")];
    kim.act(&path, "decide", &refusal).assert_shows(422, "This takes the privacy lead");
    let nothing = [enquiries, ("outcome", "upheld"), ("remedy", " ")];
    let page = kim.act(&path, "decide", &nothing);
    page.assert_shows(422, "href=\"#decide-remedy\"");
    page.assert_shows(422, "We asked the post room.</textarea>");
    let remedy = [enquiries, ("outcome", "upheld"), ("remedy", "We send them again.")];
    let letter = robin.write(&path, "decide", &remedy);
    for part in ["You are right.", "What we do about it: We send them again.", "s.165", "s.167"] {
        assert!(letter.contains(part), "no {part} in {letter}");
    }
    clinic.await_mail("What came of your complaint");
    browser.get(&state).assert_shows(200, "<dd id=\"stage\">Answered</dd>");
    assert!(!kim.get("/staff/requests").body.contains(&path));
    robin.get("/staff/requests?show=decided").assert_shows(200, "Nothing is owed");
    robin.must(&path, "close", &[]);
    let page = robin.get(&path);
    page.assert_shows(200, "Letter 3");
    page.assert_shows(200, "Nothing, by you.");
    assert_eq!(clinic.audited("complaint: decide"), 1);
}

/// Whose address is that of an account has it in the copy of their data, and until it is answered
/// nothing of it is erased with the account.
#[test]
fn a_complaint_of_somebody_with_an_account_is_theirs() {
    let (clinic, (mut robin, _), _) = desk();
    let state = complain(&clinic, EMAIL);
    let path = only(&mut robin);
    robin.get(&path).assert_shows(200, "Alex Morgan, alex@example.com");
    robin.write(&path, "acknowledge", &[]);
    let mail = clinic.await_mail("We have received your complaint");
    assert!(mail.contains(&format!("To: {EMAIL}\n")), "{mail}");
    clinic.browser().get(&state).assert_shows(200, "Acknowledged");
    assert_eq!(clinic.query("SELECT count(*) FROM intakes WHERE contents IS NOT NULL"), 0);
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    patient.get("/account/data").assert_shows(200, "0 requests<br>1 complaint</dd>");
    let page = patient.get("/requests");
    page.assert_shows(200, "href=\"/privacy/request?ask=complaint\"");
    page.assert_shows(200, "Complain about what you do with my data");
    page.assert_shows(200, "Acknowledged");
}

/// An account that is closed, and with it what somebody is still to be told.
//= DPA 2018 §164A(4): the person is told the outcome
#[test]
fn t55_a_complaint_that_is_not_answered_holds_the_erasure() {
    let (clinic, (mut robin, phone), _) = desk();
    complain(&clinic, EMAIL);
    let path = only(&mut robin);
    close(&clinic, EMAIL);
    desk::step_on(&clinic, 14, (&mut robin, &phone), STAFF.0);
    clinic
        .await_mail("You have asked for a copy of your data or complained, and have no answer yet");
    let mut patient = back(&clinic, EMAIL);
    patient.get("/account/closing").assert_shows(200, "or complained, and have no answer yet");
    desk::step_on(&clinic, 1, (&mut robin, &phone), STAFF.0);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(people(&clinic, EMAIL), 1);
    let page = robin.get(&path);
    page.assert_shows(200, "Alex Morgan, alex@example.com");
    page.assert_shows(200, ABOUT);
    let (outcome, remedy) = (("outcome", "upheld"), ("remedy", "We send them again."));
    robin.write(&path, "decide", &[("enquiries", "We asked the post room."), outcome, remedy]);
    clinic.await_mail("What came of your complaint");
    clinic.step_on(600);
    await_erased(&clinic, EMAIL);
}

/// Somebody deals with it; nobody with their own.
#[test]
fn t53_a_complaint_is_given_to_somebody_and_never_to_whose_it_is() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    complain(&clinic, STAFF.0);
    let path = only(&mut robin);
    let page = robin.get(&path);
    assert!(!page.body.contains("/acknowledge\""), "{}", page.body);
    page.assert_shows(200, "Nothing, by you.");
    robin.post(&format!("{path}/acknowledge"), &[("version", "1")]).assert_shows(422, "your own");
    let page = kim.get(&path);
    let options = page.between("<select id=\"assign-to\"", "</select>").unwrap();
    assert!(!options.contains("Robin Hale"), "{options}");
    let to = assignments::id(&page, SECOND_STAFF.0);
    kim.post(&format!("{path}/assign"), &[("to", &to)])
        .assert_redirects_to(&format!("{path}?done"));
    kim.get("/staff/requests?with=me").assert_shows(200, ">Complaint</a>");
    // Another act than those on the page, and an older page.
    kim.get(&path).assert_shows(200, "Complaint");
    assert_eq!(kim.act(&path, "accept", &[]).status, 404);
    assert_eq!(kim.act(&path, "close", &[]).status, 404);
    let stale = kim.post(&format!("{path}/acknowledge"), &[("version", "0")]);
    assert_eq!(stale.status, 409, "{}", stale.body);
    let mut stranger = clinic.browser();
    stranger.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    stranger.get(&path).assert_shows(404, "Page not found");
}

/// As much as the page lets somebody write, in an alphabet that takes nine bytes of a form to a letter.
#[test]
fn an_answer_as_long_as_it_may_be_is_taken_in_any_alphabet() {
    let (clinic, (mut robin, _), _) = desk();
    complain(&clinic, STRANGER);
    let path = only(&mut robin);
    let long = "字".repeat(4000);
    let fields = [("enquiries", &*long), ("outcome", "partly-upheld"), ("remedy", &*long)];
    robin.write(&path, "decide", &[&fields[..], &[("reasons", &*long)]].concat());
    robin.get(&path).assert_shows(200, "Letter 1");
}

/// What is missing, too long or hostile; and the limits of the form are those of requests.
#[test]
fn t47_a_complaint_says_what_it_is_about_and_is_text() {
    let (clinic, (mut robin, _), _) = desk();
    let mut browser = clinic.browser();
    browser.get(FORM).assert_shows(200, "Complain about what you do with my data");
    let hostile = "<script>alert(1)</script>&\"'";
    let long = "x".repeat(4001);
    for (words, reason) in [
        ("", "Write what you complain about"),
        (" \r\n ", "Write what you complain about"),
        (&*long, "at most 4,000 letters"),
    ] {
        let fields = [("ask", "complaint"), ("name", "Jo"), ("email", STRANGER), ("words", words)];
        let page = browser.post(FORM, &fields);
        page.assert_shows(422, reason);
        page.assert_shows(422, "value=\"complaint\" required checked");
        page.assert_shows(422, "href=\"#words\"");
    }
    assert_eq!(clinic.query("SELECT count(*) FROM intakes"), 0);
    let fields = [("ask", "complaint"), ("name", hostile), ("email", STRANGER), ("words", hostile)];
    for _ in 0..5 {
        browser.post(FORM, &fields).assert_shows(200, "Look at your e-mail");
    }
    assert_eq!(clinic.query("SELECT count(*) FROM intakes"), 3);
    let link = link_in(&clinic, "confirm");
    let page = browser.get(&link);
    assert!(!page.body.contains("<script>"), "{}", page.body);
    browser.post(&link, &[]).assert_shows(200, "We have your complaint");
    let path = only(&mut robin);
    let page = robin.get(&path);
    page.assert_shows(200, "&#60;script&#62;alert(1)");
    assert!(!page.body.contains("<script>"), "{}", page.body);
}

/// As those of requests are; the time for the acknowledgement shows when it is over.
#[test]
fn a_complaint_is_overdue_after_30_days_and_erased_once_it_is_over() {
    let (mut clinic, (mut robin, phone), _) = desk();
    complain(&clinic, STRANGER);
    let path = only(&mut robin);
    desk::step_on(&clinic, 31, (&mut robin, &phone), STAFF.0);
    robin.get("/staff/requests?due=overdue").assert_shows(200, "1 day overdue");
    robin.must(&path, "withdraw", &[]);
    robin.get("/staff/requests?show=withdrawn").assert_shows(200, ">Complaint</a>");
    clinic.step_on(366 * DAY);
    clinic.restart();
    await_until("deleted", || clinic.query("SELECT count(*) FROM intakes") == 0);
    assert_eq!(clinic.query("SELECT count(*) FROM record_events WHERE sealed IS NOT NULL"), 0);
}

#[test]
fn complaints_are_in_the_language_of_the_page() {
    let (clinic, (mut robin, _), _) = desk();
    let mut browser = clinic.browser();
    browser.cookies.insert("__Host-language".into(), "en-XA".into());
    let fields = [("ask", "complaint"), ("name", "Jo"), ("email", STRANGER), ("words", "123")];
    assert_translated("the form", &browser.get("/privacy/request?ask=complaint"));
    assert_translated("no words", &browser.post(FORM, &[&fields[..3], &[("words", "")]].concat()));
    assert_translated("sent", &browser.post(FORM, &fields));
    let link = link_in(&clinic, "confirm");
    assert_translated("to be confirmed", &browser.get(&link));
    assert_translated("confirmed", &browser.post(&link, &[]));
    let page = browser.get(&link_in(&clinic, "state"));
    let steps = page.between("<ol lang=\"en\">", "</ol>").unwrap().to_owned();
    assert_translated("the state", &Page { body: page.body.replace(&steps, ""), ..page });

    robin.cookies.insert("__Host-language".into(), "en-XA".into());
    let path = only(&mut robin);
    let page = robin.get(&path);
    let steps = page.between("<ol lang=\"en\">", "</ol>").unwrap().to_owned();
    assert_translated("at the desk", &Page { body: page.body.replace(&steps, ""), ..page });
    assert_translated("the queue", &robin.get("/staff/requests?show=acknowledged"));

    let mut german = clinic.browser();
    german.cookies.insert("__Host-language".into(), "de".into());
    german.get(FORM).assert_shows(200, "Mich über den Umgang mit meinen Daten beschweren");
    assert_eq!(german.post(FORM, &fields).status, 200);
    clinic.await_mail("Bestätigen Sie Ihre Beschwerde");
}
