//! A copy of everything that is held about a person: put together once, taken once, by them alone.

use std::thread;
use std::time::{Duration, Instant};

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, NAME, OTHER_EMAIL, PASSWORD, Phone, STAFF};
use crate::complaints::complain;
use crate::ground::name_of;
use crate::intakes::ask;

const PAGE: &str = "/account/data/export";
const DAY: u64 = 24 * 60 * 60;

/// Somebody with an app, who has just proved to be there.
fn fresh(clinic: &Clinic, phone: &Phone) -> Browser {
    let mut browser = clinic.browser();
    browser.sign_in(clinic, phone);
    browser.reauthenticate(clinic, phone);
    browser
}

/// Asks for a copy, and waits until it is there.
pub(crate) fn make_copy(browser: &mut Browser) -> Page {
    browser.get(PAGE).assert_shows(200, "Make a copy");
    browser.post(PAGE, &[]).assert_redirects_to(PAGE);
    await_copy(browser)
}

fn await_copy(browser: &mut Browser) -> Page {
    let give_up = Instant::now() + Duration::from_secs(30);
    loop {
        let page = browser.get(PAGE);
        if page.body.contains("Take the copy") {
            return page;
        }
        page.assert_shows(200, "We are putting your copy together");
        assert!(Instant::now() < give_up, "no copy was made");
        thread::sleep(Duration::from_millis(50));
    }
}

/// The files in a ZIP whose files are stored as they are, by the directory at its end (APPNOTE.TXT
/// §4.3.12).
pub(crate) fn files_of(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let number = |at: usize, bytes: usize| {
        zip[at..at + bytes].iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte))
    };
    let end = zip.len() - 22;
    assert_eq!(&zip[end..end + 4], b"PK\x05\x06");
    let mut at = number(end + 16, 4);
    let mut files = Vec::new();
    for _ in 0..number(end + 10, 2) {
        assert_eq!(&zip[at..at + 4], b"PK\x01\x02");
        let (size, name, start) = (number(at + 20, 4), number(at + 28, 2), number(at + 42, 4));
        let path = String::from_utf8(zip[at + 46..at + 46 + name].to_vec()).unwrap();
        let content = start + 30 + number(start + 26, 2) + number(start + 28, 2);
        files.push((path, zip[content..content + size].to_vec()));
        at += 46 + name;
    }
    files
}

fn text_of(files: &[(String, Vec<u8>)], path: &str) -> String {
    let (_, content) = files.iter().find(|(known, _)| known == path).unwrap();
    String::from_utf8(content.clone()).unwrap()
}

#[test]
fn a_copy_has_everything_that_is_shown_as_held() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = fresh(&clinic, &phone);
    let notice = browser.get("/account/consents");
    let notice = notice.between("name=\"notice\" value=\"", "\"").unwrap().to_owned();
    let given = browser.post("/account/consents/news-by-email/give", &[("notice", &notice)]);
    given.assert_redirects_to("/account/consents?given");
    let asked = browser.post("/requests", &[("ask", "objection"), ("words", "=1+1, please")]);
    let request = asked.header("location").unwrap().strip_prefix("/requests/").unwrap();
    let request = request.strip_suffix("?received").unwrap().to_owned();

    ask(&clinic, "rectification", EMAIL);
    complain(&clinic, EMAIL);
    let (mut kim, kims_phone) = clinic.enrol_and_sign_in(STAFF.0);
    kim.reauthenticate(&clinic, &kims_phone);
    let doubt = [("words", "Somebody else wrote from there.")];
    kim.write(&format!("/staff/requests/{request}"), "request-identity", &doubt);

    let ready = make_copy(&mut browser);
    ready.assert_shows(200, "You can take it once, until 28 September 2026");
    clinic.await_mail("The copy of your data is ready");
    let (status, headers, zip) = browser.post_for_bytes(&format!("{PAGE}/download"), &[]);
    assert_eq!(status, 200, "{headers:?}");
    let header = |name: &str| headers.iter().find(|(known, _)| known == name).unwrap().1.clone();
    assert_eq!(header("content-type"), "application/zip");
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"portal-data-2026-09-21.zip\""
    );
    assert_eq!(header("cache-control"), "no-store");
    clinic.await_mail("The copy of your data was taken");

    let files = files_of(&zip);
    let paths: Vec<_> = files.iter().map(|(path, _)| path.as_str()).collect();
    let letter = format!("requests/{request}/letter-1.txt");
    for path in [
        "SHA256SUMS",
        "consents/receipt-dpv.jsonld",
        "consents/receipt-iso27560.json",
        "consents/receipt-kantara.json",
        "consents/record.json",
        "data/authenticators.json",
        "data/browsers.json",
        "data/complaints.csv",
        "data/consents.csv",
        "data/emails.json",
        "data/log.json",
        "data/profile.json",
        "data/requests.csv",
        "data/sessions.json",
        "index.html",
        "manifest.json",
        "portable.ndjson",
        &letter,
    ] {
        assert!(paths.contains(&path), "no {path} in {paths:?}");
    }
    for (path, expected) in [
        ("data/profile.json", NAME),
        ("data/profile.json", EMAIL),
        ("data/authenticators.json", "Authenticator app"),
        ("data/sessions.json", "second factor"),
        ("data/consents.json", "I want news and offers of the clinic by e-mail."),
        ("data/requests.json", "=1+1, please"),
        ("data/emails.json", "We have your request"),
        ("data/emails.json", "Confirm your request about your data"),
        ("data/requests.json", "My address of 2019 is wrong."),
        ("data/complaints.json", "My letters went to my neighbour."),
        ("data/log.json", "signed in with a second factor"),
        ("data/log.json", "copy of data asked for"),
    ] {
        let text = text_of(&files, path);
        assert!(text.contains(expected), "no {expected:?} in {path}: {text}");
    }
    // What a spreadsheet would compute is text there.
    assert!(text_of(&files, "data/requests.csv").contains("\"'=1+1, please\""));
    // A line to each file but its own.
    assert_eq!(text_of(&files, "SHA256SUMS").lines().count(), files.len() - 1);
}

