//! A security key made of software: CTAP2's bytes by hand, signatures by `ring`.

use ciborium::Value;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::json;
use sha2::{Digest, Sha256};
use upheld_duo_sim::webauthn::{Assertion, Registration};

pub(crate) const PRESENT: u8 = 1;
pub(crate) const BACKUP_ELIGIBLE: u8 = 1 << 3;
pub(crate) const BACKED_UP: u8 = 1 << 4;
pub(crate) const CREDENTIAL: u8 = 1 << 6;
pub(crate) const EXTENSIONS: u8 = 1 << 7;

/// A key, and what it says of the next touch.
pub(crate) struct Authenticator {
    key: EcdsaKeyPair,
    pub(crate) id: Vec<u8>,
    pub(crate) counter: u32,
    pub(crate) flags: u8,
    pub(crate) user_handle: Option<Vec<u8>>,
    /// What the browser adds to its account.
    pub(crate) extra: serde_json::Value,
}

impl Authenticator {
    pub(crate) fn new(id: &[u8]) -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        let (flags, user_handle) = (PRESENT, None);
        Self { key, id: id.to_vec(), counter: 0, flags, user_handle, extra: json!({}) }
    }

    /// `navigator.credentials.create`, with the attestation `none`.
    pub(crate) fn create(&self, challenge: &str, origin: &str, rp_id: &str) -> Registration {
        Registration {
            client_data: self.client_data("webauthn.create", challenge, origin),
            attestation_object: attestation("none", Vec::new(), self.attested_data(rp_id)),
        }
    }

    /// The same, with an attestation by the new key itself.
    pub(crate) fn create_self_signed(
        &self,
        challenge: &str,
        origin: &str,
        rp_id: &str,
        algorithm: i64,
    ) -> Registration {
        let client_data = self.client_data("webauthn.create", challenge, origin);
        let data = self.attested_data(rp_id);
        let signature = self.sign(&data, &client_data);
        let statement =
            vec![(text("alg"), Value::from(algorithm)), (text("sig"), Value::Bytes(signature))];
        Registration { client_data, attestation_object: attestation("packed", statement, data) }
    }

    /// `navigator.credentials.get`; counts up.
    pub(crate) fn get(&mut self, challenge: &str, origin: &str, rp_id: &str) -> Assertion {
        self.counter += 1;
        let client_data = self.client_data("webauthn.get", challenge, origin);
        let authenticator_data = self.data(rp_id, self.flags);
        let signature = self.sign(&authenticator_data, &client_data);
        let (credential_id, user_handle) = (self.id.clone(), self.user_handle.clone());
        Assertion { credential_id, client_data, authenticator_data, signature, user_handle }
    }

    /// A COSE key, with anything for its first coordinate.
    pub(crate) fn public_key(&self, change: impl FnOnce(&mut Vec<(Value, Value)>)) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let mut members = vec![
            (Value::from(1), Value::from(2)),
            (Value::from(3), Value::from(-7)),
            (Value::from(-1), Value::from(1)),
            (Value::from(-2), Value::Bytes(point[1..33].to_vec())),
            (Value::from(-3), Value::Bytes(point[33..].to_vec())),
        ];
        change(&mut members);
        write(&Value::Map(members))
    }

    pub(crate) fn attested_data(&self, rp_id: &str) -> Vec<u8> {
        let mut data = self.data(rp_id, self.flags | CREDENTIAL);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key(|_| {}));
        data
    }

    pub(crate) fn data(&self, rp_id: &str, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest(rp_id).to_vec();
        data.push(flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn client_data(&self, ceremony: &str, challenge: &str, origin: &str) -> Vec<u8> {
        let mut data = json!({ "type": ceremony, "challenge": challenge, "origin": origin });
        let extra = self.extra.as_object().unwrap().clone();
        data.as_object_mut().unwrap().extend(extra);
        data.to_string().into_bytes()
    }

    fn sign(&self, data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let message = [data, &Sha256::digest(client_data)].concat();
        self.key.sign(&SystemRandom::new(), &message).unwrap().as_ref().to_vec()
    }
}

/// An attestation object.
pub(crate) fn attestation(format: &str, statement: Vec<(Value, Value)>, data: Vec<u8>) -> Vec<u8> {
    write(&Value::Map(vec![
        (text("fmt"), text(format)),
        (text("attStmt"), Value::Map(statement)),
        (text("authData"), Value::Bytes(data)),
    ]))
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn write(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).unwrap();
    bytes
}
