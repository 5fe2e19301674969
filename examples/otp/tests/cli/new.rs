//! `otp new`: what is made can be used, is shown once, and is stored for its owner alone.

use serde_json::json;

use crate::{Folder, otp};

const NEW: [&str; 5] = ["new", "--issuer", "Northside Clinic", "--account", "alice"];

fn new(more: &[&str]) -> crate::Otp {
    otp(&[&NEW[..], more].concat())
}

#[test]
fn the_uri_is_one_that_the_other_commands_read() {
    let uri = new(&["--qr", "none"]).stdout();
    let shown = otp(&["parse", "-", "--json", "--show-secret"]).stdin(&uri).json(0);
    assert_eq!(shown["findings"], json!([]));
    assert_eq!(
        (&shown["issuer"], &shown["account"]),
        (&json!("Northside Clinic"), &json!("alice"))
    );
    assert_eq!((&shown["digits"], &shown["period"]), (&json!(6), &json!(30)));
    // RFC 4226 §4 R6 recommends 160 bits: 32 symbols of base32.
    assert_eq!(shown["secret"].as_str().unwrap().len(), 32);
    assert_ne!(uri, new(&["--qr", "none"]).stdout(), "every secret is a new one");

    let hotp = ["--algorithm", "SHA512", "--digits", "8", "--counter", "7", "--qr", "none"];
    let shown = otp(&["parse", "-", "--json", "--show-secret"]).stdin(&new(&hotp).stdout()).json(0);
    assert_eq!((&shown["type"], &shown["counter"]), (&json!("hotp"), &json!(7)));
    assert_eq!((&shown["algorithm"], &shown["digits"]), (&json!("SHA512"), &json!(8)));
    assert_eq!(shown["secret"].as_str().unwrap().len(), 103);
}

#[test]
fn the_terminal_shows_a_qr_code_and_the_file_has_the_uri() {
    let folder = Folder::new();
    let shown = new(&["--out", &folder.name("alice.uri")]).stdout();
    assert!(shown.starts_with("\u{1b}[38;5;16;48;5;231m") && shown.contains('█'));
    assert!(!shown.contains("otpauth"));
    let uri = folder.read("alice.uri");
    assert!(uri.starts_with("otpauth://totp/Northside%20Clinic:alice?secret="));
    assert!(otp(&["code", "--uri-file", &folder.name("alice.uri")]).stdout().len() == 7);
    let both = new(&["--show-secret"]).stdout();
    assert!(both.contains('█') && both.contains("otpauth://totp/"));
}

#[test]
fn images_are_written() {
    let folder = Folder::new();
    assert_eq!(new(&["--qr", "png", "--out", &folder.name("a.png")]).stdout(), "");
    assert!(std::fs::read(folder.path("a.png")).unwrap().starts_with(b"\x89PNG\r\n"));
    assert_eq!(new(&["--qr", "svg", "--out", &folder.name("a.svg")]).stdout(), "");
    let svg = folder.read("a.svg");
    assert!(svg.contains("<title>QR code of alice for Northside Clinic</title>"));
    assert!(new(&["--qr", "svg"]).stdout().starts_with("<svg "));
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_and_none_is_overwritten() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    for (qr, name) in [("ansi", "a"), ("none", "b"), ("svg", "c"), ("png", "d")] {
        let path = folder.name(name);
        assert_eq!(new(&["--qr", qr, "--out", &path]).run().code, 0);
        let mode = std::fs::metadata(folder.path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
        let before = std::fs::read(folder.path(name)).unwrap();
        let refusal = new(&["--qr", qr, "--out", &path]).refusal();
        assert!(refusal.contains("exists and is left alone"), "{refusal}");
        assert_eq!(std::fs::read(folder.path(name)).unwrap(), before);
    }
    let refusal = new(&["--out", &folder.name("no/such/folder")]).refusal();
    assert!(refusal.contains("cannot create"), "{refusal}");
    std::os::unix::fs::symlink(folder.path("nowhere"), folder.path("link")).unwrap();
    let refusal = new(&["--out", &folder.name("link")]).refusal();
    assert!(refusal.contains("exists"), "a link that leads elsewhere is not followed: {refusal}");
}

#[test]
fn json_has_the_secret_only_when_asked() {
    let shown = new(&["--json", "--show-secret"]).json(0);
    assert_eq!(shown["secret"].as_str().unwrap().len(), 32);
    let folder = Folder::new();
    let shown = new(&["--json", "--out", &folder.name("a")]).json(0);
    let expected = json!({
        "type": "totp", "issuer": "Northside Clinic", "account": "alice", "algorithm": "SHA1",
        "digits": 6, "period": 30,
    });
    assert_eq!(shown, expected);
    assert!(folder.read("a").contains("secret="));
}

#[test]
fn what_would_lose_the_secret_or_mix_two_results_is_refused() {
    let cases: [(&[&str], &str); 8] = [
        (&["--json"], "nothing would hold the new secret"),
        (&["--json", "--qr", "none"], "nothing would hold the new secret"),
        (&["--json", "--qr", "ansi"], "leave one out"),
        (&["--json", "--qr", "svg"], "add --out"),
        (&["--qr", "svg", "--show-secret"], "add --out"),
        (&["--qr", "png"], "needs --out"),
        (&["--period", "30", "--counter", "0"], "cannot be used with"),
        (&["--period", "0"], "seconds"),
    ];
    for (args, words) in cases {
        let refusal = new(args).refusal();
        assert!(refusal.contains(words), "{args:?}: {refusal}");
    }
    let refusal = otp(&["new", "--issuer", "a:b", "--account", "c"]).refusal();
    assert!(refusal.contains("colon"), "{refusal}");
    let long = "x".repeat(161);
    let folder = Folder::new();
    let path = folder.name("a");
    let refusal = otp(&["new", "--issuer", "a", "--account", &long, "--out", &path]).refusal();
    assert!(refusal.contains("1 to 160 bytes"), "{refusal}");
    assert!(!folder.path("a").exists());
}
