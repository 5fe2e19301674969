//! Declarations of cookies that are published at the desk: what was examined and nothing else, by
//! whom, and what becomes of choices under the one before.

use portal::Settings;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, DECLARED, EMAIL, OTHER_EMAIL, PASSWORD, Phone, SECOND_STAFF, STAFF};
use crate::program::Office;

pub(crate) const DESK: &str = "/staff/publishing";
pub(crate) const CHECK: &str = "/staff/publishing/check";
const PUBLISH: &str = "/staff/publishing/publish";
pub(crate) const PREFERENCES: &str = "/cookies/preferences";
const QUESTION: &str = "May we use cookies that you can refuse?";
const TAG: &str = "src=\"/dev/advert.svg\"";
const DAY: u64 = 86_400;
/// What the demonstration declares.
pub(crate) const OWN: &str = concat!(
    include_str!("../../cookies/cookies.toml"),
    include_str!("../../cookies/advertising.toml")
);
/// A purpose that nobody has agreed to yet.
pub(crate) const MEASURING: &str = r#"
[[purpose]]
id = "measuring"
kind = "statistics"
name = "Measuring"
description = "We count visits."

[[item]]
name = "_measure"
kind = "js-cookie"
purposes = ["measuring"]
basis = "consent"
lifetime = "30d"
data = ["cookie-id", "web-activity"]
description = "Tells visits apart."
"#;

pub(crate) fn newer() -> String {
    format!("{OWN}{MEASURING}")
}

/// A clinic with the advertisement, and its privacy lead.
pub(crate) fn clinic() -> (Clinic, Browser, Phone) {
    let clinic =
        Clinic::at(DECLARED, |settings| Settings { demonstration_advert: true, ..settings });
    clinic.change("UPDATE people SET duty = 'privacy lead' WHERE email = 'robin@example.com'");
    let (mut lead, phone) = clinic.enrol_and_sign_in(STAFF.0);
    lead.reauthenticate(&clinic, &phone);
    lead.get(DESK).assert_shows(200, "Publish another declaration");
    (clinic, lead, phone)
}

/// What the button under an examined text sends.
pub(crate) fn button(page: &Page) -> Option<[String; 2]> {
    let hash = page.between("name=\"hash\" value=\"", "\"")?.to_owned();
    Some([hash, page.between("name=\"base\" value=\"", "\"")?.to_owned()])
}

pub(crate) fn examine(lead: &mut Browser, text: &str) -> [String; 2] {
    let page = lead.post(CHECK, &[("declaration", text)]);
    assert_eq!(page.status, 200, "{}", page.body);
    let button = button(&page);
    assert!(button.is_some(), "{}", page.body);
    button.unwrap()
}

pub(crate) fn send(lead: &mut Browser, [hash, base]: &[String; 2]) -> Page {
    lead.post(PUBLISH, &[("hash", hash), ("base", base)])
}

pub(crate) fn publish(lead: &mut Browser, text: &str) {
    let examined = examine(lead, text);
    send(lead, &examined).assert_redirects_to("/staff/publishing?published");
}

fn sha256(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(text))
}

pub(crate) fn published(clinic: &Clinic) -> i64 {
    clinic.query("SELECT count(*) FROM declarations WHERE number > 0")
}

pub(crate) fn choose(browser: &mut Browser, choice: &str) {
    browser.get(PREFERENCES).assert_shows(200, "Cookie preferences");
    let saved = browser.post(PREFERENCES, &[("choice", choice)]);
    saved.assert_redirects_to("/cookies/preferences?saved");
}

fn is_asked(browser: &mut Browser) -> bool {
    browser.get("/cookies").body.contains(QUESTION)
}

fn has_advert(browser: &mut Browser) -> bool {
    browser.get("/cookies").body.contains(TAG)
}

