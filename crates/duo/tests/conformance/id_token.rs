//! The token of the Universal Prompt: `vectors/tokens.json`, and every way in which one can lie.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};
use upheld_duo::auth::{Status, Txid};
use upheld_duo::universal::{PromptOutcome, TokenError, UsernameMatch, jwt};
use upheld_duo::{FactorUsed, Reason, ReplyError, SecretKey};

use crate::NOW;
use crate::universal::{
    CLIENT_ID, CLIENT_SECRET, Counting, alice, exchange, exchange_of, prompt, read_token, secret,
    stored, vector, vectors,
};

#[test]
fn every_vector_is_written_and_read() {
    assert_eq!(vectors().len(), 4, "a vector went missing");
    for vector in vectors() {
        let token = vector["jwt"].as_str().unwrap();
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        assert_eq!(jwt::encode(&payload, &secret()).expose(), token, "{}", vector["name"]);
        let claims: Value = jwt::decode(token, &secret()).unwrap();
        assert_eq!(claims, vector["claims"], "{}", vector["name"]);
    }
}

#[test]
fn the_vector_lets_in_and_names_the_factor() {
    let (_, token) = vector("id_token");
    let Ok(PromptOutcome::Allowed(identity)) =
        read_token(&exchange("alice", "Exact"), &token, NOW.0)
    else {
        panic!()
    };
    assert_eq!(identity.username, "alice");
    assert_eq!((identity.factor.clone(), identity.factor.was_shown()), (FactorUsed::DuoPush, true));
    assert_eq!(identity.reason, Reason::UserApproved);
    assert_eq!(identity.txid, Some(Txid::new("f22b1678-252a-4070-b176-0ca2be7319fd")));
    assert_eq!(identity.authenticated, Some(NOW));
    assert_eq!(identity.message.to_string(), "Login Successful");
}

/// Reads the vector with one claim replaced, or left out for `Null`.
fn with(pointer: &str, value: Value) -> Result<PromptOutcome, ReplyError> {
    let (mut claims, _) = vector("id_token");
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = claims.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        parent.remove(name).unwrap();
    } else {
        parent.insert(name.to_owned(), value);
    }
    let token = jwt::encode(claims.to_string().as_bytes(), &secret());
    read_token(&exchange("alice", "Exact"), token.expose(), NOW.0)
}

#[test]
fn t50_a_token_with_one_claim_wrong_lets_nobody_in() {
    let now = NOW.0;
    let table: [(&str, Value, TokenError); 19] = [
        ("/iss", json!("https://api-yyyyyyyy.duosecurity.com/oauth/v1/token"), TokenError::Issuer),
        ("/iss", json!("https://api-xxxxxxxx.duosecurity.com"), TokenError::Issuer),
        ("/aud", json!("DI00000000000000EVIL"), TokenError::Audience),
        ("/aud", json!([]), TokenError::Audience),
        ("/aud", json!([CLIENT_ID, "DI00000000000000EVIL"]), TokenError::Audience),
        ("/exp", json!(now - 60), TokenError::Expired),
        ("/exp", json!(0), TokenError::Expired),
        ("/iat", json!(now + 61), TokenError::IssuedInFuture),
        ("/preferred_username", json!("bob"), TokenError::Username),
        ("/preferred_username", json!("Alice"), TokenError::Username),
        ("/preferred_username", json!("alice "), TokenError::Username),
        ("/nonce", json!("other"), TokenError::Nonce),
        ("/nonce", json!(""), TokenError::Nonce),
        ("/nonce", Value::Null, TokenError::Nonce),
        ("/auth_result", Value::Null, TokenError::NoResult),
        ("/auth_context", Value::Null, TokenError::NoResult),
        ("/auth_context/result", Value::Null, TokenError::NoResult),
        ("/exp", json!("1700003600"), TokenError::Claims { line: 0, column: 0 }),
        ("/iat", json!(-1), TokenError::Claims { line: 0, column: 0 }),
    ];
    for (pointer, value, expected) in table {
        match (with(pointer, value.clone()), expected) {
            (Err(ReplyError::Token(TokenError::Claims { .. })), TokenError::Claims { .. }) => {}
            (outcome, expected) => {
                assert_eq!(outcome, Err(ReplyError::Token(expected)), "{pointer}: {value}");
            }
        }
    }
    for missing in ["/iss", "/aud", "/exp", "/iat", "/preferred_username"] {
        let outcome = with(missing, Value::Null);
        let is_claims = matches!(outcome, Err(ReplyError::Token(TokenError::Claims { .. })));
        assert!(is_claims, "{missing}: {outcome:?}");
    }
}

