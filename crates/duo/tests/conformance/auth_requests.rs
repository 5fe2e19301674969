//! Requests of the Auth API: byte for byte what `duo_client` 5.7.0 signs for the same call, and
//! the parameters that <https://duo.com/docs/authapi> lists.

use std::net::{IpAddr, Ipv4Addr};

use http::Method;
use http::header::AUTHORIZATION;
use serde_json::Value;
use upheld_duo::auth::{
    Auth, AuthStatus, Check, DeviceId, Enroll, EnrollStatus, Factor, Logo, Passcode, PasscodeError,
    Ping, Preauth, PushInfo, PushText, StartAuth, Target, Txid, User, UserId,
};
use upheld_duo::sign::Signature;
use upheld_duo::sign::verify::Claim;
use upheld_duo::{Call, Repeat, SecretText, UnixSeconds};

use crate::{NOW, application, secret_key};

const VECTORS: &str = include_str!("../vectors/signatures.json");

fn push() -> StartAuth {
    let lines = [("from", "login portal"), ("domain", "example.com")];
    let text = PushText::default().with_info(PushInfo::from_lines(lines).unwrap());
    let auth = Auth::new(User::named("narroway"), Factor::Push(Target::Any, text));
    StartAuth(auth.from_address(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))))
}

#[test]
fn a_push_is_signed_as_the_official_client_signs_it() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let date = UnixSeconds::parse_date("Tue, 21 Aug 2012 17:29:18 -0000").unwrap();
    for (name, signature) in
        [("gen_auth_push_v2", Signature::V2Sha512), ("gen_auth_push_v5", Signature::V5)]
    {
        let vector = vectors.iter().find(|vector| vector["name"] == name).unwrap();
        let application = application("api-xxxxxxxx.duosecurity.com").with_signature(signature);
        let request = push().request(&application, date).unwrap();
        assert_eq!(request.headers()[AUTHORIZATION], vector["authorization"].as_str().unwrap());
        if signature == Signature::V5 {
            assert_eq!(request.body(), vector["body"].as_str().unwrap().as_bytes());
        }
    }
}

/// The path, the method and the parameters of a call.
fn parts(call: &impl Call) -> (Method, String, Vec<String>) {
    let application = application("api-x.duosecurity.com");
    let request = call.request(&application, NOW).unwrap();
    let claim = Claim::of(&request).unwrap();
    let verified = claim.verify(&request, &secret_key(), NOW).unwrap();
    let mut params: Vec<_> =
        verified.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
    params.sort();
    (request.method().clone(), request.uri().path().to_owned(), params)
}

fn check(call: &impl Call, method: Method, path: &str, params: &[&str]) {
    let params = params.iter().map(ToString::to_string).collect();
    assert_eq!(parts(call), (method, path.to_owned(), params));
}

#[test]
fn every_call_sends_what_is_documented() {
    let alice = || User::named("alice");
    let id = UserId::new("DU3RP9I2WOC59VZX672N");
    check(&Check, Method::GET, "/auth/v2/check", &[]);
    check(&Logo, Method::GET, "/auth/v2/logo", &[]);
    check(&Enroll::new(), Method::POST, "/auth/v2/enroll", &[]);
    check(
        &Enroll::new().named("alice").valid_for(3600),
        Method::POST,
        "/auth/v2/enroll",
        &["username=alice", "valid_secs=3600"],
    );
    check(
        &EnrollStatus::new(id.clone(), SecretText::new("duo://x-y")),
        Method::POST,
        "/auth/v2/enroll_status",
        &["activation_code=duo://x-y", "user_id=DU3RP9I2WOC59VZX672N"],
    );
    check(&Preauth::new(alice()), Method::POST, "/auth/v2/preauth", &["username=alice"]);
    let preauth = Preauth::new(User::Id(id))
        .from_address(IpAddr::V6("2001:db8::7".parse().unwrap()))
        .from_host("desk-7")
        .with_trusted_device(SecretText::new("TOKEN"))
        .with_verified_push();
    check(
        &preauth,
        Method::POST,
        "/auth/v2/preauth",
        &[
            "client_supports_verified_push=1",
            "hostname=desk-7",
            "ipaddr=2001:db8::7",
            "trusted_device_token=TOKEN",
            "user_id=DU3RP9I2WOC59VZX672N",
        ],
    );
    let status = AuthStatus::of(Txid::new("f22b1678-252a-4070-b176-0ca2be7319fd"));
    check(
        &status,
        Method::GET,
        "/auth/v2/auth_status",
        &["txid=f22b1678-252a-4070-b176-0ca2be7319fd"],
    );
}

