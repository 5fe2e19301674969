//! `otp code` and `otp parse`.
//!
//! Source: RFC 4226 appendix D, RFC 6238 appendix B, Steam codes of `pyotp`'s test, and codes that
//! `oathtool` 2.6.7 printed (`oathtool -d 8 -c 1 00` and the like).

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::{Folder, SECRET, hotp, otp, totp};

const SHA256: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA";
const SHA512: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                      GEZDGNBVGY3TQOJQGEZDGNA";

#[test]
fn the_table_of_rfc_6238() {
    let rows = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000_u64, ["65353130", "77737706", "47863826"]),
    ];
    let hashes = [("SHA1", SECRET), ("sha256", SHA256), ("SHA512", SHA512)];
    let mut count = 0;
    for (at, codes) in rows {
        for ((algorithm, secret), code) in hashes.iter().zip(codes) {
            let at = at.to_string();
            let args = ["code", "--at", &at, "--algorithm", algorithm, "--digits", "8"];
            assert_eq!(otp(&args).env("OTP_SECRET", secret).stdout(), format!("{code}\n"));
            count += 1;
        }
    }
    assert_eq!(count, 18);
}

#[test]
fn the_table_of_rfc_4226() {
    let codes = [
        "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871",
        "520489",
    ];
    for (counter, code) in codes.iter().enumerate() {
        let counter = counter.to_string();
        let shown = otp(&["code", "--secret", SECRET, "--counter", &counter]).stdout();
        assert_eq!(shown, format!("{code}\n"));
        let uri = hotp().replace("counter=0", &format!("counter={counter}"));
        assert_eq!(otp(&["code", &uri]).stdout(), format!("{code}\n"));
    }
    assert_eq!(otp(&["code", &hotp(), "--counter", "9"]).stdout(), "520489\n");
}

#[test]
fn what_oathtool_printed() {
    let cases: [(&[&str], &str); 5] = [
        (&["--digits", "6", "--counter", "0"], "328482"),
        (&["--digits", "7", "--counter", "0"], "5328482"),
        (&["--digits", "8", "--counter", "0"], "35328482"),
        (&["--digits", "8", "--counter", "1"], "30812658"),
        (&["--counter", "1099511627776"], "363425"),
    ];
    for (args, code) in cases {
        // The key is the single byte 00, which nobody should use: a note says so.
        let done = otp(&[&["code", "--secret", "AA"], args].concat()).run();
        assert_eq!((done.code, done.stdout), (0, format!("{code}\n")));
        assert!(done.stderr.contains("8 bits of secret"), "{}", done.stderr);
    }
}

#[test]
fn moments_may_be_written_in_two_ways() {
    for at in ["1111111109", "2005-03-18T01:58:29Z", "2005-03-18T02:58:29.999+01:00"] {
        assert_eq!(otp(&["code", &totp(), "--at", at]).stdout(), "07081804\n", "{at}");
    }
    for at in ["yesterday", "2005-03-18", "2005-03-18T01:58:29", "-1", "1.5", ""] {
        let refusal = otp(&["code", &totp(), &format!("--at={at}")]).refusal();
        assert!(refusal.contains("--at") && refusal.contains("1970"), "{at}: {refusal}");
    }
    let refusal = otp(&["code", &totp(), "--at", "1969-12-31T23:59:59Z"]).refusal();
    assert!(refusal.contains("before 1970"), "{refusal}");
}

#[test]
fn json_has_the_names_of_the_uri() {
    let shown = otp(&["code", &totp(), "--at", "59", "--json"]).json(0);
    let expected = json!({
        "type": "totp", "issuer": "Clinic", "account": "alice", "algorithm": "SHA1", "digits": 8,
        "period": 30, "code": "94287082", "step": 1, "valid_from": 30, "valid_until": 60,
    });
    assert_eq!(shown, expected);
    let shown = otp(&["code", &hotp(), "--counter", "2", "--json", "--show-secret"]).json(0);
    let expected = json!({
        "type": "hotp", "issuer": null, "account": "alice", "algorithm": "SHA1", "digits": 6,
        "counter": 2, "code": "359152", "secret": SECRET,
    });
    assert_eq!(shown, expected);
}