#[test]
fn a_new_purpose_is_asked_about_and_an_older_choice_releases_nothing() {
    let (clinic, mut lead, _) = clinic();
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    choose(&mut patient, "accept");
    assert!(has_advert(&mut patient) && !is_asked(&mut patient));

    let page = lead.post(CHECK, &[("declaration", &newer())]);
    page.assert_shows(200, "Everybody who has chosen is asked again.");
    page.assert_shows(200, "<code>purpose measuring</code>: new");
    page.assert_shows(200, "<code>item _measure</code>: new");
    assert_eq!((published(&clinic), is_asked(&mut patient)), (0, false));
    let examined = button(&page).unwrap();
    send(&mut lead, &examined).assert_redirects_to("/staff/publishing?published");
    lead.get("/staff/publishing?published").assert_shows(200, "The declaration was published.");
    assert_eq!(published(&clinic), 1);

    // From the next page on, in the browser that had agreed to everything there was.
    assert!(is_asked(&mut patient) && !has_advert(&mut patient));
    let page = patient.get(PREFERENCES);
    page.assert_shows(200, "<strong>Measuring</strong>");
    page.assert_shows(200, "You have not chosen yet.");
    assert!(!page.body.contains("<p class=\"state\">On</p>"));
    assert!(page.headers.iter().all(|(name, _)| name != "set-cookie"), "{:?}", page.headers);
    patient.get("/account/consents").assert_shows(200, "Measuring");
    choose(&mut patient, "accept");
    assert!(!is_asked(&mut patient) && has_advert(&mut patient));
    let page = patient.get("/account/consents");
    page.assert_shows(200, "to version 2026112700 of the notice.");
    patient.get("/account/consents/receipts/kantara").assert_shows(200, "Measuring. We count");

    // For everybody to read, with what was in force before.
    let mut anybody = clinic.browser();
    let page = anybody.get("/cookies");
    page.assert_shows(200, "This is version 1, in force since 30 November 2026");
    page.assert_shows(200, "_measure");
    let page = anybody.get("/cookies/versions/0");
    page.assert_shows(200, "This is version 0. It is not in force any more.");
    assert!(!page.body.contains("_measure"));
    anybody.get("/cookies/versions/1").assert_redirects_to("/cookies");
    for number in ["2", "-1", "x", "99999999999"] {
        let path = format!("/cookies/versions/{number}");
        anybody.get(&path).assert_shows(404, "Page not found");
    }
}

/// The versions, the audit, and the way back.
#[test]
fn versions_are_kept_with_who_and_what_changed() {
    let (clinic, mut lead, _) = clinic();
    lead.get("/staff/publishing/versions").assert_shows(200, "None was published.");
    publish(&mut lead, &newer());
    let page = lead.get("/staff/publishing/versions");
    page.assert_shows(200, "Robin Hale &#60;robin@example.com&#62;");
    page.assert_shows(200, "<code>item _measure</code>: new");
    page.assert_shows(200, "the program’s own");
    // As `sha256sum` has it of the very text, on the page, in the audit and in the row.
    let hash = sha256(&newer());
    page.assert_shows(200, &hash);
    let action = format!("declaration of cookies 1 published: SHA-256 {hash}");
    assert_eq!(clinic.audited(&action), 1);
    // Words on the same day are a notice of their own.
    let again = newer().replace("We count visits.", "We count every visit.");
    let page = lead.post(CHECK, &[("declaration", &again)]);
    page.assert_shows(200, "Nobody is asked again.");
    page.assert_shows(200, "<code>description</code>, <code>We count visits.</code>");
    let examined = button(&page).unwrap();
    send(&mut lead, &examined).assert_redirects_to("/staff/publishing?published");
    let versions = "SELECT count(DISTINCT version) FROM notices WHERE id = 'cookies'";
    assert_eq!(clinic.query(versions), 3);
    // Going back is publishing anew: what was chosen under that text counts again.
    let mut browser = clinic.browser();
    publish(&mut lead, OWN);
    choose(&mut browser, "accept");
    publish(&mut lead, &newer());
    assert!(is_asked(&mut browser) && !has_advert(&mut browser));
    publish(&mut lead, OWN);
    assert!(!is_asked(&mut browser) && has_advert(&mut browser));
    assert_eq!((published(&clinic), clinic.query(versions)), (5, 4));
    let page = lead.get("/staff/publishing/versions?from=2");
    page.assert_shows(200, "<h2 id=\"version-2\">");
    assert!(!page.body.contains("id=\"version-3\""));
}