/// The copy is shown once, to its person, who has just proved to be there.
#[test]
fn t54_a_copy_is_taken_once_and_by_its_person_alone() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = clinic.browser();
    browser.sign_in(&clinic, &phone);
    browser.get(PAGE).assert_shows(200, "Make a copy");
    // A session alone is not enough to ask, and nothing was asked for.
    browser.post(PAGE, &[]).assert_redirects_to("/reauth?for=export");
    assert_eq!(clinic.query("SELECT count(*) FROM exports"), 0);
    browser.reauthenticate(&clinic, &phone);
    make_copy(&mut browser);
    // Twice asked is once.
    browser.post(PAGE, &[]).assert_redirects_to(PAGE);
    assert_eq!(clinic.query("SELECT count(*) FROM exports"), 1);

    let download = format!("{PAGE}/download");
    let mut other = clinic.browser();
    other.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/account/security");
    other.get(PAGE).assert_shows(200, "Make a copy");
    other.post(&download, &[]).assert_shows(422, "There is no copy to take");

    // Ten minutes later it has to be proved again.
    clinic.step_on(601);
    browser.get(PAGE).assert_shows(200, "Take the copy");
    browser.post(&download, &[]).assert_redirects_to("/reauth?for=export");
    browser.reauthenticate(&clinic, &phone);
    browser.get(PAGE).assert_shows(200, "Take the copy");
    let (status, _, zip) = browser.post_for_bytes(&download, &[]);
    assert_eq!((status, &zip[..4]), (200, &b"PK\x03\x04"[..]));
    browser.get(PAGE).assert_shows(200, "Make a copy");
    browser.post(&download, &[]).assert_shows(422, "There is no copy to take");
    assert_eq!(clinic.query("SELECT count(*) FROM exports"), 0);
    assert_eq!(clinic.audited("copy of data taken"), 1);
}

/// One session, eight downloads at the same moment.
#[test]
fn t54_of_downloads_at_once_one_has_the_copy() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = fresh(&clinic, &phone);
    make_copy(&mut browser);
    let download = format!("{PAGE}/download");
    let mut browsers = vec![browser; 8];
    let answers: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = browsers
            .iter_mut()
            .map(|browser| scope.spawn(|| browser.post_for_bytes(&download, &[])))
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut statuses: Vec<_> = answers.iter().map(|(status, _, _)| *status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422, 422, 422, 422, 422, 422, 422]);
    let copies = answers.iter().filter(|(_, _, body)| body.starts_with(b"PK\x03\x04"));
    assert_eq!(copies.count(), 1);
    assert_eq!(clinic.audited("copy of data taken"), 1);
}

