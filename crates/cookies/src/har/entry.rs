//! One request and its response.

use core::fmt;

use super::UnixMillis;
use crate::cookie_pairs;

/// One request and its response, as far as cookies and beacons are concerned.
///
/// Its `Debug` text has neither values of cookies nor queries of addresses.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Entry {
    pub(super) started: Option<UnixMillis>,
    pub(super) page: Option<String>,
    pub(super) method: String,
    pub(super) url: String,
    pub(super) status: u16,
    pub(super) referrer: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) cookies: Vec<Vec<u8>>,
    pub(super) set_cookies: Vec<Vec<u8>>,
    pub(super) source: CookieSource,
    pub(super) header_fields: usize,
    pub(super) mime_type: String,
    pub(super) size: Option<u64>,
    pub(super) body: Vec<u8>,
    pub(super) resource_type: Option<String>,
}

/// Where the cookies of a response were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CookieSource {
    /// From its header fields, as they were sent.
    #[default]
    Headers,
    /// From the list `cookies`, because there was no header field; values are left out.
    List,
}

impl Entry {
    /// When the request was begun.
    #[must_use]
    pub const fn started(&self) -> Option<UnixMillis> {
        self.started
    }

    /// The page that it belongs to.
    #[must_use]
    pub fn page(&self) -> Option<&str> {
        self.page.as_deref()
    }

    /// The method, such as `GET`.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The status of the response; 0 if there was none.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The address of the page that asked, if the request names it.
    #[must_use]
    pub fn referrer(&self) -> Option<&str> {
        self.referrer.as_deref()
    }

    /// The program that asked, if the request names it.
    #[must_use]
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// The names of the cookies that were sent.
    pub fn cookie_names(&self) -> impl Iterator<Item = &[u8]> {
        let pairs = self.cookies.iter().flat_map(|field| cookie_pairs(field));
        pairs.map(|(name, _)| name).filter(|name| !name.is_empty())
    }

    /// The values of the `Set-Cookie` header fields, one cookie to each.
    #[must_use]
    pub fn set_cookies(&self) -> &[Vec<u8>] {
        &self.set_cookies
    }

    /// Where [`Self::set_cookies`] were read.
    #[must_use]
    pub const fn source(&self) -> CookieSource {
        self.source
    }

    /// How many header fields request and response have.
    #[must_use]
    pub const fn header_fields(&self) -> usize {
        self.header_fields
    }

    /// The media type of the body, such as `image/gif`.
    #[must_use]
    pub fn mime_type(&self) -> &str {
        &self.mime_type
    }

    /// How many bytes the body has, if that is known.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    /// The first bytes of the body, if the recording has it.
    #[must_use]
    pub fn body_start(&self) -> &[u8] {
        &self.body
    }

    /// What the browser says it was fetched as, such as `ping`.
    #[must_use]
    pub fn resource_type(&self) -> Option<&str> {
        self.resource_type.as_deref()
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("started", &self.started)
            .field("page", &self.page)
            .field("method", &self.method)
            .field("url", &self.url.split(['?', '#']).next().unwrap_or_default())
            .field("status", &self.status)
            .field("cookies", &self.cookie_names().count())
            .field("set_cookies", &self.set_cookies.len())
            .field("mime_type", &self.mime_type)
            .field("size", &self.size)
            .field("resource_type", &self.resource_type)
            .finish_non_exhaustive()
    }
}