/// A page that was made before the declaration changed.
#[test]
fn nobody_agrees_to_what_was_not_on_the_page() {
    let (clinic, mut lead, _) = clinic();
    let mut browsers = [clinic.browser(), clinic.browser(), clinic.browser()];
    for browser in &mut browsers {
        browser.get(PREFERENCES).assert_shows(200, "You have not chosen yet.");
        // Of two programs each may have its own, and neither a number for it.
        assert_eq!(browser.declaration, sha256(OWN));
    }
    publish(&mut lead, &newer());
    let [accepting, saving, rejecting] = &mut browsers;
    let ticked = [("choice", "save"), ("purpose-measuring", "on")];
    for (browser, fields) in [(accepting, &[("choice", "accept")][..]), (saving, &ticked)] {
        let answer = browser.post(PREFERENCES, fields);
        answer.assert_redirects_to("/cookies/preferences?changed");
        assert!(is_asked(browser) && !has_advert(browser));
        let page = browser.get("/cookies/preferences?changed");
        page.assert_shows(200, "What we store was changed since");
        browser.post(PREFERENCES, fields).assert_redirects_to("/cookies/preferences?saved");
        assert!(!is_asked(browser));
    }
    // To refuse everything one need not know what it is.
    let answer = rejecting.post(PREFERENCES, &[("choice", "reject")]);
    answer.assert_redirects_to("/cookies/preferences?saved");
    assert!(!is_asked(rejecting) && !has_advert(rejecting));
}

#[test]
fn t61_only_what_was_examined_is_published() {
    let (clinic, mut lead, _) = clinic();
    let first = examine(&mut lead, &newer());
    // Another text in another window.
    let renamed = OWN.replace("Example Adverts", "Other Adverts");
    let second = examine(&mut lead, &renamed);
    send(&mut lead, &first).assert_shows(422, "This is not the text that you examined");
    let [hash, _] = &second;
    for base in ["7", "", "x"] {
        let page = send(&mut lead, &[hash.clone(), base.to_owned()]);
        assert!(matches!(page.status, 409 | 422), "{base}: {}", page.status);
    }
    assert_eq!(published(&clinic), 0);
    send(&mut lead, &second).assert_redirects_to("/staff/publishing?published");
    // Sent twice, it is gone.
    send(&mut lead, &second).assert_shows(422, "This is not the text that you examined");

    // Somebody else was faster.
    clinic.change("UPDATE people SET duty = 'privacy lead' WHERE email = 'kim@example.com'");
    let (mut other, phone) = clinic.enrol_and_sign_in(SECOND_STAFF.0);
    other.reauthenticate(&clinic, &phone);
    other.get(DESK).assert_shows(200, "Publish another declaration");
    let mine = examine(&mut lead, &newer());
    let theirs = examine(&mut other, OWN);
    send(&mut other, &theirs).assert_redirects_to("/staff/publishing?published");
    let page = send(&mut lead, &mine);
    page.assert_shows(422, "Another version was published since you examined this one");
    page.assert_shows(422, "<code>purpose measuring</code>: new");
    assert!(!page.body.contains("Other Adverts</code> →"));
    assert_eq!(published(&clinic), 2);
    // What it comes to now was seen, and may be published.
    let mine = button(&page).unwrap();
    send(&mut lead, &mine).assert_redirects_to("/staff/publishing?published");
    assert_eq!(published(&clinic), 3);
}

