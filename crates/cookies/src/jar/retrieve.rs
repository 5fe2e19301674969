//! Which cookies go with a request.

use super::{Api, Jar, Origin, Request, StoredCookie};
use crate::{SameSite, SuffixList, path_matches};

impl<L: SuffixList> Jar<L> {
    /// The cookies that go with a request, in the order in which they are sent.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.8.3.
    #[must_use]
    pub fn matching(&self, request: &Request<'_>) -> Vec<&StoredCookie> {
        let partition = self.partition(request);
        let goes = |cookie: &&StoredCookie| self.goes(cookie, request, partition);
        let mut cookies: Vec<&StoredCookie> = self.cookies.iter().filter(goes).collect();
        //= RFC 6265bis §5.8.3: longer paths first, then earlier creation
        cookies.sort_by_key(|cookie| {
            (core::cmp::Reverse(cookie.path.len()), cookie.created, cookie.order)
        });
        cookies
    }

    /// The value of the `Cookie` header field, empty if no cookie goes with the request.
    ///
    /// Forgets what has expired, and remembers what was used when.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.8.3.
    pub fn cookie_header(&mut self, request: &Request<'_>) -> Vec<u8> {
        self.forget_expired(request.now);
        let mut header = Vec::new();
        let mut sent = Vec::new();
        for cookie in self.matching(request) {
            if !header.is_empty() {
                header.extend_from_slice(b"; ");
            }
            //= RFC 6265bis §5.8.3: a cookie without a name is its value
            if !cookie.name.is_empty() {
                header.extend_from_slice(&cookie.name);
                header.push(b'=');
            }
            header.extend_from_slice(&cookie.value);
            sent.push(cookie.order);
        }
        sent.sort_unstable();
        for cookie in &mut self.cookies {
            if sent.binary_search(&cookie.order).is_ok() {
                cookie.accessed = request.now;
            }
        }
        header
    }

    fn goes(&self, cookie: &StoredCookie, request: &Request<'_>, partition: &str) -> bool {
        let host = request.url.host();
        //= RFC 6265bis §5.8.3: the host itself, or one below a Domain that is no public suffix
        let is_host = *host.as_str() == *cookie.domain;
        let to_host = if cookie.host_only {
            is_host
        } else {
            host.domain_matches(&cookie.domain)
                && (host.is_address() || !self.suffixes.is_public_suffix(&cookie.domain))
        };
        to_host
            && !cookie.is_expired(request.now)
            && path_matches(request.url.path(), &cookie.path)
            && (!cookie.secure || request.url.is_secure())
            && (!cookie.http_only || request.api == Api::Http)
            && cookie.partition.as_deref().is_none_or(|own| own == partition)
            && goes_across_sites(cookie, request)
    }
}

fn goes_across_sites(cookie: &StoredCookie, request: &Request<'_>) -> bool {
    //= RFC 6265bis §5.8.3: Lax goes with safe top-level navigation
    let is_navigation = request.origin == Origin::CrossSiteNavigation
        && request.api == Api::Http
        && request.safe_method;
    match cookie.same_site {
        SameSite::None => true,
        SameSite::Strict => request.origin == Origin::SameSite,
        SameSite::Lax | SameSite::Default => request.origin == Origin::SameSite || is_navigation,
    }
}
