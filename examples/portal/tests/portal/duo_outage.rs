//! Duo is down, slow, or answers what makes no sense.

use portal::{DuoKeys, DuoSettings};
use upheld_duo::{FailMode, SecretText};
use upheld_duo_sim::{Decision, Fault};

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, PASSWORD, STAFF};
use crate::simulated_duo::{AtPrompt, Duo, enrolled, enrolled_with, open, people};

/// A call to Duo, and what makes the portal make it.
struct Step {
    path: &'static str,
    take: fn(&Clinic, &Duo, &mut Browser) -> Page,
}

/// Those before a person is asked, and those after.
const BEFORE: [Step; 2] = [
    Step { path: "/oauth/v1/health_check", take: |_, _, browser| browser.post("/login/duo", &[]) },
    Step { path: "/auth/v2/preauth", take: |_, _, browser| browser.get("/login/duo/here") },
];
const AFTER: [Step; 4] = [
    Step {
        path: "/auth/v2/auth",
        take: |_, _, browser| {
            browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
            browser.await_answer()
        },
    },
    Step {
        path: "/auth/v2/auth_status",
        take: |_, duo, browser| {
            browser.ask_phone("push").assert_redirects_to("/login/duo/wait");
            // Approved, and the portal does not get to hear of it.
            let asked = duo.await_ringing();
            assert!(duo.decide(&asked.txid, Decision::Approve, None));
            browser.await_answer()
        },
    },
    Step {
        path: "/auth/v2/auth",
        take: |_, duo, browser| {
            browser.look_at_phones();
            let code = duo.press(EMAIL);
            browser.post("/login/duo/passcode", &[("passcode", &code)])
        },
    },
    Step {
        path: "/oauth/v1/token",
        take: |_, duo, browser| {
            let address = browser.go_to_prompt("/login/duo");
            let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
            browser.come_back(&callback)
        },
    },
];

/// An outage, to which a fail mode that is open applies.
fn outages() -> Vec<Fault> {
    vec![
        Fault::Status { status: 500 },
        Fault::Status { status: 503 },
        Fault::RateLimited { retry_after: None, prefixed: false },
        Fault::RateLimited { retry_after: Some("3600".into()), prefixed: false },
    ]
}

/// Answers that are none, and no outage either.
fn nonsense() -> Vec<Fault> {
    vec![
        Fault::Status { status: 400 },
        Fault::Status { status: 404 },
        Fault::NotJson,
        Fault::Cut,
        Fault::Oversize,
        Fault::Redirect,
    ]
}

fn half(clinic: &Clinic) -> Browser {
    let mut browser = clinic.browser();
    browser.await_duo(EMAIL);
    browser
}

/// Takes a step while every call to its path goes wrong.
fn take_step(clinic: &Clinic, duo: &Duo, step: &Step, fault: Fault) -> (Browser, Page) {
    let mut browser = half(clinic);
    duo.fault(step.path, 99, fault);
    let page = (step.take)(clinic, duo, &mut browser);
    duo.with(upheld_duo_sim::Simulator::clear_faults);
    // A phone may ring although the portal was told nothing of it.
    for asked in duo.asked().iter().filter(|asked| !asked.is_over) {
        duo.decide(&asked.txid, Decision::Deny, None);
    }
    // The next push is not to be too many.
    clinic.change("UPDATE duo_accounts SET pushes = '{\"sent\":[],\"pending_until\":null,\"blocked_until\":null}'");
    (browser, page)
}

#[track_caller]
fn assert_closed(clinic: &Clinic, (mut browser, page): (Browser, Page), what: &str) {
    let location = page.header("location").unwrap_or_default().to_owned();
    let is_refusal = page.status == 422 || location == "/login/duo?refused";
    assert!(is_refusal, "{what}: {} {location} {}", page.status, page.body);
    assert!(!browser.is_signed_in(), "{what}");
    assert_eq!(clinic.sessions(), 0, "{what}");
}

/// Every call, every fault, by default.
#[test]
fn t51_nobody_gets_in_while_duo_is_out_of_order() {
    let (clinic, duo) = enrolled();
    let mut count = 0;
    for step in BEFORE.iter().chain(&AFTER) {
        for fault in outages().into_iter().chain(nonsense()) {
            let what = format!("{} {fault:?}", step.path);
            assert_closed(&clinic, take_step(&clinic, &duo, step, fault), &what);
            count += 1;
            assert_eq!(clinic.audited("second factor refused: Duo, no answer%"), count, "{what}");
            // A passcode that was not looked at was charged all the same.
            clinic.change("DELETE FROM attempts");
        }
    }
    assert_eq!(clinic.audited("%failed open%"), 0);
    // And when it is over, Duo works again.
    clinic.browser().sign_in_at_prompt(&duo, EMAIL).assert_redirects_to("/account");
}

/// A server that takes a request and never answers.
#[test]
fn t51_a_page_does_not_wait_for_duo_longer_than_a_visitor_would() {
    let (clinic, duo) = enrolled();
    for step in BEFORE.iter().chain([&AFTER[0], &AFTER[3]]) {
        let fault = Fault::Hang;
        assert_closed(&clinic, take_step(&clinic, &duo, step, fault), step.path);
    }
}

/// Nobody listens there.
#[test]
fn t51_closed_when_duo_is_down() {
    let (clinic, mut duo) = enrolled();
    duo.stop();
    let mut browser = half(&clinic);
    let page = browser.post("/login/duo", &[]);
    page.assert_shows(422, "Duo cannot be used at this moment");
    browser.get("/login/duo/here").assert_shows(422, "Duo cannot be used at this moment");
    assert_eq!(clinic.audited("second factor refused: Duo, no answer%"), 2);
    assert!(!browser.is_signed_in());
}

