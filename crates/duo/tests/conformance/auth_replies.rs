//! Replies of the Auth API, as recorded in `duosecurity/duo_postman_collection` unless said
//! otherwise.

use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};
use upheld_duo::auth::{
    Auth, AuthOutcome, AuthProgress, AuthStatus, Capability, Check, Device, DeviceChoice, DeviceId,
    DeviceType, Enroll, EnrollStatus, EnrollmentStatus, Factor, Logo, Ping, Preauth,
    PreauthOutcome, StartAuth, Status, Target, Txid, User, UserId, choose,
};
use upheld_duo::{Call, RefusalKind, ReplyError, SecretText, UnixSeconds};

use crate::{NOW, application};

fn read<C: Call>(call: &C, status: u16, body: &str) -> Result<C::Output, ReplyError> {
    let mut reply = Response::new(body.as_bytes().to_vec());
    *reply.status_mut() = StatusCode::from_u16(status).unwrap();
    call.read(&application("api-x.duosecurity.com"), &reply, NOW)
}

fn preauth(body: &str) -> Result<PreauthOutcome, ReplyError> {
    read(&Preauth::new(User::named("alice")), 200, body)
}

fn auth(body: &str) -> Result<AuthOutcome, ReplyError> {
    read(&Auth::new(User::named("alice"), Factor::Phone(Target::Any)), 200, body)
}

fn auth_status(body: &str) -> Result<AuthProgress, ReplyError> {
    read(&AuthStatus::of(Txid::new("t")), 200, body)
}

const CHALLENGE: &str = include_str!("../vectors/preauth.json");

fn devices() -> Vec<Device> {
    let Ok(PreauthOutcome::Challenge(challenge)) = preauth(CHALLENGE) else { panic!() };
    challenge.devices
}

#[test]
fn preauth_offers_devices() {
    let Ok(PreauthOutcome::Challenge(challenge)) = preauth(CHALLENGE) else { panic!() };
    assert_eq!(challenge.message.to_string(), "Account is active");
    assert_eq!(challenge.verified_push, None);
    let [first, second, token] = challenge.devices.as_slice() else { panic!() };
    assert_eq!(first.id.as_str(), "DP80Z4GVU82OT8O1BNJF");
    assert_eq!(first.next_sms_code.as_deref(), Some("1"));
    assert_eq!(first.capabilities, Capability::KNOWN);
    assert_eq!((second.kind.clone(), second.number.as_str()), (DeviceType::Phone, ""));
    assert_eq!((token.kind.clone(), token.capabilities.len()), (DeviceType::Token, 0));
}

#[test]
fn what_duo_has_nothing_to_say_of_may_be_null() {
    let body = r#"{"stat":"OK","response":{"result":"auth","status_msg":null,"txid":null,"devices":
        [{"device":"DHXXXXXXXXXXXXXXXXXX","type":"token","name":null,"display_name":null,
        "number":null,"capabilities":null,"sms_nextcode":null}]}}"#;
    let Ok(PreauthOutcome::Challenge(challenge)) = preauth(body) else { panic!() };
    let [token] = challenge.devices.as_slice() else { panic!() };
    assert_eq!((token.name.as_str(), token.capabilities.len()), ("", 0));
    let none = r#"{"stat":"OK","response":{"result":"auth","devices":null}}"#;
    assert!(matches!(preauth(none), Ok(PreauthOutcome::Challenge(_))));
    let waiting = r#"{"response":{"auth_delayed":null,"result":"waiting","status":"calling",
        "status_msg":null,"trusted_device_token":null},"stat":"OK"}"#;
    assert!(matches!(auth_status(waiting), Ok(AuthProgress::Waiting(_))));
    // But no result and no status.
    for member in ["result", "status"] {
        let body =
            waiting.replace(&format!("\"{member}\":"), &format!("\"{member}\":null,\"was\":"));
        assert!(matches!(auth_status(&body), Err(ReplyError::Malformed { .. })), "{member}");
    }
}

