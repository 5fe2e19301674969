//! What one person can make of Duo's limits, and what nobody waits for while Duo does not answer.

use std::io::Write;
use std::net::TcpStream;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use portal::DuoSettings;
use upheld_duo::{BreakerPolicy, FailMode};
use upheld_duo_sim::{Fault, Simulator};

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL};
use crate::simulated_duo::{Duo, enrolled, enrolled_with, people};

const SILENT: &str = "Duo cannot be used at this moment";
const TOO_MANY: &str = "Your phone was asked too often";

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

/// The first call is under way while the second is made: neither is the only one.
#[test]
fn t51_many_calls_at_once_let_nobody_in() {
    let open = |settings| DuoSettings { fail_mode: FailMode::Open, ..settings };
    let (clinic, duo) = enrolled_with(people(), open);
    let (mut first, mut second) = (half(&clinic), half(&clinic));
    let retry_after = Some("4".to_owned());
    duo.fault("/oauth/", 99, Fault::RateLimited { retry_after, prefixed: false });
    let start = Instant::now();
    let under_way = thread::spawn(move || first.post("/login/duo", &[]));
    while clinic.query("SELECT coalesce(max(failures), 0) FROM attempts") == 0 {
        sleep(Duration::from_millis(20));
    }
    // Another call of the same person, that comes back before.
    second.look_at_phones();
    assert!(start.elapsed() < Duration::from_secs(4), "the first is over too soon to tell");
    under_way.join().unwrap().assert_shows(422, SILENT);
    assert_eq!((clinic.sessions(), clinic.audited("%failed open%")), (0, 0));
}

/// Calls are counted before they are made, and end before Duo's limits are reached.
#[test]
fn t51_one_person_has_duo_asked_so_often_and_no_more() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    for _ in 0..30 {
        browser.look_at_phones();
    }
    let own = "second factor held back: Duo, asked too often about this person";
    assert_eq!(clinic.audited(own), 1);
    let mut other = half(&clinic);
    let written = clinic.query("SELECT count(*) FROM audit_events");
    for _ in 0..2 {
        let page = browser.get("/login/duo/here");
        page.assert_shows(422, TOO_MANY);
        assert!(!page.body.contains("Blue phone"), "{}", page.body);
        browser.post("/login/duo/ask", &[("way", "push DPX")]).assert_shows(422, TOO_MANY);
        other.post("/login/duo", &[]).assert_shows(422, TOO_MANY);
    }
    // Nothing is counted, so nothing is written: it would be without end.
    assert_eq!(clinic.query("SELECT count(*) FROM audit_events"), written);
    // A passcode may be entered on the page without phones.
    browser.get("/login/duo/here").assert_shows(422, "action=\"/login/duo/passcode\"");
    // A passcode of somebody who has the page still counts.
    let code = duo.press(EMAIL);
    browser.post("/login/duo/passcode", &[("passcode", &code)]).assert_redirects_to("/account");
    // And so much is forgotten by it.
    half(&clinic).look_at_phones();
}

/// The audit cannot be written: neither is the call counted that would begin the wait.
#[test]
fn t51_one_person_never_waits_for_duo_without_a_line_in_the_audit() {
    let (clinic, _duo) = enrolled();
    let mut browser = half(&clinic);
    for _ in 0..29 {
        browser.look_at_phones();
    }
    clinic.change("ALTER TABLE audit_events RENAME TO audit_away");
    assert_eq!(browser.get("/login/duo/here").status, 500);
    clinic.change("ALTER TABLE audit_away RENAME TO audit_events");
    browser.look_at_phones();
    let own = "second factor held back: Duo, asked too often about this person";
    assert_eq!(clinic.audited(own), 1);
    browser.get("/login/duo/here").assert_shows(422, TOO_MANY);
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

/// The one call that is to find out goes away with its visitor: another is made at once.
#[test]
fn t51_a_visitor_who_goes_away_keeps_nobody_from_duo() {
    let breaker = BreakerPolicy { failures: 1, pause: 1, trial: 600 };
    let (clinic, duo) =
        enrolled_with(people(), move |settings| DuoSettings { breaker, ..settings });
    let (mut browser, goes_away) = (half(&clinic), half(&clinic));
    duo.fault("/oauth/", 99, Fault::Status { status: 503 });
    browser.post("/login/duo", &[]).assert_shows(422, SILENT);
    duo.with(Simulator::clear_faults);
    duo.fault("/oauth/", 99, Fault::Hang);
    sleep(Duration::from_secs(2));
    let (body, cookies) = (goes_away.form(&[]), goes_away.cookie_header());
    let mut stream = TcpStream::connect(clinic.address).unwrap();
    write!(
        stream,
        "POST /login/duo HTTP/1.1\r\nhost: {}\r\ncookie: {cookies}\r\ncontent-type: \
         application/x-www-form-urlencoded\r\nsec-fetch-site: same-origin\r\ncontent-length: \
         {}\r\n\r\n{body}",
        clinic.address,
        body.len()
    )
    .unwrap();
    sleep(Duration::from_secs(1));
    browser.get("/login/duo/here").assert_shows(422, SILENT);
    drop(stream);
    // Far less than the call would have taken.
    sleep(Duration::from_secs(1));
    browser.look_at_phones();
}

/// Somebody who cannot show that they are Duo has not answered for it.
#[test]
fn t51_who_is_not_duo_keeps_the_breaker_from_closing() {
    let breaker = BreakerPolicy { failures: 1, pause: 600, trial: 30 };
    let adjust = move |settings| {
        let roots = upheld_duo_reqwest::Roots::Pinned(upheld_duo_reqwest::Pins::DUO_1_0);
        DuoSettings { roots, breaker, ..settings }
    };
    let (clinic, _duo) = enrolled_with(people(), adjust);
    let mut browser = half(&clinic);
    for _ in 0..2 {
        browser.post("/login/duo", &[]).assert_shows(422, SILENT);
    }
    let unanswered = "second factor refused: Duo, no answer ";
    assert_eq!(clinic.audited(&format!("{unanswered}(no trusted TLS%")), 1);
    assert_eq!(clinic.audited(&format!("{unanswered}(the connection to the API host broke)")), 1);
}

/// A name that the prompt does not take, which is written down as every refusal is.
#[test]
fn a_name_that_duo_does_not_take_is_refused_and_written_down() {
    let (clinic, _duo) = enrolled();
    let mut browser = half(&clinic);
    clinic.change(&format!("UPDATE duo_accounts SET username = '{}'", "a".repeat(257)));
    browser.post("/login/duo", &[]).assert_shows(422, SILENT);
    assert_eq!(clinic.audited("second factor refused: Duo, not asked, the name is none%"), 1);
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
