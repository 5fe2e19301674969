//! `dsr ledger check`

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use upheld_ledger::{Entry, Hash, Inclusion};

use super::{read_checkpoint, read_short};
use crate::args::Check;
use crate::{TAMPERED, output};

pub(crate) fn run(args: &Check) -> Result<ExitCode> {
    let checkpoint = read_checkpoint(&args.checkpoint)?;
    let name = || args.file.display().to_string();
    let text = read_short(&args.file)?;
    let (entry, proof) = read(&text).with_context(name)?;
    ensure!(
        proof.size() == checkpoint.size(),
        "the proof is for {} entries and the checkpoint has {}; ask for one with --size {1}",
        proof.size(),
        checkpoint.size()
    );
    let index = Entry::parse(entry.as_bytes()).with_context(name)?.index;
    let proven = proof.verify(Hash::of_leaf(entry.as_bytes()), checkpoint.root());
    match proven {
        Ok(()) if index == proof.index() => {
            output::line(&format!("proven: {entry}"))?;
            Ok(ExitCode::SUCCESS)
        }
        Ok(()) => {
            output::complain("not proven: the entry has another number");
            Ok(ExitCode::from(TAMPERED))
        }
        Err(disproof) => {
            output::complain(&format!("not proven: {disproof}"));
            Ok(ExitCode::from(TAMPERED))
        }
    }
}

fn read(text: &str) -> Result<(String, Inclusion)> {
    let form = "a proof is a JSON object with entry, index, size and path";
    let json: Value = serde_json::from_str(text).context(form)?;
    let number = |key| json.get(key).and_then(Value::as_u64).context(form);
    let entry = json.get("entry").and_then(Value::as_str).context(form)?;
    let path = json.get("path").and_then(Value::as_array).context(form)?;
    let hash = |value: &Value| Ok(Hash::parse(value.as_str().context(form)?)?);
    let path = path.iter().map(hash).collect::<Result<Vec<_>>>()?;
    Ok((entry.to_owned(), Inclusion::from_parts(number("index")?, number("size")?, path)?))
}
