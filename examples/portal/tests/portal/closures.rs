//! Accounts that their people close: out at once, back for two weeks, and then gone.

use std::thread;
use std::time::{Duration, Instant};

use portal::{Access, Settings, routes};

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD, SECOND_STAFF, STAFF};
use crate::ground::name_of;
use crate::languages::assert_translated;

pub(crate) const DAY: u64 = 24 * 60 * 60;
pub(crate) const CLOSE: [(&str, &str); 1] = [("word", " Close ")];

/// Somebody without a second factor, for whom the password they just gave is proof enough.
pub(crate) fn signed_in(clinic: &Clinic, email: &str) -> Browser {
    let mut browser = clinic.browser();
    browser.show_password_of(email, PASSWORD).assert_redirects_to("/account/security");
    browser
}

pub(crate) fn close(clinic: &Clinic, email: &str) {
    let mut browser = signed_in(clinic, email);
    browser.get("/account/close").assert_shows(200, "For 14 days you can change your mind");
    browser.post("/account/close", &CLOSE).assert_redirects_to("/login");
}

/// Signs in to an account that is being closed.
pub(crate) fn back(clinic: &Clinic, email: &str) -> Browser {
    let mut browser = signed_in(clinic, email);
    browser.get("/account").assert_redirects_to("/account/closing");
    browser.get("/account/closing").assert_shows(200, "Your account is being closed");
    browser
}

pub(crate) fn people(clinic: &Clinic, email: &str) -> i64 {
    clinic.query(&format!("SELECT count(*) FROM people WHERE email = '{email}'"))
}

#[track_caller]
pub(crate) fn await_until(what: &str, holds: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < give_up, "never {what}");
        thread::sleep(Duration::from_millis(30));
    }
}

#[track_caller]
pub(crate) fn await_erased(clinic: &Clinic, email: &str) {
    await_until("erased", || people(clinic, email) == 0);
}

/// What was open ends at once; what can be opened afterwards is one page.
#[test]
fn t33_an_account_that_is_being_closed_is_one_page() {
    let (clinic, phone) = Clinic::enrolled();
    let mut other = clinic.browser();
    other.sign_in(&clinic, &phone);
    clinic.step_on(30);
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.get("/account/close").assert_redirects_to("/reauth?for=close");
    browser.reauthenticate(&clinic, &phone);
    browser.get("/account/close").assert_shows(200, "What is kept, and why");
    browser.post("/account/close", &[("word", "no")]).assert_shows(422, "Type the word close");
    assert!(browser.is_signed_in());
    browser.get("/account/close").assert_shows(200, "Close your account");
    browser.post("/account/close", &CLOSE).assert_redirects_to("/login");
    assert!(!browser.is_signed_in() && !other.is_signed_in());
    clinic.await_mail("You have asked to close your account");

    // The second factor is asked for as ever, and nothing but the one page is there.
    clinic.step_on(30);
    browser.await_code();
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    for route in routes().iter().filter(|route| route.method == "GET") {
        let session = matches!(route.access, Access::Session | Access::FreshSession);
        if session && route.path != "/account/closing" {
            let path = route.path.replace(['{', '}'], "");
            browser.get(&path).assert_redirects_to("/account/closing");
        }
    }
    let page = browser.get("/account/closing");
    page.assert_shows(200, "It is erased on 5 October 2026");
    let stays = ["/account/closing/keep", "/logout"];
    let posts = routes().iter().filter(|route| route.method == "POST");
    for route in posts.filter(|route| !stays.contains(&route.path)) {
        if matches!(route.access, Access::Session | Access::FreshSession) {
            let path = route.path.replace(['{', '}'], "");
            let fields = [("display_name", "Mallory"), ("word", "close"), ("ask", "access")];
            browser.post(&path, &fields).assert_redirects_to("/account/closing");
        }
    }
    assert_eq!(clinic.query("SELECT count(*) FROM request_words"), 0);
    browser.cookies.insert("__Host-language".into(), "en-XA".into());
    assert_translated("closing", &browser.get("/account/closing"));
    browser.cookies.remove("__Host-language");

    browser.get("/account/closing").assert_shows(200, "Keep my account");
    browser.post("/account/closing/keep", &[]).assert_redirects_to("/account");
    browser.get("/account").assert_shows(200, "Alex Morgan");
    clinic.await_mail("You have decided to keep your account");
    clinic.step_on(15 * DAY);
    browser.sign_in(&clinic, &phone);
    assert_eq!(clinic.query("SELECT count(*) FROM closures"), 0);
}

