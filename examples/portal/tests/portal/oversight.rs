//! What those who look over others see: the audit, what is limited, what is published.

use std::thread;
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::clinic::{Clinic, EMAIL, OTHER_EMAIL, PASSWORD, STAFF};
use crate::desk::desk;
use crate::languages::assert_translated;

const PAGES: [&str; 3] = ["/staff/audit", "/staff/publishing", "/staff/limits"];

/// A clinic with a privacy lead, and somebody who audits.
fn oversight() -> (Clinic, Browser, Browser) {
    let (clinic, (robin, _), (kim, _)) = desk();
    clinic.change("UPDATE people SET duty = 'auditor' WHERE email = 'kim@example.com'");
    (clinic, robin, kim)
}

/// Every page to everybody.
#[test]
fn t53_who_may_look_over_others() {
    let (clinic, mut lead, mut kim) = oversight();
    for page in PAGES {
        lead.get(page).assert_shows(200, "</h1>");
        kim.get(page).assert_shows(200, "</h1>");
    }
    clinic.change("UPDATE people SET duty = NULL WHERE email = 'kim@example.com'");
    kim.get("/staff/limits").assert_shows(200, "Limits");
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    for browser in [&mut kim, &mut patient] {
        for page in ["/staff/audit", "/staff/publishing"] {
            browser.get(page).assert_shows(404, "Page not found");
            browser.get("/account").assert_shows(200, "Your profile");
        }
        for form in ["/staff/audit/verify", "/staff/publishing/check"] {
            browser.post(form, &[]).assert_shows(404, "Page not found");
            browser.get("/account").assert_shows(200, "Your profile");
        }
    }
    patient.get("/staff/limits").assert_shows(404, "Page not found");
    assert!(!kim.get("/staff/requests").body.contains("href=\"/staff/audit\""));
    clinic.browser().get(PAGES[0]).assert_redirects_to("/login");
    lead.form_token = "0".repeat(64);
    lead.post("/staff/audit/verify", &[]).assert_shows(403, "This form has expired");
    assert_eq!(clinic.audited("audit verified: intact"), 0);
}

/// A password is not enough, whatever the duty.
#[test]
fn t53_looking_over_others_takes_a_second_factor() {
    let clinic = Clinic::open();
    for duty in ["privacy lead", "auditor"] {
        let sql = format!("UPDATE people SET duty = '{duty}' WHERE email = '{}'", STAFF.0);
        clinic.change(&sql);
        let mut half = clinic.browser();
        half.show_password_of(STAFF.0, PASSWORD).assert_redirects_to("/account/security");
        for page in PAGES {
            half.get(page).assert_shows(403, "Staff sign in with a second factor");
        }
    }
}

#[test]
fn the_audit_is_searched_by_person_actor_kind_and_day() {
    let (clinic, mut lead, mut auditor) = oversight();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    lead.must(&path, "accept", &[]);
    await_sealed(&clinic);
    let mut search = |filter: &str| auditor.get(&format!("/staff/audit?{filter}"));
    let accepted = "<code lang=\"en\">request: accept</code>";
    for filter in [
        "",
        "action=request%3A+acc",
        "about=alex%40example.com",
        "about=ALEX%40example.com&by=robin%40example.com",
        "by=robin%40example.com&action=request",
        "from=2026-09-21&until=2026-09-21",
    ] {
        search(filter).assert_shows(200, accepted);
    }
    let page = search("about=alex%40example.com&by=robin%40example.com");
    assert_eq!(page.body.matches("<th scope=\"row\">").count(), 1);
    for filter in [
        "about=sam%40example.com&action=request",
        "by=kim%40example.com&action=request",
        "by=operator&action=request",
        "until=2026-09-20",
        "from=2026-09-22",
        "before=1.1",
    ] {
        search(filter).assert_shows(200, "There are no such events.");
    }
    for (filter, field) in [
        ("about=nobody%40example.com", "about"),
        ("by=%3Cscript%3E", "by"),
        ("from=yesterday", "from"),
        ("until=2026-02-30", "until"),
    ] {
        let page = search(filter);
        page.assert_shows(422, &format!("href=\"#{field}\""));
        assert!(!page.body.contains("<script>"), "{filter}");
    }
}

