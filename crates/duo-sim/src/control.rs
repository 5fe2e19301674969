//! The other side of the simulated phones, and of the wire: what tests and people steer it by.

mod page;

use http::header::{ACCEPT, CONTENT_TYPE, HOST, HeaderValue, ORIGIN};
use http::{Method, Request, Response, StatusCode};
use serde_json::{Value, json};
use upheld_duo::{Params, UnixSeconds};

use crate::config::{Decision, PhoneOf};
use crate::protocol::{html, redirect};
use crate::state::{Kind, Phone, Status};
use crate::{FaultAt, Simulator};
use page::passcode_page;

/// A push or a call.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asked {
    /// Its name.
    pub txid: String,
    /// Who is asked.
    pub username: String,
    /// Whether it is a push; else it is a call.
    pub is_push: bool,
    /// Whether it is over.
    pub is_over: bool,
    /// The code that is to be typed on the phone, if it is a verified push.
    pub code: Option<String>,
    /// What the push shows.
    pub lines: Vec<(String, String)>,
}

/// A text message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Message {
    /// When it was sent.
    pub sent: UnixSeconds,
    /// What it says.
    pub body: String,
}

impl Simulator {
    /// The pushes and calls there were, in no order.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        let askings = self.state.askings.iter();
        let told = askings.filter_map(|(txid, asking)| {
            let (is_push, code, lines) = match &asking.kind {
                Kind::Push { code, lines } => (true, code.clone(), lines.clone()),
                Kind::Call => (false, None, Vec::new()),
                Kind::Passcode(_) | Kind::SecurityKey | Kind::Remembered | Kind::NotAsked => {
                    return None;
                }
            };
            let username = self.state.user(&asking.user_id)?.name.clone();
            Some(Asked {
                txid: txid.clone(),
                username,
                is_push,
                is_over: asking.is_over(),
                code,
                lines,
            })
        });
        told.collect()
    }

    /// Answers a push or a call; a verified push is approved only with its code. Returns whether
    /// that ended it.
    pub fn decide(
        &mut self,
        txid: &str,
        decision: Decision,
        code: Option<&str>,
        now: UnixSeconds,
    ) -> bool {
        let asking = self.state.askings.get_mut(txid);
        let ended = asking.is_some_and(|asking| asking.decide(decision, code));
        if ended {
            self.state.record_end(txid, now.0);
        }
        ended
    }

    /// Picks a call up, and presses no key yet.
    pub fn answer_call(&mut self, txid: &str) {
        if let Some(asking) = self.state.askings.get_mut(txid) {
            asking.answer();
        }
    }

    /// Says what a user does from now on when asked, and after how many seconds. Returns whether
    /// there is such a user.
    pub fn script(&mut self, username: &str, decision: Decision, delay: u64) -> bool {
        let user = self.state.users.iter_mut().find(|user| user.name == username);
        user.is_some_and(|user| {
            (user.decision, user.delay) = (decision, delay);
            true
        })
    }

    /// Lets something go wrong.
    pub fn fault(&mut self, fault: FaultAt) {
        self.faults.push(fault);
    }

    /// Lets nothing go wrong any more.
    pub fn clear_faults(&mut self) {
        self.faults.clear();
    }

    /// Sets the clock ahead by so many seconds, or back.
    pub const fn set_skew(&mut self, seconds: i64) {
        self.skew = seconds;
    }

    /// The text messages that a user has.
    #[must_use]
    pub fn messages(&self, username: &str) -> Vec<Message> {
        let texts = self.phones_of(username).flat_map(|phone| &phone.texts);
        texts
            .map(|text| Message { sent: UnixSeconds(text.sent), body: text.body.clone() })
            .collect()
    }

    /// The next passcode of a user's hardware token, or else of Duo Mobile.
    pub fn press(&mut self, username: &str, now: UnixSeconds) -> Option<String> {
        let user = self.state.user_named(username)?;
        let (token, phones) = (user.tokens.first().cloned(), user.phones.clone());
        if let Some(token) = token.and_then(|id| self.state.token_mut(&id)) {
            return Some(token.press(now.0));
        }
        phones.iter().find_map(|id| self.state.phone_mut(id)?.press(now.0))
    }

    /// Scans the code of an enrolment with a new phone. Returns whether it was good.
    pub fn scan(&mut self, user_id: &str, now: UnixSeconds) -> bool {
        let phone = Phone::new(&mut self.state.draw, &PhoneOf::default());
        let Some(user) = self.state.user_mut(user_id) else { return false };
        let Some(enrolment) = &mut user.enrolment else { return false };
        if enrolment.done || now.0 >= enrolment.expires {
            return false;
        }
        enrolment.done = true;
        user.phones.push(phone.id.clone());
        self.state.phones.push(phone);
        true
    }

    /// Gives a user who has nothing a phone, and ends their enrolment if there is one. Returns
    /// whether there is such a user.
    pub fn enrol(&mut self, username: &str, now: UnixSeconds) -> bool {
        let phone = Phone::new(&mut self.state.draw, &PhoneOf::default());
        let users = &mut self.state.users;
        let Some(user) = users.iter_mut().find(|user| user.name == username) else { return false };
        if user.is_enrolled() {
            return false;
        }
        if let Some(enrolment) = &mut user.enrolment {
            enrolment.done |= now.0 < enrolment.expires;
        }
        user.phones.push(phone.id.clone());
        self.state.phones.push(phone);
        true
    }

    /// Ends the lockout of a user. Returns whether there is such a user.
    pub fn unlock(&mut self, username: &str) -> bool {
        let user = self.state.users.iter_mut().find(|user| user.name == username);
        user.is_some_and(|user| {
            (user.status, user.failures) = (Status::Active, 0);
            true
        })
    }

    /// Answers a request to the control plane: the phone page, or a command.
    ///
    /// | request | does |
    /// |---|---|
    /// | `GET /` | shows the phones |
    /// | `GET /state` | tells pushes, calls and text messages as JSON |
    /// | `POST /decide` | `txid`, `decision`, `code`: answers a push or a call |
    /// | `POST /answer` | `txid`: picks a call up |
    /// | `POST /script` | `username`, `decision`, `delay` |
    /// | `POST /press` | `username`: tells the next passcode |
    /// | `POST /scan` | `user_id`: ends an enrolment well |
    /// | `POST /enrol` | `username`: gives somebody who has nothing a phone |
    /// | `POST /unlock` | `username` |
    /// | `POST /skew` | `seconds` |
    /// | `POST /fault` | a [`FaultAt`] as JSON |
    /// | `POST /clear` | no more faults |
    pub fn control(&mut self, request: &Request<Vec<u8>>, now: UnixSeconds) -> Response<Vec<u8>> {
        if !is_local(request) {
            return html(StatusCode::FORBIDDEN, "<p>Only from this machine.</p>".to_owned());
        }
        self.state.tick(now.0);
        let path = request.uri().path();
        if request.method() == Method::GET {
            return match path {
                "/" => self.phone_page(),
                "/state" => json_reply(&self.told()),
                _ => html(StatusCode::NOT_FOUND, String::new()),
            };
        }
        let Some(done) = self.command(path, request.body(), now) else {
            return html(StatusCode::BAD_REQUEST, "<p>No such command.</p>".to_owned());
        };
        let accepts = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
        if accepts.is_some_and(|accepts| accepts.contains("text/html")) {
            let told = |name: &str| done.get(name).and_then(Value::as_str);
            let passcode = told("username").zip(told("passcode"));
            return passcode
                .map_or_else(|| redirect("/"), |(username, code)| passcode_page(username, code));
        }
        json_reply(&done)
    }

    fn command(&mut self, path: &str, body: &[u8], now: UnixSeconds) -> Option<Value> {
        if path == "/fault" {
            self.fault(serde_json::from_slice(body).ok()?);
            return Some(json!({ "done": true }));
        }
        let params = Params::parse_form(str::from_utf8(body).ok()?).ok()?;
        let done = match path {
            "/decide" => {
                let decision = parse_decision(params.get("decision")?)?;
                let code = params.get("code").filter(|code| !code.is_empty());
                self.decide(params.get("txid")?, decision, code, now)
            }
            "/answer" => {
                self.answer_call(params.get("txid")?);
                true
            }
            "/script" => {
                let decision = parse_decision(params.get("decision")?)?;
                let delay = params.get("delay").unwrap_or("0").parse().ok()?;
                self.script(params.get("username")?, decision, delay)
            }
            "/press" => {
                let username = params.get("username")?;
                let code = self.press(username, now);
                return Some(
                    json!({ "done": code.is_some(), "username": username, "passcode": code }),
                );
            }
            "/scan" => self.scan(params.get("user_id")?, now),
            "/enrol" => self.enrol(params.get("username")?, now),
            "/unlock" => self.unlock(params.get("username")?),
            "/skew" => {
                self.set_skew(params.get("seconds")?.parse().ok()?);
                true
            }
            "/clear" => {
                self.clear_faults();
                true
            }
            _ => return None,
        };
        Some(json!({ "done": done }))
    }

    fn told(&self) -> Value {
        let asked: Vec<_> = self
            .asked()
            .into_iter()
            .map(|asked| {
                json!({
                    "txid": asked.txid,
                    "username": asked.username,
                    "is_push": asked.is_push,
                    "is_over": asked.is_over,
                    "code": asked.code,
                    "lines": asked.lines,
                })
            })
            .collect();
        let messages: Vec<_> = self
            .state
            .users
            .iter()
            .flat_map(|user| {
                let messages = self.messages(&user.name).into_iter();
                messages.map(|message| json!({ "username": user.name, "body": message.body }))
            })
            .collect();
        json!({ "asked": asked, "messages": messages })
    }

    fn phones_of(&self, username: &str) -> impl Iterator<Item = &Phone> {
        let ids = self.state.user_named(username).map(|user| user.phones.as_slice());
        ids.unwrap_or_default().iter().filter_map(|id| self.state.phone(id))
    }
}

fn parse_decision(text: &str) -> Option<Decision> {
    serde_json::from_value(text.into()).ok()
}

fn json_reply(document: &Value) -> Response<Vec<u8>> {
    let mut reply = Response::new(document.to_string().into_bytes());
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    reply
}

/// Whether a request is not from another site: neither by another name for this machine, nor from
/// a page of elsewhere.
fn is_local(request: &Request<Vec<u8>>) -> bool {
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let host = text(HOST).unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = matches!(name, "localhost" | "127.0.0.1" | "[::1]");
    let is_ours = |origin: &str| origin.split_once("://").is_some_and(|(_, origin)| origin == host);
    is_here && text(ORIGIN).is_none_or(is_ours)
}