#[test]
fn what_is_due_is_erased_and_the_rest_is_not() {
    let clinic = Clinic::open();
    for email in [EMAIL, OTHER_EMAIL] {
        let mut browser = signed_in(&clinic, email);
        let notice = browser.get("/account/consents");
        let notice = notice.between("name=\"notice\" value=\"", "\"").unwrap().to_owned();
        let given = browser.post("/account/consents/research/give", &[("notice", &notice)]);
        given.assert_redirects_to("/account/consents?given");
        let fields = [("ask", "objection"), ("words", "About me.")];
        assert_eq!(browser.post("/requests", &fields).status, 303);
    }
    let payloads = "SELECT count(*) FROM record_events WHERE sealed IS NOT NULL";
    let (kept, entries) = (clinic.query(payloads) / 2, "SELECT count(*) FROM ledger_entries");
    let before = clinic.query(entries);
    close(&clinic, EMAIL);
    clinic.step_on(14 * DAY - 1);
    thread::sleep(Duration::from_millis(1500));
    back(&clinic, EMAIL);
    clinic.step_on(1);
    await_erased(&clinic, EMAIL);

    let letter = clinic.await_mail("Your account was erased, as you asked");
    assert!(letter.contains(&format!("To: {EMAIL}")), "{letter}");
    signed_in(&clinic, OTHER_EMAIL);
    let page = clinic.browser().show_password_of(EMAIL, PASSWORD);
    page.assert_shows(422, "is not right");
    assert_eq!(clinic.query(payloads), kept);
    assert_eq!(clinic.query("SELECT count(*) FROM request_words"), 1);
    assert_eq!(clinic.query("SELECT count(*) FROM ledger_people"), 1);
    // The log says that it was done, and of what was there before it loses nothing.
    assert!(clinic.query(entries) > before);
    assert_eq!(clinic.audited("erased: 2 records with 2 payloads, and the account"), 1);
    assert_eq!(clinic.audited("account erased"), 1);
    assert!(clinic.audited("signed in with a password alone") >= 2);
}

/// Erasing what somebody has asked to see.
//= DPA 2018, section 173: what a person has asked for is not erased before they are answered
#[test]
fn t55_a_request_that_is_not_answered_holds_the_erasure() {
    let clinic = Clinic::open();
    let mut browser = signed_in(&clinic, EMAIL);
    browser.get("/requests").assert_shows(200, "Your requests");
    let asked = browser.post("/requests", &[("ask", "access"), ("words", "")]);
    let request = asked.header("location").unwrap().strip_suffix("?received").unwrap().to_owned();
    close(&clinic, EMAIL);
    clinic.step_on(14 * DAY);
    clinic
        .await_mail("You have asked for a copy of your data or complained, and have no answer yet");
    let mut browser = back(&clinic, EMAIL);
    browser.get("/account/closing").assert_shows(200, "Nothing is erased before you are answered");
    clinic.step_on(DAY);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(people(&clinic, EMAIL), 1);
    assert_eq!(clinic.count_mail("account closure held by a request"), 1);

    let mut browser = back(&clinic, EMAIL);
    browser.post("/account/closing/keep", &[]).assert_redirects_to("/account");
    browser.get(&request).assert_shows(200, "Take the request back");
    browser
        .post(&format!("{request}/withdraw"), &[])
        .assert_redirects_to(&format!("{request}?withdrawn"));
    close(&clinic, EMAIL);
    clinic.step_on(14 * DAY);
    await_erased(&clinic, EMAIL);
}

