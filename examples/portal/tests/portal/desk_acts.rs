//! What staff do with a request: each act, its letter, and what it is refused for.

use crate::browser::Browser;
use crate::clinic::{EMAIL, NAME, PASSWORD, STAFF};
use crate::desk::{desk, step_on};
use crate::languages::assert_translated;

const HOSTILE: &str = "<script>alert(1)</script>&\"'";

fn assert_harmless(body: &str) {
    assert!(!body.contains("<script>") && !body.contains("&\"'"), "{body}");
}

/// Access from receipt to the copy: identity, a pause, a search, what is kept back, the answer.
#[test]
fn access_is_given_after_a_search_with_everything_that_article_15_asks_for() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "My letters, please.");
    kim.get(&path).assert_shows(200, "My letters, please.");
    kim.must(&path, "accept", &[]);
    // Without a search there is no answer, and the law says why.
    let page = kim.act(&path, "fulfil", &[("purposes", "care")]);
    page.assert_shows(422, "the data was not looked for");
    let question = [("words", "Which years?")];
    let letter = kim.write(&path, "ask-clarification", &question);
    assert!(letter.contains("Which years?") && letter.contains("Art 12A(5)(a)"), "{letter}");
    kim.get(&path).assert_shows(200, "The time does not run");
    kim.get("/staff/requests?show=waiting").assert_shows(200, "A copy of my data");
    kim.must(&path, "clarify", &[("words", "All of 2025.")]);
    // Answered on the day of receipt, which is not counted anyway.
    kim.get(&path).assert_shows(200, "21 October 2026");

    let plan =
        [("words", "letters"), ("sources", "letters\r\nmail\r\n"), ("because", "all there is")];
    kim.must(&path, "begin-collection", &plan);
    let item = [("name", "note 1"), ("source", "letters"), ("kind", "other")];
    kim.must(&path, "find-item", &item);
    let page = kim.act(&path, "find-item", &item);
    page.assert_shows(422, "there is one of that name already: note 1");
    let page = kim.act(&path, "submit-for-review", &[]);
    page.assert_shows(422, "not done yet: 2 of them: letters, mail");
    kim.must(&path, "finish-source", &[("source", "letters"), ("result", "searched")]);
    let skipped = [("source", "mail"), ("result", "not-searched"), ("why", "none is kept")];
    kim.must(&path, "finish-source", &skipped);
    kim.must(&path, "submit-for-review", &[]);
    let harm = [
        ("item", "note 1"),
        ("verdict", "withhold"),
        ("ground", "serious-harm"),
        ("because", "It would hurt."),
    ];
    let page = kim.act(&path, "review", &harm);
    page.assert_shows(422, "the item holds no health data, which the ground is about: note 1");
    let redaction = [
        ("item", "note 1"),
        ("verdict", "redact"),
        ("ground", "others"),
        ("because", "The neighbour was not asked."),
        ("weighed", "It was told in confidence."),
    ];
    kim.must(&path, "review", &redaction);
    let page = kim.get(&path);
    page.assert_shows(200, "It is disclosed in part");
    page.assert_shows(200, "DPA 2018 Sch 2 para 16");
    // The answer begins with what the notice says, also where a time has no number of months.
    page.assert_shows(200, "until the account is closed");
    page.assert_shows(200, "72 months after it is last needed");

    // Something is kept back: that is the privacy lead's to answer.
    let answer = [
        ("purposes", "care"),
        ("categories", "letters"),
        ("recipients", "-"),
        ("retention", "eight years"),
        ("sources", "-"),
        ("automated_decisions", "-"),
        ("transfers", "-"),
        ("copy", "electronic"),
    ];
    kim.act(&path, "fulfil", &answer).assert_shows(422, "This takes the privacy lead");
    let mut incomplete = answer.to_vec();
    incomplete.retain(|(name, _)| !["recipients", "copy"].contains(name));
    let page = robin.act(&path, "fulfil", &incomplete);
    page.assert_shows(422, "the answer leaves out: the recipients (UK GDPR Art 15(1)(c)); a copy");
    let letter = robin.write(&path, "fulfil", &answer);
    for part in ["fulfilled in part", "Art 15(3)", "Sch 2 para 16", "s.164A", "s.165", "s.167"] {
        assert!(letter.contains(part), "no {part} in {letter}");
    }
    clinic.await_mail("Your request is fulfilled in part");
    robin.get(&path).assert_shows(200, "<dd id=\"stage\">Answered");
    robin.must(&path, "close", &[]);
    robin.get("/staff/requests?show=closed").assert_shows(200, "A copy of my data");
    // The person reads the same letters.
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    let own = path.strip_prefix("/staff").unwrap();
    patient.get(own).assert_shows(200, "Your request is fulfilled in part");
    patient.get(own).assert_shows(200, "Please tell us more about your request");
}

