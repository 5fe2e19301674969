//! `dsr ledger verify`

use std::process::ExitCode;

use anyhow::Result;
use serde_json::json;
use upheld_ledger::{Checkpoint, Tree, Verifier};

use super::{Finding, Records, read_checkpoint};
use crate::args::Verify;
use crate::{TAMPERED, output};

pub(crate) fn run(args: &Verify) -> Result<ExitCode> {
    let kept = args.checkpoint.iter().map(|path| read_checkpoint(path)).collect::<Result<Vec<_>>>();
    let verifier = Verifier::against(kept?);
    match verify(Records::open(&args.file)?, verifier)? {
        Ok(tree) => {
            if let Some(origin) = &args.origin {
                output::raw(&Checkpoint::of(origin, &tree)?.to_text())?;
            } else if args.json {
                let root = tree.root().to_string();
                output::json(&json!({ "intact": true, "entries": tree.size(), "root": root }))?;
            } else {
                output::line(&format!("intact: {} entries, root {}", tree.size(), tree.root()))?;
                if args.checkpoint.is_empty() {
                    output::line("no checkpoint given: a complete rewrite would look the same")?;
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(finding) => {
            if args.json {
                output::json(&json!({ "intact": false, "finding": finding.to_string() }))?;
            } else {
                output::complain(&format!("tampered: {finding}"));
            }
            Ok(ExitCode::from(TAMPERED))
        }
    }
}

/// Takes every record; the outer error is about reading.
pub(super) fn verify<R: std::io::BufRead>(
    mut records: Records<R>,
    mut verifier: Verifier,
) -> Result<Result<Tree, Finding>> {
    while let Some(record) = records.next()? {
        let pushed = record.and_then(|record| Ok(verifier.push(record)?));
        if let Err(finding) = pushed {
            return Ok(Err(finding));
        }
    }
    Ok(verifier.finish().map_err(Finding::from))
}
