//! The server's side: what is signed verifies, in every spelling of Duo's clients, and nothing
//! else does.

use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE, HOST};
use http::{HeaderValue, Method, Request};
use proptest::prelude::*;
use upheld_duo::sign::verify::{Claim, Verified, VerifyError};
use upheld_duo::sign::{Message, Signature, SignedHeaders, authorization};
use upheld_duo::{IntegrationKey, Params, RequestError, SecretKey, UnixSeconds};

use crate::{IKEY, NOW, SKEY, application, secret_key};

const ALL: [Signature; 4] = [Signature::V2Sha1, Signature::V2Sha512, Signature::V4, Signature::V5];

fn verify(request: &Request<Vec<u8>>, now: UnixSeconds) -> Result<Verified, VerifyError> {
    Claim::of(request)?.verify(request, &secret_key(), now)
}

fn signed(signature: Signature, method: Method, params: &Params) -> Request<Vec<u8>> {
    let application = application("api-x.duosecurity.com").with_signature(signature);
    application.sign(method, "/auth/v2/auth", params, NOW).unwrap()
}

#[test]
fn every_version_and_method_verifies() {
    let params = Params::new().with("username", "zoë & co").with("a{", "1").with("a_", "2");
    for signature in ALL {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            let request = signed(signature, method.clone(), &params);
            let verified = verify(&request, NOW).unwrap();
            assert_eq!(verified.integration_key.as_str(), IKEY);
            assert_eq!(verified.params.get("username"), Some("zoë & co"), "{signature:?} {method}");
            // Versions 2 and 4 differ from 5 in what they cover: that is seen.
            assert_eq!(verified.signature, signature, "{method}");
        }
    }
}

#[test]
fn nothing_can_be_changed_under_a_signature() {
    for signature in ALL {
        let params = Params::new().with("username", "alice").with("factor", "push");
        let good = signed(signature, Method::POST, &params);
        let mut changed: Vec<(&str, Request<Vec<u8>>)> = Vec::new();
        let mut change = |what, by: &dyn Fn(&mut Request<Vec<u8>>)| {
            let mut request = good.clone();
            by(&mut request);
            changed.push((what, request));
        };
        change("method", &|request| *request.method_mut() = Method::PUT);
        change("path", &|request| {
            *request.uri_mut() = "https://api-x.duosecurity.com/auth/v2/preauth".parse().unwrap();
        });
        change("host", &|request| {
            request.headers_mut().insert(HOST, HeaderValue::from_static("api-y.duosecurity.com"));
        });
        change("query", &|request| {
            *request.uri_mut() =
                "https://api-x.duosecurity.com/auth/v2/auth?username=bob".parse().unwrap();
        });
        change("date", &|request| {
            let later = HeaderValue::from_str(&UnixSeconds(NOW.0 + 1).to_date()).unwrap();
            request.headers_mut().insert(DATE, later);
        });
        change("body", &|request| {
            let body = String::from_utf8(request.body().clone()).unwrap();
            *request.body_mut() = body.replace("alice", "bobby").into_bytes();
        });
        for (what, request) in changed {
            let refused = verify(&request, NOW).unwrap_err();
            assert_eq!(refused, VerifyError::Signature, "{signature:?}: {what}");
            assert_eq!(refused.code(), 40103);
        }
        let other = SecretKey::parse(&SKEY.replace('Z', "z")).unwrap();
        let refused = Claim::of(&good).unwrap().verify(&good, &other, NOW).unwrap_err();
        assert_eq!(refused, VerifyError::Signature);
    }
}

/// Only version 5 covers them.
#[test]
fn a_header_is_covered_by_version_5() {
    for (signature, expected) in
        [(Signature::V2Sha512, true), (Signature::V4, true), (Signature::V5, false)]
    {
        let mut request = signed(signature, Method::POST, &Params::new().with("a", "1"));
        request.headers_mut().insert("x-duo-added", HeaderValue::from_static("1"));
        assert_eq!(verify(&request, NOW).is_ok(), expected, "{signature:?}");
    }
}

#[test]
fn a_request_is_good_for_five_minutes_either_way() {
    let request = signed(Signature::V5, Method::GET, &Params::new());
    for (now, good) in [(NOW.0 - 300, true), (NOW.0 + 300, true), (NOW.0 - 301, false)] {
        assert_eq!(verify(&request, UnixSeconds(now)).is_ok(), good, "{now}");
    }
    let late = verify(&request, UnixSeconds(NOW.0 + 301)).unwrap_err();
    assert_eq!((late, late.code()), (VerifyError::Date, 40105));
    let mut undated = request.clone();
    undated.headers_mut().remove(DATE);
    let refused = verify(&undated, NOW).unwrap_err();
    assert_eq!((refused, refused.code()), (VerifyError::NoDate, 40104));
}

#[test]
fn what_is_no_credential_is_said_to_be_none() {
    let good = signed(Signature::V5, Method::GET, &Params::new());
    for header in ["", "Basic", "Bearer x", "Basic !!", "Basic QUJD", "Basic QTpYWQ=="] {
        let mut request = good.clone();
        request.headers_mut().insert(AUTHORIZATION, HeaderValue::from_str(header).unwrap());
        assert_eq!(verify(&request, NOW).unwrap_err(), VerifyError::Credentials, "{header}");
    }
}

