//! The question about cookies, the choice, and what then leaves the portal.

use std::collections::BTreeSet;

use portal::{Settings, routes};
use upheld_cookies::CookieId;
use upheld_cookies::policy::Policy;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, DECLARED as NOW, PASSWORD};

const CONSENT: &str = "__Host-consent";
const ADVERT: &str = "__Host-demo-ad";
const TAG: &str = "src=\"/dev/advert.svg\"";
const QUESTION: &str = "May we use cookies that you can refuse?";
const PREFERENCES: &str = "/cookies/preferences";

const DECLARED: &str = concat!(
    include_str!("../../cookies/cookies.toml"),
    include_str!("../../cookies/advertising.toml")
);

/// A portal with the advertisement for trying out.
pub(crate) fn clinic() -> Clinic {
    Clinic::at(NOW, |settings| Settings { demonstration_advert: true, ..settings })
}

fn answer(browser: &mut Browser, choice: &str) -> Page {
    browser.get("/login").assert_shows(200, "Sign in");
    browser.post(PREFERENCES, &[("choice", choice), ("path", "/login")])
}

/// Advertising before consent, and after a refusal.
#[test]
fn t57_a_first_visit_is_asked_and_gets_no_advertisement() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    let page = browser.get("/login");
    page.assert_shows(200, QUESTION);
    // Both answers are buttons of the same form and kind, side by side.
    let (accept, reject) = (
        "<button name=\"choice\" value=\"accept\">Accept all</button>",
        "<button name=\"choice\" value=\"reject\">Reject all</button>",
    );
    page.assert_shows(200, &format!("{accept}\n{reject}"));
    assert!(!page.body.contains(TAG));
    let names: Vec<_> = browser.cookies.keys().map(String::as_str).collect();
    assert_eq!(names, ["__Host-form"]);
    // The question comes with each page until it is answered, and never where it would be in the way.
    for (path, is_asked) in [
        ("/password/forgot", true),
        ("/cookies", true),
        ("/cookies/opt-out", true),
        (PREFERENCES, false),
        ("/nowhere", false),
    ] {
        assert_eq!(browser.get(path).body.contains(QUESTION), is_asked, "{path}");
    }
    // Whoever asks for the advertisement all the same gets no cookie of it.
    let advert = browser.get("/dev/advert.svg");
    advert.assert_shows(200, "<svg");
    assert_eq!(advert.all("set-cookie").count(), 0, "{advert:?}");

    answer(&mut browser, "reject").assert_redirects_to("/login");
    let page = browser.get("/login");
    assert!(!page.body.contains(QUESTION) && !page.body.contains(TAG));
    assert_eq!(browser.get("/dev/advert.svg").all("set-cookie").count(), 0);
    browser.get(PREFERENCES).assert_shows(200, "You chose on");
}

#[test]
fn agreeing_releases_the_advertisement_and_withdrawing_removes_its_cookie() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    answer(&mut browser, "accept").assert_redirects_to("/login");
    let page = browser.get("/login");
    assert!(!page.body.contains(QUESTION));
    page.assert_shows(200, TAG);
    browser.get("/dev/advert.svg").assert_shows(200, "<svg");
    let id = browser.cookies[ADVERT].clone();
    // It recognises the browser.
    assert_eq!(browser.get("/dev/advert.svg").all("set-cookie").count(), 0);
    assert_eq!(browser.cookies[ADVERT], id);

    browser.get("/cookies/opt-out").assert_shows(200, "One button takes that back");
    let fields = [("choice", "reject"), ("path", "/cookies/opt-out")];
    let withdrawn = browser.post(PREFERENCES, &fields);
    withdrawn.assert_redirects_to("/cookies/opt-out?done");
    // In the very answer to the withdrawal.
    assert!(
        withdrawn.all("set-cookie").any(|it| it.starts_with("__Host-demo-ad=; Path=/; Max-Age=0"))
    );
    assert!(!browser.cookies.contains_key(ADVERT));
    browser.get("/cookies/opt-out?done").assert_shows(200, "You opted out.");
    assert!(!browser.get("/login").body.contains(TAG));
}

/// The page on refusing has the question on it, too.
#[test]
fn only_who_opted_out_is_told_so() {
    const OPT_OUT: &str = "/cookies/opt-out";
    let clinic = clinic();
    let mut browser = clinic.browser();
    // Whoever follows the address has refused nothing by that.
    let done = |browser: &mut Browser| browser.get("/cookies/opt-out?done");
    assert!(!done(&mut browser).body.contains("You opted out."));
    let accepted = browser.post(PREFERENCES, &[("choice", "accept"), ("path", OPT_OUT)]);
    accepted.assert_redirects_to(OPT_OUT);
    let page = done(&mut browser);
    page.assert_shows(200, "This browser has agreed to cookies that you can refuse.");
    assert!(!page.body.contains("You opted out."));
    let ticked = ("purpose-demonstration-advertising", "on");
    let saved = browser.post(PREFERENCES, &[("choice", "save"), ("path", OPT_OUT), ticked]);
    saved.assert_redirects_to(OPT_OUT);
    let saved = browser.post(PREFERENCES, &[("choice", "save"), ("path", OPT_OUT)]);
    saved.assert_redirects_to("/cookies/opt-out?done");
    done(&mut browser).assert_shows(200, "You opted out.");
}

