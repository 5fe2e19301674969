//! The stored form of events: stable, versioned, and strict.

use std::collections::BTreeSet;

use serde_json::Value;
use upheld_consent::request::{Ask, Command, Recorded, Request, Text, TextError};

use crate::date;
use crate::desk::{Desk, samples};

/// One line of each event, as release 0.1 writes it: a change here breaks what others have stored.
const LINES: &str = include_str!("../vectors/request-events.jsonl");

#[test]
fn every_event_is_read_and_written_as_it_was() {
    let mut seen = BTreeSet::new();
    for line in LINES.lines() {
        let recorded: Recorded = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&recorded).unwrap(), line);
        let value: Value = serde_json::from_str(line).unwrap();
        let event = &value["event"];
        let keyed = event.as_object().and_then(|event| event.keys().next());
        seen.insert(keyed.map(String::as_str).or(event.as_str()).unwrap().to_owned());
    }
    assert_eq!(seen.len(), 32, "{seen:?}");
}

/// Whoever writes in another alphabet has as much room.
#[test]
fn a_text_is_counted_in_characters() {
    for letter in ["x", "ü", "字", "𝒙"] {
        assert!(Text::new(letter.repeat(4_000)).is_ok());
        let (field, characters, most) = ("a text", 4_001, 4_000);
        let long = TextError::ManyCharacters { field, characters, most };
        assert_eq!(Text::new(letter.repeat(4_001)), Err(long));
    }
}

#[test]
fn what_is_newer_or_damaged_is_refused() {
    let refused = [
        r#"{"v":2,"at":"2026-06-02","by":"dpo","event":"accepted"}"#,
        r#"{"v":1,"at":"2026-06-31","by":"dpo","event":"accepted"}"#,
        r#"{"v":1,"at":"2026-06-02","by":"","event":"accepted"}"#,
        r#"{"v":1,"at":"2026-06-02","event":"accepted"}"#,
        r#"{"v":1,"at":"2026-06-02","by":"dpo","event":"accepted","x":1}"#,
        r#"{"v":1,"at":"2026-06-02","by":"dpo","event":"accelerated"}"#,
        r#"{"v":1,"at":"2026-06-02","by":"dpo","event":{"fee_waived":{"why":"x","y":1}}}"#,
    ];
    for line in refused {
        assert!(serde_json::from_str::<Recorded>(line).is_err(), "{line}");
    }
    let newer = serde_json::from_str::<Recorded>(refused[0]).unwrap_err().to_string();
    assert!(newer.contains("version 2 of the stored form; this release reads version 1"));
}

/// A record that lost an event, or has them in another order, does not make a request.
#[test]
fn events_out_of_place() {
    let mut desk = Desk::with(Ask::Erasure);
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", Command::Withdraw);
    desk.must("2026-06-04", Command::Close);
    assert_eq!(Request::replay(&desk.events).as_ref(), Ok(desk.request()));
    assert!(Request::replay([]).is_err());
    let without_first = Request::replay(&desk.events[1..]).unwrap_err();
    assert_eq!(
        without_first.to_string(),
        "event 0: accept where the request had not been received"
    );
    let lost = [&desk.events[0], &desk.events[1], &desk.events[3]];
    let lost = Request::replay(lost).unwrap_err();
    assert_eq!(lost.to_string(), "event 2: close where the request was in-progress");
    let twice = [&desk.events[0], &desk.events[0]];
    assert!(Request::replay(twice).is_err());
}

/// Commands have the same form, for those who send them between programs.
#[test]
fn commands_are_read_as_they_were_written() {
    for ask in Ask::ALL {
        for command in samples(ask) {
            let line = serde_json::to_string(&command).unwrap();
            assert_eq!(serde_json::from_str::<Command>(&line).unwrap(), command);
        }
    }
    assert_eq!(serde_json::to_string(&Command::PayFee).unwrap(), r#""pay_fee""#);
    assert_eq!(serde_json::to_string(&date("2026-06-01")).unwrap(), r#""2026-06-01""#);
}

/// What people wrote is in the record; what is logged of a request, a command or a rejection shows
/// none of it.
#[test]
fn no_debug_and_no_error_shows_what_people_wrote() {
    let secret = "Mrs Jones of 4 Mill Lane";
    let (told, called) = (crate::text(secret), crate::name(secret));
    let mut desk = Desk::with(Ask::Rectification);
    desk.must("2026-06-02", Command::RequestIdentity { doubt: told });
    desk.must("2026-06-02", Command::ConfirmIdentity { how: crate::text(secret) });
    desk.must("2026-06-02", Command::Accept);
    desk.must("2026-06-03", crate::desk::fulfilled(Ask::Rectification));
    let result = upheld_consent::request::Notified::Told;
    let notify = Command::NotifyRecipient { recipient: called, result };
    let shown = format!("{notify:?} {:?} {:?}", desk.request(), desk.events);
    let refused = desk.refused("2026-06-04", notify);
    let refusals = format!("{refused} {refused:?}");
    let open = desk.refused("2026-06-04", Command::Close);
    let opened = format!("{open} {open:?}");
    assert!(matches!(refused, upheld_consent::request::Rejection::Unknown { .. }));
    for text in [shown, refusals, opened] {
        assert!(!text.contains("Jones") && !text.contains("Mailer"), "{text}");
    }
}
