//! The parts of a URL that decide about cookies.

use crate::{Host, HostError};

/// Where a request goes: whether the connection is secure, the host, and the path.
///
/// The port and the query play no part in cookies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestUrl {
    secure: bool,
    host: Host,
    path: Box<[u8]>,
}

/// A text that is no URL of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UrlError {
    /// It begins with something else than `https://`, `http://`, `wss://` or `ws://`.
    #[error("the URL must begin with https://, http://, wss:// or ws://")]
    Scheme,
    /// After the host stands no port number.
    #[error("the port must be a number below 65536")]
    Port,
    /// The host is none.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl RequestUrl {
    /// Reads an absolute URL.
    ///
    /// The path is taken as a user agent would send it: dots and escapes are not resolved.
    ///
    /// ```
    /// use upheld_cookies::RequestUrl;
    ///
    /// let url = RequestUrl::parse("https://www.clinic.example:8443/staff/rota?week=7")?;
    /// assert_eq!((url.host().as_str(), url.path()), ("www.clinic.example", &b"/staff/rota"[..]));
    /// assert!(url.is_secure());
    /// # Ok::<(), upheld_cookies::UrlError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`UrlError`].
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (scheme, rest) = text.split_once("://").ok_or(UrlError::Scheme)?;
        let encrypted = match scheme.to_ascii_lowercase().as_str() {
            "https" | "wss" => true,
            "http" | "ws" => false,
            _ => return Err(UrlError::Scheme),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let authority = authority.rsplit('@').next().unwrap_or(authority);
        let host = Host::parse(without_port(authority)?)?;
        let path = rest.split(['?', '#']).next().unwrap_or_default();
        let path = if path.is_empty() { "/" } else { path };
        let secure = encrypted || host.is_loopback();
        Ok(Self { secure, host, path: path.as_bytes().into() })
    }

    /// Whether the connection counts as secure: TLS, or a host on this machine.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.8.3 leaves the definition to user agents and names both.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The host.
    #[must_use]
    pub const fn host(&self) -> &Host {
        &self.host
    }

    /// The path; `/` if the URL has none.
    #[must_use]
    pub const fn path(&self) -> &[u8] {
        &self.path
    }
}

fn without_port(authority: &str) -> Result<&str, UrlError> {
    let Some((host, port)) = authority.rsplit_once(':') else { return Ok(authority) };
    if port.ends_with(']') {
        return Ok(authority); // a colon of an IPv6 address
    }
    let is_port = port.is_empty() || (port.parse::<u16>().is_ok() && !port.starts_with('+'));
    if is_port { Ok(host) } else { Err(UrlError::Port) }
}
