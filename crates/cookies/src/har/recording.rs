//! What is known of a recording as a whole, and whether it can be relied on.

use super::{Entry, UnixMillis};

/// A recording as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    pub(super) version: String,
    pub(super) creator: String,
    pub(super) browser: String,
    pub(super) pages: Vec<Page>,
    pub(super) has_entries: bool,
    entries: u64,
    header_fields: u64,
    with_cookies: u64,
    set_cookies: u64,
    removed: u64,
    chrome: u32,
}

/// A page of a recording.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page {
    /// What entries name it by.
    pub id: String,
    /// What a person knows it by; often its address.
    pub title: String,
    /// When it began to load.
    pub started: Option<UnixMillis>,
}

/// Why a recording that can be read says nothing about cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// No entries.
    #[error("it has no entries; record while the page loads")]
    NoEntries,
    /// No header fields.
    #[error("no entry has header fields; export it with them")]
    NoHeaders,
    /// Values are replaced by words.
    #[error("{count} header fields for cookies were blotted out; export it without redaction")]
    Redacted {
        /// How many.
        count: u64,
    },
    /// Chrome took the cookies out.
    #[error(
        "no request and no response has a cookie, as in what Chrome {version} exports unless asked; \
         allow \"HAR with sensitive data\" in the settings of DevTools and export it with that"
    )]
    Sanitized {
        /// The version of Chrome.
        version: u32,
    },
}

/// The first version of Chrome that takes cookies out of what it exports.
const FIRST_TO_SANITIZE: u32 = 130;

impl Recording {
    /// The version of the format, as it is written; empty without one.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Name and version of the program that wrote it.
    #[must_use]
    pub fn creator(&self) -> &str {
        &self.creator
    }

    /// Name and version of the browser, if it is named apart.
    #[must_use]
    pub fn browser(&self) -> &str {
        &self.browser
    }

    /// The pages, in order.
    #[must_use]
    pub fn pages(&self) -> &[Page] {
        &self.pages
    }

    /// How many entries there are.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// How many `Set-Cookie` header fields there are.
    #[must_use]
    pub const fn set_cookies(&self) -> u64 {
        self.set_cookies
    }

    /// How many requests had cookies.
    #[must_use]
    pub const fn requests_with_cookies(&self) -> u64 {
        self.with_cookies
    }

    pub(super) fn count(&mut self, entry: &Entry) {
        let number = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        self.entries = self.entries.saturating_add(1);
        self.header_fields = self.header_fields.saturating_add(number(entry.header_fields()));
        self.set_cookies = self.set_cookies.saturating_add(number(entry.set_cookies().len()));
        let removed = entry.set_cookies().iter().filter(|field| is_blotted_out(field)).count();
        self.removed = self.removed.saturating_add(number(removed));
        if entry.cookie_names().next().is_some() {
            self.with_cookies = self.with_cookies.saturating_add(1);
        }
        self.chrome = self.chrome.max(entry.user_agent().and_then(chrome).unwrap_or_default());
    }

    /// Whether the recording says anything about cookies, once every entry was read.
    ///
    /// A recording without a single cookie may be of a site that sets none. If Chrome's developer
    /// tools wrote it, and a version that takes cookies out, it is refused all the same: nobody can
    /// tell, and "clean" would be a guess.
    ///
    /// # Errors
    ///
    /// [`Unusable`], with what to do about it.
    pub fn usability(&self) -> Result<(), Unusable> {
        if self.entries == 0 {
            return Err(Unusable::NoEntries);
        }
        if self.removed > 0 {
            return Err(Unusable::Redacted { count: self.removed });
        }
        if self.set_cookies > 0 || self.with_cookies > 0 {
            return Ok(());
        }
        if self.header_fields == 0 {
            return Err(Unusable::NoHeaders);
        }
        if self.creator.starts_with("WebInspector") && self.chrome >= FIRST_TO_SANITIZE {
            return Err(Unusable::Sanitized { version: self.chrome });
        }
        Ok(())
    }
}

/// The version of Chrome or Edge that a `User-Agent` names.
fn chrome(user_agent: &str) -> Option<u32> {
    let (_, rest) = user_agent.split_once("Chrome/")?;
    rest.split('.').next()?.parse().ok()
}

/// Whether a program wrote a word in place of a cookie.
fn is_blotted_out(field: &[u8]) -> bool {
    const WORDS: [&[u8]; 4] = [b"redacted", b"sanitized", b"removed", b"***"];
    let short = field.len() < 100 && !field.contains(&b'=');
    let field = field.to_ascii_lowercase();
    let has = |word: &&[u8]| field.windows(word.len()).any(|window| window == *word);
    short && WORDS.iter().any(has)
}
