//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Drives a portal over loopback HTTP, and checks in its database that all is well.
///
/// Each run makes a new database with people in it, starts a portal on it, and removes both.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(crate) scenario: Scenario,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  measured, and every invariant holds
  1  an invariant does not hold, or nothing could be measured
  2  the command line is wrong";

impl Options {
    pub(crate) const fn wants_json(&self) -> bool {
        match &self.scenario {
            Scenario::SecondFactor(portal)
            | Scenario::WrongCodes(portal)
            | Scenario::Race(portal)
            | Scenario::Login(portal)
            | Scenario::Crash(portal)
            | Scenario::Overload(portal) => portal.load.json,
            Scenario::Desk(desk) => desk.portal.load.json,
            Scenario::Soak(soak) => soak.json,
            Scenario::Peer(peer) => peer.load.json,
        }
    }
}

/// What is asked of the server.
#[derive(Debug, Subcommand)]
pub(crate) enum Scenario {
    /// Send a right code of each person, who has shown the password before.
    SecondFactor(Portal),
    /// Send five wrong codes of each person, and then more, which must not be evaluated.
    WrongCodes(Portal),
    /// Send one code of a person over all connections at once, person after person.
    Race(Portal),
    /// Sign people in: form, password, code, session.
    Login(Portal),
    /// Kill the portal while people send codes, start it again, and send the same codes again.
    Crash(Portal),
    /// Send five times the passwords that can be hashed, and look at other pages meanwhile.
    Overload(Portal),
    /// Read pages of the queue of requests, with every filter, at its beginning and far into it.
    Desk(Desk),
    /// Drive two nodes for minutes while one is killed, keys are changed and backups are taken.
    Soak(Soak),
    /// Send right codes to another verifier: a form with the fields device and code.
    Peer(Peer),
}

#[derive(Args, Debug)]
pub(crate) struct Portal {
    #[command(flatten)]
    pub(crate) load: Load,
    /// What the portal keeps everything in: sqlite, or postgres://… for an empty database.
    #[arg(long, value_name = "DATABASE", default_value = "sqlite")]
    pub(crate) database: String,
    /// How many people to make; a number that suits the scenario unless given.
    #[arg(long, value_name = "COUNT")]
    pub(crate) people: Option<usize>,
    /// How many portals to start on the one database.
    #[arg(long, value_name = "COUNT", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=8))]
    pub(crate) nodes: u8,
    /// The portal to start; the one beside this program unless given.
    #[arg(long = "portal", value_name = "PROGRAM")]
    pub(crate) program: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Desk {
    #[command(flatten)]
    pub(crate) portal: Portal,
    /// How many requests to make.
    #[arg(long, value_name = "COUNT", default_value = "100000")]
    pub(crate) requests: usize,
}

#[derive(Args, Debug)]
pub(crate) struct Soak {
    /// How long.
    #[arg(long, value_name = "COUNT", default_value = "10", value_parser = clap::value_parser!(u16).range(1..=1440))]
    pub(crate) minutes: u16,
    /// How many people to make. Each signs in once in half a minute, as often as there are codes.
    #[arg(long, value_name = "COUNT", default_value = "48")]
    pub(crate) people: u16,
    /// How many of them are there at the same time.
    #[arg(long, value_name = "COUNT", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) connections: u16,
    /// What both keep everything in: sqlite, or postgres://… for an empty database.
    #[arg(long, value_name = "DATABASE", default_value = "sqlite")]
    pub(crate) database: String,
    /// What restarts the server of the database, for the shell. It is given in the midst of it.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) restart: Option<String>,
    /// The portal to start; the one beside this program unless given.
    #[arg(long = "portal", value_name = "PROGRAM")]
    pub(crate) program: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Peer {
    #[command(flatten)]
    pub(crate) load: Load,
    /// Where the form goes: `http://localhost:8000/verify`.
    #[arg(long)]
    pub(crate) url: String,
    /// A file with a device in each line: its name, a space, its secret in base32.
    #[arg(long, value_name = "FILE")]
    pub(crate) devices: PathBuf,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How many connections to keep open; each sends its next request when it has its answer.
    #[arg(long, value_name = "COUNT", default_value = "8", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) connections: u16,
    /// How long, at most: a run ends earlier when everybody has had their turn.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = clap::value_parser!(u16).range(1..=240))]
    pub(crate) seconds: u16,
    /// Print JSON.
    #[arg(long)]
    pub(crate) json: bool,
}
