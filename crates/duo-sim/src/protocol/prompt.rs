//! The Universal Prompt: `/oauth/v1/*`, and the pages behind it.

mod assertion;
mod page;
mod remembered;
mod security_key;
mod token;

use std::collections::BTreeMap;

use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json as object};
use upheld_duo::universal::jwt;
use upheld_duo::{Params, SecretKey, UnixSeconds};

pub(super) use page::refusal;

use super::{Failure, html, json, redirect, write};
use crate::Simulator;
use crate::fault::Fault;
use crate::state::{Kind, Stage, Status};
use crate::webauthn::Challenge;

/// Who is at the prompt, and who may fetch a token.
#[derive(Debug, Default)]
pub(crate) struct Visits {
    open: BTreeMap<String, Visit>,
    /// What the security key of a visit is asked; taken out when it has answered.
    challenges: BTreeMap<String, Challenge>,
    /// By code; a code is taken out when it is used.
    grants: BTreeMap<String, Grant>,
    assertions: assertion::Seen,
    browsers: remembered::Browsers,
}

/// Somebody at the prompt.
#[derive(Clone, Debug)]
struct Visit {
    username: String,
    display_username: Option<String>,
    redirect_uri: String,
    state: String,
    nonce: Option<String>,
    uses_duo_code: bool,
    /// How old an earlier authentication may be, in seconds.
    max_age: Option<u64>,
    /// Whether an earlier one does not count at all.
    asks_again: bool,
    /// Whether the browser is to be remembered.
    remember: bool,
    /// The push or call that is under way.
    txid: Option<String>,
    message: String,
}

/// Somebody who came through.
#[derive(Debug)]
struct Grant {
    visit: Visit,
    shown: Shown,
    txid: String,
    expires: u64,
}

/// What somebody showed, and when.
#[derive(Clone, Copy, Debug)]
struct Shown {
    factor: &'static str,
    reason: &'static str,
    at: UnixSeconds,
}

const CODE_SECONDS: u64 = 300;
/// Duo began to refuse tokens that end later than this, in seconds.
const LONGEST_SECONDS: u64 = 3_600;

impl Simulator {
    pub(super) fn prompt(
        &mut self,
        request: &Request<Vec<u8>>,
        path: &str,
        fault: Option<&Fault>,
        now: UnixSeconds,
    ) -> Response<Vec<u8>> {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = host.unwrap_or(&self.host).to_owned();
        let Some(params) = params_of(request) else {
            return write_page(Err(Failure::new(40_002, "invalid_request")), fault);
        };
        match path {
            "/oauth/v1/health_check" => {
                let health = self
                    .check_assertion(&params, &host, path, now)
                    .map(|()| object!({ "timestamp": now.0 }));
                write_page(health.and_then(json), fault)
            }
            "/oauth/v1/authorize" => match self.authorize_visit(&params, &host, now) {
                Ok(visit) => self.admit(visit, request.headers(), now),
                Err(why) => refusal(why),
            },
            "/oauth/v1/token" => self.grant(&params, &host, fault, now),
            "/frame/prompt" => {
                let origin = [self.scheme, "://", &host].concat();
                self.visit_page(request.method(), &params, &origin, now)
            }
            "/frame/security-key.js" => security_key::script(),
            _ => html(StatusCode::NOT_FOUND, String::new()),
        }
    }

    pub(super) fn prompt_key(&self) -> Option<SecretKey> {
        SecretKey::parse(&self.state.config.prompt.secret).ok()
    }

