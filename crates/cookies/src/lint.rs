//! What is wrong with a `Set-Cookie` header field or with a declaration, where, and how to put it
//! right.

use core::ops::Range;

use crate::{Api, RequestUrl, SuffixList, TopLevelDomains, UnixSeconds};

mod attributes;
mod catalogue;
mod consent_law;
mod lifetime;
mod name;
mod place;
mod report;
mod response;

pub use catalogue::{Code, Family, Rule, Severity};
pub use consent_law::{Finding, lint_gpc_file, lint_policy, lint_removal, lint_whole_policy};
pub use response::{lint_jar, lint_response};

use report::Report;

/// The most findings that one header field is given; a hostile one could have thousands.
pub const MAX_DIAGNOSTICS: usize = 64;

/// One finding. It speaks of names and places and never of values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The rule that is broken.
    pub code: Code,
    /// How bad that is here.
    pub severity: Severity,
    /// The bytes of the header field concerned; empty where something is missing.
    pub span: Range<usize>,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to write instead, where one change puts it right.
    pub fix: Option<Fix>,
}

/// A change to a header field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// The bytes to replace.
    pub span: Range<usize>,
    /// What to put in their place.
    pub replacement: String,
}

impl Fix {
    /// The header field with the change made; unchanged if it has no such bytes.
    #[must_use]
    pub fn apply(&self, header: &[u8]) -> Vec<u8> {
        let (before, after) = (header.get(..self.span.start), header.get(self.span.end..));
        let (Some(before), Some(after)) = (before, after) else { return header.to_vec() };
        [before, self.replacement.as_bytes(), after].concat()
    }
}

/// What a cookie is for, as far as its safety is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Told from the name: that of a well-known session cookie, or one with `sess` or `auth` in it.
    #[default]
    FromName,
    /// Whoever has it is signed in.
    Session,
    /// Nothing of the kind.
    Other,
}

/// What is known about a cookie besides its header field.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    now: UnixSeconds,
    url: Option<&'a RequestUrl>,
    suffixes: &'a dyn SuffixList,
    api: Api,
    role: Role,
}

impl<'a> Setting<'a> {
    /// A response at `now`, from an unknown host.
    #[must_use]
    pub const fn new(now: UnixSeconds) -> Self {
        let suffixes = &TopLevelDomains;
        Self { now, url: None, suffixes, api: Api::Http, role: Role::FromName }
    }

    /// The same with the URL that was requested.
    #[must_use]
    pub const fn from_url(mut self, url: &'a RequestUrl) -> Self {
        self.url = Some(url);
        self
    }

    /// The same with a list of public suffixes.
    #[must_use]
    pub const fn with_suffixes(mut self, suffixes: &'a dyn SuffixList) -> Self {
        self.suffixes = suffixes;
        self
    }

    /// The same set by another API.
    #[must_use]
    pub const fn by(mut self, api: Api) -> Self {
        self.api = api;
        self
    }

    /// The same with what the cookie is for.
    #[must_use]
    pub const fn for_role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }
}

impl core::fmt::Debug for Setting<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Setting")
            .field("now", &self.now)
            .field("url", &self.url)
            .field("api", &self.api)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// Finds what is wrong with one header field's value, in the order of the bytes concerned.
///
/// ```
/// use upheld_cookies::lint::{Code, Setting, lint};
/// use upheld_cookies::UnixSeconds;
///
/// let header = b"__adroll_fpc=1-1; path=/; expire=Wed, 24 Nov 2027 00:00:00 GMT; samesite=lax";
/// let [finding] = &lint(header, &Setting::new(UnixSeconds(1_795_500_000)))[..] else { panic!() };
/// assert_eq!((finding.code, finding.span.clone()), (Code::UnknownAttribute, 26..32));
/// assert_eq!(finding.message, "`expire` is no attribute and is ignored; did you mean `Expires`?");
/// let fixed = finding.fix.as_ref().ok_or("no fix")?.apply(header);
/// assert!(fixed.starts_with(b"__adroll_fpc=1-1; path=/; Expires=Wed"));
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn lint(header: &[u8], setting: &Setting<'_>) -> Vec<Diagnostic> {
    let mut report = Report::new(header, setting);
    if name::check_bytes(&mut report) {
        name::check(&mut report);
        attributes::check(&mut report);
        lifetime::check(&mut report);
        place::check(&mut report);
    }
    report.finish()
}
