//! What there is, and what happened.

use upheld_duo_sim::{Config, Fault, Person};

use crate::Duo;

#[test]
fn users_devices_and_codes_are_listed() {
    let duo = Duo::start();
    let users = duo.admin(&["users"]).json(0);
    let users = users.as_array().unwrap();
    assert_eq!(users.len(), duo.config.users.len());
    let lines = duo.admin(&["users"]).says(0);
    assert_eq!(lines.lines().count(), users.len());
    assert!(lines.contains("\tbypass\tbypass\t") && lines.contains("\tlocked\tlocked out\t"));
    let one = duo.admin(&["users", "--name", "sms"]).json(0);
    assert_eq!((one.as_array().unwrap().len(), &one[0]["username"]), (1, &"sms".into()));
    let phones = duo.admin(&["phones"]).json(0).as_array().unwrap().len();
    assert!(phones > 3);
    assert_eq!(duo.admin(&["phones", "--user", "sms"]).json(0).as_array().unwrap().len(), 1);
    assert_eq!(duo.admin(&["tokens"]).json(0)[0]["serial"], "100001");
    assert!(duo.admin(&["tokens", "--user", "hardware-token"]).says(0).contains("\th6\t100001"));
    let keys = duo.admin(&["security-keys", "--user", "sms"]).json(0);
    assert!(keys["webauthncredentials"].is_array() && keys["u2ftokens"].is_array(), "{keys}");
    let refusal = duo.admin(&["phones", "--user", "nobody"]).refusal();
    assert!(refusal.contains("no user of this name"), "{refusal}");
}

#[test]
fn long_lists_are_read_page_by_page() {
    let person = |index| Person { name: format!("user{index:04}"), ..Person::default() };
    let users = (0..650).map(person).collect();
    let duo = Duo::with(Config { users, ..Config::default() });
    let users = duo.admin(&["users"]).json(0);
    let mut names: Vec<_> =
        users.as_array().unwrap().iter().map(|user| &user["username"]).collect();
    names.dedup();
    assert_eq!(names.len(), 650);
    // A server that sends its reader round in circles.
    let circle = Fault::Edit { pointer: "/metadata/next_offset".into(), value: 300.into() };
    duo.fault("/admin/v1/users", 9, circle);
    let done = duo.admin(&["users"]).run();
    assert_eq!((done.code, done.stdout.as_str()), (3, ""), "{}", done.stderr);
}

#[test]
fn bypass_codes_are_made_used_and_deleted() {
    let duo = Duo::start();
    let codes = duo.admin(&["bypass", "new", "sms", "--count", "2", "--valid", "600"]).json(0);
    let codes = codes.as_array().unwrap();
    assert_eq!(codes.len(), 2);
    let code = codes[0].as_str().unwrap();
    assert_eq!(duo.auth(&["passcode", "sms", code]).run().code, 0);
    assert_eq!(duo.auth(&["passcode", "sms", code]).run().code, 1, "good once");
    let code = duo.admin(&["bypass", "new", "sms", "--keep", "--reuse", "2"]).says(0);
    for code_of_run in [0, 0, 1] {
        assert_eq!(duo.auth(&["passcode", "sms", code.trim()]).run().code, code_of_run);
    }
    let listed = duo.admin(&["bypass", "--user", "sms"]).json(0);
    let id = listed[0]["bypass_code_id"].as_str().unwrap();
    assert_eq!(duo.admin(&["bypass", "delete", id]).json(0)["deleted"], id);
    let left = duo.admin(&["bypass", "--user", "sms"]).json(0);
    assert_eq!(left.as_array().unwrap().len() + 1, listed.as_array().unwrap().len());
}

#[test]
fn the_log_tells_who_showed_what() {
    let duo = Duo::start();
    assert_eq!(duo.auth(&["push", "push-allow"]).run().code, 0);
    assert_eq!(duo.auth(&["push", "push-deny"]).run().code, 1);
    // Duo's clock must be past the second in which it happened.
    duo.with_simulator(|simulator| simulator.set_skew(2));
    let until = ["--until", "2100-01-01T00:00:00Z", "--since", "2099-12-31T00:00:00Z"];
    assert_eq!(duo.admin(&["logs"]).with(&until).json(0).as_array().unwrap().len(), 0);
    let all = crate::eventually(|| {
        let all = duo.admin(&["logs"]).json(0);
        (all.as_array().unwrap().len() == 2).then_some(all)
    });
    assert_eq!(all[0]["factor"], "duo_push");
    let denied = duo.admin(&["logs", "--result", "denied", "--factor", "duo_push"]).says(0);
    assert_eq!(denied.lines().count(), 1, "{denied}");
    assert!(denied.contains("\tpush-deny\tduo_push\tdenied\t"), "{denied}");
    let refusal = duo.admin(&["logs", "--since", "2001-10-01T00:00:00Z"]).refusal();
    assert!(refusal.contains("180 days"), "{refusal}");
}

#[test]
fn each_application_has_its_own_keys() {
    let duo = Duo::start();
    let done = duo.auth(&["admin", "users"]).run();
    assert_eq!(done.code, 3, "{}", done.stdout);
    assert!(done.stderr.contains("the type and the permissions"), "{}", done.stderr);
}
