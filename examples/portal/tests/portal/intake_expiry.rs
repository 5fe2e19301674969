//! What becomes of forms for requests about data, and of what was typed in them, as time goes by.

use std::thread;
use std::time::Duration;

use crate::browser::Browser;
use crate::clinic::{Clinic, Phone, STAFF};
use crate::closures::{DAY, await_until};
use crate::desk;
use crate::intakes::{STRANGER, WORDS, ask, send};

/// Lets the server look at the clock, so many days later.
fn step_on(clinic: &mut Clinic, days: u64) {
    clinic.step_on(days * DAY);
    clinic.restart();
}

/// How many letters were sent that ask to confirm a request.
fn letters(clinic: &Clinic) -> usize {
    let unsent = "SELECT count(*) FROM intake_letters WHERE next_try IS NOT NULL";
    await_until("sent", || clinic.query(unsent) == 0);
    let Ok(files) = std::fs::read_dir(clinic.mail()) else { return 0 };
    let letters = files.map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap());
    letters.filter(|letter| letter.contains("/privacy/request/confirm/")).count()
}

fn await_purged(clinic: &Clinic) {
    await_until("deleted", || clinic.query("SELECT count(*) FROM intakes") == 0);
}

/// What nobody confirms does not stay, and neither do its letters.
#[test]
fn what_nobody_confirms_is_deleted_after_three_days() {
    let mut clinic = Clinic::open();
    let mut browser = clinic.browser();
    send(&mut browser, "access", STRANGER).assert_shows(200, "Look at your e-mail");
    let stored = clinic.bytes_on_disk();
    for typed in [STRANGER, "Jo Public", WORDS] {
        assert!(!stored.windows(typed.len()).any(|window| window == typed.as_bytes()), "{typed}");
    }
    step_on(&mut clinic, 3);
    await_purged(&clinic);
    assert_eq!(clinic.query("SELECT count(*) FROM intake_letters"), 0);
}

/// Somebody's mailbox, filled again each time that what filled it is deleted.
#[test]
fn t20_an_address_gets_ten_letters_in_thirty_days_whatever_is_deleted_meanwhile() {
    let mut clinic = Clinic::open();
    let mut sent = Vec::new();
    for _ in 0..12 {
        let mut browser = clinic.browser();
        for _ in 0..4 {
            send(&mut browser, "access", STRANGER).assert_shows(200, "Look at your e-mail");
        }
        sent.push(letters(&clinic));
        clinic.change("DELETE FROM attempts");
        step_on(&mut clinic, 3);
        await_purged(&clinic);
    }
    // Day 33 is the first on which those of day 0 do not count.
    assert_eq!(sent, [3, 6, 9, 10, 10, 10, 10, 10, 10, 10, 10, 13]);
    assert_eq!(clinic.query("SELECT count(*) FROM intake_letters"), 0);
    // On day 36 those of days 6, 9 and 33 are left.
    assert_eq!(clinic.query("SELECT sum(forms) FROM intake_addresses"), 7);
    step_on(&mut clinic, 31);
    await_until("forgotten", || clinic.query("SELECT count(*) FROM intake_addresses") == 0);
}

/// A year and a month after it was answered there is nothing of it, and before it was there is all.
//= UK GDPR, Article 5(1)(e): kept no longer than it is needed
#[test]
fn a_request_that_nobody_has_an_account_for_is_erased_once_it_is_over() {
    let (mut clinic, (mut robin, phone), _) = desk::desk();
    let state = ask(&clinic, "marketing", STRANGER);
    let page = robin.get("/staff/requests?show=all");
    let path = page.between("<th scope=\"row\"><a href=\"", "\"").unwrap().to_owned();
    let payloads = "SELECT count(*) FROM record_events WHERE sealed IS NOT NULL";
    let before = clinic.query(payloads);
    assert!(before > 0);

    // It is not answered yet.
    step_on(&mut clinic, 370);
    let now = clinic.now();
    let put_off = format!("SELECT count(*) FROM intakes WHERE expires_at > {now}");
    await_until("put off", || clinic.query(&put_off) == 1);
    let mut robin = signed_in_again(&clinic, &phone);
    robin.get(&path).assert_shows(200, WORDS);
    robin.must(&path, "accept", &[]);
    robin.write(&path, "fulfil", &[("done", "Newsletters")]);
    clinic.await_mail("Newsletters");

    // A month more for whoever has something to say about the answer.
    step_on(&mut clinic, 29);
    let mut robin = signed_in_again(&clinic, &phone);
    robin.get(&path).assert_shows(200, WORDS);
    clinic.browser().get(&state).assert_shows(200, "Answered");
    step_on(&mut clinic, 1);
    await_purged(&clinic);
    assert_eq!(clinic.query(payloads), 0);
    assert_eq!(clinic.query("SELECT count(*) FROM ledger_people"), 0);
    assert_eq!(clinic.query("SELECT count(*) FROM records WHERE person IS NOT NULL"), 0);
    let mut robin = signed_in_again(&clinic, &phone);
    robin.get(&path).assert_shows(404, "");
    robin.get("/staff/requests?show=all").assert_shows(200, "Requests");
    clinic.browser().get(&state).assert_shows(404, "no longer works");
    let erased =
        "SELECT count(*) FROM audit_events WHERE action LIKE 'erased: a request of a form%'";
    assert_eq!(clinic.query(erased), 1);
}

/// An address that takes no letters, for ever.
//= UK GDPR, Article 5(1)(e): kept no longer than it is needed
#[test]
fn a_letter_that_is_never_sent_keeps_what_is_over_for_three_days_and_no_longer() {
    let (mut clinic, (mut robin, _), _) = desk::desk();
    ask(&clinic, "marketing", STRANGER);
    let page = robin.get("/staff/requests?show=all");
    let path = page.between("<th scope=\"row\"><a href=\"", "\"").unwrap().to_owned();
    robin.must(&path, "accept", &[]);
    robin.write(&path, "fulfil", &[("done", "Newsletters")]);
    clinic.await_mail("Newsletters");
    // From here on it is tried again each time, and written on the day that all else is over.
    let (over, never) = (clinic.now() + 366 * DAY, clinic.now() + 3660 * DAY);
    clinic.change(&format!("UPDATE intake_letters SET next_try = {never}, created_at = {over}"));
    step_on(&mut clinic, 368);
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(clinic.query("SELECT count(*) FROM intakes"), 1);
    step_on(&mut clinic, 1);
    await_purged(&clinic);
    assert_eq!(clinic.query("SELECT count(*) FROM intake_letters"), 0);
    assert_eq!(clinic.query("SELECT count(*) FROM record_events WHERE sealed IS NOT NULL"), 0);
}

fn signed_in_again(clinic: &Clinic, phone: &Phone) -> Browser {
    let mut browser = clinic.browser();
    desk::step_on(clinic, 0, (&mut browser, phone), STAFF.0);
    browser
}
