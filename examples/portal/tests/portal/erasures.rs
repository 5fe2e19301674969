//! The task that erases accounts that are due, and what holds it up: the clinic, a request that is
//! not answered, a process that stopped, a fault, letters that are not sent.

use std::thread;
use std::time::Duration;

use portal::Settings;

use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, STAFF};
use crate::closures::{CLOSE, DAY, await_erased, await_until, back, close, people, signed_in};
use crate::exports::make_copy;
use crate::ground::name_of;

/// What the clinic has disabled it may still need: somebody else may be closing it.
#[test]
fn t55_an_account_that_is_disabled_is_not_erased() {
    let clinic = Clinic::open();
    clinic.change(&format!("UPDATE people SET duty = 'privacy lead' WHERE email = '{}'", STAFF.0));
    close(&clinic, EMAIL);
    let (mut robin, phone) = clinic.enrol_and_sign_in(STAFF.0);
    robin.reauthenticate(&clinic, &phone);
    let path = robin.path_of_person(EMAIL);
    robin.get(&path).assert_shows(200, "disabling it stops that");
    robin.post(&format!("{path}/disable"), &[]).assert_redirects_to(&path);
    robin.get(&path).assert_shows(200, "Nothing is erased while it is disabled");

    clinic.step_on(15 * DAY);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(people(&clinic, EMAIL), 1);
    assert_eq!(clinic.audited("account erased"), 0);
    clinic.change(&format!("UPDATE people SET state = 'active' WHERE email = '{EMAIL}'"));
    await_erased(&clinic, EMAIL);
}

/// A copy that waits is not there any more for whoever comes back.
#[test]
fn t33_the_copy_of_an_account_that_is_being_closed_is_gone() {
    let clinic = Clinic::open();
    let mut browser = signed_in(&clinic, EMAIL);
    make_copy(&mut browser);
    assert_eq!(clinic.query("SELECT count(*) FROM exports WHERE bundle IS NOT NULL"), 1);
    close(&clinic, EMAIL);
    assert_eq!(clinic.query("SELECT count(*) FROM exports"), 0);
    let mut browser = back(&clinic, EMAIL);
    browser.post("/account/closing/keep", &[]).assert_redirects_to("/account");
    browser.get("/account/data/export").assert_shows(200, "Make a copy");
    let page = browser.post("/account/data/export/download", &[]);
    page.assert_shows(422, "There is no copy to take");
}

/// A process took the account over and stopped; meanwhile an answer came to be owed.
#[test]
fn t55_a_request_holds_an_erasure_that_was_begun() {
    let clinic = Clinic::open();
    let mut browser = signed_in(&clinic, EMAIL);
    browser.get("/requests").assert_shows(200, "Your requests");
    assert_eq!(browser.post("/requests", &[("ask", "access"), ("words", "")]).status, 303);
    close(&clinic, EMAIL);
    let (worker, now) = (name_of("11"), clinic.now());
    clinic.change(&format!("UPDATE people SET state = 'closed' WHERE email = '{EMAIL}'"));
    clinic.change(&format!(
        "UPDATE closures SET worker = {worker}, due_at = {now}, leased_until = {now} + 60"
    ));
    // Not before the lease is over: whoever has it may be at work.
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(clinic.count_mail("account closure held by a request"), 0);
    clinic.step_on(61);
    clinic
        .await_mail("You have asked for a copy of your data or complained, and have no answer yet");
    let mut browser = back(&clinic, EMAIL);
    browser.get("/account/closing").assert_shows(200, "Nothing is erased before you are answered");
    browser.post("/account/closing/keep", &[]).assert_redirects_to("/account");
    browser.get("/requests").assert_shows(200, "Your requests");
}

/// An account whose records do not open is left alone for a while, and others are erased.
#[test]
fn what_cannot_be_erased_stands_in_nobodys_way() {
    let clinic = Clinic::open();
    let mut browser = signed_in(&clinic, EMAIL);
    browser.get("/requests").assert_shows(200, "Your requests");
    assert_eq!(browser.post("/requests", &[("ask", "access"), ("words", "")]).status, 303);
    let broken = name_of("11");
    clinic.change(&format!("UPDATE record_events SET sealed = {broken} WHERE sealed IS NOT NULL"));
    close(&clinic, EMAIL);
    close(&clinic, OTHER_EMAIL);
    clinic.step_on(14 * DAY);
    await_erased(&clinic, OTHER_EMAIL);
    let now = clinic.now();
    let later = format!("SELECT count(*) FROM closures WHERE leased_until >= {now} + 600");
    await_until("set aside", || clinic.query(&later) == 1);
    assert_eq!(people(&clinic, EMAIL), 1);
}

/// A letter that could not be sent is sent after the account is gone, and only then the address
/// goes as well.
#[test]
fn letters_that_are_not_sent_yet_outlive_the_account() {
    let clinic = Clinic::with_settings(|settings| Settings { closing_days: 0, ..settings });
    let mut browser = signed_in(&clinic, EMAIL);
    // No letter can be written into a folder that is a file.
    let (mail, aside) = (clinic.mail(), clinic.mail().with_extension("aside"));
    std::fs::rename(&mail, &aside).unwrap();
    std::fs::write(&mail, "").unwrap();
    browser.get("/account/close").assert_shows(200, "Close your account");
    browser.post("/account/close", &CLOSE).assert_redirects_to("/login");
    await_until("erased", || clinic.audited("account erased") == 1);
    std::fs::remove_file(&mail).unwrap();
    std::fs::rename(&aside, &mail).unwrap();
    clinic.step_on(60);
    clinic.await_mail("You have asked to close your account");
    clinic.await_mail("Your account was erased, as you asked");
    await_erased(&clinic, EMAIL);
}
