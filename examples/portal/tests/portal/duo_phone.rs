//! Asking a phone from a page of the portal, and entering a passcode there.

use std::sync::{Arc, Barrier};
use std::thread;

use upheld_duo_sim::{Decision, Person};

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL, NAME, OTHER_EMAIL};
use crate::simulated_duo::{BYPASS_CODE, Duo, enrolled, enrolled_with, people_with};

/// A browser at the page that offers Duo.
fn half(clinic: &Clinic) -> Browser {
    let mut browser = clinic.browser();
    browser.await_duo(EMAIL);
    browser
}

fn decide(duo: &Duo, decision: Decision, code: Option<&str>) -> bool {
    let asked = duo.await_ringing();
    duo.decide(&asked.txid, decision, code)
}

#[test]
fn a_push_that_is_approved_signs_in() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    let page = browser.look_at_phones();
    page.assert_shows(200, "Blue phone");
    browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
    let page = browser.get("/login/duo/wait");
    page.assert_shows(200, "We have sent a push to Blue phone");
    page.assert_shows(200, "<meta http-equiv=\"refresh\" content=\"3\">");
    //= WCAG 2.2, 2.2.2: what updates by itself can be stopped
    page.assert_shows(200, "href=\"/login/duo/wait?still\"");
    let still = browser.get("/login/duo/wait?still");
    still.assert_shows(200, "This page does not look by itself.");
    assert!(!still.body.contains("http-equiv"), "{}", still.body);
    let asked = duo.await_ringing();
    assert_eq!((&*asked.username, asked.is_push), (EMAIL, true));
    assert!(asked.lines.iter().any(|(_, value)| value == "Northside Clinic"), "{asked:?}");
    assert_eq!(clinic.sessions(), 0);
    assert!(decide(&duo, Decision::Approve, None));
    browser.await_answer().assert_redirects_to("/account");
    browser.get("/account").assert_shows(200, NAME);
    assert_eq!(clinic.audited("second factor accepted: Duo, duo_push (allow)"), 1);
    assert_eq!(clinic.audited("signed in with a second factor"), 1);
    assert_eq!(clinic.query("SELECT count(*) FROM duo_challenges"), 0);
}

#[test]
fn a_call_that_is_answered_signs_in() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    browser.ask_phone("phone").assert_redirects_to("/login/duo/wait");
    browser.get("/login/duo/wait").assert_shows(200, "We are calling Blue phone");
    let asked = duo.await_ringing();
    assert!(!asked.is_push);
    duo.with(|simulator| simulator.answer_call(&asked.txid));
    assert!(decide(&duo, Decision::Approve, None));
    browser.await_answer().assert_redirects_to("/account");
    assert_eq!(clinic.audited("second factor accepted: Duo, phone_call (allow)"), 1);
}

#[test]
fn passcodes_by_text_message_sign_in_once_each() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    browser.ask_phone("sms").assert_redirects_to("/login/duo/here?sent");
    let page = browser.get("/login/duo/here?sent");
    page.assert_shows(200, "Passcodes are on their way");
    page.assert_shows(200, "The next one of your text message begins with");
    let message = duo.with(|simulator| simulator.messages(EMAIL)).pop().unwrap();
    let is_code = |word: &&str| word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    let code = message.body.split(|it: char| !it.is_ascii_digit()).find(is_code).unwrap();
    let shown = browser.post("/login/duo/passcode", &[("passcode", code)]);
    shown.assert_redirects_to("/account");
    let mut again = half(&clinic);
    again.look_at_phones();
    let shown = again.post("/login/duo/passcode", &[("passcode", code)]);
    shown.assert_shows(422, "That passcode was not accepted");
    assert_eq!(clinic.audited("second factor accepted: Duo, passcode (allow)"), 1);
    assert_eq!(clinic.audited("second factor refused: Duo, passcode (deny)"), 1);
}

