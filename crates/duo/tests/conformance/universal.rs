//! The Universal Prompt: requests as <https://duo.com/docs/oauthapi> lists them, and every way in
//! which a callback can lie.

use core::convert::Infallible;
use http::header::AUTHORIZATION;
use http::{Method, Response, StatusCode};
use proptest::prelude::*;
use rand_core::{TryCryptoRng, TryRng};
use serde_json::{Value, json};
use upheld_duo::universal::{
    AuthorizeClaims, Callback, CallbackError, ClientAssertion, Exchange, HealthCheck, Login,
    Pending, Prompt, PromptError, PromptOutcome, Returned, jwt,
};
use upheld_duo::{
    ApiHost, Application, Call, IntegrationKey, Params, ReplyError, SecretKey, UnixSeconds,
};

use crate::NOW;

const VECTORS: &str = include_str!("../vectors/tokens.json");
pub(crate) const CLIENT_ID: &str = "DI00000000000000TEST";
pub(crate) const CLIENT_SECRET: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
const HOST: &str = "api-xxxxxxxx.duosecurity.com";
const REDIRECT: &str = "https://app.example/callback";

/// Fills with 1, then with 2, and so on: what is drawn is different each time.
pub(crate) struct Counting(pub(crate) u8);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("bytes are asked for")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("bytes are asked for")
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        self.0 += 1;
        to.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Counting {}

pub(crate) fn secret() -> SecretKey {
    SecretKey::parse(CLIENT_SECRET).unwrap()
}

fn application(id: &str, secret: &str) -> Application {
    Application::new(
        ApiHost::parse(HOST).unwrap(),
        IntegrationKey::parse(id).unwrap(),
        SecretKey::parse(secret).unwrap(),
    )
}

pub(crate) fn prompt() -> Prompt {
    Prompt::new(application(CLIENT_ID, CLIENT_SECRET), REDIRECT).unwrap()
}

fn begin(login: &Login) -> (String, Pending) {
    let (redirect, pending) = prompt().begin(login, NOW, &mut Counting(0)).unwrap();
    (redirect.expose().to_owned(), pending)
}

pub(crate) fn alice() -> Login {
    Login::new("alice").unwrap()
}

pub(crate) fn vectors() -> Vec<Value> {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    file["vectors"].as_array().unwrap().clone()
}

pub(crate) fn vector(name: &str) -> (Value, String) {
    let vectors = vectors();
    let found = vectors.iter().find(|vector| vector["name"] == name).unwrap();
    (found["claims"].clone(), found["jwt"].as_str().unwrap().to_owned())
}

#[test]
fn our_claims_are_written_as_the_vectors() {
    for name in ["health_check client_assertion", "token client_assertion"] {
        let (claims, token) = vector(name);
        let claims: ClientAssertion = serde_json::from_value(claims).unwrap();
        let written = serde_json::to_vec(&claims).unwrap();
        assert_eq!(jwt::encode(&written, &secret()).expose(), token, "{name}");
    }
    let (claims, token) = vector("authorize request");
    let claims: AuthorizeClaims = serde_json::from_value(claims).unwrap();
    let written = serde_json::to_vec(&claims).unwrap();
    assert_eq!(jwt::encode(&written, &secret()).expose(), token);
}

#[test]
fn the_prompt_is_asked_as_documented() {
    let (redirect, pending) = begin(&alice());
    let (address, query) = redirect.split_once('?').unwrap();
    assert_eq!(address, "https://api-xxxxxxxx.duosecurity.com/oauth/v1/authorize");
    let query = Params::parse_form(query).unwrap();
    assert_eq!(query.get("response_type"), Some("code"));
    assert_eq!(query.get("client_id"), Some(CLIENT_ID));
    assert_eq!(query.get("nonce"), None, "beside the signature anybody could change it");

    let mut claims: Value = jwt::decode(query.get("request").unwrap(), &secret()).unwrap();
    let (mut expected, _) = vector("authorize request");
    let state = claims["state"].as_str().unwrap().to_owned();
    assert_eq!(pending.state().expose(), state);
    assert_ne!(claims["nonce"], claims["state"]);
    for drawn in ["state", "nonce"] {
        // Duo takes 16 to 1024 characters, and its clients 22 at least.
        assert_eq!(claims[drawn].as_str().unwrap().len(), 43);
        claims[drawn].take();
        expected[drawn].take();
    }
    assert_eq!(claims, expected);
    assert_eq!(pending.expires(), UnixSeconds(NOW.0 + 600));

    let login = alice().with_max_age(0).asking_again().with_display_username("Alice A.");
    let query = begin(&login).0.split_once('?').unwrap().1.to_owned();
    let query = Params::parse_form(&query).unwrap();
    let claims: Value = jwt::decode(query.get("request").unwrap(), &secret()).unwrap();
    assert_eq!(claims["max_age"], 0);
    assert_eq!(claims["prompt"], "login");
    assert_eq!(claims["display_username"], "Alice A.");
    assert_eq!(claims.get("nbf"), None, "Duo gives no leeway for it");
}

