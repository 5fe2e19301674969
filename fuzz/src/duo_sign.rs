//! Signatures: one spelling whatever the order, what is signed verifies, and what is changed does
//! not.

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use upheld_duo::sign::Signature;
use upheld_duo::sign::verify::{Claim, Verified, VerifyError};
use upheld_duo::universal::Callback;
use upheld_duo::{ApiHost, Application, IntegrationKey, Params, SecretKey, UnixSeconds};

use crate::bytes::Bytes;

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);
const VERSIONS: [Signature; 4] =
    [Signature::V2Sha1, Signature::V2Sha512, Signature::V4, Signature::V5];

/// Reads a version, a method and which byte to change; the rest is a line to each parameter.
pub fn duo_sign(data: &[u8]) {
    let mut bytes = Bytes(data);
    let signature = VERSIONS[usize::from(bytes.u8()) % VERSIONS.len()];
    let method = if bytes.u8() % 2 == 0 { Method::POST } else { Method::GET };
    let position = usize::from(bytes.u16());
    let text = String::from_utf8_lossy(bytes.rest());
    read_any(&text);
    let pairs: Vec<(&str, &str)> =
        text.lines().take(50).map(|line| line.split_once('=').unwrap_or((line, ""))).collect();
    let params = of(pairs.iter());
    assert_eq!(params.canonical().as_str(), canonical(&pairs));
    assert_eq!(params.canonical(), of(pairs.iter().rev()).canonical());

    let host = ApiHost::parse("api-x.duosecurity.com").expect("a host");
    let ikey = IntegrationKey::parse("DIWJ8X6AEYOR5OMC6TQ1").expect("a key");
    let application = Application::new(host, ikey, key()).with_signature(signature);
    let Ok(mut request) = application.sign(method, "/auth/v2/auth", &params, NOW) else {
        return; // a URI that no server takes
    };
    let verified = verify(&request).expect("what is signed verifies");
    assert_eq!(verified.params.canonical(), params.canonical());
    assert_eq!(verified.signature, signature);

    if let Some(byte) = request.body_mut().get_mut(position) {
        *byte ^= 1;
        if let Ok(verified) = verify(&request) {
            // A form may be spelt in several ways; JSON is signed as it is.
            assert!(!signature.has_json_body());
            assert_eq!(verified.params.canonical(), params.canonical());
        }
    }
}

/// Whatever it is: a form, a callback, credentials, a body.
fn read_any(text: &str) {
    if let Ok(params) = Params::parse_form(text) {
        let again = Params::parse_form(&params.canonical()).expect("what is written");
        assert_eq!(again.canonical(), params.canonical());
    }
    drop(Callback::parse(text));
    let mut request = Request::post("https://api-x.duosecurity.com/auth/v2/auth")
        .header("date", NOW.to_date())
        .header(CONTENT_TYPE, "application/json")
        .body(text.as_bytes().to_vec())
        .expect("a request");
    assert!(verify(&request).is_err());
    if let Ok(value) = HeaderValue::from_str(text) {
        request.headers_mut().insert(AUTHORIZATION, value);
        assert!(verify(&request).is_err());
    }
}

fn verify(request: &Request<Vec<u8>>) -> Result<Verified, VerifyError> {
    Claim::of(request)?.verify(request, &key(), NOW)
}

fn key() -> SecretKey {
    SecretKey::parse("Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep").expect("a key")
}

fn of<'a>(pairs: impl Iterator<Item = &'a (&'a str, &'a str)>) -> Params {
    pairs.fold(Params::new(), |params, (name, value)| params.with(name, value))
}

/// RFC 5849 §3.4.1.3.2, written out.
fn canonical(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| -> String {
        let encoded = text.bytes().map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        });
        encoded.collect()
    };
    let mut encoded: Vec<_> =
        pairs.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    encoded.sort();
    let joined: Vec<_> =
        encoded.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    joined.join("&")
}
