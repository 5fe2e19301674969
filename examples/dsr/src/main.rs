//! `dsr`: requests about personal data on the command line.
//!
//! Thin over `upheld-consent` and `upheld-ledger`: this program reads arguments, files and the
//! clock, and writes what the crates say.

#![forbid(unsafe_code)]

mod args;
mod calendar;
mod command;
mod output;

use std::io;
use std::process::ExitCode;

use anyhow::Result;

use args::{Args, Command, Ledger, OpenDsr};

/// The ledger was tampered with, or a proof does not hold.
const TAMPERED: u8 = 1;
/// A message is readable, and not as the specification has it.
const NOT_AS_SPECIFIED: u8 = 1;
/// The input makes no sense, or something could not be read or written.
const BAD_INPUT: u8 = 2;

fn main() -> ExitCode {
    let args = match args::parse() {
        Ok(args) => args,
        Err(code) => return code,
    };
    match run(args) {
        Ok(code) => code,
        // Whoever reads our output has enough of it, as `head` has.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(BAD_INPUT)
        }
    }
}

fn run(args: Args) -> Result<ExitCode> {
    match args.command {
        Command::Deadline(args) => command::deadline::run(&args),
        Command::Complaint(args) => command::complaint::run(&args),
        Command::Table(args) => command::table::run(&args),
        Command::Opendsr(OpenDsr::Check(args)) => command::opendsr::run(&args),
        Command::Receipt(args) => command::receipt::run(&args),
        Command::Ledger(Ledger::Append(args)) => command::ledger::append::run(&args),
        Command::Ledger(Ledger::Verify(args)) => command::ledger::verify::run(&args),
        Command::Ledger(Ledger::Prove(args)) => command::ledger::prove::run(&args),
        Command::Ledger(Ledger::Check(args)) => command::ledger::check::run(&args),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
