//! Help, and what is said of a command line that makes no sense.

use crate::{otp, totp};

const COMMANDS: [&str; 7] = ["new", "code", "verify", "parse", "import", "export", "resync"];

#[test]
fn every_command_has_help_with_examples() {
    for flag in ["--help", "-h"] {
        let help = otp(&[flag]).stdout();
        assert!(COMMANDS.iter().all(|command| help.contains(&format!("\n  {command} "))));
        assert!(help.contains("OTP_URI") && help.contains("Exit status: 0 done or accepted"));
        for command in COMMANDS {
            let help = otp(&[command, flag]).stdout();
            assert!(help.contains(&format!("\nExamples:\n  otp {command} ")), "{help}");
            assert!(help.contains(&format!("Usage: otp {command} ")), "{help}");
            assert_eq!(otp(&["help", command]).stdout(), otp(&[command, "--help"]).stdout());
        }
    }
    assert!(otp(&["--version"]).stdout().starts_with("otp "));
}

/// The examples of the help, taken at their word where they need no file.
#[test]
fn the_examples_work() {
    let uri = "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    // Quoted: a shell may take the ? for a pattern.
    assert!(otp(&["code", "--help"]).stdout().contains(&format!("otp code '{uri}'")));
    assert_eq!(otp(&["code", uri, "--at", "59"]).stdout(), "287082\n");
    let secret = otp(&["code", "--digits", "8", "--at", "59"]);
    assert_eq!(secret.env("OTP_SECRET", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").stdout(), "94287082\n");
}

#[test]
fn a_command_line_without_sense_is_bad_input() {
    let totp = totp();
    let cases: [(&[&str], &str); 8] = [
        (&[], "Usage: otp <COMMAND>"),
        (&["frobnicate"], "unrecognized subcommand"),
        (&["code", "--frobnicate"], "unexpected argument"),
        (&["code", &totp, "--at"], "a value is required"),
        (&["new", "--issuer", "x"], "--account"),
        (&["export", &totp], "--to"),
        (&["export", "--to", "authy", &totp], "possible values: google, aegis, pskc"),
        (&["import"], "not provided"),
    ];
    for (args, words) in cases {
        let refusal = otp(args).refusal();
        assert!(refusal.contains(words), "{args:?}: {refusal}");
    }
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let uris = vec![totp(); 5_000].join("\n");
    let folder = crate::Folder::new();
    let file = folder.write("uris", &uris);
    let mut child = Command::new(env!("CARGO_BIN_EXE_otp"))
        .args(["import", &file])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), done.stderr.as_slice()), (Some(0), &b""[..]));
    assert!(line.starts_with("Clinic: alice"));
}
