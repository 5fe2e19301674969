//! Who is to be asked, and on which device.

use serde_json::json;
use upheld_duo_sim::{Config, Person, PhoneOf};

use crate::Duo;

#[test]
fn people_are_to_be_asked_let_in_turned_away_or_enrolled() {
    let duo = Duo::start();
    let told = duo.auth(&["preauth", "push-allow"]).json(5);
    assert_eq!(told["outcome"], "challenge");
    let capabilities = told["devices"][0]["capabilities"].as_array().unwrap();
    assert!(capabilities.contains(&json!("push")), "{told}");
    assert!(duo.auth(&["preauth", "push-allow"]).says(5).contains("\tphone\tauto,push,"));
    let told = duo.auth(&["preauth", "bypass"]).json(0);
    assert_eq!((&told["outcome"], &told["second_factor"]), (&json!("allowed"), &json!(false)));
    assert_eq!(duo.auth(&["preauth", "locked"]).json(1)["outcome"], "denied");
    let told = duo.auth(&["preauth", "unenrolled"]).json(1);
    assert_eq!(told["outcome"], "enroll");
    assert!(told["portal_url"].as_str().unwrap().starts_with("https://"), "{told}");
}

#[test]
fn t52_who_is_let_in_without_being_asked_has_shown_nothing() {
    let trusted_networks = vec!["192.0.2.7".parse().unwrap()];
    let duo = Duo::with(Config { trusted_networks, ..Config::default() });
    for args in [&["preauth"][..], &["push"], &["phone"], &["sms"]] {
        let told = duo.auth(args).with(&["push-deny", "--address", "192.0.2.7"]).json(0);
        assert_eq!(told["second_factor"], false, "{told}");
        let told = duo.auth(args).with(&["bypass"]).json(0);
        assert_eq!(told["second_factor"], false, "{told}");
    }
    assert!(duo.auth(&["push", "bypass"]).says(0).contains("without a second factor"));
    assert_eq!(duo.asked_so_often(), 0);
}

#[test]
fn nobody_is_asked_who_need_not_or_must_not_be() {
    let duo = Duo::start();
    for (user, code) in [("bypass", 0), ("locked", 1), ("unenrolled", 1)] {
        for command in ["push", "phone", "sms"] {
            assert_eq!(duo.auth(&[command, user]).run().code, code, "{command} {user}");
        }
        assert_eq!(duo.auth(&["passcode", user, "755224"]).run().code, code);
    }
    assert_eq!(duo.asked_so_often(), 0);
}

#[test]
fn who_has_several_devices_names_one() {
    let phone = |name: &str| PhoneOf { name: name.into(), ..PhoneOf::default() };
    let alice = Person {
        name: "alice".into(),
        decision: upheld_duo_sim::Decision::Approve,
        phones: vec![phone("work \u{1b}[2J"), phone("home")],
        ..Person::default()
    };
    let duo = Duo::with(Config { users: vec![alice], ..Config::default() });
    let told = duo.auth(&["preauth", "alice"]).json(5);
    let home = told["devices"][1]["device"].as_str().unwrap();
    let refusal = duo.auth(&["push", "alice"]).refusal();
    assert!(refusal.contains("choose one by --device") && refusal.contains(home), "{refusal}");
    assert!(!refusal.contains('\u{1b}'), "{refusal:?}");
    assert_eq!(duo.asked_so_often(), 0);
    for device in [home, "auto"] {
        assert_eq!(duo.auth(&["push", "alice", "--device", device]).run().code, 0);
    }
    let refusal = duo.auth(&["push", "alice", "--device", "DPXXXXXXXXXXXXXXXXXX"]).refusal();
    assert!(refusal.contains("duo preauth"), "{refusal}");
}
