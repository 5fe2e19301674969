//! Signing in and confirming at Duo's own page.

use portal::{DuoSettings, NotAsked, RememberedDays, Settings};
use serde_json::json;
use upheld_duo_sim::{Fault, Person};

use crate::clinic::{Clinic, EMAIL, NAME, OTHER_EMAIL, PASSWORD, STAFF};
use crate::simulated_duo::{
    AtPrompt, Duo, enrolled, enrolled_with, open, open_with, people, people_with, value_of,
};

#[test]
fn signing_in_at_the_prompt_needs_the_password_and_then_duo() {
    let (clinic, duo) = enrolled();
    let mut browser = clinic.browser();
    browser.sign_in_at_prompt(&duo, EMAIL).assert_redirects_to("/account");
    browser.get("/account").assert_shows(200, NAME);
    assert_eq!(
        clinic.audited("second factor accepted: Duo, duo_mobile_passcode (valid_passcode)"),
        1
    );
    assert_eq!(clinic.audited("signed in with a second factor"), 1);
    assert_eq!(clinic.query("SELECT count(*) FROM duo_prompts"), 0);
    assert_eq!(clinic.query("SELECT count(*) FROM duo_accounts WHERE used_at IS NOT NULL"), 1);
    browser.get("/account/security").assert_shows(200, "Duo is on");
}

/// The address that the browser is sent to is that of the settings, and comes back to that of the
/// settings, whatever the request says.
#[test]
fn t50_the_browser_is_sent_to_the_configured_host_and_told_to_come_back_to_the_configured_address()
{
    let (clinic, duo) = enrolled();
    let mut browser = clinic.browser();
    browser.await_duo(EMAIL);
    let fields = [("redirect_uri", "https://evil.example/"), ("host", "evil.example")];
    let page = browser.post_with(
        "/login/duo",
        &fields,
        &[("x-forwarded-host", "evil.example"), ("sec-fetch-site", "same-origin")],
    );
    let address = page.header("location").unwrap();
    assert!(address.starts_with(&format!("https://{}/oauth/v1/authorize?", duo.host())));
    let back = format!("http://localhost:{}/duo/callback", clinic.address.port());
    assert_eq!(value_of(address, "redirect_uri"), back);
    let policy = page.header("content-security-policy").unwrap();
    let form_action = format!("form-action 'self' https://{};", duo.host());
    assert!(policy.contains(&form_action), "{policy}");
    assert_eq!(policy.matches("https://").count(), 1, "{policy}");
}

