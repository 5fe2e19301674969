//! `portal backup`: copies of the database, taken while it is in use.

use std::fs::{self, File};
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use portal::backup::{self, BackupError};
use portal::config::{Config, DatabaseChoice};
use serde_json::{Value, json};
use tempfile::TempDir;
use upheld_store::Tenant;

use super::examine::{self, Examined};
use super::key_file;
use super::outcome::{Exit, Failure, Output};
use super::place::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Copy the database to a file, while it is served, encrypted under the current key.
    ///
    /// Keep it apart from the key file: each is useless without the other.
    Create(Backup),
    /// Decrypt a backup, and check that the database in it is whole and its audit intact.
    Verify(Backup),
    /// Put a backup where the configuration says the database is, and where none may be.
    ///
    /// Everybody is signed out. What was used up since the backup (recovery codes, codes of
    /// hardware tokens) works again: reset the second factor of whoever may be affected.
    Restore(Backup),
}

#[derive(Args, Debug)]
pub(crate) struct Backup {
    /// The file of the backup.
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Command {
    pub(crate) const fn place(&self) -> &Place {
        match self {
            Self::Create(backup) | Self::Verify(backup) | Self::Restore(backup) => &backup.place,
        }
    }
}

/// What ends with the connection to the browsers that held it, and copies of data, which may have
/// been taken since.
const FORGOTTEN: [&str; 7] = [
    "sessions",
    "exports",
    "pending_logins",
    "browsers",
    "password_resets",
    "pending_enrolments",
    "pending_recovery_codes",
];

pub(crate) async fn run(command: &Command) -> Result<Output, Failure> {
    let config = command.place().read()?;
    let DatabaseChoice::Sqlite(database) = &config.database else {
        let why = "PostgreSQL has a tool of its own: pg_dump --format=custom --no-owner \
                   --file=portal.dump \"$DATABASE_URL\" (and pg_restore --single-transaction); the \
                   secrets in it are encrypted under the key file, people's names and addresses \
                   are not";
        return Err(Exit::Refused.because(why));
    };
    match command {
        Command::Create(options) => create(&config, database, &options.file).await,
        Command::Verify(options) => verify(&config, &options.file).await,
        Command::Restore(options) => restore(&config, database, &options.file).await,
    }
}

async fn create(config: &Config, database: &Path, file: &Path) -> Result<Output, Failure> {
    if !database.exists() {
        let why = format!("there is no database {}", database.display());
        return Err(Exit::NotFound.because(why));
    }
    refuse_if_there(file)?;
    let (keys, tenant) = (key_file::read(&config.key_file)?, tenant(config)?);
    let folder = private_folder_beside(file)?;
    let copy = folder.path().join("copy.db");
    examine::copy(database, &copy)?;
    let examined = examine::database(&copy, &tenant).await?;
    key_file::create_private(file, b"")?;
    let written =
        File::options().write(true).open(file).map_err(BackupError::from).and_then(|out| {
            let mut out = BufWriter::new(out);
            backup::seal(&keys, &tenant, &mut BufReader::new(File::open(&copy)?), &mut out)?;
            Ok(out.get_ref().sync_all()?)
        });
    if let Err(error) = written {
        // Half a backup is of no use, and its name would stand in the way of the next.
        drop(fs::remove_file(file));
        return Err(Exit::Failed.because(error));
    }
    let said = format!("made {}, encrypted under key {}\n", file.display(), keys.current());
    Ok(report(&said, &examined, json!({ "key": keys.current().0 })))
}

async fn verify(config: &Config, file: &Path) -> Result<Output, Failure> {
    let folder = tempfile::Builder::new().prefix("portal-backup-").tempdir();
    let folder = folder.map_err(Failure::of_system)?;
    let copy = folder.path().join("copy.db");
    let examined = unpack(config, file, &copy).await?;
    let said = if examined.is_good() { "the backup is whole\n" } else { "THE BACKUP IS DAMAGED\n" };
    Ok(report(said, &examined, json!({})))
}

async fn restore(config: &Config, database: &Path, file: &Path) -> Result<Output, Failure> {
    for suffix in ["", "-wal", "-shm", "-journal"] {
        let mut path = database.as_os_str().to_owned();
        path.push(suffix);
        refuse_if_there(Path::new(&path))?;
    }
    let folder = private_folder_beside(database)?;
    let copy = folder.path().join("copy.db");
    let examined = unpack(config, file, &copy).await?;
    if !examined.is_good() {
        let said = "THE BACKUP IS DAMAGED, and was not restored\n";
        return Ok(report(said, &examined, json!({ "restored": false })));
    }
    examine::forget(&copy, &FORGOTTEN)?;
    let restored = File::open(&copy).and_then(|copy| copy.sync_all());
    let restored = restored.and_then(|()| fs::rename(&copy, database));
    restored.map_err(Failure::of_system)?;
    let said = format!(
        "restored {}; everybody is signed out\nWhat was used up since the backup works again: \
         recovery codes, codes of hardware tokens. Run portal doctor.\n",
        database.display()
    );
    Ok(report(&said, &examined, json!({ "restored": true })))
}

/// Decrypts a backup into `copy`, and looks into it.
async fn unpack(config: &Config, file: &Path, copy: &Path) -> Result<Examined, Failure> {
    let (keys, tenant) = (key_file::read(&config.key_file)?, tenant(config)?);
    let packed = File::open(file).map_err(|error| {
        let why = format!("{} cannot be read: {error}", file.display());
        Exit::NotFound.because(why)
    })?;
    key_file::create_private(copy, b"")?;
    let opened =
        File::options().write(true).open(copy).map_err(BackupError::from).and_then(|out| {
            backup::open(&keys, &tenant, &mut BufReader::new(packed), &mut BufWriter::new(out))
        });
    opened.map_err(|error| Exit::Failed.because(error))?;
    examine::database(copy, &tenant).await
}

fn report(said: &str, examined: &Examined, mut json: Value) -> Output {
    if let Some(object) = json.as_object_mut() {
        object.insert("database".to_owned(), examined.to_json());
    }
    let output = Output::new(format!("{said}{}", examined.to_text()), json);
    Output { is_bad: !examined.is_good(), ..output }
}

fn tenant(config: &Config) -> Result<Tenant, Failure> {
    Tenant::new(&config.tenant).map_err(|error| Exit::Usage.because(error))
}

fn refuse_if_there(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        let why = format!("{} is there already, and is left as it is", path.display());
        return Err(Exit::Refused.because(why));
    }
    Ok(())
}

/// On the same file system, so that what is made in it can be moved out of it.
fn private_folder_beside(path: &Path) -> Result<TempDir, Failure> {
    let parent = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let parent = parent.unwrap_or(Path::new("."));
    let folder = tempfile::Builder::new().prefix(".portal-backup-").tempdir_in(parent);
    folder.map_err(Failure::of_system)
}
