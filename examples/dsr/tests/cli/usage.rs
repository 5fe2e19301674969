//! Help, and what is said of a command line that makes no sense.

use crate::dsr;

const COMMANDS: [&[&str]; 6] = [
    &["deadline"],
    &["complaint"],
    &["ledger", "append"],
    &["ledger", "verify"],
    &["ledger", "prove"],
    &["ledger", "check"],
];

#[test]
fn every_command_has_help_with_examples() {
    let help = dsr(&["--help"]).stdout();
    assert!(help.contains("Exit status: 0 done or intact") && help.contains("not legal advice"));
    for command in COMMANDS {
        let help = dsr(&[command, &["--help"]].concat()).stdout();
        assert!(help.contains(&format!("\nExamples:\n  dsr {} ", command.join(" "))), "{help}");
    }
    assert!(dsr(&["--version"]).stdout().starts_with("dsr "));
}

#[test]
fn a_command_line_without_sense_is_bad_input() {
    let cases: [&[&str]; 5] = [
        &[],
        &["frobnicate"],
        &["ledger"],
        &["deadline", "--received", "2026-01-31", "--json", "--ics"],
        &["deadline", "--received", "2026-01-31", "--fee-charged", "--fee-paid", "2026-02-01"],
    ];
    for args in cases {
        dsr(args).complaint(2);
    }
}
