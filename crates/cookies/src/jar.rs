//! Which cookies a user agent stores, and which it sends.

use core::fmt;

use crate::{RequestUrl, SameSite, SetCookie, SuffixList, UnixSeconds};

mod receive;
mod retrieve;

pub use receive::{Dropped, Received};

/// A user agent's cookies.
///
/// It reads no clock: every request carries its moment. How many cookies it holds is limited, so
/// that a hostile server cannot fill the memory.
///
/// ```
/// use upheld_cookies::{Jar, Received, Request, RequestUrl, TopLevelDomains, UnixSeconds};
///
/// let mut jar = Jar::new(TopLevelDomains);
/// let page = RequestUrl::parse("https://clinic.example/staff/rota")?;
/// let now = UnixSeconds(1_790_000_000);
///
/// let received = jar.receive(b"week=7; Max-Age=60", &Request::new(&page, now));
/// assert_eq!(received, Received::Stored);
/// assert_eq!(jar.cookie_header(&Request::new(&page, now)), b"week=7");
///
/// let a_minute_later = Request::new(&page, now.saturating_add(61));
/// assert_eq!(jar.cookie_header(&a_minute_later), b"");
/// # Ok::<(), upheld_cookies::UrlError>(())
/// ```
///
/// # Source
///
/// RFC 6265bis §5.7 and §5.8; CHIPS (Partitioned); draft-ietf-httpbis-layered-cookies (`__Http-`).
#[derive(Clone, Debug)]
pub struct Jar<L> {
    suffixes: L,
    limits: Limits,
    cookies: Vec<StoredCookie>,
    /// Breaks ties between cookies created in the same second.
    created: u64,
}

/// How many cookies a [`Jar`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the two limits that RFC 6265bis §5.7 names")]
pub struct Limits {
    /// The most cookies of one domain.
    pub per_domain: usize,
    /// The most cookies in all.
    pub total: usize,
}

impl Default for Limits {
    /// 180 cookies of a domain, 3,300 in all; RFC 6265bis §6.1 asks for at least 50 and 3,000.
    fn default() -> Self {
        Self { per_domain: 180, total: 3300 }
    }
}

/// A cookie that a user agent keeps.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredCookie {
    name: Box<[u8]>,
    value: Box<[u8]>,
    domain: Box<str>,
    path: Box<[u8]>,
    expires: Option<UnixSeconds>,
    created: UnixSeconds,
    accessed: UnixSeconds,
    order: u64,
    same_site: SameSite,
    host_only: bool,
    secure: bool,
    http_only: bool,
    partition: Option<Box<str>>,
}

/// What a cookie is received from or sent with.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    url: &'a RequestUrl,
    now: UnixSeconds,
    api: Api,
    origin: Origin,
    safe_method: bool,
    top_level_site: Option<&'a str>,
}

/// Who sets or reads cookies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Api {
    /// A response or a request.
    #[default]
    Http,
    /// A script, such as by `document.cookie`.
    Script,
}

/// Where a request comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// The same site.
    #[default]
    SameSite,
    /// Another site, by a navigation of the whole page.
    CrossSiteNavigation,
    /// Another site, by something embedded in its page.
    CrossSiteEmbedded,
}

impl<'a> Request<'a> {
    /// A request by a safe method for `url` at `now`, from the same site.
    #[must_use]
    pub const fn new(url: &'a RequestUrl, now: UnixSeconds) -> Self {
        let (api, origin) = (Api::Http, Origin::SameSite);
        Self { url, now, api, origin, safe_method: true, top_level_site: None }
    }

    /// The same by another API.
    #[must_use]
    pub const fn by(mut self, api: Api) -> Self {
        self.api = api;
        self
    }

    /// The same from elsewhere.
    #[must_use]
    pub const fn from(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same by an unsafe method, such as `POST`.
    #[must_use]
    pub const fn unsafely(mut self) -> Self {
        self.safe_method = false;
        self
    }

    /// The same within a page of another site, which partitioned cookies are kept apart by.
    #[must_use]
    pub const fn within(mut self, top_level_site: &'a str) -> Self {
        self.top_level_site = Some(top_level_site);
        self
    }

    /// Where it goes.
    #[must_use]
    pub const fn url(&self) -> &'a RequestUrl {
        self.url
    }

