//! A bundle, as other programs see it: unzip, sha256sum, and Python's zipfile, csv, json and HTML
//! parser.

use std::io::ErrorKind;
use std::process::Command;

use upheld_consent::export::{Bundle, Cell, Cover, Reuse, Table};
use upheld_ledger::{Checkpoint, Integer, Tree};

use super::{Outcome, check, say};

const CHECKER: &str = include_str!("export.py");

/// Texts that some program would take for something else.
const HOSTILE: [&str; 8] = [
    "=1+1",
    "@SUM(A1)",
    "\t=cmd|' /C calc'!A0",
    "a,\"b\"\r\nc",
    "<script>alert(1)</script>",
    "Zoë — 東京 👩‍⚕️",
    "\u{202e}reversed",
    "",
];

/// Makes a bundle, writes it as a folder and as an archive, and has both read.
pub(super) fn is_read_by_others() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let bundle = bundle()?.seal();
    let archive = folder.path().join("bundle.zip");
    bundle.write_zip(std::fs::File::create(&archive)?)?;
    let written = folder.path().join("written");
    for (path, content) in bundle.files() {
        let file = written.join(path);
        std::fs::create_dir_all(file.parent().ok_or("no folder")?)?;
        std::fs::write(file, content)?;
    }

    let unpacked = folder.path().join("unpacked");
    say("export: unzip tests and unpacks the archive");
    run(Command::new("unzip").arg("-t").arg(&archive), "unzip")?;
    run(Command::new("unzip").arg("-q").arg(&archive).arg("-d").arg(&unpacked), "unzip")?;
    run(Command::new("diff").arg("-r").arg(&unpacked).arg(&written), "diffutils")?;
    say("export: sha256sum checks every file");
    let mut sums = Command::new("sha256sum");
    run(sums.args(["--check", "--strict", "SHA256SUMS"]).current_dir(&unpacked), "coreutils")?;
    say("export: Python reads the archive, its tables and its page");
    let expected = folder.path().join("expected.json");
    std::fs::write(&expected, serde_json::to_vec(&HOSTILE)?)?;
    let mut python = Command::new("python3");
    run(python.args(["-c", CHECKER]).arg(&archive).arg(&expected), "python3")?;
    say("export: passed");
    Ok(())
}

fn bundle() -> Outcome<Bundle> {
    let mut bundle = Bundle::new(Cover {
        controller: "Northside Clinic & Partners".into(),
        request: "DSR-2026-0042".into(),
        generated: "2026-02-26T16:00:00Z".into(),
        introduction: vec!["You asked on 31 January 2026 for a copy of your data.".into()],
        checkpoint: Some(Checkpoint::of("northside.example/log", &Tree::default())?),
    });
    let columns = ["text", "number", "known", "nothing", "withheld"];
    let mut table = Table::new("notes", "Notes", &columns, Reuse::Portable)?;
    for (number, text) in (-3..).zip(HOSTILE) {
        let withheld = Cell::Withheld(Some("it is about somebody else".into()));
        let number = Integer::new(number).ok_or("too large")?;
        let row =
            vec![Cell::text(text), Cell::Integer(number), Cell::Bool(true), Cell::Empty, withheld];
        table.push(row)?;
    }
    bundle.add_table(table)?;
    bundle.add_table(Table::new("bills", "Bills", &["sum"], Reuse::AccessOnly)?)?;
    bundle.add_file("letters/answer.txt", "text/plain", b"Dear Ms Smith,\n".to_vec())?;
    bundle.add_file("scans/1.bin", "application/octet-stream", (0..=255).collect())?;
    Ok(bundle)
}

/// Runs a program to its end; one that is missing is named with the package that has it.
fn run(command: &mut Command, package: &str) -> Outcome<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let done = command.output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("{name} is missing: apt-get install {package}"),
        _ => format!("{name} did not start: {error}"),
    })?;
    let said = [done.stdout, done.stderr].concat();
    check(done.status.success(), &format!("{name}: {}", String::from_utf8_lossy(&said)))
}
