//! `dsr ledger prove`

use std::process::ExitCode;

use anyhow::{Result, ensure};
use serde_json::json;
use upheld_ledger::{InclusionProver, Verifier};

use super::Records;
use super::verify::verify;
use crate::args::Prove;
use crate::{TAMPERED, output};

pub(crate) fn run(args: &Prove) -> Result<ExitCode> {
    // Once to verify and count, once for the proof: a file may be larger than the memory.
    let tree = match verify(Records::open(&args.file)?, Verifier::default())? {
        Ok(tree) => tree,
        Err(finding) => {
            output::complain(&format!("tampered: {finding}"));
            return Ok(ExitCode::from(TAMPERED));
        }
    };
    let size = args.size.unwrap_or(tree.size());
    ensure!(size <= tree.size(), "{size} entries; the ledger has {}", tree.size());
    let mut prover = InclusionProver::new(args.index, size)?;
    let mut entry = String::new();
    let mut records = Records::open(&args.file)?;
    for index in 0..size {
        let Some(record) = records.next()? else { break };
        let record = record?;
        prover.push(record.leaf());
        if index == args.index {
            entry = String::from_utf8(record.entry().to_vec())?;
        }
    }
    let proof = prover.finish()?;
    let path: Vec<String> = proof.path().iter().map(ToString::to_string).collect();
    output::json(&json!({ "entry": entry, "index": args.index, "size": size, "path": path }))?;
    Ok(ExitCode::SUCCESS)
}
