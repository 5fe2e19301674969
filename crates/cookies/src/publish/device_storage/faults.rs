//! What is not as the specification asks.

use core::fmt;

use super::{DeviceStorage, Disclosure, Storage};
use crate::policy::DomainPattern;

/// The cap that user agents put on the time of a cookie: 400 days.
const CAP: i64 = 400 * 86_400;

/// One thing that is not as the specification asks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fault {
    /// Where, as in `disclosures[2].domains`.
    pub path: String,
    /// What.
    pub flaw: Flaw,
}

/// What is not as the specification asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// Nothing, or a `*` by itself.
    #[error("an identifier names something; a wildcard by itself does not")]
    Identifier,
    /// A `*` within, or several.
    #[error("a wildcard stands once, at the start or the end")]
    Wildcard,
    /// A cookie without its time.
    #[error("a cookie has maxAgeSeconds, 0 for a session")]
    NoMaxAge,
    /// Another storage with a time.
    #[error("only cookies have maxAgeSeconds; for other storage it is null")]
    MaxAge,
    /// Less than nothing.
    #[error("maxAgeSeconds is not negative; 0 is a session")]
    Negative,
    /// A thousand times what user agents keep.
    #[error("longer than 400 days even if it is milliseconds that were meant to be seconds")]
    Excessive,
    /// Probably milliseconds.
    #[error("looks like milliseconds: as seconds it is longer than the 400 days that are kept")]
    Milliseconds,
    /// Longer than user agents keep it.
    #[error("user agents keep a cookie for 400 days at most")]
    Capped,
    /// A cookie without the word on refreshing.
    #[error("a cookie has cookieRefresh")]
    NoRefresh,
    /// A cookie or web storage without a domain.
    #[error("cookies and web storage have domains")]
    NoDomain,
    /// Both forms at once.
    #[error("either domains or domain, and not both")]
    BothDomains,
    /// No domain.
    #[error("a domain is a host, *. and a host, or * by itself for a site's own storage on many")]
    Domain,
    /// A number that the list does not have.
    #[error("purposes are numbers from 1 to 11, and special ones from 1 to 3")]
    Purpose,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.flaw)
    }
}

pub(super) fn of(document: &DeviceStorage) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (index, disclosure) in document.disclosures.iter().enumerate() {
        for (member, flaw) in of_disclosure(disclosure) {
            faults.push(Fault { path: format!("disclosures[{index}].{member}"), flaw });
        }
    }
    for (index, domain) in document.domains.iter().enumerate() {
        if DomainPattern::parse(&domain.domain).is_none() {
            let path = format!("domains[{index}].domain");
            faults.push(Fault { path, flaw: Flaw::Domain });
        }
    }
    faults
}

fn of_disclosure(disclosure: &Disclosure) -> Vec<(&'static str, Flaw)> {
    let mut flaws = Vec::new();
    let mut check = |is_wrong: bool, member, flaw| {
        if is_wrong {
            flaws.push((member, flaw));
        }
    };
    let name = &*disclosure.identifier;
    //= TCF Vendor Device Storage 1.1, disclosures: a wildcard begins or ends an identifier, and is not all of it
    let is_bare = name.chars().all(|letter| letter == '*');
    check(is_bare, "identifier", Flaw::Identifier);
    let within = name.strip_prefix('*').or_else(|| name.strip_suffix('*')).unwrap_or(name);
    check(!is_bare && within.contains('*'), "identifier", Flaw::Wildcard);

    let is_cookie = disclosure.storage == Storage::Cookie;
    //= TCF Vendor Device Storage 1.1, disclosures: cookies have a time, 0 for a session; other storage has null
    match disclosure.max_age_seconds {
        None => check(is_cookie, "maxAgeSeconds", Flaw::NoMaxAge),
        Some(_) if !is_cookie => check(true, "maxAgeSeconds", Flaw::MaxAge),
        Some(seconds) => {
            let milliseconds = seconds.checked_div(1000).unwrap_or_default();
            let is_round = seconds.checked_rem(86_400_000) == Some(0);
            let flaw = match seconds {
                ..0 => Some(Flaw::Negative),
                0..=CAP => None,
                _ if milliseconds > CAP => Some(Flaw::Excessive),
                _ if is_round => Some(Flaw::Milliseconds),
                _ => Some(Flaw::Capped),
            };
            if let Some(flaw) = flaw {
                check(true, "maxAgeSeconds", flaw);
            }
        }
    }
    check(is_cookie && disclosure.cookie_refresh.is_none(), "cookieRefresh", Flaw::NoRefresh);

    let is_of_web = disclosure.storage != Storage::App;
    let has_domain = disclosure.all_domains().next().is_some();
    check(is_of_web && !has_domain, "domains", Flaw::NoDomain);
    let has_both = disclosure.domain.is_some() && !disclosure.domains.is_empty();
    //= TCF Vendor Device Storage 1.1, disclosures: `domain` and `domains` are not used together
    check(has_both, "domains", Flaw::BothDomains);
    let is_domain = |domain: &str| domain == "*" || DomainPattern::parse(domain).is_some();
    check(!disclosure.all_domains().all(is_domain), "domains", Flaw::Domain);

    let in_range = |numbers: &[u16], last| numbers.iter().all(|number| (1..=last).contains(number));
    check(!in_range(&disclosure.purposes, 11), "purposes", Flaw::Purpose);
    check(!in_range(&disclosure.special_purposes, 3), "specialPurposes", Flaw::Purpose);
    flaws
}
