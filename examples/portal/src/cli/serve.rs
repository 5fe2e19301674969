//! `portal serve`: the portal that a configuration describes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use portal::config::{Config, LogFormat};
use portal::{Identity, ListenError, Listener};
use tokio::sync::watch;
use tracing::level_filters::LevelFilter;
use upheld_store::keys::SharedKeys;

use super::outcome::{Exit, Failure};
use super::place::Place;
use super::{key_file, log, open, stop};

/// How soon a new key is noticed. `keys rotate` waits for longer.
const KEY_FILE_INTERVAL: Duration = Duration::from_secs(2);

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
    let listener = listen(config).await?;
    let listener = listener.with_max_connections(config.max_connections);
    let keys = SharedKeys::new(key_file::read(&config.key_file)?);
    let portal = open::portal_on((open::new_database(config).await?, keys.clone()), config).await?;
    let watch = tokio::spawn(follow(config.key_file.clone(), keys));
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
    watch.abort();
    if let Some(operations) = operations {
        operations.abort();
    }
    tracing::info!("stopped");
    served.map_err(|error| Exit::Failed.because(error))
}

async fn listen(config: &Config) -> Result<Listener, Failure> {
    let (url, address, proxies) =
        (&config.public_url, config.listen, config.trusted_proxies.clone());
    let listener = match &config.tls {
        None => Listener::bind_for(url, address, proxies).await,
        Some((certificate, key)) => {
            let identity = Identity::read(certificate.clone(), key.clone());
            let identity = identity.map_err(|error| Exit::Failed.because(error))?;
            Listener::bind_with_tls(url, address, proxies, identity).await
        }
    };
    listener.map_err(not_listening)
}

/// Takes the keys in the file whenever it has changed. A file that cannot be used is logged, and
/// the keys stay as they are.
pub(crate) async fn follow(path: PathBuf, keys: SharedKeys) {
    let mut interval = tokio::time::interval(KEY_FILE_INTERVAL);
    let mut known = key_file::version(&path);
    loop {
        interval.tick().await;
        let found = key_file::version(&path);
        if found == known {
            continue;
        }
        known = found;
        match key_file::read(&path) {
            Ok(ring) => {
                tracing::info!(current = %ring.current(), "the keys were read anew");
                keys.replace(ring);
            }
            Err(failure) => tracing::error!(error = %failure.why, "the keys stay as they were"),
        }
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
