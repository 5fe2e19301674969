//! The desk: who may see and do what, and the days that the law gives.

use data_encoding::HEXLOWER;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD, Phone, SECOND_STAFF, STAFF};

/// 21 September 2026, a Monday, at the beginning of every test.
const DAY: u64 = 24 * 60 * 60;

impl Browser {
    /// Asks for something as a patient, and returns the path of the request at the desk.
    pub(crate) fn ask(clinic: &Clinic, email: &str, what: &str, words: &str) -> String {
        let mut browser = clinic.browser();
        browser.show_password_of(email, PASSWORD).assert_redirects_to("/account/security");
        browser.get("/requests").assert_shows(200, "Your requests");
        let asked = browser.post("/requests", &[("ask", what), ("words", words)]);
        assert_eq!(asked.status, 303, "{}", asked.body);
        let path = asked.header("location").unwrap().strip_suffix("?received").unwrap();
        format!("/staff{path}")
    }

    /// Sends a form of the page of a request, as it is on the page.
    pub(crate) fn act(&mut self, path: &str, act: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.get(path);
        assert_eq!(page.status, 200, "{}", page.body);
        let version = page.between("name=\"version\" value=\"", "\"").unwrap().to_owned();
        let mut fields = fields.to_vec();
        fields.push(("version", &version));
        self.post(&format!("{path}/{act}"), &fields)
    }

    /// The same for what goes out with a letter, which is returned.
    pub(crate) fn write(&mut self, path: &str, act: &str, fields: &[(&str, &str)]) -> String {
        let page = self.act(path, act, fields);
        page.assert_shows(200, "Nothing was done yet");
        let letter = page.between("<pre class=\"letter\" lang=\"en\">", "</pre>").unwrap();
        let letter = letter.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut fields = fields.to_vec();
        fields.push(("step", "send"));
        self.act(path, act, &fields).assert_redirects_to(&format!("{path}?done"));
        letter
    }

    #[track_caller]
    pub(crate) fn must(&mut self, path: &str, act: &str, fields: &[(&str, &str)]) {
        self.act(path, act, fields).assert_redirects_to(&format!("{path}?done"));
    }
}

/// A clinic whose first member of staff leads privacy, both of them signed in and confirmed.
pub(crate) fn desk() -> (Clinic, (Browser, Phone), (Browser, Phone)) {
    let clinic = Clinic::open();
    clinic.change("UPDATE people SET duty = 'privacy lead' WHERE email = 'robin@example.com'");
    let (mut robin, robins) = clinic.enrol_and_sign_in(STAFF.0);
    let (mut kim, kims) = clinic.enrol_and_sign_in(SECOND_STAFF.0);
    robin.reauthenticate(&clinic, &robins);
    kim.reauthenticate(&clinic, &kims);
    (clinic, (robin, robins), (kim, kims))
}

/// Steps on to another day, and signs in there again.
pub(crate) fn step_on(clinic: &Clinic, days: u64, staff: (&mut Browser, &Phone), email: &str) {
    clinic.step_on(days * DAY);
    let (browser, phone) = staff;
    browser.show_password_of(email, PASSWORD).assert_redirects_to("/login/second-factor");
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    browser.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    browser.reauthenticate(clinic, phone);
}

