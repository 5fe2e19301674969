//! `portal consents`: whether consents and requests are still what was logged of them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use portal::config::Config;
use portal::{LogHead, behind, log_origin, verify_log};
use serde_json::json;
use upheld_ledger::{Checkpoint, MAX_NOTE};
use upheld_store::Tenant;
use upheld_store::keys::SharedKeys;
use upheld_store::ledger::VerifyError;
use upheld_store::record::Verified;

use super::outcome::{Exit, Failure, Output};
use super::place::Place;
use super::{key_file, open};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Go through the log of consents and requests, and compare what it speaks of with the tables:
    /// payloads, whose they are, what was erased, and the notices that people were shown.
    ///
    /// Whoever can write to the database can make a whole new log. Compare it with what was printed
    /// or logged earlier, and kept where they cannot write: --expect or --checkpoint.
    Verify(Verify),
    /// Verify the log, and print a checkpoint of it in three lines: keep it elsewhere.
    Checkpoint(Place),
}

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// The end of the log as it was printed or logged earlier, which the log must continue.
    #[arg(long, value_name = "NUMBER:ROOT")]
    expect: Option<LogHead>,
    /// A file with a checkpoint, which the log must continue; may be given more than once.
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
}

impl Command {
    pub(crate) const fn place(&self) -> &Place {
        match self {
            Self::Verify(verify) => &verify.place,
            Self::Checkpoint(place) => place,
        }
    }
}

pub(crate) async fn run(command: &Command) -> Result<Output, Failure> {
    match command {
        Command::Verify(options) => {
            let mut kept: Vec<Checkpoint> =
                options.expect.iter().map(|head| head.as_checkpoint().clone()).collect();
            let config = options.place.read()?;
            let tenant = Tenant::new(&config.tenant).map_err(|error| Exit::Usage.because(error))?;
            for file in &options.checkpoint {
                kept.push(read_checkpoint(file, &tenant)?);
            }
            Ok(match verify(&config, kept).await? {
                Ok((verified, head)) => intact(&verified, &head),
                Err(found) => broken(&found),
            })
        }
        Command::Checkpoint(place) => match verify(&place.read()?, Vec::new()).await? {
            Ok((_, head)) => {
                let checkpoint = head.as_checkpoint();
                let (size, root) = (checkpoint.size(), checkpoint.root().to_string());
                let json = json!({ "origin": checkpoint.origin(), "size": size, "root": root });
                Ok(Output::new(checkpoint.to_text(), json))
            }
            Err(found) => Err(Exit::Failed.because(format!("BROKEN: {found}"))),
        },
    }
}

/// Reads a checkpoint of this portal's log, signed by somebody or not. What is longer than a note is
/// none.
fn read_checkpoint(file: &Path, tenant: &Tenant) -> Result<Checkpoint, Failure> {
    let shown = file.display();
    let most = u64::try_from(MAX_NOTE).unwrap_or(u64::MAX);
    let mut text = String::new();
    let read = File::open(file)
        .and_then(|file| file.take(most.saturating_add(1)).read_to_string(&mut text));
    read.map_err(|error| Exit::NotFound.because(format!("cannot read {shown}: {error}")))?;
    if text.len() > MAX_NOTE {
        let why = format!("{shown} has more than {MAX_NOTE} bytes; checkpoints are shorter");
        return Err(Exit::Usage.because(why));
    }
    let checkpoint = Checkpoint::parse_kept(&text)
        .map_err(|error| Exit::Usage.because(format!("{shown}: {error}")))?;
    let wanted = log_origin(tenant);
    if checkpoint.origin() == wanted {
        Ok(checkpoint)
    } else {
        Err(Exit::Usage.because(format!("{shown} is of another log than {wanted}")))
    }
}

type Found = Result<(Verified, LogHead), VerifyError>;

/// The outer error is why nothing was verified, the inner what was found.
async fn verify(config: &Config, kept: Vec<Checkpoint>) -> Result<Found, Failure> {
    let keys = SharedKeys::new(key_file::read(&config.key_file)?);
    let database = open::database(config).await?;
    let missing = behind(&database).await.map_err(open::of_database)?;
    if let Some(component) = missing.first() {
        let why = format!("the tables of {component} are of another version; portal migrate");
        return Err(Exit::Failed.because(why));
    }
    let found = verify_log(&database, keys, kept).await;
    let head = found.map(|verified| {
        let head = LogHead::of(database.tenant(), &verified.tree);
        head.map(|head| (verified, head)).map_err(|error| Exit::Failed.because(error))
    });
    database.close().await;
    match head {
        Ok(head) => head.map(Ok),
        Err(VerifyError::Database(error)) => Err(open::of_database(error)),
        Err(found) => Ok(Err(found)),
    }
}

fn intact(verified: &Verified, head: &LogHead) -> Output {
    let Verified { payloads, erased, tree, .. } = verified;
    let size = tree.size();
    Output::new(
        format!("intact: {size} entries, {payloads} payloads, {erased} erased\nhead: {head}\n"),
        json!({
            "intact": true,
            "entries": size,
            "payloads": payloads,
            "erased": erased,
            "head": head.to_string(),
        }),
    )
}

fn broken(found: &VerifyError) -> Output {
    let fault = found.to_string();
    Output {
        is_bad: true,
        ..Output::new(format!("BROKEN: {fault}\n"), json!({ "intact": false, "fault": fault }))
    }
}
