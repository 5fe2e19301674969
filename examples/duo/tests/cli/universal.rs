//! The Universal Prompt, with a browser that goes where it is sent.

use serde_json::{Value, json};
use upheld_duo_sim::{Answer, Decision, Fault, Simulator};

use crate::{Done, Duo, Run, Running, duo, eventually};

/// Goes to an address of the prompt, follows it, and tells where it ended and what is there.
fn visit(duo: &Duo, method: &str, path: &str, form: &str) -> (String, String) {
    let request = http::Request::builder().method(method).uri(path).header("host", duo.host());
    let request = request.body(form.as_bytes().to_vec()).unwrap();
    let handle = duo.server.as_ref().unwrap().handle();
    let Answer::Reply(reply) = handle.with(|simulator, now| simulator.respond(&request, now))
    else {
        panic!("no page");
    };
    match reply.headers().get("location").map(|to| to.to_str().unwrap().to_owned()) {
        Some(to) if to.starts_with('/') => visit(duo, "GET", &to, ""),
        Some(to) => (to, String::new()),
        None => (path.to_owned(), String::from_utf8(reply.into_body()).unwrap()),
    }
}

fn value(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    page.split(&start).nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// What becomes of the query on its way back.
type Change = fn(String) -> String;

/// A login under way, and the page at which the person is.
struct Login<'a> {
    duo: &'a Duo,
    running: Running,
    at: String,
    page: String,
}

impl<'a> Login<'a> {
    fn begin(duo: &'a Duo, run: Run) -> Self {
        let mut running = run.start();
        let address = running.told("/oauth/v1/authorize?");
        let path = address.strip_prefix(&format!("https://{}", duo.host())).unwrap();
        let (at, page) = visit(duo, "GET", path, "");
        Self { duo, running, at, page }
    }

    fn choose(&mut self, form: &str) {
        let form = format!("sid={}&{form}", value(&self.page, "sid"));
        (self.at, self.page) = visit(self.duo, "POST", "/frame/prompt", &form);
    }

    fn push(&mut self) {
        self.choose(&format!("factor=push&device={}", value(&self.page, "device")));
        let (duo, at) = (self.duo, self.at.clone());
        (self.at, self.page) = eventually(|| {
            let there = visit(duo, "GET", &at, "");
            there.0.starts_with("http").then_some(there)
        });
    }

    /// Brings back what the prompt sent the browser away with, after `change`.
    fn come_back(self, change: impl FnOnce(String) -> String) -> Done {
        let (port, query) = self.at.split_once("/callback").unwrap();
        let port = port.strip_prefix("http://localhost:").unwrap();
        let address = format!("http://127.0.0.1:{port}/callback{}", change(query.to_owned()));
        let page = ureq::get(&address).call().unwrap().body_mut().read_to_string().unwrap();
        assert!(page.contains("You can close this page"), "{page}");
        self.running.end()
    }
}

/// Signs in by a push, and comes back.
fn by_push(duo: &Duo, args: &[&str]) -> Done {
    let run = duo.prompt(&[&["login", "push-allow", "--json"], args].concat());
    let mut login = Login::begin(duo, run);
    login.push();
    login.come_back(|query| query)
}

fn outcome(done: &Done) -> Value {
    serde_json::from_str(&done.stdout).unwrap_or_else(|_| panic!("{}", done.stderr))
}

#[test]
fn the_prompt_is_there() {
    let duo = Duo::start();
    assert!(duo.prompt(&["check"]).json(0)["time"].is_u64());
    let other = duo.prompt(&["check"]).env("DUO_SKEY", &duo.config.auth.secret);
    assert_eq!(other.json(3)["outcome"], "failed", "the secret of another application");
}

#[test]
fn a_person_comes_back_with_the_factor_that_they_showed() {
    let duo = Duo::start();
    let done = by_push(&duo, &["--display-name", "Alice", "--max-age", "0", "--ask-again"]);
    let told = outcome(&done);
    assert_eq!(done.code, 0, "{told}");
    assert_eq!((&told["username"], &told["factor"]), (&json!("push-allow"), &json!("duo_push")));
    assert_eq!((&told["second_factor"], &told["outcome"]), (&json!(true), &json!("allowed")));

    let mut login = Login::begin(&duo, duo.prompt(&["login", "hardware-token"]));
    login.choose("factor=passcode&passcode=755224"); // RFC 4226 appendix D
    let done = login.come_back(|query| query);
    assert_eq!(done.code, 0, "{}", done.stderr);
    assert!(done.stdout.contains("hardware-token, by hardware_token"), "{}", done.stdout);

    let login = Login::begin(&duo, duo.prompt(&["login", "bypass"]));
    let done = login.come_back(|query| query);
    assert!(done.stdout.contains("without a second factor"), "{}", done.stdout);
}

#[test]
fn the_address_can_be_pasted() {
    let duo = Duo::start();
    let uri = "https://clinic.example/callback";
    let run = duo.prompt(&["login", "push-allow", "--redirect-uri", uri]);
    // What is pasted is not known before the prompt is done with, so that this one is stale.
    let done = run.stdin("https://clinic.example/callback?state=other&duo_code=x\n").run();
    assert_eq!(done.code, 1, "{}", done.stderr);
    assert!(done.stdout.contains("state of this login"), "{}", done.stdout);
    let nothing = duo.prompt(&["login", "push-allow", "--redirect-uri", uri]).run();
    assert_eq!(nothing.code, 2, "{}", nothing.stderr);
}

