//! Every rule: what it demands, why, and an example of each side.

mod consent_law;
mod set_cookie;

fn rules() -> impl Iterator<Item = &'static Rule> {
    set_cookie::RULES.iter().chain(&consent_law::RULES)
}

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
    /// What breaks it; empty if nothing short does. For a rule on `Set-Cookie`, header fields, one
    /// to a line; for one on the law, lines of `policy.toml` or what is observed.
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
    /// CL01: set before a choice, and not exempt.
    BeforeChoice,
    /// CL02: not declared.
    Undeclared,
    /// CL03: declared and not observed.
    NeverObserved,
    /// CL04: lives longer than declared.
    OutlivesDeclaration,
    /// CL05: no lifetime.
    NoLifetime,
    /// CL06: a third party that is not named.
    UnnamedThirdParty,
    /// CL07: an exception claimed for what it does not cover.
    ExemptAdvertising,
    /// CL08: legitimate interest as a ground for access to a device.
    LegitimateInterest,
    /// CL09: an exception claimed for something with another purpose.
    SeveralPurposes,
    /// CL10: the conditions of an exception are not met.
    ConditionsOfException,
    /// CL11: French audience measurement for too long or for others.
    FrenchStatistics,
    /// CL12: consent relied on for too long.
    StaleConsent,
    /// CL13: asked again too soon after refusal.
    AskedTooSoon,
    /// CL14: still there after consent was withdrawn.
    SurvivesWithdrawal,
    /// CL15: a removal that does not hit the cookie.
    RemovalMisses,
    /// CL16: sold or shared in spite of Global Privacy Control.
    GpcIgnored,
    /// CL17: `/.well-known/gpc.json` missing or invalid.
    GpcFile,
    /// CL18: a way to opt out that nobody checked in time.
    DeadOptOut,
    /// CL19: a statement that the vendor asks for is missing.
    VendorStatement,
    /// CL20: a banner that steers.
    UnfairBanner,
    /// CL21: harder to withdraw than to give.
    HardWithdrawal,
    /// CL22: a beacon before a choice.
    BeaconBeforeChoice,
    /// CL23: Flash cookies.
    Flash,
    /// CL24: a law that is no longer in force.
    OutdatedStatute,
    /// CL25: a recording from which nothing follows.
    UnusableRecording,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Family {
    /// SC: whether a user agent keeps a cookie, and as meant.
    SetCookie,
    /// CL: whether the law allows what is declared or observed.
    ConsentLaw,
}

impl Code {
    /// Every code, in the order of the catalogue.
    pub fn all() -> impl Iterator<Item = Self> {
        rules().map(|rule| rule.code)
    }

    /// The codes of one family.
    pub fn of(family: Family) -> impl Iterator<Item = Self> {
        Self::all().filter(move |code| code.family() == family)
    }

    /// What the rule is about.
    #[must_use]
    pub fn family(self) -> Family {
        let is_of_law = consent_law::RULES.iter().any(|rule| rule.code == self);
        if is_of_law { Family::ConsentLaw } else { Family::SetCookie }
    }

    /// What the catalogue says of it.
    #[must_use]
    pub fn rule(self) -> &'static Rule {
        let [first, ..] = &set_cookie::RULES;
        rules().find(|rule| rule.code == self).unwrap_or(first)
    }

    /// The code of a short name such as `SC09` or `CL05`, in any case of letters.
    #[must_use]
    pub fn parse(id: &str) -> Option<Self> {
        rules().find(|rule| rule.id.eq_ignore_ascii_case(id)).map(|rule| rule.code)
    }

    /// The short name, such as `SC09`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.rule().id
    }
}
