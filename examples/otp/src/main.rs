//! `otp`: one-time-password credentials on the command line.
//!
//! Thin over `upheld-totp` and `upheld-migrate-otp`: this program reads arguments, files and the
//! clock, and writes what the crates say.

#![forbid(unsafe_code)]

mod args;
mod command;
mod describe;
mod input;
mod moment;
mod output;

use std::io;
use std::process::ExitCode;

use anyhow::Result;

use args::{Args, Command};

/// Rejected: the code is wrong, used, or of no counter that was searched.
const REJECTED: u8 = 1;
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
        Command::New(args) => command::new::run(&args),
        Command::Code(args) => command::code::run(&args),
        Command::Verify(args) => command::verify::run(&args),
        Command::Parse(args) => command::parse::run(&args),
        Command::Import(args) => command::import::run(&args),
        Command::Export(args) => command::export::run(&args),
        Command::Resync(args) => command::resync::run(&args),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.into_iter().any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
