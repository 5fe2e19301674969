//! The portal as a program: what it opens, and what it serves.

use std::path::Path;
use std::time::Duration;

use upheld_totp::Label;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::connections::{self, Limits};
use crate::listener::{Listener, ServeError};
use crate::observe::{Metrics, NotReady, Operations, Readiness};
use crate::password::{self, PasswordError, PasswordSettings, Passwords};
use crate::people::{self, DisplayName, Email};
use crate::sign_in;
use crate::store::{Store, StoreError, Writer};
use crate::web;

/// How often what has expired is deleted, beside every sign-in.
const PURGE_INTERVAL: Duration = Duration::from_mins(1);

/// A portal with its database open.
#[derive(Debug)]
pub struct Portal {
    store: Store,
    writer: Writer,
    passwords: Passwords,
    clock: Clock,
    metrics: Metrics,
}

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
#[error("the portal could not start: {0}")]
#[non_exhaustive]
pub struct OpenError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// Why a person was not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddPersonError {
    /// Not an address, or one with a colon, which the name in an authenticator app cannot have.
    #[error("the e-mail address must have 1 to {} bytes and no colon", Email::MAX_BYTES)]
    Email,
    /// Somebody has this address.
    #[error("the e-mail address is taken")]
    Taken,
    /// Not a name.
    #[error("the name must have 1 to {} characters on one line", DisplayName::MAX_CHARACTERS)]
    Name,
    /// A password nobody could sign in with.
    #[error("the password must have 1 to {} bytes", password::MAX_BYTES)]
    Password,
    /// The database or the system failed.
    #[error("the person was not stored: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Portal {
    /// Opens the database in `file`, or makes an empty one, with `clock` for the time.
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the file cannot be used or is of another version.
    pub async fn open(file: &Path, clock: Clock) -> Result<Self, OpenError> {
        let metrics = Metrics::new();
        let (store, writer) = Store::open(file).map_err(|error| OpenError(error.into()))?;
        let passwords = Passwords::new(PasswordSettings::default(), metrics.clone()).await;
        let passwords = passwords.map_err(|error| OpenError(error.into()))?;
        Ok(Self { store, writer, passwords, clock, metrics })
    }

    /// What whoever operates the portal may ask it, on another address.
    #[must_use]
    pub fn operations(&self) -> Operations {
        let store = self.store.clone();
        let readiness = Readiness::new(move || {
            let asked = store.clone();
            async move {
                let answer = asked.run(people::is_there);
                answer.await.map_err(|_| NotReady::DATABASE)
            }
        });
        Operations::new(self.metrics.clone(), readiness)
    }

    /// Stores a person who can then sign in with `email` and `password`.
    ///
    /// # Errors
    ///
    /// [`AddPersonError`].
    pub async fn add_person(
        &self,
        email: &str,
        name: &str,
        password: &str,
    ) -> Result<(), AddPersonError> {
        let email = Email::parse(email).filter(|email| Label::new(None, email.as_str()).is_ok());
        let email = email.ok_or(AddPersonError::Email)?;
        let name = DisplayName::parse(name).map_err(|_| AddPersonError::Name)?;
        if password.is_empty() || password.len() > password::MAX_BYTES {
            return Err(AddPersonError::Password);
        }
        let failed_hash = |error: PasswordError| AddPersonError::Failed(error.into());
        let failed_store = |error: StoreError| AddPersonError::Failed(error.into());
        let password = Zeroizing::new(password.to_owned());
        let credential = self.passwords.hash(password).await.map_err(failed_hash)?;
        let added =
            self.store.run(move |transaction| people::add(transaction, &email, &name, &credential));
        if added.await.map_err(failed_store)? { Ok(()) } else { Err(AddPersonError::Taken) }
    }

    /// Answers requests until `stop` is done, then finishes what is under way and closes the
    /// database.
    ///
    /// # Errors
    ///
    /// [`ServeError`] when the address can no longer be listened on. The database is closed then
    /// too.
    pub async fn serve(
        self,
        listener: Listener,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let Self { store, writer, passwords, clock, metrics } = self;
        let purge = tokio::spawn(purge_now_and_then(store.clone(), clock.clone()));
        let app = web::App { store, passwords, clock, metrics };
        let pages = web::routes::router(app, &listener.site);
        let served = connections::accept_until(listener, pages, Limits::default(), stop).await;
        purge.abort();
        let closed = tokio::task::spawn_blocking(|| writer.stop()).await;
        served.map_err(ServeError::new)?;
        closed.map_err(ServeError::new)
    }
}

async fn purge_now_and_then(store: Store, clock: Clock) {
    let mut interval = tokio::time::interval(PURGE_INTERVAL);
    loop {
        interval.tick().await;
        let now = clock.now();
        if let Err(error) = store.run(move |transaction| sign_in::purge(transaction, now)).await {
            tracing::error!(%error, "what has expired was not deleted");
        }
    }
}