#[test]
fn steam_guard_codes() {
    let uri = "otpauth://steam/gabe?secret=FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW";
    for (at, code) in [("0", "C5V56"), ("30", "QJY8Y"), ("60", "R3WQY"), ("90", "JG3T3")] {
        assert_eq!(otp(&["code", uri, "--at", at]).stdout(), format!("{code}\n"));
    }
    assert!(otp(&["code", uri, "--counter", "1"]).refusal().contains("time-based"));
}

#[test]
fn the_clock_of_the_machine_is_the_default() {
    let seconds = || std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let code_at = |at: u64| otp(&["code", &totp(), "--at", &at.to_string()]).stdout();
    let (before, shown, after) = (seconds(), otp(&["code", &totp()]).stdout(), seconds());
    assert!(shown == code_at(before) || shown == code_at(after));
}

#[test]
fn watching_prints_each_code_at_once() {
    let uri = totp().replace("digits=8", "digits=8&period=1");
    let mut child = Command::new(env!("CARGO_BIN_EXE_otp"))
        .args(["code", &uri, "--watch", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let shown: Vec<serde_json::Value> =
        lines.take(3).map(|line| serde_json::from_str(&line.unwrap()).unwrap()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    let steps: Vec<u64> = shown.iter().map(|shown| shown["step"].as_u64().unwrap()).collect();
    assert!(steps.windows(2).all(|pair| pair[0] < pair[1]), "{steps:?}");
    for shown in shown {
        let at = shown["step"].to_string();
        let code = otp(&["code", &uri, "--at", &at]).stdout();
        assert_eq!(code.trim_end(), shown["code"]);
    }
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    let (totp, hotp) = (totp(), hotp());
    let cases: [(&[&str], &str); 9] = [
        (&["code", &totp, "--counter", "1"], "time-based"),
        (&["code", &hotp, "--at", "1"], "counter-based"),
        (&["code", &hotp, "--watch"], "counter-based"),
        (&["code", &totp, "--digits", "6"], "stand in the URI"),
        (&["code", &totp, "--at", "1", "--watch"], "cannot be used with"),
        (&["code", &totp, "--secret", SECRET], "cannot be used with"),
        (&["code", "--secret", SECRET, "--period", "30", "--counter", "1"], "cannot be used with"),
        (&["code", "--secret", SECRET, "--digits", "9"], "6, 7 or 8"),
        (&["code", "--secret", SECRET, "--algorithm", "MD5"], "SHA1, SHA256 or SHA512"),
    ];
    for (args, words) in cases {
        let refusal = otp(args).refusal();
        assert!(refusal.contains(words), "{args:?}: {refusal}");
    }
}

#[test]
fn parse_explains_and_lists_findings() {
    let uri = format!("otpauth://totp/A:b?secret={}&issuer=C+D&image=x", SECRET.to_lowercase());
    let shown = otp(&["parse", &uri, "--json"]).json(0);
    let findings: Vec<&str> =
        shown["findings"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect();
    for words in ["not known", "upper case", "ambiguous", "differs"] {
        assert!(findings.iter().any(|finding| finding.contains(words)), "{words}: {findings:?}");
    }
    assert_eq!(findings.len(), 4);
    assert_eq!((&shown["issuer"], &shown["account"]), (&json!("C D"), &json!("b")));
    assert_eq!(shown.get("secret"), None);

    let text = otp(&["parse", &totp(), "--show-secret"]).stdout();
    for line in
        ["type      totp", "issuer    Clinic", "digits    8", &format!("secret    {SECRET}")]
    {
        assert!(text.lines().any(|other| other == line), "{line} in {text}");
    }
    let folder = Folder::new();
    let file = folder.write("uri", &format!("# mine\n{}\n", totp()));
    assert!(otp(&["parse", "--uri-file", &file]).stdout().contains("alice"));
    for bad in
        ["", "hello", "otpauth://totp/a", "otpauth://motp/a?secret=AA", "otpauth-migration://x"]
    {
        assert!(!otp(&["parse", bad]).refusal().is_empty());
    }
    let two = folder.write("two", &format!("{}\n{}\n", totp(), hotp()));
    assert!(otp(&["parse", "--uri-file", &two]).refusal().contains("2 URIs"));
}
