//! `portal demo`: a portal for trying out, which leaves nothing behind.

use std::io::{self, Write, stdout};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use clap::Args;
use portal::config::LogFormat;
use portal::{
    Clock, Directory, ListenError, Listener, Portal, PublicUrl, RememberedDays, Role, Settings,
    generate_password,
};
use rand::rngs::SysRng;
use tracing::level_filters::LevelFilter;
use upheld_store::Tenant;
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::{self, Database};

use super::outcome::{Exit, Failure};
use super::{log, stop};

const EMAIL: &str = "alex@example.com";
/// Everybody there is, with one password for all.
const PEOPLE: [(&str, &str, Role); 3] = [
    (EMAIL, "Alex Morgan", Role::Patient),
    ("robin@example.com", "Robin Hale", Role::Staff),
    ("kim@example.com", "Kim Osei", Role::Staff),
];

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
    let served = runtime.block_on(serve(options.listen, folder.path()));
    drop(runtime);
    let removed = folder.close().map_err(Failure::of_system);
    served.and(removed)
}

async fn serve(listen: SocketAddr, folder: &Path) -> Result<(), Failure> {
    // Before anything else, so that no signal finds the database there and nobody to remove it.
    let stop = stop::signals().map_err(Failure::of_system)?;
    let listener = Listener::bind(listen).await.map_err(not_listening)?;
    let portal = open(folder, &listener).await?;
    let password = generate_password().map_err(|error| Exit::Failed.because(error))?;
    for (email, name, role) in PEOPLE {
        let added = portal.add_person((email, name), &password, role).await;
        added.map_err(|error| Exit::Failed.because(error))?;
    }
    announce(&listener.url(), &password).map_err(Failure::of_system)?;
    portal.serve(listener, stop).await.map_err(|error| Exit::Failed.because(error))
}

/// A portal with the keys in memory and everything else in `folder`.
async fn open(folder: &Path, listener: &Listener) -> Result<Portal, Failure> {
    let tenant = Tenant::new("demo").map_err(|error| Exit::Failed.because(error))?;
    let database = Database::open(&sql::Settings::sqlite(folder.join("portal.db")), tenant).await;
    let database = database.map_err(|error| Exit::Failed.because(error))?;
    let keys = KeyRing::generate(&mut SysRng).map_err(|error| Exit::Failed.because(error))?;
    let outbox = Directory::open(&folder.join("mail")).map_err(Failure::of_system)?;
    let url = PublicUrl::parse(&listener.url()).map_err(|error| Exit::Failed.because(error))?;
    let settings = Settings {
        email_codes: true,
        remembered_browsers: RememberedDays::new(RememberedDays::MAX),
        ..Settings::at(url)
    };
    let (records, transport) = ((database, SharedKeys::new(keys)), Arc::new(outbox.clone()));
    let portal = Portal::open(records, settings, Clock::system(), transport).await;
    Ok(portal.map_err(|error| Exit::Failed.because(error))?.showing_outbox(outbox))
}

fn announce(url: &str, password: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    write!(
        out,
        "The portal is ready. Its database has three people in it, and is removed at the end.\n\
         \n\
         address: {url}\n\
         user: {EMAIL}\n\
         password: {password}\n\
         \n\
         Next: open the address in Chromium, Chrome, Edge or Firefox (not Safari) and sign in. The\n\
         portal asks you to add an authenticator app: scan the QR code with it, or type the key.\n\
         Then sign out and in again. robin@example.com and kim@example.com are staff, with the same\n\
         password; {url}/dev/outbox shows the e-mails. Ctrl-C ends the portal.\n"
    )?;
    out.flush()
}

fn not_listening(error: ListenError) -> Failure {
    let failure = super::serve::not_listening(error);
    let advice = "--listen 127.0.0.1:0 takes any free port; --listen 127.0.0.1:8081 another";
    failure.exit.because(format!("{}\n  {advice}", failure.why))
}
