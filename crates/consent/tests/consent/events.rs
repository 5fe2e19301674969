//! The form in which events are kept: it is read for as long as there are records.

use upheld_consent::{ConsentEvent, ConsentRecord, EventError, RecordId, TextError};

use crate::{day, given, recipient, scope, withdraw_all};

/// Version 1, as it will be read by every later version.
const GIVEN: &str = r#"{"at":1780272000000,"v":1,"what":{"consent":{"change":{"given":{"kind":"explicit","means":"web","method":"ticked-box","notice":{"hash":"HASH","id":"privacy","language":"en","version":3},"recipients":["mailer"],"since":1780272000000,"statement":"I agree.","until":1843430400000}},"scope":{"channel":"email","purpose":"newsletter"}}}}"#;

fn form(event: &ConsentEvent) -> String {
    event.to_value().unwrap().to_canonical()
}

#[test]
fn the_form_does_not_change() {
    let mut record = given(&scope("newsletter").by(upheld_consent::Channel::Email));
    let hash = crate::notice().hash().to_string();
    assert_eq!(form(&record.events()[0]), GIVEN.replace("HASH", &hash));
    withdraw_all(&mut record, day(1));
    let event = record.object(day(1), None).unwrap();
    record.apply(event).unwrap();
    let scope = scope("newsletter").by(upheld_consent::Channel::Email);
    let event = record.tell(day(1), &scope, &recipient("mailer")).unwrap();
    record.apply(event).unwrap();
    let forms: Vec<_> = record.events()[1..].iter().map(form).collect();
    let kinds: Vec<_> = record.events().iter().map(ConsentEvent::kind).collect();
    let at = r#"{"at":1780358400000,"v":1,"what":"#;
    let scope = r#""scope":{"channel":"email","purpose":"newsletter"}}}}"#;
    assert_eq!(
        forms,
        [
            format!(r#"{at}{{"consent":{{"change":{{"withdrawn":{{"means":"web"}}}},{scope}"#),
            format!(r#"{at}{{"marketing-objection":{{}}}}}}"#),
            format!(r#"{at}{{"recipient-told":{{"recipient":"mailer",{scope}"#),
        ]
    );
    let names = ["given", "withdrawn", "marketing-objection", "recipient-told"];
    assert_eq!(kinds, names.map(|name| format!("consent.{name}")));
    let read = |text: &String| ConsentEvent::parse(text.as_bytes()).unwrap();
    let read: Vec<_> = record.events().iter().map(form).map(|text| read(&text)).collect();
    assert_eq!(ConsentRecord::replay(record.id(), read).unwrap(), record);
}

#[test]
fn other_forms_are_no_events() {
    let good = GIVEN.replace("HASH", &crate::notice().hash().to_string());
    assert!(ConsentEvent::parse(good.as_bytes()).is_ok());
    for (from, to) in [
        (r#""v":1"#, r#""v":2"#),
        (r#""v":1"#, r#""v":1,"x":0"#),
        ("ticked-box", "pre-ticked"),
        ("explicit", "implied"),
        ("1843430400000", "1780272000000"),
        (r#""at":1780272000000"#, r#""at":1780272000001"#),
        (r#""at":1780272000000"#, r#""at":9007199254740991"#),
        (r#""at":1780272000000"#, r#""at":-1"#),
        ("I agree.", " "),
        ("newsletter", "News letter"),
        (r#""hash":""#, r#""hash":"A"#),
        (r#""version":3"#, r#""version":3,"version":4"#),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good);
        assert!(ConsentEvent::parse(bad.as_bytes()).is_err(), "{to}");
    }
    let said = ConsentEvent::parse(b"{").unwrap_err();
    assert_eq!(said, EventError::Json { line: 1, column: 1 });
}

#[test]
fn an_error_says_which_text() {
    let record = given(&scope("reminders"));
    let upheld_consent::Happening::Consent { scope, change } = record.events()[0].what().clone()
    else {
        panic!()
    };
    let upheld_consent::Change::Given(mut grant) = change else { panic!() };
    grant.statement = "\u{1b}[2J".into();
    let what =
        upheld_consent::Happening::Consent { scope, change: upheld_consent::Change::Given(grant) };
    let refused = ConsentEvent::new(day(0), what).unwrap_err();
    let field = "the statement";
    assert_eq!(refused, EventError::Text(TextError::Control { field, at: 0 }));
}

//= RFC 9562 §5.4: version and variant are fixed, the other 122 bits random
#[test]
fn record_ids() {
    let id =
        RecordId::from_random(*b"\x00\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa\xbb\xcc\xdd\xee\xff");
    assert_eq!(id.to_string(), "00112233-4455-4677-8899-aabbccddeeff");
    assert_eq!(RecordId::parse(&id.to_string()), Ok(id));
    for bad in [
        "",
        "00112233-4455-4677-8899-aabbccddeef",
        "00112233-4455-4677-8899-aabbccddeefF",
        "001122334455-4677-8899-aabbccddeeff--",
        "00112233x4455-4677-8899-aabbccddeeff",
    ] {
        assert!(RecordId::parse(bad).is_err(), "{bad}");
    }
}
