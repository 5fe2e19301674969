//! Choices about cookies of people who are signed in: kept as consents; refusals are brought along to
//! other browsers.

use serde_json::Value;

use portal::Settings;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, DECLARED, EMAIL, OTHER_EMAIL, PASSWORD, STAFF};

/// 27 November 2026, 00:01 UTC, on the day of the declaration.
const FIRST_MINUTE: u64 = 1_795_737_660;
const DAY: u64 = 86_400;
const CONSENT: &str = "__Host-consent";
const TAG: &str = "src=\"/dev/advert.svg\"";
const QUESTION: &str = "May we use cookies that you can refuse?";
const PREFERENCES: &str = "/cookies/preferences";
const CENTRE: &str = "/account/consents";
const GPC: (&str, &str) = ("sec-gpc", "1");

fn clinic_at(now: u64) -> Clinic {
    Clinic::at(now, |settings| Settings { demonstration_advert: true, ..settings })
}

fn clinic() -> Clinic {
    clinic_at(DECLARED)
}

/// Signs in, and gives what the browser is told then.
fn sign_in(browser: &mut Browser, email: &str) -> Page {
    browser.get("/login").assert_shows(200, "Sign in");
    let welcome = browser.show_password_of(email, PASSWORD);
    welcome.assert_redirects_to("/account/security");
    welcome
}

fn signed_in(clinic: &Clinic, email: &str) -> Browser {
    let mut browser = clinic.browser();
    drop(sign_in(&mut browser, email));
    browser
}

fn choose(browser: &mut Browser, choice: &str) {
    browser.get(PREFERENCES).assert_shows(200, "Cookie preferences");
    let saved = browser.post(PREFERENCES, &[("choice", choice)]);
    saved.assert_redirects_to("/cookies/preferences?saved");
}

fn sign_out(browser: &mut Browser) {
    browser.get("/account/security").assert_shows(200, "Sign out");
    browser.post("/logout", &[]).assert_redirects_to("/login");
}

/// Whether the page of the cookie policy has the advertisement.
fn has_advert(browser: &mut Browser) -> bool {
    browser.get("/cookies").body.contains(TAG)
}

fn is_asked(browser: &mut Browser) -> bool {
    browser.get("/cookies").body.contains(QUESTION)
}

/// How the consent cookie is set by an answer.
fn consent_set_by(page: &Page) -> Option<&str> {
    page.all("set-cookie").find(|field| field.starts_with(CONSENT))
}

fn events(clinic: &Clinic) -> i64 {
    clinic.query("SELECT count(*) FROM record_events")
}

#[test]
fn a_choice_is_kept_as_a_consent_to_the_declaration_and_its_withdrawal_too() {
    let clinic = clinic();
    // The privacy notice and that about cookies, each in two languages.
    assert_eq!(clinic.query("SELECT count(*) FROM ledger_entries"), 4);
    let mut browser = signed_in(&clinic, EMAIL);
    browser.get(CENTRE).assert_shows(200, "You have not chosen while you were signed in.");
    choose(&mut browser, "accept");
    assert_eq!((events(&clinic), clinic.audited("cookies chosen")), (1, 1));
    let page = browser.get(CENTRE);
    page.assert_shows(200, "<strong>Advertising, for demonstration</strong>");
    page.assert_shows(200, "to version 20261127 of the notice.");
    // For as long as the declaration says that the choice is valid: 182 days.
    page.assert_shows(200, "It ends by itself on 31 May 2027, 12:00 UTC.");
    // The same on the same day is the same consent.
    choose(&mut browser, "accept");
    assert_eq!((events(&clinic), clinic.audited("cookies chosen")), (1, 1));
    let receipt = browser.get("/account/consents/receipts/kantara");
    let receipt: Value = serde_json::from_str(&receipt.body).unwrap();
    assert_eq!(receipt["piiPrincipalId"], EMAIL);
    assert!(receipt.to_string().contains("Advertising, for demonstration."), "{receipt}");
    let receipt = browser.get("/account/consents/receipts/dpv");
    receipt.assert_shows(200, "Accept all (Advertising, for demonstration)");

    clinic.step_on(DAY);
    drop(sign_in(&mut browser, EMAIL));
    choose(&mut browser, "accept");
    assert_eq!(events(&clinic), 2);
    browser.get("/account/consents/history").assert_shows(200, "You agreed again");
    choose(&mut browser, "reject");
    assert_eq!((events(&clinic), clinic.audited("cookies chosen")), (3, 3));
    browser.get(CENTRE).assert_shows(200, "You took it back. We do not do it.");
    browser.get("/account/consents/receipts/kantara").assert_shows(404, "Page not found");
    let history = browser.get("/account/consents/history");
    history.assert_shows(200, "Cookies that you can refuse: Advertising, for demonstration.");
    history.assert_shows(200, "Version 20261127 of the notice, in en-GB, SHA-256:");
    let (newer, _) = history.body.split_once("You agreed again").unwrap();
    assert!(newer.contains("You took it back"), "the newest is not first");
    // No e-mail of each press of a button on every page.
    assert_eq!(clinic.count_mail("consent given"), 0);
    // Others have nothing of it.
    let mut other = signed_in(&clinic, OTHER_EMAIL);
    other.get(CENTRE).assert_shows(200, "You have not chosen while you were signed in.");
    assert!(is_asked(&mut other));
}