/// Days by the golden tests of `upheld-consent`: a month from 21 September is 21 October, a
/// Wednesday; a month from 25 November 2026 ends at Christmas, and an answer is due on the 29th.
#[test]
fn the_queue_shows_what_is_left_of_the_time() {
    let (clinic, (mut robin, phone), _) = desk();
    let first = Browser::ask(&clinic, EMAIL, "access", "");
    let page = robin.get("/staff/requests");
    page.assert_shows(200, "A copy of my data");
    page.assert_shows(200, "21 October 2026");
    page.assert_shows(200, "30 days left");
    for (filter, is_there) in [
        ("due=7", false),
        ("due=30", true),
        ("due=overdue", false),
        ("kind=erasure", false),
        ("kind=access", true),
        ("show=waiting", false),
        ("show=received", true),
        ("show=answered", false),
        ("show=all", true),
        ("show=%3Cscript%3E", true),
        ("after=2026-09-21.ffffffffffffffffffffffffffffffff", false),
        ("after=x", true),
    ] {
        let page = robin.get(&format!("/staff/requests?{filter}"));
        let link = format!("href=\"{first}\"");
        assert_eq!((page.status, page.body.contains(&link)), (200, is_there), "{filter}");
        assert!(!page.body.contains("<script>"), "{filter}");
    }
    robin.get(&first).assert_shows(200, "one month from 2026-09-21 ends on 2026-10-21");

    // 31 October: ten days over. Then 25 November, when somebody else asks.
    step_on(&clinic, 40, (&mut robin, &phone), STAFF.0);
    robin.get("/staff/requests?due=overdue").assert_shows(200, "10 days overdue");
    step_on(&clinic, 25, (&mut robin, &phone), STAFF.0);
    let second = Browser::ask(&clinic, OTHER_EMAIL, "erasure", "");
    let page = robin.get(&second);
    page.assert_shows(200, "29 December 2026");
    page.assert_shows(200, "34 days left");
    let page = robin.get("/staff/requests");
    let place = |path: &str| page.body.find(path).unwrap();
    assert!(place(&first) < place(&second), "{}", page.body);
    let page = robin.get("/staff/requests?due=30");
    assert!(page.body.contains(&first) && !page.body.contains(&second), "{}", page.body);
}

#[test]
fn the_queue_goes_on_from_page_to_page() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    for email in [EMAIL, OTHER_EMAIL] {
        for _ in 0..10 {
            Browser::ask(&clinic, email, "objection", "");
        }
    }
    kim.get("/requests").assert_shows(200, "Your requests");
    for what in ["access", "erasure", "restriction", "portability", "rectification", "access"] {
        assert_eq!(kim.post("/requests", &[("ask", what), ("words", "")]).status, 303);
    }
    let first = robin.get("/staff/requests");
    let count = |page: &Page| page.body.matches("<th scope=\"row\">").count();
    assert_eq!(count(&first), 25);
    let next = first.between("href=\"/staff/requests?", "\">Next page").unwrap();
    let next = format!("/staff/requests?{}", next.replace("&#38;", "&"));
    let second = robin.get(&next);
    assert_eq!(count(&second), 1);
    assert!(!second.body.contains("Next page"));
    second.assert_shows(200, "From the beginning");
}

/// Every page and act of the desk, to those who may not.
#[test]
fn t53_roles_at_the_desk() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    // Staff read and act, and leave what takes something away to the privacy lead.
    let reasons = [("ground", "complexity"), ("words", "nine sources")];
    kim.act(&path, "extend", &reasons).assert_shows(422, "This takes the privacy lead");
    assert!(!kim.get(&path).body.contains("/extend\""));
    kim.must(&path, "accept", &[]);
    let refusal = [("ground", "unfounded"), ("because", "a"), ("weighed", "b")];
    kim.act(&path, "refuse", &refusal).assert_shows(422, "This takes the privacy lead");
    robin.write(&path, "extend", &reasons);
    // A person takes their request back, and nobody for them.
    for browser in [&mut kim, &mut robin] {
        browser.act(&path, "withdraw", &[]).assert_shows(404, "Page not found");
    }

    // Whoever audits reads.
    clinic.change("UPDATE people SET duty = 'auditor' WHERE email = 'kim@example.com'");
    kim.get("/staff/requests").assert_shows(200, "A copy of my data");
    kim.get(&path).assert_shows(200, "Nothing, by you.");
    for act in ["accept", "extend", "refuse", "withdraw", "nothing"] {
        kim.post(&format!("{path}/{act}"), &[("version", "2")]).assert_shows(404, "Page not found");
    }
    // Patients see nothing of it, the person not either.
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    for page in ["/staff/requests", &path] {
        patient.get(page).assert_shows(404, "Page not found");
    }
    patient.get("/requests").assert_shows(200, "A copy of my data");
    patient.post(&format!("{path}/accept"), &[]).assert_shows(404, "Page not found");
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 3);
}

