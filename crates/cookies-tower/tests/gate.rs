//! The layer before tower services and before axum: what leaves, what does not, and what is told.

#![expect(clippy::unwrap_used, reason = "tests may panic")]

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::routing::get;
use axum::{Extension, Router};
use http::header::{COOKIE, HOST, SET_COOKIE, VARY};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use http_body_util::channel::Channel;
use tower::{ServiceBuilder, ServiceExt};
use upheld_cookies::consent_cookie::{ConsentKey, ConsentKeys, Reading};
use upheld_cookies::policy::{Jurisdiction, Policy};
use upheld_cookies::{Choice, Host, UnixSeconds};
use upheld_cookies_tower::{Consent, Gate, GateError, Undeclared};

/// 2026-11-24, midnight.
const NOW: UnixSeconds = UnixSeconds(1_795_478_400);

const POLICY: &str = r#"
schema = 1
[site]
hosts = ["clinic.example", "*.clinic.example"]
jurisdictions = ["uk", "eea"]
updated = "2026-11-23"
[[item]]
name = "__Host-consent"
kind = "http-cookie"
purposes = ["record-choice"]
basis = "strictly-necessary"
lifetime = "182d"
[[item]]
name = "__Host-session"
kind = "http-cookie"
purposes = ["authentication"]
basis = "strictly-necessary"
lifetime = "session"
[[item]]
name = "visits"
kind = "http-cookie"
purposes = ["statistics"]
basis = { default = "consent", uk = "statistics" }
lifetime = "365d"
[[item]]
name = "_fbp*"
kind = "http-cookie"
purposes = ["advertising"]
lifetime = "90d"
paths = ["/", "/shop"]
partitioned = true
"#;

/// What the application sets, with traps: a name with bytes of Latin-1, odd spaces, a removal.
const SET: [&[u8]; 7] = [
    b"__Host-session=a1; Path=/; Secure; HttpOnly",
    b"visits=3;Path=/ ;  max-age=100",
    b"_fbp=x; Path=/; Domain=.Clinic.Example",
    b"__Host-session=a2;Secure;  Path=/",
    b"n\xE4me=1",
    b"old=; Max-Age=0",
    b"visits=4; Domain=elsewhere.example",
];

fn policy() -> Arc<Policy> {
    Arc::new(Policy::parse_toml(POLICY).unwrap())
}

fn keys() -> Arc<ConsentKeys> {
    Arc::new(ConsentKeys::new(ConsentKey::new(1, &[7; 32]).unwrap()))
}

fn gate() -> Gate {
    let place = |parts: &http::request::Parts| {
        Jurisdiction::parse(parts.headers.get("x-place")?.to_str().ok()?)
    };
    Gate::new(policy(), keys(), || NOW).unwrap().with_jurisdiction(place)
}

fn request(place: &str, cookie: &str) -> Request<Body> {
    let request = Request::builder().uri("/").header(HOST, "clinic.example:8443");
    request.header("x-place", place).header(COOKIE, cookie).body(Body::empty()).unwrap()
}

fn choice(granted: &[&str]) -> String {
    let host = Host::parse("clinic.example").unwrap();
    let choice = Choice::made(&policy(), granted, NOW);
    format!("__Host-consent={}", keys().write(&policy(), &host, &choice).unwrap())
}

async fn answer(gate: &Gate, request: Request<Body>, set: &[&[u8]]) -> Response<String> {
    let set: Vec<Vec<u8>> = set.iter().map(|field| field.to_vec()).collect();
    let service = ServiceBuilder::new().layer(gate.to_layer()).service_fn(move |_request| {
        let set = set.clone();
        async move {
            let mut response = Response::builder().status(203).header("x-other", "1");
            for field in &set {
                response = response.header(SET_COOKIE, &field[..]);
            }
            Ok::<_, Infallible>(response.body("body".to_owned()).unwrap())
        }
    });
    service.oneshot(request).await.unwrap()
}

fn fields(response: &Response<impl Sized>) -> Vec<&[u8]> {
    response.headers().get_all(SET_COOKIE).iter().map(http::HeaderValue::as_bytes).collect()
}

