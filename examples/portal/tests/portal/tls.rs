//! TLS, ended by the portal: the client is rustls, the certificates are rcgen's.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::program::Office;

const CONFIG: &str = "[server]\npublic_url = \"https://portal.example\"\nlisten = \"0.0.0.0:0\"\n\
    tls_certificate = \"site.pem\"\ntls_key = \"site.key\"\nmetrics_listen = \"127.0.0.1:0\"\n\
    [database]\nsqlite = \"portal.db\"\n";

/// An office whose portal has a certificate.
fn office() -> (Office, CertificateDer<'static>) {
    let office = Office::configured();
    office.write("portal.toml", CONFIG);
    let certificate = certify(&office);
    office.run(&["migrate"]).assert_done();
    (office, certificate)
}

fn certify(office: &Office) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(vec!["portal.example".to_owned()]).unwrap();
    // In this order, as those who renew certificates do: the two do not fit for a moment.
    office.write("site.pem", &cert.pem());
    office.write("site.key", &signing_key.serialize_pem());
    cert.der().clone()
}

/// Asks for the sign-in page over TLS, trusting `certificate` alone.
fn get(
    address: SocketAddr,
    certificate: &CertificateDer<'static>,
    version: &'static rustls::SupportedProtocolVersion,
) -> std::io::Result<String> {
    get_from(("portal.example", "portal.example", address), certificate, version)
}

/// The same of a host under a name.
pub(crate) fn get_from(
    (name, host, address): (&'static str, &str, SocketAddr),
    certificate: &CertificateDer<'static>,
    version: &'static rustls::SupportedProtocolVersion,
) -> std::io::Result<String> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(name).unwrap();
    let client = ClientConnection::new(Arc::new(config), name).unwrap();
    let socket = TcpStream::connect(("127.0.0.1", address.port()))?;
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    let mut stream = StreamOwned::new(client, socket);
    write!(stream, "GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    match stream.read_to_string(&mut answer) {
        // Some close the connection without saying so first.
        Err(error) if error.kind() != ErrorKind::UnexpectedEof => Err(error),
        _ => Ok(answer),
    }
}

#[test]
fn pages_come_over_tls_to_everybody() {
    let (office, certificate) = office();
    let portal = office.serve();
    for version in [&TLS12, &TLS13] {
        let answer = get(portal.address, &certificate, version).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age=31536000\r\n"), "{answer}");
        assert!(answer.contains("<h1>Sign in</h1>"), "{answer}");
    }
    assert_eq!(portal.stop(), 0);
}

/// Somebody speaks no TLS, or stops in the middle: nobody else waits for them.
#[test]
fn t58_half_a_handshake_holds_nobody_up() {
    let (office, certificate) = office();
    let portal = office.serve();
    let local = SocketAddr::from(([127, 0, 0, 1], portal.address.port()));
    let mut held = Vec::new();
    for sent in [&b""[..], b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/1.1\r\n\r\n", &[0; 4096]] {
        let mut socket = TcpStream::connect(local).unwrap();
        // It may hang up before everything is sent.
        drop(socket.write_all(sent));
        held.push(socket);
    }
    let mut plain = TcpStream::connect(local).unwrap();
    plain.write_all(b"GET /login HTTP/1.1\r\nHost: portal.example\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    drop(plain.read_to_end(&mut answer));
    assert!(!answer.starts_with(b"HTTP/"), "{answer:?}");
    assert!(get(portal.address, &certificate, &TLS13).unwrap().starts_with("HTTP/1.1 200 OK\r\n"));
    drop(held);
    assert_eq!(portal.stop(), 0);
}

/// A certificate is renewed while the portal serves; one that is broken is not taken.
#[test]
fn a_new_certificate_is_taken_without_a_restart() {
    let (office, old) = office();
    let mut portal = office.serve();
    assert!(get(portal.address, &old, &TLS13).is_ok());
    let new = certify(&office);
    let give_up = Instant::now() + Duration::from_mins(1);
    while get(portal.address, &new, &TLS13).is_err() {
        assert!(Instant::now() < give_up, "the new certificate was not taken");
        thread::sleep(Duration::from_millis(100));
    }
    assert!(get(portal.address, &old, &TLS13).is_err(), "the old certificate is still served");

    office.write("site.pem", "not a certificate");
    portal.line_with("the certificate stays as it was");
    assert!(get(portal.address, &new, &TLS13).is_ok());
    assert_eq!(portal.stop(), 0);
}

#[test]
fn certificates_that_cannot_be_served_with_are_refused_with_the_reason() {
    let (office, _) = office();
    let other = KeyPair::generate().unwrap().serialize_pem();
    let key = std::fs::read_to_string(office.path("site.key")).unwrap();
    let certificate = std::fs::read_to_string(office.path("site.pem")).unwrap();
    for (file, text, why) in [
        ("site.key", &*other, "do not belong together"),
        ("site.key", "", "has no private key"),
        ("site.key", &*certificate, "has no private key"),
        ("site.pem", &*key, "has no certificate"),
        ("site.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n", "has no certificate"),
    ] {
        let before = std::fs::read_to_string(office.path(file)).unwrap();
        office.write(file, text);
        office.run(&["serve"]).assert_refused(1, why);
        office.write(file, &before);
    }
    std::fs::remove_file(office.path("site.key")).unwrap();
    office.run(&["serve"]).assert_refused(1, "cannot be read");
    for (old, new, why) in [
        ("tls_key = \"site.key\"\n", "", "set together or not at all"),
        ("https://portal.example", "http://localhost:8080", "is not https"),
    ] {
        office.write("portal.toml", &CONFIG.replace(old, new));
        office.run(&["serve"]).assert_refused(2, why);
    }
}
