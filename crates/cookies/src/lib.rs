//! Cookies as user agents treat them: reading `Set-Cookie`, storing, sending, and finding faults.
//!
//! # What this crate does
//!
//! [`SetCookie::parse`] reads a header field by the algorithm of [RFC 6265bis], borrowing
//! everything. A [`Jar`] says what a user agent stores and sends. [`lint`] says what is wrong with
//! a field, where, by which clause, and how to put it right. The modules [`tcf`], [`gpp`],
//! [`us_privacy`] and [`additional_consent`] read and write the strings in which a choice travels.
//! A site says in a [`policy`] what it stores, with a [`catalogue`] of well-known cookies at hand;
//! [`decide`] tells what may be stored for whom, the [`consent_cookie`] keeps a choice, and
//! [`google_consent`] tells it to Google's tags. What a site did is read from recordings of its
//! traffic ([`har`], [`google_consent`], [`sol`]), and [`audit`](mod@audit) holds it against the
//! declaration. From the same declaration, [`publish`] makes the policy page and what else a site
//! makes public.
//!
//! ```
//! use upheld_cookies::{Dropped, Jar, Prefix, Received, Request, RequestUrl};
//! use upheld_cookies::{TopLevelDomains, UnixSeconds};
//!
//! let page = RequestUrl::parse("https://clinic.example/")?;
//! let request = Request::new(&page, UnixSeconds(1_795_478_400));
//! let mut jar = Jar::new(TopLevelDomains);
//!
//! let outcome = jar.receive(b"__Host-id=1; Secure; Domain=clinic.example", &request);
//! assert_eq!(outcome, Received::Dropped(Dropped::Prefix(Prefix::Host)));
//! assert_eq!(jar.receive(b"__Host-id=1; Secure; Path=/", &request), Received::Stored);
//! # Ok::<(), upheld_cookies::UrlError>(())
//! ```
//!
//! # What it leaves to you
//!
//! - **Time.** Every request carries its moment.
//! - **Internationalised names.** Hosts are ASCII; write A-labels (`xn--…`).
//! - **Public suffixes.** Without a list, only the last label of a name is one. The feature `psl`
//!   adds the Public Suffix List as of that crate's release.
//! - **Same-site or not.** Whether a request comes from another site depends on documents and
//!   frames; say it by [`Request::from`].
//! - **Storage.** A jar lives in memory.
//!
//! # Invariants
//!
//! 1. No input panics. Reading takes a time in proportion to the length and allocates nothing; a
//!    jar holds at most [`Limits::total`] cookies, and a field has at most
//!    [`MAX_DIAGNOSTICS`](lint::MAX_DIAGNOSTICS) findings.
//! 2. Nothing is decoded and nothing lost: every part has its place, and between the parts stand
//!    one delimiter and blanks.
//! 3. The jar drops a cookie if and only if the linter, told as much, has an error that says so.
//! 4. A fix leaves fewer findings of its rule and the value as it is.
//! 5. What a consent string makes of memory and time depends on its length, never on the width of
//!    its ranges; what is written is read alike.
//! 6. No value of a cookie reaches a `Debug` text or a finding.
//!
//! # Where it departs from what browsers do
//!
//! | case | here, as RFC 6265bis says | browsers |
//! |---|---|---|
//! | `Domain=a.example; Domain=` | the empty one counts: the host alone | the first one counts |
//! | `__Host-a=1; Secure; Path=x` from a page at the root | stored, for the default path is `/` | dropped |
//! | a default `SameSite` with a cross-site POST in the first two minutes | not sent | may be sent |
//!
//! `http://localhost` and loopback addresses count as secure, as in browsers.
//!
//! # Reading order for an audit
//!
//! | file | question it answers |
//! |---|---|
//! | `set_cookie/syntax`, `set_cookie`, `cookie_header` | what does a field say? |
//! | `date` | which texts are a date, and of which moment? |
//! | `host`, `path`, `suffix`, `url` | which request matches? |
//! | `prefix`, `jar/receive`, `jar/retrieve` | what is stored, and what is sent? |
//! | `lint/…` | what is wrong, and how is it put right? |
//! | `bits`, `tcf/…` | what does a TC string say, and may one rely on it? |
//! | `gpp/…`, `us_privacy`, `additional_consent` | what do the other strings say? |
//! | `policy/…`, `catalogue/…` | what does a site declare, and what is a name likely to be? |
//! | `decide/…`, `choice`, `signals` | may this be stored, and who wins when sources disagree? |
//! | `consent_cookie` | who wrote the choice that a request brings? |
//! | `har/…`, `sol/…`, `google_consent`, `audit/…` | what did a site do, and was it declared? |
//! | `publish/…` | what does a site say of itself in public? |
//!
//! [RFC 6265bis]: https://datatracker.ietf.org/doc/draft-ietf-httpbis-rfc6265bis/

#![forbid(unsafe_code)]

pub mod additional_consent;
pub mod audit;
mod bits;
pub mod catalogue;
mod choice;
pub mod consent_cookie;
mod cookie_header;
mod date;
mod day;
mod decide;
pub mod google_consent;
pub mod gpp;
pub mod har;
mod host;
mod jar;
pub mod lint;
mod path;
pub mod policy;
mod prefix;
pub mod publish;
mod set_cookie;
pub mod signals;
pub mod sol;
mod spelling;
mod suffix;
pub mod tcf;
mod url;
pub mod us_privacy;

pub use choice::{Choice, PurposeSet};
pub use cookie_header::{CookiePairs, cookie_pairs};
pub use date::{DateError, UnixSeconds};
pub use day::{Day, DayError};
pub use decide::{
    CookieId, Decider, Decision, Ground, MAX_REMOVALS, Reason, Visit, decide, decide_item,
    removals, should_ask,
};
pub use host::{Host, HostError};
pub use jar::{Api, Dropped, Jar, Limits, Origin, Received, Request, StoredCookie};
pub use path::{default_path, path_matches};
pub use prefix::Prefix;
pub use set_cookie::{
    Attribute, Attributes, MAX_AGE_LIMIT, MAX_ATTRIBUTE_VALUE, MAX_NAME_AND_VALUE, Part,
    PathAttribute, SameSite, SetCookie, Syntax,
};
#[cfg(feature = "psl")]
pub use suffix::PublicSuffixes;
pub use suffix::{SuffixList, TopLevelDomains};
pub use url::{RequestUrl, UrlError};

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;
