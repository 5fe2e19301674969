//! The commands of the program, their answers and exit codes.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::browser::Browser;
use crate::program::Office;

#[test]
fn configurations_are_checked_and_printed() {
    let office = Office::configured();
    let checked = office.run(&["config", "check"]);
    assert_eq!(checked.assert_done().out, "the configuration can be used\n");
    let printed = office.run(&["config", "print"]);
    assert!(printed.assert_done().out.contains("sqlite = \"portal.db\" # file"), "{printed:?}");
    let printed = office.run(&["config", "print", "--json"]).assert_done().json();
    assert_eq!(printed["server"]["public_url"], "http://localhost:8080");
    assert_eq!(printed["second_factor"]["free_attempts"], 5);

    office.write("portal.toml", "[server]\npublic = 1\n");
    office.run(&["config", "check"]).assert_refused(2, "server.public: there is no such setting");
    let error = office.run(&["config", "check", "--json"]).error;
    let error: serde_json::Value = serde_json::from_str(&error).unwrap();
    assert_eq!(error["error"]["kind"], "usage");
    office.run(&["config", "check", "-c", "other.toml"]).assert_refused(3, "no file other.toml");
    office.run(&["config", "sing"]).assert_refused(2, "unrecognized subcommand");
}

#[test]
fn t42_secrets_of_the_configuration_are_not_printed() {
    let office = Office::new();
    office.write(
        "portal.toml",
        "[server]\npublic_url = \"https://portal.example\"\n[database]\n\
         postgres = \"postgres://portal:s3cret@localhost/portal\"\n",
    );
    office.run(&["config", "print"]).assert_refused(4, "database.postgres is set");
    office.run(&["config", "print", "--json"]).assert_refused(4, "database.postgres is set");
    for arguments in
        [&["config", "print", "--redacted"][..], &["config", "print", "--redacted", "--json"]]
    {
        let said = office.run(arguments);
        assert!(said.assert_done().out.contains("[redacted]"));
        assert!(!said.out.contains("s3cret"));
    }
}

#[test]
fn the_server_answers_for_its_public_url_alone() {
    let office = Office::configured();
    let mut serving = office.serve();
    let get = |host: &str| {
        let mut connection = TcpStream::connect(serving.address).unwrap();
        let request = format!(
            "GET /login HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Host: localhost:8080\r\n\
                     Connection: close\r\n\r\n"
        );
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = get("localhost:8080");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(!answer.to_lowercase().contains("strict-transport-security"), "{answer}");
    // T37: neither where it listens nor what anyone says in a header.
    for other in ["localhost", "evil.example", &serving.address.to_string()] {
        assert!(get(other).starts_with("HTTP/1.1 421 "), "{other}");
    }
    let line = serving.line_with("answered");
    let span = &line["span"];
    assert_eq!((&line["status"], &span["path"]), (&200.into(), &"/login".into()));
    assert_eq!(span["id"].as_str().unwrap().len(), 16);

    let mut operator = Browser::of(&format!("http://{}", serving.operations));
    operator.get("/healthz").assert_shows(200, "alive");
    operator.get("/readyz").assert_shows(200, "ready");
    operator.get("/metrics").assert_shows(200, "http_requests_total{class=\"2xx\"} 1");
    assert_eq!(serving.stop(), 0);
}

#[test]
fn over_https_browsers_are_told_to_stay_there() {
    let office = Office::configured();
    let text = std::fs::read_to_string(office.path("portal.toml")).unwrap();
    office.write("portal.toml", &text.replace("http://localhost:8080", "https://portal.example"));
    let serving = office.serve();
    let mut connection = TcpStream::connect(serving.address).unwrap();
    connection
        .write_all(b"GET /login HTTP/1.1\r\nHost: portal.example\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
    assert_eq!(serving.stop(), 0);
}

#[test]
fn servers_that_cannot_be_are_refused_with_a_reason() {
    let office = Office::configured();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let serve = |variable: &str, value: &str| {
        let output = office.command(&["serve"]).env(variable, value).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for variable in ["PORTAL__SERVER__LISTEN", "PORTAL__SERVER__METRICS_LISTEN"] {
        let (code, error) = serve(variable, &taken);
        assert!(code == 5 && error.contains("is in use by another program"), "{code}: {error}");
    }
    let (code, error) = serve("PORTAL__SERVER__LISTEN", "0.0.0.0:0");
    assert!(code == 2 && error.contains("name the proxy that ends TLS"), "{code}: {error}");
    let (code, error) = serve("PORTAL__DATABASE__SQLITE", "/nowhere/portal.db");
    assert!(code == 1 && error.contains("cannot be opened"), "{code}: {error}");
}