/// Signs as another client would, with every part given.
fn foreign(host: &str, date: &(&str, &str), kind: &str, body: &str) -> Request<Vec<u8>> {
    let params = Params::parse_form(body).unwrap();
    let message = Message {
        date: date.1,
        method: "POST",
        host,
        path: "/auth/v2/preauth",
        params: &params,
        body: b"",
        headers: &SignedHeaders::default(),
    };
    let mac = Signature::V2Sha512.sign(&secret_key(), &message.canonical(Signature::V2Sha512));
    let key = IntegrationKey::parse(IKEY).unwrap();
    Request::post("/auth/v2/preauth")
        .header(HOST, "127.0.0.1:18443")
        .header(date.0, date.1)
        .header(CONTENT_TYPE, kind)
        .header(AUTHORIZATION, authorization(&key, &mac).unwrap())
        .body(body.as_bytes().to_vec())
        .unwrap()
}

/// What `duo_client_python`, `duo_api_golang`, `duo_api_nodejs` and `duo_unix` do differently.
#[test]
fn the_spellings_of_other_clients_verify() {
    const FORM: &str = "application/x-www-form-urlencoded";
    let body = "username=First+Last&ipaddr=192.0.2.7";
    for host in ["127.0.0.1", "127.0.0.1:18443"] {
        for name in ["date", "x-duo-date"] {
            for zone in ["-0000", "+0000", "GMT"] {
                for kind in [FORM, "application/x-www-form-urlencoded; charset=UTF-8"] {
                    let date = NOW.to_date().replace("-0000", zone);
                    let request = foreign(host, &(name, &date), kind, body);
                    let verified = verify(&request, NOW).unwrap();
                    assert_eq!(verified.signature, Signature::V2Sha512);
                    assert_eq!(verified.params.get("username"), Some("First Last"));
                }
            }
        }
    }
    let zoned = UnixSeconds(NOW.0 - 5 * 3600).to_date().replace("-0000", "-0500");
    assert!(verify(&foreign("127.0.0.1", &("Date", &zoned), FORM, body), NOW).is_ok());
    let elsewhere = foreign("127.0.0.2", &("Date", &NOW.to_date()), FORM, body);
    assert_eq!(verify(&elsewhere, NOW).unwrap_err(), VerifyError::Signature);
}

#[test]
fn json_of_any_shape_is_flattened_or_refused() {
    let application = application("api-x.duosecurity.com");
    let mut request =
        application.sign(Method::POST, "/p", &Params::new().with("a", "1"), NOW).unwrap();
    *request.body_mut() = b"[1]".to_vec();
    assert_eq!(verify(&request, NOW).unwrap_err(), VerifyError::Params);
    *request.body_mut() = b"{".to_vec();
    assert_eq!(verify(&request, NOW).unwrap_err(), VerifyError::Params);
}

#[test]
fn a_query_that_servers_would_refuse_is_not_sent() {
    let application = application("api-x.duosecurity.com");
    let params = Params::new().with("users", &"x".repeat(9_000));
    let refused = application.sign(Method::GET, "/admin/v1/users", &params, NOW).unwrap_err();
    assert_eq!(refused, RequestError::UriTooLong { length: 9_051, limit: 8_000 });
}

proptest! {
    #[test]
    fn whatever_is_signed_verifies(
        pairs in proptest::collection::vec(("(?s).{1,12}", "(?s).{0,30}"), 0..6),
        version in 0_usize..4,
        post: bool,
        skew in 0_u64..=600,
    ) {
        let mut params = Params::new();
        for (name, value) in &pairs {
            params.push(name, value);
        }
        let method = if post { Method::POST } else { Method::GET };
        let request = signed(ALL[version], method, &params);
        let verified = verify(&request, UnixSeconds(NOW.0 - 300 + skew)).unwrap();
        prop_assert_eq!(verified.params.canonical(), params.canonical());
    }

    #[test]
    fn the_order_of_adding_does_not_matter(
        names in proptest::collection::btree_set("(?s).{1,8}", 0..6),
        version in 0_usize..4,
        post: bool,
    ) {
        let of = |names: &mut dyn Iterator<Item = &String>| {
            let params = names.fold(Params::new(), |params, name| params.with(name, "value"));
            let method = if post { Method::POST } else { Method::GET };
            signed(ALL[version], method, &params)
        };
        let (one, other) = (of(&mut names.iter()), of(&mut names.iter().rev()));
        prop_assert_eq!(one.uri(), other.uri());
        prop_assert_eq!(one.body(), other.body());
        prop_assert_eq!(&one.headers()[AUTHORIZATION], &other.headers()[AUTHORIZATION]);
    }

    #[test]
    fn no_header_and_body_panic(header in "\\PC{0,60}", body: Vec<u8>, json: bool) {
        let kind = if json { "application/json" } else { "text/plain" };
        let mut request = signed(Signature::V5, Method::POST, &Params::new());
        *request.body_mut() = body;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        prop_assert!(verify(&request, NOW).is_err());
        if let Ok(value) = HeaderValue::from_str(&header) {
            request.headers_mut().insert(AUTHORIZATION, value);
            prop_assert!(verify(&request, NOW).is_err());
        }
    }
}
