//! Public suffixes: domains such as `co.uk` below which anyone may register a name.

/// A list of public suffixes.
///
/// A cookie for a public suffix would reach the sites of strangers, so user agents refuse it.
pub trait SuffixList {
    /// How many bytes at the end of `domain` are its public suffix, without the dot before.
    ///
    /// `domain` is in lower case. Every name has a suffix, at least its last label.
    fn suffix_length(&self, domain: &str) -> usize;

    /// Whether `domain` as a whole is a public suffix.
    fn is_public_suffix(&self, domain: &str) -> bool {
        !domain.is_empty() && self.suffix_length(domain) >= domain.len()
    }

    /// The public suffix of `host` and one label more; `None` for a suffix itself.
    ///
    /// ```
    /// use upheld_cookies::{SuffixList, TopLevelDomains};
    ///
    /// assert_eq!(TopLevelDomains.registrable_domain("www.clinic.example"), Some("clinic.example"));
    /// assert_eq!(TopLevelDomains.registrable_domain("example"), None);
    /// ```
    fn registrable_domain<'a>(&self, host: &'a str) -> Option<&'a str> {
        let before = host.len().checked_sub(self.suffix_length(host))?;
        let names = host.get(..before)?.strip_suffix('.')?;
        let label = names.rsplit('.').next().filter(|label| !label.is_empty())?;
        host.get(names.len().checked_sub(label.len())?..)
    }
}

/// The rule that applies when no list has an entry: the last label is a public suffix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing to configure")]
pub struct TopLevelDomains;

impl SuffixList for TopLevelDomains {
    fn suffix_length(&self, domain: &str) -> usize {
        let without_dot = domain.strip_suffix('.').unwrap_or(domain);
        let names = without_dot.rfind('.').map_or(0, |dot| dot.saturating_add(1));
        domain.len().saturating_sub(names)
    }
}

/// The Public Suffix List, its private section included, as of the release of the `psl` crate.
///
/// The list changes weekly: a build that is years old misses suffixes.
#[cfg(feature = "psl")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it has nothing to configure")]
pub struct PublicSuffixes;

#[cfg(feature = "psl")]
impl SuffixList for PublicSuffixes {
    fn suffix_length(&self, domain: &str) -> usize {
        let found = psl::suffix(domain.as_bytes()).map(|suffix| suffix.as_bytes().len());
        found.unwrap_or_else(|| TopLevelDomains.suffix_length(domain))
    }
}
