//! What one person can make of Duo's limits, and what nobody waits for while Duo does not answer.

use std::thread::sleep;
use std::time::Duration;

use portal::DuoSettings;
use upheld_duo::{BreakerPolicy, FailMode};
use upheld_duo_sim::{Fault, Simulator};

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL};
use crate::simulated_duo::{Duo, enrolled, enrolled_with, people};

const SILENT: &str = "Duo cannot be used at this moment";

fn half(clinic: &Clinic) -> Browser {
    let mut browser = clinic.browser();
    browser.await_duo(EMAIL);
    browser
}

/// Lets Duo turn calls away as too many.
fn limit(duo: &Duo) {
    for path in ["/oauth/", "/auth/"] {
        duo.fault(path, 99, Fault::RateLimited { retry_after: None, prefixed: false });
    }
}

/// Somebody with the password alone, who has Duo asked until it turns calls away.
#[test]
fn t51_too_many_calls_of_ones_own_let_nobody_in() {
    let open = |settings| DuoSettings { fail_mode: FailMode::Open, ..settings };
    let (clinic, duo) = enrolled_with(people(), open);
    let mut thief = half(&clinic);
    thief.look_at_phones();
    limit(&duo);
    thief.post("/login/duo", &[]).assert_shows(422, SILENT);
    thief.get("/login/duo/here").assert_shows(422, SILENT);
    // Neither in another browser, nor an hour's wait short.
    half(&clinic).post("/login/duo", &[]).assert_shows(422, SILENT);
    assert_eq!((clinic.sessions(), clinic.audited("%failed open%")), (0, 0));
    assert_eq!(clinic.audited("second factor refused: Duo, no answer%"), 3);
    // Another outage is nobody's doing.
    duo.with(Simulator::clear_faults);
    duo.fault("/oauth/", 9, Fault::Status { status: 503 });
    half(&clinic).post("/login/duo", &[]).assert_redirects_to("/account");
    assert_eq!(clinic.audited("second factor failed open: Duo answered with status 503"), 1);
    duo.with(Simulator::clear_faults);
    // That was no second factor: what was caused before still counts.
    limit(&duo);
    half(&clinic).post("/login/duo", &[]).assert_shows(422, SILENT);
    duo.with(Simulator::clear_faults);
    // Whoever shows a second factor has caused nothing any more, and others cause the 429.
    clinic.browser().sign_in_at_prompt(&duo, EMAIL).assert_redirects_to("/account");
    limit(&duo);
    half(&clinic).post("/login/duo", &[]).assert_redirects_to("/account");
    assert_eq!(clinic.audited("second factor failed open: Duo turned the call away%"), 1);
}

/// Calls are counted before they are made, and end before Duo's limits are reached.
#[test]
fn t51_one_person_has_duo_asked_so_often_and_no_more() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    for _ in 0..30 {
        browser.look_at_phones();
    }
    for _ in 0..2 {
        browser.get("/login/duo/here").assert_shows(422, SILENT);
        half(&clinic).post("/login/duo", &[]).assert_shows(422, SILENT);
    }
    let own = "second factor refused: Duo, not consulted, asked too often about this person";
    assert_eq!(clinic.audited(own), 4);
    // A passcode of somebody who has the page still counts.
    let code = duo.press(EMAIL);
    browser.post("/login/duo/passcode", &[("passcode", &code)]).assert_redirects_to("/account");
    // And so much is forgotten by it.
    half(&clinic).look_at_phones();
}

/// Duo answers nobody: after two tries nobody waits for it, and one call finds out that it is back.
#[test]
fn t51_a_duo_that_does_not_answer_is_left_alone() {
    let pause = Duration::from_secs(6);
    let breaker = BreakerPolicy { failures: 2, pause: pause.as_secs(), trial: 30 };
    let (clinic, duo) =
        enrolled_with(people(), move |settings| DuoSettings { breaker, ..settings });
    let mut browser = half(&clinic);
    duo.fault("/oauth/", 99, Fault::Status { status: 503 });
    for _ in 0..2 {
        browser.post("/login/duo", &[]).assert_shows(422, SILENT);
    }
    // It is back, and not asked yet: neither for this page, nor for another person's phone.
    duo.with(Simulator::clear_faults);
    browser.post("/login/duo", &[]).assert_shows(422, SILENT);
    half(&clinic).get("/login/duo/here").assert_shows(422, SILENT);
    let unanswered = "second factor refused: Duo, no answer (status 503%";
    assert_eq!(clinic.audited(unanswered), 4);
    sleep(pause + Duration::from_secs(1));
    browser.look_at_phones();
    let address = browser.go_to_prompt("/login/duo");
    assert!(address.contains("/oauth/v1/authorize"));
}

/// A fail mode that is open decides as it would have if Duo had been asked.
#[test]
fn t51_who_is_let_in_by_an_outage_is_so_while_duo_is_left_alone() {
    let breaker = BreakerPolicy { failures: 1, pause: 600, trial: 30 };
    for (fault, is_open) in [(Fault::Status { status: 503 }, true), (Fault::Cut, false)] {
        let adjust = move |settings| DuoSettings { breaker, fail_mode: FailMode::Open, ..settings };
        let (clinic, duo) = enrolled_with(people(), adjust);
        duo.fault("/oauth/", 99, fault.clone());
        for _ in 0..2 {
            let page = half(&clinic).post("/login/duo", &[]);
            if is_open {
                page.assert_redirects_to("/account");
            } else {
                page.assert_shows(422, SILENT);
            }
            duo.with(Simulator::clear_faults);
        }
        let count = if is_open { 2 } else { 0 };
        assert_eq!(clinic.audited("second factor failed open: Duo %"), count, "{fault:?}");
    }
}
