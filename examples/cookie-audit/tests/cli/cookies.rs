//! `set-cookie` and `jar`.

use serde_json::{Value, json};

use super::run;

const URL: &str = "https://www.clinic.example/staff/rota";

#[test]
fn one_line_of_json_to_each_header_field() {
    let input = b"__Host-id=31d4; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60\n\
        a=1; SameSite=None\r\nSet-Cookie: b=2; Max-Age=0\n";
    let done = run(&["set-cookie", "--url", URL, "--now", "2026-01-01T00:00:00Z"], input);
    assert_eq!(done.code, 0, "{}", done.stderr);
    let lines = done.json_lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        lines[0],
        json!({
            "cookie": {
                "name": "__Host-id", "value": "31d4", "domain": "www.clinic.example",
                "host_only": true, "path": "/", "expires": 1_767_225_660,
                "expires_date": "Thu, 01 Jan 2026 00:01:00 GMT", "secure": true,
                "http_only": true, "same_site": "Lax", "partition": null,
            },
            "outcome": "stored", "reason": null, "diagnostics": [],
        })
    );
    assert_eq!((&lines[1]["cookie"], &lines[1]["outcome"]), (&Value::Null, &json!("dropped")));
    assert_eq!(lines[1]["diagnostics"][0]["code"], "SC09");
    assert_eq!(lines[1]["diagnostics"][0]["span"], json!([5, 18]));
    assert_eq!(lines[1]["diagnostics"][0]["fix"]["replacement"], "; Secure");
    assert_eq!((&lines[2]["cookie"], &lines[2]["outcome"]), (&Value::Null, &json!("expired")));
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    let done = run(&["set-cookie", "--url", URL, "--now", "0"], b"a=\xFF\n");
    assert_eq!(done.json_lines()[0]["cookie"]["value"], json!({ "hex": "ff" }));
}

#[test]
fn findings_decide_the_exit_status_when_asked() {
    let status = |fail_on, input: &[u8]| {
        run(&["set-cookie", "--url", URL, "--now", "0", "--fail-on", fail_on], input).code
    };
    let (warning, error) = (&b"a=1; Path=x\n"[..], &b"a=1; SameSite=None\n"[..]);
    assert_eq!([status("error", warning), status("warning", warning)], [0, 1]);
    assert_eq!([status("error", error), status("never", error)], [1, 0]);
}

#[test]
fn a_response_is_one() {
    let input = b"a=1\na=2\n";
    let codes = |args: &[&str]| {
        let lines = run(&[&["set-cookie", "--url", URL, "--now", "0"], args].concat(), input);
        lines.json_lines()[1]["diagnostics"].as_array().unwrap().len()
    };
    assert_eq!((codes(&[]), codes(&["--response"])), (0, 1));
}

#[test]
fn the_jar_sends_what_a_user_agent_sends() {
    let get = "https://clinic.example/staff/";
    let args = ["jar", "--set-url", URL, "--get-url", get, "--now", "1767225600"];
    let input = b"a=1; Domain=clinic.example; Path=/\nb=2; Domain=clinic.example\nc=3\n\
        d=4; Domain=example\n";
    let done = run(&args, input);
    assert_eq!((done.code, done.text()), (0, "b=2; a=1\n"));
    assert_eq!(
        done.stderr,
        "cookie-audit: line 4: the Domain is a public suffix; name a domain of your own\n"
    );
}
