//! What the doctor finds, and only where there is something to find.

use serde_json::Value;
use upheld_duo_sim::Config;

use crate::program::Office;
use crate::simulated_duo::Duo;
use crate::upkeep::{EMAIL, PASSWORD, add, sign_in, visit};

/// What is not good, by name.
fn complaints(office: &Office) -> Vec<(String, String, String)> {
    let said = office.run(&["doctor", "--json"]);
    let checks = said.json();
    let text = |check: &Value, key: &str| check[key].as_str().unwrap().to_owned();
    let checks = checks.as_array().unwrap().iter();
    let all = checks.map(|it| (text(it, "check"), text(it, "state"), text(it, "what")));
    let found: Vec<_> = all.filter(|(_, state, _)| state != "ok").collect();
    let is_bad = found.iter().any(|(_, state, _)| state == "bad");
    assert_eq!(said.code, i32::from(is_bad), "{said:?}");
    found
}

#[track_caller]
fn assert_complains(office: &Office, name: &str, state: &str, what: &str) {
    let found = complaints(office);
    let fits = |(n, s, w): &(String, String, String)| n == name && s == state && w.contains(what);
    assert!(found.iter().any(fits), "no {name} {state} {what:?} in {found:?}");
}

#[test]
fn a_sound_portal_has_nothing_wrong() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let serving = office.serve();
    assert_eq!(sign_in(&mut visit(&serving), PASSWORD), 303);
    assert_eq!(complaints(&office), []);
    assert_eq!(serving.stop(), 0);
    assert_eq!(complaints(&office), []);
    let said = office.run(&["doctor"]);
    assert!(
        said.assert_done().out.contains("ok       integrity: the database is whole"),
        "{said:?}"
    );
}

#[test]
fn what_is_wrong_is_found() {
    let office = Office::configured();
    assert_complains(&office, "database", "bad", "`portal migrate` makes one");
    office.run(&["migrate"]).assert_done();
    add(&office, EMAIL);
    assert_eq!(complaints(&office), []);

    office.set_mode("portal.db", 0o644);
    assert_complains(&office, "permissions", "bad", "portal.db can be read or written by others");
    office.set_mode("portal.db", 0o600);
    office.set_mode("portal.keys", 0o644);
    assert_complains(&office, "key file", "bad", "chmod 600");
    office.set_mode("portal.keys", 0o600);

    office.tamper("UPDATE audit_events SET at = at + 3600");
    assert_complains(&office, "clock", "bad", "seconds in the future");
    office.tamper("UPDATE audit_events SET at = at - 3600");
    office.run(&["user", "disable", EMAIL]).assert_done();
    office.tamper("UPDATE outbox SET created_at = created_at - 3600");
    assert_complains(&office, "outbox", "warning", "1 e-mails wait");
    office.run(&["keys", "rotate", "--wait", "0"]).assert_done();
    assert_complains(&office, "keys", "warning", "nothing needs key 1; portal keys retire 1");
    office.tamper("UPDATE outbox SET key_id = 1");
    assert_complains(&office, "keys", "warning", "1 rows are under key 1");
    office.tamper("UPDATE outbox SET key_id = 9");
    assert_complains(&office, "keys", "bad", "1 rows need key 9, which is not there");
    office.tamper("DELETE FROM outbox");
    office.run(&["keys", "retire", "1"]).assert_done();

    office.tamper("DELETE FROM schema_migrations WHERE component = 'portal-audit'");
    assert_complains(&office, "migrations", "bad", "portal-audit are of another version");
    std::fs::remove_dir_all(office.path("mail")).unwrap();
    assert_complains(&office, "e-mail", "bad", "cannot be written to");
}

#[test]
fn passwords_in_a_file_that_others_may_read_are_found() {
    let office = Office::configured();
    let text = std::fs::read_to_string(office.path("portal.toml")).unwrap();
    let server = "postgres = \"postgres://portal:s3cret@127.0.0.1:1/portal\"";
    office.write("portal.toml", &text.replace("sqlite = \"portal.db\"", server));
    office.set_mode("portal.toml", 0o644);
    std::fs::create_dir(office.path("mail")).unwrap();
    assert_complains(&office, "configuration", "bad", "others may read it");
    office.set_mode("portal.toml", 0o600);
    let found = complaints(&office);
    assert!(found.iter().all(|(name, _, _)| name == "database"), "{found:?}");
    assert!(!office.run(&["doctor"]).out.contains("s3cret"));
    // A server that is not there: try again later.
    assert_eq!(office.run(&["user", "list"]).code, 5);
}

#[test]
fn what_duo_says_about_the_settings_is_told() {
    let office = Office::migrated();
    add(&office, EMAIL);
    let mut duo = Duo::start(Config::default());
    let keys = Config::default();
    let text = std::fs::read_to_string(office.path("portal.toml")).unwrap();
    office.write("ca.pem", &duo.authority_pem());
    let configure = |secret: &str| {
        let section = format!(
            "\n[duo]\napi_host = \"{}\"\nclient_id = \"{}\"\nclient_secret_file = \"client\"\n\
             integration_key = \"{}\"\nsecret_key_file = \"auth\"\nca_file = \"ca.pem\"\n",
            duo.host(),
            keys.prompt.key,
            keys.auth.key
        );
        office.write("portal.toml", &format!("{text}{section}"));
        office.write("client", &keys.prompt.secret);
        office.write("auth", secret);
    };
    configure(&keys.auth.secret);
    assert_eq!(complaints(&office), []);
    let said = office.run(&["doctor"]);
    for good in ["answers, and its clock agrees", "duo.client_id and its secret are those"] {
        assert!(said.out.contains(good), "{said:?}");
    }
    configure(&keys.admin.secret);
    assert_complains(&office, "Duo", "bad", "duo.integration_key or its secret");
    duo.with(|simulator| simulator.set_skew(-120));
    assert_complains(&office, "Duo", "bad", "check NTP");
    duo.stop();
    assert_complains(&office, "Duo", "bad", "gives no answer");

    // Somebody who has nothing but Duo, and there is none.
    office.tamper(
        "INSERT INTO duo_accounts (tenant, person, username, pushes, added_at)
         SELECT tenant, id, email, '{}', 0 FROM people",
    );
    office.write("portal.toml", &text);
    assert_complains(&office, "Duo", "bad", "1 people have nothing but Duo");
}
