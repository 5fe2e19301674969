//! A portal for trying out, which leaves nothing behind.

use std::io::{self, Write, stdout};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use portal::{
    AddPersonError, Clock, Directory, ListenError, Listener, NoRandomness, OpenError, Portal,
    RememberedDays, Role, ServeError, Settings, generate_password,
};
use rand::rngs::SysRng;
use tokio::signal::unix::{SignalKind, signal};
use upheld_store::keys::{KeyRing, SharedKeys};
use upheld_store::sql::{self, Database};
use upheld_store::{Tenant, TenantError};

const EMAIL: &str = "alex@example.com";
const NAME: &str = "Alex Morgan";

/// Why the demonstration did not start, or ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    #[error("{0}\n  --listen 127.0.0.1:0 takes any free port; --listen 127.0.0.1:8081 another")]
    Listen(#[from] ListenError),
    #[error("the temporary directory could not be made or removed: {0}")]
    Folder(#[source] io::Error),
    #[error("the system refused threads, signals or output: {0}")]
    System(#[source] io::Error),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the operating system provided no randomness for a key")]
    NoKeys,
    #[error(transparent)]
    Tenant(#[from] TenantError),
    #[error("the database could not be opened: {0}")]
    Database(#[from] sql::OpenError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    AddPerson(#[from] AddPersonError),
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Serves until a signal comes, and removes the database.
pub(crate) fn run(listen: SocketAddr) -> Result<(), DemoError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(DemoError::System)?;
    // Only this user may look into it. Removed when dropped, and before this function returns.
    let folder = tempfile::Builder::new().prefix("portal-demo-").tempdir();
    let folder = folder.map_err(DemoError::Folder)?;
    let served = runtime.block_on(serve(listen, folder.path()));
    drop(runtime);
    let removed = folder.close().map_err(DemoError::Folder);
    served.and(removed)
}

async fn serve(listen: SocketAddr, folder: &Path) -> Result<(), DemoError> {
    // Before anything else, so that no signal finds the database there and nobody to remove it.
    let stop = stop_signal().map_err(DemoError::System)?;
    let listener = Listener::bind(listen).await?;
    let outbox = Directory::open(&folder.join("mail")).map_err(DemoError::Folder)?;
    let tenant = Tenant::new("demo")?;
    let database = Database::open(&sql::Settings::sqlite(folder.join("portal.db")), tenant).await?;
    let keys = KeyRing::generate(&mut SysRng).map_err(|_| DemoError::NoKeys)?;
    let settings = Settings {
        email_codes: true,
        remembered_browsers: RememberedDays::new(RememberedDays::MAX),
        ..Settings::at(listener.url())
    };
    let transport = Arc::new(outbox.clone());
    let portal =
        Portal::open((database, SharedKeys::new(keys)), settings, Clock::system(), transport)
            .await?;
    let portal = portal.showing_outbox(outbox);
    let password = generate_password()?;
    portal.add_person((EMAIL, NAME), &password, Role::Patient).await?;
    announce(&listener.url(), &password).map_err(DemoError::System)?;
    portal.serve(listener, stop).await?;
    Ok(())
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

/// Done when the user or the system asks the program to end.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}
