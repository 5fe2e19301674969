//! Too many passwords, and a database that does not answer.

use std::thread;
use std::time::{Duration, Instant};

use crate::browser::Browser;
use crate::program::{Office, Serving};
use crate::upkeep::{EMAIL, PASSWORD, add, sign_in, visit};

fn operator(serving: &Serving) -> Browser {
    Browser::of(&format!("http://{}", serving.operations))
}

/// Tries until it is so.
fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < give_up, "{what} never came");
        thread::sleep(Duration::from_millis(10));
    }
}

/// One password is being hashed, for long, and there is room for no other.
#[test]
fn t59_a_flood_of_passwords_is_turned_away_while_pages_are_served() {
    let office = Office::configured();
    let text = std::fs::read_to_string(office.path("portal.toml")).unwrap();
    let slow = "[password]\nmemory_kib = 262144\npasses = 4\nthreads = 1\nqueue = 1\n";
    office.write("portal.toml", &format!("{text}{slow}"));
    let serving = office.serve();
    let (mut first, mut second) = (visit(&serving), visit(&serving));
    second.get("/login").assert_shows(200, "Sign in");
    let hashing = thread::spawn(move || sign_in(&mut first, PASSWORD));
    wait_until("a hash", || operator(&serving).get("/metrics").body.contains("hash_queue_depth 1"));

    let refused = second.post("/login", &[("email", EMAIL), ("password", PASSWORD)]);
    refused.assert_shows(503, "The portal is busy");
    assert_eq!(refused.header("retry-after"), Some("2"));
    second.get("/login").assert_shows(200, "Sign in");
    assert!(!hashing.is_finished(), "the refusal waited for the hash");
    // On a busy machine the page gives up before the hash ends.
    assert!([422, 408].contains(&hashing.join().unwrap()));
    let metrics = || operator(&serving).get("/metrics").body;
    wait_until("the end of the hash", || metrics().contains("hash_queue_depth 0"));
    assert!(metrics().contains("hash_turned_away_total 1"));
    assert_eq!(serving.stop(), 0);
}

/// Another process keeps the database to itself.
#[test]
fn t60_while_nothing_can_be_written_nobody_gets_in() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve();
    let mut browser = visit(&serving);
    browser.get("/login").assert_shows(200, "Sign in");
    let other = rusqlite::Connection::open(office.path("portal.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let refused = browser.post("/login", &[("email", EMAIL), ("password", PASSWORD)]);
    // On a busy machine the page gives up before the database does.
    assert!([503, 408].contains(&refused.status), "{}", refused.body);
    assert!(!browser.cookies.contains_key("__Host-session"), "{:?}", browser.cookies.keys());
    browser.get("/login").assert_shows(200, "Sign in");
    other.execute_batch("ROLLBACK").unwrap();
    // By itself, without a restart.
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    assert_eq!(serving.stop(), 0);
}

/// Nothing more can be written to any file, as on a disk that is full.
#[test]
fn t60_a_full_disk_lets_nobody_in_and_loses_nothing() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve_with_limits();
    let ready = |status, text: &str| {
        wait_until(text, || {
            let page = operator(&serving).get("/readyz");
            page.status == status && page.body.starts_with(text)
        });
    };
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    browser.get("/account").assert_shows(200, "Alex Morgan");
    browser.post("/account", &[("display_name", "Robin")]).assert_redirects_to("/account?saved");
    ready(200, "ready");

    serving.limit_files("0");
    ready(503, "not ready: the database cannot write");
    let mut other = visit(&serving);
    assert_eq!(sign_in(&mut other, PASSWORD), 503);
    assert!(other.cookies.keys().all(|name| name != "__Host-session"));
    let page = browser.post("/account", &[("display_name", "Nobody")]);
    page.assert_shows(503, "Check what has become of it before you try again");
    browser.get("/account").assert_shows(200, "Robin");

    // By itself, without a restart, and with what was acknowledged.
    serving.limit_files("unlimited");
    ready(200, "ready");
    assert_eq!(sign_in(&mut other, PASSWORD), 303);
    browser.get("/account").assert_shows(200, "Robin");
    assert_eq!(serving.stop(), 0);
    office.run(&["audit", "verify"]).assert_done();
}

/// The tables are gone, or another program's, and come back.
#[test]
fn t60_readiness_follows_the_database() {
    let office = Office::migrated();
    let serving = office.serve();
    let ready = |status, text: &str| {
        wait_until(text, || {
            let page = operator(&serving).get("/readyz");
            page.status == status && page.body.starts_with(text)
        });
    };
    ready(200, "ready");
    office.tamper_with_schema("ALTER TABLE people RENAME TO persons");
    ready(503, "not ready: the database does not answer");
    operator(&serving).get("/healthz").assert_shows(200, "alive");
    visit(&serving).get("/account").assert_redirects_to("/login");
    office.tamper_with_schema("ALTER TABLE persons RENAME TO people");
    ready(200, "ready");
    office.tamper("INSERT INTO schema_migrations VALUES ('portal', 999, 'x', 0)");
    ready(503, "not ready: the database needs another version of this program");
    office.tamper("DELETE FROM schema_migrations WHERE version = 999");
    ready(200, "ready");
    assert_eq!(serving.stop(), 0);
}