#[test]
fn the_health_is_asked_as_documented() {
    let check = HealthCheck::new(&mut Counting(0)).unwrap();
    let application = application(CLIENT_ID, CLIENT_SECRET);
    let mut seen = Vec::new();
    // Twice within a second, and by a clone: an attempt after a failure.
    let again = check.clone();
    for (check, now) in
        [(&check, NOW), (&check, NOW), (&again, NOW), (&check, UnixSeconds(NOW.0 + 1))]
    {
        let request = check.request(&application, now).unwrap();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.uri(), "https://api-xxxxxxxx.duosecurity.com/oauth/v1/health_check");
        assert!(request.headers().get(AUTHORIZATION).is_none());
        let form = Params::parse_form(str::from_utf8(request.body()).unwrap()).unwrap();
        assert_eq!(form.get("client_id"), Some(CLIENT_ID));
        let claims: ClientAssertion =
            jwt::decode(form.get("client_assertion").unwrap(), &secret()).unwrap();
        assert_eq!((claims.iss.as_str(), claims.sub.as_str()), (CLIENT_ID, CLIENT_ID));
        assert_eq!(claims.aud, "https://api-xxxxxxxx.duosecurity.com/oauth/v1/health_check");
        assert_eq!((claims.iat, claims.exp), (now, UnixSeconds(now.0 + 300)));
        assert_eq!(claims.jti.len(), 36, "as long as those of Duo's clients");
        assert!(!seen.contains(&claims.jti), "a request of its own");
        seen.push(claims.jti);
    }
    let reply = |status, body: &str| {
        let mut reply = Response::new(body.as_bytes().to_vec());
        *reply.status_mut() = StatusCode::from_u16(status).unwrap();
        check.read(&application, &reply, NOW)
    };
    // The fixtures of Duo's own clients.
    let healthy = r#"{"stat":"OK","response":{"timestamp":1573068322}}"#;
    assert_eq!(reply(200, healthy), Ok(UnixSeconds(1_573_068_322)));
    let refused = r#"{"stat":"FAIL","code":40002,"timestamp":1573068322,"message":
        "invalid_client","message_detail":"The provided client_assertion was invalid."}"#;
    let Err(ReplyError::Refused(refusal)) = reply(400, refused) else { panic!() };
    assert_eq!((refusal.code, refusal.message.to_string()), (Some(40002), "invalid_client".into()));
}

/// The exchange of alice's login, with the nonce of the vector instead of the drawn one.
pub(crate) fn exchange(login: &str, username_match: &str) -> Exchange {
    exchange_of(&stored(login, username_match))
}

/// The same, as it would be kept.
pub(crate) fn stored(login: &str, username_match: &str) -> Value {
    json!({
        "state": "ssssssssssssssssssssssssssssssssssss",
        "nonce": "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
        "username": login,
        "username_match": username_match,
        "redirect_uri": REDIRECT,
        "max_age": null,
        "asks_again": false,
        "begun": NOW.0 - 30,
        "expires": NOW.0 + 300,
    })
}

pub(crate) fn exchange_of(stored: &Value) -> Exchange {
    let pending = Pending::from_json(&stored.to_string()).unwrap();
    let query = "state=ssssssssssssssssssssssssssssssssssss&duo_code=c0de";
    match pending.finish(&Callback::parse(query).unwrap(), NOW).unwrap() {
        Returned::Exchange(exchange) => exchange,
        Returned::Denied(message) => panic!("{message}"),
    }
}

pub(crate) fn read_token(
    exchange: &Exchange,
    token: &str,
    now: u64,
) -> Result<PromptOutcome, ReplyError> {
    let body = json!({
        "id_token": token,
        "access_token": "x",
        "expires_in": 3600,
        "token_type": "Bearer",
    });
    let reply = Response::new(body.to_string().into_bytes());
    exchange.read(&application(CLIENT_ID, CLIENT_SECRET), &reply, UnixSeconds(now))
}

#[test]
fn secrets_go_in_the_body_alone() {
    let application = application(CLIENT_ID, CLIENT_SECRET);
    let exchange = exchange("alice", "Exact");
    let [request, again] = [NOW; 2].map(|now| exchange.request(&application, now).unwrap());
    assert_ne!(request.body(), again.body(), "each attempt has an identifier of its own");
    assert_eq!(request.uri(), "https://api-xxxxxxxx.duosecurity.com/oauth/v1/token");
    let form = Params::parse_form(str::from_utf8(request.body()).unwrap()).unwrap();
    let names: Vec<_> = form.iter().map(|(name, _)| name).collect();
    let expected = [
        "client_assertion",
        "client_assertion_type",
        "client_id",
        "code",
        "grant_type",
        "redirect_uri",
    ];
    assert_eq!(names, expected);
    assert_eq!(form.get("code"), Some("c0de"));
    assert_eq!(form.get("redirect_uri"), Some(REDIRECT));
    let claims: ClientAssertion =
        jwt::decode(form.get("client_assertion").unwrap(), &secret()).unwrap();
    assert_eq!(claims.aud, "https://api-xxxxxxxx.duosecurity.com/oauth/v1/token");
}