/// What Article 12(4) asks of a refusal is on the page before it is sent, and in the mail.
#[test]
fn a_refusal_is_read_before_it_is_sent_and_states_what_the_law_asks_for() {
    let (clinic, (mut robin, _), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "erasure", "");
    robin.must(&path, "accept", &[]);
    // A ground needs its evidence, and has to fit what is asked.
    let no_facts = [("ground", "keeping-legal-obligation"), ("because", " ")];
    let page = robin.act(&path, "refuse", &no_facts);
    page.assert_shows(422, "href=\"#refuse-because\"");
    let page = robin.act(&path, "refuse", &[("ground", "compelling"), ("because", "x")]);
    page.assert_shows(422, "UK GDPR Art 21(1) is no ground against a request of the kind erasure");
    let page =
        robin.act(&path, "refuse", &[("ground", "expected-not-to-be-told"), ("because", "x")]);
    assert_eq!(page.status, 422);
    let page = robin.act(&path, "refuse", &[("ground", "because"), ("because", "x")]);
    page.assert_shows(422, "href=\"#refuse-ground\"");

    let facts = "Clinical records are kept for eight years";
    let refusal = [("ground", "keeping-legal-obligation"), ("because", facts)];
    let page = robin.act(&path, "refuse", &refusal);
    page.assert_shows(200, "Nothing was done yet");
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 2);
    assert_eq!(clinic.count_mail("request letter"), 0);
    let letter = robin.write(&path, "refuse", &refusal);
    for part in [
        NAME,
        "We have not done what you asked for",
        facts,
        "UK GDPR Art 17(3)(b)",
        "You may complain to us",
        "DPA 2018 s.164A",
        "Information Commissioner",
        "DPA 2018 s.165",
        "a court",
        "DPA 2018 s.167",
    ] {
        assert!(letter.contains(part), "no {part} in {letter}");
    }
    let mail = clinic.await_mail("We have not done what you asked for");
    for part in [facts, "s.164A", "s.165", "s.167"] {
        assert!(mail.contains(part), "no {part} in {mail}");
    }
    assert_eq!(clinic.count_mail("request letter"), 1);
    assert_eq!(clinic.audited("request: respond"), 1);
    robin.get(&path).assert_shows(200, "Nothing is owed");
    // Once.
    robin.act(&path, "refuse", &refusal).assert_shows(404, "Page not found");
    robin.must(&path, "reopen", &[("words", "They wrote again.")]);
    robin.get(&path).assert_shows(200, "21 October 2026");
}

/// Dates of the crate's golden tests: the notice in the first month, three months from the start.
#[test]
fn an_extension_gives_three_months_and_comes_in_the_first() {
    let (clinic, (mut robin, phone), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "rectification", "");
    let other = Browser::ask(&clinic, EMAIL, "restriction", "");
    let reasons = [("ground", "complexity"), ("words", "Nine sources have to be asked.")];
    let letter = robin.write(&path, "extend", &reasons);
    assert!(letter.contains("Nine sources have to be asked."), "{letter}");
    // 21 December 2026 is a Monday.
    let page = robin.get(&path);
    page.assert_shows(200, "21 December 2026");
    page.assert_shows(200, "91 days left");
    clinic.await_mail("Nine sources have to be asked.");
    assert!(!page.body.contains("/extend\""));
    step_on(&clinic, 31, (&mut robin, &phone), STAFF.0);
    let page = robin.act(&other, "extend", &reasons);
    page.assert_shows(422, "comes after 2026-10-21, the last day for it");
}

