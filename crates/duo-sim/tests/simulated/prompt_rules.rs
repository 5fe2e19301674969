//! What the prompt holds to: assertions once, what a phone can do, for how long a browser and a code
//! are good, and signatures that are what they say.

use data_encoding::BASE64URL_NOPAD;
use http::{Method, Request, StatusCode};
use rand::rngs::SysRng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use upheld_duo::auth::{
    Auth, Factor, Preauth, PreauthOutcome, PushText, Target, User, VerifiedPush,
};
use upheld_duo::universal::{HealthCheck, Login, PromptOutcome, Returned, TokenError, jwt};
use upheld_duo::{Call, FactorUsed, Params, ReplyError, SecretKey, UnixSeconds};
use upheld_duo_sim::{Config, Fault, FaultAt};

use crate::prompt::{Browser, begin, begin_login, exchange, factor, prompt, sign_in};
use crate::{Duo, HOST, refusal};

fn key() -> SecretKey {
    SecretKey::parse(&Config::default().prompt.secret).unwrap()
}

/// Asks for the health with these claims changed in what shows who asks; `Null` leaves one out.
fn health(duo: &mut Duo, changes: &Value) -> StatusCode {
    let check = HealthCheck::new(&mut SysRng).unwrap();
    let mut request = check.request(prompt().application(), duo.now).unwrap();
    request.headers_mut().insert("host", HOST.parse().unwrap());
    let form = Params::parse_form(str::from_utf8(request.body()).unwrap()).unwrap();
    let assertion = form.get("client_assertion").unwrap();
    let mut claims: serde_json::Map<String, Value> = jwt::decode(assertion, &key()).unwrap();
    claims.extend(changes.as_object().unwrap().clone());
    claims.retain(|_, value| !value.is_null());
    let payload = Value::Object(claims).to_string();
    let token = jwt::encode(payload.as_bytes(), &key());
    let form = Params::new()
        .with("client_id", form.get("client_id").unwrap())
        .with("client_assertion", token.expose());
    *request.body_mut() = form.canonical().as_bytes().to_vec();
    duo.exchange(&request).status()
}

//= RFC 7523 §3: whoever checks assertions may refuse one whose identifier was used
#[test]
fn an_assertion_is_good_once() {
    let mut duo = Duo::new();
    assert_eq!(health(&mut duo, &json!({})), StatusCode::OK);
    assert_eq!(health(&mut duo, &json!({ "jti": "one" })), StatusCode::OK);
    for refused in [json!("one"), Value::Null, json!(""), json!(7), json!("x".repeat(1_025))] {
        let status = health(&mut duo, &json!({ "jti": refused }));
        assert_eq!(status, StatusCode::BAD_REQUEST, "{refused}");
    }
    assert_eq!(health(&mut duo, &json!({ "jti": "two", "aud": "other" })), StatusCode::BAD_REQUEST);
    assert_eq!(health(&mut duo, &json!({ "jti": "two" })), StatusCode::OK, "it was not used");
    // Another attempt at one call within the second is another assertion.
    let check = HealthCheck::new(&mut SysRng).unwrap();
    for _ in 0..3 {
        let mut request = check.request(prompt().application(), duo.now).unwrap();
        request.headers_mut().insert("host", HOST.parse().unwrap());
        assert_eq!(duo.exchange(&request).status(), StatusCode::OK);
    }
}

#[test]
fn the_code_of_a_verified_push_is_good_for_a_minute_and_once() {
    for (later, is_good) in [(59, true), (60, false)] {
        let mut duo = Duo::new();
        let preauth = Preauth::new(User::named("verified-push")).with_verified_push();
        let Ok(PreauthOutcome::Challenge(challenge)) = duo.send(&preauth) else { panic!() };
        let VerifiedPush { txid, .. } = challenge.verified_push.unwrap();
        duo.now = UnixSeconds(duo.now.0 + later);
        let text = PushText::default().verified_by(txid);
        let push = Auth::new(User::named("verified-push"), Factor::Push(Target::Any, text));
        let started = duo.send(&upheld_duo::auth::StartAuth(push.clone()));
        if is_good {
            assert!(started.is_ok());
        } else {
            assert_eq!(refusal(started).0, Some(40_002));
        }
        assert_eq!(refusal(duo.send(&upheld_duo::auth::StartAuth(push))).0, Some(40_002), "again");
    }
}