    /// Reads what a browser brings. A value beside the signed request wins over the one in it.
    fn authorize_visit(
        &self,
        params: &Params,
        host: &str,
        now: UnixSeconds,
    ) -> Result<Visit, &'static str> {
        let id = &self.state.config.prompt.key;
        let key = self.prompt_key().ok_or("no client secret")?;
        let request = params.get("request").ok_or("request is missing")?;
        let claims: Value =
            jwt::decode(request, &key).map_err(|_| "request is not under the client secret")?;
        let claim = |name: &str| {
            let beside = params.get(name).map(ToOwned::to_owned);
            beside.or_else(|| Some(claims.get(name)?.as_str()?.to_owned()))
        };
        let optional =
            |name: &str, wanted: &str| claims.get(name).is_none_or(|value| value == wanted);
        if claim("client_id").as_ref() != Some(id) || !optional("iss", id) {
            return Err("client_id is another");
        }
        if !optional("aud", &["https://", host].concat()) {
            return Err("aud is another host");
        }
        if claim("response_type").as_deref() != Some("code") {
            return Err("response_type must be code");
        }
        if claim("scope").as_deref() != Some("openid") {
            return Err("scope must be openid");
        }
        if !is_current(&claims, now) {
            return Err("exp is over, or too far away");
        }
        let fits = |text: &String| (16..=1_024).contains(&text.len());
        let state = claim("state").filter(fits).ok_or("state must have 16 to 1024 characters")?;
        let nonce = claim("nonce");
        if !nonce.as_ref().is_none_or(fits) {
            return Err("nonce must have 16 to 1024 characters");
        }
        let code_attribute = claims.get("use_duo_code_attribute");
        let uses_duo_code = code_attribute.is_some_and(|value| {
            value == true || value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true"))
        });
        let redirect_uri = claim("redirect_uri").ok_or("redirect_uri is missing")?;
        if !redirect_uri.starts_with("https://") && !redirect_uri.starts_with("http://") {
            return Err("redirect_uri must be an address");
        }
        let max_age = match params.get("max_age") {
            Some(beside) => {
                Some(beside.parse().map_err(|_| "max_age must be a number of seconds")?)
            }
            None => match claims.get("max_age") {
                Some(signed) => Some(signed.as_u64().ok_or("max_age must be a number of seconds")?),
                None => None,
            },
        };
        let asks_again = match claim("prompt").as_deref() {
            None => false,
            Some("login") => true,
            Some(_) => return Err("prompt must be login"),
        };
        Ok(Visit {
            username: claim("duo_uname").ok_or("duo_uname is missing")?,
            display_username: claim("display_username"),
            redirect_uri,
            state,
            nonce,
            uses_duo_code,
            max_age,
            asks_again,
            remember: false,
            txid: None,
            message: String::new(),
        })
    }

    /// Lets somebody in at the door, or turns them away.
    fn admit(&mut self, visit: Visit, headers: &HeaderMap, now: UnixSeconds) -> Response<Vec<u8>> {
        let Some(user) = self.state.user_named(&visit.username) else {
            return refusal("You are not enrolled.");
        };
        if let Some(why) = closed_to(user.status) {
            return refusal(why);
        }
        let since = self.remembered_since(&visit, &user.id, headers, now);
        match (user.status, since) {
            (Status::Bypass, _) => {
                self.let_through(visit, (Kind::NotAsked, "bypass_user", now), now)
            }
            _ if !user.is_enrolled() && !user.adds_security_key => refusal("You are not enrolled."),
            (_, Some(since)) => {
                self.let_through(visit, (Kind::Remembered, "remembered_device", since), now)
            }
            _ => {
                let sid = self.state.draw.hex();
                let to = ["/frame/prompt?sid=", &sid].concat();
                self.visits.open.insert(sid, visit);
                redirect(&to)
            }
        }
    }

    /// Sends somebody back who is asked nothing.
    fn let_through(
        &mut self,
        visit: Visit,
        (kind, reason, at): (Kind, &'static str, UnixSeconds),
        now: UnixSeconds,
    ) -> Response<Vec<u8>> {
        let Some(id) = self.state.user_named(&visit.username).map(|user| user.id.clone()) else {
            return refusal("You are not enrolled.");
        };
        let shown = Shown { factor: kind.factor(), reason, at };
        let txid = Some(self.over(&id, kind, Stage::Bypassed, now));
        self.leave(Visit { txid, ..visit }, shown, now)
    }

    /// Sends somebody back with a code.
    fn leave(&mut self, visit: Visit, shown: Shown, now: UnixSeconds) -> Response<Vec<u8>> {
        let code = self.state.draw.hex();
        let name = if visit.uses_duo_code { "duo_code" } else { "code" };
        let query = Params::new().with("state", &visit.state).with(name, &code);
        let to = address(&visit.redirect_uri, &query);
        let txid = visit.txid.clone().unwrap_or_else(|| self.state.draw.uuid());
        let expires = now.0.saturating_add(CODE_SECONDS);
        let mut reply = redirect(&to);
        if visit.remember {
            self.remember(&mut reply, &visit.username, shown.at);
        }
        self.visits.grants.insert(code, Grant { visit, shown, txid, expires });
        reply
    }
}

impl Visits {
    /// Ends a visit, and what it asked.
    fn forget(&mut self, sid: &str) {
        self.open.remove(sid);
        self.challenges.remove(sid);
    }
}

/// Why nobody of a status gets in.
const fn closed_to(status: Status) -> Option<&'static str> {
    match status {
        Status::Disabled => Some("Your account is disabled."),
        Status::LockedOut => Some("Your account has been locked out."),
        Status::Active | Status::Bypass => None,
    }
}

/// An address with more of a query.
fn address(uri: &str, query: &Params) -> String {
    let separator = if uri.contains('?') { "&" } else { "?" };
    [uri, separator, &query.canonical()].concat()
}

/// The parameters of the query, then of the form: clients use either.
fn params_of(request: &Request<Vec<u8>>) -> Option<Params> {
    let mut params = Params::parse_form(request.uri().query().unwrap_or_default()).ok()?;
    params.append(Params::parse_form(str::from_utf8(request.body()).ok()?).ok()?);
    Some(params)
}

/// Whether a token has not ended, with a fraction or without, and ends within an hour.
#[expect(clippy::as_conversions, clippy::cast_precision_loss, reason = "seconds fit for ages")]
fn is_current(claims: &Value, now: UnixSeconds) -> bool {
    let left = claims.get("exp").and_then(Value::as_f64).map(|end| end - now.0 as f64);
    left.is_some_and(|left| left > 0.0 && left <= LONGEST_SECONDS as f64)
}

fn write_page(result: super::Json, fault: Option<&Fault>) -> Response<Vec<u8>> {
    let (status, mut document) = write(result);
    if let Some(Fault::Edit { pointer, value }) = fault {
        crate::fault::edit(&mut document, pointer, value);
    }
    json_page(status, &document)
}

fn json_page(status: StatusCode, document: &Value) -> Response<Vec<u8>> {
    let mut reply = Response::new(document.to_string().into_bytes());
    *reply.status_mut() = status;
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}
