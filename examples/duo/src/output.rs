//! Writing: results to standard output, everything else to standard error.

use std::fmt::Write as _;
use std::io::{self, Write};

use anyhow::Result;
use serde_json::Value;
use upheld_duo::StatusMessage;

use crate::report::Report;

/// Writes what came of a run.
pub(crate) fn report(report: &Report, as_json: bool) -> Result<()> {
    if as_json {
        return json(&report.json);
    }
    if report.text.is_empty() { Ok(()) } else { line(&report.text) }
}

/// Writes JSON whose control characters are escaped, those that JSON leaves alone too.
pub(crate) fn json(value: &Value) -> Result<()> {
    let mut text = String::new();
    for character in format!("{value:#}").chars() {
        if character.is_control() && character != '\n' {
            write!(text, "\\u{:04x}", u32::from(character))?;
        } else {
            text.push(character);
        }
    }
    line(&text)
}

/// Says something to the person. Where nobody listens there is nobody to tell.
pub(crate) fn say(text: &str) {
    drop(writeln!(io::stderr().lock(), "duo: {text}"));
}

/// A text of Duo's without what a terminal would obey.
pub(crate) fn plain(text: &str) -> String {
    StatusMessage::new(text).to_string()
}

fn line(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    Ok(out.flush()?)
}
