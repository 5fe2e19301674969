//! The Universal Prompt, from the health check to the outcome, and every lie a token can tell.

use http::{Method, Request, Response, StatusCode};
use rand::rngs::SysRng;
use serde_json::{Value, json};
use upheld_duo::universal::{
    Callback, Exchange, HealthCheck, Login, Pending, Prompt, PromptOutcome, Returned, TokenError,
};
use upheld_duo::{Call, FactorUsed, Params, ReplyError, UnixSeconds};
use upheld_duo_sim::{Config, Decision, Fault, FaultAt};

use crate::{Duo, HOST, application};

const REDIRECT: &str = "https://clinic.example/duo/callback";

/// A browser that goes where it is sent, until it is sent back to the application.
pub(crate) struct Browser<'a> {
    duo: &'a mut Duo,
    /// Where it is: a path and a query, or the application's address.
    pub(crate) at: String,
    pub(crate) page: String,
    /// What it was told to keep: a name and a value.
    pub(crate) cookie: Option<String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn open(duo: &'a mut Duo, address: &str) -> Self {
        Self::open_again(duo, address, None)
    }

    /// A browser that was here before.
    pub(crate) fn open_again(duo: &'a mut Duo, address: &str, cookie: Option<String>) -> Self {
        let path = address.strip_prefix(&format!("https://{HOST}")).unwrap().to_owned();
        let mut browser = Self { duo, at: String::new(), page: String::new(), cookie };
        browser.go(Method::GET, &path, "");
        browser
    }

    pub(crate) fn go(&mut self, method: Method, path: &str, form: &str) {
        let mut request = Request::builder().method(method).uri(path).header("host", HOST);
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", format!("a=b; {cookie}"));
        }
        let reply: Response<Vec<u8>> =
            self.duo.exchange(&request.body(form.as_bytes().to_vec()).unwrap());
        if let Some(cookie) = reply.headers().get("set-cookie") {
            let (pair, attributes) = cookie.to_str().unwrap().split_once("; ").unwrap();
            assert!(attributes.contains("HttpOnly; SameSite=Lax; Secure"), "{attributes}");
            self.cookie = Some(pair.to_owned());
        }
        if let Some(location) = reply.headers().get("location") {
            let location = location.to_str().unwrap().to_owned();
            location.clone_into(&mut self.at);
            if location.starts_with('/') {
                self.go(Method::GET, &location, "");
            }
        } else {
            path.clone_into(&mut self.at);
            self.page = String::from_utf8(reply.into_body()).unwrap();
        }
    }

    pub(crate) fn value(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        self.page.split(&start).nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    pub(crate) fn choose(&mut self, form: Params) {
        let form = form.with("sid", &self.value("sid"));
        self.go(Method::POST, "/frame/prompt", &form.canonical());
    }

    fn choose_on_phone(&mut self, factor: &str) {
        let form = Params::new().with("factor", factor).with("device", &self.value("device"));
        self.choose(form);
    }

    pub(crate) fn reload(&mut self) {
        let at = self.at.clone();
        self.go(Method::GET, &at, "");
    }

    /// The query with which it came back.
    pub(crate) fn callback(&self) -> Callback {
        let query = self
            .at
            .strip_prefix(&format!("{REDIRECT}?"))
            .unwrap_or_else(|| panic!("still at {}: {}", self.at, self.page));
        Callback::parse(query).unwrap()
    }
}

pub(crate) fn prompt() -> Prompt {
    Prompt::new(application(&Config::default().prompt), REDIRECT).unwrap()
}

pub(crate) fn begin(duo: &Duo, user: &str) -> (String, Pending) {
    begin_login(duo, &Login::new(user).unwrap())
}

pub(crate) fn begin_login(duo: &Duo, login: &Login) -> (String, Pending) {
    let (address, pending) = prompt().begin(login, duo.now, &mut SysRng).unwrap();
    (address.expose().to_owned(), pending)
}

pub(crate) fn exchange(duo: &mut Duo, exchange: &Exchange) -> Result<PromptOutcome, ReplyError> {
    let prompt = prompt();
    let mut request = exchange.request(prompt.application(), duo.now).unwrap();
    request.headers_mut().insert("host", HOST.parse().unwrap());
    let reply = duo.exchange(&request);
    exchange.read(prompt.application(), &reply, duo.now)
}