    /// When it is made.
    #[must_use]
    pub const fn now(&self) -> UnixSeconds {
        self.now
    }
}

impl<L: SuffixList> Jar<L> {
    /// An empty jar with the default limits.
    #[must_use]
    pub fn new(suffixes: L) -> Self {
        Self::with_limits(suffixes, Limits::default())
    }

    /// An empty jar with limits of one's own.
    #[must_use]
    pub const fn with_limits(suffixes: L, limits: Limits) -> Self {
        Self { suffixes, limits, cookies: Vec::new(), created: 0 }
    }

    /// Every cookie, in the order in which they were stored last.
    pub fn cookies(&self) -> impl ExactSizeIterator<Item = &StoredCookie> {
        self.cookies.iter()
    }

    /// Forgets the cookies that have no lifetime of their own.
    ///
    /// # Source
    ///
    /// RFC 6265bis §5.7.
    pub fn end_session(&mut self) {
        self.cookies.retain(|cookie| cookie.expires.is_some());
    }

    /// The partition that a request is in.
    fn partition<'a>(&self, request: &Request<'a>) -> &'a str {
        let host = request.url.host().as_str();
        let own = || self.suffixes.registrable_domain(host).unwrap_or(host);
        request.top_level_site.unwrap_or_else(own)
    }
}

impl<L> Jar<L> {
    pub(crate) fn all(&self) -> &[StoredCookie] {
        &self.cookies
    }
}

impl StoredCookie {
    /// The name; empty if it has none.
    #[must_use]
    pub const fn name(&self) -> &[u8] {
        &self.name
    }

    /// The value.
    #[must_use]
    pub const fn value(&self) -> &[u8] {
        &self.value
    }

    /// The domain, in lower case and without a leading dot.
    #[must_use]
    pub const fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether it goes to no host but [`Self::domain`].
    #[must_use]
    pub const fn is_host_only(&self) -> bool {
        self.host_only
    }

    /// The path.
    #[must_use]
    pub const fn path(&self) -> &[u8] {
        &self.path
    }

    /// When it expires; `None` at the end of the session.
    #[must_use]
    pub const fn expires(&self) -> Option<UnixSeconds> {
        self.expires
    }

    /// When a cookie of this name, domain and path was first stored.
    #[must_use]
    pub const fn created(&self) -> UnixSeconds {
        self.created
    }

    /// Whether it goes over secure connections alone.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether scripts do not see it.
    #[must_use]
    pub const fn is_http_only(&self) -> bool {
        self.http_only
    }

    /// Which requests from other sites it goes with.
    #[must_use]
    pub const fn same_site(&self) -> SameSite {
        self.same_site
    }

    /// The top-level site that it is confined to, if it is partitioned.
    #[must_use]
    pub fn partition(&self) -> Option<&str> {
        self.partition.as_deref()
    }

    fn is_expired(&self, now: UnixSeconds) -> bool {
        //= RFC 6265bis §5.7: a cookie is expired if its expiry is in the past
        self.expires.is_some_and(|moment| moment <= now)
    }

    /// Whether both stand for the same cookie.
    fn is_same(&self, other: &Self) -> bool {
        self.name == other.name
            && self.domain == other.domain
            && self.host_only == other.host_only
            && self.path == other.path
            && self.partition == other.partition
    }
}

/// Prints the name and how long the value is: values are credentials.
impl fmt::Debug for StoredCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredCookie")
            .field("name", &self.name.escape_ascii().to_string())
            .field("value", &format_args!("[{} bytes]", self.value.len()))
            .field("domain", &self.domain)
            .field("host_only", &self.host_only)
            .field("path", &self.path.escape_ascii().to_string())
            .field("expires", &self.expires)
            .field("same_site", &self.same_site)
            .field("secure", &self.secure)
            .field("http_only", &self.http_only)
            .field("partition", &self.partition)
            .finish_non_exhaustive()
    }
}

impl<L: SuffixList> Jar<L> {
    /// Reads a header field's value and stores the cookie, or says why a user agent would not.
    pub fn receive(&mut self, header: &[u8], request: &Request<'_>) -> Received {
        match SetCookie::parse(header) {
            Ok(cookie) => self.store(&cookie, request),
            Err(dropped) => Received::Dropped(dropped),
        }
    }
}
