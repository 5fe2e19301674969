//! Writing: results to standard output or a file, everything else to standard error.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

/// Writes a line of result.
pub(crate) fn line(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    // At once: whoever watches codes waits for each.
    Ok(out.flush()?)
}

/// Writes a text or an image as it is.
pub(crate) fn raw(bytes: &[u8]) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
}

pub(crate) fn json(value: &Value) -> Result<()> {
    line(&format!("{value:#}"))
}

/// Says something to the person. Where nobody listens there is nobody to tell.
pub(crate) fn complain(text: &str) {
    drop(writeln!(io::stderr().lock(), "otp: {text}"));
}

/// Writes a new file that only its owner may read. One that exists is left alone.
pub(crate) fn new_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => anyhow::Error::msg(format!(
            "{} exists and is left alone; choose another name or remove it",
            path.display()
        )),
        _ => anyhow::Error::new(error).context(format!("cannot create {}", path.display())),
    });
    let mut file = file?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.with_context(|| format!("cannot write {}", path.display()))
}