/// Signs in by what `choose` does on the page.
pub(crate) fn sign_in(
    duo: &mut Duo,
    user: &str,
    choose: impl FnOnce(&mut Browser<'_>),
) -> Result<PromptOutcome, ReplyError> {
    let (address, pending) = begin(duo, user);
    let mut browser = Browser::open(duo, &address);
    choose(&mut browser);
    let callback = browser.callback();
    let Returned::Exchange(code) = pending.finish(&callback, duo.now).unwrap() else {
        panic!("turned away")
    };
    exchange(duo, &code)
}

pub(crate) fn factor(outcome: Result<PromptOutcome, ReplyError>) -> FactorUsed {
    match outcome {
        Ok(PromptOutcome::Allowed(identity)) => identity.factor,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_health_is_good_or_says_why_not() {
    let mut duo = Duo::new();
    let mut send = |application: &upheld_duo::Application| {
        let check = HealthCheck::new(&mut SysRng).unwrap();
        let mut request = check.request(application, duo.now).unwrap();
        request.headers_mut().insert("host", HOST.parse().unwrap());
        let reply = duo.exchange(&request);
        check.read(application, &reply, duo.now)
    };
    assert!(send(prompt().application()).is_ok());
    let Err(ReplyError::Refused(refusal)) = send(&application(&Config::default().auth)) else {
        panic!()
    };
    assert_eq!((refusal.code, refusal.message.to_string()), (Some(40002), "invalid_client".into()));
}

#[test]
fn every_factor_of_the_page_comes_back_by_name() {
    let mut duo = Duo::new();
    let pushed = sign_in(&mut duo, "push-allow", |browser| browser.choose_on_phone("push"));
    assert_eq!(factor(pushed), FactorUsed::DuoPush);
    duo.simulator.script("phone", Decision::Approve, 0);
    let called = sign_in(&mut duo, "phone", |browser| browser.choose_on_phone("phone"));
    assert_eq!(factor(called), FactorUsed::PhoneCall);
    let pressed = duo.simulator.press("hardware-token", duo.now).unwrap();
    let typed = sign_in(&mut duo, "hardware-token", |browser| {
        browser.choose(Params::new().with("factor", "passcode").with("passcode", &pressed));
    });
    assert_eq!(factor(typed), FactorUsed::HardwareToken);
    let texted = sign_in(&mut duo, "sms", |browser| {
        browser.choose_on_phone("sms");
        let body = browser.duo.simulator.messages("sms").pop().unwrap().body;
        let code = body.split(' ').nth(2).unwrap();
        browser.choose(Params::new().with("factor", "passcode").with("passcode", code));
    });
    assert_eq!(factor(texted), FactorUsed::SmsPasscode);
    let mobile = duo.simulator.press("push-deny", duo.now).unwrap();
    let typed = sign_in(&mut duo, "push-deny", |browser| {
        browser.choose(Params::new().with("factor", "passcode").with("passcode", &mobile));
    });
    assert_eq!(factor(typed), FactorUsed::DuoMobilePasscode);
    let bypassed = sign_in(&mut duo, "bypass", |_| {});
    let shown = factor(bypassed);
    assert!(!shown.was_shown(), "{shown}");
}

#[test]
fn a_push_is_waited_for_and_may_be_denied() {
    let mut duo = Duo::new();
    let outcome = sign_in(&mut duo, "sms", |browser| {
        browser.choose_on_phone("push");
        assert!(browser.page.contains("http-equiv=\"refresh\""));
        let txid = browser.duo.only_asked();
        let now = browser.duo.now;
        browser.duo.simulator.decide(&txid, Decision::Deny, None, now);
        browser.reload();
        assert!(browser.page.contains("Login request denied."));
        browser.choose_on_phone("push");
        let txid = browser.duo.only_asked();
        browser.duo.simulator.decide(&txid, Decision::Approve, None, now);
        browser.reload();
    });
    assert_eq!(factor(outcome), FactorUsed::DuoPush);
}

#[test]
fn who_may_not_go_on_is_turned_away_at_the_door() {
    let mut duo = Duo::new();
    for user in ["locked", "unenrolled", "nobody"] {
        let (address, _) = begin(&duo, user);
        let browser = Browser::open(&mut duo, &address);
        assert!(browser.page.contains("You cannot sign in"), "{user}");
    }
    let (address, pending) = begin(&duo, "sms");
    let mut browser = Browser::open(&mut duo, &address);
    browser.choose(Params::new().with("factor", "passcode").with("passcode", "000000"));
    assert!(browser.page.contains("Incorrect passcode"));
    browser.choose(Params::new().with("factor", "cancel"));
    let callback = browser.callback();
    assert!(matches!(pending.finish(&callback, duo.now), Ok(Returned::Denied(_))));
}

#[test]
fn t50_a_code_works_once_in_time_and_for_one_address() {
    let mut duo = Duo::new();
    let code = |duo: &mut Duo| {
        let (address, pending) = begin(duo, "bypass");
        let callback = Browser::open(duo, &address).callback();
        match pending.finish(&callback, duo.now).unwrap() {
            Returned::Exchange(exchange) => exchange,
            Returned::Denied(message) => panic!("{message}"),
        }
    };
    let first = code(&mut duo);
    assert!(exchange(&mut duo, &first).is_ok());
    let Err(ReplyError::Refused(refusal)) = exchange(&mut duo, &first) else { panic!() };
    assert_eq!(refusal.message.to_string(), "invalid_grant");
    let late = code(&mut duo);
    duo.now = UnixSeconds(duo.now.0 + 300);
    assert!(exchange(&mut duo, &late).is_err());
}

#[test]
fn what_no_request_of_ours_says_is_refused_at_the_door() {
    let mut duo = Duo::new();
    let (address, _) = begin(&duo, "bypass");
    let query = address.split_once('?').unwrap().1.to_owned();
    let status = |duo: &mut Duo, query: &str| {
        let uri = format!("/oauth/v1/authorize?{query}");
        let request = Request::get(uri).header("host", HOST).body(Vec::new()).unwrap();
        duo.exchange(&request).status()
    };
    assert_eq!(status(&mut duo, &query), StatusCode::SEE_OTHER);
    for wrong in [
        String::new(),
        query.replace("request=", "request=x"),
        format!("client_id=DIOTHER&{query}"),
        format!("nonce=short&{query}"),
    ] {
        assert_eq!(status(&mut duo, &wrong), StatusCode::BAD_REQUEST, "{wrong}");
    }
    duo.now = UnixSeconds(duo.now.0 + 300);
    assert_eq!(status(&mut duo, &query), StatusCode::BAD_REQUEST, "it has ended");
}

#[test]
fn t50_no_lie_of_a_token_is_believed() {
    let claim = |pointer: &str, value: Value| Fault::Claim { pointer: pointer.into(), value };
    let algorithm = |name: &str| Fault::Algorithm { name: name.into() };
    let table: [(Fault, TokenError); 11] = [
        (algorithm("none"), TokenError::Algorithm),
        (algorithm("HS256"), TokenError::Algorithm),
        (algorithm("HS384"), TokenError::Algorithm),
        (Fault::Key, TokenError::Signature),
        (claim("/iss", json!("https://localhost:9443/")), TokenError::Issuer),
        (claim("/aud", json!("DIOTHER")), TokenError::Audience),
        (claim("/exp", json!(1_600_000_000)), TokenError::Expired),
        (claim("/iat", json!(1_900_000_000)), TokenError::IssuedInFuture),
        (claim("/nonce", Value::Null), TokenError::Nonce),
        (claim("/preferred_username", json!("alice")), TokenError::Username),
        (claim("/auth_result", Value::Null), TokenError::NoResult),
    ];
    let mut duo = Duo::new();
    for (fault, expected) in table {
        let at = FaultAt { path: "/oauth/v1/token".into(), times: 1, fault: fault.clone() };
        duo.simulator.fault(at);
        let outcome = sign_in(&mut duo, "bypass", |_| {});
        assert_eq!(outcome, Err(ReplyError::Token(expected)), "{fault:?}");
    }
    let fault = claim("/auth_result/result", json!("deny"));
    duo.simulator.fault(FaultAt { path: "/oauth/v1/token".into(), times: 1, fault });
    assert!(matches!(sign_in(&mut duo, "bypass", |_| {}), Ok(PromptOutcome::Denied(_))));
    assert!(matches!(sign_in(&mut duo, "bypass", |_| {}), Ok(PromptOutcome::Allowed(_))));
}
