//! What operators do to a portal: making one, its people, its keys, its audit.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use upheld_store::keys::KeyRing;

use crate::browser::Browser;
use crate::clinic::Phone;
use crate::exports::make_copy;
use crate::program::{Office, Serving};

pub(crate) const EMAIL: &str = "alex@example.com";
pub(crate) const PASSWORD: &str = "Correct-Horse-7391-Battery";

pub(crate) fn add(office: &Office, email: &str) {
    let arguments = ["user", "add", email, "--name", "Alex Morgan"];
    let said = office.run_with(&arguments, &format!("{PASSWORD}\n"));
    assert_eq!(said.assert_done().out, format!("{email} was added\n"));
}

/// A browser at the login page of a portal whose public URL is another than where it listens.
pub(crate) fn visit(serving: &Serving) -> Browser {
    let mut browser = Browser::of(&format!("http://{}", serving.address));
    browser.host = Some("localhost:8080".into());
    browser
}

pub(crate) fn sign_in(browser: &mut Browser, password: &str) -> u16 {
    browser.get("/login").assert_shows(200, "Sign in");
    browser.post("/login", &[("email", EMAIL), ("password", password)]).status
}

#[test]
fn a_portal_is_made_with_private_files_and_never_over_another() {
    let office = Office::new();
    let init = ["init", "--public-url", "https://portal.example"];
    let said = office.run(&init);
    assert!(said.assert_done().out.contains("keep a copy of"), "{said:?}");
    for name in ["portal.toml", "portal.keys"] {
        assert_eq!(office.mode_of(name), 0o600, "{name}");
    }
    assert_eq!(office.mode_of("mail"), 0o700);
    let keys = std::fs::read_to_string(office.path("portal.keys")).unwrap();
    assert!(KeyRing::parse(&keys).is_ok());
    let printed = office.run(&["config", "print", "--json"]).assert_done().json();
    assert_eq!(printed["server"]["public_url"], "https://portal.example");

    office.run(&init).assert_refused(4, "is there already");
    std::fs::remove_file(office.path("portal.toml")).unwrap();
    office.run(&init).assert_refused(4, "portal.keys is there already");
    assert!(!office.path("portal.toml").exists());
    assert_eq!(std::fs::read_to_string(office.path("portal.keys")).unwrap(), keys);
    let plain = ["init", "--public-url", "http://portal.example"];
    Office::new().run(&plain).assert_refused(2, "must begin with https://");

    let server = Office::new();
    let file = ["init", "--public-url", "https://a.example", "--postgres-file", "db.url", "--json"];
    let made = server.run(&file).assert_done().json();
    assert_eq!(made["made"].as_array().unwrap().len(), 3);
    let config = std::fs::read_to_string(server.path("portal.toml")).unwrap();
    assert!(config.contains("\npostgres_file = \"db.url\"\n"), "{config}");
}

#[test]
fn tables_are_made_once_and_a_newer_database_is_refused() {
    let office = Office::configured();
    office.run(&["user", "list"]).assert_refused(3, "`portal migrate` makes one");
    let first = office.run(&["migrate", "--json"]).assert_done().json();
    let second = office.run(&["migrate", "--json"]).assert_done().json();
    for (first, second) in first.as_array().unwrap().iter().zip(second.as_array().unwrap()) {
        assert_eq!((&first["from"], &first["to"]), (&0.into(), &second["from"]));
        assert_eq!(second["from"], second["to"]);
    }
    assert_eq!(office.mode_of("portal.db"), 0o600);
    office.tamper("INSERT INTO schema_migrations VALUES ('portal', 999, 'x', 0)");
    office.run(&["migrate"]).assert_refused(1, "use a newer one");
}

#[test]
fn people_are_added_listed_disabled_and_enabled() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let again = office.run_with(&["user", "add", EMAIL, "--name", "Alex"], "secret-password\n");
    again.assert_refused(4, "the e-mail address is taken");
    let arguments = ["user", "add", "robin@example.com", "--name", "Robin Hale", "--role", "staff"];
    let made = office.run(&[&arguments[..], &["--generate", "--json"]].concat());
    let password = made.assert_done().json()["password"].as_str().unwrap().to_owned();
    assert!(password.len() >= 16 && !password.contains(char::is_whitespace), "{password}");
    for (email, name, typed) in [
        ("", "Alex", "pass-word-1234\n"),
        ("x@example.com", "", "pass-word-1234\n"),
        ("x@example.com", "X", "\n"),
    ] {
        let said = office.run_with(&["user", "add", email, "--name", name], typed);
        assert_eq!(said.code, 2, "{said:?}");
    }

    let listed = office.run(&["user", "list", "--json"]).assert_done().json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    assert_eq!((&listed[0]["email"], &listed[0]["role"]), (&EMAIL.into(), &"patient".into()));
    assert_eq!((&listed[1]["role"], &listed[1]["standing"]), (&"staff".into(), &"active".into()));

    let serving = office.serve();
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    browser.get("/account").assert_shows(200, "Alex Morgan");
    office.run(&["user", "disable", EMAIL]).assert_done();
    // T33: what was open ends with it.
    assert_eq!(browser.get("/account").status, 303);
    assert_eq!(sign_in(&mut visit(&serving), PASSWORD), 422);
    office.run(&["user", "enable", EMAIL]).assert_done();
    assert_eq!(sign_in(&mut visit(&serving), PASSWORD), 303);
    assert_eq!(serving.stop(), 0);

    for command in ["disable", "enable", "unlock"] {
        office.run(&["user", command, "nobody@example.com"]).assert_refused(3, "nobody has this");
    }
    office.tamper("UPDATE people SET state = 'closed' WHERE role = 'patient'");
    office.run(&["user", "enable", EMAIL]).assert_refused(4, "nobody opens it again");
}

