//! `dsr ledger`

use std::fmt::Write;
use std::io::Write as _;
use std::process::Command;

use crate::{Folder, dsr};

/// A ledger of so many entries.
fn ledger(folder: &Folder, entries: usize) -> String {
    let file = folder.name("ledger");
    for number in 0..entries {
        let facts = format!("{{\"request\": {number}}}");
        let args = [
            "ledger",
            "append",
            &file,
            "--actor",
            "dpo",
            "--kind",
            "request.received",
            "--facts",
            &facts,
            "--at",
            "2026-03-01T12:00:00Z",
        ];
        let json = dsr(&args).json();
        assert_eq!(json["index"], number);
    }
    file
}

#[test]
fn append_and_verify() {
    let folder = Folder::new();
    let file = ledger(&folder, 3);
    let text = folder.read("ledger");
    assert!(text.starts_with("{\"entry\":{\"actor\":\"dpo\",\"at\":1772366400000,\"facts\":{\"request\":0},\"kind\":\"request.received\",\"seq\":0},\"leaf\":\""), "{text}");
    let json = dsr(&["ledger", "verify", &file, "--json"]).json();
    assert_eq!((&json["intact"], &json["entries"]), (&true.into(), &3.into()));
    let said = dsr(&["ledger", "verify", &file]).stdout();
    assert!(
        said.starts_with("intact: 3 entries, root ") && said.contains("no checkpoint given"),
        "{said}"
    );
    let empty = folder.write("empty", "");
    assert_eq!(dsr(&["ledger", "verify", &empty, "--json"]).json()["entries"], 0);
}

#[test]
fn tampering_is_named() {
    let folder = Folder::new();
    let file = ledger(&folder, 5);
    let good = folder.read("ledger");
    let lines: Vec<&str> = good.lines().collect();
    let checkpoint =
        folder.write("kept", &dsr(&["ledger", "verify", &file, "--origin", "clinic"]).stdout());
    let joined = |lines: &[&str]| format!("{}\n", lines.join("\n"));
    let cases = [
        (
            good.replace("\"request\":3", "\"request\":9"),
            "entry 3: the entry does not have the hash beside it",
        ),
        (good.replace("\"seq\":2", "\"seq\" :2"), "entry 2: "),
        (
            joined(&[lines[0], lines[2], lines[1], lines[3], lines[4]]),
            "entry 1: the entry has another number",
        ),
        (
            joined(&[lines[0], lines[2], lines[3], lines[4]]),
            "entry 1: the entry has another number",
        ),
        (joined(&lines[..3]), "3 entries, and a checkpoint of 5: the end was cut off"),
        (good.trim_end().to_owned(), "entry 4: the line has no end"),
        (
            format!("{good}{}\n", "x".repeat(100_000)),
            "entry 5: 65538 bytes; a line has at most 65536",
        ),
        (format!("{good}\n"), "entry 5: no line of the form"),
    ];
    for (text, finding) in cases {
        let bad = folder.write("bad", &text);
        let said = dsr(&["ledger", "verify", &bad, "--checkpoint", &checkpoint]).complaint(1);
        assert!(said.starts_with(&format!("dsr: tampered: {finding}")), "{said}");
        let json = dsr(&["ledger", "verify", &bad, "--checkpoint", &checkpoint, "--json"]);
        assert_eq!((json.code, json.stdout.contains("\"intact\": false")), (1, true));
    }
    assert_eq!(dsr(&["ledger", "verify", &file, "--checkpoint", &checkpoint]).code, 0);
    // Another history with hashes that all match.
    let forged = folder.name("forged");
    for _ in 0..5 {
        assert_eq!(dsr(&["ledger", "append", &forged, "--actor", "x", "--kind", "y"]).code, 0);
    }
    assert_eq!(dsr(&["ledger", "verify", &forged]).code, 0);
    let said = dsr(&["ledger", "verify", &forged, "--checkpoint", &checkpoint]).complaint(1);
    assert!(said.contains("the first 5 entries are not those of the checkpoint"), "{said}");
    // Nothing is appended to what was tampered with.
    let bad = folder.write("bad", &joined(&lines[1..]));
    let before = folder.read("bad");
    dsr(&["ledger", "append", &bad, "--actor", "x", "--kind", "y"]).complaint(1);
    assert_eq!(folder.read("bad"), before);
}