/// What Duo's own clients let pass.
#[test]
fn t50_a_token_that_says_deny_lets_nobody_in() {
    for (pointer, value, status) in [
        ("/auth_result/result", json!("deny"), Status::Allow),
        ("/auth_result", json!({"result": "deny", "status": "fraud"}), Status::Fraud),
        ("/auth_result", json!({"result": "deny"}), Status::Deny),
        ("/auth_context/result", json!("denied"), Status::Allow),
        ("/auth_context/result", json!("fraud"), Status::Allow),
    ] {
        let Ok(PromptOutcome::Denied(denied)) = with(pointer, value.clone()) else {
            panic!("{pointer}: {value}")
        };
        assert_eq!(denied.status, status, "{pointer}: {value}");
    }
    for (pointer, value) in [
        ("/auth_result/result", json!("Allow")),
        ("/auth_result/result", json!("")),
        ("/auth_context/result", json!("SUCCESS")),
        ("/auth_context/result", json!("brand_new")),
    ] {
        assert_eq!(
            with(pointer, value.clone()),
            Err(ReplyError::UnknownResult),
            "{pointer}: {value}"
        );
    }
}

#[test]
fn what_servers_may_write_otherwise_is_read() {
    for (pointer, value) in [
        ("/aud", json!([CLIENT_ID])),
        ("/exp", json!(1_700_003_600.5)),
        ("/iat", json!(1_700_000_000.25)),
        ("/iat", json!(NOW.0 + 60)),
        ("/exp", json!(NOW.0 - 59)),
        ("/auth_context/reason", json!("brand_new")),
        ("/auth_context/user", json!({"groups": [], "key": null})),
        ("/auth_time", Value::Null),
        ("/auth_result/status_msg", Value::Null),
    ] {
        let outcome = with(pointer, value.clone());
        assert!(
            matches!(outcome, Ok(PromptOutcome::Allowed(_))),
            "{pointer}: {value}: {outcome:?}"
        );
    }
    for (factor, shown) in [
        ("WebAuthn Security Key", true),
        ("u2f_token", true),
        ("hardware_token", true),
        ("remembered_device", false),
        ("not_available", false),
        ("brand_new", false),
    ] {
        let Ok(PromptOutcome::Allowed(identity)) = with("/auth_context/factor", json!(factor))
        else {
            panic!("{factor}")
        };
        assert_eq!((identity.factor.as_str(), identity.factor.was_shown()), (factor, shown));
    }
}

/// What comes of a token that says this of the time, for a login begun thirty seconds ago that
/// asked for this.
fn aged(asked: &Value, auth_time: Value, now: u64) -> Result<PromptOutcome, ReplyError> {
    let (mut claims, _) = vector("id_token");
    claims.as_object_mut().unwrap().remove("auth_time").unwrap();
    if !auth_time.is_null() {
        claims["auth_time"] = auth_time;
    }
    let mut kept = stored("alice", "Exact");
    kept.as_object_mut().unwrap().extend(asked.as_object().unwrap().clone());
    let token = jwt::encode(claims.to_string().as_bytes(), &secret());
    read_token(&exchange_of(&kept), token.expose(), now)
}

/// The browser carries `max_age` and `prompt` to Duo, and can write others beside them.
//= OpenID Connect Core 1.0 §3.1.3.7: an authentication older than was asked for does not count
#[test]
fn t50_an_authentication_older_than_asked_for_lets_nobody_in() {
    let now = NOW.0;
    let begun = now - 30;
    let hour = json!({ "max_age": 3_600 });
    let fresh = json!({ "max_age": 0 });
    let again = json!({ "asks_again": true });
    let both = json!({ "max_age": 3_600, "asks_again": true });
    let nothing = json!({});
    // Sixty seconds are for the clocks.
    for (asked, time, is_good) in [
        (&hour, now - 3_660, true),
        (&hour, now - 3_661, false),
        (&hour, 0, false),
        (&fresh, begun - 60, true),
        (&fresh, begun - 61, false),
        (&again, begun - 60, true),
        (&again, begun - 61, false),
        (&both, begun - 61, false),
        (&hour, now + 60, true),
        (&hour, now + 61, false),
        (&again, now + 61, false),
        (&nothing, 0, true),
    ] {
        let outcome = aged(asked, json!(time), now);
        if is_good {
            assert!(
                matches!(outcome, Ok(PromptOutcome::Allowed(_))),
                "{asked}: {time}: {outcome:?}"
            );
        } else {
            assert_eq!(outcome, Err(TokenError::Time.into()), "{asked}: {time}");
        }
    }
    for asked in [&hour, &fresh, &again, &both] {
        for missing in [Value::Null, json!("1700000000"), json!(-1)] {
            let outcome = aged(asked, missing.clone(), now);
            assert!(matches!(outcome, Err(ReplyError::Token(_))), "{asked}: {missing}");
        }
        assert_eq!(aged(asked, Value::Null, now), Err(TokenError::NoTime.into()));
        // Whoever looked at Duo's page for long after they were asked is not asked once more.
        let late = aged(asked, json!(begun + 5), now + 500);
        assert!(matches!(late, Ok(PromptOutcome::Allowed(_))), "{asked}: {late:?}");
    }
    assert!(matches!(aged(&hour, json!(1_699_999_999.5), now), Ok(PromptOutcome::Allowed(_))));
}

