//! `otp resync`.
//!
//! Source: RFC 4226 appendix D; later codes as `otp code` shows them.

use serde_json::json;

use crate::{hotp, otp, totp};

#[test]
fn successive_codes_are_found() {
    let hotp = hotp();
    assert_eq!(
        otp(&["resync", &hotp, "254676", "287922"]).stdout(),
        "found: counter 6, next counter 7\n"
    );
    let found = otp(&["resync", &hotp, "254676", "287922", "162583", "--json"]).json(0);
    assert_eq!(found, json!({"result": "found", "counter": 7, "next_counter": 8}));
    // A token that a child has played with.
    let codes = ["998", "999"]
        .map(|counter| otp(&["code", &hotp, "--counter", counter]).stdout().trim_end().to_owned());
    let found = otp(&["resync", "--json", &codes[0], &codes[1]]).env("OTP_URI", &hotp).json(0);
    assert_eq!(found["counter"], json!(999));
}

#[test]
fn other_codes_are_not_found() {
    let hotp = hotp();
    let cases: [&[&str]; 4] = [
        &["287922", "254676"],
        &["254676", "254676"],
        &["254676", "162583"],
        &["254676", "287922", "399871"],
    ];
    for codes in cases {
        let done = otp(&[&["resync", &hotp], codes].concat()).run();
        assert_eq!((done.code, done.stdout.as_str()), (1, "not found within 1000 counters\n"));
    }
    let used = hotp.replace("counter=0", "counter=6");
    let missing = otp(&["resync", &used, "254676", "287922", "--json"]).json(1);
    assert_eq!(missing, json!({"result": "not found", "counter": null, "next_counter": null}));
}

#[test]
fn bad_input_is_refused() {
    let (hotp, totp) = (hotp(), totp());
    let cases: [(&[&str], &str); 5] = [
        (&["resync", &hotp, "254676"], "two codes or more"),
        (&["resync", &hotp, "254676", "x"], "code 2 is no code"),
        (&["resync", &totp, "25467600", "28792200"], "time-based"),
        (&["resync", "254676", "287922"], "no URI is given"),
        (&["resync", &hotp], "2 values required"),
    ];
    for (args, words) in cases {
        let refusal = otp(args).refusal();
        assert!(refusal.contains(words), "{args:?}: {refusal}");
    }
    let many = vec!["254676"; 66];
    let refusal = otp(&[&["resync", &hotp], &many[..]].concat()).refusal();
    assert!(refusal.contains("at most 64"), "{refusal}");
}
