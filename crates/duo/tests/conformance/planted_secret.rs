//! T42: known secrets are put into everything that prints, and nothing prints them.

use std::fmt::Debug;

use http::Response;
use upheld_duo::auth::{
    Auth, Enroll, EnrollStatus, Factor, Passcode, Preauth, PushInfo, StartAuth, User, UserId,
};
use upheld_duo::sign::verify::Claim;
use upheld_duo::sign::{Message, Signature, SignedHeaders};
use upheld_duo::universal::{
    AuthorizeClaims, Callback, HealthCheck, Login, Pending, Prompt, Returned, jwt,
};
use upheld_duo::{
    Application, Call, IntegrationKey, Params, ReplyBuffer, ReplyError, SecretKey, SecretText,
    UnixSeconds,
};

use crate::{NOW, application};

const PLANTED: &str = "PLANTEDSECRET";
/// Forty characters, as the prompt wants them.
const KEY: &str = "PLANTEDSECRETPLANTEDSECRETPLANTEDSECRETX";

fn check(what: &impl Debug) {
    let printed = format!("{what:?} {what:#?}");
    let bytes: Vec<String> = PLANTED.bytes().take(4).map(|byte| byte.to_string()).collect();
    for needle in [PLANTED, &bytes.join(", "), "UExBTlRFRFNFQ1JFV", "504c414e5445"] {
        assert!(!printed.contains(needle), "{needle} in {printed}");
    }
}

fn of_key() -> Application {
    let host = upheld_duo::ApiHost::parse("api-x.duosecurity.com").unwrap();
    let id = IntegrationKey::parse("DI00000000000000TEST").unwrap();
    Application::new(host, id, SecretKey::parse(KEY).unwrap())
}

#[test]
fn t42_nothing_prints_a_secret() {
    check(&SecretKey::parse(KEY).unwrap());
    check(&SecretKey::parse(&format!("{PLANTED}\n")).unwrap_err());
    check(&of_key());
    check(&SecretText::new(PLANTED));
    let passcode = Passcode::parse(PLANTED).unwrap();
    check(&passcode);
    check(&Passcode::parse(&format!("{PLANTED}!")).unwrap_err());
    let auth = Auth::new(User::named("alice"), Factor::Passcode(passcode));
    check(&auth);
    check(&Preauth::new(User::named("a")).with_trusted_device(SecretText::new(PLANTED)));
    check(&EnrollStatus::new(UserId::new("DU"), SecretText::new(PLANTED)));
    check(&PushInfo::from_lines([("a", PLANTED)]).unwrap());

    let params = Params::new().with("passcode", PLANTED);
    check(&params);
    let headers = SignedHeaders::default();
    let message = Message {
        date: "d",
        method: "GET",
        host: "h",
        path: "/",
        params: &params,
        body: b"",
        headers: &headers,
    };
    check(&message);
    check(&message.canonical(Signature::V5));
}

#[test]
fn t42_a_reply_that_comes_in_pieces_is_whole_bounded_and_not_printed() {
    let mut buffer = ReplyBuffer::new(http::StatusCode::OK, http::HeaderMap::new());
    let mut expected = Vec::new();
    for length in [0, 1, 2, 700, 3, 5_000, 1] {
        let chunk = PLANTED.as_bytes().repeat(length);
        buffer.add(&chunk, 80_000).unwrap();
        expected.extend_from_slice(&chunk);
        assert_eq!(buffer.reply().body(), &expected);
    }
    let error = ReplyError::TooLarge { bytes: expected.len() + 1, limit: expected.len() };
    assert_eq!(buffer.add(b"x", expected.len()), Err(error));
    assert_eq!(buffer.reply().body(), &expected);
    check(&buffer);
}

#[test]
fn t42_requests_print_their_address_and_no_secret() {
    let application = application("api-x.duosecurity.com");
    let passcode = Factor::Passcode(Passcode::parse("135790").unwrap());
    let start = StartAuth(Auth::new(User::named("alice"), passcode));
    let request = start.request(&application, NOW).unwrap();
    let (parts, _body) = request.clone().into_parts();
    let printed = format!("{parts:?}");
    assert!(printed.contains("Sensitive"), "{printed}");
    assert!(!printed.contains("Basic"), "{printed}");
    let claim = format!("{:?}", Claim::of(&request).unwrap());
    assert!(!claim.contains("mac: ["), "{claim}");
}

#[test]
fn t42_replies_and_pending_logins_print_no_secret() {
    let application = of_key();
    let enrolled = format!(
        r#"{{"stat":"OK","response":{{"activation_barcode":"{PLANTED}","activation_code":
            "{PLANTED}","activation_url":"{PLANTED}","expiration":1,"user_id":"DU",
            "username":"a"}}}}"#
    );
    let reply = Response::new(enrolled.into_bytes());
    check(&Enroll::new().read(&application, &reply, NOW).unwrap());
    let malformed = format!(r#"{{"stat":"OK","response":{{"user_id":"{PLANTED}"}}}}"#);
    check(&Enroll::new().read(&application, &Response::new(malformed.into_bytes()), NOW));
    let challenge = format!(
        r#"{{"stat":"OK","response":{{"result":"auth","txid":"t","verification_code":"{PLANTED}",
            "expiration":1}}}}"#
    );
    let preauth = Preauth::new(User::named("a"));
    check(&preauth.read(&application, &Response::new(challenge.into_bytes()), NOW));

    check(&HealthCheck::new(&mut rand::rngs::SysRng).unwrap());
    let prompt = Prompt::new(application, "https://a.example/callback").unwrap();
    let login = Login::new("alice").unwrap();
    let (redirect, pending) = prompt.begin(&login, NOW, &mut rand::rngs::SysRng).unwrap();
    assert_eq!(format!("{redirect:?}"), "[redacted]");
    let query = Params::parse_form(redirect.expose().split_once('?').unwrap().1).unwrap();
    let key = SecretKey::parse(KEY).unwrap();
    let claims: AuthorizeClaims = jwt::decode(query.get("request").unwrap(), &key).unwrap();
    let printed = format!("{claims:?} {claims:#?}");
    for drawn in [&claims.state, &claims.nonce] {
        assert!(!printed.contains(drawn.expose()), "{printed}");
    }
    assert!(printed.contains("alice"), "the control: it prints what is no secret");
    let state = pending.state().expose().to_owned();
    assert!(!format!("{pending:?}").contains(&state));
    let stored = pending.to_json();
    assert!(stored.expose().contains(&state), "the control: it is in there");
    let callback = Callback::parse(&format!("state={state}&duo_code={PLANTED}")).unwrap();
    check(&callback);
    let pending = Pending::from_json(stored.expose()).unwrap();
    let Returned::Exchange(exchange) = pending.finish(&callback, UnixSeconds(NOW.0)).unwrap()
    else {
        panic!()
    };
    check(&exchange);
    check(&Pending::from_json(&format!(r#"{{"state":"{PLANTED}"}}"#)).unwrap_err());
}
