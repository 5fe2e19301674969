//! What is in a bundle, with the hash of each file.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use upheld_ledger::{Integer, Object, Value};

use super::{Cover, File, SCHEMA};

/// Canonical JSON, one line.
pub(super) fn write(cover: &Cover, files: &BTreeMap<String, File>) -> String {
    let files = files.iter().map(|(path, file)| {
        let members = [
            ("bytes", number(file.content.len())),
            ("media_type", file.media_type.as_str().into()),
            ("path", path.as_str().into()),
            ("sha256", Value::Text(hex(&digest(&file.content)))),
        ];
        members.into_iter().collect::<Object>().into()
    });
    let mut manifest: Object = [
        ("schema", SCHEMA.into()),
        ("controller", cover.controller.as_str().into()),
        ("request", cover.request.as_str().into()),
        ("generated", cover.generated.as_str().into()),
        ("files", Value::Array(files.collect())),
    ]
    .into_iter()
    .collect();
    if let Some(checkpoint) = &cover.checkpoint {
        manifest.insert("checkpoint", checkpoint.to_text().as_str());
    }
    let mut text = manifest.to_canonical();
    text.push('\n');
    text
}

/// What `sha256sum --check` reads.
pub(super) fn checksums(files: &BTreeMap<String, File>) -> String {
    let line =
        |(path, file): (&String, &File)| format!("{}  {path}\n", hex(&digest(&file.content)));
    files.iter().map(line).collect()
}

pub(super) fn digest(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}

pub(super) fn hex(digest: &[u8; 32]) -> String {
    let digits = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// A length, which no memory makes longer than 2⁵³.
pub(super) fn number(length: usize) -> Value {
    i64::try_from(length).ok().and_then(Integer::new).unwrap_or(Integer::MAX).into()
}
