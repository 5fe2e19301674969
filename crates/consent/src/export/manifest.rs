//! What is in a bundle, with the hash of each file.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use upheld_ledger::{Object, Value};

use super::{Cover, File, SCHEMA};
use crate::length::number;

/// Canonical JSON, one line.
pub(super) fn write(cover: &Cover, files: &BTreeMap<String, File>) -> String {
    let files = files.iter().map(|(path, file)| {
        let members = [
            ("bytes", number(file.content.len())),
            ("media_type", file.media_type.as_str().into()),
            ("path", path.as_str().into()),
            ("sha256", Value::Text(HEXLOWER.encode(&digest(&file.content)))),
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
    let line = |(path, file): (&String, &File)| {
        format!("{}  {path}\n", HEXLOWER.encode(&digest(&file.content)))
    };
    files.iter().map(line).collect()
}

pub(super) fn digest(content: &[u8]) -> [u8; 32] {
    Sha256::digest(content).into()
}