#[test]
fn a_refusal_is_kept_with_what_was_asked() {
    let clinic = clinic();
    let mut browser = signed_in(&clinic, EMAIL);
    // Nothing is ticked.
    choose(&mut browser, "save");
    browser.get(CENTRE).assert_shows(200, "You refused it. We do not do it.");
    let history = browser.get("/account/consents/history");
    let (newer, asked) = history.body.split_once("You were asked").unwrap();
    assert!(newer.contains("You refused"));
    assert!(asked.contains("Version 20261127 of the notice, in en-GB"));
    assert_eq!(events(&clinic), 2);
    choose(&mut browser, "reject");
    assert_eq!(events(&clinic), 2);
    clinic.step_on(DAY);
    drop(sign_in(&mut browser, EMAIL));
    let ticked = ("purpose-demonstration-advertising", "on");
    browser.get(PREFERENCES).assert_shows(200, "Cookie preferences");
    browser
        .post(PREFERENCES, &[("choice", "save"), ticked])
        .assert_redirects_to("/cookies/preferences?saved");
    assert_eq!(events(&clinic), 3);
    let receipt = browser.get("/account/consents/receipts/dpv");
    receipt.assert_shows(200, "\"Advertising, for demonstration\"");
}

#[test]
fn a_browser_without_a_choice_is_lent_a_refusal_and_asks_again_for_a_consent() {
    let clinic = clinic();
    choose(&mut signed_in(&clinic, EMAIL), "accept");
    clinic.step_on(DAY);
    let mut second = clinic.browser();
    assert_eq!(consent_set_by(&sign_in(&mut second, EMAIL)), None);
    assert!(is_asked(&mut second) && !has_advert(&mut second));
    // A refusal comes along: nobody is asked twice.
    choose(&mut second, "reject");
    assert_eq!(events(&clinic), 2);
    let mut third = clinic.browser();
    let welcome = sign_in(&mut third, EMAIL);
    // Until the browser is closed: somebody else may use it next.
    let set = consent_set_by(&welcome).unwrap();
    assert!(set.ends_with("; Path=/; Secure; SameSite=Lax; HttpOnly"), "{set}");
    assert!(!is_asked(&mut third) && !has_advert(&mut third));
    third.get(PREFERENCES).assert_shows(200, "You chose on 1 December 2026.");
    // Lending is no new refusal.
    assert_eq!(events(&clinic), 2);
    // Not to others, and not for ever.
    let mut other = clinic.browser();
    assert_eq!(consent_set_by(&sign_in(&mut other, OTHER_EMAIL)), None);
    clinic.step_on(183 * DAY);
    let mut late = clinic.browser();
    assert_eq!(consent_set_by(&sign_in(&mut late, EMAIL)), None);
    assert!(is_asked(&mut late));
}

/// A computer that several people use, one after the other.
#[test]
fn nobody_gets_advertising_by_the_consent_of_who_was_signed_in_before() {
    let clinic = clinic();
    choose(&mut signed_in(&clinic, OTHER_EMAIL), "reject");
    clinic.step_on(DAY);
    choose(&mut signed_in(&clinic, EMAIL), "accept");
    for other in [OTHER_EMAIL, STAFF.0] {
        let mut shared = clinic.browser();
        drop(sign_in(&mut shared, EMAIL));
        assert!(!has_advert(&mut shared), "{other}");
        sign_out(&mut shared);
        assert!(!has_advert(&mut shared), "{other}");
        drop(sign_in(&mut shared, other));
        assert!(!has_advert(&mut shared), "{other}");
        // Nor where nobody signed out.
        let mut idle = clinic.browser();
        drop(sign_in(&mut idle, EMAIL));
        idle.cookies.remove("__Host-session");
        drop(sign_in(&mut idle, other));
        assert!(!has_advert(&mut idle), "{other}");
        // By their own choice they do.
        choose(&mut idle, "accept");
        assert!(has_advert(&mut idle), "{other}");
    }
}

