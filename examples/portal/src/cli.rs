//! The commands, and what they all have in common.

mod audit;
mod backup;
mod config;
mod consents;
mod demo;
mod doctor;
mod examine;
mod init;
mod key_file;
mod keys;
mod log;
mod migrate;
mod open;
mod outcome;
mod place;
mod serve;
mod stop;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use outcome::{Failure, Output};

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
    /// Serve a portal for trying out: a new database with people in it, all gone at the end.
    ///
    /// Prints where the portal is and how to sign in, and serves until Ctrl-C.
    Demo(demo::Options),
    /// Serve the portal that a configuration describes, until SIGTERM, SIGINT or SIGHUP.
    ///
    /// Nothing is printed. Log lines go to the standard error; /metrics, /healthz and /readyz
    /// are on a port of their own.
    Serve(serve::Options),
    /// Write a configuration with comments, a key file and a folder for e-mails.
    ///
    /// Refuses to overwrite any of them.
    Init(init::Options),
    /// Bring the tables of the database up to date, making it if it is a file that is not there.
    Migrate(place::Place),
    /// Make, change and remove the keys that secrets are encrypted under.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Add, list, disable and unlock people.
    #[command(subcommand)]
    User(user::Command),
    /// Look for what is wrong, or about to be: clocks, keys, permissions, tables, integrity.
    ///
    /// Changes nothing. Ends with 1 if anything is bad.
    Doctor(place::Place),
    /// Copy the database, check copies, and put one back.
    #[command(subcommand)]
    Backup(backup::Command),
    /// Check the audit.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Check the log of consents and requests.
    #[command(subcommand)]
    Consents(consents::Command),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(config::Command),
}

/// Does what the command line says.
pub(crate) fn run() -> ExitCode {
    let (done, wants_json) = match Arguments::parse().command {
        Command::Demo(options) => (demo::run(&options).map(|()| Output::nothing()), false),
        Command::Serve(options) => (serve::run(&options).map(|()| Output::nothing()), false),
        Command::Init(options) => (init::run(&options), options.json),
        Command::Migrate(place) => (wait(migrate::run(&place)), place.json),
        Command::Keys(command) => (wait(keys::run(&command)), command.place().json),
        Command::User(command) => (wait(user::run(&command)), command.place().json),
        Command::Doctor(place) => (wait(doctor::run(&place)), place.json),
        Command::Backup(command) => (wait(backup::run(&command)), command.place().json),
        Command::Audit(command) => (wait(audit::run(&command)), command.place().json),
        Command::Consents(command) => (wait(consents::run(&command)), command.place().json),
        Command::Config(command) => (config::run(&command), command.place().json),
    };
    outcome::tell(done, wants_json)
}

/// Runs a command that uses the database.
fn wait(command: impl Future<Output = Result<Output, Failure>>) -> Result<Output, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(Failure::of_system)?.block_on(command)
}