/// Waits for the sealer, which comes every two seconds.
fn await_sealed(clinic: &Clinic) {
    let give_up = Instant::now() + Duration::from_secs(20);
    while clinic.query("SELECT count(*) FROM audit_events WHERE seq IS NULL") > 0 {
        assert!(Instant::now() < give_up, "events are not sealed");
        thread::sleep(Duration::from_millis(50));
    }
}

/// What a change behind the portal's back looks like, and who has looked.
#[test]
fn t56_verifying_shows_what_was_altered() {
    let (clinic, mut lead, mut auditor) = oversight();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    lead.must(&path, "accept", &[]);
    auditor.get("/staff/audit").assert_shows(200, "Verification");
    let page = auditor.post("/staff/audit/verify", &[]);
    page.assert_shows(200, "Everything is as it was written.");
    page.assert_shows(200, "<code>portal consents verify --expect ");
    page.assert_shows(200, "<code>portal audit verify --expect ");
    assert_eq!(clinic.audited("audit verified: intact"), 1);
    clinic.change("UPDATE requests SET state = 'closed'");
    let page = auditor.post("/staff/audit/verify", &[]);
    page.assert_shows(200, "Something is not as it was written.");
    page.assert_shows(200, "BROKEN: ");
    assert_eq!(clinic.audited("audit verified: BROKEN"), 1);
}

/// The chain of the audit itself, altered: it is noted as soon as it is known, and shown once the
/// log can be read.
#[test]
fn t56_a_broken_chain_is_noted_whatever_becomes_of_the_log() {
    let (clinic, _, mut auditor) = oversight();
    await_sealed(&clinic);
    auditor.get("/staff/audit").assert_shows(200, "Verification");
    clinic.change("UPDATE audit_events SET at = at + 1 WHERE seq = 2");
    clinic.change("ALTER TABLE ledger_entries RENAME TO elsewhere");
    let page = auditor.post("/staff/audit/verify", &[]);
    assert!(page.status >= 500, "{}", page.body);
    assert_eq!(clinic.audited("audit verified: BROKEN"), 1);
    clinic.change("ALTER TABLE elsewhere RENAME TO ledger_entries");
    auditor.get("/staff/audit").assert_shows(200, "Verification");
    let page = auditor.post("/staff/audit/verify", &[]);
    page.assert_shows(200, "Something is not as it was written.");
    let fault = "BROKEN at event 2: it, or its place, was altered after it had been sealed";
    page.assert_shows(200, &format!("<code lang=\"en\">{fault}</code>"));
    page.assert_shows(200, "<code>portal consents verify --expect ");
    assert!(!page.body.contains("portal audit verify --expect"));
    assert_eq!(clinic.audited("audit verified: BROKEN"), 2);
    assert_eq!(clinic.audited("audit verified: intact"), 0);
}

/// Links for a new password that somebody asks for again and again wait as well, and nobody has
/// typed a password.
#[test]
fn limits_count_waits_that_no_password_began() {
    let (clinic, mut lead, _) = oversight();
    for _ in 0..3 {
        let mut browser = clinic.browser();
        browser.get("/password/forgot").assert_shows(200, "</h1>");
        browser.post("/password/forgot", &[("email", EMAIL)]);
    }
    let page = lead.get("/staff/limits");
    page.assert_shows(200, "<p id=\"unnamed\">1 wait is running");
    page.assert_shows(200, "too many links for a new password");
    lead.cookies.insert("__Host-language".into(), "de".into());
    lead.get("/staff/limits").assert_shows(200, "zu viele Links für ein neues Passwort");
}