//= RFC 8259 §8.1: JSON that is exchanged is UTF-8
#[test]
fn what_is_not_utf_8_is_no_reply_even_where_nobody_looks() {
    let body = br#"{"stat":"OK","response":{"result":"allow","status_msg":"m","ignored":"?"}}"#;
    let mut reply = Response::new(body.to_vec());
    let call = Preauth::new(User::named("alice"));
    let duo = application("api-x.duosecurity.com");
    assert!(matches!(call.read(&duo, &reply, NOW), Ok(PreauthOutcome::Allowed(_))));
    for byte in reply.body_mut().iter_mut().filter(|byte| **byte == b'?') {
        *byte = 0xff;
    }
    assert!(matches!(call.read(&duo, &reply, NOW), Err(ReplyError::Malformed { .. })));
}

#[test]
fn preauth_has_four_results_and_takes_no_other_for_consent() {
    let of = |result: &str| {
        preauth(&format!(
            r#"{{"stat":"OK","response":{{"result":"{result}","status_msg":"m",
                "enroll_portal_url":"https://x/portal?code=1"}}}}"#
        ))
    };
    assert!(matches!(of("allow"), Ok(PreauthOutcome::Allowed(_))));
    assert!(matches!(of("deny"), Ok(PreauthOutcome::Denied(_))));
    let Ok(PreauthOutcome::Enroll { portal_url, .. }) = of("enroll") else { panic!() };
    assert_eq!(portal_url.expose(), "https://x/portal?code=1");
    for result in ["Allow", "ALLOW", "allow ", "approve", ""] {
        assert_eq!(of(result), Err(ReplyError::UnknownResult), "{result}");
    }
    let without_address = r#"{"stat":"OK","response":{"result":"enroll","status_msg":"m"}}"#;
    assert!(matches!(preauth(without_address), Err(ReplyError::Malformed { .. })));
}

#[test]
fn preauth_may_come_with_a_code_for_a_verified_push() {
    let body = r#"{"stat":"OK","response":{"result":"auth","status_msg":"m","devices":[],
        "txid":"f22b1678","verification_code":"376","expiration":1700000060}}"#;
    let Ok(PreauthOutcome::Challenge(challenge)) = preauth(body) else { panic!() };
    let push = challenge.verified_push.unwrap();
    assert_eq!((push.txid.as_str(), push.code.expose()), ("f22b1678", "376"));
    assert_eq!(push.expires, UnixSeconds(1_700_000_060));
}

#[test]
fn an_answer_is_decided_by_its_result() {
    let of = |result: &str, status: &str, message: &str| {
        auth(&format!(
            r#"{{"response":{{"result":"{result}","status":"{status}","status_msg":"{message}"}},
                "stat":"OK"}}"#
        ))
    };
    let Ok(AuthOutcome::Allowed(allowed)) = of("allow", "allow", "Success. Logging you in...")
    else {
        panic!()
    };
    assert_eq!((allowed.status, allowed.trusted_device_token), (Status::Allow, None));
    for (status, expected, message) in [
        ("deny", Status::Deny, "Login request denied."),
        ("deny", Status::Deny, "Incorrect passcode. Please try again."),
        ("deny", Status::Deny, "No keypress detected. Please try again."),
        ("timeout", Status::Timeout, "Login timed out."),
        ("fraud", Status::Fraud, "m"),
        ("locked_out", Status::LockedOut, "m"),
        // A status that says otherwise, or nothing that is known, does not let in.
        ("allow", Status::Allow, "m"),
        ("brand_new", Status::Other("brand_new".into()), "m"),
    ] {
        let Ok(AuthOutcome::Denied(denied)) = of("deny", status, message) else { panic!() };
        assert_eq!((denied.status, denied.message.to_string()), (expected, message.to_owned()));
    }
    assert!(matches!(
        of("deny", "sent", "New SMS passcodes sent."),
        Ok(AuthOutcome::PasscodesSent(message)) if message.to_string() == "New SMS passcodes sent."
    ));
    for result in ["waiting", "approved", "Allow", ""] {
        assert_eq!(of(result, "allow", "m"), Err(ReplyError::UnknownResult), "{result}");
    }
}

