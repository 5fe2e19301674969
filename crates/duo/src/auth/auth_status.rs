//! `GET /auth/v2/auth_status`

use std::time::Duration;

use http::{Method, Request, Response};

use super::challenge::{Stage, Wire};
use super::{AuthOutcome, Status, Txid};
use crate::call::PATIENCE_FOR_A_PERSON;
use crate::reply;
use crate::{
    Application, Call, Params, Repeat, ReplyError, RequestError, StatusMessage, UnixSeconds,
};

/// Asks how an authentication goes. Answers when something changes, or after about a minute.
#[derive(Clone, Debug)]
pub struct AuthStatus(Txid);

/// How an authentication goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "nobody is let in while it goes on"]
#[expect(clippy::exhaustive_enums, reason = "a caller must decide on each")]
pub enum AuthProgress {
    /// It goes on: ask again.
    Waiting(Progress),
    /// It is over.
    Done(AuthOutcome),
}

/// What to tell the person meanwhile.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// How far it is.
    pub status: Status,
    /// What Duo says.
    pub message: StatusMessage,
    /// Whether Duo held the request back on purpose, because it looked odd.
    pub is_delayed: bool,
}

impl AuthStatus {
    /// Asks about what [`StartAuth`](super::StartAuth) started.
    #[must_use]
    pub const fn of(txid: Txid) -> Self {
        Self(txid)
    }
}

impl Call for AuthStatus {
    type Output = AuthProgress;

    const REPEAT: Repeat = Repeat::Freely;
    const PATIENCE: Duration = PATIENCE_FOR_A_PERSON;

    fn request(
        &self,
        application: &Application,
        now: UnixSeconds,
    ) -> Result<Request<Vec<u8>>, RequestError> {
        let params = Params::new().with("txid", self.0.as_str());
        application.sign(Method::GET, "/auth/v2/auth_status", &params, now)
    }

    fn read(
        &self,
        _application: &Application,
        reply: &Response<Vec<u8>>,
        _now: UnixSeconds,
    ) -> Result<AuthProgress, ReplyError> {
        Ok(match reply::read::<Wire>(reply, Self::MAX_REPLY_BYTES)?.into_stage()? {
            Stage::Done(outcome) => AuthProgress::Done(outcome),
            Stage::Waiting { status, message, is_delayed } => {
                AuthProgress::Waiting(Progress { status, message, is_delayed })
            }
        })
    }
}
