//! `otp import`

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;
use upheld_migrate_otp::pskc::{self, PreSharedKey};
use upheld_migrate_otp::{Credential, Entry, import};
use zeroize::Zeroizing;

use crate::args::Import;
use crate::{describe, input, output};

pub(crate) fn run(args: &Import) -> Result<ExitCode> {
    let key = input::pre_shared_key(args.key.key_file.as_ref())?;
    let entries = read(&args.sources, key.as_ref())?;
    let show_secret = args.show.show_secret;
    if args.show.json {
        let described = entries.iter().map(|entry| {
            let mut map = describe::parameters(&entry.credential, show_secret);
            map.insert("repairs".into(), describe::texts(&entry.repairs));
            Value::Object(map)
        });
        output::json(&described.collect())?;
        return Ok(ExitCode::SUCCESS);
    }
    for entry in &entries {
        output::line(&describe::summary(&entry.credential))?;
        match &entry.credential {
            Credential::Otp(uri) if show_secret => {
                output::line(&format!("  {}", uri.to_text().expose()))?;
            }
            credential if show_secret => {
                output::line(&format!("  {}", credential.secret().to_base32().expose()))?;
            }
            _ => {}
        }
        for repair in &entry.repairs {
            output::line(&format!("  note: {repair}"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads every entry of every source, or none.
pub(crate) fn read(sources: &[String], key: Option<&PreSharedKey>) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    // The parts of a Google Authenticator export are one only together.
    let mut parts: Vec<Zeroizing<Vec<u8>>> = Vec::new();
    for source in sources {
        let bytes = bytes(source)?;
        if is_part(&bytes) {
            parts.push(bytes);
            continue;
        }
        entries.extend(read_one(&bytes, key).with_context(|| name(source).to_owned())?);
    }
    if !parts.is_empty() {
        let len = parts.iter().fold(0_usize, |sum, part| sum.saturating_add(part.len()));
        let mut joined = Zeroizing::new(Vec::with_capacity(len.saturating_add(parts.len())));
        for part in &parts {
            joined.extend_from_slice(part);
            joined.push(b'\n');
        }
        entries.extend(import(&joined).context("the Google Authenticator export")?.entries);
    }
    Ok(entries)
}

fn bytes(source: &str) -> Result<Zeroizing<Vec<u8>>> {
    match source {
        "-" => input::read_stdin_bytes(),
        uri if is_uri(uri) => Ok(Zeroizing::new(uri.as_bytes().to_vec())),
        path => input::read_bytes(Path::new(path)),
    }
}

fn read_one(bytes: &[u8], key: Option<&PreSharedKey>) -> Result<Vec<Entry>> {
    let is_xml = bytes.trim_ascii_start().starts_with(b"<");
    Ok(match key {
        // A container that should be encrypted and is not was put there by somebody else.
        Some(key) if is_xml => pskc::import_encrypted(bytes, key)?,
        _ => import(bytes)?.entries,
    })
}

/// What to call a source in a message. A URI holds a secret.
fn name(source: &str) -> &str {
    match source {
        "-" => "standard input",
        uri if is_uri(uri) => "the URI",
        path => path,
    }
}

fn is_uri(source: &str) -> bool {
    let scheme = source.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| matches!(&*scheme, "otpauth" | "otpauth-migration"))
}

/// Whether the first line that says anything is a part of a Google Authenticator export.
fn is_part(bytes: &[u8]) -> bool {
    const SCHEME: &[u8] = b"otpauth-migration://";
    let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let mut lines = lines.filter(|line| !line.is_empty() && !line.starts_with(b"#"));
    let first = lines.next().and_then(|line| line.get(..SCHEME.len()));
    first.is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
}
