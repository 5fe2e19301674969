//! The table of every change in every state, and the diagram, as `docs/consent-states.md` has them.

use std::collections::BTreeSet;
use std::fmt::Write;

use upheld_consent::{
    Capacity, Circumstances, Command, ConsentRecord, Guardian, GuardianCheck, Invalidity, Means,
    Notice, Status, UnixMillis,
};

use crate::{carry_out, day, empty, next_notice, notice, scope, ticked};

const DOCUMENT: &str = include_str!("../../docs/consent-states.md");

/// After every consent is over.
const LATE: u64 = 1_000;

fn by_guardian() -> Guardian {
    Guardian { reference: "file 17".into(), verified_by: GuardianCheck::Document }
}

/// A record in each state, by a way to it; and when the table asks.
fn states() -> Vec<(&'static str, ConsentRecord, UnixMillis)> {
    let reminders = scope("reminders");
    let after = |commands: Vec<Command<'static>>| {
        let mut record = empty();
        for command in commands {
            carry_out(&mut record, &reminders, command, day(0)).unwrap();
        }
        record
    };
    let give = || Command::Give(ticked());
    let child = {
        let mut record = empty();
        let affirmation = upheld_consent::Affirmation { guardian: Some(by_guardian()), ..ticked() };
        let capacity = Capacity::ByGuardian;
        let circumstances = Circumstances { at: day(0), notice: &notice(), capacity };
        let event = record.decide(&reminders, Command::Give(affirmation), &circumstances).unwrap();
        record.apply(event).unwrap();
        record
    };
    let expired = {
        let mut record = after(vec![give()]);
        carry_out(&mut record, &reminders, Command::Expire, day(LATE)).unwrap();
        record
    };
    let invalid = Command::Invalidate(Invalidity::Defective);
    vec![
        ("unknown", empty(), day(1)),
        ("requested", after(vec![Command::Request]), day(1)),
        ("deferred", after(vec![Command::Request, Command::Defer]), day(1)),
        ("refused", after(vec![Command::Refuse]), day(1)),
        ("given", after(vec![give()]), day(1)),
        ("given by a guardian", child, day(1)),
        ("given, its time over", after(vec![give()]), day(LATE)),
        ("renewed", after(vec![give(), Command::Renew(ticked())]), day(1)),
        ("renewed, its time over", after(vec![give(), Command::Renew(ticked())]), day(LATE)),
        ("withdrawn", after(vec![give(), Command::Withdraw(Means::Web)]), day(1)),
        ("expired", expired, day(LATE)),
        ("invalidated", after(vec![give(), invalid]), day(1)),
        ("revoked", after(vec![give(), Command::Revoke]), day(1)),
    ]
}

fn changes<'a>(minor: &'a Notice, material: &'a Notice) -> Vec<(&'static str, Command<'a>)> {
    vec![
        ("requested", Command::Request),
        ("given", Command::Give(ticked())),
        ("refused", Command::Refuse),
        ("deferred", Command::Defer),
        ("withdrawn", Command::Withdraw(Means::Post)),
        ("renewed", Command::Renew(ticked())),
        ("expired", Command::Expire),
        ("invalidated", Command::Invalidate(Invalidity::Authority)),
        ("revoked", Command::Revoke),
        ("notice superseded, in nothing that matters", Command::Supersede(minor)),
        ("notice superseded, in something that matters", Command::Supersede(material)),
        ("subject reached age", Command::ReachAge),
    ]
}

/// The document again, from what the crate does.
fn document() -> String {
    let reminders = scope("reminders");
    let minor = next_notice(|_| ());
    let material = next_notice(|it| it.controller.name = "Southside Clinic".into());
    let mut table = String::from("| in this state | this change | makes it |\n|---|---|---|\n");
    let mut edges = BTreeSet::new();
    for (state, record, at) in states() {
        for (change, command) in changes(&minor, &material) {
            // Over is over; but from where it came is what the diagram shows.
            let from = match change {
                "expired" => record.state(&reminders).status(),
                _ => record.status_at(&reminders, at),
            };
            let mut then = record.clone();
            let outcome = match carry_out(&mut then, &reminders, command, at) {
                Ok(()) => {
                    let to = then.status_at(&reminders, at);
                    let label = change.split(',').next().unwrap();
                    edges.insert((from, to, label));
                    format!("**{}**", to.name())
                }
                Err(rejection) => {
                    assert_eq!(then, record, "{change} in {state} was rejected and did something");
                    rejection.name().to_owned()
                }
            };
            writeln!(table, "| {state} | {change} | {outcome} |").unwrap();
        }
    }
    let mut diagram = String::from("stateDiagram-v2\n    [*] --> unknown\n");
    for (from, to, change) in edges {
        writeln!(diagram, "    {} --> {}: {change}", from.name(), to.name()).unwrap();
    }
    diagram.push_str("    revoked --> [*]\n");
    format!(
        "# The states of a consent\n\nMade from what `upheld-consent` does: \
         `cargo test -p upheld-consent --test consent states` compares\nand prints it anew. \
         Consent stands in the states *given* and *renewed* alone.\n\n\
         ```mermaid\n{diagram}```\n\nEvery change in every state: what it makes of the state, \
         in bold, or why it cannot happen.\n\n{table}"
    )
}

#[test]
fn the_document_says_what_the_crate_does() {
    let document = document();
    assert_eq!(document.lines().filter(|line| line.starts_with("| ")).count(), 13 * 12 + 1);
    assert!(document == DOCUMENT, "docs/consent-states.md must be:\n{document}");
}

#[test]
fn two_states_let_anything_be_done() {
    let valid: Vec<_> = Status::ALL.iter().filter(|it| it.is_valid()).collect();
    assert_eq!(valid, [&Status::Given, &Status::Renewed]);
}

/// The ten that the vocabulary has, as its module `consent_status` divides them.
#[test]
fn the_vocabulary_knows_them() {
    let known = crate::vocabulary::dpv();
    let terms: BTreeSet<String> = Status::ALL.iter().map(|it| it.dpv().to_string()).collect();
    assert_eq!(terms.len(), 10);
    assert!(terms.iter().all(|term| known.contains(&**term)), "{terms:?}");
}
