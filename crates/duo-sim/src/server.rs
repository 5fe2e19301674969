//! The simulator on a network.

mod connection;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::pki_types::CertificateDer;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use upheld_duo::UnixSeconds;

use crate::tls::DevCa;
use crate::{Config, ConfigError, DevCaError, Simulator};
use connection::Plane;

/// How a server is started.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "options are written out")]
pub struct Options {
    /// Who there is.
    pub config: Config,
    /// Where Duo's side listens; port 0 is any.
    pub listen: SocketAddr,
    /// Where the control plane listens, always without TLS; `None` for none.
    pub control: Option<SocketAddr>,
    /// Over what.
    pub transport: Transport,
    /// The same seed makes the same identifiers and codes.
    pub seed: u64,
}

/// Over what Duo's side is reached.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing else")]
pub enum Transport {
    /// TLS, with a certificate of this authority.
    Tls(Box<DevCa>),
    /// Plain HTTP.
    Http,
}

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The configuration contradicts itself.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The certificates could not be made.
    #[error(transparent)]
    Certificates(#[from] DevCaError),
    /// The address cannot be listened at.
    #[error("cannot listen at {address}")]
    Listen {
        /// Which one.
        address: SocketAddr,
        /// Why.
        #[source]
        cause: io::Error,
    },
}

/// A simulator that listens. Dropped, it stops.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    control: Option<SocketAddr>,
    authority: Option<CertificateDer<'static>>,
    handle: Handle,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// Steers a running simulator.
#[derive(Clone, Debug)]
pub struct Handle(pub(crate) Arc<Shared>);

#[derive(Debug)]
pub(crate) struct Shared {
    simulator: Mutex<Simulator>,
    /// Told whenever somebody did something.
    pub(crate) changed: Notify,
}

impl Server {
    /// Starts listening.
    ///
    /// # Errors
    ///
    /// [`StartError`].
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let listener = listen(options.listen).await?;
        let address = local(&listener, options.listen)?;
        let mut simulator = Simulator::new(options.config, &address.to_string(), options.seed)?;
        if matches!(options.transport, Transport::Http) {
            simulator.scheme = "http";
        }
        let handle =
            Handle(Arc::new(Shared { simulator: Mutex::new(simulator), changed: Notify::new() }));
        let (tls, authority) = match &options.transport {
            Transport::Http => (None, None),
            Transport::Tls(ca) => {
                let acceptor = TlsAcceptor::from(Arc::new(ca.server_config()?));
                (Some(acceptor), Some(ca.authority()))
            }
        };
        let (stop, stopped) = watch::channel(false);
        let duo = connection::serve(listener, tls, handle.clone(), Plane::Duo, stopped.clone());
        let mut tasks = vec![tokio::spawn(duo)];
        let mut control = None;
        if let Some(wanted) = options.control {
            let listener = listen(wanted).await?;
            control = Some(local(&listener, wanted)?);
            let plane = connection::serve(listener, None, handle.clone(), Plane::Control, stopped);
            tasks.push(tokio::spawn(plane));
        }
        Ok(Self { address, control, authority, handle, stop, tasks })
    }

    /// Where Duo's side listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the control plane listens.
    #[must_use]
    pub const fn control_address(&self) -> Option<SocketAddr> {
        self.control
    }

    /// Whose certificate a client must believe, if there is TLS.
    #[must_use]
    pub fn authority(&self) -> Option<CertificateDer<'static>> {
        self.authority.clone()
    }

    /// Steers it.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Stops listening, and drops what waits.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        for task in self.tasks.drain(..) {
            // It ends by itself, or was ended.
            drop(task.await);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

impl Handle {
    /// Looks at the simulator, or changes it; then tells all who wait.
    pub fn with<T>(&self, work: impl FnOnce(&mut Simulator, UnixSeconds) -> T) -> T {
        let result = work(&mut self.lock(), clock());
        self.0.changed.notify_waiters();
        result
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Simulator> {
        // A test that panicked with the lock has failed already.
        self.0.simulator.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|cause| StartError::Listen { address, cause })
}

fn local(listener: &TcpListener, address: SocketAddr) -> Result<SocketAddr, StartError> {
    listener.local_addr().map_err(|cause| StartError::Listen { address, cause })
}

#[expect(clippy::disallowed_methods, reason = "the server is where the clock is read")]
pub(crate) fn clock() -> UnixSeconds {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixSeconds(elapsed.map_or(0, |elapsed| elapsed.as_secs()))
}
