//! Writes `BENCHMARKS.md` from what criterion measured last.
//!
//! ```sh
//! cargo bench -p upheld-benches && cargo run -p upheld-benches --bin report
//! ```
//!
//! The one argument is optional: the date to print, if it is not that of the measurements.

use std::fs;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use crate::measurement::ReadError;
use crate::setting::{Setting, SettingError};

mod goal;
mod markdown;
mod measurement;
mod setting;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
enum ReportError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Goal(#[from] goal::GoalError),
    #[error("BENCHMARKS.md cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

fn main() -> ExitCode {
    let written = write(std::env::args().nth(1));
    let said = match &written {
        Ok(summary) => writeln!(stdout(), "{summary}"),
        Err(error) => writeln!(stderr(), "error: {error}"),
    };
    if written.is_ok() && said.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes the file and says in one line what it holds.
fn write(date: Option<String>) -> Result<String, ReportError> {
    let setting = Setting::observe()?;
    let measurements = measurement::read_all(&setting.criterion)?;
    measurement::check_one_run(&measurements)?;
    let verdicts = goal::judge(&measurements)?;
    let date = date.unwrap_or_else(|| measurement::day(&measurements));
    let mut text = markdown::report(&setting, &date, &measurements, &verdicts);
    let path = setting.workspace.join("BENCHMARKS.md");
    // What another command measures stays as it is.
    let before = fs::read_to_string(&path).unwrap_or_default();
    if let Some(section) = markdown::portal_section(&before) {
        text.push('\n');
        text.push_str(section);
    }
    fs::write(&path, text)?;
    let met = verdicts.iter().filter(|verdict| verdict.is_met()).count();
    Ok(format!("{}: {met} of {} goals met", path.display(), verdicts.len()))
}
