//! The built program, run as a person runs it: one module per rule.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod codes;
mod convert;
mod new;
mod resync;
mod secrecy;
mod usage;
mod verify;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// RFC 4226 appendix D and RFC 6238 appendix B: `12345678901234567890`.
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

fn totp() -> String {
    format!("otpauth://totp/Clinic:alice?secret={SECRET}&issuer=Clinic&digits=8")
}

fn hotp() -> String {
    format!("otpauth://hotp/alice?secret={SECRET}&counter=0")
}

/// One run of the program, in an environment without the variables it reads.
struct Otp {
    command: Command,
    stdin: Vec<u8>,
}

/// What a run left behind.
struct Done {
    code: i32,
    stdout: String,
    stderr: String,
}

fn otp(args: &[&str]) -> Otp {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otp"));
    command.args(args).env_remove("OTP_URI").env_remove("OTP_SECRET");
    Otp { command, stdin: Vec::new() }
}

impl Otp {
    fn stdin(mut self, text: &str) -> Self {
        self.stdin = text.as_bytes().to_vec();
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn run(mut self) -> Done {
        let piped =
            self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A program that does not read its input closes it; that is its right.
        drop(child.stdin.take().unwrap().write_all(&self.stdin));
        let output = child.wait_with_output().unwrap();
        Done {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The standard output of a run that succeeds and has nothing to say.
    #[track_caller]
    fn stdout(self) -> String {
        let done = self.run();
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{}", done.stdout);
        done.stdout
    }

    /// The one JSON value of a run that ends with `code`.
    #[track_caller]
    fn json(self, code: i32) -> Value {
        let done = self.run();
        assert_eq!((done.code, done.stderr.as_str()), (code, ""));
        serde_json::from_str(&done.stdout).unwrap()
    }

    /// The message of a run with bad input, which prints nothing else.
    #[track_caller]
    fn refusal(self) -> String {
        let done = self.run();
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{}", done.stderr);
        assert!(done.stderr.starts_with("otp: ") && done.stderr.len() > 10, "{}", done.stderr);
        done.stderr
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
