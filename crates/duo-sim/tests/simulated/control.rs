//! The control plane: the phone page, its buttons, and who may press them.

use http::{Method, Request, Response, StatusCode};
use serde_json::Value;
use upheld_duo::Params;
use upheld_duo::auth::{
    Auth, Enroll, EnrollStatus, EnrollmentStatus, Factor, PushInfo, PushText, StartAuth, Target,
    User,
};

use crate::{Duo, push};

fn send(duo: &mut Duo, method: Method, path: &str, body: &str) -> Response<Vec<u8>> {
    let request = Request::builder().method(method).uri(path).header("host", "localhost:9444");
    let request = request.body(body.as_bytes().to_vec()).unwrap();
    duo.simulator.control(&request, duo.now)
}

fn told(reply: &Response<Vec<u8>>) -> Value {
    assert_eq!(reply.status(), StatusCode::OK);
    serde_json::from_slice(reply.body()).unwrap()
}

fn page(duo: &mut Duo) -> String {
    String::from_utf8(send(duo, Method::GET, "/", "").into_body()).unwrap()
}

#[test]
fn the_page_shows_what_rings_and_its_buttons_work() {
    let mut duo = Duo::new();
    assert!(!page(&mut duo).contains("Are you signing in?"));
    let lines = PushInfo::from_lines([("clinic", "<script>alert(1)</script>")]).unwrap();
    let text = PushText::default().with_info(lines);
    let auth = Auth::new(User::named("sms"), Factor::Push(Target::Any, text));
    let txid = duo.send(&StartAuth(auth)).unwrap();
    let shown = page(&mut duo);
    assert!(shown.contains("Are you signing in?"));
    assert!(!shown.contains("<script>"), "what a push shows is anybody's");
    let form = Params::new().with("txid", txid.as_str()).with("decision", "fraud").canonical();
    assert_eq!(told(&send(&mut duo, Method::POST, "/decide", &form))["done"], true);
    assert_eq!(told(&send(&mut duo, Method::POST, "/decide", &form))["done"], false);
    assert!(!page(&mut duo).contains("Are you signing in?"));
    let state = told(&send(&mut duo, Method::GET, "/state", ""));
    assert_eq!(state["asked"][0]["username"], "sms");
}

#[test]
fn every_command_does_what_it_says() {
    let mut duo = Duo::new();
    let mut post = |path: &str, body: &str| {
        let reply = send(&mut duo, Method::POST, path, body);
        reply.status().is_success().then(|| told(&reply))
    };
    let script = post("/script", "username=sms&decision=approve&delay=3").unwrap();
    assert_eq!(script["done"], true);
    assert_eq!(post("/script", "username=nobody&decision=deny").unwrap()["done"], false);
    let press = post("/press", "username=hardware-token").unwrap();
    assert_eq!(press["passcode"], "755224", "RFC 4226 appendix D");
    assert_eq!(post("/unlock", "username=locked").unwrap()["done"], true);
    let limited = r#"{"path":"/","times":1,"fault":{"kind":"rate_limited"}}"#;
    assert_eq!(post("/fault", limited).unwrap()["done"], true);
    assert_eq!(post("/clear", "").unwrap()["done"], true);
    assert_eq!(post("/skew", "seconds=-600").unwrap()["done"], true);
    assert_eq!(post("/skew", "seconds=0").unwrap()["done"], true);
    assert_eq!(post("/scan", "user_id=DU").unwrap()["done"], false);
    assert_eq!(post("/enrol", "username=unenrolled").unwrap()["done"], true);
    assert_eq!(post("/enrol", "username=unenrolled").unwrap()["done"], false, "once");
    assert_eq!(post("/enrol", "username=nobody").unwrap()["done"], false);
    for (path, body) in [
        ("/unknown", ""),
        ("/fault", "{}"),
        ("/script", "username=sms&decision=dance"),
        ("/decide", ""),
        ("/skew", "seconds=soon"),
        ("/press", "username=%ff"),
    ] {
        assert_eq!(post(path, body), None, "{path}");
    }
    assert!(duo.send(&push("sms")).is_ok(), "the script approves");
}

#[test]
fn who_has_nothing_is_set_up_on_the_page() {
    let mut duo = Duo::new();
    let enrolled = duo.send(&Enroll::new().named("newcomer")).unwrap();
    assert!(page(&mut duo).contains("Set up a phone for newcomer"));
    assert_eq!(told(&send(&mut duo, Method::POST, "/enrol", "username=newcomer"))["done"], true);
    assert!(!page(&mut duo).contains("Set up a phone for newcomer"));
    assert_eq!(duo.send(&EnrollStatus::of(&enrolled)).unwrap(), EnrollmentStatus::Success);
    for path in ["/portal", "/activate/DU"] {
        let request = Request::get(path).body(Vec::new()).unwrap();
        let told = String::from_utf8(duo.exchange(&request).into_body()).unwrap();
        assert!(told.contains("on the page of the simulated phones"), "{path}");
    }
}

#[test]
fn a_browser_is_sent_back_to_the_page_or_shown_the_passcode() {
    let mut duo = Duo::new();
    let mut post = |path: &str, body: &str| {
        let request = Request::post(path)
            .header("host", "localhost:9444")
            .header("origin", "http://localhost:9444")
            .header("accept", "text/html,*/*")
            .body(body.as_bytes().to_vec());
        duo.simulator.control(&request.unwrap(), duo.now)
    };
    let unlocked = post("/unlock", "username=locked");
    assert_eq!(
        (unlocked.status(), &unlocked.headers()["location"]),
        (StatusCode::SEE_OTHER, &"/".parse().unwrap())
    );
    let shown = String::from_utf8(post("/press", "username=hardware-token").into_body()).unwrap();
    assert!(shown.contains("<strong>755224</strong>"));
}

#[test]
fn other_sites_cannot_press_the_buttons() {
    let mut duo = Duo::new();
    for (host, origin) in [
        ("evil.example", None),
        ("127.0.0.1.evil.example:9444", None),
        ("localhost:9444", Some("https://evil.example")),
        ("localhost:9444", Some("null")),
        ("localhost:9444", Some("http://localhost:8080")),
    ] {
        let mut request = Request::post("/unlock").header("host", host);
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let request = request.body(b"username=locked".to_vec()).unwrap();
        let status = duo.simulator.control(&request, duo.now).status();
        assert_eq!(status, StatusCode::FORBIDDEN, "{host} {origin:?}");
    }
}
