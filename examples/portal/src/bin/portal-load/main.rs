//! The load generator's command line: `portal-load --help`.

#![forbid(unsafe_code)]

mod ceiling;
mod connection;
mod fixture;
mod invariants;
mod measure;
mod options;
mod process;
mod report;
mod request;
mod scenario;
mod server;
mod soak;
mod tally;

use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use clap::Parser;
use tokio::task::LocalSet;

use options::{Options, Scenario};
use report::Report;

/// Whatever kept a run from being measured.
type Failure = Box<dyn Error>;

fn main() -> ExitCode {
    let options = Options::parse();
    let wants_json = options.wants_json();
    match run(options.scenario).and_then(|report| tell(&report, wants_json)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is there to hear of an error.
            drop(writeln!(stderr(), "error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

/// One thread for all connections: the others are the server's.
fn run(scenario: Scenario) -> Result<Report, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    LocalSet::new().block_on(&runtime, measure::measure(scenario))
}

/// Prints what was measured; an error when an invariant does not hold.
fn tell(report: &Report, wants_json: bool) -> Result<(), Failure> {
    let mut out = stdout().lock();
    if wants_json {
        writeln!(out, "{}", report.to_json())?;
    } else {
        write!(out, "{report}")?;
    }
    out.flush()?;
    match report.broken() {
        Some(law) => Err(format!("an invariant does not hold: {law}").into()),
        None => Ok(()),
    }
}