#[test]
fn purposes_are_chosen_one_by_one() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    let page = browser.get(PREFERENCES);
    page.assert_shows(200, "You have not chosen yet.");
    // Nothing is ticked before anybody chose.
    assert!(!page.body.contains(" checked"));
    let ticked = ("purpose-demonstration-advertising", "on");
    browser
        .post(PREFERENCES, &[("choice", "save"), ticked])
        .assert_redirects_to("/cookies/preferences?saved");
    let page = browser.get("/cookies/preferences?saved");
    page.assert_shows(200, "Your choice was saved.");
    page.assert_shows(200, " checked");
    browser.get("/login").assert_shows(200, TAG);
    // A purpose that nobody declared is agreed to by nobody.
    let unknown = [("choice", "save"), ("purpose-everything", "on")];
    browser.post(PREFERENCES, &unknown).assert_redirects_to("/cookies/preferences?saved");
    assert!(!browser.get("/login").body.contains(TAG));
    for fields in [&[][..], &[("choice", "perhaps")], &[("choice", "")]] {
        browser.post(PREFERENCES, fields).assert_redirects_to(PREFERENCES);
    }
}

//= W3C GPC, semantics: the signal refuses sale, sharing and targeted advertising, and consents to nothing
#[test]
fn global_privacy_control_is_honoured_and_shown() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    answer(&mut browser, "accept").assert_redirects_to("/login");
    let gpc = [("sec-gpc", "1")];
    let page = browser.get_with("/login", &gpc);
    page.assert_shows(200, "Your browser sends Global Privacy Control, and it is honoured here.");
    assert!(!page.body.contains(TAG));
    assert_eq!(browser.get_with("/dev/advert.svg", &gpc).all("set-cookie").count(), 0);
    browser.get_with(PREFERENCES, &gpc).assert_shows(200, "Global Privacy Control is on");
    // Without the signal the choice counts again.
    browser.get("/login").assert_shows(200, TAG);
    browser.get("/dev/advert.svg").assert_shows(200, "<svg");
    assert!(browser.cookies.contains_key(ADVERT));
    browser.get_with("/login", &gpc);
    assert!(!browser.cookies.contains_key(ADVERT));
    // Nobody is asked what the signal has answered.
    let page = clinic.browser().get_with("/login", &gpc);
    assert!(!page.body.contains(QUESTION));
    let file = browser.get("/.well-known/gpc.json");
    assert_eq!(file.header("content-type"), Some("application/json"));
    file.assert_shows(200, "\"gpc\": true");
}

/// A choice that was tampered with, another host's, two at once: asked again, and nothing released.
#[test]
fn t57_a_choice_that_the_portal_did_not_write_is_none() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    answer(&mut browser, "accept").assert_redirects_to("/login");
    let genuine = browser.cookies[CONSENT].clone();
    let mut flipped = genuine.clone().into_bytes();
    flipped[24] = if flipped[24] == b'A' { b'B' } else { b'A' };
    let elsewhere = {
        let mut other = clinic.browser();
        other.host = Some(format!("localhost:{}", clinic.address.port()));
        answer(&mut other, "accept").assert_redirects_to("/login");
        other.cookies[CONSENT].clone()
    };
    assert_ne!(elsewhere, genuine);
    let anothers = {
        let another = self::clinic();
        let mut other = another.browser();
        answer(&mut other, "accept").assert_redirects_to("/login");
        other.cookies[CONSENT].clone()
    };
    for value in [
        &*String::from_utf8(flipped).unwrap(),
        &elsewhere,
        &anothers,
        &format!("{genuine}; {CONSENT}={genuine}"),
        "",
        "accept",
        &"A".repeat(4000),
        genuine.trim_start_matches('A'),
    ] {
        browser.cookies.insert(CONSENT.into(), value.into());
        let page = browser.get("/login");
        page.assert_shows(200, QUESTION);
        assert!(!page.body.contains(TAG), "{value}");
        assert_eq!(browser.get("/dev/advert.svg").all("set-cookie").count(), 0, "{value}");
    }
    browser.cookies.insert(CONSENT.into(), genuine);
    browser.get("/login").assert_shows(200, TAG);
}

/// Another site agrees in somebody's name.
#[test]
fn t30_no_other_site_can_answer_for_a_visitor() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    browser.get("/login").assert_shows(200, QUESTION);
    let fields = [("choice", "accept"), ("path", "/login")];
    for site in ["cross-site", "same-site"] {
        let page = browser.post_with(PREFERENCES, &fields, &[("sec-fetch-site", site)]);
        page.assert_shows(403, "another website");
    }
    let page = browser.post_with(PREFERENCES, &fields, &[("origin", "http://evil.example")]);
    page.assert_shows(403, "another website");
    let mut other = clinic.browser();
    other.get("/login").assert_shows(200, QUESTION);
    other.form_token = browser.form_token.clone();
    other.post(PREFERENCES, &fields).assert_shows(403, "This form has expired");
    let mut bare = clinic.browser();
    bare.post(PREFERENCES, &fields).assert_shows(403, "This form has expired");
    for browser in [browser, other, bare] {
        assert!(!browser.cookies.contains_key(CONSENT));
    }
}