#[test]
fn a_second_factor_is_removed_only_on_somebodys_word() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let reset = ["user", "reset-factor", EMAIL];
    office.run(&reset).assert_refused(4, "make sure who is asking");
    let said = office.run(&[&reset[..], &["--identity-checked"]].concat());
    assert!(said.assert_done().out.contains("without a second factor"), "{said:?}");
    let told = "UPDATE outbox SET tries = tries WHERE kind = 'second factor reset'";
    assert_eq!(office.tamper(told), 1);
}

/// The codes of an account are guessed at until it has to wait, and the operator helps.
#[test]
fn unlocking_lets_the_right_code_be_looked_at() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve();
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    let (page, path) = browser.begin_enrolment();
    let phone = Phone::with_key_of(&page);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert_eq!(browser.post(&path, &[("code", &phone.code_at(now))]).status, 303);

    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    browser.get("/login/second-factor").assert_shows(200, "Enter your code");
    for _ in 0..5 {
        assert_eq!(browser.show_code(&phone.wrong_code_at(now)).status, 422);
    }
    // The code of the next step: the one of this step confirmed the app.
    assert_eq!(browser.show_code(&phone.code_at(now + 30)).status, 422);
    let listed = office.run(&["user", "list", "--json"]).assert_done().json();
    assert_eq!(listed[0]["codes"], "later");
    office.run(&["user", "unlock", EMAIL]).assert_done();
    let listed = office.run(&["user", "list", "--json"]).assert_done().json();
    assert_eq!(
        (&listed[0]["codes"], &listed[0]["authenticators"]),
        (&"accepted".into(), &1.into())
    );
    assert_eq!(browser.show_code(&phone.code_at(now + 30)).status, 303);

    let metrics = Browser::of(&format!("http://{}", serving.operations)).get("/metrics");
    for line in [
        "second_factor_total{method=\"code\",outcome=\"wrong\"} 5",
        "second_factor_total{method=\"code\",outcome=\"throttled\"} 1",
        "second_factor_total{method=\"code\",outcome=\"accepted\"} 1",
        "lockouts_total{of=\"second_factor\"} 1",
        "second_factor_seconds_count 7",
    ] {
        metrics.assert_shows(200, line);
    }
    assert!(metrics.body.contains("window_offset_used_total{offset=\""), "{}", metrics.body);
    assert_eq!(serving.stop(), 0);
}

/// A key file that others may read, one that is none, and none at all.
#[test]
fn t44_keys_that_others_may_know_are_refused() {
    let office = Office::migrated();
    for mode in [0o640, 0o604, 0o620, 0o644] {
        office.set_mode("portal.keys", mode);
        office.run(&["user", "list"]).assert_refused(4, "can be read or written by others");
        office.run(&["serve"]).assert_refused(4, "can be read or written by others");
    }
    office.set_mode("portal.keys", 0o600);
    office.run(&["user", "list"]).assert_done();
    office.run(&["keys", "generate"]).assert_refused(4, "cannot be made");
    office.write("portal.keys", "upheld key ring 1\n1 00\n");
    office.run(&["user", "list"]).assert_refused(1, "line 2");
    std::fs::remove_file(office.path("portal.keys")).unwrap();
    office.run(&["user", "list"]).assert_refused(3, "`portal init` makes one");
    office.run(&["keys", "generate"]).assert_done();
    office.run(&["user", "list"]).assert_done();
}