/// The button that keeps the account, at about the moment at which it is erased.
#[test]
fn t55_an_account_is_either_kept_or_erased() {
    for wait in [0, 200, 400, 600, 800, 1000, 1300] {
        let clinic = Clinic::open();
        close(&clinic, EMAIL);
        clinic.step_on(14 * DAY - 60);
        let mut browser = back(&clinic, EMAIL);
        clinic.step_on(60);
        thread::sleep(Duration::from_millis(wait));
        let answer = browser.post("/account/closing/keep", &[]);
        assert_eq!(answer.status, 303, "{}", answer.body);
        await_until("decided", || {
            people(&clinic, EMAIL) == 0 || clinic.query("SELECT count(*) FROM closures") == 0
        });
        let is_kept = people(&clinic, EMAIL) == 1;
        assert_eq!(clinic.audited("account closure cancelled"), i64::from(is_kept));
        assert_eq!(clinic.audited("account erased"), i64::from(!is_kept));
        if is_kept {
            browser.get("/account").assert_shows(200, "Alex Morgan");
        } else {
            browser.get("/account").assert_redirects_to("/login");
        }
    }
}

/// A process that was killed while it erased; another goes on, and nobody gets in meanwhile.
#[test]
fn t55_nobody_signs_in_to_an_account_that_is_being_erased() {
    let clinic = Clinic::open();
    close(&clinic, EMAIL);
    let mut browser = back(&clinic, EMAIL);
    let (worker, now) = (name_of("11"), clinic.now());
    clinic.change(&format!(
        "UPDATE closures SET worker = {worker}, due_at = {now}, leased_until = {now} + 60"
    ));
    browser.post("/account/closing/keep", &[]).assert_redirects_to("/account");
    browser.get("/account").assert_redirects_to("/account/closing");
    clinic.change(&format!("UPDATE people SET state = 'closed' WHERE email = '{EMAIL}'"));
    browser.get("/account/closing").assert_redirects_to("/login");
    let page = clinic.browser().show_password_of(EMAIL, PASSWORD);
    page.assert_shows(422, "is not right");
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(people(&clinic, EMAIL), 1);
    clinic.step_on(61);
    await_erased(&clinic, EMAIL);
    assert_eq!(clinic.audited("account erased"), 1);
}

#[test]
fn without_days_to_change_ones_mind_it_is_erased_at_once() {
    let clinic = Clinic::with_settings(|settings| Settings { closing_days: 0, ..settings });
    let mut browser = signed_in(&clinic, EMAIL);
    browser.get("/account/close").assert_shows(200, "The account is erased for good right after");
    browser.post("/account/close", &CLOSE).assert_redirects_to("/login");
    await_erased(&clinic, EMAIL);
}

/// Two members of staff, of whom one has to stay, at the same moment.
#[test]
fn the_last_of_the_staff_stays() {
    let clinic = Clinic::open();
    let mut staff = [STAFF.0, SECOND_STAFF.0].map(|email| signed_in(&clinic, email));
    for browser in &mut staff {
        browser.get("/account/close").assert_shows(200, "Close your account");
    }
    let pages = thread::scope(|scope| {
        let closing = staff
            .each_mut()
            .map(|browser| scope.spawn(move || browser.post("/account/close", &CLOSE)));
        closing.map(|thread| thread.join().unwrap())
    });
    let mut statuses = pages.each_ref().map(|page| page.status);
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 422], "{pages:?}");
    let refused = pages.iter().find(|page| page.status == 422).unwrap();
    refused.assert_shows(422, "Nobody else at the clinic has your role in the portal");
    assert_eq!(clinic.query("SELECT count(*) FROM closures"), 1);
}
