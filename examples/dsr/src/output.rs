//! Writing: results to standard output, everything else to standard error.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::Value;

/// Writes a line of result.
pub(crate) fn line(text: &str) -> Result<()> {
    raw(&format!("{text}\n"))
}

/// Writes a text as it is.
pub(crate) fn raw(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

pub(crate) fn json(value: &Value) -> Result<()> {
    line(&format!("{value:#}"))
}

/// Says something to the person. Where nobody listens there is nobody to tell.
pub(crate) fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "dsr: {text}"));
}