#[test]
fn t61_what_the_law_or_the_portal_forbids_is_not_published() {
    let (clinic, mut lead, _) = clinic();
    let tracker = "\n[[item]]\nname = \"_fbp\"\nkind = \"js-cookie\"\npurposes = [\"advertising\"]\n\
                   lifetime = \"90d\"\nbasis = \"legitimate-interest\"\n";
    let excused = format!(
        "{OWN}{tracker}[[suppress]]\ncode = \"CL08\"\nreason = \"why not\"\nuntil = \"2027-01-01\"\n"
    );
    let (head, rest) = OWN.split_once("[[item]]\nname = \"__Host-session\"").unwrap();
    let (_, rest) = rest.split_once("[[item]]").unwrap();
    let without_session = format!("{head}[[item]]{rest}");
    let cases = [
        (OWN.to_owned(), "It is what is in force, to the letter."),
        (format!("{OWN}{tracker}"), "It has errors by the law"),
        (excused, "It has errors by the law"),
        (newer().replace("2026-11-27", "2026-12-01"), "<code>2026-12-01</code>"),
        (without_session, "<code>__Host-session</code>"),
        (newer().replace("lifetime = \"5m\"", "lifetime = \"4m\""), "<code>__Host-login</code>"),
        (
            newer().replace("cookie = \"__Host-consent\"", "cookie = \"__Host-session\""),
            "uses the cookie that is to keep the choice for something else",
        ),
        (
            newer().replace("cookie = \"__Host-consent\"", "cookie = \"__Host-choice\""),
            "does not declare the cookie that keeps the choice, or needs consent for it: \
             <code>__Host-choice</code>",
        ),
        (newer().replace("We count visits.", &"x".repeat(2001)), "fit in a notice."),
        (newer().replace("again_after = \"182d\"", "again_after = \"183d\""), "said to end sooner"),
        (
            newer().replace(
                "purposes = [\"security\"]\nbasis = \"strictly-necessary\"",
                "purposes = [\"security\"]\nbasis = \"consent\"",
            ),
            "<code>__Host-form</code>",
        ),
    ];
    for (text, why) in cases {
        let page = lead.post(CHECK, &[("declaration", &text)]);
        page.assert_shows(200, "It must not be published:");
        page.assert_shows(200, why);
        assert_eq!(button(&page), None, "{why}");
        // Whoever makes the form up gets no further.
        send(&mut lead, &[sha256(&text), "0".into()]).assert_shows(422, "It cannot be published");
    }
    let page = lead.post(CHECK, &[("declaration", "schema = 1\nsites = \"<script>\"")]);
    page.assert_shows(422, "line 2, column 1");
    let long = format!("{OWN}# {}", "x".repeat(33 * 1024));
    lead.post(CHECK, &[("declaration", &long)]).assert_shows(422, "This is too long");
    let longer = "x".repeat(70 * 1024);
    lead.post(CHECK, &[("declaration", &longer)]).assert_shows(413, "That was too much text");
    lead.get(DESK).assert_shows(200, "__Host-session");
    assert_eq!(published(&clinic), 0);
}

#[test]
fn t61_a_day_has_twenty_versions_at_most() {
    let (clinic, mut lead, phone) = clinic();
    let text = |number: u32| OWN.replace("An advertiser that", &format!("{number}: one that"));
    for number in 0..20 {
        publish(&mut lead, &text(number));
    }
    let last = examine(&mut lead, &text(20));
    send(&mut lead, &last).assert_shows(422, "Twenty versions were published within a day");
    assert_eq!(published(&clinic), 20);
    lead.get("/staff/publishing/versions").assert_shows(200, "?from=0\">");
    clinic.step_on(DAY);
    let mut lead = clinic.browser();
    lead.show_password_of(STAFF.0, PASSWORD).assert_redirects_to("/login/second-factor");
    lead.get("/login/second-factor").assert_shows(200, "Enter your code");
    lead.show_code(&phone.code_at(clinic.now())).assert_redirects_to("/account");
    lead.reauthenticate(&clinic, &phone);
    let page = lead.get(DESK);
    page.assert_shows(200, "20: one that");
    send(&mut lead, &button(&page).unwrap()).assert_redirects_to("/staff/publishing?published");
}