#[test]
fn passcodes_of_duo_mobile_and_bypass_codes_sign_in() {
    let (clinic, duo) = enrolled();
    for code in [duo.press(EMAIL), BYPASS_CODE.to_owned()] {
        let mut browser = half(&clinic);
        browser.look_at_phones();
        let (first, second) = code.split_at(3);
        let spaced = format!(" {first} {second} ");
        let shown = browser.post("/login/duo/passcode", &[("passcode", &spaced)]);
        shown.assert_redirects_to("/account");
    }
}

/// Passcodes guessed, by browsers that know the password.
#[test]
fn t11_guessing_at_passcodes_stops() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    browser.look_at_phones();
    for malformed in ["", "!", "1".repeat(90).as_str()] {
        let page = browser.post("/login/duo/passcode", &[("passcode", malformed)]);
        page.assert_shows(422, "Enter a passcode of letters and digits");
    }
    // Duo was asked once, for the page before these.
    assert_eq!(clinic.query("SELECT max(failures) FROM attempts"), 1);
    let refused = "That passcode was not accepted";
    for _ in 0..5 {
        browser.post("/login/duo/passcode", &[("passcode", "000000")]).assert_shows(422, refused);
    }
    assert_eq!(clinic.audited("second factor refused: Duo, passcode (deny)"), 5);
    // A right one is not even looked at, in whatever browser.
    let mut other = half(&clinic);
    other.look_at_phones();
    let code = duo.press(EMAIL);
    let written = clinic.query("SELECT count(*) FROM audit_events");
    for _ in 0..3 {
        other.post("/login/duo/passcode", &[("passcode", &code)]).assert_shows(422, refused);
    }
    assert_eq!(clinic.audited("second factor refused: Duo, passcode (deny)"), 5);
    assert_eq!(clinic.audited("second factor held back: Duo, too many passcodes"), 1);
    // Nothing is counted, so nothing is written: it would be without end.
    assert_eq!(clinic.query("SELECT count(*) FROM audit_events"), written);
    clinic.step_on(33);
    other.post("/login/duo/passcode", &[("passcode", &code)]).assert_redirects_to("/account");
}

#[test]
fn a_push_that_is_denied_or_not_answered_signs_nobody_in() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
    assert!(decide(&duo, Decision::Deny, None));
    browser.await_answer().assert_redirects_to("/login/duo?refused");
    browser.get("/login/duo?refused").assert_shows(200, "You were not signed in");
    assert_eq!(clinic.audited("second factor refused: Duo, duo_push (deny)"), 1);

    browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
    duo.await_ringing();
    duo.with(|simulator| simulator.set_skew(61));
    browser.await_answer().assert_redirects_to("/login/duo?refused");
    assert_eq!(clinic.audited("second factor refused: Duo, duo_push (timeout)"), 1);
    // Nothing is sent again by itself.
    assert_eq!((duo.asked().len(), clinic.sessions()), (2, 0));
    assert!(!browser.is_signed_in());
}

/// An answer is for the sign-in that it was asked for, and for one.
#[test]
fn t34_an_approved_push_opens_one_session_of_the_browser_that_asked() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    let mut other = half(&clinic);
    browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
    other.get("/login/duo/wait").assert_redirects_to("/login/duo");
    assert!(decide(&duo, Decision::Approve, None));
    let mut copy = browser.clone();
    let mut third = half(&clinic);
    browser.await_answer().assert_redirects_to("/account");
    for browser in [&mut other, &mut third] {
        browser.get("/login/duo/wait").assert_redirects_to("/login/duo");
    }
    copy.get("/login/duo/wait").assert_redirects_to("/login");
    assert_eq!(clinic.sessions(), 1);
}

