//! What becomes of a cookie that is received.

use super::{Api, Jar, Origin, Request, StoredCookie};
use crate::{
    Host, PathAttribute, Prefix, SameSite, SetCookie, SuffixList, UnixSeconds, default_path,
    path_matches,
};

/// What a user agent did with a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use]
pub enum Received {
    /// It is stored, in place of an older one if there was one.
    Stored,
    /// Its lifetime was over, so nothing is stored; an older one is removed.
    Expired {
        /// Whether there was one.
        removed: bool,
    },
    /// It is ignored.
    Dropped(Dropped),
}

/// Why a user agent ignores a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Dropped {
    /// A control character.
    #[error("byte {at} is a control character; none but the tab is allowed")]
    Control {
        /// Where it stands.
        at: usize,
    },
    /// More than 4,096 bytes.
    #[error("name and value have {length} bytes; 4096 are allowed")]
    TooLong {
        /// How many they have.
        length: usize,
    },
    /// Nothing.
    #[error("both name and value are empty")]
    Empty,
    /// A domain with bytes beyond ASCII.
    #[error("the Domain has bytes beyond ASCII; write xn-- labels")]
    DomainNotAscii,
    /// A domain that belongs to everyone.
    #[error("the Domain is a public suffix; name a domain of your own")]
    PublicSuffix,
    /// A domain that is not the host's.
    #[error("the Domain is neither the host nor a domain above it")]
    ForeignDomain,
    /// `Secure` over a connection that is not.
    #[error("Secure needs a secure connection")]
    InsecureConnection,
    /// `HttpOnly` from a script.
    #[error("a script cannot set an HttpOnly cookie")]
    HttpOnlyFromScript,
    /// It would stand before a cookie that is `Secure`.
    #[error("over a connection that is not secure it would overlay a Secure cookie")]
    OverlaysSecure,
    /// Embedded in another site's page.
    #[error("a response embedded in another site's page may set SameSite=None cookies only")]
    CrossSite,
    /// `SameSite=None` without `Secure`.
    #[error("SameSite=None needs Secure")]
    SameSiteNoneInsecure,
    /// `Partitioned` without `Secure`.
    #[error("Partitioned needs Secure")]
    PartitionedInsecure,
    /// The name promises what the attributes do not keep.
    #[error("the name begins with {}, which needs {}", .0.as_str(), needs(*.0))]
    Prefix(Prefix),
    /// The value of a nameless cookie would be sent back as such a name.
    #[error("a cookie without a name must not have a value that begins with {}", .0.as_str())]
    NamelessPrefix(Prefix),
    /// A script would overwrite a cookie that it cannot see.
    #[error("a script cannot overwrite an HttpOnly cookie")]
    OverwritesHttpOnly,
}

const fn needs(prefix: Prefix) -> &'static str {
    match prefix {
        Prefix::Secure => "Secure",
        Prefix::Host => "Secure, Path=/ and no Domain",
        Prefix::Http => "Secure and HttpOnly, set by a response",
        Prefix::HostHttp => "Secure, HttpOnly, Path=/ and no Domain, set by a response",
    }
}

impl<L: SuffixList> Jar<L> {
    /// Stores a cookie that was read, or says why a user agent would not.
    pub fn store(&mut self, cookie: &SetCookie<'_>, request: &Request<'_>) -> Received {
        self.forget_expired(request.now);
        let mut new = match self.admit(cookie, request) {
            Ok(new) => new,
            Err(dropped) => return Received::Dropped(dropped),
        };
        let old = self.cookies.iter().position(|old| old.is_same(&new));
        let old = match old.and_then(|at| self.cookies.get(at).map(|old| (at, old))) {
            //= RFC 6265bis §5.7: a script replaces no HttpOnly cookie
            Some((_, old)) if request.api == Api::Script && old.http_only => {
                return Received::Dropped(Dropped::OverwritesHttpOnly);
            }
            Some((at, old)) => {
                //= RFC 6265bis §5.7: a replaced cookie hands its creation-time on
                (new.created, new.order) = (old.created, old.order);
                Some(at)
            }
            None => None,
        };
        if let Some(at) = old {
            drop(self.cookies.remove(at));
        }
        //= RFC 6265bis §5.7: expired cookies are evicted at once
        if new.is_expired(request.now) {
            return Received::Expired { removed: old.is_some() };
        }
        self.created = self.created.saturating_add(1);
        self.make_room(&new.domain);
        self.cookies.push(new);
        Received::Stored
    }

    /// The cookie as it would be stored.
    fn admit(
        &self,
        cookie: &SetCookie<'_>,
        request: &Request<'_>,
    ) -> Result<StoredCookie, Dropped> {
        let host = request.url.host();
        let domain = self.domain(cookie, host)?;
        let (secure, http_only) = (cookie.is_secure(), cookie.is_http_only());
        let path = match cookie.path() {
            PathAttribute::Path(path) => path,
            _ => default_path(request.url.path()),
        };
        //= RFC 6265bis §5.7: no Secure cookie comes over an insecure connection
        if secure && !request.url.is_secure() {
            return Err(Dropped::InsecureConnection);
        }
        //= RFC 6265bis §5.7: no HttpOnly cookie comes from a script
        if http_only && request.api == Api::Script {
            return Err(Dropped::HttpOnlyFromScript);
        }
        let host_only = domain.is_none();
        let new = StoredCookie {
            name: cookie.name().into(),
            value: cookie.value().into(),
            domain: domain.unwrap_or_else(|| host.as_str().into()),
            path: path.into(),
            expires: cookie.expiry(request.now),
            created: request.now,
            accessed: request.now,
            order: self.created,
            same_site: cookie.same_site(),
            host_only,
            secure,
            http_only,
            partition: cookie.is_partitioned().then(|| self.partition(request).into()),
        };
        if !secure && !request.url.is_secure() && self.overlays_secure(&new) {
            return Err(Dropped::OverlaysSecure);
        }
        check_same_site(&new, request)?;
        check_prefix(&new, cookie, request)?;
        //= CHIPS, Partitioned: without Secure the cookie is ignored
        if cookie.is_partitioned() && !secure {
            return Err(Dropped::PartitionedInsecure);
        }
        Ok(new)
    }

