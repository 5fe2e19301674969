//! Serves the guide's service on this computer, with one account and a database that goes with it.

use std::time::SystemTime;

use own_service::{Service, router};
use tokio::net::TcpListener;
use upheld_second_factor::AccountId;
use upheld_store::keys::KeyRing;
use upheld_totp::UnixSeconds;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt::init();
    let folder = tempfile::tempdir()?;
    let keys = KeyRing::generate(&mut rand::rngs::SysRng)?; // yours: KeyRing::parse of a file
    let service =
        Service::open(&folder.path().join("service.db"), keys, check_password, clock).await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    tracing::info!("http://localhost:{}/ (alice, correct horse)", listener.local_addr()?.port());
    let end = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, router(service)?).with_graceful_shutdown(end).await?;
    Ok(())
}

/// Stands for a slow hash of a real password, and a limit on attempts.
fn check_password(name: &str, password: &str) -> Option<AccountId> {
    (name == "alice" && password == "correct horse").then_some(AccountId(42))
}

fn clock() -> UnixSeconds {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixSeconds(since.map_or(0, |since| since.as_secs()))
}
