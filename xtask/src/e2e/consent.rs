//! Receipts as `dsr receipt` writes them, as other people's programs read them: `jsonschema`,
//! `pyld` and `fideslang`.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::{Outcome, check, installed, program, say};

const REQUIREMENTS: &str = include_str!("consent/requirements.txt");

/// What is checked, in the order in which it is.
const CHECKS: [&str; 7] = [
    "kantara",
    "kantara refuses what is missing",
    "iso27560",
    "iso27560 refuses what is missing",
    "dpv expands without the network, and loses nothing",
    "dpv has every term",
    "fideslang has every key",
];

/// Writes a receipt in each form, and has each read.
pub(super) fn receipts_are_read_by_others() -> Outcome<()> {
    let binary = program::build("dsr")?;
    let target = program::target_of(&binary)?;
    let interpreter = installed::python(&target.join("e2e-consent"), REQUIREMENTS)?;
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    let vectors = sources.join("../crates/consent/tests/vectors");

    let folder = tempfile::tempdir()?;
    for format in ["kantara", "iso27560", "dpv"] {
        say(&format!("consent: a receipt as {format}"));
        let mut dsr = Command::new(&binary);
        dsr.arg("receipt").arg(vectors.join("dossier.json")).args(["--format", format]);
        let output = dsr.args(["--at", "2026-08-01T12:00:00Z"]).output()?;
        check(output.status.success(), &String::from_utf8_lossy(&output.stderr))?;
        fs::write(folder.path().join(format).with_extension("json"), output.stdout)?;
    }
    let mut checker = Command::new(interpreter);
    checker.arg(sources.join("src/e2e/consent/check.py")).arg(folder.path()).arg(vectors);
    let output = checker.output()?;
    let said = String::from_utf8(output.stdout)?;
    let passed: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
    let errors = String::from_utf8_lossy(&output.stderr);
    check(output.status.success(), &format!("after {passed:?}: {errors}"))?;
    check(passed == CHECKS, &format!("checked {passed:?}, and not {CHECKS:?}"))?;
    for line in passed {
        say(&format!("consent: {line}"));
    }
    say("consent: passed");
    Ok(())
}
