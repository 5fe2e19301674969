//! The authentication log, version 2.

use std::time::Duration;

use http::{Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::{Page, Paged};
use crate::auth::Txid;
use crate::reply;
use crate::{
    Application, Call, EventResult, EventType, FactorUsed, Params, Reason, Repeat, ReplyError,
    RequestError, UnixSeconds,
};

/// A moment in milliseconds since 1970-01-01T00:00:00Z: what this log, and no other call, wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "every u64 is a moment")]
pub struct UnixMillis(pub u64);

/// Reads who showed which factor when. Duo answers for the last 180 days, after about two minutes,
/// and asks for no more than about one call a minute.
#[derive(Clone, Debug)]
pub struct AuthLog {
    from: UnixMillis,
    to: UnixMillis,
    limit: u16,
    filters: Params,
    start: Option<String>,
}

/// Why two moments bound no log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthLogError {
    /// The end is not after the beginning.
    #[error("the log must end after it begins")]
    Order,
    /// Not thirteen digits: seconds, most likely.
    #[error("the log is bounded in milliseconds, between the years 2001 and 2286")]
    Unit,
    /// More than Duo keeps.
    #[error("a log of at most 180 days")]
    TooLong,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogEntry {
    /// Names it.
    #[serde(default)]
    pub txid: Option<Txid>,
    /// When.
    pub timestamp: UnixSeconds,
    /// What the person wanted.
    #[serde(default)]
    pub event_type: Option<EventType>,
    /// What they showed.
    #[serde(default)]
    pub factor: Option<FactorUsed>,
    /// How it ended.
    #[serde(default)]
    pub result: Option<EventResult>,
    /// Why.
    #[serde(default)]
    pub reason: Option<Reason>,
    /// Who.
    #[serde(default)]
    pub user: Option<Named>,
    /// Where to.
    #[serde(default)]
    pub application: Option<Named>,
    /// On which device they answered.
    #[serde(default)]
    pub auth_device: Option<AuthDevice>,
    /// From which device they came.
    #[serde(default)]
    pub access_device: Option<AccessDevice>,
}

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Named {
    /// Its name at Duo.
    #[serde(default)]
    pub key: Option<String>,
    /// What it is called.
    #[serde(default)]
    pub name: Option<String>,
}

/// On which device a person answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuthDevice {
    /// Its address.
    #[serde(default)]
    pub ip: Option<String>,
    /// Its number or name.
    #[serde(default)]
    pub name: Option<String>,
}

/// From which device a person came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AccessDevice {
    /// Its address.
    #[serde(default)]
    pub ip: Option<String>,
    /// What it is called.
    #[serde(default)]
    pub hostname: Option<String>,
    /// Its browser.
    #[serde(default)]
    pub browser: Option<String>,
    /// Its system.
    #[serde(default)]
    pub os: Option<String>,
}

impl AuthLog {
    /// The most entries on a page.
    pub const MAX_LIMIT: u16 = 1_000;

    const LONGEST: Duration = Duration::from_secs(180 * 24 * 60 * 60);

    /// Reads what happened between two moments, oldest first, a hundred entries to a page.
    ///
    /// # Errors
    ///
    /// [`AuthLogError`] when they bound nothing that Duo answers for.
    pub fn between(from: UnixMillis, to: UnixMillis) -> Result<Self, AuthLogError> {
        let has_13_digits =
            |moment: UnixMillis| (1_000_000_000_000..10_000_000_000_000).contains(&moment.0);
        if !has_13_digits(from) || !has_13_digits(to) {
            return Err(AuthLogError::Unit);
        }
        if from >= to {
            return Err(AuthLogError::Order);
        }
        if Duration::from_millis(to.0.abs_diff(from.0)) > Self::LONGEST {
            return Err(AuthLogError::TooLong);
        }
        Ok(Self { from, to, limit: 100, filters: Params::new(), start: None })
    }

    /// How many on a page, up to 1,000.
    #[must_use]
    pub fn with_limit(mut self, limit: u16) -> Self {
        self.limit = limit.clamp(1, Self::MAX_LIMIT);
        self
    }

    /// Leaves out what did not end so.
    #[must_use]
    pub fn with_result(mut self, result: &EventResult) -> Self {
        self.filters.push("results", result.as_str());
        self
    }

    /// Leaves out where something else was shown.
    #[must_use]
    pub fn with_factor(mut self, factor: &FactorUsed) -> Self {
        self.filters.push("factors", factor.as_str());
        self
    }
}

impl Call for AuthLog {
    type Output = Page<LogEntry>;

    const REPEAT: Repeat = Repeat::Freely;
    const PATIENCE: Duration = Duration::from_secs(30);
    const MAX_REPLY_BYTES: usize = 16 * 1024 * 1024;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let mut params = Params::new()
            .with("mintime", &self.from.0.to_string())
            .with("maxtime", &self.to.0.to_string())
            .with("limit", &self.limit.to_string())
            .with("sort", "ts:asc")
            .with_some("next_offset", self.start.as_deref());
        params.append(self.filters.clone());
        application.sign(Method::GET, "/admin/v2/logs/authentication", &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<Page<LogEntry>, ReplyError> {
        #[derive(Deserialize)]
        struct Log {
            authlogs: Vec<LogEntry>,
            #[serde(default)]
            metadata: Option<Cursor>,
        }
        #[derive(Deserialize)]
        struct Cursor {
            #[serde(default)]
            next_offset: Option<[String; 2]>,
            #[serde(default)]
            total_objects: Option<u64>,
        }
        let log: Log = reply::read(reply, Self::MAX_REPLY_BYTES)?;
        let cursor = log.metadata;
        let total = cursor.as_ref().and_then(|cursor| cursor.total_objects);
        let next = cursor.and_then(|cursor| cursor.next_offset).map(|parts| parts.join(","));
        Ok(Page { items: log.authlogs, next, total })
    }
}

impl Paged for AuthLog {
    type Item = LogEntry;

    fn starting_at(&self, next: &str) -> Self {
        Self { start: Some(next.to_owned()), ..self.clone() }
    }
}

impl From<UnixSeconds> for UnixMillis {
    fn from(moment: UnixSeconds) -> Self {
        Self(moment.0.saturating_mul(1_000))
    }
}
