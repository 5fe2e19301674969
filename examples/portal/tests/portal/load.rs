//! The load generator: it drives the program for a moment, and all is well afterwards.

use std::process::Command;

/// Runs a scenario on SQLite; it fails when an invariant does not hold.
fn run(arguments: &[&str]) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal-load"));
    command.args(arguments).args(["--portal", env!("CARGO_BIN_EXE_portal"), "--json"]);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // Who waits for them to be made is told.
    let people = arguments.iter().skip_while(|&&argument| argument != "--people").nth(1).unwrap();
    assert!(said.contains(&format!("making {people} people")), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn count(report: &serde_json::Value, kind: &str) -> u64 {
    let count = report.pointer(&format!("/answers/{kind}/count"));
    count.and_then(serde_json::Value::as_u64).unwrap_or_default()
}

#[test]
fn everybody_gets_in_once_with_a_right_code() {
    let report = run(&["second-factor", "--people", "40", "--seconds", "20"]);
    assert_eq!((count(&report, "accepted"), count(&report, "odd")), (40, 0), "{report}");
}

#[test]
fn everybody_gets_in_once_at_either_of_two_nodes() {
    let report = run(&["second-factor", "--nodes", "2", "--people", "40", "--seconds", "20"]);
    assert_eq!((count(&report, "accepted"), count(&report, "odd")), (40, 0), "{report}");
    assert_eq!(report["nodes"], 2);
}

#[test]
fn t14_wrong_codes_beyond_the_free_ones_are_not_evaluated() {
    let report = run(&["wrong-codes", "--people", "6", "--seconds", "20"]);
    assert_eq!((count(&report, "refused"), count(&report, "odd")), (30, 0), "{report}");
}

#[test]
fn t02_one_of_many_connections_gets_in_with_one_code() {
    let report = run(&["race", "--people", "5", "--connections", "16", "--seconds", "20"]);
    assert_eq!(count(&report, "accepted"), 5, "{report}");
    assert_eq!((count(&report, "refused"), count(&report, "odd")), (75, 0), "{report}");
}

#[test]
fn a_kill_among_codes_lets_nobody_in_twice_and_loses_no_failure() {
    let report = run(&["crash", "--people", "120", "--seconds", "30"]);
    assert!(report["lost"].as_u64() > Some(0), "{report}");
}

#[test]
fn people_sign_in_from_the_first_page_to_the_session() {
    let report = run(&["login", "--people", "4", "--connections", "2", "--seconds", "30"]);
    assert_eq!((count(&report, "accepted"), count(&report, "odd")), (4, 0), "{report}");
}

#[test]
fn staff_read_the_queue_in_any_of_its_pages_and_requests_in_it() {
    let arguments = ["desk", "--people", "3", "--requests", "120", "--connections", "2"];
    let report = run(&[&arguments[..], &["--seconds", "3"]].concat());
    assert!(count(&report, "page") > 0 && count(&report, "case") > 0, "{report}");
    assert_eq!((count(&report, "odd"), count(&report, "busy")), (0, 0), "{report}");
}
