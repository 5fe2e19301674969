//! `dsr table`

use std::process::ExitCode;

use anyhow::Result;
use upheld_consent::request::{diagram, table};

use crate::args::Table;
use crate::output;

pub(crate) fn run(args: &Table) -> Result<ExitCode> {
    if args.mermaid {
        output::raw(&diagram())?;
    } else if args.all {
        output::raw(&table())?;
    } else {
        let table = table();
        let granted: Vec<&str> = table.lines().filter(|row| !row.ends_with(" -")).collect();
        output::line(&granted.join("\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}
