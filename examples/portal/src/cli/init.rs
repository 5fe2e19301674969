//! `portal init`: what a portal needs before it can serve.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;

use clap::Args;
use portal::PublicUrl;
use portal::config::starting_file;
use rand::rngs::SysRng;
use serde_json::json;
use upheld_store::keys::KeyRing;

use super::key_file;
use super::outcome::{Exit, Failure, Output};

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Where people will find the portal: https and its host.
    #[arg(long, value_name = "URL", value_parser = PublicUrl::parse)]
    public_url: PublicUrl,
    /// Where to put portal.toml, portal.keys and the folder for e-mails.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    directory: PathBuf,
    /// Keep everything in PostgreSQL, whose address is in this file, instead of portal.db.
    #[arg(long, value_name = "FILE")]
    postgres_file: Option<String>,
    /// Answer in JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Makes the files, and nothing at all if one of them is there already.
pub(crate) fn run(options: &Options) -> Result<Output, Failure> {
    let folder = &options.directory;
    let [config, keys, mail] = ["portal.toml", "portal.keys", "mail"].map(|name| folder.join(name));
    for path in [&config, &keys] {
        if path.exists() {
            let why = format!("{} is there already, and is left as it is", path.display());
            return Err(Exit::Refused.because(why));
        }
    }
    let ring = KeyRing::generate(&mut SysRng).map_err(|error| Exit::Failed.because(error))?;
    let url = options.public_url.to_string();
    let database = match &options.postgres_file {
        Some(file) => ("database.postgres_file", file.as_str()),
        None => ("database.sqlite", "portal.db"),
    };
    let text = starting_file(&[("server.public_url", &url), database]);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&mail);
    made.map_err(Failure::of_system)?;
    // The keys first: a configuration without keys would be found out, keys that were lost not.
    key_file::create(&keys, &ring)?;
    key_file::create_private(&config, text.as_bytes())?;
    let made = [&config, &keys, &mail].map(|path| path.display().to_string());
    let [config, keys, mail] = &made;
    let said = format!(
        "made {config}, {keys} and {mail}\n\n\
         Next: keep a copy of {keys} somewhere else and safe: without it, no authenticator in\n\
         the database works. Then portal migrate, portal user add, and portal serve.\n"
    );
    Ok(Output::new(said, json!({ "made": made })))
}
