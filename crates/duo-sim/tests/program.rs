//! The program over plain HTTP: `duo-sim --http`, as somebody with a client of their own uses it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]
#![expect(clippy::disallowed_methods, reason = "the program is run, and spoken with")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use http::{Request, Response};
use upheld_duo::auth::{Check, Ping};
use upheld_duo::{ApiHost, Application, Call, IntegrationKey, SecretKey, UnixSeconds};

/// A running program, and what it said before it listened.
struct Running {
    child: Child,
    said: Vec<String>,
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_duo-sim"))
            .args(["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"])
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut running = Self { child, said: Vec::new() };
        for line in BufReader::new(running.child.stdout.take().unwrap()).lines() {
            running.said.push(line.unwrap());
            if running.said.last().is_some_and(|line| line.starts_with("listening on ")) {
                return running;
            }
        }
        panic!("it ended: {:?}", running.said)
    }

    fn told(&self, name: &str) -> &str {
        let mut values = self.said.iter().filter_map(|line| line.strip_prefix(name));
        values.next().unwrap_or_else(|| panic!("{name} in {:?}", self.said))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// HTTP/1.1 (RFC 9112) by hand.
fn send(address: &str, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let mut stream = TcpStream::connect(address).unwrap();
    let path = request.uri().path_and_query().unwrap();
    write!(stream, "{} {path} HTTP/1.1\r\nhost: {address}\r\n", request.method()).unwrap();
    for (name, value) in request.headers() {
        write!(stream, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    write!(stream, "connection: close\r\ncontent-length: {}\r\n\r\n", request.body().len())
        .unwrap();
    stream.write_all(request.body()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap();
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap()
}

#[test]
fn plain_http_speaks_the_same_protocol() {
    let running = Running::start(&["--http", "--seed", "7"]);
    assert!(!running.said.iter().any(|line| line.starts_with("ca: ")), "{:?}", running.said);
    let address = running.told("listening on ");
    let (key, secret) = running.told("auth: ").split_once(' ').unwrap();
    let application = |secret: &str| {
        Application::new(
            ApiHost::parse(address).unwrap(),
            IntegrationKey::parse(key).unwrap(),
            SecretKey::parse(secret).unwrap(),
        )
    };
    let now = UnixSeconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs());
    let ours = application(secret);
    let pinged = Ping.read(&ours, &send(address, &Ping.request(&ours, now).unwrap()), now);
    assert!(pinged.unwrap().0.abs_diff(now.0) < 120);
    let checked = Check.read(&ours, &send(address, &Check.request(&ours, now).unwrap()), now);
    assert!(checked.is_ok(), "{checked:?}");
    let other = application("another-secret-than-that-of-the-simulator");
    assert_eq!(send(address, &Check.request(&other, now).unwrap()).status(), 401);
    let control = running.told("phones: http://").trim_end_matches('/');
    let phones = send(control, &Request::get("/").body(Vec::new()).unwrap());
    assert!(String::from_utf8(phones.into_body()).unwrap().contains("push-allow"));
}

#[test]
fn plain_http_takes_no_certificates() {
    let output = Command::new(env!("CARGO_BIN_EXE_duo-sim"))
        .args(["--http", "--dev-ca", "."])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("--dev-ca"));
}
