//! `dsr deadline`

use serde_json::{Value, json};

use crate::{Folder, dsr};

fn deadline(args: &str) -> Value {
    let args: Vec<&str> =
        ["deadline", "--json"].into_iter().chain(args.split_whitespace()).collect();
    dsr(&args).json()
}

fn refused(args: &str) -> String {
    let args: Vec<&str> = ["deadline"].into_iter().chain(args.split_whitespace()).collect();
    dsr(&args).complaint(2)
}

#[test]
fn the_first_example() {
    assert_eq!(dsr(&["deadline", "--received", "2026-01-31"]).stdout(), "due by 2026-03-02\n");
    let json = deadline("--received 2026-01-31");
    assert_eq!(json["status"], "running");
    assert_eq!(json["relevant_time"], "2026-01-31");
    assert_eq!(json["nominal_end"], "2026-02-28");
    assert_eq!(json["due"], "2026-03-02");
    assert_eq!(json["notice_deadline"], "2026-03-02");
    assert_eq!(json["acknowledge_by"], Value::Null);
    assert_eq!(
        (&json["calendar"], &json["regime"], &json["kind"]),
        (&json!("england-and-wales"), &json!("uk"), &json!("access"))
    );
    let first = &json["trace"][0];
    assert_eq!(
        first,
        &json!({ "provision": "UK GDPR Art 12A(2)(a)", "text": "received on 2026-01-31" })
    );
}

#[test]
fn every_option() {
    let cases = [
        ("--received 2026-12-02 --calendar scotland", "2027-01-05"),
        ("--received 2027-02-17 --calendar northern-ireland", "2027-03-18"),
        ("--received 2026-06-01 --identity-received 2026-06-09", "2026-07-09"),
        ("--received 2026-06-01 --authority-received 2026-06-10", "2026-07-10"),
        (
            "--received 2026-06-01 --identity-received 2026-06-09 --fee-paid 2026-06-15",
            "2026-07-15",
        ),
        ("--received 2026-02-15 --clarification 2026-02-20..2026-02-27", "2026-03-23"),
        (
            "--received 2026-06-01 --clarification 2026-06-03..2026-06-10 --clarification 2026-06-08..2026-06-12",
            "2026-07-13",
        ),
        ("--received 2026-11-30 --extended", "2027-03-01"),
        ("--received 2026-11-30 --extended=2026-12-30", "2027-03-01"),
        ("--extended --received 2026-11-30", "2027-03-01"),
        ("--received 2026-01-05 --regime ccpa --kind erasure", "2026-02-19"),
        ("--received 2026-01-05 --regime ccpa --kind objection", "2026-01-26"),
        ("--received 2026-01-01 --regime hipaa --kind rectification", "2026-03-02"),
        ("--received 2026-08-31 --regime eu --kind portability", "2026-09-30"),
        ("--received 2030-03-01 --project", "2030-04-01"),
    ];
    for (args, due) in cases {
        assert_eq!(deadline(args)["due"], due, "{args}");
    }
    assert_eq!(deadline("--received 2030-03-01 --project")["projected"], true);
}

#[test]
fn clocks_that_stand_still() {
    let json = deadline("--received 2026-06-01 --identity-asked --fee-charged --authority-asked");
    assert_eq!((&json["status"], &json["due"]), (&json!("not_running"), &Value::Null));
    assert_eq!(json["waiting_for"], json!(["identity", "authority", "fee"]));
    let json = deadline("--received 2026-06-01 --clarification 2026-06-10..");
    assert_eq!((&json["status"], &json["since"]), (&json!("paused"), &json!("2026-06-10")));
    let said =
        dsr(&["deadline", "--received", "2026-06-01", "--clarification", "2026-06-10.."]).stdout();
    assert_eq!(said, "paused since 2026-06-10: waiting for clarification\n");
    assert!(
        refused("--received 2026-06-01 --identity-asked --ics").contains("no date for a calendar")
    );
}

#[test]
fn what_makes_no_sense_is_refused_with_the_reason() {
    let cases = [
        ("--received 2026-02-30", "the month has no such day"),
        ("--received 31.1.2026", "a date is written YYYY-MM-DD"),
        (
            "--received 2026-06-01 --clarification 2026-06-10..2026-06-09",
            "the answer to a request for clarification on 2026-06-09 is before 2026-06-10",
        ),
        (
            "--received 2026-06-01 --fee-paid 2026-05-31",
            "the fee on 2026-05-31 is before 2026-06-01",
        ),
        ("--received 2026-06-01 --extended=2026-07-02", "came after 2026-07-01"),
        (
            "--received 2026-06-01 --kind erasure --clarification 2026-06-03..2026-06-04",
            "of an access request alone",
        ),
        ("--received 2031-01-01", "the holidays of 2031-02-01 are not known"),
        ("--received 2011-01-01", "the holidays of 2011-02-01 are not known"),
        (
            "--received 2026-01-01 --regime eu --identity-asked",
            "no effect on the time under the GDPR",
        ),
        ("--received 2026-01-01 --regime hipaa --kind erasure", "sets no time"),
        ("--received 2026-01-01 --regime eu --calendar scotland", "about the United Kingdom"),
        ("--received 2026-01-01 --regime mars", "it must be uk, eu, ccpa or hipaa"),
        ("--received 2026-01-01 --kind tea", "it must be access"),
        ("--received 2026-01-01 --calendar wales", "it must be england-and-wales"),
        ("--received 2026-01-01 --clarification 2026-01-02", "it must be ASKED..ANSWERED"),
        ("", "--received"),
    ];
    for (args, reason) in cases {
        let said = refused(args);
        assert!(said.contains(reason), "{args}: {said}");
    }
}

#[test]
fn newer_bank_holidays() {
    let folder = Folder::new();
    let published = include_str!("../../../../crates/consent/tests/vectors/bank-holidays.json");
    // As if 2 March 2026 had been announced.
    let newer = published.replacen("\"2026-04-03\"", "\"2026-03-02\"", 1);
    let file = folder.write("bank-holidays.json", &newer);
    let args = ["deadline", "--received", "2026-01-31", "--bank-holidays"];
    let with = |file: &str| dsr(&[&args[..], &[file]].concat());
    assert_eq!(with(&file).stdout(), "due by 2026-03-03\n");
    assert!(with(&folder.name("none")).complaint(2).contains("cannot read"));
    assert!(with(&folder.write("bad", "{}")).complaint(2).contains("does not have this division"));
}

#[test]
fn a_file_for_the_calendar() {
    let file = dsr(&["deadline", "--received", "2026-11-30", "--extended", "--ics"]).stdout();
    assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    assert!(file.contains("\r\nUID:uk-access-2026-11-30-due\r\n"));
    assert!(file.contains("\r\nDTSTART;VALUE=DATE:20270301\r\n"));
}

#[test]
fn an_explanation() {
    let args = [
        "deadline",
        "--received",
        "2026-02-13",
        "--clarification",
        "2026-02-20..2026-02-27",
        "--explain",
    ];
    let text = dsr(&args).stdout();
    // The same eight lines as in the README of the crate.
    let readme = include_str!("../../../../crates/consent/README.md");
    let (head, steps) = text.split_once('\n').unwrap();
    assert_eq!(head, "due by 2026-03-23");
    assert_eq!(steps.lines().count(), 8);
    assert!(steps.lines().all(|line| readme.contains(&format!("\n{}\n", line.trim_start()))));
}
