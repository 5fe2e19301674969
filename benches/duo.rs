//! Signing Duo's calls, its tokens, and reading its log, beside what does the same.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::Criterion;
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{Request, Response};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use upheld_duo::admin::{AuthLog, UnixMillis};
use upheld_duo::auth::{Auth, Factor, PushInfo, PushText, StartAuth, Target, User};
use upheld_duo::sign::Signature;
use upheld_duo::universal::{
    Callback, ClientAssertion, Exchange, Pending, PromptOutcome, Returned, jwt,
};
use upheld_duo::{ApiHost, Application, Call, IntegrationKey, SecretKey, UnixSeconds};
use url::form_urlencoded;

mod settings;

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
const HOST: &str = "api-xxxxxxxx.duosecurity.com";
const ID: &str = "DI00000000000000TEST";
const SECRET: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
const RIVAL: &str = "jsonwebtoken 11";

fn main() {
    let mut criterion = settings::criterion();
    sign(&mut criterion);
    token(&mut criterion);
    log(&mut criterion);
    criterion.final_summary();
}

fn application() -> Application {
    let host = ApiHost::parse(HOST).expect("a host");
    Application::new(host, IntegrationKey::parse(ID).expect("an ID"), key())
}

fn key() -> SecretKey {
    SecretKey::parse(SECRET).expect("a key")
}

fn sign(criterion: &mut Criterion) {
    let lines = [("from", "login portal"), ("domain", "example.com")];
    let text = PushText::default().with_info(PushInfo::from_lines(lines).expect("two lines"));
    let push = StartAuth(Auth::new(User::named("alice"), Factor::Push(Target::Any, text)));
    for (name, version) in [("v2", Signature::V2Sha512), ("v5", Signature::V5)] {
        let application = application().with_signature(version);
        let ours = || push.request(black_box(&application), NOW).expect("a request");
        let theirs = || by_hand(version == Signature::V5);
        assert_eq!(ours().headers()[AUTHORIZATION], theirs().headers()[AUTHORIZATION]);
        let mut group = criterion.benchmark_group(format!("duo-sign/{name}"));
        group.bench_function("upheld", |b| b.iter(ours));
        group.bench_function("by hand", |b| b.iter(theirs));
        group.finish();
    }
}

/// What a program writes that has no client.
fn by_hand(is_json: bool) -> Request<Vec<u8>> {
    let params: BTreeMap<&str, &str> = black_box([
        ("username", "alice"),
        ("factor", "push"),
        ("device", "auto"),
        ("async", "1"),
        ("pushinfo", "from=login%20portal&domain=example.com"),
    ])
    .into_iter()
    .collect();
    let date = NOW.to_date();
    let path = "/auth/v2/auth";
    let (canonical, body, kind) = if is_json {
        let body = serde_json::to_string(&params).expect("texts");
        let hash = HEXLOWER.encode(&Sha512::digest(&body));
        let headers = HEXLOWER.encode(&Sha512::digest(b""));
        let canonical = format!("{date}\nPOST\n{HOST}\n{path}\n\n{hash}\n{headers}");
        (canonical, body, "application/json")
    } else {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(&params).finish();
        let form = form.replace('+', "%20");
        let canonical = format!("{date}\nPOST\n{HOST}\n{path}\n{form}");
        (canonical, form, "application/x-www-form-urlencoded")
    };
    let mac = Hmac::<Sha512>::new_from_slice(SECRET.as_bytes()).expect("any length");
    let mac = HEXLOWER.encode(&mac.chain_update(canonical).finalize().into_bytes());
    Request::post(format!("https://{HOST}{path}"))
        .header(DATE, date)
        .header(AUTHORIZATION, format!("Basic {}", BASE64.encode(format!("{ID}:{mac}").as_bytes())))
        .header(CONTENT_TYPE, kind)
        .body(body.into_bytes())
        .expect("a request")
}

