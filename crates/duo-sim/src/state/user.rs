//! Users.

use super::SecurityKey;
use crate::config::Decision;

/// A user.
#[derive(Debug)]
pub(crate) struct User {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) realname: String,
    pub(crate) email: String,
    pub(crate) status: Status,
    pub(crate) phones: Vec<String>,
    pub(crate) tokens: Vec<String>,
    pub(crate) security_keys: Vec<SecurityKey>,
    /// Whether the prompt lets the user begin with a security key.
    pub(crate) adds_security_key: bool,
    pub(crate) bypass_codes: Vec<BypassCode>,
    pub(crate) enrolment: Option<Enrolment>,
    pub(crate) failures: u32,
    pub(crate) decision: Decision,
    pub(crate) delay: u64,
    pub(crate) verified_push: bool,
    pub(crate) push_fails: bool,
    pub(crate) verification: Option<Verification>,
    pub(crate) last_login: Option<u64>,
}

/// Whether a user is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Active,
    Bypass,
    Disabled,
    LockedOut,
}

/// A code that an administrator handed out.
#[derive(Debug)]
pub(crate) struct BypassCode {
    pub(crate) id: String,
    pub(crate) code: String,
    /// How often it can still be used; `None` is without end.
    pub(crate) uses: Option<u32>,
    pub(crate) expires: Option<u64>,
    pub(crate) created: u64,
}

/// The code of a verified push.
#[derive(Debug)]
pub(crate) struct Verification {
    /// Of the preauth that it came with.
    pub(crate) txid: String,
    pub(crate) code: String,
    pub(crate) expires: u64,
}

/// A user who may set up Duo Mobile.
#[derive(Debug)]
pub(crate) struct Enrolment {
    pub(crate) code: String,
    pub(crate) expires: u64,
    pub(crate) done: bool,
}

impl User {
    pub(crate) fn new(id: String, name: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            realname: String::new(),
            email: String::new(),
            status: Status::Active,
            phones: Vec::new(),
            tokens: Vec::new(),
            security_keys: Vec::new(),
            adds_security_key: false,
            bypass_codes: Vec::new(),
            enrolment: None,
            failures: 0,
            decision: Decision::Ask,
            delay: 0,
            verified_push: false,
            push_fails: false,
            verification: None,
            last_login: None,
        }
    }

    /// Whether the user has something to show.
    pub(crate) fn is_enrolled(&self) -> bool {
        !self.phones.is_empty() || !self.tokens.is_empty() || !self.security_keys.is_empty()
    }

    /// Uses a bypass code up, if it is one.
    pub(crate) fn use_bypass_code(&mut self, code: &str, now: u64) -> bool {
        let good = |known: &&mut BypassCode| {
            known.code == code && known.uses != Some(0) && known.expires.is_none_or(|end| now < end)
        };
        let Some(found) = self.bypass_codes.iter_mut().find(good) else { return false };
        found.uses = found.uses.map(|uses| uses.saturating_sub(1));
        true
    }
}

impl BypassCode {
    /// A code that is good once.
    pub(crate) fn new(id: String, code: &str) -> Self {
        Self { id, code: code.to_owned(), uses: Some(1), expires: None, created: 0 }
    }
}

impl Status {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Active, Self::Bypass, Self::Disabled, Self::LockedOut]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Bypass => "bypass",
            Self::Disabled => "disabled",
            Self::LockedOut => "locked out",
        }
    }
}
