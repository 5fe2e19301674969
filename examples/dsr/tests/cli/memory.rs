//! A ledger may be larger than the memory. The system refuses the program what is beyond a limit.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::process::Command;

use upheld_ledger::{Draft, Log, Object, UnixMillis};

use crate::{Done, Folder};

/// What a process may have beside its stack, in kibibytes, and a ledger of twice that.
const LIMIT: usize = 4 * 1024;
const LEDGER: usize = 2 * LIMIT * 1024;

/// Runs `dsr` with no more than `kibibytes`.
fn limited(kibibytes: usize, args: &[&str]) -> Done {
    let script = format!("ulimit -d {kibibytes} && exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_dsr")]).args(args);
    let output = command.output().unwrap();
    Done {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Writes a ledger of at least so many bytes, and says how many entries it has.
fn write_ledger(file: &str, bytes: usize) -> u64 {
    let mut facts = Object::default();
    facts.insert("note", &*"x".repeat(8_000));
    let mut out = BufWriter::new(File::create(file).unwrap());
    let (mut log, mut written) = (Log::default(), 0);
    while written < bytes {
        let draft = Draft::new(UnixMillis::default(), "dpo", "note").with_facts(&facts);
        let line = log.append(&draft).unwrap().to_line();
        written = written.saturating_add(line.len());
        writeln!(out, "{line}").unwrap();
    }
    out.flush().unwrap();
    log.tree().size()
}

#[test]
fn a_ledger_larger_than_the_memory_is_verified_proven_and_continued() {
    let folder = Folder::new();
    let file = folder.name("ledger");
    let entries = write_ledger(&file, LEDGER);
    let verified = limited(LIMIT, &["ledger", "verify", &file, "--json"]).json();
    assert_eq!(verified["entries"], entries);
    let checkpoint = limited(LIMIT, &["ledger", "verify", &file, "--origin", "clinic"]).stdout();
    let checkpoint = folder.write("kept", &checkpoint);
    let proof = limited(LIMIT, &["ledger", "prove", &file, "7"]).stdout();
    let proof = folder.write("proof", &proof);
    let checked = ["ledger", "check", &proof, "--checkpoint", &checkpoint];
    assert!(limited(LIMIT, &checked).stdout().starts_with("proven: "));
    let append = ["ledger", "append", &file, "--actor", "dpo", "--kind", "note"];
    assert_eq!(limited(LIMIT, &append).json()["index"], entries);

    // What is no proof and no checkpoint is not read to its end.
    let checked = ["ledger", "check", &file, "--checkpoint", &checkpoint];
    let said = limited(LIMIT, &checked).complaint(2);
    assert!(said.contains("checkpoints and proofs are shorter"), "{said}");
    let checked = ["ledger", "check", &proof, "--checkpoint", &file];
    let said = limited(LIMIT, &checked).complaint(2);
    assert!(said.contains("checkpoints and proofs are shorter"), "{said}");
    // That the limit is one: the buffer alone is larger than this.
    let refused = limited(LIMIT / 4, &["ledger", "verify", &file]);
    assert_ne!(refused.code, 0, "{}", refused.stdout);
}
