//! What the desk writes down: who did it, on which day, and which letter went.

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, STAFF};
use crate::desk::{desk, step_on};

fn in_a_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The extension's day of the statute (Article 12A(4)(a)) is the day on which it is made, whatever
/// day the form says; what came from the person may have come earlier.
#[test]
fn t53_what_the_clinic_does_it_does_today() {
    let (clinic, (mut robin, phone), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "rectification", "");
    step_on(&clinic, 31, (&mut robin, &phone), STAFF.0);
    let forged = [("ground", "complexity"), ("words", "Nine sources."), ("day", "2026-09-25")];
    let page = robin.act(&path, "extend", &forged);
    page.assert_shows(422, "extend on 2026-10-22 comes after 2026-10-21, the last day for it");
    robin.must(&path, "accept", &[("day", "2026-09-22")]);
    robin.get(&path).assert_shows(200, "<li>22 October 2026: <strong>Taken up</strong>");
}

/// Names are chosen freely: the address stands beside, and what people do themselves is told by what
/// it is.
#[test]
fn t53_nobody_acts_under_the_name_of_another() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    kim.get("/account").assert_shows(200, "Kim Osei");
    assert_eq!(kim.post("/account", &[("display_name", "self-service")]).status, 303);
    kim.must(&path, "accept", &[]);
    let page = robin.get(&path);
    page.assert_shows(200, "<strong>Received</strong>, by the person");
    page.assert_shows(
        200,
        "<strong>Taken up</strong>, <code>self-service &#60;kim@example.com&#62;",
    );
}

/// Letter by letter, but for how lines are broken.
#[test]
fn the_mail_has_the_letter_that_was_read_before() {
    let (clinic, (mut robin, _), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    // That it came is confirmed by the portal's own e-mail, which is none of the letters.
    assert!(!robin.get(&path).body.contains("<summary>Letter 1"));
    let letter = robin.write(&path, "request-identity", &[("words", "A doubt of the test.")]);
    let mail = in_a_line(&clinic.await_mail("A doubt of the test."));
    assert!(mail.contains(&letter), "{letter}\nis not in\n{mail}");
    let page = robin.get(&path);
    let listed = page.between("<pre class=\"letter\" lang=\"en\">", "</pre>").unwrap();
    assert_eq!(in_a_line(listed), letter);
    assert_eq!(page.body.matches("<summary>Letter ").count(), 1);
}

/// A copy that costs something is the privacy lead's.
#[test]
fn t53_a_fee_for_a_copy_takes_the_privacy_lead() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    kim.must(&path, "accept", &[]);
    // Before a search nothing is said to be held or given.
    kim.act(&path, "nothing-held", &[("words", "x")]).assert_shows(422, "was not looked for");
    let plan = [("words", "all"), ("sources", "notes"), ("because", "enough")];
    kim.must(&path, "begin-collection", &plan);
    kim.must(&path, "finish-source", &[("source", "notes"), ("result", "searched")]);
    kim.must(&path, "submit-for-review", &[]);
    kim.write(&path, "nothing-held", &[("words", "notes")]);
    kim.act(&path, "send-copy", &[("pence", "1500")]).assert_shows(422, "takes the privacy lead");
    kim.must(&path, "send-copy", &[("pence", "")]);
    robin.must(&path, "send-copy", &[("pence", "1500")]);
}

/// What is too long comes back to be shortened, to whoever wrote it.
#[test]
fn t58_what_is_too_long_is_not_lost() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    robin.must(&path, "accept", &[]);
    let long = "ö".repeat(4001);
    let page = robin.act(&path, "ask-clarification", &[("words", &long)]);
    page.assert_shows(422, &long);
    page.assert_shows(422, "href=\"#ask-clarification-words\"");
    kim.get("/requests").assert_shows(200, "Your requests");
    kim.post("/requests", &[("ask", "access"), ("words", &long)]).assert_shows(422, &long);
    // Beyond the limit of a form nothing is read.
    let huge = "x".repeat(256 * 1024);
    assert_eq!(robin.act(&path, "ask-clarification", &[("words", &huge)]).status, 413);
}

/// Every row of a list, page by page: what it leads to, and what it says.
fn walk(browser: &mut Browser, address: &str) -> Vec<(String, String)> {
    let (mut rows, mut next) = (Vec::new(), Some(address.to_owned()));
    let mut pages = 0;
    while let Some(address) = next {
        let page = browser.get(&address);
        page.assert_shows(200, "<h1>Requests</h1>");
        let parts = page.body.split("<th scope=\"row\"><a href=\"").skip(1);
        rows.extend(parts.map(|part| {
            let (link, rest) = part.split_once('"').unwrap();
            (link.to_owned(), rest.split("</tr>").next().unwrap().to_owned())
        }));
        next = to_next(&page);
        pages += 1;
        assert!(pages < 100, "no end");
    }
    rows
}

fn to_next(page: &Page) -> Option<String> {
    let (before, _) = page.body.split_once("\">Next page")?;
    let (_, link) = before.rsplit_once("href=\"")?;
    Some(link.replace("&#38;", "&"))
}

fn links(rows: &[(String, String)]) -> Vec<&str> {
    rows.iter().map(|(link, _)| &**link).collect()
}

/// Each request is on one page of a list, in the one order, also where lists are merged and where a
/// page reads more than it shows.
#[test]
fn pages_leave_nothing_out_and_show_nothing_twice() {
    let (clinic, (mut robin, _), _) = desk();
    seed(&clinic, 240);
    let all = walk(&mut robin, "/staff/requests?show=all");
    assert_eq!(i64::try_from(all.len()).unwrap(), clinic.query("SELECT count(*) FROM requests"));
    let mut once = links(&all);
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), all.len());

    let open = walk(&mut robin, "/staff/requests");
    for (filter, said) in [("overdue", "overdue"), ("14", "")] {
        let listed = walk(&mut robin, &format!("/staff/requests?due={filter}"));
        assert!(listed.len() > 25, "{filter}");
        assert!(listed.iter().all(|(_, row)| row.contains(said)), "{filter}");
        let expected = open.iter().filter(|(link, _)| links(&listed).contains(&&**link));
        assert_eq!(expected.map(|(link, _)| &**link).collect::<Vec<_>>(), links(&listed));
    }
    let overdue = open.iter().filter(|(_, row)| row.contains("overdue")).count();
    assert_eq!(walk(&mut robin, "/staff/requests?due=overdue").len(), overdue);

    // Two of the five lists that are merged.
    let some = "SELECT id FROM requests WHERE state = 'awaiting-identity' ORDER BY id LIMIT 15";
    clinic.change(&format!("UPDATE requests SET state = 'awaiting-fee' WHERE id IN ({some})"));
    let waiting = walk(&mut robin, "/staff/requests?show=waiting");
    assert_eq!(waiting.len(), 30);
    let expected = all.iter().filter(|(link, _)| links(&waiting).contains(&&**link));
    assert_eq!(expected.map(|(link, _)| &**link).collect::<Vec<_>>(), links(&waiting));
}

fn seed(clinic: &Clinic, requests: usize) {
    clinic.operate(async |portal| {
        let seeding = portal::seeding::Seeding { people: 3, awaited: 0, password: "x" };
        portal.seed(seeding).await.unwrap();
        portal.seed_requests(requests).await.unwrap();
    });
}
