//! `decode` and `encode`.

use serde_json::{Value, json};

use super::run;

fn decode(string: &str) -> Value {
    let done = run(&["decode", string, "--now", "2026-11-24T00:00:00Z"], b"");
    assert_eq!(done.code, 0, "{}", done.stderr);
    serde_json::from_slice(&done.stdout).unwrap()
}

fn encode(json: &Value) -> String {
    let done = run(&["encode"], json.to_string().as_bytes());
    assert_eq!(done.code, 0, "{}", done.stderr);
    done.text().trim_end().to_owned()
}

/// From the TCF and GPP specifications and the tests of the IAB's libraries.
#[test]
fn what_is_decoded_is_encoded_again() {
    for string in [
        "COv__-wOv__-wC2AAAENAPCgAAAAAAAAAAAAA_wAQA_gEBABAEAAAA",
        "COwBOpCOwBOpCLqAAAENAPCAAAAAAAAAAAAAFfwAQFfgUbABAUaAAA",
        "1YNN",
        "1---",
        "1~1.35.41",
        "2~1.35.41~dv.9.21",
        "DBABLA~BVQqAAAAAgA.QA",
        "DBABLA~CAAAAAAAAQRA.QA",
        "DBACNY~COv__-wOv__-wC2AAAENAPCgAAAAAAAAAAAAA_wAQA_gEBABAEAAA~1YNN",
        "DBABUYA~Bkgq.lpo",
    ] {
        // Zeros at the end of a TC string are not needed, and not written.
        let written = encode(&decode(string));
        assert!(string.starts_with(&written) || written == string, "{string}: {written}");
        assert_eq!(decode(&written), decode(string));
    }
}

#[test]
fn a_tc_string_as_json() {
    let json = decode("COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA");
    assert_eq!(json["type"], "tcf");
    assert_eq!((&json["created"], &json["cmp_id"]), (&json!(15_822_430_593_u64), &json!(27)));
    assert_eq!(json["purposes_consent"], json!([1, 2, 3]));
    assert_eq!(json["vendor_consents"], json!({ "max": 8, "vendors": [2, 6, 8] }));
    assert!(json["faults"].as_array().unwrap().len() >= 3);
}

#[test]
fn what_is_no_consent_string_is_status_two() {
    for string in ["", "hello", "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA", "DBABMA", "1YXN", "2~x"] {
        let done = run(&["decode", string], b"");
        assert_eq!((done.code, done.stdout.len()), (2, 0), "{string}");
    }
    for input in ["", "{}", "{\"type\":\"us-privacy\"}", "{\"type\":\"gpp\",\"sections\":[]}"] {
        assert_eq!(run(&["encode"], input.as_bytes()).code, 2, "{input}");
    }
    let mut json = decode("COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA");
    json["cmp_id"] = json!(4096);
    let done = run(&["encode"], json.to_string().as_bytes());
    assert_eq!(done.stderr, "cookie-audit: cmp_id is 4096; at most 4095 can be written\n");
}
