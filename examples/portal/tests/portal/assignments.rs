//! Who deals with which request, from the queue to the timeline.

use data_encoding::HEXLOWER;

use crate::browser::{Browser, Page};
use crate::clinic::{EMAIL, OTHER_EMAIL, SECOND_STAFF, STAFF};
use crate::desk::desk;

fn assign(browser: &mut Browser, path: &str, to: &str) -> Page {
    browser.get(path).assert_shows(200, "What happened");
    browser.post(&format!("{path}/assign"), &[("to", to)])
}

/// The number of somebody to whom a request may be given.
pub(crate) fn id(page: &Page, email: &str) -> String {
    let (_, choices) = page.body.split_once("name=\"to\"").unwrap();
    let (before, _) = choices.split_once(&format!("&#60;{email}&#62;")).unwrap();
    let (_, value) = before.rsplit_once("value=\"").unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[test]
fn requests_are_given_to_somebody_who_deals_with_them() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    let other = Browser::ask(&clinic, OTHER_EMAIL, "erasure", "");
    let kims = id(&robin.get(&path), SECOND_STAFF.0);
    assign(&mut robin, &path, &kims).assert_redirects_to(&format!("{path}?done"));
    // To whom it is with already: nothing has happened that could be written down.
    assign(&mut robin, &path, &kims).assert_redirects_to(&format!("{path}?done"));
    assert_eq!(clinic.query("SELECT count(*) FROM request_assignments"), 1);
    assert_eq!(clinic.audited("request: assigned"), 1);
    let page = kim.get(&path);
    page.assert_shows(200, "<dd id=\"assignee\"><code>Kim Osei &#60;kim@example.com&#62;</code>");
    let by = "<strong>Assigned</strong>, <code>Robin Hale &#60;robin@example.com&#62;";
    page.assert_shows(200, by);
    for (is_kims, filter, is_first, is_second) in [
        (true, "with=me", true, false),
        (false, "with=me", false, false),
        (false, "with=nobody", false, true),
        (false, "with=anybody", true, true),
    ] {
        let browser = if is_kims { &mut kim } else { &mut robin };
        let page = browser.get(&format!("/staff/requests?{filter}"));
        let has = |path: &str| page.body.contains(&format!("href=\"{path}\""));
        assert_eq!((has(&path), has(&other)), (is_first, is_second), "{filter}");
    }
    // What happens to it leaves it with whom it is with.
    robin.must(&path, "accept", &[]);
    kim.get("/staff/requests?with=me").assert_shows(200, "A copy of my data");
    assign(&mut robin, &path, "").assert_redirects_to(&format!("{path}?done"));
    robin.get(&path).assert_shows(200, "<dd id=\"assignee\">Nobody yet");
    assert_eq!(clinic.audited("request: given up"), 1);
}

/// However often it went to and fro.
#[test]
fn the_latest_changes_are_listed_and_that_there_were_others() {
    let (clinic, (mut robin, _), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    let kims = id(&robin.get(&path), SECOND_STAFF.0);
    let mut give = |count: usize| {
        for number in 0..count {
            let to = if number % 2 == 0 { &*kims } else { "" };
            let given = robin.post(&format!("{path}/assign"), &[("to", to)]);
            given.assert_redirects_to(&format!("{path}?done"));
        }
        let body = robin.get(&path).body;
        let listed = body.matches("<strong>Assigned</strong>").count()
            + body.matches("<strong>Given up</strong>").count();
        (listed, body.contains("Earlier changes of who deals with it are not listed."))
    };
    assert_eq!(give(100), (100, false));
    assert_eq!(give(1), (100, true));
}

/// To nobody who does not act, and by nobody; and never one's own.
#[test]
fn t53_who_may_be_given_a_request_and_by_whom() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    let page = robin.get(&path);
    let (kims, robins) = (id(&page, SECOND_STAFF.0), id(&page, STAFF.0));
    let alex = clinic.query_blobs("SELECT id FROM people WHERE email = 'alex@example.com'");
    for to in [&*HEXLOWER.encode(&alex[0]), "x", &"0".repeat(32), &"0".repeat(33)] {
        assign(&mut robin, &path, to).assert_shows(422, "cannot be given to them");
    }
    clinic.change("UPDATE people SET duty = 'auditor' WHERE email = 'kim@example.com'");
    assign(&mut robin, &path, &kims).assert_shows(422, "cannot be given to them");
    let page = kim.get(&path);
    page.assert_shows(200, "Nothing, by you.");
    assert!(!page.body.contains("name=\"to\""));
    kim.post(&format!("{path}/assign"), &[("to", &robins)]).assert_shows(404, "Page not found");
    robin.get("/requests").assert_shows(200, "Your requests");
    let asked = robin.post("/requests", &[("ask", "access"), ("words", "")]);
    let own = asked.header("location").unwrap().strip_suffix("?received").unwrap();
    let own = format!("/staff{own}");
    assign(&mut robin, &own, &robins).assert_shows(422, "cannot be given to them");
    assert_eq!(clinic.query("SELECT count(*) FROM request_assignments"), 0);
    assert_eq!(clinic.query("SELECT count(*) FROM requests WHERE assignee IS NOT NULL"), 0);
}
