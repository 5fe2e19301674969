//! Standard input.

use std::io::{self, Read};

use anyhow::{Context, Result, ensure};

/// The most bytes that are read.
const LIMIT: u64 = 16 << 20;

/// All of standard input as text.
pub(crate) fn text() -> Result<String> {
    String::from_utf8(bytes()?).context("standard input is not UTF-8")
}

/// The header fields' values on standard input: bytes between line ends.
///
/// A name `Set-Cookie:` before a value is taken off, as `curl -I` prints it; a last empty line is
/// none.
pub(crate) fn header_lines() -> Result<Vec<Vec<u8>>> {
    let bytes = bytes()?;
    let mut lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    if lines.last() == Some(&&[][..]) {
        lines.pop();
    }
    Ok(lines.into_iter().map(|line| value(line).to_vec()).collect())
}

fn bytes() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(LIMIT.saturating_add(1));
    input.read_to_end(&mut bytes).context("cannot read standard input")?;
    let length = u64::try_from(bytes.len())?;
    ensure!(length <= LIMIT, "standard input has more than {LIMIT} bytes");
    Ok(bytes)
}

fn value(line: &[u8]) -> &[u8] {
    const NAME: &[u8] = b"set-cookie:";
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let is_named = line.get(..NAME.len()).is_some_and(|start| start.eq_ignore_ascii_case(NAME));
    if is_named { line.get(NAME.len()..).unwrap_or_default() } else { line }
}
