//! The commands, and what they all have in common.

mod config;
mod demo;
mod log;
mod outcome;
mod place;
mod serve;
mod stop;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::Output;

/// The portal of a clinic: sign-in with a password and a second factor.
///
/// `portal demo` shows it. To operate one: `portal init`, `portal user add`, `portal serve`.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed, or found something wrong
  2  the command line or the configuration is wrong
  3  there is no such person, key or file
  4  refused: it would be unsafe, or destroy something
  5  not available now: a database, a port; try again later";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a portal for trying out: a new database, one person in it, all gone at the end.
    ///
    /// Prints where the portal is and how to sign in, and serves until Ctrl-C.
    Demo(demo::Options),
    /// Serve the portal that a configuration describes, until SIGTERM, SIGINT or SIGHUP.
    ///
    /// Nothing is printed. Log lines go to the standard error; /metrics, /healthz and /readyz
    /// are on a port of their own.
    Serve(serve::Options),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(config::Command),
}

/// Does what the command line says.
pub(crate) fn run() -> ExitCode {
    let (done, wants_json) = match Arguments::parse().command {
        Command::Demo(options) => (demo::run(&options).map(|()| Output::nothing()), false),
        Command::Serve(options) => (serve::run(&options).map(|()| Output::nothing()), false),
        Command::Config(command) => (config::run(&command), command.place().json),
    };
    outcome::tell(done, wants_json)
}
