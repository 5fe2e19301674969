//! Bypass codes.

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use crate::auth::UserId;
use crate::params::encode;
use crate::reply;
use crate::{Application, Call, Params, Repeat, ReplyError, RequestError, SecretText, UnixSeconds};

/// Names a bypass code.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BypassCodeId(Box<str>);

/// A bypass code, without the code: that is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct BypassCode {
    /// Its name.
    pub bypass_code_id: BypassCodeId,
    /// When it was made.
    #[serde(default)]
    pub created: Option<UnixSeconds>,
    /// When it ends; never if there is none.
    #[serde(default)]
    pub expiration: Option<UnixSeconds>,
    /// How often it can still be used; without end if there is none.
    #[serde(default)]
    pub reuse_count: Option<u32>,
}

/// Makes bypass codes for a user, who then has no others unless that is asked for.
#[derive(Clone, Debug)]
pub struct CreateBypassCodes {
    user: UserId,
    count: u8,
    reuse_count: u32,
    valid_seconds: Option<u32>,
    keeps_existing: bool,
}

impl BypassCodeId {
    /// Takes over what Duo called a code.
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

impl CreateBypassCodes {
    /// Makes `count` codes, of which Duo makes at most ten at once, each good once.
    #[must_use]
    pub fn new(user: UserId, count: u8) -> Self {
        let count = count.clamp(1, 10);
        Self { user, count, reuse_count: 1, valid_seconds: None, keeps_existing: false }
    }

    /// Lets each be used several times; 0 is without end.
    #[must_use]
    pub const fn reusable(mut self, times: u32) -> Self {
        self.reuse_count = times;
        self
    }

    /// Ends them after so many seconds; else they never end.
    #[must_use]
    pub const fn valid_for(mut self, seconds: u32) -> Self {
        self.valid_seconds = Some(seconds);
        self
    }

    /// Leaves the user's other codes as they are.
    #[must_use]
    pub const fn keeping_existing(mut self) -> Self {
        self.keeps_existing = true;
        self
    }
}

impl Call for CreateBypassCodes {
    type Output = Vec<SecretText>;

    const REPEAT: Repeat = Repeat::AfterRefusal;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let seconds = self.valid_seconds.map(|seconds| seconds.to_string());
        let params = Params::new()
            .with("count", &self.count.to_string())
            .with("reuse_count", &self.reuse_count.to_string())
            .with_some("valid_secs", seconds.as_deref())
            .with_some("preserve_existing", self.keeps_existing.then_some("true"));
        let path = ["/admin/v1/users/", &encode(self.user.as_str()), "/bypass_codes"].concat();
        application.sign(Method::POST, &path, &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Vec<SecretText>, ReplyError> {
        reply::read(reply, Self::MAX_REPLY_BYTES)
    }
}