#[tokio::test]
async fn what_may_not_be_stored_is_taken_out_and_the_rest_is_as_it_was() {
    let [session, visits, fbp, again, _, removal, _] = SET;
    let table: [(&str, String, &[&[u8]]); 6] = [
        ("eea", String::new(), &[session, again, removal]),
        ("uk", String::new(), &[session, visits, again, removal]),
        ("nowhere", String::new(), &[session, again, removal]),
        ("eea", choice(&["statistics"]), &[session, visits, again, removal]),
        ("eea", choice(&["statistics", "advertising"]), &[session, visits, fbp, again, removal]),
        ("uk", choice(&[]), &[session, again, removal]),
    ];
    for (place, cookie, expected) in table {
        let response = answer(&gate(), request(place, &cookie), &SET).await;
        assert_eq!(fields(&response), expected, "{place}, {cookie}");
        assert_eq!(
            (response.status(), &**response.body()),
            (StatusCode::from_u16(203).unwrap(), "body")
        );
        assert_eq!(response.headers()["x-other"], "1");
        assert!(!response.headers().contains_key(VARY));
    }
}

/// Whatever blanks, letters and attributes stand around it, a removal is one by RFC 6265bis §5.6.1 and
/// §5.6.2, and a domain by §5.6.3.
#[tokio::test]
async fn a_removal_and_a_domain_are_seen_however_they_are_written() {
    let leave: [&[u8]; 8] = [
        b"_fbp=; max-age=0",
        b"_fbp=;Path=/;\tMAX-AGE \t= -1; Secure",
        b"_fbp=a=b; Max-Age=00",
        b"_fbp=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        b"_fbp=;eXPIRES=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=x",
        b"_fbp=; Max-Age=5; Max-Age=0",
        b"visits=1; dOMAIN = .CLINIC.example ",
        b"visits=1; Domain=elsewhere.example; Domain=",
    ];
    let stay: [&[u8]; 8] = [
        b"_fbp=1; Max-Age=5",
        b"_fbp=1; Max-Age=05",
        b"_fbp=1; Max-Age=0x",
        b"_fbp=1; Max-Age=0; Max-Age=5",
        b"_fbp=1; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
        b"_fbp=; X=0; Maxage=0; Path=/Max-Age=0",
        b"visits=1;; ; Domain=elsewhere.example",
        b"visits=1;\t domain=clinic.example;Domain=elsewhere.example",
    ];
    let statistics = choice(&["statistics"]);
    for field in leave {
        let response = answer(&gate(), request("eea", &statistics), &[field]).await;
        assert_eq!(fields(&response), [field], "{}", field.escape_ascii());
    }
    for field in stay {
        let response = answer(&gate(), request("eea", &statistics), &[field]).await;
        assert!(fields(&response).is_empty(), "{}", field.escape_ascii());
    }
}

#[tokio::test]
async fn a_choice_that_is_not_believed_is_a_refusal() {
    let good = choice(&["statistics", "advertising"]);
    let forged = good.replace("=AQ", "=AQA");
    for cookie in [format!("{good}; {good}"), forged, "__Host-consent=1".to_owned()] {
        let response = answer(&gate(), request("uk", &cookie), &[b"visits=1"]).await;
        assert!(fields(&response).is_empty(), "{cookie}");
    }
    // The same cookie is worth nothing to another host.
    let mut other = request("eea", &good);
    other.headers_mut().insert(HOST, "www.clinic.example".parse().unwrap());
    let response = answer(&gate(), other, &[b"visits=1"]).await;
    assert!(fields(&response).is_empty());
    // Nor is anything of a host that is not the site's.
    let mut foreign = request("uk", &good);
    foreign.headers_mut().insert(HOST, "elsewhere.example".parse().unwrap());
    let response = answer(&gate(), foreign, &[b"visits=1", b"__Host-session=1"]).await;
    assert!(fields(&response).is_empty());
}

