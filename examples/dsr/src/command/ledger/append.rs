//! `dsr ledger append`

use std::fs::OpenOptions;
use std::io::{BufReader, Write};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use jiff::Timestamp;
use serde_json::json;
use upheld_ledger::{Draft, Log, Object, UnixMillis, Value, Verifier};

use super::Records;
use super::verify::verify;
use crate::args::Append;
use crate::{TAMPERED, output};

pub(crate) fn run(args: &Append) -> Result<ExitCode> {
    let facts = args.facts.as_deref().map(facts).transpose()?;
    let at = args.at.map_or_else(now, Ok)?;
    let name = args.file.display();
    let mut options = OpenOptions::new();
    let file = options.read(true).append(true).create(true).open(&args.file);
    let mut file = file.with_context(|| format!("cannot open {name}"))?;
    // Two writers at once would make two entries of one number.
    file.lock().with_context(|| format!("cannot lock {name}"))?;
    let tree = match verify(Records::new(BufReader::new(&file)), Verifier::default())? {
        Ok(tree) => tree,
        Err(finding) => {
            output::complain(&format!("nothing appended to what was tampered with: {finding}"));
            return Ok(ExitCode::from(TAMPERED));
        }
    };
    let mut log = Log::resume(tree);
    let mut draft = Draft::new(at, &args.actor, &args.kind);
    if let Some(facts) = &facts {
        draft = draft.with_facts(facts);
    }
    let index = log.tree().size();
    let mut line = log.append(&draft)?.to_line();
    line.push('\n');
    let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
    written.with_context(|| format!("cannot write {name}"))?;
    output::json(&json!({ "index": index, "root": log.tree().root().to_string() }))?;
    Ok(ExitCode::SUCCESS)
}

fn facts(json: &str) -> Result<Object> {
    match Value::parse(json.as_bytes()).context("--facts")? {
        Value::Object(object) => Ok(object),
        _ => bail!("--facts must be a JSON object"),
    }
}

fn now() -> Result<UnixMillis> {
    let millis = u64::try_from(Timestamp::now().as_millisecond()).ok().and_then(UnixMillis::new);
    millis.context("the clock of this machine stands before 1970")
}
