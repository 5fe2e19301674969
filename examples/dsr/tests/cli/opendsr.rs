//! `dsr opendsr check`

use crate::{Folder, dsr};

const REQUEST: &str = r#"{"regulation":"gdpr","subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798","subject_request_type":"erasure","submitted_time":"2018-10-02T15:00:00Z","subject_identities":[{"identity_type":"email","identity_value":"johndoe@example.com","identity_format":"raw"}]}"#;

fn check(body: &str) -> crate::Done {
    let folder = Folder::new();
    dsr(&["opendsr", "check", &folder.write("message.json", body)])
}

#[test]
fn a_request_as_specified() {
    assert_eq!(check(REQUEST).stdout(), "request: as OpenDSR 2.0 has it\n");
}

#[test]
fn what_is_readable_and_not_as_specified() {
    let done =
        check(&REQUEST.replace("\"regulation\":\"gdpr\",", "").replace("erasure", "rectification"));
    assert_eq!((done.code, done.stderr.as_str()), (1, ""));
    assert_eq!(
        done.stdout,
        "request: readable, and not as OpenDSR 2.0 has it\n  `regulation` is missing (§7.1.1)\n  `rectification` is no type of the specification (§6.2)\n"
    );
}

#[test]
fn other_messages() {
    let status = r#"{"controller_id":"c","expected_completion_time":"2018-11-01T15:00:01Z","subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798","request_status":"canceled"}"#;
    let folder = Folder::new();
    let file = folder.write("status.json", status);
    let done = dsr(&["opendsr", "check", &file, "--json"]);
    assert_eq!(done.code, 1);
    let json: serde_json::Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(
        (json["kind"].as_str(), json["as_specified"].as_bool()),
        (Some("status"), Some(false))
    );
    let cancelled = r#"{"controller_id":"c","received_time":"2018-10-02T15:00:01Z","subject_request_id":"a7551968-d5d6-44b2-9831-815ac9017798"}"#;
    assert_eq!(check(cancelled).stdout(), "cancellation: as OpenDSR 2.0 has it\n");
}

#[test]
fn what_is_unreadable_says_where_and_never_whose() {
    let cases = [
        ("{", "not a JSON object"),
        ("{}", "neither a request"),
        (&REQUEST.replace("44b2", "34b2"), "`subject_request_id` must be a UUID of version 4"),
        (&REQUEST.replace("2018-10-02T", "2018-13-02T"), "line 1, column"),
    ];
    for (body, reason) in cases {
        let said = check(body).complaint(2);
        assert!(said.contains(reason) && !said.contains("johndoe"), "{said}");
    }
    assert!(dsr(&["opendsr", "check", "/nonexistent"]).complaint(2).contains("cannot read"));
}
