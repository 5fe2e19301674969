//! The built program, run as a person runs it.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

mod complaint;
mod deadline;
mod ledger;
#[cfg(target_os = "linux")]
mod memory;
mod opendsr;
mod receipt;
mod table;
mod usage;

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// What a run left behind.
struct Done {
    code: i32,
    stdout: String,
    stderr: String,
}

fn dsr(args: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_dsr")).args(args).output().unwrap();
    Done {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Done {
    /// The standard output of a run that succeeds and has nothing to say.
    #[track_caller]
    fn stdout(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (0, ""), "{}", self.stdout);
        self.stdout
    }

    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_str(&self.stdout()).unwrap()
    }

    /// The message of a run that ends with `code` and prints nothing else.
    #[track_caller]
    fn complaint(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{}", self.stderr);
        assert!(self.stderr.starts_with("dsr: "), "{}", self.stderr);
        self.stderr
    }
}

/// A folder that is removed with its files.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A path as an argument.
    fn name(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.name(name)
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }
}