#[test]
fn t50_who_comes_back_wrongly_is_not_let_in() {
    let duo = Duo::start();
    let run = || duo.prompt(&["login", "push-allow"]);
    let mut used = None;
    let changes: [(&str, i32, Change); 6] = [
        ("state", 1, |query| query.replace("state=", "state=x")),
        ("no state", 1, |query| query.replace("state=", "stat=")),
        ("no code", 1, |query| query.replace("duo_code=", "coda=")),
        ("another code", 3, |query| query.replace("duo_code=", "duo_code=0")),
        ("twice", 1, |query| format!("{query}&state=other")),
        ("error", 1, |query| query.replace("duo_code=", "error=access_denied&x=")),
    ];
    for (what, code, change) in changes {
        let mut login = Login::begin(&duo, run());
        login.push();
        used.get_or_insert_with(|| login.at.clone());
        let done = login.come_back(change);
        assert_eq!(done.code, code, "{what}: {}{}", done.stdout, done.stderr);
    }
    // What an earlier login came back with.
    let mut login = Login::begin(&duo, run());
    login.push();
    let query = used.unwrap().split_once('?').unwrap().1.to_owned();
    assert_eq!(login.come_back(|_| format!("?{query}")).code, 1);

    let mut login = Login::begin(&duo, run());
    login.choose("factor=cancel");
    assert_eq!(login.come_back(|query| query).code, 1, "the person gave up");
}

#[test]
fn t50_a_token_that_does_not_say_that_this_person_may_go_in_lets_nobody_in() {
    let duo = Duo::start();
    let claim = |pointer: &str, value: Value| Fault::Claim { pointer: pointer.into(), value };
    for (fault, code) in [
        (claim("/auth_result/result", json!("deny")), 1),
        (claim("/auth_context/result", json!("denied")), 1),
        (claim("/auth_context/result", json!("fraud")), 1),
        (claim("/auth_result/result", json!("waiting")), 3),
        (claim("/auth_result", json!(null)), 3),
        (claim("/auth_context", json!(null)), 3),
        (claim("/preferred_username", json!("push-deny")), 3),
        (claim("/nonce", json!("0123456789abcdef0123456789abcdef")), 3),
        (claim("/nonce", json!(null)), 3),
        (claim("/aud", json!("DIXXXXXXXXXXXXXXXXXX")), 3),
        (claim("/iss", json!("https://elsewhere.example/oauth/v1/token")), 3),
        (claim("/exp", json!(1_600_000_000)), 3),
        (claim("/iat", json!(9_000_000_000_u64)), 3),
        (Fault::Algorithm { name: "none".into() }, 3),
        (Fault::Algorithm { name: "HS256".into() }, 3),
        (Fault::Key, 3),
    ] {
        duo.fault("/oauth/v1/token", 1, fault.clone());
        let done = by_push(&duo, &["--fail-mode", "open"]);
        assert_eq!(done.code, code, "{fault:?}: {}{}", done.stdout, done.stderr);
    }
    assert_eq!(by_push(&duo, &[]).code, 0, "without a fault");
}

#[test]
fn t51_the_fail_mode_is_for_the_health_check() {
    let duo = Duo::start();
    let run = |mode| duo.prompt(&["login", "push-allow", "--attempts", "1", "--fail-mode", mode]);
    duo.fault("/oauth/v1/health_check", 9, Fault::Status { status: 503 });
    assert_eq!(run("open").json(4)["cause"], "unavailable");
    assert_eq!(run("closed").json(3)["failure"], "unavailable");
    duo.fault("/oauth/v1/token", 9, Fault::Status { status: 503 });
    assert_eq!(by_push(&duo, &["--fail-mode", "open", "--attempts", "1"]).code, 3);
    duo.with_simulator(Simulator::clear_faults);
    let wrong = run("open").env("DUO_SKEY", &duo.config.auth.secret);
    assert_eq!(wrong.run().code, 3, "a wrong secret is no outage");
}

#[test]
fn the_listener_is_for_this_machine_and_the_callback_alone() {
    let settings = ["--host", "localhost:1", "--ikey", "DIXXXXXXXXXXXXXXXXXX", "--skey", "-"];
    let args = ["universal", "login", "alice", "--listen", "0.0.0.0:0"];
    let refusal = duo(&[&args[..], &settings].concat()).stdin(&"x".repeat(40)).refusal();
    assert!(refusal.contains("this machine alone"), "{refusal}");

    let simulated = Duo::start();
    let mut login = Login::begin(&simulated, simulated.prompt(&["login", "push-allow"]));
    login.push();
    let port = login.at.split(['/', ':']).nth(4).unwrap().to_owned();
    for (method, path) in
        [("GET", "/favicon.ico"), ("POST", "/callback?state=x"), ("GET", "/callback")]
    {
        let address = format!("http://127.0.0.1:{port}{path}");
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let status = match method {
            "POST" => agent.post(&address).send_empty().unwrap().status(),
            _ => agent.get(&address).call().unwrap().status(),
        };
        assert_eq!(status.as_u16(), 404, "{method} {path}");
    }
    simulated.with_simulator(|simulator| simulator.script("push-allow", Decision::Ask, 0));
    assert_eq!(login.come_back(|query| query).code, 0, "it still waits");
}
