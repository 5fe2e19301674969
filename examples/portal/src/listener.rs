//! An address that is listened on, and for whom.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZero;

use tokio::net::TcpListener;

use crate::proxies::TrustedProxies;
use crate::site::{PublicUrl, Site};
use crate::tls::Identity;

/// Why an address was not listened on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// An address other computers could reach, over HTTP that anyone could read.
    #[error("{0} is not an address of this computer alone; use 127.0.0.1 or [::1]")]
    NotLocal(SocketAddr),
    /// The same, and no proxy is known that could have ended the encryption.
    #[error(
        "{0} can be reached by other computers over plain HTTP; set server.tls_certificate, \
         name the proxy that ends TLS in server.trusted_proxies, or use 127.0.0.1 or [::1]"
    )]
    NoProxy(SocketAddr),
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

impl ServeError {
    pub(crate) fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(error.into())
    }
}

/// An address that is listened on.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: TcpListener,
    address: SocketAddr,
    pub(crate) site: Site,
    may_connect: MayConnect,
    pub(crate) max_connections: NonZero<u16>,
    /// Whose TLS is ended here.
    pub(crate) identity: Option<Identity>,
}

/// How many connections are open at a time, unless said otherwise; further ones wait.
const MAX_CONNECTIONS: NonZero<u16> = NonZero::new(512).unwrap();

/// Whose connections are taken.
#[derive(Clone, Copy, Debug)]
enum MayConnect {
    /// Of this computer and of trusted proxies.
    TheSites,
    Everyone,
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
        let (socket, address) = bind(address).await?;
        let site = Site::of_this_computer(address.port());
        Ok(Self::new((socket, address), site, MayConnect::TheSites))
    }

    /// Listens for visitors of `url`, who come through `proxies` if there are any.
    ///
    /// Beyond this computer only connections from the proxies are taken: nothing else can have
    /// been encrypted.
    ///
    /// # Errors
    ///
    /// [`ListenError`].
    pub async fn bind_for(
        url: &PublicUrl,
        address: SocketAddr,
        proxies: TrustedProxies,
    ) -> Result<Self, ListenError> {
        if !address.ip().is_loopback() && proxies.is_empty() {
            return Err(ListenError::NoProxy(address));
        }
        let (socket, address) = bind(address).await?;
        let site = Site::of(url, proxies);
        Ok(Self::new((socket, address), site, MayConnect::TheSites))
    }

    /// Listens for visitors of `url` and ends their TLS. Beyond this computer, everybody may come.
    ///
    /// # Errors
    ///
    /// [`ListenError`].
    pub async fn bind_with_tls(
        url: &PublicUrl,
        address: SocketAddr,
        proxies: TrustedProxies,
        identity: Identity,
    ) -> Result<Self, ListenError> {
        let (socket, address) = bind(address).await?;
        let listener = Self::new((socket, address), Site::of(url, proxies), MayConnect::Everyone);
        Ok(Self { identity: Some(identity), ..listener })
    }

    /// Listens on an address of this computer like [`Listener::bind`], and ends TLS.
    ///
    /// # Errors
    ///
    /// [`ListenError`].
    pub async fn bind_locally_with_tls(
        address: SocketAddr,
        identity: Identity,
    ) -> Result<Self, ListenError> {
        let listener = Self::bind(address).await?;
        let site = Site::of_this_computer_with_tls(listener.address.port());
        Ok(Self { site, identity: Some(identity), ..listener })
    }

    /// Listens for whoever operates the portal. Who can reach the address is up to them.
    ///
    /// # Errors
    ///
    /// [`ListenError`].
    pub async fn bind_for_operations(address: SocketAddr) -> Result<Self, ListenError> {
        let (socket, address) = bind(address).await?;
        let site = Site::of_this_computer(address.port());
        Ok(Self::new((socket, address), site, MayConnect::Everyone))
    }

    /// Sets how many connections are open at a time; further ones wait. 512 unless said otherwise.
    #[must_use]
    pub fn with_max_connections(self, max_connections: NonZero<u16>) -> Self {
        Self { max_connections, ..self }
    }

    fn new(
        (socket, address): (TcpListener, SocketAddr),
        site: Site,
        may_connect: MayConnect,
    ) -> Self {
        Self {
            socket,
            address,
            site,
            may_connect,
            max_connections: MAX_CONNECTIONS,
            identity: None,
        }
    }

    /// The address with its real port.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What to type into a browser of this computer.
    ///
    /// `localhost` where it is likely to lead here: browsers let it keep `Secure` cookies.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.identity.is_some() { "https" } else { "http" };
        let port = self.address.port();
        match self.address.ip() {
            ip if ip == Ipv4Addr::LOCALHOST => format!("{scheme}://localhost:{port}"),
            _ => format!("{scheme}://{}", self.address),
        }
    }

    pub(crate) fn may_connect(&self, peer: SocketAddr) -> bool {
        match self.may_connect {
            MayConnect::TheSites => self.site.may_connect(peer),
            MayConnect::Everyone => true,
        }
    }
}

async fn bind(address: SocketAddr) -> Result<(TcpListener, SocketAddr), ListenError> {
    let bound = async {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok((socket, address))
    };
    bound.await.map_err(|error: io::Error| match error.kind() {
        io::ErrorKind::AddrInUse => ListenError::InUse(address),
        _ => ListenError::Refused(address, error),
    })
}
