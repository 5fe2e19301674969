//! The portal as a program: what it opens, and what it serves.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use upheld_second_factor::Guard;
use upheld_store::consent::Consents;
use upheld_store::keys::SharedKeys;
use upheld_store::record;
use upheld_store::request::Requests;
use upheld_store::second_factor::SecondFactors;
use upheld_store::sql::{Database, DatabaseError};
use upheld_totp::{Label, Secret};
use zeroize::Zeroizing;

use crate::attempts;
use crate::audit::{self, Actor, Entry, Verifying};
use crate::clock::Clock;
use crate::closures;
use crate::connections;
use crate::cookies::SharedCookies;
use crate::declaration::follow;
use crate::devices::DeviceName;
use crate::duo::Duo;
use crate::enrolment;
use crate::exports;
use crate::id::PersonId;
use crate::listener::{Listener, ServeError};
use crate::mail::{self, Directory, Transport};
use crate::notice::Notices;
use crate::observe::{Metrics, NotReady, Operations, Readiness};
use crate::password::{self, PasswordError, Passwords};
use crate::people::{self, DisplayName, Email, NewPerson, Role};
use crate::proxies::TrustedProxies;
use crate::purge;
use crate::record_log;
use crate::records::{Records, RecordsError};
use crate::schema;
use crate::settings::Settings;
use crate::site::Site;
use crate::web;

/// How long the message that is being sent has when the portal stops.
const LAST_MESSAGE: Duration = Duration::from_secs(5);

