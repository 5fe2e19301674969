//! `otp import` and `otp export`: a credential keeps its codes on the way through every format.
//!
//! Source of the codes: RFC 6238 appendix B.

use serde_json::{Value, json};

use crate::{Folder, SECRET, hotp, otp, totp};

const MIGRATION: &str = "otpauth-migration://offline?data=CjUKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZ\
                         XJyeXBpGgtyYXNwYmVycnlwaSABKAEwAhABGAEgACjr4JKK%2B%2F%2F%2F%2F%2F8B";

#[test]
fn entries_are_listed_without_their_secrets() {
    let folder = Folder::new();
    let file = folder.write("uris", &format!("{}\n{}&image=x\n", totp(), hotp()));
    let shown = otp(&["import", &file, MIGRATION]).stdout();
    let expected = "Clinic: alice, TOTP every 30 s, 8 digits, SHA1\n\
                    alice, HOTP, next counter 0, 6 digits, SHA1\n  \
                    note: the parameter is not known and was ignored (at byte 71)\n\
                    raspberrypi: pi@raspberrypi, TOTP every 30 s, 6 digits, SHA1\n";
    assert_eq!(shown, expected);

    let shown = otp(&["import", &file, "--json"]).json(0);
    let first = json!({
        "type": "totp", "issuer": "Clinic", "account": "alice", "algorithm": "SHA1", "digits": 8,
        "period": 30, "repairs": [],
    });
    assert_eq!(shown[0], first);
    assert_eq!(shown[1]["repairs"].as_array().unwrap().len(), 1);
    let shown = otp(&["import", &totp(), "--json", "--show-secret"]).json(0);
    assert_eq!(shown[0]["secret"], json!(SECRET));
    let shown = otp(&["import", "-", "--show-secret"]).stdin(&totp()).stdout();
    assert!(shown.contains(&format!("secret={SECRET}&")));
}

#[test]
fn every_format_goes_there_and_back() {
    let folder = Folder::new();
    let source = folder.write("uris", &format!("{}\n{}\n", totp(), hotp()));
    let original = otp(&["import", &source, "--json", "--show-secret"]).json(0);
    let key = folder.write("key", "00112233445566778899aabbccddeeff\n");
    for (to, more) in [
        ("google", vec![]),
        ("aegis", vec![]),
        ("pskc", vec![]),
        ("pskc", vec!["--encrypt-with", &key, "--key-name", "ward 7"]),
    ] {
        let text = otp(&[&["export", "--to", to, &source], &more[..]].concat()).stdout();
        assert_eq!(text.contains(SECRET), to == "aegis");
        let keyed = if more.is_empty() { vec![] } else { vec!["--key-file", &key] };
        let import = [&["import", "-", "--json", "--show-secret"], &keyed[..]].concat();
        assert_eq!(otp(&import).stdin(&text).json(0), original, "{to}");
        // And on to another format, from a file.
        let name = format!("{to}{}", more.len());
        let file = folder.write(&name, &text);
        let again = [&["export", "--to", "aegis", &file], &keyed[..]].concat();
        let vault = otp(&again).stdout();
        let uri = otp(&["import", "-", "--show-secret"]).stdin(&vault).stdout();
        let uri = uri.lines().find(|line| line.contains("otpauth://totp/")).unwrap().trim();
        assert_eq!(otp(&["code", uri, "--at", "59"]).stdout(), "94287082\n");
    }
}

#[test]
fn the_parts_of_a_google_export_may_lie_in_several_files() {
    let folder = Folder::new();
    let uris: Vec<String> =
        (0..25).map(|number| totp().replace("alice", &number.to_string())).collect();
    let source = folder.write("uris", &uris.join("\n"));
    let parts = otp(&["export", "--to", "google", &source]).stdout();
    let parts: Vec<&str> = parts.lines().collect();
    assert_eq!(parts.len(), 3);
    let files: Vec<String> =
        (0..2).map(|number| folder.write(&number.to_string(), parts[number])).collect();
    let read = otp(&["import", &files[1], parts[2], &files[0], "--json"]).json(0);
    let accounts: Vec<Value> = (0..25).map(|number| json!(number.to_string())).collect();
    let read: Vec<Value> =
        read.as_array().unwrap().iter().map(|entry| entry["account"].clone()).collect();
    assert_eq!(read, accounts);
    let refusal = otp(&["import", &files[1], &files[0]]).refusal();
    assert!(refusal.contains("missing, counted from 0: [2]"), "{refusal}");

    let shown = otp(&["export", "--to", "google", "--qr", "ansi", &source]).stdout();
    assert_eq!(shown.matches("part ").count(), 3);
    assert!(shown.contains('█') && !shown.contains("otpauth"));
}