/// Whose codes wait is seen by everybody at the desk, and who guesses at passwords is not named.
#[test]
fn limits_are_seen_with_when_they_end() {
    let (clinic, mut lead, mut auditor) = oversight();
    let page = lead.get("/staff/limits");
    page.assert_shows(200, "Nobody waits, and nobody is blocked.");
    page.assert_shows(200, "No such wait is running.");
    let (mut sam, phone) = clinic.enrol_and_sign_in(OTHER_EMAIL);
    sam.sign_out();
    clinic.step_on(60);
    for _ in 0..5 {
        let refused = {
            let mut browser = clinic.browser();
            browser.show_password_of(EMAIL, "wrong password of somebody")
        };
        assert_eq!(refused.status, 422);
    }
    sam.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/login/second-factor");
    sam.get("/login/second-factor").assert_shows(200, "Enter your code");
    for _ in 0..5 {
        assert_eq!(sam.show_code(&phone.wrong_code_at(clinic.now())).status, 422);
    }
    let page = lead.get("/staff/limits");
    page.assert_shows(200, ">sam@example.com</a>");
    page.assert_shows(200, "<td data-label=\"Failures in a row\">5</td>");
    page.assert_shows(200, "1 wait is running");
    let page = auditor.get("/staff/limits");
    page.assert_shows(200, "<th scope=\"row\">sam@example.com</th>");
    assert!(!page.body.contains("href=\"/staff/people"));
    // 32 seconds after the fifth, as `upheld-second-factor` has it.
    clinic.step_on(31);
    lead.get("/staff/limits").assert_shows(200, ">sam@example.com</a>");
    clinic.step_on(2);
    lead.get("/staff/limits").assert_shows(200, "Nobody waits, and nobody is blocked.");
    clinic.change("UPDATE second_factor_failures SET failures = 100 WHERE failures > 0");
    for page in ["/staff/limits", "/staff/limits?after=x"] {
        lead.get(page).assert_shows(200, "Until it is unlocked");
    }
}

/// The declaration that is in the repository, and drafts of another.
#[test]
fn a_draft_of_the_declaration_is_examined_and_nothing_is_published_by_that() {
    let (_clinic, mut lead, _) = oversight();
    let page = lead.get("/staff/publishing");
    page.assert_shows(200, "patient-portal 1");
    page.assert_shows(200, "Nothing is wrong with it");
    let published = include_str!("../../cookies/cookies.toml");
    let mut check = |text: &str| lead.post("/staff/publishing/check", &[("declaration", text)]);
    let page = check(published);
    page.assert_shows(200, "It declares the same as before");
    page.assert_shows(200, "Nobody is asked again.");
    let tracker = "\n[[item]]\nname = \"_fbp\"\nkind = \"js-cookie\"\npurposes = [\"advertising\"]\n\
                   lifetime = \"90d\"\nbasis = \"legitimate-interest\"\n";
    let page = check(&format!("{published}{tracker}"));
    page.assert_shows(200, "It must not be published");
    page.assert_shows(200, "Everybody who has chosen is asked again.");
    page.assert_shows(200, "<code>item _fbp</code>: new");
    let page = check("schema = 1\nsites = \"<script>\"");
    page.assert_shows(422, "line 2, column 1");
    assert!(!page.body.contains("<script>"));
    let page = lead.get("/cookies");
    page.assert_shows(200, "__Host-session");
    assert!(!page.body.contains("_fbp"));
}

/// The pages in a language in which a text that was left out is seen, and in German.
#[test]
fn looking_over_others_speaks_the_language_of_its_reader() {
    let (clinic, mut lead, _) = oversight();
    Browser::ask(&clinic, EMAIL, "access", "");
    lead.cookies.insert("__Host-language".into(), "en-XA".into());
    for page in PAGES {
        let page = lead.get(page);
        assert_eq!(page.status, 200, "{}", page.body);
    }
    assert_translated("/staff/limits", &lead.get("/staff/limits"));
    assert_translated("verified", &lead.post("/staff/audit/verify", &[]));
    lead.cookies.insert("__Host-language".into(), "de".into());
    lead.get("/staff/audit").assert_shows(200, "Über wen");
    lead.get("/staff/limits").assert_shows(200, "Begrenzungen");
    lead.get("/staff/publishing").assert_shows(200, "Veröffentlichen");
}
