//! Help, and what is said of a command line that makes no sense.

use crate::{Duo, duo};

const COMMANDS: [&str; 10] = [
    "ping",
    "check",
    "preauth",
    "push",
    "phone",
    "sms",
    "passcode",
    "status",
    "universal",
    "admin",
];

#[test]
fn every_command_has_help() {
    for flag in ["--help", "-h"] {
        let help = duo(&[flag]).says(0);
        for command in COMMANDS {
            assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
            let own = duo(&[command, flag]).says(0);
            assert!(own.contains(&format!("Usage: duo {command} ")), "{own}");
            assert!(own.contains("--fail-mode") && own.contains("--json"), "{own}");
        }
        for told in
            ["DUO_HOST", "DUO_IKEY", "DUO_SKEY_FILE", "DUO_CA", "Exit status: 0", "Examples:"]
        {
            assert!(help.contains(told), "{told}: {help}");
        }
    }
    for command in [["universal", "login"], ["admin", "logs"]] {
        assert!(duo(&[&command[..], &["--help"]].concat()).says(0).contains("\nExamples:\n  duo "));
    }
    assert!(duo(&["--version"]).says(0).starts_with("duo "));
}

#[test]
fn a_command_line_without_sense_is_bad_input() {
    let cases: [(&[&str], &str); 10] = [
        (&[], "Usage: duo"),
        (&["frobnicate"], "unrecognized subcommand"),
        (&["ping", "--frobnicate"], "unexpected argument"),
        (&["push"], "<USER>"),
        (&["push", "alice", "--info", "x"], "it must be NAME=VALUE"),
        (&["push", "alice", "--fail-mode", "ajar"], "closed, open"),
        (&["check", "--attempts", "0"], "--attempts"),
        (&["check", "--duo-roots", "--ca", "x"], "--duo-roots"),
        (&["admin"], "users"),
        (&["admin", "bypass", "new", "alice", "--count", "11"], "--count"),
    ];
    for (args, words) in cases {
        let refusal = duo(args).refusal();
        assert!(refusal.contains(words), "{args:?}: {refusal}");
    }
}

#[test]
fn the_decision_stands_though_nobody_reads_the_output() {
    let simulated = Duo::start();
    for (user, code) in [("push-allow", 0), ("push-deny", 1)] {
        let mut running = simulated.auth(&["push", user]).start();
        drop(running.0.stdout.take());
        drop(running.0.stderr.take());
        assert_eq!(running.0.wait().unwrap().code(), Some(code));
    }
}