/// A key is changed while somebody is in the middle of what it protects.
#[test]
fn t45_keys_are_changed_while_the_portal_serves() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let mut serving = office.serve();
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    let (page, path) = browser.begin_enrolment();
    assert!(page.body.contains("manual-key"));
    office.run(&["keys", "retire", "1"]).assert_refused(4, "key 1 is the current one");

    let rotated = office.run(&["keys", "rotate", "--wait", "5", "--json"]).assert_done().json();
    assert_eq!((&rotated["current"], &rotated["rows"]), (&2.into(), &1.into()));
    // Known first, and used once every node knows it.
    for current in ["1", "2"] {
        assert_eq!(serving.line_with("the keys were read anew")["current"], current);
    }
    assert_eq!(office.mode_of("portal.keys"), 0o600);
    // What was encrypted under the old key is there under the new one.
    browser.get(&path).assert_shows(200, "manual-key");

    let status = office.run(&["keys", "status", "--json"]).assert_done().json();
    let rows = |at: usize| (status["keys"][at]["id"].clone(), status["keys"][at]["rows"].clone());
    assert_eq!((rows(0), rows(1)), ((1.into(), 0.into()), (2.into(), 1.into())));
    office.run(&["keys", "retire", "7"]).assert_refused(3, "the key ring has no key 7");
    office.run(&["keys", "retire", "1"]).assert_done();
    serving.line_with("the keys were read anew");
    browser.get(&path).assert_shows(200, "manual-key");
    assert_eq!(serving.stop(), 0);
}

/// E-mails that were sent leave nothing behind that is encrypted.
#[test]
fn t45_keys_are_changed_after_e_mails_were_sent() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve();
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    make_copy(&mut browser);
    let database = rusqlite::Connection::open(office.path("portal.db")).unwrap();
    let is_sent = || {
        let sql = "SELECT count(*) FROM outbox WHERE next_try IS NULL";
        database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() == 1
    };
    let give_up = Instant::now() + Duration::from_mins(1);
    while !is_sent() {
        assert!(Instant::now() < give_up, "never sent");
        thread::sleep(Duration::from_millis(50));
    }
    // As the rows of earlier versions are.
    database.execute("UPDATE outbox SET key_id = 1", []).unwrap();
    let rotated = office.run(&["keys", "rotate", "--wait", "3", "--json"]).assert_done().json();
    assert_eq!((&rotated["current"], &rotated["refused"]), (&2.into(), &0.into()));
    office.run(&["keys", "retire", "1"]).assert_done();
    assert_eq!(serving.stop(), 0);
}

/// A key that rows need is not removed, and is missed if it is.
#[test]
fn t45_keys_in_use_stay() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve();
    let mut browser = visit(&serving);
    assert_eq!(sign_in(&mut browser, PASSWORD), 303);
    browser.begin_enrolment();
    assert_eq!(serving.stop(), 0);
    let old = std::fs::read_to_string(office.path("portal.keys")).unwrap();
    let ring = KeyRing::parse(&old).unwrap();
    let two = ring.with_new_key(&mut rand::rngs::SysRng).unwrap();
    office.write("portal.keys", &two.to_text());
    office.run(&["keys", "retire", "1"]).assert_refused(4, "1 rows are sealed under key 1");

    let only_new = two.without_key(upheld_store::keys::KeyId(1), 0).unwrap();
    office.write("portal.keys", &only_new.to_text());
    let status = office.run(&["keys", "status"]);
    assert!(status.code == 1 && status.out.contains("key 1 IS MISSING: 1 rows"), "{status:?}");
    let rotated = office.run(&["keys", "rotate", "--resume"]);
    assert!(rotated.code == 1 && rotated.out.contains("NOT OPENED"), "{rotated:?}");

    office.write("portal.keys", &two.to_text());
    let rotated = office.run(&["keys", "rotate", "--resume"]);
    assert!(rotated.assert_done().out.starts_with("1 rows were encrypted anew under key 2"));
    office.run(&["keys", "retire", "1"]).assert_done();
}

#[test]
fn t56_the_audit_is_sealed_while_serving_and_shows_tampering() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let verify = |more: &[&str]| office.run(&[&["audit", "verify", "--json"][..], more].concat());
    assert_eq!(verify(&[]).assert_done().json()["unsealed"], 1);
    let serving = office.serve();
    assert_eq!(sign_in(&mut visit(&serving), PASSWORD), 303);
    let head = serving.wait_until_sealed(&office);
    assert!(head.starts_with("2:"), "{head}");
    assert_eq!(sign_in(&mut visit(&serving), PASSWORD), 303);
    // What is left is sealed at the end.
    assert_eq!(serving.stop(), 0);
    let left = verify(&[]).assert_done().json();
    assert!(left["unsealed"] == 0 && left["head"].as_str().unwrap().starts_with("3:"), "{left}");
    verify(&["--expect", &head]).assert_done();
    verify(&["--expect", "2:00"]).assert_refused(2, "as it was printed");

    assert_eq!(office.tamper("UPDATE audit_events SET actor = 'operator' WHERE seq = 2"), 1);
    let said = verify(&[]);
    assert_eq!((said.code, &said.json()["first_bad"]), (1, &2.into()));
    let said = office.run(&["audit", "verify"]);
    assert!(said.out.starts_with("BROKEN at event 2: it, or its place, was altered"), "{said:?}");
}
