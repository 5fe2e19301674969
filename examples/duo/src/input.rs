//! Where settings, secrets and files come from.

use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use zeroize::Zeroizing;

/// More than any file that is read here has.
const MAX_BYTES: usize = 1024 * 1024;

/// The value of a variable, unless it is empty.
pub(crate) fn variable(name: &str) -> Result<Option<Zeroizing<String>>> {
    match env::var(name) {
        Ok(value) => Ok(Some(Zeroizing::new(value)).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => bail!("{name} is not UTF-8 text"),
    }
}

/// A secret: from standard input if the argument is `-`, else the argument itself.
pub(crate) fn secret(argument: &str) -> Result<Zeroizing<String>> {
    if argument == "-" {
        let bytes = read(io::stdin().lock()).context("cannot read standard input")?;
        return trimmed(&bytes).context("standard input is not UTF-8 text");
    }
    Ok(Zeroizing::new(argument.to_owned()))
}

/// A secret out of a file, without the space around it.
pub(crate) fn secret_file(path: &Path) -> Result<Zeroizing<String>> {
    trimmed(&file(path)?).with_context(|| format!("{} is not UTF-8 text", path.display()))
}

pub(crate) fn file(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    read(file).with_context(|| format!("cannot read {}", path.display()))
}

/// One line of standard input.
pub(crate) fn line() -> Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::with_capacity(MAX_BYTES.min(16 * 1024)));
    io::BufRead::read_line(&mut io::stdin().lock().take(16 * 1024), &mut line)
        .context("cannot read standard input")?;
    ensure!(!line.trim().is_empty(), "standard input has nothing in it");
    Ok(line)
}

fn read(from: impl Read) -> Result<Zeroizing<Vec<u8>>> {
    // With all the room there can be, no reallocation leaves a copy behind.
    let most = MAX_BYTES.saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(most));
    from.take(u64::try_from(most)?).read_to_end(&mut bytes)?;
    ensure!(bytes.len() < most, "it has more than {MAX_BYTES} bytes");
    Ok(bytes)
}

fn trimmed(bytes: &[u8]) -> Result<Zeroizing<String>> {
    Ok(Zeroizing::new(str::from_utf8(bytes)?.trim().to_owned()))
}
