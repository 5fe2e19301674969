//! `portal keys`: what secrets in the database are encrypted under.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::{Args, Subcommand};
use portal::config::Config;
use portal::sealed_tables;
use rand::rngs::SysRng;
use serde_json::json;
use upheld_store::keys::{KeyId, KeyRing, RetireError, SharedKeys};
use upheld_store::rotation::{self, RefusedRow, ResealError};
use upheld_store::sql::Database;

use super::outcome::{Exit, Failure, Output};
use super::place::Place;
use super::{key_file, open};

/// How many rows of each table are sealed anew in one step.
const STEP: u32 = 500;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a key file with one key, where the configuration says. Refuses to overwrite one.
    Generate(Place),
    /// Say which keys there are, and how many rows are encrypted under each.
    Status(Place),
    /// Make a new key, and encrypt everything anew under it, while the portal is served.
    ///
    /// Copy the key file to every node that serves the portal, once it has the new key and again
    /// once that is the current one: they notice within two seconds. May be interrupted at any
    /// point, and taken up again with --resume.
    Rotate(Rotate),
    /// Remove a key that nothing is encrypted under any more.
    ///
    /// Backups from before still need it: keep a copy of the key file as long as them.
    Retire(Retire),
}

#[derive(Args, Debug)]
pub(crate) struct Rotate {
    /// Make no new key: go on encrypting under the newest one.
    #[arg(long)]
    resume: bool,
    /// How long to wait until every node has the new key, and again until every node uses it.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u64,
    #[command(flatten)]
    place: Place,
}

#[derive(Args, Debug)]
pub(crate) struct Retire {
    /// The number of the key.
    key: u32,
    #[command(flatten)]
    place: Place,
}

impl Command {
    pub(crate) const fn place(&self) -> &Place {
        match self {
            Self::Generate(place) | Self::Status(place) => place,
            Self::Rotate(rotate) => &rotate.place,
            Self::Retire(retire) => &retire.place,
        }
    }
}

pub(crate) async fn run(command: &Command) -> Result<Output, Failure> {
    let config = command.place().read()?;
    if matches!(command, Command::Generate(_)) {
        return generate(&config);
    }
    let ring = key_file::read(&config.key_file)?;
    let database = open::database(&config).await?;
    let done = match command {
        Command::Rotate(options) => rotate(&config, &database, ring, options).await,
        Command::Retire(options) => retire(&config, &database, &ring, KeyId(options.key)).await,
        _ => status(&database, &ring).await,
    };
    database.close().await;
    done
}

fn generate(config: &Config) -> Result<Output, Failure> {
    let ring = KeyRing::generate(&mut SysRng).map_err(|error| Exit::Failed.because(error))?;
    key_file::create(&config.key_file, &ring)?;
    let file = config.key_file.display().to_string();
    Ok(Output::new(format!("made {file}\n"), json!({ "made": file })))
}

async fn status(database: &Database, ring: &KeyRing) -> Result<Output, Failure> {
    let uses = uses(database).await?;
    let unknown: Vec<_> = uses.keys().filter(|id| !ring.ids().any(|known| known == **id)).collect();
    let mut lines = Vec::new();
    for id in ring.ids() {
        let mark = if id == ring.current() { ", current" } else { "" };
        lines.push(format!("key {id}: {} rows{mark}\n", rows(&uses, id)));
    }
    for id in &unknown {
        lines.push(format!("key {id} IS MISSING: {} rows do not open\n", rows(&uses, **id)));
    }
    let keys: Vec<_> = ring
        .ids()
        .map(|id| json!({ "id": id.0, "rows": rows(&uses, id), "current": id == ring.current() }))
        .collect();
    let missing: Vec<_> = unknown.iter().map(|id| id.0).collect();
    let is_bad = !missing.is_empty();
    Ok(Output {
        is_bad,
        ..Output::new(lines.concat(), json!({ "keys": keys, "missing": missing }))
    })
}

async fn rotate(
    config: &Config,
    database: &Database,
    ring: KeyRing,
    options: &Rotate,
) -> Result<Output, Failure> {
    let wait = Duration::from_secs(options.wait);
    let old = ring.current();
    let ring = if options.resume {
        ring
    } else {
        // Known before it is used: what one node encrypts under it, any other may have to open.
        let ring = ring.with_new_key(&mut SysRng).map_err(|error| Exit::Failed.because(error))?;
        let ring = ring.with_current(old).unwrap_or(ring);
        key_file::replace(&config.key_file, &ring)?;
        tokio::time::sleep(wait).await;
        ring
    };
    let newest = ring.ids().last().and_then(|newest| ring.with_current(newest));
    let ring = newest.unwrap_or(ring);
    let current = ring.current();
    if current != old {
        key_file::replace(&config.key_file, &ring)?;
        // From then on nothing more is encrypted under the old one.
        tokio::time::sleep(wait).await;
    }
    let keys = SharedKeys::new(ring);
    let mut resealed = 0_u64;
    let refused = loop {
        let step = rotation::reseal(database, &keys, &sealed_tables(), STEP).await;
        let step = step.map_err(not_resealed)?;
        resealed = resealed.saturating_add(step.rows);
        if step.rows == 0 {
            break step.refused;
        }
    };
    let mut lines = vec![format!("{resealed} rows were encrypted anew under key {current}\n")];
    for RefusedRow { table, row, error, .. } in &refused {
        lines.push(format!("{table}, row {row:032x}: NOT OPENED: {error}\n"));
    }
    let json = json!({ "current": current.0, "rows": resealed, "refused": refused.len() });
    Ok(Output { is_bad: !refused.is_empty(), ..Output::new(lines.concat(), json) })
}

async fn retire(
    config: &Config,
    database: &Database,
    ring: &KeyRing,
    id: KeyId,
) -> Result<Output, Failure> {
    let ring = ring.without_key(id, rows(&uses(database).await?, id)).map_err(|error| {
        let exit = match error {
            RetireError::Unknown { .. } => Exit::NotFound,
            _ => Exit::Refused,
        };
        exit.because(error)
    })?;
    key_file::replace(&config.key_file, &ring)?;
    let said = format!("key {id} was removed; backups from before still need it\n");
    Ok(Output::new(said, json!({ "removed": id.0 })))
}

async fn uses(database: &Database) -> Result<BTreeMap<KeyId, u64>, Failure> {
    rotation::uses(database, &sealed_tables()).await.map_err(open::of_database)
}

fn rows(uses: &BTreeMap<KeyId, u64>, id: KeyId) -> u64 {
    uses.get(&id).copied().unwrap_or_default()
}

fn not_resealed(error: ResealError) -> Failure {
    match error {
        ResealError::Database(error) => open::of_database(error),
        error => Exit::Failed.because(error),
    }
}