/// Where to after choosing.
#[test]
fn t36_choosing_leads_to_no_other_site() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    for path in ["//evil.example", "/\\evil.example", "https://evil.example", "/login?x=//evil", ""]
    {
        browser.get("/login").assert_shows(200, "Sign in");
        let fields = [("choice", "reject"), ("path", path)];
        browser.post(PREFERENCES, &fields).assert_redirects_to("/");
    }
}

#[test]
fn a_choice_is_asked_for_again_when_it_is_too_old() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    answer(&mut browser, "accept").assert_redirects_to("/login");
    clinic.step_on(181 * 86_400);
    browser.get("/login").assert_shows(200, TAG);
    clinic.step_on(2 * 86_400);
    let page = browser.get("/login");
    page.assert_shows(200, QUESTION);
    assert!(!page.body.contains(TAG));
}

/// The same forms on every page, for whoever reads it.
#[test]
fn whoever_signs_in_keeps_being_asked_on_the_way_and_keeps_the_choice() {
    let clinic = clinic();
    let phone = clinic.enrol();
    let mut browser = clinic.browser();
    browser.await_code();
    browser.get("/login/second-factor").assert_shows(200, QUESTION);
    let fields = [("choice", "accept"), ("path", "/login/second-factor")];
    browser.post(PREFERENCES, &fields).assert_redirects_to("/login/second-factor");
    let page = browser.get("/login/second-factor");
    assert!(!page.body.contains(QUESTION));
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    let page = browser.get("/account");
    // Care is no place for advertising, whatever was agreed to.
    assert!(page.status == 200 && !page.body.contains(TAG) && !page.body.contains(QUESTION));
    browser.get("/cookies").assert_shows(200, TAG);
}

/// The question and the form of the page are tied to the same cookie.
#[test]
fn signing_in_works_beside_the_question() {
    let clinic = clinic();
    let mut browser = clinic.browser();
    let page = browser.get("/login");
    assert_eq!(page.all("set-cookie").count(), 1);
    let tokens: BTreeSet<_> = page.body.split("name=\"form_token\" value=\"").skip(1).collect();
    assert_eq!(tokens.len(), 2);
    browser.show_password(PASSWORD).assert_redirects_to("/account/security");
}

#[test]
fn a_portal_without_advertising_asks_nothing() {
    let clinic = Clinic::open();
    let mut browser = clinic.browser();
    assert!(!browser.get("/login").body.contains(QUESTION));
    browser.get(PREFERENCES).assert_shows(200, "There is nothing to choose");
    browser.get("/dev/advert.svg").assert_shows(404, "Page not found");
    let policy = browser.get("/cookies");
    policy.assert_shows(200, "__Host-session");
    assert!(!policy.body.contains(ADVERT));
    let page = browser.get_with("/cookies", &[("accept-language", "de")]);
    page.assert_shows(200, "Auf welcher Rechtsgrundlage");
}

/// Whatever is set on the way in, and by any page whose address has no part that varies, is
/// declared: the gate would take out what is not, and counts it.
#[test]
fn everything_that_is_set_is_declared() {
    let policy = Policy::parse_toml(DECLARED).unwrap();
    let clinic = Clinic::at(NOW, |settings| Settings {
        demonstration_advert: true,
        email_codes: true,
        remembered_browsers: portal::RememberedDays::new(30),
        ..settings
    });
    let phone = clinic.enrol();
    let mut set = BTreeSet::new();
    let mut note = |page: Page| {
        let names = page.all("set-cookie").map(|cookie| cookie.split('=').next().unwrap());
        set.extend(names.map(str::to_owned));
    };
    let mut browser = clinic.browser();
    note(answer(&mut browser, "accept"));
    note(browser.post("/language", &[("language", "en-GB"), ("path", "/login")]));
    note(clinic.browser().get("/login"));
    note(browser.show_password(PASSWORD));
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    note(browser.show_code(&phone.code_at(clinic.now())));
    for route in routes().iter().filter(|route| route.method == "GET" && !route.path.contains('{'))
    {
        note(browser.get(route.path));
    }
    let declared: BTreeSet<_> = policy
        .items()
        .iter()
        .filter(|item| item.is_cookie())
        .map(|item| item.name.to_string())
        .collect();
    assert_eq!(set, declared);
    for name in &set {
        let id = CookieId { name: name.as_bytes(), domain: "northside.example" };
        assert!(policy.find_cookie(id.name, id.domain).is_some());
    }
    let metrics = Browser::of(&format!("http://{}", clinic.operations)).get("/metrics");
    metrics.assert_shows(200, "cookies_withheld_total{because=\"undeclared\"} 0");
}
