//! Where URIs, secrets and files come from.

use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use upheld_migrate_otp::pskc::PreSharedKey;
use upheld_migrate_otp::{Credential, Entry, MAX_BYTES, uri_list};
use upheld_totp::{Secret, SecretError};
use zeroize::Zeroizing;

use crate::args::UriFile;
use crate::output;

/// The credential of the URI that was given. What had to be repaired in it is said.
pub(crate) fn credential(argument: Option<&str>, file: &UriFile) -> Result<Credential> {
    let entry = entry(argument, file)?;
    for repair in &entry.repairs {
        output::complain(&format!("note: {repair}"));
    }
    Ok(entry.credential)
}

/// The URI that was given in the first of the ways in which one can be, and its repairs.
pub(crate) fn entry(argument: Option<&str>, file: &UriFile) -> Result<Entry> {
    let text = match (argument, &file.uri_file) {
        (Some(_), Some(_)) => bail!("a URI is given twice: as an argument and by --uri-file"),
        (Some("-"), None) => read_stdin()?,
        (Some(uri), None) => Zeroizing::new(uri.to_owned()),
        (None, Some(path)) => read_file(path)?,
        (None, None) => variable("OTP_URI")?.context(
            "no URI is given: write it as an argument, - for standard input, --uri-file FILE, or \
             set OTP_URI",
        )?,
    };
    let mut entries = uri_list::import(text.as_bytes()).context("this is no otpauth URI")?;
    ensure!(entries.len() < 2, "{} URIs are given where one is wanted", entries.len());
    entries.pop().context("the text has no URI in it")
}

/// A secret in base32, out of the text of an argument, a file or a variable.
pub(crate) fn secret(text: &str) -> Result<Secret> {
    let text = text.trim();
    match Secret::from_base32(text) {
        Err(SecretError::TooShort { bits }) => {
            output::complain(&format!("note: {}", SecretError::TooShort { bits }));
            Secret::from_base32_allowing_weak(text)
        }
        read => read,
    }
    .context("this is no secret")
}

/// The key in a file, if one was named.
pub(crate) fn pre_shared_key(file: Option<&PathBuf>) -> Result<Option<PreSharedKey>> {
    let Some(path) = file else { return Ok(None) };
    let text = read_file(path)?;
    let key = PreSharedKey::from_hex(text.trim());
    Ok(Some(key.with_context(|| format!("{} holds no key", path.display()))?))
}

/// The value of a variable, unless it is empty.
pub(crate) fn variable(name: &str) -> Result<Option<Zeroizing<String>>> {
    match env::var(name) {
        Ok(value) => Ok(Some(Zeroizing::new(value)).filter(|value| !value.is_empty())),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => bail!("{name} is not UTF-8 text"),
    }
}

pub(crate) fn read_file(path: &Path) -> Result<Zeroizing<String>> {
    text(read_bytes(path)?).with_context(|| format!("{} is not UTF-8 text", path.display()))
}

pub(crate) fn read_stdin() -> Result<Zeroizing<String>> {
    text(read_stdin_bytes()?).context("standard input is not UTF-8 text")
}

pub(crate) fn read_bytes(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    read(file).with_context(|| format!("cannot read {}", path.display()))
}

pub(crate) fn read_stdin_bytes() -> Result<Zeroizing<Vec<u8>>> {
    read(io::stdin().lock()).context("cannot read standard input")
}

/// Reads as much as the importers take, and one byte more for them to see that there was more.
fn read(from: impl Read) -> Result<Zeroizing<Vec<u8>>> {
    // With all the room there can be, no reallocation leaves a copy behind.
    let most = MAX_BYTES.saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(most));
    from.take(u64::try_from(most)?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn text(mut bytes: Zeroizing<Vec<u8>>) -> Result<Zeroizing<String>> {
    str::from_utf8(&bytes)?;
    Ok(Zeroizing::new(String::from_utf8(core::mem::take(&mut *bytes))?))
}