#[test]
fn a_phone_is_asked_only_what_it_can() {
    let mut duo = Duo::new();
    // It takes calls, and neither pushes nor text messages.
    let (address, _) = begin(&duo, "phone");
    let mut browser = Browser::open(&mut duo, &address);
    let device = browser.value("device");
    for factor in ["push", "sms"] {
        browser.choose(Params::new().with("factor", factor).with("device", &device));
        assert!(browser.page.contains("Choose a way to sign in."), "{factor}: {}", browser.page);
    }
    assert!(duo.simulator.asked().is_empty());
    assert!(duo.simulator.messages("phone").is_empty());
}

/// Signs in with a passcode and has the browser remembered.
fn remembered(duo: &mut Duo) -> Option<String> {
    let mut cookie = None;
    let pressed = duo.simulator.press("push-deny", duo.now).unwrap();
    let outcome = sign_in(duo, "push-deny", |browser| {
        let form = Params::new().with("factor", "passcode").with("passcode", &pressed);
        browser.choose(form.with("remember", "yes"));
        cookie.clone_from(&browser.cookie);
    });
    assert_eq!(factor(outcome), FactorUsed::DuoMobilePasscode);
    cookie
}

/// Whether somebody with this cookie is asked, and what comes of it if not.
fn come_again(
    duo: &mut Duo,
    (login, beside): (&Login, &str),
    cookie: Option<String>,
) -> Option<Result<PromptOutcome, ReplyError>> {
    let (address, pending) = begin_login(duo, login);
    let browser = Browser::open_again(duo, &format!("{address}{beside}"), cookie);
    if browser.at.starts_with("/frame/prompt") {
        return None;
    }
    let callback = browser.callback();
    let Ok(Returned::Exchange(code)) = pending.finish(&callback, duo.now) else { panic!() };
    Some(exchange(duo, &code))
}

#[test]
fn a_remembered_browser_is_not_asked_unless_that_is_wanted() {
    let mut duo = Duo::new();
    let cookie = remembered(&mut duo);
    let shown_at = duo.now;
    duo.now = UnixSeconds(duo.now.0 + 1_000);
    let login = || Login::new("push-deny").unwrap();
    let again = come_again(&mut duo, (&login(), ""), cookie.clone()).unwrap();
    let Ok(PromptOutcome::Allowed(identity)) = again else { panic!("{again:?}") };
    assert_eq!(
        (identity.factor, identity.authenticated),
        (FactorUsed::RememberedDevice, Some(shown_at))
    );
    let is_asked =
        |duo: &mut Duo, login: Login| come_again(duo, (&login, ""), cookie.clone()).is_none();
    assert!(!is_asked(&mut duo, login().with_max_age(1_000)));
    assert!(is_asked(&mut duo, login().with_max_age(999)));
    assert!(is_asked(&mut duo, login().with_max_age(0)));
    assert!(is_asked(&mut duo, login().asking_again()));
    assert!(is_asked(&mut duo, Login::new("sms").unwrap()), "somebody else's browser");
    let other = Some("remembered=0123".to_owned());
    assert!(come_again(&mut duo, (&login(), ""), other).is_none());
    assert!(come_again(&mut duo, (&login(), ""), None).is_none());
    duo.now = UnixSeconds(shown_at.0 + 43_200);
    assert!(is_asked(&mut duo, login()), "half a day is over");
    // Who does not wish it is not remembered.
    let mut kept = None;
    let pressed = duo.simulator.press("push-deny", duo.now).unwrap();
    let outcome = sign_in(&mut duo, "push-deny", |browser| {
        browser.choose(Params::new().with("factor", "passcode").with("passcode", &pressed));
        kept.clone_from(&browser.cookie);
    });
    assert!(outcome.is_ok());
    assert_eq!(kept, None);
}