#[test]
fn t50_a_callback_answers_one_login_once_and_in_time() {
    let state = begin(&alice()).1.state().expose().to_owned();
    let finish = |query: &str, now: u64| {
        let stored = begin(&alice()).1.to_json();
        let pending = Pending::from_json(stored.expose()).unwrap();
        Callback::parse(query).and_then(|callback| pending.finish(&callback, UnixSeconds(now)))
    };
    let error = |query: &str, now| finish(query, now).unwrap_err();
    let good = format!("state={state}&duo_code=abc");
    assert!(matches!(finish(&good, NOW.0 + 599), Ok(Returned::Exchange(_))));
    assert!(matches!(finish(&format!("code=abc&state={state}"), NOW.0), Ok(Returned::Exchange(_))));
    assert_eq!(error(&good, NOW.0 + 600), CallbackError::Expired);
    assert_eq!(error("duo_code=abc", NOW.0), CallbackError::State);
    assert_eq!(error("state=&duo_code=abc", NOW.0), CallbackError::State);
    assert_eq!(error(&good.replace("state=", "state=x"), NOW.0), CallbackError::State);
    assert_eq!(error(&format!("{good}&state={state}"), NOW.0), CallbackError::Query);
    assert_eq!(error(&format!("{good}&duo_code=def"), NOW.0), CallbackError::Query);
    assert_eq!(error(&format!("{good}&code=def"), NOW.0), CallbackError::Query);
    assert_eq!(error(&format!("state={state}"), NOW.0), CallbackError::NoCode);
    assert_eq!(error(&format!("state={state}&duo_code="), NOW.0), CallbackError::NoCode);
    assert_eq!(error("state=%ff", NOW.0), CallbackError::Query);
    assert_eq!(error(&format!("state={}", "s".repeat(9_000)), NOW.0), CallbackError::Query);
    let cancelled = format!("state={state}&error=access_denied&error_description=Cancelled%1B[1m");
    let Ok(Returned::Denied(message)) = finish(&cancelled, NOW.0) else { panic!() };
    assert_eq!(message.to_string(), "Cancelled");
    // An error decides, even beside a code.
    let both = format!("{good}&error=access_denied");
    assert!(matches!(finish(&both, NOW.0), Ok(Returned::Denied(_))));
}

#[test]
fn an_exchange_that_is_refused_says_why() {
    let read = |status, body: &str| {
        let mut reply = Response::new(body.as_bytes().to_vec());
        *reply.status_mut() = StatusCode::from_u16(status).unwrap();
        exchange("alice", "Exact").read(&application(CLIENT_ID, CLIENT_SECRET), &reply, NOW)
    };
    // The fixture of Duo's own clients.
    let Err(ReplyError::Refused(refusal)) = read(
        400,
        r#"{"error":"invalid_grant","error_description":"The provided authorization grant or
            refresh token is invalid, expired, revoked, does not match the redirection URI."}"#
            .replace('\n', "")
            .as_str(),
    ) else {
        panic!()
    };
    assert_eq!((refusal.status, refusal.message.to_string()), (400, "invalid_grant".to_owned()));
    assert_eq!(read(502, "<html>"), Err(ReplyError::Status { status: 502 }));
    assert!(matches!(read(200, "{}"), Err(ReplyError::Malformed { .. })));
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let error = |id: &str, secret: &str, redirect: &str| {
        Prompt::new(application(id, secret), redirect).unwrap_err()
    };
    let short = error("DI", CLIENT_SECRET, REDIRECT);
    assert_eq!(short, PromptError::ClientId { characters: 2 });
    let short = error(CLIENT_ID, "abc", REDIRECT);
    assert_eq!(short, PromptError::ClientSecret { characters: 3 });
    for redirect in ["", "/callback", "ftp://a/", "https://", "javascript:alert(1)", "https://a/#b"]
    {
        assert_eq!(
            error(CLIENT_ID, CLIENT_SECRET, redirect),
            PromptError::RedirectUri,
            "{redirect}"
        );
    }
    assert_eq!(Login::new("").unwrap_err().bytes, 0);
    assert_eq!(Login::new(&"x".repeat(257)).unwrap_err().bytes, 257);
    assert!(Pending::from_json("{}").is_err());
}

proptest! {
    #[test]
    fn no_query_panics(query in "(?s).{0,200}") {
        let _answer = Callback::parse(&query);
    }
}