fn token(criterion: &mut Criterion) {
    let (key, application) = (key(), application());
    let claims = ClientAssertion {
        iss: ID.to_owned(),
        sub: ID.to_owned(),
        aud: format!("https://{HOST}/oauth/v1/token"),
        exp: UnixSeconds(NOW.0.saturating_add(300)),
        jti: "0123456789abcdefghijklmnopqrstuvwxyz".to_owned(),
        iat: NOW,
    };
    let (header, encoding) =
        (Header::new(Algorithm::HS512), EncodingKey::from_secret(SECRET.as_bytes()));
    let ours = || {
        let payload = serde_json::to_vec(black_box(&claims)).expect("texts and numbers");
        jwt::encode(&payload, &key)
    };
    let theirs =
        || jsonwebtoken::encode(&header, black_box(&claims), &encoding).expect("texts and numbers");
    let mut group = criterion.benchmark_group("duo-token-write");
    group.bench_function("upheld", |b| b.iter(ours));
    group.bench_function(RIVAL, |b| b.iter(theirs));
    group.finish();

    // Neither looks at what the claims say: that is what differs from one use to the next.
    let mut validation = Validation::new(Algorithm::HS512);
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.required_spec_claims.clear();
    let decoding = DecodingKey::from_secret(SECRET.as_bytes());
    let (token, foreign) = (ours(), theirs());
    let read = |token: &str| jwt::decode::<ClientAssertion>(black_box(token), &key).expect("ours");
    let read_by_rival = |token: &str| {
        let read =
            jsonwebtoken::decode::<ClientAssertion>(black_box(token), &decoding, &validation);
        read.expect("theirs").claims
    };
    assert_eq!(read(&foreign).jti, read_by_rival(token.expose()).jti);
    let (exchange, reply) = (exchange(), id_token(&key));
    let allows = || exchange.read(black_box(&application), &reply, NOW).expect("a token");
    assert!(matches!(allows(), PromptOutcome::Allowed(_)));
    let mut group = criterion.benchmark_group("duo-token-read");
    group.bench_function("upheld", |b| b.iter(|| read(token.expose())));
    group.bench_function("upheld with every claim", |b| b.iter(allows));
    group.bench_function(RIVAL, |b| b.iter(|| read_by_rival(token.expose())));
    group.finish();
}

fn exchange() -> Exchange {
    let stored = json!({
        "state": "s".repeat(36), "nonce": "n".repeat(36), "username": "alice",
        "username_match": "Exact", "redirect_uri": "https://a.example/", "max_age": 3_600,
        "asks_again": false, "begun": NOW, "expires": u64::MAX,
    });
    let pending = Pending::from_json(&stored.to_string()).expect("a pending login");
    let callback = Callback::parse(&format!("state={}&duo_code=c", "s".repeat(36)));
    let returned = pending.finish(&callback.expect("a callback"), NOW).expect("the same login");
    let exchange = match returned {
        Returned::Exchange(exchange) => Some(exchange),
        Returned::Denied(_) => None,
    };
    exchange.expect("a code")
}

fn id_token(key: &SecretKey) -> Response<Vec<u8>> {
    let claims = json!({
        "iss": format!("https://{HOST}/oauth/v1/token"), "sub": "alice", "aud": ID,
        "preferred_username": "alice", "exp": NOW.0.saturating_add(3_600), "iat": NOW,
        "auth_time": NOW, "nonce": "n".repeat(36),
        "auth_result": { "result": "allow", "status": "allow", "status_msg": "Login Successful" },
        "auth_context": {
            "txid": "f22b1678-252a-4070-b176-0ca2be7319fd", "result": "success",
            "factor": "duo_push", "reason": "user_approved", "timestamp": NOW,
        },
    });
    let token = jwt::encode(claims.to_string().as_bytes(), key);
    let reply = json!({ "id_token": token.expose(), "access_token": "a", "expires_in": 3_600 });
    Response::new(reply.to_string().into_bytes())
}

/// Entries as in `duo_api_golang`'s `admin/logs_test.go`.
fn log(criterion: &mut Criterion) {
    let entry = |number: u64| {
        json!({
            "access_device": {
                "browser": "Chrome", "browser_version": "67.0.3396.99", "hostname": null,
                "ip": "169.232.89.219", "os": "Mac OS X", "os_version": "10.14.1",
                "location": { "city": "Ann Arbor", "country": "United States", "state": "Michigan" },
            },
            "application": { "key": "DIY231J8BR23QK4UKBY8", "name": "Clinic" },
            "auth_device": { "ip": "192.168.225.254", "name": "My iPhone X (734-555-2342)" },
            "event_type": "authentication", "factor": "duo_push", "reason": "user_approved",
            "result": "success", "timestamp": 1_532_951_962_u64.saturating_add(number),
            "txid": format!("340a23e3-23f3-23c1-87dc-{number:012}"),
            "user": { "key": "DU3KC77WJ06Y5HIV7XKQ", "name": format!("user{number}") },
        })
    };
    let entries: Vec<Value> = (0..1_000).map(entry).collect();
    let page = json!({
        "stat": "OK", "response": { "authlogs": entries, "metadata": { "total_objects": 1_000 } },
    });
    let reply = Response::new(page.to_string().into_bytes());
    let (from, to) = (UnixMillis(1_532_951_000_000), UnixMillis(1_532_953_000_000));
    let (call, application) = (AuthLog::between(from, to).expect("bounds"), application());
    let ours = || call.read(&application, black_box(&reply), NOW).expect("a page");
    let theirs = || serde_json::from_slice::<Value>(black_box(reply.body())).expect("JSON");
    let entries = theirs().pointer("/response/authlogs").and_then(Value::as_array).map(Vec::len);
    assert_eq!(Some(ours().items.len()), entries);
    let mut group = criterion.benchmark_group("duo-log");
    group.bench_function("upheld", |b| b.iter(ours));
    group.bench_function("serde_json::Value", |b| b.iter(theirs));
    group.finish();
}