#[test]
fn t50_what_was_asked_for_is_kept_with_the_login() {
    let login = alice().with_max_age(0).asking_again();
    let (_, pending) = prompt().begin(&login, NOW, &mut Counting(0)).unwrap();
    let kept: Value = serde_json::from_str(pending.to_json().expose()).unwrap();
    assert_eq!((&kept["max_age"], &kept["asks_again"]), (&json!(0), &json!(true)));
    assert_eq!(kept["begun"], json!(NOW.0));
    // One of before they were kept is none: it may have asked.
    for name in ["asks_again", "begun"] {
        let mut old = kept.clone();
        old.as_object_mut().unwrap().remove(name).unwrap();
        assert!(upheld_duo::universal::Pending::from_json(&old.to_string()).is_err(), "{name}");
    }
}

/// Bypass, remembered devices and trusted networks: the outcome says that nothing was shown.
#[test]
fn t52_who_was_not_asked_has_shown_nothing() {
    for factor in [
        json!("not_available"),
        json!("remembered_device"),
        json!("trusted_network"),
        json!("sms_refresh"),
        json!("brand_new"),
        Value::Null,
    ] {
        let (mut claims, _) = vector("id_token");
        claims["auth_context"]["factor"] = factor.clone();
        claims["auth_context"]["reason"] = json!("bypass_user");
        let token = jwt::encode(claims.to_string().as_bytes(), &secret());
        let Ok(PromptOutcome::Allowed(identity)) =
            read_token(&exchange("alice", "Exact"), token.expose(), NOW.0)
        else {
            panic!("{factor}")
        };
        assert!(!identity.factor.was_shown(), "{factor}");
        assert_eq!(identity.reason, Reason::BypassUser);
    }
}

#[test]
fn names_may_be_compared_without_case_where_that_is_chosen() {
    let (_, token) = vector("id_token");
    let of = |login, username_match| read_token(&exchange(login, username_match), &token, NOW.0);
    assert!(matches!(of("ALICE", "IgnoreAsciiCase"), Ok(PromptOutcome::Allowed(_))));
    assert_eq!(of("ALICE", "Exact"), Err(TokenError::Username.into()));
    assert_eq!(of("alıce", "IgnoreAsciiCase"), Err(TokenError::Username.into()));
    let prompt = prompt().with_username_match(UsernameMatch::IgnoreAsciiCase);
    let (_, pending) = prompt.begin(&alice(), NOW, &mut Counting(0)).unwrap();
    assert!(pending.to_json().expose().contains("IgnoreAsciiCase"));
}

#[test]
fn t50_no_algorithm_but_hs512_and_no_key_but_ours() {
    let (_, token) = vector("id_token");
    let parts: Vec<&str> = token.split('.').collect();
    let [header, payload, mac] = parts.as_slice() else { panic!() };
    let exchange = exchange("alice", "Exact");
    let refused = |token: &str| read_token(&exchange, token, NOW.0).unwrap_err();
    for other in [
        r#"{"alg":"none","typ":"JWT"}"#,
        r#"{"alg":"None"}"#,
        r#"{"alg":"hs512"}"#,
        r#"{"alg":"HS256","typ":"JWT"}"#,
        r#"{"alg":"RS256"}"#,
        r#"{"alg":"HS512","crit":["exp"]}"#,
    ] {
        let header = URL_SAFE_NO_PAD.encode(other);
        for mac in [*mac, ""] {
            let token = [&header, *payload, mac].join(".");
            assert_eq!(refused(&token), TokenError::Algorithm.into(), "{other}");
        }
    }
    let other = SecretKey::parse(&CLIENT_SECRET.replace('a', "b")).unwrap();
    let payload_bytes = URL_SAFE_NO_PAD.decode(payload).unwrap();
    let foreign = jwt::encode(&payload_bytes, &other);
    assert_eq!(refused(foreign.expose()), TokenError::Signature.into());
    let changed = token.replacen("ImFsaWNlIi", "ImFsaWNFIi", 1);
    assert_ne!(changed, token);
    assert_eq!(refused(&changed), TokenError::Signature.into());
    for short in ["", &mac[..20]] {
        let token = [*header, payload, short].join(".");
        assert_eq!(refused(&token), TokenError::Signature.into());
    }
    for nonsense in ["", ".", "..", "a.b", "a.b.c.d", &token[1..], &format!("{token}=")] {
        assert_eq!(refused(nonsense), TokenError::Format.into(), "{nonsense}");
    }
    let long = [*header, &"A".repeat(jwt::MAX_BYTES), mac].join(".");
    assert_eq!(refused(&long), TokenError::Format.into());
}

proptest! {
    #[test]
    fn no_text_is_a_token(text in "(?s).{0,200}") {
        prop_assert!(jwt::decode::<Value>(&text, &secret()).is_err());
    }

    #[test]
    fn every_payload_is_written_and_read(text in "(?s).{0,200}") {
        let token = jwt::encode(json!({ "a": text }).to_string().as_bytes(), &secret());
        let read: Value = jwt::decode(token.expose(), &secret()).unwrap();
        prop_assert_eq!(read, json!({ "a": text }));
    }
}