#[test]
fn progress_goes_on_until_it_is_over() {
    let waiting = r#"{"response":{"auth_delayed":false,"result":"waiting","status":"pushed",
        "status_msg":"Pushed a login request to your device..."},"stat":"OK"}"#;
    let Ok(AuthProgress::Waiting(progress)) = auth_status(waiting) else { panic!() };
    assert_eq!((progress.status, progress.is_delayed), (Status::Pushed, false));
    assert_eq!(progress.message.to_string(), "Pushed a login request to your device...");

    let sent = r#"{"response":{"result":"deny","status":"sent","status_msg":"m"},"stat":"OK"}"#;
    let sent = auth_status(sent);
    assert!(matches!(sent, Ok(AuthProgress::Done(AuthOutcome::PasscodesSent(_)))), "no denial");

    let allowed = r#"{"response":{"result":"allow","status":"allow","status_msg":"m",
        "trusted_device_token":"REkxNTg4"},"stat":"OK"}"#;
    let Ok(AuthProgress::Done(AuthOutcome::Allowed(allowed))) = auth_status(allowed) else {
        panic!()
    };
    assert_eq!(allowed.trusted_device_token, Some(SecretText::new("REkxNTg4")));

    // Documented as waiting, recorded as deny.
    for result in ["waiting", "deny"] {
        let body = format!(
            r#"{{"response":{{"result":"{result}","status":"timeout","status_msg":"m"}},
                "stat":"OK"}}"#
        );
        let Ok(AuthProgress::Done(AuthOutcome::Denied(denied))) = auth_status(&body) else {
            panic!()
        };
        assert_eq!(denied.status, Status::Timeout);
    }
}

#[test]
fn the_other_calls_are_read() {
    let time = r#"{"response":{"time":1700000001},"stat":"OK"}"#;
    assert_eq!(read(&Ping, 200, time), Ok(UnixSeconds(1_700_000_001)));
    assert_eq!(read(&Check, 200, time), Ok(UnixSeconds(1_700_000_001)));
    let start = StartAuth(Auth::new(User::named("a"), Factor::Phone(Target::Any)));
    let txid = r#"{"response":{"txid":"45f7c92b-f45f-4862-8545-e0f58e78075a"},"stat":"OK"}"#;
    assert_eq!(read(&start, 200, txid), Ok(Txid::new("45f7c92b-f45f-4862-8545-e0f58e78075a")));
    let status = EnrollStatus::new(UserId::new("DU"), SecretText::new("duo://"));
    for (text, expected) in [
        ("success", EnrollmentStatus::Success),
        ("invalid", EnrollmentStatus::Invalid),
        ("waiting", EnrollmentStatus::Waiting),
        ("later", EnrollmentStatus::Other("later".into())),
    ] {
        let body = format!(r#"{{"response":"{text}","stat":"OK"}}"#);
        assert_eq!(read(&status, 200, &body), Ok(expected));
    }
    let enrolled = r#"{"response":{"activation_barcode":
        "https://api-x.duosecurity.com/frame/qr?value=duo%3A%2F%2Fabc","activation_code":
        "duo://abc-YXBp","activation_url":"https://m-x.duosecurity.com/activate/abc",
        "expiration":1700086400,"user_id":"DU3RP9I2WOC59VZX672N","username":"alice"},"stat":"OK"}"#;
    let enrolled = read(&Enroll::new(), 200, enrolled).unwrap();
    assert_eq!(enrolled.activation_code.expose(), "duo://abc-YXBp");
    assert!(!format!("{enrolled:?}").contains("abc"), "whoever has it enrols");
}

#[test]
fn a_logo_is_a_picture_or_there_is_none() {
    let of = |status: u16, kind: &'static str, body: &[u8]| {
        let reply =
            Response::builder().status(status).header(CONTENT_TYPE, kind).body(body.to_vec());
        Logo.read(&application("api-x.duosecurity.com"), &reply.unwrap(), NOW)
    };
    let png = b"\x89PNG\r\n\x1a\nrest";
    assert_eq!(of(200, "image/png", png).unwrap().unwrap().0, png);
    let none = br#"{"code":40002,"message":"Invalid request parameters","message_detail":
        "Logo not found","stat":"FAIL"}"#;
    assert_eq!(of(400, "application/json", none), Ok(None));
    assert!(matches!(of(200, "image/png", b"<svg>"), Err(ReplyError::Malformed { .. })));
    assert!(matches!(of(200, "text/html", png), Err(ReplyError::Malformed { .. })));
}

