//! Names that promise how a cookie was set.

/// A prefix of a cookie's name that user agents enforce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Prefix {
    /// `__Secure-`: set over a secure connection, with `Secure`.
    Secure,
    /// `__Host-`: as `Secure`, for one host and all of its paths.
    Host,
    /// `__Http-`: as `Secure`, with `HttpOnly`, so that no script has set it.
    Http,
    /// `__Host-Http-`: as `Host` and `Http`.
    HostHttp,
}

impl Prefix {
    /// Every prefix, longer before shorter where one begins with the other.
    pub const ALL: [Self; 4] = [Self::HostHttp, Self::Host, Self::Http, Self::Secure];

    /// The prefix as servers must spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secure => "__Secure-",
            Self::Host => "__Host-",
            Self::Http => "__Http-",
            Self::HostHttp => "__Host-Http-",
        }
    }

    /// The prefix that `text` begins with, in any case of letters.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.4; draft-ietf-httpbis-layered-cookies, Cookie Name Prefixes.
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        //= RFC 6265bis §5.4: user agents compare prefixes without regard to case
        if !text.starts_with(b"__") {
            return None;
        }
        let begins = |prefix: &Self| {
            let prefix = prefix.as_str().as_bytes();
            text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        Self::ALL.into_iter().find(begins)
    }

    /// Whether the cookie must be `HttpOnly`.
    pub(crate) const fn demands_http_only(self) -> bool {
        matches!(self, Self::Http | Self::HostHttp)
    }

    /// Whether the cookie must be for one host and the path `/`.
    pub(crate) const fn demands_host_only(self) -> bool {
        matches!(self, Self::Host | Self::HostHttp)
    }
}
