//! The portal as a program: a database, an address, and the loop that takes connections.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use upheld_second_factor::Guard;
use upheld_store::keys::SharedKeys;
use upheld_store::sql::{Database, DatabaseError, Migration};
use upheld_totp::{Label, Secret};
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::devices::DeviceName;
use crate::enrolment;
use crate::factor_store::SecondFactors;
use crate::id::PersonId;
use crate::mail::{self, Directory, Transport};
use crate::password::{self, PasswordError, Passwords};
use crate::people::{self, DisplayName, Email, NewPerson, Role};
use crate::records::{Records, RecordsError};
use crate::settings::Settings;
use crate::sign_in;
use crate::web::{self, Hosts, Peer};

const MAX_CONNECTIONS: usize = 512;
const MAX_HEADERS: usize = 64;
/// The request line and all headers together.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// From the first byte of a connection, or the end of the last answer, to the end of the headers.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// For what is under way when the portal stops.
const FAREWELL: Duration = Duration::from_secs(5);
/// How often what has expired is deleted, beside every sign-in.
const PURGE_INTERVAL: Duration = Duration::from_mins(1);

/// The tables of the portal itself.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/0001_accounts.sql"),
        postgres: include_str!("../migrations/postgres/0001_accounts.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/sqlite/0002_factors.sql"),
        postgres: include_str!("../migrations/postgres/0002_factors.sql"),
    },
];

/// A portal with its database open.
#[derive(Debug)]
pub struct Portal {
    records: Records,
    passwords: Passwords,
    clock: Clock,
    transport: Arc<dyn Transport>,
    outbox: Option<Directory>,
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

/// Why an address was not listened on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// An address other computers could reach, over HTTP that anyone could read.
    #[error("{0} is not an address of this computer alone; use 127.0.0.1 or [::1]")]
    NotLocal(SocketAddr),
    /// Somebody else listens there.
    #[error("{0} is in use by another program; choose another port, or 0 for any that is free")]
    InUse(SocketAddr),
    /// The system refused.
    #[error("the system does not let this program listen on {0}: {1}")]
    Refused(SocketAddr, #[source] io::Error),
}

/// Why a portal stopped serving.
#[derive(Debug, thiserror::Error)]
#[error("the portal stopped: {0}")]
#[non_exhaustive]
pub struct ServeError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// An address that is listened on.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Listens on an address of this computer; port 0 stands for any that is free.
    ///
    /// # Errors
    ///
    /// [`ListenError`].
    pub async fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        if !address.ip().is_loopback() {
            return Err(ListenError::NotLocal(address));
        }
        let bound = async {
            let socket = TcpListener::bind(address).await?;
            let address = socket.local_addr()?;
            Ok(Self { socket, address })
        };
        bound.await.map_err(|error: io::Error| match error.kind() {
            io::ErrorKind::AddrInUse => ListenError::InUse(address),
            _ => ListenError::Refused(address, error),
        })
    }

    /// The address with its real port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to type into a browser.
    ///
    /// `localhost` where it is likely to lead here: browsers let it keep `Secure` cookies.
    #[must_use]
    pub fn url(&self) -> String {
        let port = self.address.port();
        match self.address.ip() {
            ip if ip == Ipv4Addr::LOCALHOST => format!("http://localhost:{port}"),
            _ => format!("http://{}", self.address),
        }
    }
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
        let migrated = database.migrate("portal", MIGRATIONS).await;
        migrated.map_err(|error| OpenError(error.into()))?;
        let passwords = Passwords::new().await.map_err(|error| OpenError(error.into()))?;
        let store = SecondFactors::new(database.clone());
        let guard = Guard::new(store, settings.second_factor);
        let records = Records { database, keys, guard, settings: Arc::new(settings) };
        Ok(Self { records, passwords, clock, transport, outbox: None })
    }

    /// Shows the e-mails in `folder` to everyone, under `/dev/outbox`: for trying out alone.
    #[must_use]
    pub fn showing_outbox(self, folder: Directory) -> Self {
        Self { outbox: Some(folder), ..self }
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
        let person = NewPerson { id, email, name, credential, role };
        let added =
            self.records.database.transact(move |transaction| people::add(transaction, &person));
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
        let Self { records, passwords, clock, transport, outbox } = self;
        let database = records.database.clone();
        let purge = tokio::spawn(purge_now_and_then(records.clone(), clock.clone()));
        let send = mail::send_now_and_then(records.clone(), transport, clock.clone());
        let send = tokio::spawn(send);
        let app = web::App { records, passwords, clock, outbox };
        let pages = web::routes::router(app, Hosts::of_port(listener.address.port()));
        let served = accept_until(listener.socket, pages, stop).await;
        purge.abort();
        send.abort();
        database.close().await;
        served.map_err(|error| ServeError(error.into()))
    }
}

async fn purge_now_and_then(records: Records, clock: Clock) {
    let mut interval = tokio::time::interval(PURGE_INTERVAL);
    loop {
        interval.tick().await;
        let now = clock.now();
        let purged = records.database.transact(move |transaction| {
            sign_in::purge(transaction, now)?;
            mail::purge(transaction, now)
        });
        if let Err(error) = purged.await {
            tracing::error!(%error, "what has expired was not deleted");
        }
    }
}

async fn accept_until(
    socket: TcpListener,
    pages: Router,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut stop = pin!(stop);
    let free = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let open = GracefulShutdown::new();
    loop {
        let next = async {
            let room = Arc::clone(&free).acquire_owned().await.map_err(io::Error::other)?;
            socket.accept().await.map(|(stream, peer)| (stream, peer, room))
        };
        let accepted = tokio::select! {
            accepted = next => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer, room)) => converse(stream, peer, room, pages.clone(), &open),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, most likely: some will be free again soon.
                tracing::error!(%error, "no connection could be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(socket);
    if tokio::time::timeout(FAREWELL, open.shutdown()).await.is_err() {
        tracing::warn!("stopped with requests still under way");
    }
    Ok(())
}

fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    room: OwnedSemaphorePermit,
    pages: Router,
    open: &GracefulShutdown,
) {
    // Answers are small: waiting to fill a packet only delays them.
    drop(stream.set_nodelay(true));
    let pages = TowerToHyperService::new(pages);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer.ip()));
        pages.call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection broke");
        }
        drop(room);
    });
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}
