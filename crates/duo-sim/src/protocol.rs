//! Duo's side of the wire.

mod admin_api;
mod auth_api;
mod authority;
mod log_api;
mod method;
mod prompt;
mod reply;

pub(crate) use prompt::Visits;
pub(crate) use reply::{Failure, Json, html, json, redirect, write};

use http::header::{DATE, HeaderValue};
use http::{Request, Response, StatusCode};
use upheld_duo::{Params, UnixSeconds};

use crate::fault::{Fault, edit};
use crate::{Answer, Simulator, Ticket, Waiting};

impl Simulator {
    /// Answers a request at `now`.
    pub fn respond(&mut self, request: &Request<Vec<u8>>, now: UnixSeconds) -> Answer {
        let now = UnixSeconds(now.0.saturating_add_signed(self.skew));
        self.state.tick(now.0);
        let path = request.uri().path().to_owned();
        let fault = self.take_fault(&path);
        if let Some(answer) = fault.as_ref().and_then(strike) {
            return answer;
        }
        let outcome = self.route(request, &path, fault.as_ref(), now);
        self.finish(outcome, fault, now)
    }

    /// Goes on with a request that waits.
    pub fn resume(&mut self, waiting: Waiting, now: UnixSeconds) -> Answer {
        let now = UnixSeconds(now.0.saturating_add_signed(self.skew));
        self.state.tick(now.0);
        let outcome = match &waiting.ticket {
            Ticket::Auth(txid) => self.auth_answer(txid),
            Ticket::Status(txid) => self.status_answer(txid),
        };
        self.finish(outcome, waiting.fault, now)
    }

    fn route(
        &mut self,
        request: &Request<Vec<u8>>,
        path: &str,
        fault: Option<&Fault>,
        now: UnixSeconds,
    ) -> Outcome {
        if let Some(refusal) = method::refusal(request.method(), path) {
            return Outcome::Page(refusal);
        }
        match path.split('/').nth(1) {
            _ if path == "/auth/v2/ping" => json(serde_json::json!({ "time": now.0 })).into(),
            Some("auth") => match self.authorize_auth(request, now) {
                Ok(params) => self.auth_api(path, &params, now),
                Err(failure) => Err(failure).into(),
            },
            Some("admin") => {
                let params = self.authorize_admin(request, now);
                params
                    .and_then(|params| self.admin_api(request.method(), path, &params, now))
                    .into()
            }
            Some("oauth" | "frame") => Outcome::Page(self.prompt(request, path, fault, now)),
            Some("portal" | "activate") => Outcome::Page(prompt::refusal(
                "Set up a phone first: on the page of the simulated phones.",
            )),
            _ => Err(Failure::new(40_401, "Resource not found")).into(),
        }
    }

    fn finish(&self, outcome: Outcome, fault: Option<Fault>, now: UnixSeconds) -> Answer {
        let mut reply = match outcome {
            Outcome::Wait(ticket, until) => {
                let until = UnixSeconds(until.saturating_add_signed(self.skew.saturating_neg()));
                return Answer::Wait(Waiting { ticket, fault, until });
            }
            Outcome::Page(reply) => reply,
            Outcome::Json(result) => {
                let (status, mut document) = write(result);
                if let Some(Fault::Edit { pointer, value }) = &fault {
                    edit(&mut document, pointer, value);
                }
                let mut reply = Response::new(document.to_string().into_bytes());
                *reply.status_mut() = status;
                let kind = HeaderValue::from_static("application/json");
                reply.headers_mut().insert("content-type", kind);
                reply
            }
        };
        let date = now.to_date().replace("-0000", "GMT");
        if let Ok(date) = HeaderValue::from_str(&date) {
            reply.headers_mut().insert(DATE, date);
        }
        if fault == Some(Fault::Cut) { Answer::Cut(reply) } else { Answer::Reply(reply) }
    }

    fn take_fault(&mut self, path: &str) -> Option<Fault> {
        let matching = |at: &crate::FaultAt| at.times > 0 && path.starts_with(&at.path);
        let found = self.faults.iter_mut().find(|at| matching(at))?;
        found.times = found.times.saturating_sub(1);
        Some(found.fault.clone())
    }
}

/// What a request comes to.
pub(crate) enum Outcome {
    Json(Json),
    Page(Response<Vec<u8>>),
    Wait(Ticket, u64),
}

impl From<Json> for Outcome {
    fn from(result: Json) -> Self {
        Self::Json(result)
    }
}

/// The faults that come before Duo looks at a request.
fn strike(fault: &Fault) -> Option<Answer> {
    let mut reply = Response::new(Vec::new());
    match fault {
        Fault::Hang => return Some(Answer::Hang),
        Fault::RateLimited { retry_after, prefixed } => {
            let (_, document) = write(Err(Failure::new(42_901, "Too many requests")));
            *reply.status_mut() = StatusCode::TOO_MANY_REQUESTS;
            *reply.body_mut() = document.to_string().into_bytes();
            let name = if *prefixed { "x-retry-after" } else { "retry-after" };
            let wait = retry_after.as_ref().and_then(|wait| HeaderValue::from_str(wait).ok());
            if let Some(wait) = wait {
                reply.headers_mut().insert(name, wait);
            }
        }
        Fault::Status { status } => {
            *reply.status_mut() = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            *reply.body_mut() = b"<html><h1>Something went wrong</h1></html>".to_vec();
        }
        Fault::Oversize => *reply.body_mut() = vec![b' '; 24_000_000],
        Fault::NotJson => *reply.body_mut() = b"<html>Welcome to this network</html>".to_vec(),
        Fault::Redirect => {
            *reply.status_mut() = StatusCode::TEMPORARY_REDIRECT;
            let elsewhere = HeaderValue::from_static("https://example.com/");
            reply.headers_mut().insert("location", elsewhere);
        }
        Fault::Cut
        | Fault::Edit { .. }
        | Fault::Claim { .. }
        | Fault::Algorithm { .. }
        | Fault::Key => return None,
    }
    Some(Answer::Reply(reply))
}

/// What must be there, and is not empty.
pub(crate) fn required<'a>(params: &'a Params, name: &str) -> Result<&'a str, Failure> {
    let value = params.get(name).filter(|value| !value.is_empty());
    value.ok_or_else(|| Failure::new(40_001, "Missing required request parameters").about(name))
}

/// A parameter that is not acceptable.
pub(crate) fn invalid(name: &str) -> Failure {
    Failure::new(40_002, "Invalid request parameters").about(name)
}
