//! `cookie-audit import`

use std::fs::File;
use std::io::Read;
use std::process::ExitCode;

use anyhow::{Context, Result};
use upheld_cookies::publish::device_storage::{DeviceStorage, MAX_DEVICE_STORAGE};

use crate::args::publish::Import;
use crate::{FINDINGS, output};

pub(crate) fn run(args: &Import) -> Result<ExitCode> {
    let name = args.file.display();
    let file = File::open(&args.file).with_context(|| format!("cannot read {name}"))?;
    let mut bytes = Vec::new();
    let most = u64::try_from(MAX_DEVICE_STORAGE)?.saturating_add(1);
    file.take(most).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
    let document = DeviceStorage::parse(&bytes).with_context(|| name.to_string())?;
    output::text(&document.to_items(&args.vendor))?;
    let faults = document.faults();
    for fault in &faults {
        output::complain(&format!("{name}: {fault}"));
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FINDINGS) })
}
