//! Which configuration a command is about.

use std::env;
use std::path::{Path, PathBuf};

use clap::Args;
use portal::config::Config;

use super::outcome::{Exit, Failure};

const DEFAULT_FILE: &str = "portal.toml";

/// Which configuration, and how to answer.
#[derive(Args, Debug)]
pub(crate) struct Place {
    /// The configuration; portal.toml unless said otherwise, or the environment alone if there
    /// is no such file.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Answer in JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Place {
    /// The file, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        let default = Path::new(DEFAULT_FILE);
        self.config.as_deref().or_else(|| default.exists().then_some(default))
    }

    /// Reads the configuration.
    pub(crate) fn read(&self) -> Result<Config, Failure> {
        let file = self.file();
        if let Some(file) = file
            && !file.exists()
        {
            return Err(Exit::NotFound.because(format!("there is no file {}", file.display())));
        }
        Config::read(file, env::vars_os()).map_err(|error| Exit::Usage.because(error))
    }
}
