//! `cookie-audit`: what cookies do, on the command line.
//!
//! Thin over `upheld-cookies`: this program reads arguments, files, standard input and the clock, and
//! writes what the crate says.

#![forbid(unsafe_code)]

mod args;
mod command;
mod consent_string;
mod describe;
mod input;
mod moment;
mod output;
mod policy_file;
mod recording;
mod report;

use std::io;
use std::process::ExitCode;

use anyhow::Result;

use args::{Args, Command};

/// Findings at or above the severity that was asked for.
const FINDINGS: u8 = 1;
/// The arguments or the policy make no sense, or something could not be read or written.
const BAD_USAGE: u8 = 2;
/// What was given can be read, and says nothing.
const UNUSABLE: u8 = 3;
/// A file that was made from the policy is not what the policy makes now.
const STALE: u8 = 4;

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
            let is_unusable = error.downcast_ref::<recording::Unusable>().is_some();
            ExitCode::from(if is_unusable { UNUSABLE } else { BAD_USAGE })
        }
    }
}

fn run(args: Args) -> Result<ExitCode> {
    match args.command {
        Command::Check(args) => command::check::run(&args),
        Command::Scan(args) => command::scan::run(&args),
        Command::Diff(args) => command::diff::run(&args),
        Command::Catalogue(args) => command::catalogue::run(&args),
        Command::Render(args) => command::render::run(&args),
        Command::Import(args) => command::import::run(&args),
        Command::SetCookie(args) => command::set_cookie::run(&args),
        Command::Jar(args) => command::jar::run(&args),
        Command::Decode(args) => command::decode::run(&args),
        Command::Encode => command::encode::run(),
        Command::Explain(args) => command::explain::run(&args),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}
