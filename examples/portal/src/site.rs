//! Where the portal is, as its visitors see it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::proxies::TrustedProxies;

/// The address of the portal: scheme, host, and a port if it is not the scheme's own.
///
/// `https`, or `http` for names of this computer alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: Scheme,
    authority: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

/// Why a text is no address for a portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublicUrlError {
    /// Neither `http` nor `https`.
    #[error("it must begin with https://")]
    Scheme,
    /// Plain HTTP to where others can listen in.
    #[error("it must begin with https://, unless its host is localhost, 127.0.0.1 or [::1]")]
    Plain,
    /// A path, a query, a user, or no host.
    #[error(
        "after https:// it must have a host in lower case and perhaps a port, and nothing else; \
         internationalised names are written in their xn-- form"
    )]
    Host,
    /// A number that is no port, or the port that the scheme implies.
    #[error("its port must be 1 to 65535, and is left out when it is the scheme's own")]
    Port,
}

impl PublicUrl {
    /// Reads an address; a slash at the end is dropped.
    ///
    /// # Errors
    ///
    /// [`PublicUrlError`].
    //= RFC 6454 §4: an origin is a scheme, a host and a port
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let (scheme, rest) = if let Some(rest) = text.strip_prefix("https://") {
            (Scheme::Https, rest)
        } else if let Some(rest) = text.strip_prefix("http://") {
            (Scheme::Http, rest)
        } else {
            return Err(PublicUrlError::Scheme);
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        let (host, port) = split(authority)?;
        if let Some(port) = port {
            check_port(port, scheme)?;
        }
        if scheme == Scheme::Http && !is_of_this_computer(host) {
            return Err(PublicUrlError::Plain);
        }
        Ok(Self { scheme, authority: authority.to_owned() })
    }

    /// Whether the way there is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.scheme == Scheme::Https
    }

    /// The host, with the port if it is not the scheme's own.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_https() { "https" } else { "http" };
        write!(f, "{scheme}://{}", self.authority)
    }
}

/// Whom the portal answers as, and whom it believes.
#[derive(Clone, Debug)]
pub(crate) struct Site(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    authorities: Vec<String>,
    origins: Vec<String>,
    /// Whether browsers are told to come back over TLS alone.
    is_strict: bool,
    proxies: TrustedProxies,
}

impl Site {
    /// This computer, by name and by number, over plain HTTP.
    pub(crate) fn of_this_computer(port: u16) -> Self {
        Self::local(port, Scheme::Http)
    }

    /// This computer, by name and by number, over TLS.
    pub(crate) fn of_this_computer_with_tls(port: u16) -> Self {
        Self::local(port, Scheme::Https)
    }

    fn local(port: u16, scheme: Scheme) -> Self {
        let scheme = if scheme == Scheme::Https { "https" } else { "http" };
        let names = ["localhost", "127.0.0.1", "[::1]"];
        let authorities: Vec<_> = names.iter().map(|name| format!("{name}:{port}")).collect();
        let origins = authorities.iter().map(|name| format!("{scheme}://{name}")).collect();
        let proxies = TrustedProxies::default();
        // Other programs of this computer speak plain HTTP under the same names.
        Self(Arc::new(Inner { authorities, origins, is_strict: false, proxies }))
    }

    pub(crate) fn of(url: &PublicUrl, proxies: TrustedProxies) -> Self {
        let authorities = vec![url.authority().to_owned()];
        let origins = vec![url.to_string()];
        Self(Arc::new(Inner { authorities, origins, is_strict: url.is_https(), proxies }))
    }

    pub(crate) fn is_named(&self, host: &str) -> bool {
        self.0.authorities.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// The hosts, without their ports.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.0.authorities.iter().filter_map(|name| split(name).ok()).map(|(host, _)| host)
    }

    pub(crate) fn is_origin(&self, origin: &str) -> bool {
        self.0.origins.iter().any(|known| known.eq_ignore_ascii_case(origin))
    }

    pub(crate) fn is_strict(&self) -> bool {
        self.0.is_strict
    }

    pub(crate) fn proxies(&self) -> &TrustedProxies {
        &self.0.proxies
    }

    /// Whether somebody at `peer` may speak plain HTTP to the portal: this computer, or a proxy
    /// that has ended the encryption.
    pub(crate) fn may_connect(&self, peer: SocketAddr) -> bool {
        let peer = peer.ip().to_canonical();
        peer.is_loopback() || self.0.proxies.includes(peer)
    }
}

fn split(authority: &str) -> Result<(&str, Option<&str>), PublicUrlError> {
    let end = match authority.strip_prefix('[') {
        Some(rest) => rest.find(']').and_then(|at| at.checked_add(2)),
        None => Some(authority.find(':').unwrap_or(authority.len())),
    };
    let (host, rest) =
        end.and_then(|end| authority.split_at_checked(end)).ok_or(PublicUrlError::Host)?;
    if !is_host(host) {
        return Err(PublicUrlError::Host);
    }
    match (rest, rest.strip_prefix(':')) {
        ("", _) => Ok((host, None)),
        (_, Some(port)) => Ok((host, Some(port))),
        (_, None) => Err(PublicUrlError::Host),
    }
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        return matches!(inner.parse(), Ok(IpAddr::V6(address)) if address.to_string() == inner);
    }
    let is_known = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| (1..=63).contains(&label.len()) && label.bytes().all(is_known);
    host.len() <= 253 && host.split('.').all(is_label)
}

fn check_port(port: &str, scheme: Scheme) -> Result<(), PublicUrlError> {
    let own = match scheme {
        Scheme::Http => 80,
        Scheme::Https => 443,
    };
    match port.parse::<u16>() {
        Ok(number) if number != 0 && number != own && number.to_string() == port => Ok(()),
        _ => Err(PublicUrlError::Port),
    }
}

fn is_of_this_computer(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}
