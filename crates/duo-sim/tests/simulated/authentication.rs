//! Who may go on, and how a person answers.

use std::net::IpAddr;

use http::Request;
use upheld_duo::auth::{
    Auth, AuthOutcome, AuthProgress, AuthStatus, Check, Factor, Logo, Passcode, Ping, Preauth,
    PreauthOutcome, PushInfo, PushText, StartAuth, Status, Target, Txid, User,
};
use upheld_duo::sign::Signature;
use upheld_duo::{RefusalKind, UnixSeconds};
use upheld_duo_sim::{Config, Decision, Keys, Person, PhoneOf};

use crate::{Duo, NOW, application, push, refusal};

#[test]
fn every_signature_is_taken_and_every_wrong_one_refused() {
    let mut duo = Duo::new();
    assert_eq!(duo.send(&Ping).unwrap(), NOW);
    let keys = Config::default().auth;
    for signature in [Signature::V2Sha1, Signature::V2Sha512, Signature::V4, Signature::V5] {
        duo.auth = application(&keys).with_signature(signature);
        assert_eq!(duo.send(&Check).unwrap(), NOW, "{signature:?}");
        assert!(matches!(
            duo.send(&Preauth::new(User::named("push-allow"))),
            Ok(PreauthOutcome::Challenge(_))
        ));
    }
    let wrong = Keys { secret: "wrong".into(), ..keys.clone() };
    duo.auth = application(&wrong);
    assert_eq!(refusal(duo.send(&Check)), (Some(40103), RefusalKind::Signature));
    duo.auth = application(&Keys { key: "DIUNKNOWN".into(), ..keys.clone() });
    assert_eq!(refusal(duo.send(&Check)), (Some(40102), RefusalKind::IntegrationKey));
    duo.auth = application(&Config::default().admin);
    assert_eq!(refusal(duo.send(&Check)), (Some(40301), RefusalKind::Forbidden));
    duo.auth = application(&keys);
    duo.simulator.set_skew(301);
    assert_eq!(refusal(duo.send(&Check)), (Some(40105), RefusalKind::Clock));
    duo.simulator.set_skew(300);
    assert_eq!(duo.send(&Check).unwrap(), UnixSeconds(NOW.0 + 300));
    let unsigned = Request::get("/auth/v2/check").body(Vec::new()).unwrap();
    assert_eq!(duo.exchange(&unsigned).status(), 401);
    assert!(duo.send(&Logo).unwrap().is_some());
}

#[test]
fn preauth_tells_who_may_go_on() {
    let near: IpAddr = "192.0.2.7".parse().unwrap();
    let mut duo = Duo::with(Config { trusted_networks: vec![near], ..Config::default() });
    let mut of = |preauth: Preauth| duo.send(&preauth).unwrap();
    let named = |name: &str| Preauth::new(User::named(name));
    assert!(matches!(of(named("bypass")), PreauthOutcome::Allowed(_)));
    assert!(matches!(of(named("locked")), PreauthOutcome::Denied(_)));
    assert!(matches!(of(named("unenrolled")), PreauthOutcome::Enroll { .. }));
    assert!(matches!(of(named("nobody")), PreauthOutcome::Enroll { .. }));
    assert!(matches!(of(named("sms").from_address(near)), PreauthOutcome::Allowed(_)));
    let PreauthOutcome::Challenge(challenge) = of(named("hardware-token")) else { panic!() };
    assert!(challenge.devices[0].capabilities.is_empty(), "a token has none listed");
    let Ok(AuthOutcome::Allowed(allowed)) = duo.send(&push("push-allow")) else { panic!() };
    let token = allowed.trusted_device_token.unwrap();
    let remembered = named("push-allow").with_trusted_device(token.clone());
    assert!(matches!(duo.send(&remembered), Ok(PreauthOutcome::Allowed(_))));
    let others = named("push-deny").with_trusted_device(token);
    assert!(matches!(duo.send(&others), Ok(PreauthOutcome::Challenge(_))));
}