/// What keeps a choice from being recorded keeps nobody from refusing.
#[test]
fn a_refusal_counts_where_it_cannot_be_recorded() {
    let clinic = clinic();
    let mut browser = signed_in(&clinic, EMAIL);
    choose(&mut browser, "accept");
    assert!(has_advert(&mut browser));
    clinic.change("ALTER TABLE record_events RENAME TO record_away");
    choose(&mut browser, "reject");
    assert!(!has_advert(&mut browser));
    // Consent that cannot be shown is none.
    assert_eq!(browser.post(PREFERENCES, &[("choice", "accept")]).status, 500);
    assert!(!has_advert(&mut browser));
    clinic.change("ALTER TABLE record_away RENAME TO record_events");
    assert_eq!(events(&clinic), 1);
    choose(&mut browser, "reject");
    assert_eq!(events(&clinic), 2);
    browser.get(CENTRE).assert_shows(200, "You took it back. We do not do it.");
}

/// A clock that is set back to before the notice, while the portal runs.
#[test]
fn a_refusal_counts_before_the_notice_does() {
    let clinic = clinic_at(FIRST_MINUTE);
    let mut browser = signed_in(&clinic, EMAIL);
    choose(&mut browser, "accept");
    assert!(has_advert(&mut browser));
    clinic.step_back(120);
    choose(&mut browser, "reject");
    assert!(!has_advert(&mut browser));
}

#[test]
fn a_withdrawal_comes_along_and_a_newer_choice_of_the_browser_wins() {
    let clinic = clinic();
    let mut first = signed_in(&clinic, EMAIL);
    choose(&mut first, "accept");
    sign_out(&mut first);
    assert!(has_advert(&mut first));
    clinic.step_on(DAY);
    let mut second = signed_in(&clinic, EMAIL);
    choose(&mut second, "reject");
    // The first browser learns of it when its person is there again, and keeps that.
    assert!(has_advert(&mut first));
    let welcome = sign_in(&mut first, EMAIL);
    assert!(consent_set_by(&welcome).unwrap().contains("Max-Age="));
    assert!(!has_advert(&mut first) && !is_asked(&mut first));
    assert_eq!(events(&clinic), 2);

    // What is chosen in a browser later stays there, and is recorded for nobody before it is said
    // by somebody who is signed in.
    sign_out(&mut first);
    clinic.step_on(DAY);
    choose(&mut first, "accept");
    assert_eq!(events(&clinic), 2);
    assert_eq!(consent_set_by(&sign_in(&mut first, EMAIL)), None);
    assert!(has_advert(&mut first));
    first.get(CENTRE).assert_shows(200, "You took it back. We do not do it.");

    // Agreeing elsewhere does not agree here, where it was refused.
    let mut third = clinic.browser();
    choose(&mut third, "reject");
    clinic.step_on(DAY);
    drop(sign_in(&mut second, EMAIL));
    choose(&mut second, "accept");
    assert_eq!(events(&clinic), 3);
    assert_eq!(consent_set_by(&sign_in(&mut third, EMAIL)), None);
    assert!(!has_advert(&mut third));
}

#[test]
fn signing_out_ends_the_record_and_leaves_the_choice_to_the_browser() {
    let clinic = clinic();
    let mut browser = signed_in(&clinic, EMAIL);
    choose(&mut browser, "accept");
    sign_out(&mut browser);
    assert!(has_advert(&mut browser));
    choose(&mut browser, "reject");
    assert!(!has_advert(&mut browser));
    assert_eq!(events(&clinic), 1);
}

//= W3C GPC, semantics: the signal refuses sale, sharing and targeted advertising, and consents to nothing
#[test]
fn no_consent_to_advertising_is_recorded_or_used_against_global_privacy_control() {
    let clinic = clinic();
    let mut browser = signed_in(&clinic, EMAIL);
    browser.get(PREFERENCES).assert_shows(200, "Cookie preferences");
    let headers = [("sec-fetch-site", "same-origin"), GPC];
    let saved = browser.post_with(PREFERENCES, &[("choice", "accept")], &headers);
    saved.assert_redirects_to("/cookies/preferences?saved");
    browser.get(CENTRE).assert_shows(200, "You refused it. We do not do it.");
    // Given without the signal, it is not used with it.
    choose(&mut browser, "accept");
    assert!(!browser.get_with("/cookies", &[GPC]).body.contains(TAG));
    assert!(has_advert(&mut browser));
    // And the signal takes back what was given.
    browser.get_with(PREFERENCES, &[GPC]).assert_shows(200, "Global Privacy Control is on");
    let saved = browser.post_with(PREFERENCES, &[("choice", "accept")], &headers);
    saved.assert_redirects_to("/cookies/preferences?saved");
    browser.get(CENTRE).assert_shows(200, "You took it back. We do not do it.");
}

/// A cookie that is not relied on is asked about again, whatever is recorded.
#[test]
fn nothing_takes_the_place_of_a_choice_that_cannot_be_read() {
    let clinic = clinic();
    choose(&mut signed_in(&clinic, EMAIL), "accept");
    let mut second = clinic.browser();
    second.cookies.insert(CONSENT.into(), "AQEAAAA".into());
    assert_eq!(consent_set_by(&sign_in(&mut second, EMAIL)), None);
    assert!(is_asked(&mut second) && !has_advert(&mut second));
}
