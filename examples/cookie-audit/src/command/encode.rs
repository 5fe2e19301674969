//! `cookie-audit encode`

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::consent_string::ConsentString;
use crate::{input, output};

pub(crate) fn run() -> Result<ExitCode> {
    let text = input::text()?;
    let read: ConsentString =
        serde_json::from_str(&text).context("this is not the JSON of a consent string")?;
    output::line(read.encode()?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
