//! Hosts, and which domain covers which.

use core::net::{Ipv4Addr, Ipv6Addr};

/// A host in canonical form: a name in lower case, or an IP address.
///
/// A name is ASCII; internationalised names are written as A-labels (`xn--…`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Host {
    text: Box<str>,
    is_address: bool,
}

/// A text that is no host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// There is nothing.
    #[error("the host is empty")]
    Empty,
    /// More than 253 bytes, which no name in the DNS has.
    #[error("the host has {length} bytes; a name has at most 253")]
    TooLong {
        /// How many it has.
        length: usize,
    },
    /// A byte that is no letter, digit, hyphen, underscore or dot.
    #[error(
        "byte {at} of the host is no letter, digit, hyphen, underscore or dot; write international names as xn-- labels"
    )]
    Character {
        /// Where it stands, in bytes.
        at: usize,
    },
    /// Two dots in a row, a dot at the beginning, or more than 63 bytes between two.
    #[error("between two dots of the host there are 1 to 63 bytes")]
    Label,
    /// Brackets around something else than an IPv6 address, or numbers that are no IPv4 address.
    #[error("the host looks like an IP address and is none")]
    Address,
}

const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

impl Host {
    /// Reads a host as it stands in a URL: a name, an IPv4 address or an IPv6 one in brackets.
    ///
    /// # Errors
    ///
    /// [`HostError`].
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.1.2, without the conversion of U-labels; underscores, which user agents take,
    /// are allowed.
    pub fn parse(text: &str) -> Result<Self, HostError> {
        let length = text.len();
        if length == 0 {
            return Err(HostError::Empty);
        }
        if length > LONGEST_NAME {
            return Err(HostError::TooLong { length });
        }
        if let Some(inside) = text.strip_prefix('[') {
            let address = inside.strip_suffix(']').and_then(|text| text.parse::<Ipv6Addr>().ok());
            let address = address.ok_or(HostError::Address)?;
            return Ok(Self { text: format!("[{address}]").into(), is_address: true });
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Ok(Self { text: address.to_string().into(), is_address: true });
        }
        let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if let Some(at) = text.bytes().position(|byte| !is_of_name(byte)) {
            return Err(HostError::Character { at });
        }
        let labels = text.strip_suffix('.').unwrap_or(text).split('.');
        if !labels.into_iter().all(|label| (1..=LONGEST_LABEL).contains(&label.len())) {
            return Err(HostError::Label);
        }
        if ends_in_number(text) {
            return Err(HostError::Address);
        }
        Ok(Self { text: text.to_ascii_lowercase().into(), is_address: false })
    }

    /// The canonical text, with brackets around an IPv6 address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this is an IP address.
    #[must_use]
    pub const fn is_address(&self) -> bool {
        self.is_address
    }

    /// Whether this host is `domain` or, unless it is an address, a name below it.
    ///
    /// `domain` is compared as it is, so it must be in lower case.
    ///
    /// ```
    /// use upheld_cookies::Host;
    ///
    /// let host = Host::parse("www.clinic.example")?;
    /// assert!(host.domain_matches("clinic.example"));
    /// assert!(!host.domain_matches("inic.example"));
    /// # Ok::<(), upheld_cookies::HostError>(())
    /// ```
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.1.3.
    #[must_use]
    pub fn domain_matches(&self, domain: &str) -> bool {
        //= RFC 6265bis §5.1.3: identical, or a suffix after a dot of what is no address
        let above = || self.text.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        *self.text == *domain || (!self.is_address && !domain.is_empty() && above())
    }

    /// Whether a user agent trusts this host without TLS: `localhost` and loopback addresses.
    pub(crate) fn is_loopback(&self) -> bool {
        if self.is_address {
            let is_v4 = self.text.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback());
            return is_v4 || &*self.text == "[::1]";
        }
        self.domain_matches("localhost")
    }
}

/// Whether a user agent would take a name for an IPv4 address because its last label is a number.
fn ends_in_number(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let last = text.rsplit('.').next().unwrap_or(text);
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    let is_hexadecimal = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_decimal = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    is_decimal || hexadecimal.is_some_and(is_hexadecimal)
}
