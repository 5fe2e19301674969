//! `portal config`: what is in force, and whether it can be.

use clap::{Args, Subcommand};
use serde_json::json;

use super::outcome::{Exit, Failure, Output};
use super::place::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say whether the configuration can be used, and what is probably not meant.
    Check(Place),
    /// Print every setting that is in force, and where it comes from.
    ///
    /// Refused while a secret is set, unless --redacted: what is printed ends up in tickets.
    Print(Print),
}

#[derive(Args, Debug)]
pub(crate) struct Print {
    #[command(flatten)]
    place: Place,
    /// Show secrets as [redacted].
    #[arg(long)]
    redacted: bool,
}

impl Command {
    pub(crate) const fn place(&self) -> &Place {
        match self {
            Self::Check(place) | Self::Print(Print { place, .. }) => place,
        }
    }
}

pub(crate) fn run(command: &Command) -> Result<Output, Failure> {
    let config = command.place().read()?;
    match command {
        Command::Check(_) => {
            let warnings = config.warnings();
            let mut lines: Vec<_> = warnings.iter().map(|it| format!("warning: {it}\n")).collect();
            lines.push("the configuration can be used\n".to_owned());
            Ok(Output::new(lines.concat(), json!({ "warnings": warnings })))
        }
        Command::Print(Print { redacted, .. }) => {
            if let (Some(secret), false) = (config.secrets().first(), redacted) {
                let why = format!("{secret} is set, and is not printed; --redacted leaves it out");
                return Err(Exit::Refused.because(why));
            }
            let shown = config.redacted();
            Ok(Output::new(shown.to_toml(), shown.to_json()))
        }
    }
}