/// The browser writes a value beside the signed request, and Duo lets that one win.
#[test]
fn t50_what_the_browser_writes_beside_the_request_lets_nobody_in() {
    let mut duo = Duo::new();
    let cookie = remembered(&mut duo);
    duo.now = UnixSeconds(duo.now.0 + 1_000);
    let login = Login::new("push-deny").unwrap().with_max_age(60);
    assert!(come_again(&mut duo, (&login, ""), cookie.clone()).is_none(), "the person is asked");
    let outcome = come_again(&mut duo, (&login, "&max_age=100000"), cookie.clone()).unwrap();
    assert_eq!(outcome, Err(TokenError::Time.into()));
    let claim = |value: Value| Fault::Claim { pointer: "/auth_time".into(), value };
    for (value, error) in [
        (Value::Null, TokenError::NoTime),
        (json!("now"), TokenError::Claims { line: 0, column: 0 }),
        (json!(duo.now.0 + 61), TokenError::Time),
    ] {
        let fault = claim(value.clone());
        duo.simulator.fault(FaultAt { path: "/oauth/v1/token".into(), times: 1, fault });
        let login = Login::new("push-deny").unwrap().with_max_age(9_000);
        let outcome = come_again(&mut duo, (&login, ""), cookie.clone()).unwrap();
        match (outcome, error) {
            (Err(ReplyError::Token(TokenError::Claims { .. })), TokenError::Claims { .. }) => {}
            (outcome, error) => assert_eq!(outcome, Err(error.into()), "{value}"),
        }
    }
}

#[test]
fn what_no_prompt_knows_is_refused_at_the_door() {
    let mut duo = Duo::new();
    let (address, _) = begin(&duo, "bypass");
    for beside in ["&max_age=soon", "&max_age=-1", "&prompt=none"] {
        let path = address.strip_prefix(&format!("https://{HOST}")).unwrap();
        let uri = format!("{path}{beside}");
        let request = Request::builder().method(Method::GET).uri(uri).header("host", HOST);
        let reply = duo.exchange(&request.body(Vec::new()).unwrap());
        assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{beside}");
    }
}

/// RFC 2104 §2, by hand.
fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(message);
    let outer = Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c));
    outer.chain_update(inner.finalize()).finalize().to_vec()
}

/// A client that looked at the signature alone would believe it.
#[test]
fn t50_a_token_under_another_algorithm_is_signed_by_it() {
    let mut duo = Duo::new();
    let fault = Fault::Algorithm { name: "HS256".into() };
    duo.simulator.fault(FaultAt { path: "/oauth/v1/token".into(), times: 1, fault });
    let (address, pending) = begin(&duo, "bypass");
    let callback = Browser::open(&mut duo, &address).callback();
    let Ok(Returned::Exchange(code)) = pending.finish(&callback, duo.now) else { panic!() };
    let mut request = code.request(prompt().application(), duo.now).unwrap();
    request.headers_mut().insert("host", HOST.parse().unwrap());
    let reply = duo.exchange(&request);
    let told: Value = serde_json::from_slice(reply.body()).unwrap();
    let (signed, mac) = told["id_token"].as_str().unwrap().rsplit_once('.').unwrap();
    let mac = BASE64URL_NOPAD.decode(mac.as_bytes()).unwrap();
    let secret = Config::default().prompt.secret;
    assert_eq!(mac, hmac_sha256(secret.as_bytes(), signed.as_bytes()));
    let read = code.read(prompt().application(), &reply, duo.now);
    assert_eq!(read, Err(TokenError::Algorithm.into()));
}