/// A portal with its database open.
#[derive(Debug)]
pub struct Portal {
    pub(crate) records: Records,
    pub(crate) passwords: Passwords,
    pub(crate) clock: Clock,
    transport: Arc<dyn Transport>,
    outbox: Option<Directory>,
}

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
#[error("the portal could not start: {0}")]
#[non_exhaustive]
pub struct OpenError(#[source] Box<dyn std::error::Error + Send + Sync>);

impl OpenError {
    pub(crate) fn because(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

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

/// Why a hardware token was not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddTokenError {
    /// Nobody who may sign in has this address.
    #[error("nobody who may sign in has this e-mail address")]
    Unknown,
    /// Not a name.
    #[error("the name must have 1 to {} characters on one line", DeviceName::MAX_CHARACTERS)]
    Name,
    /// The database or the system failed.
    #[error("the token was not stored: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why Duo was not added.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AddDuoError {
    /// Nobody who may sign in has this address, or they have Duo.
    #[error("nobody who may sign in has this e-mail address without having Duo")]
    Unknown,
    /// The database or the system failed.
    #[error("Duo was not added: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Portal {
    /// A portal on `database`, whose tables are brought up to date.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `keys` | encrypt what is secret in the database |
    /// | `settings` | how people sign in, and where the portal is |
    /// | `clock` | asked for the time |
    /// | `transport` | takes e-mails to people |
    ///
    /// # Errors
    ///
    /// [`OpenError`] when the tables are of another version or the system gives no randomness.
    pub async fn open(
        (database, keys): (Database, SharedKeys),
        settings: Settings,
        clock: Clock,
        transport: Arc<dyn Transport>,
    ) -> Result<Self, OpenError> {
        schema::migrate(&database).await.map_err(OpenError::because)?;
        let metrics = Metrics::new();
        let passwords = Passwords::new(settings.password, metrics.clone()).await;
        let passwords = passwords.map_err(OpenError::because)?;
        let store = SecondFactors::new(database.clone(), keys.clone());
        let guard = Guard::new(store, settings.second_factor);
        let duo = settings.duo.clone().map(|duo| Duo::open(duo, &settings.public_url));
        let duo = duo.transpose().map_err(OpenError::because)?.map(Arc::new);
        let (law, has_advert) = (settings.jurisdiction, settings.demonstration_advert);
        let cookies = SharedCookies::built_in(keys.clone(), law, has_advert);
        let cookies = cookies.map_err(OpenError::because)?;
        let cookies = cookies.at(&Site::of(&settings.public_url, TrustedProxies::default()));
        let settings = Arc::new(settings);
        let kept = record::Records::new(database.clone(), keys.clone());
        let (consents, requests) = (Consents::new(kept.clone()), Requests::new(kept));
        let notices = Notices::write().map_err(OpenError::because)?;
        let published = notices.publish(&consents, clock.now().to_millis()).await;
        published.map_err(OpenError::because)?;
        let notices = Arc::new(notices);
        let records = Records {
            database,
            keys,
            guard,
            settings,
            metrics,
            duo,
            consents,
            requests,
            notices,
            cookies,
        };
        follow::begin(&records, clock.now()).await.map_err(OpenError::because)?;
        Ok(Self { records, passwords, clock, transport, outbox: None })
    }

    /// Shows the e-mails in `folder` to everyone, under `/dev/outbox`: for trying out alone.
    #[must_use]
    pub fn showing_outbox(self, folder: Directory) -> Self {
        Self { outbox: Some(folder), ..self }
    }

    /// What whoever operates the portal may ask it, on another address.
    #[must_use]
    pub fn operations(&self) -> Operations {
        let (database, cookies) = (self.records.database.clone(), self.records.cookies.clone());
        let readiness = Readiness::new(move || {
            let (asked, is_behind) = (database.clone(), cookies.is_behind());
            async move {
                is_ready(&asked).await?;
                if is_behind { Err(NotReady::DECLARATION) } else { Ok(()) }
            }
        });
        Operations::new(self.records.metrics.clone(), readiness)
    }

    /// Stores a person who can then sign in with `email` and `password`.
    ///
    /// # Errors
    ///
    /// [`AddPersonError`].
    pub async fn add_person(
        &self,
        (email, name): (&str, &str),
        password: &str,
        role: Role,
    ) -> Result<(), AddPersonError> {
        let email = Email::parse(email).filter(|email| Label::new(None, email.as_str()).is_ok());
        let email = email.ok_or(AddPersonError::Email)?;
        let name = DisplayName::parse(name).map_err(|_| AddPersonError::Name)?;
        if password.is_empty() || password.len() > password::MAX_BYTES {
            return Err(AddPersonError::Password);
        }
        let failed_hash = |error: PasswordError| AddPersonError::Failed(error.into());
        let failed_store = |error: DatabaseError| AddPersonError::Failed(error.into());
        let password = Zeroizing::new(password.to_owned());
        let credential = self.passwords.hash(password).await.map_err(failed_hash)?;
        let id = PersonId::generate().map_err(|error| AddPersonError::Failed(error.into()))?;
        let entry = Entry {
            at: self.clock.now().into(),
            actor: Actor::Operator,
            action: "account added",
            subject: Some(id.to_bits()),
        };
        let person = NewPerson { id, email, name, credential, role };
        let added =
            self.records.database.transact(move |transaction| -> Result<_, DatabaseError> {
                let is_added = people::add(transaction, &person)?;
                if is_added {
                    audit::append(transaction, &entry)?;
                }
                Ok(is_added)
            });
        if added.await.map_err(failed_store)? { Ok(()) } else { Err(AddPersonError::Taken) }
    }

    /// Gives a person a hardware token that makes six digits by RFC 4226.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `email` | whose it is |
    /// | `name` | what it is called: 1 to 40 characters |
    /// | `secret` | what the token holds, as its maker says |
    ///
    /// # Errors
    ///
    /// [`AddTokenError`].
    pub async fn add_token(
        &self,
        email: &str,
        name: &str,
        secret: Secret,
    ) -> Result<(), AddTokenError> {
        let email = Email::parse(email).ok_or(AddTokenError::Unknown)?;
        let name = DeviceName::parse(name).map_err(|_| AddTokenError::Name)?;
        let added = enrolment::add_token(&self.records, email, (name, secret), self.clock.now());
        let failed = |error: RecordsError| AddTokenError::Failed(error.into());
        if added.await.map_err(failed)? { Ok(()) } else { Err(AddTokenError::Unknown) }
    }

    /// Lets a person confirm with Duo, which knows them by the same address. They are signed out
    /// everywhere, and told.
    ///
    /// # Errors
    ///
    /// [`AddDuoError`].
    pub async fn add_duo(&self, email: &str) -> Result<(), AddDuoError> {
        let email = Email::parse(email).ok_or(AddDuoError::Unknown)?;
        let added = enrolment::add_duo_of(&self.records, email, self.clock.now());
        let failed = |error: RecordsError| AddDuoError::Failed(error.into());
        if added.await.map_err(failed)? { Ok(()) } else { Err(AddDuoError::Unknown) }
    }

    /// Finishes what was sent to the database and closes it, without serving.
    pub async fn close(self) {
        self.records.database.close().await;
    }

    pub(crate) const fn records(&self) -> &Records {
        &self.records
    }

    pub(crate) const fn clock(&self) -> &Clock {
        &self.clock
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
        self.serve_all(vec![listener], stop).await
    }

    /// Answers requests at several addresses, like [`Portal::serve`] at one.
    ///
    /// # Errors
    ///
    /// [`ServeError`] when one of them can no longer be listened on.
    pub async fn serve_all(
        self,
        listeners: Vec<Listener>,
        stop: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let Self { records, passwords, clock, transport, outbox } = self;
        let cookies = records.cookies.clone();
        let (database, metrics) = (records.database.clone(), records.metrics.clone());
        let purge = tokio::spawn(purge::purge_now_and_then(records.clone(), clock.clone()));
        let (stopping, stopped) = watch::channel(false);
        let send = mail::send_now_and_then(records.clone(), transport, clock.clone(), stopped);
        let mut send = tokio::spawn(send);
        let seal = tokio::spawn(audit::seal_now_and_then(database.clone()));
        let watch = tokio::spawn(record_log::log_now_and_then(database.clone()));
        let copy = tokio::spawn(exports::work_now_and_then(records.clone(), clock.clone()));
        let erase = tokio::spawn(closures::work_now_and_then(records.clone(), clock.clone()));
        let follow = tokio::spawn(follow::follow_now_and_then(records.clone(), clock.clone()));
        let verifying = Verifying::new();
        let app = web::App { records, passwords, clock, cookies, outbox, metrics, verifying };
        let served = serve_pages(&app, listeners, stop).await;
        stopping.send_replace(true);
        purge.abort();
        seal.abort();
        watch.abort();
        copy.abort();
        erase.abort();
        follow.abort();
        // Sent and not noted, a message would be sent again by the next.
        if tokio::time::timeout(LAST_MESSAGE, &mut send).await.is_err() {
            send.abort();
        }
        audit::seal_rest(&database).await;
        record_log::log_last(&database).await;
        database.close().await;
        served.map_err(ServeError::new)
    }
}

/// Serves at every address until `stop` is done, or until one of them fails.
async fn serve_pages(
    app: &web::App,
    listeners: Vec<Listener>,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let (stopping, stopped) = watch::channel(false);
    let mut serving = JoinSet::new();
    for listener in listeners {
        let pages = web::routes::router(app.clone(), &listener.site);
        let pages = pages.map_err(io::Error::other)?;
        let identity = listener.identity.clone();
        let mut stopped = stopped.clone();
        serving.spawn(async move {
            let follow = identity.map(|identity| tokio::spawn(identity.follow()));
            // An error means that the sender is gone, which is the same.
            let stop = async { drop(stopped.wait_for(|is_stopping| *is_stopping).await) };
            let served = connections::accept_until(listener, pages, stop).await;
            if let Some(follow) = follow {
                follow.abort();
            }
            served
        });
    }
    let first = tokio::select! {
        first = serving.join_next() => first,
        () = stop => None,
    };
    stopping.send_replace(true);
    let mut served = first.map_or(Ok(()), |first| first.map_err(io::Error::other)?);
    while let Some(next) = serving.join_next().await {
        served = served.and(next.map_err(io::Error::other)?);
    }
    served
}

/// Whether people can be found, in tables that this program was made for.
async fn is_ready(database: &Database) -> Result<(), NotReady> {
    people::is_there(database).await.map_err(|_| NotReady::DATABASE)?;
    let behind = schema::behind(database).await.map_err(|_| NotReady::DATABASE)?;
    if !behind.is_empty() {
        return Err(NotReady::VERSION);
    }
    attempts::try_to_write(database).await.map_err(|_| NotReady::READ_ONLY)
}
