//! `portal demo`: a portal for trying out, which leaves nothing behind.

use std::io::{self, Write, stdout};
use std::net::SocketAddr;
use std::path::Path;

use clap::Args;
use portal::config::LogFormat;
use portal::{Clock, ListenError, Listener, Portal, generate_password};
use tracing::level_filters::LevelFilter;

use super::outcome::{Exit, Failure};
use super::{log, stop};

const EMAIL: &str = "alex@example.com";
const NAME: &str = "Alex Morgan";

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Where to listen: an address of this computer and a port, 0 for any that is free.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// What to write to the standard error: off, error, warn, info, debug or trace.
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: LevelFilter,
    /// How to write it: json or text.
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = log::parse_format)]
    log_format: LogFormat,
}

/// Serves until a signal comes, and removes the database.
pub(crate) fn run(options: &Options) -> Result<(), Failure> {
    log::start(options.log, options.log_format);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::of_system)?;
    // Only this user may look into it. Removed when dropped, and before this function returns.
    let folder =
        tempfile::Builder::new().prefix("portal-demo-").tempdir().map_err(Failure::of_system)?;
    let served = runtime.block_on(serve(options.listen, &folder.path().join("portal.db")));
    drop(runtime);
    let removed = folder.close().map_err(Failure::of_system);
    served.and(removed)
}

async fn serve(listen: SocketAddr, database: &Path) -> Result<(), Failure> {
    // Before anything else, so that no signal finds the database there and nobody to remove it.
    let stop = stop::signals().map_err(Failure::of_system)?;
    let listener = Listener::bind(listen).await.map_err(not_listening)?;
    let portal = Portal::open(database, Clock::system())
        .await
        .map_err(|error| Exit::Failed.because(error))?;
    let password = generate_password().map_err(|error| Exit::Failed.because(error))?;
    portal.add_person(EMAIL, NAME, &password).await.map_err(|error| Exit::Failed.because(error))?;
    announce(&listener.url(), &password).map_err(Failure::of_system)?;
    portal.serve(listener, stop).await.map_err(|error| Exit::Failed.because(error))
}

fn announce(url: &str, password: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    write!(
        out,
        "The portal is ready. Its database is empty but for one person, and removed at the end.\n\
         \n\
         address: {url}\n\
         user: {EMAIL}\n\
         password: {password}\n\
         \n\
         Next: open the address in Chromium, Chrome, Edge or Firefox (not Safari) and sign in. The\n\
         portal asks you to add an authenticator app: scan the QR code with it, or type the key.\n\
         Then sign out and in again. Ctrl-C ends the portal.\n"
    )?;
    out.flush()
}

fn not_listening(error: ListenError) -> Failure {
    let failure = super::serve::not_listening(error);
    let advice = "--listen 127.0.0.1:0 takes any free port; --listen 127.0.0.1:8081 another";
    failure.exit.because(format!("{}\n  {advice}", failure.why))
}
