//! What becomes of a declaration that was published: every server goes by it, and what people said under
//! the one before stays what they said.

use std::fmt::Write as _;

use crate::browser::{Browser, Page};
use crate::clinic::{Clinic, EMAIL, PASSWORD};
use crate::exports::{files_of, make_copy};
use crate::publishing::{
    CHECK, OWN, PREFERENCES, button, choose, clinic, examine, newer, publish, published, send,
};

const HISTORY: &str = "/account/consents/history";

fn signed_in(clinic: &Clinic) -> Browser {
    let mut patient = clinic.browser();
    patient.show_password_of(EMAIL, PASSWORD).assert_redirects_to("/account/security");
    patient
}

/// The hosts of the portal count, not those of the text: else what was examined and published would be
/// followed by no server.
#[test]
fn t61_what_was_examined_is_followed_at_the_hosts_of_the_portal() {
    let (mut clinic, mut lead, _) = clinic();
    let session = "name = \"__Host-session\"\n";
    let at = |domains: &str| newer().replace(session, &format!("{session}domains = [{domains}]\n"));
    let page = lead.post(CHECK, &[("declaration", &at("\"northside.example\""))]);
    page.assert_shows(200, "It must not be published:");
    assert_eq!(button(&page), None);
    publish(&mut lead, &at("\"localhost\", \"127.0.0.1\", \"[::1]\""));
    clinic.browser().get("/cookies").assert_shows(200, "This is version 1, in force since");
    clinic.restart();
    clinic.browser().get("/cookies").assert_shows(200, "This is version 1, in force since");
}

/// What cannot be followed at once is not said to be in force.
#[test]
fn t61_what_is_not_in_force_here_is_not_said_to_be() {
    let (clinic, mut lead, _) = clinic();
    let examined = examine(&mut lead, &newer());
    clinic.change("ALTER TABLE ledger_entries RENAME TO ledger_away");
    send(&mut lead, &examined).assert_redirects_to("/staff/publishing/versions");
    clinic.change("ALTER TABLE ledger_away RENAME TO ledger_entries");
    assert_eq!(published(&clinic), 1);
}

#[test]
fn the_past_is_told_in_the_words_of_then() {
    let (clinic, mut lead, _) = clinic();
    publish(&mut lead, &newer());
    let (mut patient, phone) = clinic.enrol_and_sign_in(EMAIL);
    choose(&mut patient, "accept");
    publish(&mut lead, &newer().replace("We count visits.", "We count every visit."));
    let (then, since) = ("refuse: Measuring. We count visits.", "We count every visit.");
    let page = patient.get(HISTORY);
    page.assert_shows(200, then);
    assert!(!page.body.contains(since), "{}", page.body);
    // The withdrawal is of what was agreed to then, and the refusal is of what is asked now.
    choose(&mut patient, "reject");
    let told = |page: &Page| [then, since].map(|words| page.body.matches(words).count());
    assert_eq!(told(&patient.get(HISTORY)), [2, 2]);
    // Also where it was taken away, and nothing like it is asked.
    publish(&mut lead, OWN);
    assert_eq!(told(&patient.get(HISTORY)), [2, 2]);
    patient.reauthenticate(&clinic, &phone);
    drop(make_copy(&mut patient));
    let (status, _, zip) = patient.post_for_bytes("/account/data/export/download", &[]);
    assert_eq!(status, 200);
    let files = files_of(&zip);
    let has = |text: &str| files.iter().any(|(_, it)| String::from_utf8_lossy(it).contains(text));
    assert!(has(then));
}

/// A newer declaration may have the notice of the one before: who is asked again agrees again.
#[test]
fn a_consent_under_a_newer_declaration_is_recorded_on_the_same_day() {
    let (clinic, mut lead, _) = clinic();
    let events = || clinic.query("SELECT count(*) FROM record_events");
    publish(&mut lead, &newer());
    let mut patient = signed_in(&clinic);
    choose(&mut patient, "accept");
    assert_eq!(events(), 2);
    choose(&mut patient, "accept");
    assert_eq!(events(), 2);
    clinic.step_on(5);
    publish(&mut lead, &newer().replace("lifetime = \"365d\"", "lifetime = \"366d\""));
    choose(&mut patient, "accept");
    assert_eq!(events(), 4);
    choose(&mut patient, "accept");
    assert_eq!(events(), 4);
    patient.get(HISTORY).assert_shows(200, "You agreed again");
}

/// What the page said on which somebody chose: advertising stays off, whatever they choose.
#[test]
fn global_privacy_control_wins_by_every_declaration() {
    let (clinic, mut lead, _) = clinic();
    let weaker = OWN.replace("gpc = \"wins\"", "gpc = \"explicit-choice-wins\"");
    let page = lead.post(CHECK, &[("declaration", &weaker)]);
    page.assert_shows(200, "It must not be published:");
    page.assert_shows(200, "Global Privacy Control");
    assert_eq!(button(&page), None);
    assert_eq!(published(&clinic), 0);
}

/// A declaration may have 64 purposes, of which the portal itself needs four.
#[test]
fn the_longest_form_of_preferences_is_taken() {
    let (clinic, mut lead, _) = clinic();
    let mut text = OWN.to_owned();
    for number in 1..60 {
        write!(
            text,
            "[[purpose]]\nid = \"p{number}\"\nkind = \"statistics\"\nname = \"Number {number}\"\n\
             description = \"We count.\"\n[[item]]\nname = \"_p{number}\"\nkind = \"js-cookie\"\n\
             purposes = [\"p{number}\"]\nbasis = \"consent\"\nlifetime = \"30d\"\n\
             data = [\"cookie-id\"]\ndescription = \"Counts.\"\n"
        )
        .unwrap();
    }
    publish(&mut lead, &text);
    let mut browser = clinic.browser();
    let page = browser.get(PREFERENCES);
    let boxes = page.body.split("name=\"purpose-").skip(1);
    let names = boxes.filter_map(|it| Some(format!("purpose-{}", it.split_once('"')?.0)));
    let names: Vec<String> = names.collect();
    assert_eq!(names.len(), 60);
    let mut fields = vec![("choice", "save"), ("path", "/cookies")];
    fields.extend(names.iter().map(|name| (name.as_str(), "on")));
    browser.post(PREFERENCES, &fields).assert_redirects_to("/cookies");
    let page = browser.get(PREFERENCES);
    assert_eq!(page.body.matches("<p class=\"state\">On</p>").count(), 60);
}

/// A consent counts for less long: whoever gave it before that is asked.
#[test]
fn nobody_is_told_that_nobody_is_asked_where_time_asks() {
    let (_clinic, mut lead, _) = clinic();
    let shorter = OWN.replace("valid_for = \"182d\"", "valid_for = \"90d\"");
    let page = lead.post(CHECK, &[("declaration", &shorter)]);
    page.assert_shows(200, "Whoever chose longer ago than it lets a choice count is asked again");
    assert!(!page.body.contains("Nobody is asked") && !page.body.contains("nobody is asked"));
    publish(&mut lead, &shorter);
    let page = lead.get("/staff/publishing/versions");
    page.assert_shows(200, "Whoever had chosen longer ago than it lets a choice count was asked");
    assert!(!page.body.contains("Nobody was asked again."));
}
