//! Users.

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::{Phone, Token, U2fToken, WebauthnCredential};
use crate::auth::UserId;
use crate::open::open_enum;
use crate::params::encode;
use crate::reply::{self, null_as_default};
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, UnixSeconds};

/// A user as administrators see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// Duo's own name for them.
    pub user_id: UserId,
    /// Their name.
    pub username: String,
    /// Their name outside of computers.
    #[serde(default)]
    pub realname: Option<String>,
    /// Where to write to them.
    #[serde(default)]
    pub email: Option<String>,
    /// Whether they are asked for a second factor.
    pub status: UserStatus,
    /// Whether they have something to show.
    #[serde(default)]
    pub is_enrolled: Option<bool>,
    /// When they were made.
    #[serde(default)]
    pub created: Option<UnixSeconds>,
    /// When they last signed in.
    #[serde(default)]
    pub last_login: Option<UnixSeconds>,
    /// What administrators wrote down about them.
    #[serde(default)]
    pub notes: Option<String>,
    /// Their phones.
    #[serde(default, deserialize_with = "null_as_default")]
    pub phones: Vec<Phone>,
    /// Their hardware tokens.
    #[serde(default, deserialize_with = "null_as_default")]
    pub tokens: Vec<Token>,
    /// Their security keys and platform authenticators.
    #[serde(default, deserialize_with = "null_as_default")]
    pub webauthncredentials: Vec<WebauthnCredential>,
    /// Their U2F tokens.
    #[serde(default, deserialize_with = "null_as_default")]
    pub u2ftokens: Vec<U2fToken>,
}

open_enum! {
    /// Whether a user is asked for a second factor.
    UserStatus {
        /// They are.
        Active = "active",
        /// They are let in without: see to it that few are.
        Bypass = "bypass",
        /// They are not let in.
        Disabled = "disabled",
        /// They are not let in after too many failures. Only Duo sets this.
        LockedOut = "locked out",
        /// They will be deleted.
        PendingDeletion = "pending deletion",
    }
}

/// Makes a user.
#[derive(Clone, Debug)]
pub struct CreateUser(Params);

/// Changes a user.
#[derive(Clone, Debug)]
pub struct ModifyUser {
    user: UserId,
    params: Params,
}

impl CreateUser {
    /// Makes a user of this name.
    #[must_use]
    pub fn named(username: &str) -> Self {
        Self(Params::new().with("username", username))
    }

    /// Says what they are called outside of computers.
    #[must_use]
    pub fn with_realname(mut self, name: &str) -> Self {
        self.0.push("realname", name);
        self
    }

    /// Says where to write to them.
    #[must_use]
    pub fn with_email(mut self, address: &str) -> Self {
        self.0.push("email", address);
        self
    }
}

impl ModifyUser {
    /// Sets whether they are asked for a second factor.
    #[must_use]
    pub fn status(user: UserId, status: &UserStatus) -> Self {
        Self { user, params: Params::new().with("status", status.as_str()) }
    }
}

impl Call for CreateUser {
    type Output = User;

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        application.sign(Method::POST, "/admin/v1/users", &self.0, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<User, ReplyError> {
        reply::read(reply, Self::MAX_REPLY_BYTES)
    }
}

impl Call for ModifyUser {
    type Output = User;

    const REPEAT: Repeat = Repeat::Freely;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let path = ["/admin/v1/users/", &encode(self.user.as_str())].concat();
        application.sign(Method::POST, &path, &self.params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<User, ReplyError> {
        reply::read(reply, Self::MAX_REPLY_BYTES)
    }
}
