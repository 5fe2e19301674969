//! What a command has to say, and what it ends with.

use std::error::Error;
use std::io::{self, Write, stderr, stdout};
use std::process::ExitCode;

use serde_json::{Value, json};

/// What a command prints: for people or for programs.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) text: String,
    pub(crate) json: Value,
    /// What was looked into is not as it should be.
    pub(crate) is_bad: bool,
}

impl Output {
    pub(crate) const fn nothing() -> Self {
        Self::new(String::new(), Value::Null)
    }

    pub(crate) const fn new(text: String, json: Value) -> Self {
        Self { text, json, is_bad: false }
    }
}

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) why: Box<dyn Error + Send + Sync>,
}

/// The operating system refused something that every program needs.
#[derive(Debug, thiserror::Error)]
#[error("the system refused threads, signals, files or output: {0}")]
struct System(#[source] io::Error);

impl Failure {
    pub(crate) fn of_system(error: io::Error) -> Self {
        Exit::Failed.because(System(error))
    }
}

/// The exit codes, as the help lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Failed,
    Usage,
    NotFound,
    Refused,
    Unavailable,
}

impl Exit {
    const fn code(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotFound => 3,
            Self::Refused => 4,
            Self::Unavailable => 5,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::NotFound => "not found",
            Self::Refused => "refused",
            Self::Unavailable => "unavailable",
        }
    }

    /// A failure with this code.
    pub(crate) fn because(self, why: impl Into<Box<dyn Error + Send + Sync>>) -> Failure {
        Failure { exit: self, why: why.into() }
    }
}

/// Prints what there is to say and returns the exit code.
pub(crate) fn tell(done: Result<Output, Failure>, as_json: bool) -> ExitCode {
    match done {
        Ok(output) => {
            let is_bad = output.is_bad;
            let text = match output.json {
                json if as_json && !json.is_null() => format!("{json:#}\n"),
                _ => output.text,
            };
            // A reader that has gone, as of a pipe, wants no more.
            drop(write(&mut stdout().lock(), &text));
            if is_bad { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
        Err(Failure { exit, why }) => {
            let text = if as_json {
                format!(
                    "{:#}\n",
                    json!({ "error": { "kind": exit.name(), "message": why.to_string() } })
                )
            } else {
                format!("error: {why}\n")
            };
            drop(write(&mut stderr().lock(), &text));
            exit.code().into()
        }
    }
}

fn write(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    out.flush()
}
