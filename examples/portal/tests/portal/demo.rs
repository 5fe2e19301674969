//! The program itself: what it prints, and what it leaves behind.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::version::TLS13;

use crate::browser::Browser;
use crate::tls::get_from;

fn demo(folder: &Path, listen: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
    command.args(["demo", "--listen", listen]).env("TMPDIR", folder);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Reads up to the last line that the demonstration prints, and returns the five that matter.
fn read_announcement(child: &mut Child) -> [String; 5] {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let mut value_of = |name: &str| {
        let mut lines = lines.by_ref().map(Result::unwrap);
        lines.find_map(|line| line.strip_prefix(name).map(str::to_owned)).unwrap()
    };
    ["address: ", "user: ", "password: ", "phones: ", "over TLS: "].map(&mut value_of)
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

fn signal(child: &Child, name: &str) {
    let command = format!("kill -s {name} {}", child.id());
    assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
}

fn wait(mut child: Child) -> Output {
    let give_up = Instant::now() + Duration::from_secs(30);
    while child.try_wait().unwrap().is_none() {
        assert!(Instant::now() < give_up, "the demonstration did not end");
        thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn the_demonstration_serves_and_leaves_nothing_behind() {
    for name in ["TERM", "INT", "HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = demo(folder.path(), "127.0.0.1:0").spawn().unwrap();
        let [address, user, password, phones, secure] = read_announcement(&mut child);
        assert!(address.starts_with("http://localhost:") && !address.ends_with(":0"), "{address}");
        assert!(!is_empty(folder.path()));

        let mut browser = Browser::of(&address);
        browser.get("/login").assert_shows(200, "Sign in");
        let fields = [("email", &*user), ("password", &*password)];
        browser.post("/login", &fields).assert_redirects_to("/account/security");
        let (_, _) = browser.begin_enrolment();

        let (secure, authority) = secure.split_once(", certified by ").unwrap();
        let host = secure.strip_prefix("https://").unwrap();
        let port = host.strip_prefix("localhost:").unwrap().parse().unwrap();
        let authority = CertificateDer::from_pem_file(authority).unwrap();
        let place = ("localhost", host, SocketAddr::from(([127, 0, 0, 1], port)));
        let answer = get_from(place, &authority, &TLS13).unwrap();
        assert!(answer.contains("<h1>Sign in</h1>"), "{answer}");
        // Other programs of this computer speak plain HTTP under the same name.
        assert!(!answer.contains("strict-transport-security"), "{answer}");

        let mut phone_page = Browser::of(phones.trim_end_matches('/'));
        phone_page.get("/").assert_shows(200, "jo@example.com");
        let mut jo = Browser::of(&address);
        jo.get("/login").assert_shows(200, "Sign in");
        let fields = [("email", "jo@example.com"), ("password", &*password)];
        jo.post("/login", &fields).assert_redirects_to("/login/second-factor");
        jo.get("/login/duo").assert_shows(200, "Confirm with Duo");
        jo.ask_phone("push").assert_redirects_to("/login/duo/wait");
        let give_up = Instant::now() + Duration::from_secs(20);
        let txid = loop {
            let page = phone_page.get("/");
            if let Some(txid) = page.between("name=\"txid\" value=\"", "\"") {
                break txid.to_owned();
            }
            assert!(Instant::now() < give_up, "no phone rings");
            thread::sleep(Duration::from_millis(20));
        };
        let fields = [("txid", &*txid), ("decision", "approve")];
        phone_page.post("/decide", &fields);
        jo.await_answer().assert_redirects_to("/account");

        // With a connection open that says nothing.
        let _idle = std::net::TcpStream::connect(address.strip_prefix("http://").unwrap()).unwrap();
        signal(&child, name);
        let output = wait(child);
        let mut log = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{name}: {log}");
        assert!(is_empty(folder.path()), "{name}");
        log.retain(|character| character != '\n');
        assert!(!log.contains(&password) && log.contains("status=303"), "{log}");
    }
}

#[test]
fn a_port_in_use_is_named_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = wait(demo(folder.path(), &address).spawn().unwrap());
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(5));
    assert!(error.contains(&format!("{address} is in use")), "{error}");
    assert!(error.contains("--listen 127.0.0.1:0"), "{error}");
    assert!(is_empty(folder.path()));
}

#[test]
fn addresses_that_others_could_reach_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let output = wait(demo(folder.path(), address).spawn().unwrap());
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{error}");
        assert!(error.contains("not an address of this computer alone"), "{error}");
    }
    let output = wait(demo(folder.path(), "here").spawn().unwrap());
    assert_eq!(output.status.code(), Some(2));
    assert!(is_empty(folder.path()));
}

#[test]
fn help_says_what_there_is() {
    let help = |arguments: &[&str]| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_portal"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut text = String::new();
        child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
        assert!(child.wait().unwrap().success());
        text
    };
    assert!(help(&["--help"]).contains("demo"));
    let demo = help(&["demo", "--help"]);
    assert!(demo.contains("--listen") && demo.contains("127.0.0.1:8080"), "{demo}");
}
