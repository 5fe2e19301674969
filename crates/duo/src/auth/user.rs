//! Whom a call is about, and which attempt.

use serde::{Deserialize, Serialize};

use crate::Params;

/// Names a user at Duo: `DU` and 18 characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(Box<str>);

/// Whom a call is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "Duo takes one of these two")]
pub enum User {
    /// By Duo's own name.
    Id(UserId),
    /// By user name or alias.
    Name(Box<str>),
}

/// Names one authentication.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Txid(Box<str>);

impl UserId {
    /// Takes over what Duo called a user.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl User {
    /// A user by name or alias.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::Name(name.into())
    }

    pub(super) fn add_to(&self, params: Params) -> Params {
        match self {
            Self::Id(id) => params.with("user_id", id.as_str()),
            Self::Name(name) => params.with("username", name),
        }
    }
}

impl Txid {
    /// Takes over what Duo called an authentication.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