#[test]
fn what_cannot_be_read() {
    let folder = Folder::new();
    let none = folder.name("none");
    assert!(dsr(&["ledger", "verify", &none]).complaint(2).contains("cannot read"));
    let file = ledger(&folder, 1);
    assert!(
        dsr(&["ledger", "verify", &file, "--checkpoint", &none])
            .complaint(2)
            .contains("cannot read")
    );
    let bad = folder.write("bad", "no checkpoint");
    assert!(
        dsr(&["ledger", "verify", &file, "--checkpoint", &bad])
            .complaint(2)
            .contains("three lines")
    );
    let append = |facts: &str| {
        dsr(&["ledger", "append", &file, "--actor", "a", "--kind", "k", "--facts", facts])
            .complaint(2)
    };
    assert!(append("[1]").contains("must be a JSON object"));
    assert!(append("{\"a\":0.5}").contains("no integer"));
    assert!(append("{\"a\":1,\"a\":2}").contains("a name that its object has already"));
}

#[test]
fn an_entry_is_proven_by_a_checkpoint_alone() {
    let folder = Folder::new();
    let file = ledger(&folder, 5);
    let checkpoint =
        folder.write("kept", &dsr(&["ledger", "verify", &file, "--origin", "clinic"]).stdout());
    ledger_more(&file);
    let proof = dsr(&["ledger", "prove", &file, "2", "--size", "5"]).stdout();
    let proof_file = folder.write("proof", &proof);
    let said = dsr(&["ledger", "check", &proof_file, "--checkpoint", &checkpoint]).stdout();
    assert!(
        said.starts_with("proven: {\"actor\":\"dpo\"") && said.contains("\"request\":2"),
        "{said}"
    );
    let bent = folder.write("bent", &proof.replace("request\\\":2", "request\\\":3"));
    let said = dsr(&["ledger", "check", &bent, "--checkpoint", &checkpoint]).complaint(1);
    assert!(said.contains("not proven: the entry is not at this place of this log"), "{said}");
    let moved = folder.write("moved", &proof.replace("\"index\": 2", "\"index\": 3"));
    dsr(&["ledger", "check", &moved, "--checkpoint", &checkpoint]).complaint(1);
    let whole = folder.write("whole", &dsr(&["ledger", "prove", &file, "2"]).stdout());
    assert!(
        dsr(&["ledger", "check", &whole, "--checkpoint", &checkpoint])
            .complaint(2)
            .contains("ask for one with --size 5")
    );
    assert!(dsr(&["ledger", "prove", &file, "6"]).complaint(2).contains("no leaf 6"));
    assert!(
        dsr(&["ledger", "prove", &file, "0", "--size", "7"])
            .complaint(2)
            .contains("the ledger has 6")
    );
    let bad = folder.write("bad", "{}");
    assert!(
        dsr(&["ledger", "check", &bad, "--checkpoint", &checkpoint])
            .complaint(2)
            .contains("a proof is")
    );
}

fn ledger_more(file: &str) {
    assert_eq!(dsr(&["ledger", "append", file, "--actor", "a", "--kind", "k"]).code, 0);
}

/// Eight programs append at once: no entry is lost, none has the number of another.
#[test]
fn two_writers_never_fork_it() {
    let folder = Folder::new();
    let file = folder.name("ledger");
    let append = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dsr"));
        command.args(["ledger", "append", &file, "--actor", "a", "--kind", "k"]);
        command.stdout(std::process::Stdio::null()).spawn().unwrap()
    };
    for _ in 0..4 {
        let children: Vec<_> = (0..8).map(|_| append()).collect();
        assert!(children.into_iter().all(|mut child| child.wait().unwrap().success()));
    }
    assert_eq!(dsr(&["ledger", "verify", &file, "--json"]).json()["entries"], 32);
}

/// Forty megabytes in an address space of forty.
#[cfg(target_os = "linux")]
#[test]
fn a_large_file_streams() {
    let folder = Folder::new();
    let mut log = upheld_ledger::Log::default();
    let facts = [("text", upheld_ledger::Value::Text("x".repeat(40_000)))].into_iter().collect();
    let mut text = String::new();
    for _ in 0..1_000 {
        let at = upheld_ledger::UnixMillis::default();
        let record =
            log.append(&upheld_ledger::Draft::new(at, "a", "k").with_facts(&facts)).unwrap();
        writeln!(text, "{}", record.to_line()).unwrap();
    }
    std::fs::File::create(folder.path("large")).unwrap().write_all(text.as_bytes()).unwrap();
    let limited = format!(
        "ulimit -v 40000; exec {} ledger verify {} --json",
        env!("CARGO_BIN_EXE_dsr"),
        folder.name("large")
    );
    let output = Command::new("sh").args(["-c", &limited]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"entries\": 1000"));
}