/// What waits is sealed, to its row.
#[test]
fn t44_a_copy_that_waits_is_sealed_to_its_person() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = fresh(&clinic, &phone);
    make_copy(&mut browser);
    let bundles = clinic.query_blobs("SELECT bundle FROM exports");
    for plain in [b"PK\x03\x04".as_slice(), b"Alex Morgan", b"manifest.json"] {
        assert!(!bundles[0].windows(plain.len()).any(|window| window == plain));
    }
    let mut other = clinic.browser();
    other.show_password_of(OTHER_EMAIL, PASSWORD).assert_redirects_to("/account/security");
    make_copy(&mut other);
    let of = |email: &str| format!("(SELECT id FROM people WHERE email = '{email}')");
    let (mine, theirs) = (of(EMAIL), of(OTHER_EMAIL));
    clinic.change(&format!(
        "UPDATE exports SET bundle = (SELECT bundle FROM exports AS mine WHERE mine.person = {mine})
         WHERE person = {theirs}"
    ));
    let page = other.post(&format!("{PAGE}/download"), &[]);
    page.assert_shows(500, "Something went wrong on our side");
}

#[test]
fn a_copy_that_nobody_takes_is_deleted_after_a_week() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = fresh(&clinic, &phone);
    make_copy(&mut browser);
    clinic.step_on(7 * DAY + 1);
    let mut browser = fresh(&clinic, &phone);
    browser.get(PAGE).assert_shows(200, "Make a copy");
    let page = browser.post(&format!("{PAGE}/download"), &[]);
    page.assert_shows(422, "There is no copy to take");
}

/// A worker that was killed in the middle, as another process sees it.
#[test]
fn a_copy_that_was_left_in_the_middle_is_taken_up_again() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = fresh(&clinic, &phone);
    let leased = clinic.now() + 60;
    let (zeros, ones) = (name_of("00"), name_of("11"));
    clinic.change(&format!(
        "INSERT INTO exports (tenant, person, id, asked_at, parts_done, tries, worker,
                              leased_until, expires_at)
         SELECT tenant, id, {zeros}, {now}, 3, 1, {ones}, {leased}, {now} + 604800
         FROM people WHERE email = '{EMAIL}'",
        now = clinic.now()
    ));
    let page = browser.get(PAGE);
    page.assert_shows(200, "We are putting your copy together: 3 of 7 parts are done.");
    page.assert_shows(200, "<progress value=\"3\" max=\"7\"");
    page.assert_shows(200, "<meta http-equiv=\"refresh\" content=\"3\">");
    //= WCAG 2.2, 2.2.2: what updates by itself can be stopped
    page.assert_shows(200, "href=\"/account/data/export?still\"");
    let still = browser.get("/account/data/export?still");
    still.assert_shows(200, "This page does not look by itself.");
    assert!(!still.body.contains("http-equiv"), "{}", still.body);
    thread::sleep(Duration::from_millis(2500));
    browser.get(PAGE).assert_shows(200, "3 of 7 parts are done.");

    clinic.step_on(61);
    await_copy(&mut browser);
    clinic.await_count("copy of data ready", 1);
    assert_eq!(clinic.query("SELECT count(*) FROM exports WHERE tries = 2"), 1);
    assert_eq!(clinic.audited("copy of data ready"), 1);
}

/// What cannot be made is given up, said so, and can be asked for again.
#[test]
fn a_copy_that_fails_again_and_again_is_given_up() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = fresh(&clinic, &phone);
    let zeros = name_of("00");
    clinic.change(&format!(
        "INSERT INTO exports (tenant, person, id, asked_at, parts_done, tries, leased_until,
                              expires_at)
         SELECT tenant, id, {zeros}, {now}, 3, 5, {now}, {now} + 604800
         FROM people WHERE email = '{EMAIL}'",
        now = clinic.now()
    ));
    browser.get(PAGE).assert_shows(200, "Your copy could not be made");
    browser.post(PAGE, &[]).assert_redirects_to(PAGE);
    await_copy(&mut browser);
    clinic.await_count("copy of data ready", 1);
}

#[test]
fn a_day_has_five_copies() {
    let (clinic, phone) = Clinic::enrolled();
    let mut browser = fresh(&clinic, &phone);
    for number in 1..=5 {
        make_copy(&mut browser);
        browser.post_for_bytes(&format!("{PAGE}/download"), &[]);
        clinic.await_count("copy of data taken", number);
        browser.get(PAGE).assert_shows(200, "Make a copy");
    }
    browser.post(PAGE, &[]).assert_shows(422, "as many copies as there are in a day");
    assert_eq!(clinic.query("SELECT count(*) FROM exports"), 0);
    clinic.step_on(DAY);
    make_copy(&mut fresh(&clinic, &phone));
}