/// State: missing, made up, of another browser, used before, too late.
#[test]
fn t50_what_comes_back_counts_once_in_the_browser_it_was_sent_from_and_in_time() {
    let (clinic, duo) = enrolled();
    clinic.add_duo(OTHER_EMAIL);
    let mut browser = clinic.browser();
    browser.await_duo(EMAIL);
    let address = browser.go_to_prompt("/login/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
    let (state, code) = (value_of(&callback, "state"), value_of(&callback, "duo_code"));

    let refused = "This answer of Duo belongs to no sign-in here";
    let made_up = "A".repeat(43);
    for query in [
        format!("duo_code={code}"),
        format!("state=&duo_code={code}"),
        format!("state={made_up}&duo_code={code}"),
        format!("state={}&duo_code={code}", state.to_lowercase()),
        format!("state={state}&state={state}&duo_code={code}"),
        format!("state={state}&duo_code={code}&code={code}"),
        format!("state={}&duo_code={code}", "A".repeat(4000)),
    ] {
        let page = browser.get(&format!("/duo/callback?{query}&from=here"));
        page.assert_shows(403, refused);
    }
    for nonsense in ["", "?", "?state=%22%3E", "?state=%3Cscript%3E"] {
        let page = browser.get(&format!("/duo/callback{nonsense}"));
        assert!(page.status == 403 || page.status == 200, "{}", page.status);
        assert!(!page.body.contains("<script>"), "{}", page.body);
    }
    // Another browser with the same person's password, and one with another person's.
    for email in [EMAIL, OTHER_EMAIL] {
        let mut thief = clinic.browser();
        thief.await_duo(email);
        thief.go_to_prompt("/login/duo");
        thief.come_back(&callback).assert_shows(403, refused);
    }
    // And one with no cookie at all.
    clinic.browser().come_back(&callback).assert_shows(403, refused);
    assert_eq!(clinic.sessions(), 0);

    // None of that has harmed the sign-in itself.
    browser.come_back(&callback).assert_redirects_to("/account");
    let used = browser.come_back(&callback);
    used.assert_shows(403, refused);
    assert_eq!(clinic.sessions(), 1);

    // A trip that was begun anew is the one that counts.
    let mut twice = clinic.browser();
    twice.await_duo(OTHER_EMAIL);
    let first = twice.go_to_prompt("/login/duo");
    let second = twice.go_to_prompt("/login/duo");
    let first = duo.visit(&first, OTHER_EMAIL, AtPrompt::Passcode).unwrap();
    twice.come_back(&first).assert_shows(403, refused);
    drop(second);

    // Five minutes, and no longer.
    let mut late = clinic.browser();
    late.await_duo(OTHER_EMAIL);
    let address = late.go_to_prompt("/login/duo");
    let callback = duo.visit(&address, OTHER_EMAIL, AtPrompt::Cancel).unwrap();
    clinic.step_on(301);
    late.come_back(&callback).assert_shows(403, refused);
    assert_eq!(clinic.sessions(), 1);
}

/// A code of somebody else's, brought back under one's own state.
#[test]
fn t50_a_code_of_another_person_signs_nobody_in() {
    let (clinic, duo) = enrolled();
    clinic.add_duo(OTHER_EMAIL);
    let mut victim = clinic.browser();
    victim.await_duo(EMAIL);
    let victims = victim.go_to_prompt("/login/duo");
    let mut thief = clinic.browser();
    thief.await_duo(OTHER_EMAIL);
    let thiefs = thief.go_to_prompt("/login/duo");
    // The thief confirms as themselves, and the code goes into the other sign-in.
    let thiefs = duo.visit(&thiefs, OTHER_EMAIL, AtPrompt::Passcode).unwrap();
    let own = duo.visit(&victims, EMAIL, AtPrompt::Passcode).unwrap();
    let mixed = format!(
        "/duo/callback?state={}&duo_code={}",
        value_of(&own, "state"),
        value_of(&thiefs, "duo_code")
    );
    victim.come_back(&mixed).assert_redirects_to("/login/duo?refused");
    victim.get("/login/duo?refused").assert_shows(200, "You were not signed in");
    assert_eq!(
        (clinic.sessions(), clinic.audited("second factor refused: Duo, no answer%")),
        (0, 1)
    );
}

/// Tokens that Duo would not write.
#[test]
fn t50_tokens_that_are_not_in_order_sign_nobody_in() {
    let (clinic, duo) = enrolled();
    let claim = |pointer: &str, value| Fault::Claim { pointer: pointer.into(), value };
    let faults = [
        Fault::Algorithm { name: "none".into() },
        Fault::Algorithm { name: "HS256".into() },
        Fault::Key,
        claim("/iss", json!("https://evil.example/oauth/v1/token")),
        claim("/aud", json!("DIXXXXXXXXXXXXXXXXXX")),
        claim("/nonce", json!("an-earlier-nonce-0123456789")),
        claim("/nonce", json!(null)),
        claim("/preferred_username", json!(OTHER_EMAIL)),
        claim("/preferred_username", json!(EMAIL.to_uppercase())),
        claim("/exp", json!(1)),
        claim("/iat", json!(u32::MAX)),
        claim("/auth_result/result", json!("deny")),
        claim("/auth_result/result", json!("maybe")),
        claim("/auth_result", json!(null)),
        claim("/auth_context/result", json!("denied")),
        claim("/auth_context/result", json!("fraud")),
        Fault::NotJson,
        Fault::Oversize,
        Fault::Redirect,
        Fault::Status { status: 400 },
    ];
    let count = i64::try_from(faults.len()).unwrap();
    for fault in faults {
        let shown = format!("{fault:?}");
        let mut browser = clinic.browser();
        browser.await_duo(EMAIL);
        let address = browser.go_to_prompt("/login/duo");
        let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
        duo.fault("/oauth/v1/token", 1, fault);
        let page = browser.come_back(&callback);
        assert_eq!(page.header("location"), Some("/login/duo?refused"), "{shown}");
        assert!(!browser.is_signed_in(), "{shown}");
    }
    assert_eq!(clinic.sessions(), 0);
    assert_eq!(clinic.audited("second factor refused: Duo,%"), count);
}

#[test]
fn giving_up_at_the_prompt_is_a_refusal() {
    let (clinic, duo) = enrolled();
    let mut browser = clinic.browser();
    browser.await_duo(EMAIL);
    let address = browser.go_to_prompt("/login/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Cancel).unwrap();
    browser.come_back(&callback).assert_redirects_to("/login/duo?refused");
    assert_eq!(clinic.audited("second factor refused: Duo, given up at the prompt"), 1);
    // The pending login goes on, and Duo as well.
    let address = browser.go_to_prompt("/login/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Passcode).unwrap();
    browser.come_back(&callback).assert_redirects_to("/account");
}

/// Whoever is not enrolled at Duo, or locked out there, is turned away there.
#[test]
fn people_whom_duo_turns_away_do_not_come_back() {
    for change in [
        |person: &mut Person| person.status = Some("locked out".into()),
        |person: &mut Person| person.status = Some("disabled".into()),
        |person: &mut Person| person.phones.clear(),
    ] {
        let (clinic, duo) = enrolled_with(people_with(EMAIL, change), |settings| settings);
        let mut browser = clinic.browser();
        browser.await_duo(EMAIL);
        let address = browser.go_to_prompt("/login/duo");
        assert_eq!(duo.visit(&address, EMAIL, AtPrompt::Nothing), None);
        assert!(!browser.is_signed_in());
    }
}

#[test]
fn a_browser_is_remembered_if_something_was_shown_in_it() {
    let (clinic, duo) = open_with(people(), |duo, settings| Settings {
        duo: Some(duo),
        remembered_browsers: RememberedDays::new(30),
        ..settings
    });
    clinic.add_duo(EMAIL);
    let mut browser = clinic.browser();
    browser.await_duo(EMAIL);
    let page = browser.post("/login/duo", &[("remember", "yes")]);
    let address = page.header("location").unwrap();
    let callback = duo.visit(address, EMAIL, AtPrompt::Passcode).unwrap();
    browser.come_back(&callback).assert_redirects_to("/account");
    browser.sign_out();
    browser.show_password(PASSWORD).assert_redirects_to("/account");
}

fn bypassing(email: &'static str, not_asked: NotAsked) -> (Clinic, Duo) {
    let people = people_with(email, |person| person.status = Some("bypass".into()));
    let adjust = move |settings| DuoSettings { not_asked, ..settings };
    let (clinic, duo) = open(people, adjust);
    clinic.add_duo(email);
    (clinic, duo)
}

/// Signs in whom Duo lets in without asking, at its page.
fn sign_in_unasked(clinic: &Clinic, duo: &Duo, email: &str) -> crate::browser::Browser {
    let mut browser = clinic.browser();
    browser.await_duo(email);
    let address = browser.go_to_prompt("/login/duo");
    let callback = duo.visit(&address, email, AtPrompt::Nothing).unwrap();
    let page = browser.come_back(&callback);
    assert_eq!(page.status, 303);
    browser
}

/// A member of staff in bypass mode, whom Duo does not ask for anything.
#[test]
fn t52_whom_duo_does_not_ask_has_shown_no_second_factor() {
    let (clinic, duo) = bypassing(STAFF.0, NotAsked::Limited);
    let mut robin = sign_in_unasked(&clinic, &duo, STAFF.0);
    robin.get("/account").assert_shows(200, STAFF.1);
    assert_eq!(clinic.audited("second factor not asked for: Duo, not_available (bypass_user)"), 1);
    assert_eq!(clinic.audited("signed in without a second factor, by Duo's leave"), 1);
    assert_eq!(clinic.audited("second factor accepted%"), 0);
    robin.get("/staff").assert_shows(403, "Staff sign in with a second factor");

    // Nor can they change what protects the account: Duo would not ask there either.
    robin.get("/account/security/totp").assert_redirects_to("/reauth?for=add-device");
    robin.get("/reauth?for=add-device").assert_shows(200, "Confirm with Duo");
    let address = robin.go_to_prompt("/reauth/duo");
    let callback = duo.visit(&address, STAFF.0, AtPrompt::Nothing).unwrap();
    robin.come_back(&callback).assert_redirects_to("/reauth?duo-refused&for=security");
    robin.get("/reauth?duo-refused&for=security").assert_shows(200, "has not confirmed");
    robin.get("/staff").assert_shows(403, "Staff sign in with a second factor");

    // On pages of the portal it is the same.
    let mut browser = clinic.browser();
    browser.await_duo(STAFF.0);
    browser.get("/login/duo/here").assert_redirects_to("/account");
    assert_eq!(clinic.audited("second factor not asked for: Duo, Bypass user"), 1);
    browser.get("/staff").assert_shows(403, "Staff sign in with a second factor");
}

#[test]
fn t52_settings_may_refuse_them_or_let_it_count() {
    let (clinic, duo) = bypassing(STAFF.0, NotAsked::Refuse);
    let mut robin = sign_in_unasked(&clinic, &duo, STAFF.0);
    assert!(!robin.is_signed_in());
    robin.await_duo(STAFF.0);
    robin.get("/login/duo/here").assert_shows(422, "Duo cannot be used at this moment");
    assert_eq!(clinic.audited("second factor refused: Duo, not asked,%"), 2);
    assert_eq!(clinic.sessions(), 0);

    let (clinic, duo) = bypassing(STAFF.0, NotAsked::Full);
    let mut robin = sign_in_unasked(&clinic, &duo, STAFF.0);
    robin.get("/staff").assert_shows(200, "People");
    assert_eq!(clinic.audited("second factor not asked for: Duo,%"), 1);
}

/// Whatever the settings let count, Duo is added by showing it something.
#[test]
fn t52_duo_is_not_added_by_whom_it_does_not_ask() {
    let people = people_with(EMAIL, |person| person.status = Some("bypass".into()));
    let (clinic, duo) =
        open(people, |settings| DuoSettings { not_asked: NotAsked::Full, ..settings });
    let mut browser = clinic.browser();
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
    browser.get("/account/security/duo").assert_shows(200, "Add Duo");
    let address = browser.go_to_prompt("/account/security/duo");
    let callback = duo.visit(&address, EMAIL, AtPrompt::Nothing).unwrap();
    browser.come_back(&callback).assert_redirects_to("/account/security/duo?refused");
    assert_eq!(clinic.query("SELECT count(*) FROM duo_accounts"), 0);
}