#[test]
fn one_bad_source_stops_all() {
    let folder = Folder::new();
    let good = folder.write("good", &totp());
    let bad = folder.write("bad", &format!("{}\n{}\n", totp(), "otpauth://totp/x?secret=1"));
    let none = folder.write("none", "hello");
    let cases = [
        (bad, "line 2"),
        (none, "format is not known"),
        (folder.name("missing"), "cannot open"),
        (folder.0.path().to_str().unwrap().to_owned(), "cannot read"),
        ("otpauth://totp/x".to_owned(), "secret parameter is missing"),
    ];
    for (source, words) in cases {
        let refusal = otp(&["import", &good, &source]).refusal();
        assert!(refusal.contains(words), "{refusal}");
        assert!(otp(&["export", "--to", "aegis", &good, &source]).refusal().contains(words));
    }
}

#[test]
fn what_a_format_cannot_carry_is_refused_and_leaves_no_file() {
    let folder = Folder::new();
    let seven = totp().replace("digits=8", "digits=7");
    let out = folder.name("out");
    let args = ["export", "--to", "google", &totp(), &seven, "--out", &out];
    let refusal = otp(&args).refusal();
    assert!(refusal.contains("entry 1") && refusal.contains("number of digits"), "{refusal}");
    assert!(!folder.path("out").exists());
    let cases: [(&[&str], &str); 4] = [
        (&["--to", "aegis", "--qr", "ansi"], "--to google"),
        (&["--to", "google", "--qr", "ansi", "--out", &out], "leave out"),
        (&["--to", "aegis", "--encrypt-with", &out], "cannot open"),
        (&["--to", "pskc", "--key-name", "x"], "not provided"),
    ];
    for (args, words) in cases {
        let refusal = otp(&[&["export", &totp()], args].concat()).refusal();
        assert!(refusal.contains(words), "{args:?}: {refusal}");
    }
    let key = folder.write("key", "0011");
    let refusal = otp(&["export", "--to", "pskc", "--encrypt-with", &key, &totp()]).refusal();
    assert!(refusal.contains("32 hexadecimal digits"), "{refusal}");
}

#[cfg(unix)]
#[test]
fn exports_are_for_their_owner_and_none_is_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    for to in ["google", "aegis", "pskc"] {
        let out = folder.name(to);
        let args = ["export", "--to", to, &totp(), "--out", &out];
        assert_eq!(otp(&args).stdout(), "");
        let mode = std::fs::metadata(folder.path(to)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let before = folder.read(to);
        assert!(otp(&args).refusal().contains("exists and is left alone"));
        assert_eq!(folder.read(to), before);
    }
}

#[test]
fn a_container_that_should_be_encrypted_and_is_not_is_refused() {
    let folder = Folder::new();
    let key = folder.write("key", "00112233445566778899aabbccddeeff");
    let other = folder.write("other", "00112233445566778899aabbccddee00");
    let plain = folder.write("plain", &otp(&["export", "--to", "pskc", &totp()]).stdout());
    assert_eq!(otp(&["import", &plain, "--key-file", &key]).run().code, 2);
    let sealed = otp(&["export", "--to", "pskc", "--encrypt-with", &key, &totp()]).stdout();
    let sealed = folder.write("sealed", &sealed);
    assert!(otp(&["import", &sealed]).refusal().contains("pre-shared key is needed"));
    assert_eq!(otp(&["import", &sealed, "--key-file", &other]).run().code, 2);
    assert_eq!(otp(&["import", &sealed, "--key-file", &key]).run().code, 0);
}