    /// The domain that the cookie is for; `None` for the host alone.
    fn domain(&self, cookie: &SetCookie<'_>, host: &Host) -> Result<Option<Box<str>>, Dropped> {
        let Some(domain) = cookie.domain().filter(|domain| !domain.is_empty()) else {
            return Ok(None);
        };
        //= RFC 6265bis §5.7: a Domain beyond ASCII is refused
        let is_ascii = domain.is_ascii();
        let domain = str::from_utf8(domain).ok().filter(|_| is_ascii);
        let domain = domain.ok_or(Dropped::DomainNotAscii)?.to_ascii_lowercase();
        if !host.is_address() && self.suffixes.is_public_suffix(&domain) {
            //= RFC 6265bis §5.7: a public suffix may set cookies for itself alone
            let is_host = host.as_str() == domain;
            return if is_host { Ok(None) } else { Err(Dropped::PublicSuffix) };
        }
        //= RFC 6265bis §5.7: the host must domain-match the Domain
        let matches = host.domain_matches(&domain);
        if matches { Ok(Some(domain.into())) } else { Err(Dropped::ForeignDomain) }
    }

    fn overlays_secure(&self, new: &StoredCookie) -> bool {
        //= RFC 6265bis §5.7: an insecure cookie does not stand before a Secure one
        self.cookies.iter().any(|old| {
            old.secure
                && old.name == new.name
                && (covers(&old.domain, &new.domain) || covers(&new.domain, &old.domain))
                && path_matches(&new.path, &old.path)
        })
    }

    pub(super) fn forget_expired(&mut self, now: UnixSeconds) {
        self.cookies.retain(|cookie| !cookie.is_expired(now));
    }

    /// Removes cookies until one more of `domain` may come.
    fn make_room(&mut self, domain: &str) {
        let of_domain = |cookie: &&StoredCookie| *cookie.domain == *domain;
        if self.cookies.iter().filter(of_domain).count() >= self.limits.per_domain {
            //= RFC 6265bis §5.7: of a full domain, cookies that are not Secure go first
            self.evict(|cookie| *cookie.domain == *domain && !cookie.secure)
                .or_else(|| self.evict(|cookie| *cookie.domain == *domain));
        }
        if self.cookies.len() >= self.limits.total {
            self.evict(|_| true);
        }
    }

    /// Removes the candidate that was used the longest ago.
    fn evict(&mut self, is_candidate: impl Fn(&StoredCookie) -> bool) -> Option<()> {
        let candidates = self.cookies.iter().enumerate().filter(|(_, cookie)| is_candidate(cookie));
        //= RFC 6265bis §5.7: the earliest last-access-time goes first
        let (at, _) = candidates.min_by_key(|(_, cookie)| (cookie.accessed, cookie.order))?;
        drop(self.cookies.remove(at));
        Some(())
    }
}

/// Whether `domain` is `name` or above it.
fn covers(domain: &str, name: &str) -> bool {
    name.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn check_same_site(new: &StoredCookie, request: &Request<'_>) -> Result<(), Dropped> {
    if new.same_site == SameSite::None {
        //= RFC 6265bis §5.7: SameSite=None needs Secure
        return if new.secure { Ok(()) } else { Err(Dropped::SameSiteNoneInsecure) };
    }
    //= RFC 6265bis §5.7: from another site, only a navigation of the page sets such cookies
    let refused = match request.origin {
        Origin::SameSite => false,
        Origin::CrossSiteNavigation => request.api == Api::Script,
        Origin::CrossSiteEmbedded => true,
    };
    if refused { Err(Dropped::CrossSite) } else { Ok(()) }
}

fn check_prefix(
    new: &StoredCookie,
    cookie: &SetCookie<'_>,
    request: &Request<'_>,
) -> Result<(), Dropped> {
    if new.name.is_empty() {
        //= RFC 6265bis §5.7: no nameless cookie is sent back as a prefixed one
        return Prefix::of(&new.value)
            .map_or(Ok(()), |prefix| Err(Dropped::NamelessPrefix(prefix)));
    }
    let Some(prefix) = Prefix::of(&new.name) else { return Ok(()) };
    //= RFC 6265bis §5.7: "__Host-" needs a Path attribute, the path "/" and no Domain
    let has_path = cookie.path() != PathAttribute::Absent;
    let for_one_host = new.host_only && has_path && *new.path == *b"/";
    //= draft-ietf-httpbis-layered-cookies, Cookie Name Prefixes: "__Http-" needs HttpOnly
    let by_http = new.http_only && request.api == Api::Http;
    let kept = new.secure
        && (for_one_host || !prefix.demands_host_only())
        && (by_http || !prefix.demands_http_only());
    if kept { Ok(()) } else { Err(Dropped::Prefix(prefix)) }
}
