//! Every factor: what the person does, and what comes of it.

use serde_json::json;
use upheld_duo_sim::{Config, Decision, Person, PhoneOf};

use crate::{Done, Duo};

#[test]
fn duo_is_there_and_knows_the_keys() {
    let duo = Duo::start();
    for command in ["ping", "check"] {
        let told = duo.auth(&[command]).json(0);
        assert!(told["time"].as_u64().unwrap() > 1_700_000_000, "{told}");
        assert!(told["offset"].as_i64().unwrap().abs() <= 60, "{told}");
        assert!(duo.auth(&[command]).says(0).contains("its clock shows 2"));
    }
    for signature in ["v2-sha1", "v2", "v4", "v5"] {
        assert_eq!(duo.auth(&["check", "--signature", signature]).run().code, 0, "{signature}");
    }
}

#[test]
fn a_push_is_approved_denied_and_reported() {
    let duo = Duo::start();
    let told = duo.auth(&["push", "push-allow"]).json(0);
    assert_eq!((&told["outcome"], &told["second_factor"]), (&json!("allowed"), &json!(true)));
    assert!(told["txid"].as_str().unwrap().len() > 30);
    assert_eq!(duo.auth(&["push", "push-allow"]).says(0), "allowed: Success. Logging you in...\n");
    let told = duo.auth(&["push", "push-deny"]).json(1);
    assert_eq!((&told["outcome"], &told["status"]), (&json!("denied"), &json!("deny")));
    let running = duo.auth(&["push", "sms"]).start();
    assert!(duo.decide(&duo.asked(), Decision::Fraud, None));
    let Done { code, stdout, stderr } = running.end();
    assert_eq!(code, 1, "{stdout}{stderr}");
    assert!(stderr.contains("duo: pushed: "), "{stderr}");
}

#[test]
fn a_push_shows_what_it_is_for() {
    let duo = Duo::start();
    let running = duo
        .auth(&["push", "sms", "--kind", "Transfer", "--display-name", "Alice"])
        .with(&["--info", "amount=100 €", "--info", "to=Bob=Co", "--address", "192.0.2.7"])
        .start();
    let asked = duo.asked();
    assert!(asked.is_push && asked.username == "sms");
    for line in [("amount", "100 €"), ("to", "Bob=Co")] {
        assert!(asked.lines.contains(&(line.0.into(), line.1.into())), "{:?}", asked.lines);
    }
    duo.decide(&asked, Decision::Approve, None);
    assert_eq!(running.end().code, 0);
}

#[test]
fn a_verified_push_wants_the_code_on_the_screen() {
    let careful = Person {
        name: "careful".into(),
        verified_push: true,
        phones: vec![PhoneOf::default()],
        ..Person::default()
    };
    let duo = Duo::with(Config { users: vec![careful], ..Config::default() });
    let mut running = duo.auth(&["push", "careful"]).start();
    let told = running.told("in Duo Mobile");
    let code = told.split(' ').nth(2).unwrap();
    let asked = duo.asked();
    assert!(!duo.decide(&asked, Decision::Approve, Some("000")) || code == "000");
    assert!(duo.decide(&asked, Decision::Approve, Some(code)), "{told}");
    assert_eq!(running.end().code, 0);
}

#[test]
fn a_push_goes_on_without_the_program_that_began_it() {
    let duo = Duo::start();
    let txid = duo.auth(&["push", "sms", "--no-wait"]).says(5);
    let txid = txid.trim();
    let told = duo.auth(&["status", txid, "--once"]).json(5);
    assert_eq!((&told["outcome"], &told["status"]), (&json!("waiting"), &json!("pushed")));
    let running = duo.auth(&["status", txid]).start();
    duo.decide(&duo.asked(), Decision::Approve, None);
    assert_eq!(running.end().code, 0);
    assert_eq!(duo.auth(&["status", txid, "--once"]).json(0)["txid"], txid);
    assert_eq!(duo.auth(&["status", "no-such-txid"]).run().code, 3);
}

#[test]
fn who_does_not_answer_in_time_is_not_let_in() {
    let duo = Duo::start();
    let done = duo.auth(&["push", "sms", "--timeout", "2", "--fail-mode", "open"]).run();
    assert_eq!(done.code, 3, "never open once the person is asked: {}", done.stdout);
    let txid = duo.asked().txid;
    assert!(done.stderr.contains(&format!("`duo status {txid}` goes on")), "{}", done.stderr);
}

#[test]
fn a_call_is_answered_with_a_key() {
    let duo = Duo::start();
    let running = duo.auth(&["phone", "phone"]).start();
    let asked = duo.asked();
    assert!(!asked.is_push);
    duo.with_simulator(|simulator| simulator.answer_call(&asked.txid));
    duo.decide(&asked, Decision::Approve, None);
    assert_eq!(running.end().code, 0);
    let denied = duo.auth(&["push", "phone"]).json(1);
    assert_eq!(denied["message"], "they have no device that can push");
    assert_eq!(duo.asked_so_often(), 1);
}

#[test]
fn passcodes_come_by_text_message() {
    let duo = Duo::start();
    let told = duo.auth(&["sms", "sms"]).json(5);
    assert_eq!(told["outcome"], "passcodes_sent", "{told}");
    let message = duo.with_simulator(|simulator| simulator.messages("sms").remove(0).body);
    let code = message.split(' ').nth(2).unwrap();
    assert_eq!(duo.auth(&["passcode", "sms", code]).json(0)["outcome"], "allowed");
    assert_eq!(duo.auth(&["passcode", "sms", code]).json(1)["outcome"], "denied", "good once");
}

#[test]
fn passcodes_come_from_duo_mobile_tokens_and_lists() {
    let duo = Duo::start();
    let shown = duo.server.as_ref().unwrap().handle();
    let shown = shown.with(|simulator, now| simulator.press("passcode", now)).unwrap();
    assert_eq!(
        duo.auth(&["passcode", "passcode", "-"]).stdin(&shown).json(0)["outcome"],
        "allowed"
    );
    let token = duo.auth(&["passcode", "hardware-token"]);
    // RFC 4226 appendix D, counters 0 and 1.
    assert_eq!(token.env("DUO_PASSCODE", "755224").run().code, 0);
    assert_eq!(duo.auth(&["passcode", "hardware-token", "287 082"]).run().code, 0);
    assert_eq!(duo.auth(&["passcode", "hardware-token", "755224"]).run().code, 1, "used");
    assert_eq!(duo.auth(&["passcode", "passcode", "123456789"]).run().code, 0, "a bypass code");
    assert_eq!(duo.auth(&["passcode", "passcode", "000000"]).run().code, 1);
}