#[test]
fn every_factor_sends_what_it_takes() {
    let phone = || Target::Device(DeviceId::new("DP80Z4GVU82OT8O1BNJF"));
    let text = PushText::default()
        .of_kind("Transfer")
        .with_display_username("Alice")
        .verified_by(Txid::new("t-1"));
    let table: [(Factor, &[&str]); 5] = [
        (Factor::Auto(Target::Any, PushText::default()), &["device=auto", "factor=auto"]),
        (
            Factor::Push(phone(), text),
            &[
                "device=DP80Z4GVU82OT8O1BNJF",
                "display_username=Alice",
                "factor=push",
                "txid=t-1",
                "type=Transfer",
            ],
        ),
        (Factor::Phone(phone()), &["device=DP80Z4GVU82OT8O1BNJF", "factor=phone"]),
        (Factor::Sms(Target::Any), &["device=auto", "factor=sms"]),
        (
            Factor::Passcode(Passcode::parse("123 456").unwrap()),
            &["factor=passcode", "passcode=123456"],
        ),
    ];
    for (factor, expected) in table {
        let auth = Auth::new(User::named("alice"), factor);
        for (is_async, call) in [("0", parts(&auth)), ("1", parts(&StartAuth(auth.clone())))] {
            let mut params: Vec<String> = expected.iter().map(ToString::to_string).collect();
            params.extend([format!("async={is_async}"), "username=alice".to_owned()]);
            params.sort();
            assert_eq!(call, (Method::POST, "/auth/v2/auth".to_owned(), params));
        }
    }
}

#[test]
fn ping_is_not_signed() {
    let request = Ping.request(&application("api-x.duosecurity.com"), NOW).unwrap();
    assert_eq!(request.uri(), "https://api-x.duosecurity.com/auth/v2/ping");
    assert!(request.headers().get(AUTHORIZATION).is_none());
}

#[test]
fn what_asks_a_person_is_not_repeated_and_waits_for_them() {
    fn of<C: Call>(_: &C) -> (Repeat, bool) {
        (C::REPEAT, C::PATIENCE.as_secs() >= 70)
    }
    let auth = Auth::new(User::named("alice"), Factor::Sms(Target::Any));
    assert_eq!(of(&auth), (Repeat::AfterRefusal, true));
    assert_eq!(of(&StartAuth(auth)), (Repeat::AfterRefusal, false));
    assert_eq!(of(&AuthStatus::of(Txid::new("t"))), (Repeat::Freely, true));
    assert_eq!(of(&Enroll::new()), (Repeat::AfterRefusal, false));
    assert_eq!(of(&Preauth::new(User::named("a"))), (Repeat::Freely, false));
}

#[test]
fn passcodes_are_read_as_people_type_them() {
    for good in ["123456", "407 176 182", "cccccc-bcgujhingjrdejhgfnuetrgigvejhhgbkugded"] {
        assert!(Passcode::parse(good).is_ok(), "{good}");
    }
    let refused = |text: &str| Passcode::parse(text).unwrap_err();
    assert_eq!(refused(" - "), PasscodeError::Length { characters: 0 });
    assert_eq!(refused(&"1".repeat(65)), PasscodeError::Length { characters: 65 });
    assert_eq!(refused("12\u{663}456"), PasscodeError::Character { at: 2 });
    assert_eq!(refused("123456\n"), PasscodeError::Character { at: 6 });
}

#[test]
fn push_information_has_a_limit() {
    let long = "x".repeat(20_000);
    let refused = PushInfo::from_lines([("a", long.as_str())]).unwrap_err();
    assert_eq!((refused.bytes, refused.limit), (20_002, 20_000));
    let most = "x".repeat(19_997);
    assert!(PushInfo::from_lines([("a", most.as_str())]).is_ok());
}
