//! Every rule: what it demands, why, and an example of each side.

mod set_cookie;

use set_cookie::RULES;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// Good to know.
    Note,
    /// It works, but not everywhere or not as meant.
    Warning,
    /// A user agent drops the cookie or ignores what was said, or a server must not send it.
    Error,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// Which rule.
    pub code: Code,
    /// Its short name, such as `SC09`, which never changes.
    pub id: &'static str,
    /// How bad it mostly is to break it.
    pub severity: Severity,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// What comes of breaking it, and what to do.
    pub why: &'static str,
    /// `Set-Cookie` header fields, one to a line, that break it; empty if none is short enough.
    pub wrong: &'static str,
    /// The same put right.
    pub right: &'static str,
}

/// Which rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Code {
    /// SC01: a control character.
    ControlCharacter,
    /// SC02: name and value above 4,096 bytes.
    TooLong,
    /// SC03: an attribute's value above 1,024 bytes.
    LongAttribute,
    /// SC04: a cookie without a name.
    Nameless,
    /// SC05: neither name nor value.
    Empty,
    /// SC06: bytes that a name or value must not have.
    Octets,
    /// SC07: an attribute twice.
    Repeated,
    /// SC08: one name twice in a response.
    SameNameTwice,
    /// SC09: `SameSite=None` without `Secure`.
    SameSiteNone,
    /// SC10: `__Secure-` without `Secure`.
    SecurePrefix,
    /// SC11: `__Host-` without what it promises.
    HostPrefix,
    /// SC12: a prefix in other letters.
    PrefixCase,
    /// SC13: `__Http-` or `__Host-Http-` without what it promises.
    HttpPrefix,
    /// SC14: a prefix in the value of a nameless cookie.
    NamelessPrefix,
    /// SC15: an unknown `SameSite`.
    UnknownSameSite,
    /// SC16: an unknown attribute.
    UnknownAttribute,
    /// SC17: an `Expires` that is no date.
    UnreadableExpires,
    /// SC18: a date that is no IMF-fixdate.
    UnusualDate,
    /// SC19: `Max-Age` and `Expires` disagree.
    Disagreement,
    /// SC20: a lifetime above 400 days.
    LongLifetime,
    /// SC21: a `Max-Age` that is no number.
    MaxAgeDigits,
    /// SC22: `Secure` over a connection that is not.
    SecureOverHttp,
    /// SC23: a `Domain` that user agents refuse or ignore.
    Domain,
    /// SC24: a `Path` that does not begin with a slash.
    RelativePath,
    /// SC25: `Partitioned` without `Secure` or `SameSite=None`.
    Partitioned,
    /// SC26: a session without `Secure`, `HttpOnly` or `SameSite`.
    UnprotectedSession,
    /// SC27: several cookies in one field.
    Folded,
    /// SC28: too many cookies, or too much of them.
    Budget,
    /// SC29: more than seven days for what a script sets.
    ScriptLifetime,
}

impl Code {
    /// Every code, in the order of the catalogue.
    #[must_use]
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        RULES.iter().map(|rule| rule.code)
    }

    /// What the catalogue says of it.
    #[must_use]
    pub fn rule(self) -> &'static Rule {
        let [first, ..] = &RULES;
        RULES.iter().find(|rule| rule.code == self).unwrap_or(first)
    }

    /// The code of a short name such as `SC09`, in any case of letters.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        RULES.iter().find(|rule| rule.id.eq_ignore_ascii_case(id)).map(|rule| rule.code)
    }

    /// The short name, such as `SC09`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.rule().id
    }
}