/// A password alone, and a confirmation of long ago.
#[test]
fn t53_the_desk_asks_for_a_second_factor_and_for_a_fresh_one_to_act() {
    let clinic = Clinic::open();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    let mut half = clinic.browser();
    half.show_password_of(STAFF.0, PASSWORD).assert_redirects_to("/account/security");
    for page in ["/staff/requests", &path] {
        half.get(page).assert_shows(403, "Staff sign in with a second factor");
    }
    half.get("/account").assert_shows(200, STAFF.1);
    half.post(&format!("{path}/accept"), &[]).assert_shows(403, "Staff sign in");
    let (mut robin, _) = clinic.enrol_and_sign_in(STAFF.0);
    let asked = robin.act(&path, "accept", &[]);
    let reference = path.rsplit('/').next().unwrap();
    asked.assert_redirects_to(&format!("/reauth?for=request.{reference}"));
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 1);
}

/// Nobody decides about their own request, whatever their role.
#[test]
fn nobody_deals_with_their_own_request() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    robin.get("/requests").assert_shows(200, "Your requests");
    let asked = robin.post("/requests", &[("ask", "access"), ("words", "")]);
    let path = asked.header("location").unwrap().strip_suffix("?received").unwrap();
    let path = format!("/staff{path}");
    robin.get(&path).assert_shows(200, "Nothing, by you.");
    robin.post(&format!("{path}/accept"), &[("version", "1")]).assert_shows(422, "is your own");
    kim.must(&path, "accept", &[]);
    assert_eq!(clinic.audited("request: accept"), 1);
}

/// Two at one page: the second is told, and nothing happens twice.
#[test]
fn t55_a_stale_page_changes_nothing() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    robin.get(&path).assert_shows(200, "Take the request up");
    kim.must(&path, "accept", &[]);
    for version in ["1", "", "x", "99999999999", "-1"] {
        let page = robin.post(&format!("{path}/begin-collection"), &[("version", version)]);
        page.assert_shows(409, "Somebody else was faster");
    }
    let page = robin.post(&format!("{path}/begin-collection"), &[]);
    page.assert_shows(409, "Somebody else was faster");
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 2);
    assert_eq!(clinic.audited("request: accept"), 1);
}

/// Names that are none, and of other records.
#[test]
fn t53_what_is_no_request_of_this_clinic_is_not_there() {
    let (clinic, (mut robin, _), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    for name in ["0".repeat(32), "x".into(), "A".repeat(32), "%2e%2e".into()] {
        robin.get(&format!("/staff/requests/{name}")).assert_shows(404, "Page not found");
        let act = format!("/staff/requests/{name}/accept");
        robin.get("/staff/requests").assert_shows(200, "A copy of my data");
        robin.post(&act, &[("version", "1")]).assert_shows(404, "Page not found");
    }
    robin.act(&path, "nothing", &[]).assert_shows(404, "Page not found");
    // The record of a consent is no request.
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    let page = patient.get("/account/consents");
    let notice = page.between("name=\"notice\" value=\"", "\"").unwrap().to_owned();
    let given = patient.post("/account/consents/research/give", &[("notice", &notice)]);
    given.assert_redirects_to("/account/consents?given");
    let consent = clinic.query_blobs("SELECT id FROM records WHERE kind = 'consent'").remove(0);
    let consent = format!("/staff/requests/{}", HEXLOWER.encode(&consent));
    robin.get(&consent).assert_shows(404, "Page not found");
}