#[test]
fn a_push_is_answered_by_script_by_hand_or_not_at_all() {
    let mut duo = Duo::new();
    for (decision, expected) in [
        (Decision::Approve, None),
        (Decision::Deny, Some(Status::Deny)),
        (Decision::Fraud, Some(Status::Fraud)),
        (Decision::Ignore, Some(Status::Timeout)),
    ] {
        assert!(duo.simulator.script("passcode", decision, 7));
        let began = duo.now;
        let denied = match duo.send(&push("passcode")).unwrap() {
            AuthOutcome::Allowed(_) => None,
            AuthOutcome::Denied(denied) => Some(denied.status),
            AuthOutcome::PasscodesSent(message) => panic!("{message}"),
        };
        assert_eq!(denied, expected);
        let waited = if decision == Decision::Ignore { 60 } else { 7 };
        assert_eq!(duo.now.0 - began.0, waited, "{decision:?}");
    }
    let lines = PushInfo::from_lines([("clinic", "Northside")]).unwrap();
    let text = PushText::default().with_info(lines);
    let auth = Auth::new(User::named("sms"), Factor::Push(Target::Any, text));
    let txid = duo.send(&StartAuth(auth)).unwrap();
    let status = AuthStatus::of(txid.clone());
    let Ok(AuthProgress::Waiting(progress)) = duo.send(&status) else { panic!() };
    assert_eq!(progress.status, Status::Pushed);
    let asked = duo.simulator.asked();
    let open = asked.iter().find(|asked| asked.txid == txid.as_str()).unwrap();
    assert_eq!(open.lines, [("clinic".to_owned(), "Northside".to_owned())]);
    let now = duo.now;
    assert!(duo.simulator.decide(txid.as_str(), Decision::Approve, None, now));
    assert!(!duo.simulator.decide(txid.as_str(), Decision::Deny, None, now), "it is over");
    for _ in 0..2 {
        assert!(matches!(duo.send(&status), Ok(AuthProgress::Done(AuthOutcome::Allowed(_)))));
    }
    let unknown = AuthStatus::of(Txid::new("unknown"));
    assert_eq!(refusal(duo.send(&unknown)).0, Some(40002));
}

#[test]
fn a_push_that_does_not_arrive_can_be_fetched() {
    let phones = vec![PhoneOf::default()];
    let person = Person { name: "alice".into(), push_fails: true, phones, ..Person::default() };
    let mut duo = Duo::with(Config { users: vec![person], ..Config::default() });
    let txid = duo.send(&StartAuth(push("alice"))).unwrap();
    let status = AuthStatus::of(txid.clone());
    let Ok(AuthProgress::Waiting(progress)) = duo.send(&status) else { panic!() };
    assert_eq!(progress.status, Status::PushFailed);
    duo.simulator.decide(txid.as_str(), Decision::Approve, None, NOW);
    assert!(matches!(duo.send(&status), Ok(AuthProgress::Done(AuthOutcome::Allowed(_)))));
}

#[test]
fn a_verified_push_takes_the_code_on_the_screen() {
    let person = Person {
        name: "alice".into(),
        verified_push: true,
        phones: vec![PhoneOf::default()],
        ..Person::default()
    };
    let mut duo = Duo::with(Config { users: vec![person], ..Config::default() });
    let preauth = Preauth::new(User::named("alice"));
    let Ok(PreauthOutcome::Challenge(plain)) = duo.send(&preauth) else { panic!() };
    assert_eq!(plain.verified_push, None, "unless the program can show it");
    let Ok(PreauthOutcome::Challenge(challenge)) = duo.send(&preauth.with_verified_push()) else {
        panic!()
    };
    let verified = challenge.verified_push.unwrap();
    let text = PushText::default().verified_by(verified.txid.clone());
    let auth = Auth::new(User::named("alice"), Factor::Push(Target::Any, text));
    let started = duo.send(&StartAuth(auth.clone())).unwrap();
    let now = duo.now;
    let mut approve = |code| duo.simulator.decide(started.as_str(), Decision::Approve, code, now);
    assert!(!approve(None));
    assert!(!approve(Some("wrong")));
    assert!(approve(Some(verified.code.expose())));
    // The code is good for one push.
    assert_eq!(refusal(duo.send(&StartAuth(auth))).0, Some(40002));
}