/// Where keys are changed without starting anew.
#[tokio::test]
async fn keys_are_asked_for_with_each_request() {
    let ring = Arc::new(Mutex::new(keys()));
    let current = Arc::clone(&ring);
    let gate = gate().with_keys(move || Arc::clone(&current.lock().unwrap()));
    let [_, visits, ..] = SET;
    let chosen = choice(&["statistics"]);
    let is_let_through = async || {
        let response = answer(&gate, request("eea", &chosen), &[visits]).await;
        fields(&response) == [visits]
    };
    assert!(is_let_through().await);
    let new = || ConsentKeys::new(ConsentKey::new(2, &[9; 32]).unwrap());
    // The key that wrote the choice still reads, and then does not.
    let old = ConsentKey::new(1, &[7; 32]).unwrap();
    *ring.lock().unwrap() = Arc::new(new().with_previous(old).unwrap());
    assert!(is_let_through().await);
    *ring.lock().unwrap() = Arc::new(new());
    assert!(!is_let_through().await);
}

#[tokio::test]
async fn global_privacy_control_keeps_advertising_back() {
    let all = choice(&["statistics", "advertising"]);
    let mut with_signal = request("uk", &all);
    with_signal.headers_mut().append("sec-gpc", "0".parse().unwrap());
    with_signal.headers_mut().append("sec-gpc", "1".parse().unwrap());
    let response = answer(&gate(), with_signal, &[b"_fbp=1", b"visits=1"]).await;
    assert_eq!(fields(&response), [b"visits=1"]);
}

#[tokio::test]
async fn withdrawal_removes_every_variant_in_the_response_that_withdraws() {
    let before = format!("{}; _fbp.a=9; visits=1; other=2", choice(&["statistics", "advertising"]));
    let withdrawn = format!("{}; Path=/; Secure", choice(&["statistics"]));
    let response = answer(&gate(), request("eea", &before), &[withdrawn.as_bytes()]).await;
    let found = fields(&response);
    let mut expected = vec![withdrawn.clone()];
    for path in ["/", "/shop"] {
        for partition in ["", "; Secure; Partitioned"] {
            for domain in ["", "; Domain=clinic.example"] {
                expected.push(format!("_fbp.a=; Path={path}; Max-Age=0{partition}{domain}"));
            }
        }
    }
    let found: Vec<&str> = found.into_iter().map(|field| str::from_utf8(field).unwrap()).collect();
    assert_eq!(found, expected);
    // Nothing is added while all is agreed to.
    let response = answer(&gate(), request("eea", &before), &[]).await;
    assert!(fields(&response).is_empty());
}

#[tokio::test]
async fn report_only_changes_nothing_and_tells_names_and_no_values() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let hook = Arc::clone(&told);
    let gate = gate().report_only().on_event(move |event| {
        hook.lock().unwrap().push(event.to_string());
    });
    let response = answer(&gate, request("eea", "visits=secret"), &SET).await;
    assert_eq!(fields(&response), SET);
    let told = told.lock().unwrap();
    let expected = [
        "cookie visits would be kept back: nobody agreed to it",
        "cookie _fbp would be kept back: nobody agreed to it",
        "cookie n\\xe4me sent: not declared",
        "cookie visits sent: not declared",
        "2 Set-Cookie fields would be added to remove cookies",
    ];
    assert_eq!(*told, expected);
}

#[tokio::test]
async fn undeclared_cookies_can_be_let_through_for_a_while() {
    let gate = gate().with_undeclared(Undeclared::AllowAndReport).with_vary();
    let response = answer(&gate, request("eea", ""), &[b"_ga=1", b"_fbp=1"]).await;
    assert_eq!(fields(&response), [b"_ga=1"]);
    assert_eq!(response.headers()[VARY], "Cookie, Sec-GPC");
    let response = answer(&gate, request("eea", ""), &[]).await;
    assert!(!response.headers().contains_key(VARY));
}

#[test]
fn a_policy_that_keeps_back_the_choice_itself_is_refused() {
    for text in [
        POLICY.replace("\"__Host-consent\"", "\"__Host-choice\""),
        POLICY.replacen("basis = \"strictly-necessary\"", "basis = \"consent\"", 1),
    ] {
        let policy = Arc::new(Policy::parse_toml(&text).unwrap());
        let error = Gate::new(policy, keys(), || NOW).unwrap_err();
        assert_eq!(error, GateError::ConsentCookie { name: "__Host-consent".to_owned() });
    }
}

