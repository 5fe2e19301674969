//! `dsr receipt`

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};
use jiff::Timestamp;
use rand::TryRng;
use rand::rngs::SysRng;
use upheld_consent::{Dossier, RecordId, UnixMillis};

use crate::args::Receipt;
use crate::output;

pub(crate) fn run(args: &Receipt) -> Result<ExitCode> {
    let name = || args.file.display().to_string();
    let json = fs::read(&args.file).with_context(|| format!("cannot read {}", name()))?;
    let dossier = Dossier::parse(&json).with_context(name)?;
    let at = args.at.map_or_else(now, Ok)?;
    let id = args.id.map_or_else(draw, Ok)?;
    let receipt = dossier.receipt(id, at).with_context(name)?;
    output::line(&match args.format.as_str() {
        "iso27560" => receipt.to_iso27560(),
        "dpv" => receipt.to_dpv(),
        _ => receipt.to_kantara(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn now() -> Result<UnixMillis> {
    let millis = u64::try_from(Timestamp::now().as_millisecond())?;
    UnixMillis::new(millis).context("the clock is beyond all records")
}

fn draw() -> Result<RecordId> {
    let mut bytes = [0; 16];
    SysRng.try_fill_bytes(&mut bytes).context("the operating system has no random bytes")?;
    Ok(RecordId::from_random(bytes))
}