#[test]
fn a_call_rings_is_answered_and_takes_a_key() {
    let mut duo = Duo::new();
    let call = Auth::new(User::named("phone"), Factor::Phone(Target::Any));
    let status = AuthStatus::of(duo.send(&StartAuth(call.clone())).unwrap());
    let mut seen = Vec::new();
    let txid = duo.only_asked();
    for step in 0..3 {
        match duo.send(&status).unwrap() {
            AuthProgress::Waiting(progress) => seen.push(progress.status),
            AuthProgress::Done(AuthOutcome::Allowed(allowed)) => seen.push(allowed.status),
            AuthProgress::Done(other) => panic!("{other:?}"),
        }
        match step {
            0 => duo.simulator.answer_call(&txid),
            _ => drop(duo.simulator.decide(&txid, Decision::Approve, None, NOW)),
        }
    }
    assert_eq!(seen, [Status::Calling, Status::Answered, Status::Allow]);
    let no_push = refusal(duo.send(&push("phone")));
    assert_eq!(no_push, (Some(40002), RefusalKind::Parameters), "no capable device");
    let Ok(AuthOutcome::Denied(denied)) = duo.send(&call) else { panic!() };
    assert_eq!(denied.status, Status::Timeout);
}

#[test]
fn people_are_told_what_went_wrong() {
    let mut duo = Duo::new();
    let mut said = |auth: Auth| match duo.send(&auth).unwrap() {
        AuthOutcome::Denied(denied) => denied.message.to_string(),
        AuthOutcome::Allowed(allowed) => allowed.status.to_string(),
        AuthOutcome::PasscodesSent(message) => message.to_string(),
    };
    // As recorded in duosecurity/duo_postman_collection.
    let passcode = Factor::Passcode(Passcode::parse("000000").unwrap());
    let denied = said(Auth::new(User::named("passcode"), passcode));
    assert_eq!(denied, "Incorrect passcode. Please try again.");
    assert_eq!(said(push("push-deny")), "Login request denied.");
    let sms = said(Auth::new(User::named("sms"), Factor::Sms(Target::Any)));
    assert_eq!(sms, "New SMS passcodes sent.");
    assert_eq!(said(push("bypass")), "bypass");
    duo.simulator.script("phone", Decision::Deny, 0);
    let call = Auth::new(User::named("phone"), Factor::Phone(Target::Any));
    let Ok(AuthOutcome::Denied(denied)) = duo.send(&call) else { panic!() };
    assert_eq!(denied.message.to_string(), "No keypress detected. Please try again.");
}

#[test]
fn too_many_failures_lock_a_user_out() {
    let mut duo = Duo::with(Config { lockout: 3, ..Config::default() });
    for _ in 0..2 {
        assert!(!duo.is_allowed("passcode", "000000"));
    }
    assert!(duo.is_allowed("passcode", "123456789"), "which forgets them");
    for _ in 0..3 {
        assert!(!duo.is_allowed("passcode", "000000"));
    }
    let Ok(AuthOutcome::Denied(denied)) = duo.send(&push("passcode")) else { panic!() };
    assert_eq!(denied.status, Status::LockedOut);
    let preauth = Preauth::new(User::named("passcode"));
    assert!(matches!(duo.send(&preauth), Ok(PreauthOutcome::Denied(_))));
    assert!(duo.simulator.unlock("passcode"));
    assert!(matches!(duo.send(&preauth), Ok(PreauthOutcome::Challenge(_))));
}
