//! Opening what a configuration names.

use std::num::NonZero;
use std::sync::Arc;

use portal::config::{Config, DatabaseChoice};
use portal::{Clock, Directory, Portal, RememberedDays, Settings};
use upheld_store::Tenant;
use upheld_store::keys::SharedKeys;
use upheld_store::sql::{
    self, Database, DatabaseError, OpenError, PostgresSettings, SqliteSettings,
};

use super::key_file;
use super::outcome::{Exit, Failure};

/// The database, which must be there.
pub(crate) async fn database(config: &Config) -> Result<Database, Failure> {
    if let DatabaseChoice::Sqlite(file) = &config.database
        && !file.exists()
    {
        let why = format!("there is no database {}; `portal migrate` makes one", file.display());
        return Err(Exit::NotFound.because(why));
    }
    new_database(config).await
}

/// The database, which is made if it is a file that is not there.
pub(crate) async fn new_database(config: &Config) -> Result<Database, Failure> {
    let tenant = Tenant::new(&config.tenant).map_err(|error| Exit::Usage.because(error))?;
    let settings = match &config.database {
        DatabaseChoice::Sqlite(file) => {
            let settings = SqliteSettings::new(file).with_readers(config.pool.get().into());
            sql::Settings::Sqlite(settings)
        }
        DatabaseChoice::Postgres(url) => {
            let settings = PostgresSettings::parse(url).map_err(not_open)?;
            sql::Settings::Postgres(settings.with_connections(config.pool.get().into()))
        }
        _ => return Err(Exit::Failed.because("a database of a kind that is not known here")),
    };
    Database::open(&settings, tenant).await.map_err(not_open)
}

/// The portal on its database, for a command.
pub(crate) async fn portal(config: &Config) -> Result<Portal, Failure> {
    let keys = SharedKeys::new(key_file::read(&config.key_file)?);
    portal_on((database(config).await?, keys), config).await
}

/// The portal, with its tables brought up to date.
pub(crate) async fn portal_on(
    records: (Database, SharedKeys),
    config: &Config,
) -> Result<Portal, Failure> {
    let mail = Directory::open(&config.mail_directory).map_err(Failure::of_system)?;
    let settings = settings(config);
    let portal = Portal::open(records, settings, Clock::system(), Arc::new(mail)).await;
    portal.map_err(|error| Exit::Failed.because(error))
}

/// What a configuration says about the portal itself.
pub(crate) fn settings(config: &Config) -> Settings {
    let days = config.remembered_browser_days.map(NonZero::get);
    Settings {
        duo: config.duo.clone(),
        closing_days: config.closing_days,
        jurisdiction: config.jurisdiction,
        password: config.password,
        second_factor: config.second_factor,
        email_codes: config.email_codes,
        remembered_browsers: days.and_then(RememberedDays::new),
        ..Settings::at(config.public_url.clone())
    }
}

/// Says what an error of opening means to whoever runs a command.
pub(crate) fn not_open(error: OpenError) -> Failure {
    match error {
        OpenError::Database(error) => of_database(error),
        error => Exit::Failed.because(error),
    }
}

/// Says what a database's error means to whoever runs a command.
pub(crate) fn of_database(error: DatabaseError) -> Failure {
    let exit = match error {
        DatabaseError::Busy | DatabaseError::Contended | DatabaseError::Unavailable(_) => {
            Exit::Unavailable
        }
        _ => Exit::Failed,
    };
    exit.because(error)
}