/// Identity and fee: the clock begins again.
#[test]
fn what_the_person_is_asked_for_stops_the_clock() {
    let (clinic, (mut robin, phone), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "erasure", "");
    let letter = robin.write(&path, "request-identity", &[("words", "A new address.")]);
    assert!(letter.contains("A new address.") && letter.contains("Art 12A(2)(b)"), "{letter}");
    robin.get(&path).assert_shows(200, "The time does not run");
    robin.get("/staff/requests?show=awaiting-identity").assert_shows(200, "Erase my data");
    step_on(&clinic, 9, (&mut robin, &phone), STAFF.0);
    let early = [("words", "Passport"), ("day", "2026-09-20")];
    robin.act(&path, "confirm-identity", &early).assert_shows(422, "is before 2026-09-21");
    let late = [("words", "Passport"), ("day", "2026-10-01")];
    robin.act(&path, "confirm-identity", &late).assert_shows(422, "is after today");
    let malformed = [("words", "Passport"), ("day", "yesterday")];
    robin.act(&path, "confirm-identity", &malformed).assert_shows(422, "#confirm-identity-day");
    robin.must(&path, "confirm-identity", &[("words", "Passport"), ("day", "2026-09-28")]);
    let page = robin.get(&path);
    page.assert_shows(200, "28 October 2026");
    page.assert_shows(200, "<pre class=\"words\">Passport</pre>");

    let fee = [
        ("pence", "1500"),
        ("ground", "excessive"),
        ("because", "The fourth in four weeks."),
        ("weighed", "Nothing has changed since."),
        ("words", "Copying and post."),
    ];
    robin.act(&path, "charge-fee", &[("pence", "x")]).assert_shows(422, "#charge-fee-pence");
    let letter = robin.write(&path, "charge-fee", &fee);
    assert!(letter.contains("£15.00") && letter.contains("Art 12(5)"), "{letter}");
    robin.get(&path).assert_shows(200, "The time does not run");
    robin.must(&path, "waive-fee", &[("words", "Hardship.")]);
    robin.get(&path).assert_shows(200, "28 October 2026");
}

/// Whoever is to be told of an erasure stands in the way of its end.
#[test]
fn recipients_are_told_before_it_is_closed() {
    let (clinic, (mut robin, _), (mut kim, _)) = desk();
    let path = Browser::ask(&clinic, EMAIL, "erasure", "");
    kim.must(&path, "accept", &[]);
    let nothing = kim.act(&path, "fulfil", &[("account", "kept")]);
    nothing.assert_shows(422, "the answer leaves out: what was done (UK GDPR Art 12(3))");
    let account = [("done", "Survey answers"), ("account", "deleted")];
    kim.act(&path, "fulfil", &account).assert_shows(422, "has not chosen that their account goes");
    let answer = [
        ("done", "Survey answers"),
        ("account", "kept"),
        ("recipients", "Mailer Ltd"),
        ("backups_until", "2026-12-01"),
    ];
    let letter = kim.write(&path, "fulfil", &answer);
    assert!(letter.contains("Survey answers") && letter.contains("1 December 2026"), "{letter}");
    kim.act(&path, "close", &[]).assert_shows(422, "not done yet: 1 of them: Mailer Ltd");
    let told = [("recipient", "Mailer Ltd"), ("result", "told")];
    robin.must(&path, "notify-recipient", &told);
    robin.must(&path, "close", &[]);
}