#[test]
fn t53_publishing_is_the_privacy_leads_who_is_there() {
    let (clinic, mut lead, phone) = clinic();
    let examined = examine(&mut lead, &newer());
    let (mut kim, kims) = clinic.enrol_and_sign_in(SECOND_STAFF.0);
    kim.reauthenticate(&clinic, &kims);
    let mut patient = clinic.browser();
    patient.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/account/security");
    patient.get("/account").assert_shows(200, "Your profile");
    kim.get("/account").assert_shows(200, "Your profile");
    for browser in [&mut kim, &mut patient] {
        send(browser, &examined).assert_shows(404, "Page not found");
        browser.get("/staff/publishing/versions").assert_shows(404, "Page not found");
        browser.get("/account").assert_shows(200, "Your profile");
    }
    clinic.change("UPDATE people SET duty = 'auditor' WHERE email = 'kim@example.com'");
    kim.get("/staff/publishing/versions").assert_shows(200, "None was published.");
    let page = kim.post(CHECK, &[("declaration", &newer())]);
    page.assert_shows(200, "Everybody who has chosen is asked again.");
    page.assert_shows(200, "The privacy lead publishes.");
    assert_eq!(button(&page), None);
    send(&mut kim, &examined).assert_shows(404, "Page not found");

    let token = std::mem::replace(&mut lead.form_token, "0".repeat(64));
    send(&mut lead, &examined).assert_shows(403, "This form has expired");
    lead.form_token = token;
    // Ten minutes later somebody else may sit there. The draft is still there afterwards.
    clinic.step_on(601);
    send(&mut lead, &examined).assert_redirects_to("/reauth?for=publishing");
    assert_eq!(published(&clinic), 0);
    clinic.step_on(30);
    lead.get("/reauth?for=publishing").assert_shows(200, "Confirm that it is you");
    let code = phone.code_at(clinic.now());
    let confirmed = lead.post("/reauth", &[("code", &code), ("for", "publishing")]);
    confirmed.assert_redirects_to(DESK);
    let page = lead.get(DESK);
    page.assert_shows(200, "<code>purpose measuring</code>: new");
    send(&mut lead, &button(&page).unwrap()).assert_redirects_to("/staff/publishing?published");
    assert_eq!(published(&clinic), 1);
}

/// What was published is in force after a restart; a text that was altered is followed by nobody.
#[test]
fn t61_a_portal_starts_with_what_was_published_or_not_at_all() {
    let (mut clinic, mut lead, _) = clinic();
    publish(&mut lead, &newer());
    clinic.restart();
    clinic.browser().get("/cookies").assert_shows(200, "This is version 1, in force since");

    let office = Office::migrated();
    let altered =
        "INSERT INTO declarations (tenant, number, text, sha256, published_at, published_by)
                   SELECT tenant, 1, 'schema = 1', zeroblob(32), 0, zeroblob(16)
                   FROM (SELECT 'clinic' AS tenant)";
    assert_eq!(office.tamper(altered), 1);
    let why = "version 1 of the declaration of cookies is not the text that was published";
    office.run(&["serve"]).assert_refused(1, why);
}

#[test]
fn publishing_speaks_german() {
    let (_clinic, mut lead, _) = clinic();
    lead.cookies.insert("__Host-language".into(), "de".into());
    let page = lead.post(CHECK, &[("declaration", &newer())]);
    page.assert_shows(200, "Alle, die gewählt haben, werden neu gefragt.");
    let examined = button(&page).unwrap();
    send(&mut lead, &examined).assert_redirects_to("/staff/publishing?published");
    lead.get("/staff/publishing/versions").assert_shows(200, "Fassungen der Erklärung");
    // What a lead writes has no translation, and is shown as they wrote it.
    lead.get(PREFERENCES).assert_shows(200, "Measuring");
    lead.get("/cookies").assert_shows(200, "Das ist Fassung 1, in Kraft seit");
}