fn open_mode(settings: DuoSettings) -> DuoSettings {
    DuoSettings { fail_mode: FailMode::Open, ..settings }
}

/// Where the settings say so, an outage before the person is asked lets in, and is written down.
#[test]
fn t51_open_lets_in_by_an_outage_alone_and_every_time_is_written_down() {
    let (clinic, duo) = enrolled_with(people(), open_mode);
    let mut count = 0;
    for step in &BEFORE {
        for fault in outages() {
            let what = format!("{} {fault:?}", step.path);
            let (mut browser, page) = take_step(&clinic, &duo, step, fault);
            assert_eq!(page.header("location"), Some("/account"), "{what}");
            count += 1;
            assert_eq!(clinic.audited("second factor failed open: Duo %"), count, "{what}");
            // It is no second factor: nothing that protects the account can be changed.
            browser.get("/account/security/totp").assert_redirects_to("/reauth?for=add-device");
            browser.get("/reauth?for=add-device").assert_shows(200, "Confirm with Duo");
            duo.fault("/oauth/v1/health_check", 99, Fault::Status { status: 503 });
            let refused = browser.post("/reauth/duo", &[]);
            refused.assert_redirects_to("/reauth?duo-refused&for=security");
            duo.with(upheld_duo_sim::Simulator::clear_faults);
            browser.sign_out();
            // What this person had Duo asked is not to count against them below.
            clinic.change("DELETE FROM attempts");
        }
        for fault in nonsense() {
            let what = format!("{} {fault:?}", step.path);
            assert_closed(&clinic, take_step(&clinic, &duo, step, fault), &what);
        }
        clinic.change("DELETE FROM attempts");
    }
    assert_eq!(clinic.audited("signed in without a second factor, by Duo's leave"), count);
    assert_eq!(clinic.audited("signed in with a second factor"), 0);
}

/// Once the phone rings or the browser is at Duo, an outage lets nobody in.
#[test]
fn t51_open_lets_nobody_in_after_the_person_was_asked() {
    let (clinic, duo) = enrolled_with(people(), open_mode);
    for step in &AFTER {
        for fault in outages() {
            let what = format!("{} {fault:?}", step.path);
            assert_closed(&clinic, take_step(&clinic, &duo, step, fault), &what);
            clinic.change("DELETE FROM attempts");
        }
    }
    assert_eq!(clinic.audited("%failed open%"), 0);
}

/// Never staff, and never whoever has an app to use instead.
#[test]
fn t51_open_lets_in_neither_staff_nor_who_has_an_app() {
    let (clinic, mut duo) = open(people(), open_mode);
    clinic.add_duo(STAFF.0);
    let phone = clinic.enrol();
    clinic.add_duo(EMAIL);
    duo.stop();
    let mut robin = clinic.browser();
    robin.await_duo(STAFF.0);
    robin.post("/login/duo", &[]).assert_shows(422, "Duo cannot be used at this moment");
    robin.get("/login/duo/here").assert_shows(422, "Duo cannot be used at this moment");
    let mut alex = clinic.browser();
    alex.await_code();
    alex.get("/login/duo").assert_shows(200, "Use a code of your app");
    alex.post("/login/duo", &[]).assert_shows(422, "Duo cannot be used at this moment");
    assert_eq!((clinic.sessions(), clinic.audited("%failed open%")), (0, 0));
    let cause = "%no way around it (Duo could not be reached)";
    assert_eq!(clinic.audited("second factor refused: Duo, Duo is out of reach,%"), 3);
    assert_eq!(clinic.audited(cause), 3);
    alex.get("/login/second-factor").assert_shows(200, "Enter your code");
    alex.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
}

/// Wrong keys and certificates that nobody vouches for are no outage.
#[test]
fn t51_open_lets_nobody_in_by_wrong_keys_or_an_unknown_certificate() {
    let keys = |settings: DuoSettings| {
        let secret = || SecretText::new("0".repeat(40));
        DuoSettings {
            prompt: DuoKeys::new("DISIMULATEDWEBSDK001", secret()).unwrap(),
            phones: Some(DuoKeys::new("DISIMULATEDAUTHAPI01", secret()).unwrap()),
            ..open_mode(settings)
        }
    };
    let roots = |settings: DuoSettings| {
        let roots = upheld_duo_reqwest::Roots::Pinned(upheld_duo_reqwest::Pins::DUO_1_0);
        DuoSettings { roots, ..open_mode(settings) }
    };
    let adjustments: [fn(DuoSettings) -> DuoSettings; 2] = [keys, roots];
    for adjust in adjustments {
        let (clinic, _duo) = enrolled_with(people(), adjust);
        let mut browser = half(&clinic);
        browser.post("/login/duo", &[]).assert_shows(422, "Duo cannot be used at this moment");
        browser.get("/login/duo/here").assert_shows(422, "Duo cannot be used at this moment");
        assert_eq!((clinic.sessions(), clinic.audited("%failed open%")), (0, 0));
    }
}

/// Duo is no way to add Duo while it is out of reach, whatever the settings.
#[test]
fn t51_open_adds_nothing() {
    let (clinic, mut duo) = open(people(), open_mode);
    duo.stop();
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account/security/duo").assert_shows(200, "Add Duo");
    let page = browser.post("/account/security/duo", &[]);
    page.assert_shows(422, "Duo cannot be reached at this moment");
    assert_eq!(clinic.query("SELECT count(*) FROM duo_accounts"), 0);
}