#[test]
fn a_refusal_says_what_to_do() {
    let refused = |status, body: &str| match read(&Check, status, body) {
        Err(ReplyError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let wrong_type = refused(
        403,
        r#"{"code":40301,"message":"Access forbidden","message_detail":
            "Wrong integration type for this API.","stat":"FAIL"}"#,
    );
    assert_eq!(wrong_type.kind(), RefusalKind::Forbidden);
    assert_eq!(
        wrong_type.to_string(),
        "Duo answered 40301 (Access forbidden; Wrong integration type for this API.): \
         check the type and the permissions of the application"
    );
    let table = [
        (401, "40103", RefusalKind::Signature),
        (401, "40105", RefusalKind::Clock),
        (401, "40102", RefusalKind::IntegrationKey),
        (400, "40002", RefusalKind::Parameters),
        (404, "40401", RefusalKind::NotFound),
        (429, "42901", RefusalKind::RateLimited),
        (500, "50001", RefusalKind::Unavailable),
        // duo_api_golang 2d1f351: the code may be an empty text.
        (503, "\"\"", RefusalKind::Unavailable),
        (429, "\"42901\"", RefusalKind::RateLimited),
        (400, "null", RefusalKind::Other),
        (400, "[]", RefusalKind::Other),
    ];
    for (status, code, kind) in table {
        let body = format!(r#"{{"code":{code},"message":"m","stat":"FAIL"}}"#);
        assert_eq!(refused(status, &body).kind(), kind, "{code}");
        // A failure under the status of a success is still one.
        assert_eq!(refused(200, &body).code, refused(status, &body).code);
    }
    assert_eq!(refused(400, r#"{"stat":"FAIL","message_detail":{"a":1}}"#).detail, None);
}

#[test]
fn what_is_not_duos_is_never_an_outcome() {
    for status in [301, 400, 401, 429, 500, 502] {
        for body in ["", "<html>Bad Gateway</html>", "null", "{}", r#"{"stat":"OK"}"#] {
            assert_eq!(read(&Ping, status, body), Err(ReplyError::Status { status }), "{body}");
        }
    }
    for body in [
        "",
        "{",
        "[]",
        "null",
        r#"{"stat":"OK"}"#,
        r#"{"stat":"OK","response":null}"#,
        r#"{"stat":"GREAT","response":{"time":1}}"#,
        r#"{"response":{"time":1}}"#,
        r#"{"stat":"OK","response":{"time":-1}}"#,
        r#"{"stat":"OK","response":{"time":"1"}}"#,
        r#"{"stat":"OK","response":{"time":1}} trailing"#,
    ] {
        let outcome = read(&Ping, 200, body);
        assert!(matches!(outcome, Err(ReplyError::Malformed { .. })), "{body}: {outcome:?}");
    }
    let deep = format!(r#"{{"stat":"OK","response":{}"#, "[".repeat(100_000));
    assert!(matches!(read(&Ping, 200, &deep), Err(ReplyError::Malformed { .. })));
    let huge = " ".repeat(Ping::MAX_REPLY_BYTES + 1);
    let limit = Ping::MAX_REPLY_BYTES;
    assert_eq!(read(&Ping, 200, &huge), Err(ReplyError::TooLarge { bytes: limit + 1, limit }));
}

#[test]
fn a_device_is_chosen_again_each_time() {
    let devices = devices();
    let [first, second, _] = devices.as_slice() else { panic!() };
    let choice = |wanted, preferred: Option<&str>| {
        choose(&devices, &wanted, preferred.map(DeviceId::new).as_ref())
    };
    assert_eq!(choice(Capability::Push, None), DeviceChoice::Ask(vec![first, second]));
    let of_second = choice(Capability::Push, Some("DPUVFU8PQY7KB3W4R2NQ"));
    assert_eq!(of_second, DeviceChoice::Use(second));
    // The only one; one that cannot do it; one that is gone.
    assert_eq!(choice(Capability::Sms, None), DeviceChoice::Use(first));
    let unable = choice(Capability::Sms, Some("DPUVFU8PQY7KB3W4R2NQ"));
    assert_eq!(unable, DeviceChoice::Use(first));
    let gone = choice(Capability::Push, Some("DPGONE"));
    assert_eq!(gone, DeviceChoice::Ask(vec![first, second]));
    assert_eq!(choice(Capability::from("telepathy"), None), DeviceChoice::Unable);
}
