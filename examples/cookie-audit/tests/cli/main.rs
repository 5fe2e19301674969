//! The built program, run as a person runs it.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

mod catalogue;
mod check;
mod consent_strings;
mod cookies;
mod render;
mod scan;
mod usage;

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What a run left behind.
struct Done {
    code: i32,
    stdout: Vec<u8>,
    stderr: String,
}

fn run(args: &[&str], stdin: &[u8]) -> Done {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cookie-audit"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may have ended without reading.
    drop(child.stdin.take().unwrap().write_all(stdin));
    let output = child.wait_with_output().unwrap();
    Done {
        code: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

impl Done {
    fn text(&self) -> &str {
        str::from_utf8(&self.stdout).unwrap()
    }

    fn json_lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
