//! Replies of Duo's interfaces: no decoder panics, and nobody is let in by anything but `allow`.

use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::Value;
use upheld_duo::admin::{
    AuthLog, BypassCode, CreateBypassCodes, CreatePhone, CreateUser, Delete, List, Phone, Token,
    U2fToken, UnixMillis, User, WebauthnCredential,
};
use upheld_duo::auth::{
    Auth, AuthOutcome, AuthProgress, AuthStatus, Check, Enroll, EnrollStatus, Factor, Logo, Ping,
    Preauth, PreauthOutcome, StartAuth, Target, Txid, User as Whom, UserId,
};
use upheld_duo::{
    ApiHost, Application, Call, FailMode, Failure, Fallback, IntegrationKey, ReplyError, SecretKey,
    SecretText, UnixSeconds,
};

use crate::bytes::Bytes;

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
const STATUSES: [u16; 8] = [200, 200, 200, 200, 400, 401, 429, 503];

/// Reads a status, and the rest as the body of a reply to every call.
pub fn duo_reply(data: &[u8]) {
    let mut bytes = Bytes(data);
    let status = STATUSES[usize::from(bytes.u8()) % STATUSES.len()];
    let mut reply = Response::new(bytes.rest().to_vec());
    *reply.status_mut() = StatusCode::from_u16(status).expect("a status");
    let may_let_in = status == 200 && says_allow(reply.body());

    let alice = || Whom::named("alice");
    let preauth = Preauth::new(alice());
    match read(&preauth, &reply) {
        Ok(PreauthOutcome::Allowed(message)) => {
            assert!(may_let_in);
            is_plain(&message.to_string());
        }
        Ok(_) => {}
        Err(error) => {
            let fallback = FailMode::Open.after(&preauth, Failure::from(&error));
            let is_outage = matches!(status, 429 | 503);
            assert!(is_outage || matches!(fallback, Fallback::Closed), "{error}");
        }
    }
    let call = Auth::new(alice(), Factor::Phone(Target::Any));
    if let Ok(AuthOutcome::Allowed(_)) = read(&call, &reply) {
        assert!(may_let_in);
    }
    if let Ok(AuthProgress::Done(AuthOutcome::Allowed(_))) =
        read(&AuthStatus::of(Txid::new("t")), &reply)
    {
        assert!(may_let_in);
    }
    let id = || UserId::new("DU");
    drop(read(&StartAuth(call), &reply));
    drop(read(&Ping, &reply));
    drop(read(&Check, &reply));
    drop(read(&Enroll::new(), &reply));
    drop(read(&EnrollStatus::new(id(), SecretText::new("duo://a-b")), &reply));
    drop(read(&List::<User>::all(), &reply));
    drop(read(&List::<Phone>::all(), &reply));
    drop(read(&List::<Token>::all(), &reply));
    drop(read(&List::<BypassCode>::all(), &reply));
    drop(read(&List::<WebauthnCredential>::all(), &reply));
    drop(read(&List::<U2fToken>::all(), &reply));
    drop(read(&CreateBypassCodes::new(id(), 1), &reply));
    drop(read(&CreatePhone::mobile("+1"), &reply));
    drop(read(&CreateUser::named("a"), &reply));
    drop(read(&Delete::user(&id()), &reply));
    let bounds = (UnixMillis(1_700_000_000_000), UnixMillis(1_700_000_001_000));
    drop(read(&AuthLog::between(bounds.0, bounds.1).expect("bounds"), &reply));
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
    // That there is no logo is said by a refusal.
    if let Err(error) = Logo.read(&application(), &reply, NOW) {
        is_plain(&error.to_string());
    }
}

fn application() -> Application {
    let host = ApiHost::parse("api-x.duosecurity.com").expect("a host");
    let ikey = IntegrationKey::parse("DIWJ8X6AEYOR5OMC6TQ1").expect("a key");
    let skey = SecretKey::parse("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep").expect("a key");
    Application::new(host, ikey, skey)
}

fn read<C: Call>(call: &C, reply: &Response<Vec<u8>>) -> Result<C::Output, ReplyError> {
    let read = call.read(&application(), reply, NOW);
    if let Err(error) = &read {
        is_plain(&error.to_string());
    } else {
        assert_eq!(reply.status(), StatusCode::OK);
    }
    read
}

fn is_plain(text: &str) {
    assert!(!text.chars().any(char::is_control), "{text:?}");
}

/// Whether a person may be let in by this, read without the types of the crate.
fn says_allow(body: &[u8]) -> bool {
    let read: Value = serde_json::from_slice(body).unwrap_or_default();
    read["stat"] == "OK" && read["response"]["result"] == "allow"
}
