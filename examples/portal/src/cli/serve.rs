//! `portal serve`: the portal that a configuration describes.

use std::num::NonZero;
use std::sync::Arc;

use clap::Args;
use portal::config::{Config, DatabaseChoice, LogFormat};
use portal::{Clock, Directory, ListenError, Listener, Portal, RememberedDays, Settings};
use tokio::sync::watch;
use tracing::level_filters::LevelFilter;
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::{self, Database};
use zeroize::Zeroizing;

use super::outcome::{Exit, Failure};
use super::place::Place;
use super::{log, stop};

#[derive(Args, Debug)]
pub(crate) struct Options {
    #[command(flatten)]
    place: Place,
    /// What to log, instead of log.level: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL")]
    log: Option<LevelFilter>,
    /// How to log, instead of log.format: json or text.
    #[arg(long, value_name = "FORMAT", value_parser = log::parse_format)]
    log_format: Option<LogFormat>,
}

/// Serves until a signal comes.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    let config = options.place.read()?;
    let level = options.log.unwrap_or(config.log_level);
    log::start(level, options.log_format.unwrap_or(config.log_format));
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.map_err(Failure::of_system)?.block_on(serve(&config))
}

async fn serve(config: &Config) -> Result<(), Failure> {
    let (stop, stopped) = watch::channel(false);
    let signals = stop::signals().map_err(Failure::of_system)?;
    let url = &config.public_url;
    let listener = Listener::bind_for(url, config.listen, config.trusted_proxies.clone());
    let listener = listener.await.map_err(not_listening)?;
    let portal = open(config).await?;
    let operations = match config.metrics_listen {
        Some(address) => {
            let second = Listener::bind_for_operations(address).await.map_err(not_listening)?;
            let address = second.address();
            tracing::info!(%address, "metrics, healthz and readyz");
            Some(tokio::spawn(portal.operations().serve(second, has_stopped(stopped.clone()))))
        }
        None => None,
    };
    let address = listener.address();
    tracing::info!(%url, %address, version = env!("CARGO_PKG_VERSION"), "serving");
    tokio::spawn(async move {
        signals.await;
        tracing::info!("stopping");
        stop.send_replace(true);
    });
    let served = portal.serve(listener, has_stopped(stopped)).await;
    if let Some(operations) = operations {
        operations.abort();
    }
    tracing::info!("stopped");
    served.map_err(|error| Exit::Failed.because(error))
}

async fn open(config: &Config) -> Result<Portal, Failure> {
    let DatabaseChoice::Sqlite(file) = &config.database else {
        return Err(Exit::Refused.because("database.postgres is not served yet"));
    };
    let tenant = Tenant::new(&config.tenant).map_err(|error| Exit::Usage.because(error))?;
    let database = Database::open(&sql::Settings::sqlite(file), tenant).await;
    let database = database.map_err(|error| Exit::Unavailable.because(error))?;
    let text = std::fs::read_to_string(&config.key_file).map(Zeroizing::new);
    let text = text.map_err(|error| {
        Exit::NotFound.because(format!("{}: {error}", config.key_file.display()))
    })?;
    let keys = KeyRing::parse(&text).map_err(|error| Exit::Failed.because(error))?;
    let mail = Directory::open(&config.mail_directory).map_err(Failure::of_system)?;
    let records = (database, SharedKeys::new(keys));
    let portal = Portal::open(records, settings(config), Clock::system(), Arc::new(mail)).await;
    portal.map_err(|error| Exit::Failed.because(error))
}

fn settings(config: &Config) -> Settings {
    let days = config.remembered_browser_days.map(NonZero::get);
    Settings {
        password: config.password,
        second_factor: config.second_factor,
        email_codes: config.email_codes,
        remembered_browsers: days.and_then(RememberedDays::new),
        ..Settings::at(config.public_url.clone())
    }
}

/// Says what a listener's error means to whoever started the program.
pub(crate) fn not_listening(error: ListenError) -> Failure {
    let exit = match error {
        ListenError::NotLocal(_) | ListenError::NoProxy(_) => Exit::Refused,
        ListenError::InUse(_) => Exit::Unavailable,
        _ => Exit::Failed,
    };
    exit.because(error)
}

async fn has_stopped(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is the same.
    drop(stopped.wait_for(|is_stopped| *is_stopped).await);
}
