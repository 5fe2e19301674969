//! The portal's command line.

#![forbid(unsafe_code)]

mod demo;

use std::io::{IsTerminal, stderr};
use std::net::SocketAddr;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing::level_filters::LevelFilter;

/// The portal of a clinic: sign-in with a password and an authenticator app.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a portal for trying out: a new database, one person in it, all gone at the end.
    ///
    /// Prints where the portal is and how to sign in, and serves until Ctrl-C.
    Demo {
        /// Where to listen: an address of this computer and a port, 0 for any that is free.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
        /// What to write to the standard error: off, error, warn, info, debug or trace.
        #[arg(long, value_name = "LEVEL", default_value = "info")]
        log: LevelFilter,
    },
}

fn main() -> ExitCode {
    let Command::Demo { listen, log } = Arguments::parse().command;
    let ansi = stderr().is_terminal();
    tracing_subscriber::fmt().with_max_level(log).with_writer(stderr).with_ansi(ansi).init();
    match demo::run(listen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error}");
            ExitCode::FAILURE
        }
    }
}
