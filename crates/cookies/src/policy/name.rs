//! Patterns of names and of domains.

use core::fmt;

/// The name of an item, with at most one `*` for the part that varies.
///
/// ```
/// use upheld_cookies::policy::NamePattern;
///
/// let pattern = NamePattern::parse("_ga_*").ok_or("no pattern")?;
/// assert!(pattern.matches(b"_ga_1X2Y") && !pattern.matches(b"_gat"));
/// assert_eq!(NamePattern::parse("*"), None);
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NamePattern {
    text: Box<str>,
    star: Option<usize>,
}

impl NamePattern {
    /// Reads a pattern; `None` if it is empty, a bare `*`, or has a control character or two `*`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let star = text.find('*');
        let is_single = text.matches('*').count() <= 1;
        let is_some = text.len() > usize::from(star.is_some());
        let is_clean = !text.chars().any(char::is_control) && text.len() <= 1024;
        (is_single && is_some && is_clean).then(|| Self { text: text.into(), star })
    }

    /// The pattern as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it is the one name.
    #[must_use]
    pub const fn is_exact(&self) -> bool {
        self.star.is_none()
    }

    /// How many bytes of a name it fixes.
    #[must_use]
    pub fn fixed(&self) -> usize {
        self.text.len().saturating_sub(usize::from(self.star.is_some()))
    }

    /// Whether a name fits.
    #[must_use]
    pub fn matches(&self, name: &[u8]) -> bool {
        let text = self.text.as_bytes();
        match self.star {
            None => text == name,
            Some(star) => {
                let before = text.get(..star).unwrap_or_default();
                let after = text.get(star.saturating_add(1)..).unwrap_or_default();
                name.len() >= self.fixed() && name.starts_with(before) && name.ends_with(after)
            }
        }
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A domain, or `*.` and a domain for it and all names below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainPattern {
    domain: Box<str>,
    is_wide: bool,
}

impl DomainPattern {
    /// Reads a pattern, in any case of letters; `None` if there is no host in it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (text, is_wide) = match text.strip_prefix("*.") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let host = crate::Host::parse(text).ok()?;
        let is_allowed = !(is_wide && host.is_address());
        is_allowed.then(|| Self { domain: host.as_str().into(), is_wide })
    }

    /// The domain without `*.`.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Whether names below it belong to it.
    #[must_use]
    pub const fn is_wide(&self) -> bool {
        self.is_wide
    }

    /// Whether a host in its canonical form belongs to it.
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        let is_below = || host.strip_suffix(&*self.domain).is_some_and(|rest| rest.ends_with('.'));
        *host == *self.domain || (self.is_wide && is_below())
    }
}

impl fmt::Display for DomainPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.is_wide { "*." } else { "" }, self.domain)
    }
}