#[tokio::test]
async fn before_axum_with_a_streaming_body() {
    async fn stream(Extension(consent): Extension<Consent>) -> Response<Body> {
        assert!(matches!(consent.reading(), Reading::Current(_)));
        // A body of which only the first frame ever comes: whoever waits for all of it hangs.
        let (mut sender, body) = Channel::<Bytes, Infallible>::new(1);
        sender.send_data(Bytes::from_static(b"first")).await.unwrap();
        let response = Response::builder().header(SET_COOKIE, "_fbp=1");
        let response = response.extension(Arc::new(Mutex::new(sender)));
        response.header(SET_COOKIE, "visits=1").body(Body::new(body)).unwrap()
    }
    let app: Router = Router::new().route("/", get(stream)).layer(gate().to_layer());
    let request = request("eea", &choice(&["statistics"]));
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(fields(&response), [b"visits=1"]);
    let (_open, mut body) = response.into_parts();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(&*first, b"first");
}

#[tokio::test]
async fn a_response_that_takes_the_choice_back_sets_nothing_by_it() {
    let cookie = choice(&["advertising"]);
    let fbp: &[u8] = b"_fbp=x; Path=/";
    let removed: &[u8] = b"__Host-consent=; Max-Age=0; Path=/; Secure";
    let forged: &[u8] = b"__Host-consent=forged; Path=/; Secure";
    for (set, leaves) in
        [(vec![fbp], true), (vec![fbp, removed], false), (vec![forged, fbp], false)]
    {
        let response = answer(&gate(), request("uk", &cookie), &set).await;
        assert_eq!(fields(&response).contains(&fbp), leaves, "{:?}", fields(&response));
    }
}

/// One policy is published in the place of another: a request is answered by one of them.
#[tokio::test]
async fn a_policy_that_is_published_counts_from_the_next_request_on() {
    let tracker = "[[item]]\nname = \"_new\"\nkind = \"http-cookie\"\n\
                   purposes = [\"personalisation\"]\nlifetime = \"1d\"\n";
    let newer = Arc::new(Policy::parse_toml(&format!("{POLICY}{tracker}")).unwrap());
    Gate::check(&newer, NOW).unwrap();
    let shared = Arc::new(Mutex::new(policy()));
    let published = Arc::clone(&shared);
    let gate = gate().with_policy(move |_| Arc::clone(&published.lock().unwrap()));
    let chosen = choice(&["statistics", "advertising"]);
    let set: [&[u8]; 2] = [b"_fbp=1", b"_new=1"];
    assert_eq!(fields(&answer(&gate, request("eea", &chosen), &set).await), [b"_fbp=1"]);
    // Published while an answer is on its way: that one is finished as it was begun.
    let swapped = Arc::clone(&newer);
    let publishing =
        ServiceBuilder::new().layer(gate.to_layer()).service_fn(move |request: Request<Body>| {
            let consent = request.extensions().get::<Consent>().unwrap();
            assert_eq!(**consent.policy(), *policy());
            *shared.lock().unwrap() = Arc::clone(&swapped);
            let response = Response::builder().header(SET_COOKIE, "_fbp=1");
            let response = response.header(SET_COOKIE, "_new=1").body(Body::empty()).unwrap();
            async { Ok::<_, Infallible>(response) }
        });
    let response = publishing.oneshot(request("eea", &chosen)).await.unwrap();
    assert_eq!(fields(&response), [b"_fbp=1"]);
    // By the newer one the choice says nothing, and least of all about what is new in it.
    assert!(fields(&answer(&gate, request("eea", &chosen), &set).await).is_empty());
    let all = ["statistics", "advertising", "personalisation"];
    let choice = Choice::made(&newer, &all, NOW);
    let host = Host::parse("clinic.example").unwrap();
    let chosen = format!("__Host-consent={}", keys().write(&newer, &host, &choice).unwrap());
    assert_eq!(fields(&answer(&gate, request("eea", &chosen), &set).await), set);
}
