//! `otp parse`

use std::process::ExitCode;

use anyhow::Result;
use serde_json::Value;

use crate::args::Parse;
use crate::{describe, input, output};

pub(crate) fn run(args: &Parse) -> Result<ExitCode> {
    let entry = input::entry(args.uri.as_deref(), &args.file)?;
    let mut map = describe::parameters(&entry.credential, args.show.show_secret);
    if args.show.json {
        map.insert("findings".into(), describe::texts(&entry.repairs));
        output::json(&Value::Object(map))?;
        return Ok(ExitCode::SUCCESS);
    }
    for (name, value) in &map {
        let value = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        output::line(&format!("{name:<10}{value}"))?;
    }
    for finding in &entry.repairs {
        output::line(&format!("note: {finding}"))?;
    }
    Ok(ExitCode::SUCCESS)
}
