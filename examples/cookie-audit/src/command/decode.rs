//! `cookie-audit decode`

use std::process::ExitCode;

use anyhow::Result;

use crate::args::Decode;
use crate::consent_string::ConsentString;
use crate::{moment, output};

pub(crate) fn run(args: &Decode) -> Result<ExitCode> {
    let read = ConsentString::decode(args.string.trim(), moment::or_now(args.now)?)?;
    output::line(serde_json::to_string_pretty(&read)?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
