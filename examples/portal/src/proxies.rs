//! Who is at the other end when proxies stand between.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

/// The proxies whose word about visitors' addresses counts. None, unless configured.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[IpNet]>);

/// Why a text names no proxy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustedProxiesError {
    /// Neither an address nor a network.
    #[error("{0:?} is not an address such as 192.0.2.1 or a network such as 192.0.2.0/24")]
    Malformed(String),
    /// A network whose address has bits beyond its prefix: one of the two is a mistake.
    #[error("{0} has bits beyond its prefix; did you mean {1}?")]
    HostBits(IpNet, IpNet),
    /// Everybody.
    #[error("{0} would let anyone who reaches the portal make up an address")]
    Everybody(IpNet),
    /// An IPv4 network in IPv6 form, which no address is compared with.
    #[error("{0} is an IPv4 network in IPv6 form; write it as IPv4")]
    Mapped(IpNet),
}

impl TrustedProxies {
    /// Reads addresses and networks.
    ///
    /// # Errors
    ///
    /// [`TrustedProxiesError`] about the first one that is none.
    pub fn parse<'a>(
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, TrustedProxiesError> {
        texts.into_iter().map(network).collect::<Result<_, _>>().map(Self)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `address` is one of them.
    #[must_use]
    pub fn includes(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Finds whom a request comes from.
    ///
    /// | argument | meaning |
    /// |---|---|
    /// | `peer` | the other end of the connection |
    /// | `forwarded` | the values of the `X-Forwarded-For` headers, in order |
    ///
    /// Each proxy appends whom it heard from. So the list is read from its end, as long as those
    /// who wrote it are trusted: the first address that is no proxy's is the visitor's. What
    /// stands further left is the visitor's own invention. A proxy that wrote something else than
    /// an address is taken for the visitor itself: that limits too many rather than too few.
    ///
    /// IPv4 addresses in IPv6 form come out as IPv4.
    #[must_use]
    pub fn client<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> IpAddr {
        let mut client = peer.to_canonical();
        let mut hops = forwarded.rev().flat_map(|value| value.rsplit(','));
        while self.includes(client) {
            let Some(hop) = hops.next().and_then(address) else { break };
            client = hop;
        }
        client
    }
}

/// An address as proxies write it: alone, or with the port that it came from.
fn address(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim_ascii();
    let alone = hop.parse::<IpAddr>().ok();
    let with_port = || hop.parse::<std::net::SocketAddr>().ok().map(|address| address.ip());
    alone.or_else(with_port).map(|address| address.to_canonical())
}

fn network(text: &str) -> Result<IpNet, TrustedProxiesError> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    let malformed = |_| TrustedProxiesError::Malformed(text.to_owned());
    let network = text.parse::<IpNet>().map_err(malformed)?;
    if network != network.trunc() {
        return Err(TrustedProxiesError::HostBits(network, network.trunc()));
    }
    if network.prefix_len() == 0 {
        return Err(TrustedProxiesError::Everybody(network));
    }
    match network.addr() {
        IpAddr::V6(address) if address.to_ipv4_mapped().is_some() => {
            Err(TrustedProxiesError::Mapped(network))
        }
        _ => Ok(network),
    }
}
