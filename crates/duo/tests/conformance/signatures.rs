//! `vectors/signatures.json`: what Duo's own clients sign, stage by stage.

use serde_json::Value;
use upheld_duo::sign::{Message, Signature, SignedHeaders, SignedHeadersError, authorization};
use upheld_duo::{IntegrationKey, Params, SecretKey};

const VECTORS: &str = include_str!("../vectors/signatures.json");

fn text<'a>(vector: &'a Value, name: &str) -> &'a str {
    vector[name].as_str().unwrap_or_else(|| panic!("{name} of {}", vector["name"]))
}

#[test]
fn every_stage_of_every_published_signature() {
    let file: Value = serde_json::from_str(VECTORS).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 21, "a vector went missing");
    for vector in vectors {
        let name = text(vector, "name");
        let signature = match (vector["sig_version"].as_u64(), text(vector, "digest")) {
            (Some(2), "sha1") => Signature::V2Sha1,
            (Some(2), "sha512") => Signature::V2Sha512,
            (Some(4), "sha512") => Signature::V4,
            (Some(5), "sha512") => Signature::V5,
            other => panic!("{name}: {other:?}"),
        };
        let headers = vector["x_headers"].as_object().unwrap();
        let headers = headers.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap()));
        let message = Message {
            date: text(vector, "date"),
            method: text(vector, "method"),
            host: text(vector, "host"),
            path: text(vector, "path"),
            params: &params(&vector["params"]),
            body: text(vector, "body").as_bytes(),
            headers: &SignedHeaders::from_headers(headers).unwrap(),
        };
        let canonical = message.canonical(signature);
        assert_eq!(canonical.expose(), text(vector, "canonical"), "{name}");

        let mac = signature.sign(&SecretKey::parse(text(vector, "skey")).unwrap(), &canonical);
        assert_eq!(mac, text(vector, "signature_hex"), "{name}");

        let key = IntegrationKey::parse(text(vector, "ikey")).unwrap();
        let header = authorization(&key, &mac).unwrap();
        assert!(header.is_sensitive(), "{name}");
        assert_eq!(header.to_str().unwrap(), text(vector, "authorization"), "{name}");
    }
}

fn params(object: &Value) -> Params {
    let mut params = Params::new();
    for (name, values) in object.as_object().unwrap() {
        for value in values.as_array().unwrap() {
            params.push(name, value.as_str().unwrap());
        }
    }
    params
}

/// The rules of `duo_hmac_python`'s `HeaderValidator`.
#[test]
fn headers_that_would_be_ambiguous_are_refused() {
    let of = |pairs: &[(&'static str, &'static str)]| {
        SignedHeaders::from_headers(pairs.iter().copied()).err()
    };
    assert_eq!(of(&[("x-duo-a", "1"), ("other", "2"), ("OTHER", "3")]), None);
    assert_eq!(of(&[("x-duo-a", "1"), ("X-DUO-A", "2")]), Some(SignedHeadersError::Duplicate));
    assert_eq!(of(&[("x-duo-a", "1\0")]), Some(SignedHeadersError::Nul { index: 0 }));
}
