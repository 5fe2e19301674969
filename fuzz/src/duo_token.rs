//! Tokens of the Universal Prompt: nothing but HS512 under our key is believed, and nobody is let
//! in by a token that says anything else than it must.

use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use http::Response;
use serde_json::{Value, json};
use sha2::Sha512;
use upheld_duo::universal::{Callback, Exchange, Pending, PromptOutcome, Returned, jwt};
use upheld_duo::{ApiHost, Application, Call, IntegrationKey, SecretKey, UnixSeconds};

const NOW: u64 = 1_700_000_000;
const CLIENT: &str = "DI00000000000000TEST";
const KEY: &str = "abcdefghijklmnopqrstuvwxyz0123456789ABCD";
const NONCE: &str = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
const ISSUER: &str = "https://api-x.duosecurity.com/oauth/v1/token";

/// Takes the input for a token, for a payload, and for a change (RFC 7396) of a token that lets in.
pub fn duo_token(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if jwt::decode::<Value>(&text, &key()).is_ok() {
        assert!(is_signed(&text), "{text}");
    }
    let token = jwt::encode(data, &key());
    assert!(is_signed(token.expose()));
    if token.expose().len() <= jwt::MAX_BYTES {
        let read = jwt::decode::<Value>(token.expose(), &key()).ok();
        assert_eq!(read, serde_json::from_slice(data).ok());
    }
    let mut changed = token.expose().as_bytes().to_vec();
    let at = data.len().wrapping_mul(0x9E37_79B9) % changed.len();
    changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("ASCII");
    assert!(jwt::decode::<Value>(&changed, &key()).is_err(), "{changed}");

    let Ok(change) = serde_json::from_slice(data) else { return };
    let claims = merged(claims(), change);
    let token = jwt::encode(claims.to_string().as_bytes(), &key());
    let reply = json!({ "id_token": token.expose() }).to_string().into_bytes();
    let outcome = exchange().read(&application(), &Response::new(reply), UnixSeconds(NOW));
    let lets_in = matches!(outcome, Ok(PromptOutcome::Allowed(_)));
    if lets_in {
        assert!(says_all_it_must(&claims), "{claims}");
    }
    if claims == self::claims() {
        assert!(lets_in, "{outcome:?}");
    }
}

fn key() -> SecretKey {
    SecretKey::parse(KEY).expect("a key")
}

fn application() -> Application {
    let host = ApiHost::parse("api-x.duosecurity.com").expect("a host");
    Application::new(host, IntegrationKey::parse(CLIENT).expect("a key"), key())
}

fn exchange() -> Exchange {
    let stored = json!({
        "state": "ssssssssssssssssssssssssssssssssssss", "nonce": NONCE, "username": "alice",
        "username_match": "Exact", "redirect_uri": "https://a.example/", "max_age": 600,
        "asks_again": false, "begun": NOW, "expires": NOW + 1,
    });
    let pending = Pending::from_json(&stored.to_string()).expect("a pending login");
    let query = "state=ssssssssssssssssssssssssssssssssssss&duo_code=c";
    let callback = Callback::parse(query).expect("a callback");
    match pending.finish(&callback, UnixSeconds(NOW)) {
        Ok(Returned::Exchange(exchange)) => exchange,
        other => panic!("{other:?}"),
    }
}

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "alice", "preferred_username": "alice", "aud": CLIENT,
        "exp": NOW + 3_600, "iat": NOW, "auth_time": NOW, "nonce": NONCE,
        "auth_result": { "result": "allow", "status": "allow", "status_msg": "Login Successful" },
        "auth_context": { "result": "success", "factor": "duo_push", "reason": "user_approved" },
    })
}

/// RFC 7396 §2.
fn merged(target: Value, change: Value) -> Value {
    let Value::Object(change) = change else { return change };
    let Value::Object(mut target) = target else { return merged(json!({}), change.into()) };
    for (name, value) in change {
        if value.is_null() {
            target.remove(&name);
        } else {
            let old = target.remove(&name).unwrap_or_default();
            target.insert(name, merged(old, value));
        }
    }
    target.into()
}

fn says_all_it_must(claims: &Value) -> bool {
    #[expect(clippy::cast_precision_loss, clippy::as_conversions, reason = "a small number")]
    let now = NOW as f64;
    let number = |name: &str| claims[name].as_f64();
    claims["iss"] == ISSUER
        && (claims["aud"] == CLIENT || claims["aud"] == json!([CLIENT]))
        && number("exp").is_some_and(|end| end.floor() + 60.0 > now)
        && number("iat").is_some_and(|begin| begin.floor() <= now + 60.0)
        && number("auth_time")
            .is_some_and(|time| time.floor() >= now - 660.0 && time.floor() <= now + 60.0)
        && claims["preferred_username"] == "alice"
        && claims["nonce"] == NONCE
        && claims["auth_result"]["result"] == "allow"
        && claims["auth_context"]["result"] == "success"
}

/// Whether a text is a token under our key and HS512, by other means.
fn is_signed(token: &str) -> bool {
    let Some((signed, mac)) = token.rsplit_once('.') else { return false };
    let header = signed.split('.').next().unwrap_or_default();
    let header = BASE64URL_NOPAD.decode(header.as_bytes()).unwrap_or_default();
    let header: Value = serde_json::from_slice(&header).unwrap_or_default();
    let hmac = Hmac::<Sha512>::new_from_slice(KEY.as_bytes()).expect("any length");
    let mac = BASE64URL_NOPAD.decode(mac.as_bytes()).unwrap_or_default();
    header["alg"] == "HS512" && hmac.chain_update(signed).verify_slice(&mac).is_ok()
}
