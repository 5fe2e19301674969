//! `otp verify`.
//!
//! Source: RFC 4226 appendix D, RFC 6238 appendix B and Steam codes of `pyotp`'s test.

use serde_json::json;

use crate::{hotp, otp, totp};

#[test]
fn a_code_of_the_window_is_accepted_and_no_other() {
    let totp = totp();
    let cases = [
        ("59", "94287082", None, 0),
        ("59", "9428 7082", None, 0),
        ("89", "94287082", None, 0),
        ("90", "94287082", None, 1),
        ("29", "94287082", None, 0),
        ("90", "94287082", Some("2,0"), 0),
        ("29", "94287082", Some("2,0"), 1),
        ("60", "94287082", Some("0,0"), 1),
        ("59", "94287083", None, 1),
        ("59", "287082", None, 1),
        ("1111111111", "07081804", Some("1,0"), 0),
        ("1111111111", "07081804", Some("0,1"), 1),
    ];
    for (at, code, window, exit) in cases {
        let mut args = vec!["verify", &totp, code, "--at", at];
        args.extend(window.iter().flat_map(|window| ["--window", window]));
        let done = otp(&args).run();
        assert_eq!((done.code, done.stderr.as_str()), (exit, ""), "{args:?}");
        let word = if exit == 0 { "accepted: step " } else { "rejected\n" };
        assert!(done.stdout.starts_with(word), "{}", done.stdout);
    }
}

#[test]
fn json_has_what_to_store() {
    let (totp, hotp) = (totp(), hotp());
    let found = otp(&["verify", &totp, "94287082", "--at", "61", "--json"]).json(0);
    assert_eq!(found, json!({"result": "accepted", "step": 1, "offset": -1}));
    let found = otp(&["verify", &hotp, "969429", "--json"]).json(0);
    assert_eq!(found, json!({"result": "accepted", "counter": 3, "next_counter": 4}));
    for args in [["verify", &totp, "94287083", "--json"], ["verify", &hotp, "000000", "--json"]] {
        assert_eq!(otp(&args).json(1), json!({"result": "rejected"}));
    }
}

#[test]
fn a_counter_looks_ahead_and_never_back() {
    let hotp = hotp();
    // 520489 is the code at counter 9.
    assert_eq!(otp(&["verify", &hotp, "520489"]).run().code, 0);
    assert_eq!(otp(&["verify", &hotp, "520489", "--window", "0,8"]).run().code, 1);
    assert_eq!(otp(&["verify", &hotp, "520489", "--window", "0,9"]).run().code, 0);
    let later = hotp.replace("counter=0", "counter=10");
    assert_eq!(otp(&["verify", &later, "520489", "--window", "0,255"]).run().code, 1);
    assert!(
        otp(&["verify", &hotp, "520489", "--window", "1,1"]).refusal().contains("have been used")
    );
    assert!(otp(&["verify", &hotp, "520489", "--at", "1"]).refusal().contains("counter-based"));
    let last = hotp.replace("counter=0", "counter=18446744073709551615");
    let code = otp(&["code", &last]).stdout();
    let found = otp(&["verify", &last, code.trim_end(), "--json"]).json(0);
    assert_eq!(found["next_counter"], json!(null));
}

#[test]
fn steam_guard_codes() {
    let uri = "otpauth://steam/gabe?secret=FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW";
    assert_eq!(otp(&["verify", uri, "qjy8y", "--at", "30"]).run().code, 0);
    assert_eq!(otp(&["verify", uri, "QJY8Y", "--at", "90"]).run().code, 1);
    assert!(otp(&["verify", uri, "287082", "--at", "30"]).refusal().contains("Steam Guard code"));
}

#[test]
fn what_is_no_code_is_bad_input() {
    let totp = totp();
    for code in ["", "12345", "123456789", "12a456", "+94287082", "９４２８７０８２"] {
        let refusal = otp(&["verify", &totp, code, "--at", "59"]).refusal();
        assert!(refusal.contains("code"), "{refusal}");
        assert!(code.is_empty() || !refusal.contains(code), "{refusal}");
    }
    assert!(otp(&["verify", &totp]).refusal().contains("the code is missing"));
    assert!(otp(&["verify"]).refusal().contains("not provided"));
    assert!(otp(&["verify", &totp, "1", "2"]).refusal().contains("unexpected"));
    assert!(
        otp(&["verify", &totp, "94287082", "--window", "11,0"]).refusal().contains("at most 10")
    );
    for window in ["1", "1,", "a,b", "-1,1", "256,0", "1,1,1"] {
        let window = format!("--window={window}");
        let refusal = otp(&["verify", &totp, "94287082", &window]).refusal();
        assert!(refusal.contains("two numbers such as 1,1"), "{refusal}");
    }
}
