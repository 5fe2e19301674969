//! Writing: results to standard output, everything else to standard error.

use std::io::{self, Write};

use anyhow::Result;

/// Writes a line of result.
pub(crate) fn line(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    Ok(out.write_all(b"\n")?)
}

/// Writes text that has its own line ends.
pub(crate) fn text(text: &str) -> Result<()> {
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}

/// Says something to the person. Where nobody listens there is nobody to tell.
pub(crate) fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "cookie-audit: {text}"));
}