/// The person goes away before the phone is answered: what was approved is nobody's.
#[test]
fn t34_an_answer_that_comes_after_the_sign_in_was_given_up_opens_nothing() {
    let (clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
    browser.get("/login/duo/wait").assert_shows(200, "Answer on your phone");
    let mut copy = browser.clone();
    browser.post("/login/cancel", &[]).assert_redirects_to("/login");
    assert!(decide(&duo, Decision::Approve, None));
    copy.get("/login/duo/wait").assert_redirects_to("/login");
    assert_eq!(clinic.sessions(), 0);
}

/// Pushes from many browsers at once, by somebody who knows the password.
#[test]
fn t21_one_push_at_a_time_whoever_asks() {
    let (clinic, duo) = enrolled();
    let browsers: Vec<_> = (0..6).map(|_| half(&clinic)).collect();
    let barrier = Arc::new(Barrier::new(browsers.len()));
    let asking: Vec<_> = browsers
        .into_iter()
        .map(|mut browser| {
            let barrier = Arc::clone(&barrier);
            thread::spawn(move || {
                let page = browser.look_at_phones();
                let device = page.between("value=\"push ", "\"").unwrap().to_owned();
                barrier.wait();
                browser.post("/login/duo/ask", &[("way", &format!("push {device}"))])
            })
        })
        .collect();
    let pages: Vec<_> = asking.into_iter().map(|it| it.join().unwrap()).collect();
    assert_eq!(pages.iter().filter(|page| page.status == 303).count(), 1);
    let pending = "Your phone is being asked already";
    assert_eq!(pages.iter().filter(|page| page.body.contains(pending)).count(), 5);
    let own = "second factor refused: Duo, not consulted, another push or call waits";
    assert_eq!(clinic.audited(own), 5);
    duo.await_ringing();
    assert_eq!(duo.asked().len(), 1);
}

/// Three in ten minutes, counted in the database.
#[test]
fn t21_three_pushes_in_ten_minutes_and_a_restart_forgets_none() {
    let (mut clinic, duo) = enrolled();
    let mut browser = half(&clinic);
    for way in ["push", "phone", "sms"] {
        let page = browser.ask_phone(way);
        assert_eq!(page.status, 303, "{}", page.body);
        if way != "sms" {
            assert!(decide(&duo, Decision::Deny, None));
            browser.await_answer().assert_redirects_to("/login/duo?refused");
        }
    }
    clinic.restart();
    let mut browser = half(&clinic);
    browser.ask_phone("push").assert_shows(422, "Your phone was asked too often");
    let own = "second factor refused: Duo, not consulted, too many pushes and calls";
    assert_eq!(clinic.audited(own), 1);
    assert_eq!(duo.asked().len(), 2);
    // A passcode still signs in.
    let code = duo.press(EMAIL);
    browser.post("/login/duo/passcode", &[("passcode", &code)]).assert_redirects_to("/account");
    clinic.step_on(601);
    let mut browser = half(&clinic);
    browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
}

/// The person says that a push was not theirs, after the attacker's browser has gone.
#[test]
fn t21_a_report_of_fraud_ends_the_pushes_and_is_told() {
    let (clinic, duo) = enrolled();
    let mut thief = half(&clinic);
    thief.ask_phone("push").assert_redirects_to("/login/duo/wait");
    assert!(decide(&duo, Decision::Fraud, None));
    clinic.await_mail("you reported to Duo that it was not you");
    assert_eq!(clinic.audited("second factor refused: Duo, duo_push (fraud)"), 1);
    thief.await_answer().assert_redirects_to("/login/duo?refused");
    let written = clinic.query("SELECT count(*) FROM audit_events");
    let blocked = "Duo is not asked about your account for 10 minutes";
    thief.get("/login/duo").assert_shows(200, blocked);
    thief.get("/login/duo/here").assert_shows(422, blocked);
    // Duo's own page sends pushes as well.
    thief.post("/login/duo", &[]).assert_shows(422, blocked);
    thief.post("/login/duo/ask", &[("way", "push DPX")]).assert_shows(422, blocked);
    assert_eq!(clinic.query("SELECT count(*) FROM audit_events"), written, "without end");
    assert_eq!(duo.asked().len(), 1);
    clinic.step_on(601);
    half(&clinic).ask_phone("push").assert_redirects_to("/login/duo/wait");
}

/// A push that has to be confirmed by the code on the screen, so that nobody approves by habit.
#[test]
fn t21_a_verified_push_shows_its_code_and_needs_it() {
    let change = |person: &mut Person| person.verified_push = true;
    let (clinic, duo) = enrolled_with(people_with(EMAIL, change), |settings| settings);
    let mut browser = half(&clinic);
    browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
    let page = browser.get("/login/duo/wait");
    let code = page.between("id=\"verification-code\">", "<").unwrap().to_owned();
    assert!(!decide(&duo, Decision::Approve, None));
    assert!(decide(&duo, Decision::Approve, Some(&code)));
    browser.await_answer().assert_redirects_to("/account");
}

/// Phones of others, phones that there are not, ways that there are not.
#[test]
fn t21_nobody_elses_phone_is_asked() {
    let (clinic, duo) = enrolled();
    clinic.add_duo(OTHER_EMAIL);
    let mut other = clinic.browser();
    other.await_duo(OTHER_EMAIL);
    let page = other.look_at_phones();
    let others = page.between("value=\"push ", "\"").unwrap().to_owned();
    let mut browser = half(&clinic);
    browser.look_at_phones();
    for way in [&*format!("push {others}"), "push auto", "push ", "push", "fax X", "", "auto X"] {
        let page = browser.post("/login/duo/ask", &[("way", way)]);
        page.assert_shows(422, "That phone cannot be asked so");
    }
    assert_eq!(duo.asked(), []);
}

/// Whom Duo turns away, and who is not enrolled there: no way in, and no way to enrol with the
/// password alone.
#[test]
fn people_whom_duo_turns_away_are_told_nothing_to_enrol_with() {
    type Case = (fn(&mut Person), &'static str);
    let cases: [Case; 3] = [
        (
            |person| person.status = Some("locked out".into()),
            "second factor refused: Duo, Your account has been locked out.",
        ),
        (|person| person.phones.clear(), "second factor refused: Duo, not enrolled at Duo"),
        (|person| person.name = "x".into(), "second factor refused: Duo, not enrolled at Duo"),
    ];
    for (change, why) in cases {
        let (clinic, _duo) = enrolled_with(people_with(EMAIL, change), |settings| settings);
        let mut browser = half(&clinic);
        let page = browser.get("/login/duo/here");
        page.assert_shows(422, "Duo cannot be used at this moment");
        assert!(!page.body.contains("enroll") && !page.body.contains("https:"), "{}", page.body);
        assert_eq!(clinic.audited(why), 1, "{why}");
        assert!(!browser.is_signed_in());
    }
}

/// Without the keys of the Auth API there is Duo's own page alone.
#[test]
fn phones_are_asked_from_here_only_if_the_settings_say_so() {
    let (clinic, _duo) = enrolled_with(crate::simulated_duo::people(), |settings| {
        portal::DuoSettings { phones: None, ..settings }
    });
    let mut browser = half(&clinic);
    assert!(!browser.get("/login/duo").body.contains("/login/duo/here"));
    for path in ["/login/duo/here", "/login/duo/wait"] {
        browser.get(path).assert_shows(404, "Page not found");
    }
    browser.get("/login/duo").assert_shows(200, "Confirm with Duo");
    for path in ["/login/duo/ask", "/login/duo/passcode"] {
        browser.post(path, &[]).assert_shows(404, "Page not found");
    }
}

/// Somebody without Duo, and somebody signed in, have no use of its pages.
#[test]
fn t23_the_pages_of_duo_are_there_for_who_has_added_it() {
    let (clinic, _duo) = crate::simulated_duo::open(crate::simulated_duo::people(), |it| it);
    let phone = clinic.enrol();
    let mut browser = clinic.browser();
    browser.await_code();
    for path in ["/login/duo", "/login/duo/here", "/login/duo/wait"] {
        browser.get(path).assert_shows(404, "Page not found");
    }
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    for path in ["/login/duo", "/login/duo/ask", "/login/duo/passcode"] {
        browser.post(path, &[]).assert_shows(404, "Page not found");
    }
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    browser.get("/account").assert_shows(200, NAME);
    browser.post("/reauth/duo", &[]).assert_shows(404, "Page not found");
}