/// Whatever people and staff write is text, wherever it comes up again.
#[test]
fn t47_what_is_written_at_the_desk_is_text() {
    let (clinic, (mut robin, _), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", HOSTILE);
    assert_harmless(&robin.get(&path).body);
    assert_harmless(&robin.act(&path, "request-identity", &[("words", HOSTILE)]).body);
    let (mut hostile, slug) = (vec![("words", HOSTILE)], "request-identity");
    hostile.extend([(HOSTILE, HOSTILE), ("day", HOSTILE)]);
    assert_harmless(&robin.act(&path, slug, &hostile).body);
    robin.write(&path, slug, &[("words", HOSTILE)]);
    assert_harmless(&robin.get(&path).body);
    robin.must(&path, "confirm-identity", &[("words", HOSTILE)]);
    robin.must(&path, "accept", &[]);
    let plan = [("words", HOSTILE), ("sources", HOSTILE), ("because", HOSTILE)];
    robin.must(&path, "begin-collection", &plan);
    let item = [("name", HOSTILE), ("source", HOSTILE), ("kind", "other")];
    robin.must(&path, "find-item", &item);
    assert_harmless(&robin.get(&path).body);
    let again = robin.act(&path, "find-item", &item);
    assert_eq!(again.status, 422);
    assert_harmless(&again.body);
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    assert_harmless(&patient.get(path.strip_prefix("/staff").unwrap()).body);
}

/// Fields that are missing, too long, too many or of no known value: nothing is done.
#[test]
fn t58_forms_of_the_desk_with_anything_in_them() {
    let (clinic, (mut robin, _), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    robin.must(&path, "accept", &[]);
    let (long, many) = ("x".repeat(4001), "a\n".repeat(51));
    for (act, fields) in [
        ("begin-collection", vec![("words", "a"), ("sources", &*many), ("because", "b")]),
        ("begin-collection", vec![("words", "a"), ("sources", &*long), ("because", "b")]),
        ("begin-collection", vec![("words", "a"), ("sources", "c\r\nc"), ("because", "b")]),
        ("begin-collection", vec![("words", "a"), ("sources", ""), ("because", "b")]),
        ("ask-clarification", vec![("words", &*long)]),
        ("ask-clarification", vec![("words", "a\u{0}b")]),
        ("ask-clarification", vec![]),
        ("extend", vec![("ground", "for fun"), ("words", "a")]),
    ] {
        let page = robin.act(&path, act, &fields);
        assert_eq!(page.status, 422, "{act}: {}", page.body);
    }
    // What there is no form for, as the request stands.
    for (act, fields) in [
        ("choose", vec![("choice", "both")]),
        ("review", vec![("item", "none"), ("verdict", "disclose")]),
        ("send-copy", vec![("pence", "-1")]),
        ("lift-restriction", vec![("informed", "2026-09-21")]),
        ("notify-recipient", vec![("recipient", "nobody"), ("result", "told")]),
        ("withdraw", vec![]),
        ("complain", vec![]),
    ] {
        robin.act(&path, act, &fields).assert_shows(404, "Page not found");
    }
    assert_eq!(clinic.query("SELECT count(*) FROM record_events"), 2);
    assert_eq!(clinic.count_mail("request letter"), 0);
}

/// The pages in a language in which a text that was left out is seen, and in German.
#[test]
fn the_desk_speaks_the_language_of_its_reader() {
    let (clinic, (mut robin, _), _) = desk();
    let path = Browser::ask(&clinic, EMAIL, "access", "");
    robin.must(&path, "accept", &[]);
    let plan = [("words", "all"), ("sources", "Notes"), ("because", "enough")];
    robin.must(&path, "begin-collection", &plan);
    robin.cookies.insert("__Host-language".into(), "en-XA".into());
    for page in ["/staff/requests", "/staff/requests?show=answered"] {
        assert_translated(page, &robin.get(page));
    }
    assert_translated("a letter", &robin.act(&path, "ask-clarification", &[("words", "?")]));
    robin.cookies.insert("__Host-language".into(), "de".into());
    robin.get("/staff/requests").assert_shows(200, "Noch 30 Tage");
    robin.get(&path).assert_shows(200, "Die Suche abschließen");
    robin.get(&path).assert_shows(200, "In der Suche");
    robin.act(&path, "ask-clarification", &[]).assert_shows(422, "Hier fehlt etwas");
}
