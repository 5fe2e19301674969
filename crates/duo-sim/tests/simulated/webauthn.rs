//! The ceremonies of security keys, by the vectors of their standard and against every lie.

use ciborium::Value;
use data_encoding::HEXLOWER;
use serde::Deserialize;
use upheld_duo_sim::webauthn::{
    Assertion, AssertionError, Attestation, AttestationError, AttestationObject, AuthenticatorData,
    AuthenticatorDataError, Challenge, ClientDataError, Credential, PublicKey, PublicKeyError,
    Registration, RegistrationError, RelyingParty,
};

use crate::authenticator::{
    Authenticator, BACKED_UP, BACKUP_ELIGIBLE, EXTENSIONS, PRESENT, attestation, text, write,
};

const ORIGIN: &str = "https://localhost:9443";
const RP_ID: &str = "localhost";

fn here() -> RelyingParty {
    RelyingParty::at_origin(ORIGIN).unwrap()
}

fn challenge() -> Challenge {
    Challenge::from_bytes(&[7; 32])
}

/// W3C, Web Authentication Level 3, section 16.
#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    section: String,
    registration: Made,
    authentication: Shown,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Made {
    challenge: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    challenge: String,
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
}

fn bytes(hex: &str) -> Vec<u8> {
    HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn challenge_of(hex: &str) -> Challenge {
    Challenge::from_bytes(&bytes(hex))
}

//= W3C WebAuthn Level 3 §7.1: registration, by the examples of §16
//= W3C WebAuthn Level 3 §7.2: authentication, by the examples of §16
//= W3C WebAuthn Level 3 §8.2, §8.7: attestation by the new key itself, and none
//= RFC 9053 §2.1, §2.2, §7.1, §7.2: the keys and signatures of the examples
//= RFC 8230 §4: the RSA key of the examples
#[test]
fn the_vectors_of_the_standard_are_verified() {
    let file = include_str!("../vectors/webauthn-level-3.json");
    let Vectors { vectors } = serde_json::from_str(file).unwrap();
    assert_eq!(vectors.len(), 15);
    let website = RelyingParty::at_origin("https://example.org").unwrap();
    let mut registered = 0;
    for Vector { section, registration: made, authentication: shown } in vectors {
        let name = section.strip_prefix("sctn-test-vectors-").unwrap();
        let registration = Registration {
            client_data: bytes(&made.client_data),
            attestation_object: bytes(&made.attestation_object),
        };
        let outcome = website.register(challenge_of(&made.challenge), &registration);
        let unsupported = |number| {
            let error = AuthenticatorDataError::from(PublicKeyError::Algorithm(number));
            Err(AttestationError::from(error).into())
        };
        let expected = match name {
            "none-es256-crossOrigin" | "none-es256-topOrigin" => {
                Err(RegistrationError::ClientData(ClientDataError::Framed))
            }
            "packed-es384" => unsupported(-35),
            "packed-es512" => unsupported(-36),
            "packed-ed448" => unsupported(-53),
            "none-es256" | "none-es256-long-credential-id" => Ok(Attestation::Absent),
            "packed-self-es256" => Ok(Attestation::SelfSigned),
            _ => Ok(Attestation::NotExamined),
        };
        assert_eq!(outcome.as_ref().map(Credential::attestation).map_err(|error| *error), expected);
        let Ok(mut credential) = outcome else { continue };
        registered += 1;
        let assertion = Assertion {
            credential_id: credential.id().to_vec(),
            client_data: bytes(&shown.client_data),
            authenticator_data: bytes(&shown.authenticator_data),
            signature: bytes(&shown.signature),
            user_handle: None,
        };
        let mut authenticate = |assertion: &Assertion| {
            website.authenticate(challenge_of(&shown.challenge), b"", &mut credential, assertion)
        };
        assert_eq!(authenticate(&assertion), Ok(()), "{name}");
        let mut forged = assertion.clone();
        *forged.signature.last_mut().unwrap() ^= 1;
        assert_eq!(authenticate(&forged), Err(AssertionError::Signature), "{name}");
    }
    assert_eq!(registered, 10);
}

fn registered(key: &Authenticator) -> Credential {
    let made = key.create(&challenge().to_text(), ORIGIN, RP_ID);
    here().register(challenge(), &made).unwrap()
}

#[test]
fn a_key_is_registered_and_touched() {
    let mut key = Authenticator::new(b"key");
    let mut credential = registered(&key);
    assert_eq!((credential.id(), credential.counter()), (b"key".as_slice(), 0));
    for expected in 1..=3 {
        let shown = key.get(&challenge().to_text(), ORIGIN, RP_ID);
        assert_eq!(here().authenticate(challenge(), b"me", &mut credential, &shown), Ok(()));
        assert_eq!(credential.counter(), expected);
    }
    key.user_handle = Some(b"me".to_vec());
    let shown = key.get(&challenge().to_text(), ORIGIN, RP_ID);
    assert_eq!(here().authenticate(challenge(), b"me", &mut credential, &shown), Ok(()));
}

/// A registration that is made, then changed.
fn register(change: impl FnOnce(&mut Authenticator)) -> Result<Credential, RegistrationError> {
    let mut key = Authenticator::new(b"key");
    change(&mut key);
    here().register(challenge(), &key.create(&challenge().to_text(), ORIGIN, RP_ID))
}

#[test]
fn no_lie_of_a_browser_is_believed() {
    let key = Authenticator::new(b"key");
    let ours = challenge().to_text();
    let register = |made: &Registration| here().register(challenge(), made).unwrap_err();
    let other = Challenge::from_bytes(&[8; 32]).to_text();
    for (challenge, origin, expected) in [
        (&other, ORIGIN, ClientDataError::Challenge),
        (&String::new(), ORIGIN, ClientDataError::Challenge),
        (&ours, "https://localhost:9444", ClientDataError::Origin),
        (&ours, "http://localhost:9443", ClientDataError::Origin),
        (&ours, "https://localhost.evil.example", ClientDataError::Origin),
    ] {
        let made = key.create(challenge, origin, RP_ID);
        assert_eq!(register(&made), RegistrationError::ClientData(expected), "{origin}");
    }
    let made = key.create(&ours, ORIGIN, RP_ID);
    for client_data in ["", "{}", "null", "[1]", r#"{"type":1}"#] {
        let made = Registration { client_data: client_data.into(), ..made.clone() };
        assert_eq!(register(&made), RegistrationError::ClientData(ClientDataError::Malformed));
    }
    // A challenge said twice: which of them was it?
    let twice = format!(
        r#"{{"type":"webauthn.create","challenge":"{ours}","challenge":"{ours}","origin":"{ORIGIN}"}}"#
    );
    let made = Registration { client_data: twice.into(), ..made };
    assert_eq!(register(&made), RegistrationError::ClientData(ClientDataError::Malformed));
}

#[test]
fn what_a_browser_may_add_changes_nothing() {
    assert!(register(|key| key.extra = serde_json::json!({ "crossOrigin": false })).is_ok());
    assert!(register(|key| key.extra = serde_json::json!({ "future": [1, { "a": 2 }] })).is_ok());
    let key = Authenticator::new(b"key");
    let mut made = key.create(&challenge().to_text(), ORIGIN, RP_ID);
    made.client_data.splice(0..0, "\u{feff}".bytes());
    assert!(here().register(challenge(), &made).is_ok(), "a byte order mark");
    for extra in [
        serde_json::json!({ "crossOrigin": true }),
        serde_json::json!({ "topOrigin": "https://evil.example" }),
    ] {
        let framed = register(|key| key.extra = extra.clone());
        assert_eq!(framed, Err(RegistrationError::ClientData(ClientDataError::Framed)));
    }
}

#[test]
fn no_lie_of_a_key_is_registered() {
    let of = |error: AuthenticatorDataError| Err(AttestationError::from(error).into());
    assert_eq!(register(|key| key.flags = 0), of(AuthenticatorDataError::UserAbsent));
    let backed_up = register(|key| key.flags = PRESENT | BACKED_UP);
    assert_eq!(backed_up, of(AuthenticatorDataError::BackupState));
    assert!(register(|key| key.flags = PRESENT | BACKED_UP | BACKUP_ELIGIBLE).is_ok());
    assert!(register(|key| key.id = vec![1; 1_023]).is_ok());
    let long = register(|key| key.id = vec![1; 1_024]);
    assert_eq!(long, of(AuthenticatorDataError::LongIdentifier { length: 1_024 }));

    let key = Authenticator::new(b"key");
    let ours = challenge().to_text();
    let made = key.create(&ours, ORIGIN, "clinic.example");
    assert_eq!(here().register(challenge(), &made), of(AuthenticatorDataError::RelyingParty));
    let client_data = key.create(&ours, ORIGIN, RP_ID).client_data;
    let with = |attestation_object| {
        let made = Registration { client_data: client_data.clone(), attestation_object };
        here().register(challenge(), &made)
    };
    let shown = attestation("none", Vec::new(), key.data(RP_ID, PRESENT));
    assert_eq!(with(shown), Err(RegistrationError::NoCredential));
    let statement = vec![(text("sig"), Value::Bytes(vec![1]))];
    let not_none = attestation("none", statement, key.attested_data(RP_ID));
    assert_eq!(with(not_none), Err(AttestationError::Statement.into()));
    let no_signature = attestation("packed", Vec::new(), key.attested_data(RP_ID));
    assert_eq!(with(no_signature), Err(AttestationError::Statement.into()));

    let own = here().register(challenge(), &key.create_self_signed(&ours, ORIGIN, RP_ID, -7));
    assert_eq!(own.unwrap().attestation(), Attestation::SelfSigned);
    let mixed = key.create_self_signed(&ours, ORIGIN, RP_ID, -8);
    assert_eq!(here().register(challenge(), &mixed), Err(AttestationError::Signature.into()));
    let other = Challenge::from_bytes(&[8; 32]).to_text();
    let other = key.create_self_signed(&other, ORIGIN, RP_ID, -7).attestation_object;
    assert_eq!(with(other), Err(AttestationError::Signature.into()), "it signed another challenge");
}

/// An assertion that is made by `change`d means.
fn assert_refused(change: impl FnOnce(&mut Authenticator), expected: AssertionError) {
    let mut key = Authenticator::new(b"key");
    let mut credential = registered(&key);
    let shown = key.get(&challenge().to_text(), ORIGIN, RP_ID);
    assert_eq!(here().authenticate(challenge(), b"me", &mut credential, &shown), Ok(()));
    let before = credential.clone();
    change(&mut key);
    let shown = key.get(&challenge().to_text(), ORIGIN, RP_ID);
    let outcome = here().authenticate(challenge(), b"me", &mut credential, &shown);
    assert_eq!(outcome, Err(expected));
    assert_eq!(credential, before, "a refusal changes nothing");
}

#[test]
fn no_lie_of_a_key_is_believed() {
    assert_refused(|key| key.id = b"other".to_vec(), AssertionError::Credential);
    assert_refused(|key| key.user_handle = Some(b"you".to_vec()), AssertionError::UserHandle);
    assert_refused(|key| key.flags = 0, AuthenticatorDataError::UserAbsent.into());
    assert_refused(|key| key.flags |= BACKED_UP, AuthenticatorDataError::BackupState.into());
    assert_refused(|key| key.flags |= BACKUP_ELIGIBLE, AssertionError::BackupEligibility);
    assert_refused(|key| *key = Authenticator::new(b"key"), AssertionError::Signature);
    assert_refused(|key| key.counter = 0, AssertionError::Counter { shown: 1, known: 1 });
    assert_refused(
        |key| key.extra = serde_json::json!({ "crossOrigin": true }),
        ClientDataError::Framed.into(),
    );
}

#[test]
fn an_assertion_is_of_one_challenge_one_ceremony_and_one_site() {
    let mut key = Authenticator::new(b"key");
    let mut credential = registered(&key);
    let ours = challenge().to_text();
    let mut authenticate = |shown: &Assertion| {
        here().authenticate(challenge(), b"me", &mut credential, shown).unwrap_err()
    };
    let elsewhere = key.get(&ours, ORIGIN, "clinic.example");
    assert_eq!(authenticate(&elsewhere), AuthenticatorDataError::RelyingParty.into());
    let phished = key.get(&ours, "https://localhost.evil.example", RP_ID);
    assert_eq!(authenticate(&phished), ClientDataError::Origin.into());
    let old = key.get(&Challenge::from_bytes(&[8; 32]).to_text(), ORIGIN, RP_ID);
    assert_eq!(authenticate(&old), ClientDataError::Challenge.into());
    let shown = key.get(&ours, ORIGIN, RP_ID);
    let made = key.create(&ours, ORIGIN, RP_ID).client_data;
    let swapped = Assertion { client_data: made, ..shown.clone() };
    assert_eq!(authenticate(&swapped), ClientDataError::Type.into());
    let mut later = shown.clone();
    later.authenticator_data[36] ^= 2;
    assert_eq!(authenticate(&later), AssertionError::Signature, "the counter is signed too");
    let unsigned = Assertion { signature: Vec::new(), ..shown };
    assert_eq!(authenticate(&unsigned), AssertionError::Signature);
}

#[test]
fn every_prefix_and_every_appendix_is_refused() {
    let key = Authenticator::new(b"key");
    let mut data = key.attested_data(RP_ID);
    data[32] |= EXTENSIONS;
    assert_eq!(AuthenticatorData::parse(&data), Err(AuthenticatorDataError::Extensions));
    data.extend(write(&Value::Map(vec![(text("credProps"), Value::Bool(true))])));
    let read = AuthenticatorData::parse(&data).unwrap();
    assert_eq!(read.credential().unwrap().id, b"key");
    for end in 0..data.len() {
        assert!(AuthenticatorData::parse(&data[..end]).is_err(), "{end}");
    }
    let longer = [data.as_slice(), &[0]].concat();
    let trailing = AuthenticatorDataError::Trailing { bytes: 1 };
    assert_eq!(AuthenticatorData::parse(&longer), Err(trailing));

    let object = attestation("none", Vec::new(), data);
    for end in 0..object.len() {
        let outcome = AttestationObject::parse(&object[..end]);
        assert_eq!(outcome, Err(AttestationError::Malformed), "{end}");
    }
    let longer = [object.as_slice(), &[0xa0]].concat();
    assert_eq!(AttestationObject::parse(&longer), Err(AttestationError::Malformed));
    let long = AttestationObject::parse(&vec![0; 65_537]);
    assert_eq!(long, Err(AttestationError::Long { length: 65_537 }));
    // Arrays in arrays, deeper than any real object.
    assert_eq!(AttestationObject::parse(&vec![0x81; 65_536]), Err(AttestationError::Malformed));
    // A string that claims to have 2^63 bytes.
    let huge = [0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
    assert_eq!(AttestationObject::parse(&huge), Err(AttestationError::Malformed));
}

#[test]
fn a_member_that_is_there_twice_is_not_there() {
    let key = Authenticator::new(b"key");
    let data = Value::Bytes(key.attested_data(RP_ID));
    let members = vec![
        (text("fmt"), text("none")),
        (text("attStmt"), Value::Map(Vec::new())),
        (text("authData"), data.clone()),
        (text("authData"), data),
    ];
    let twice = write(&Value::Map(members));
    assert_eq!(AttestationObject::parse(&twice), Err(AttestationError::Malformed));
    let read = |key: &[u8]| PublicKey::read(&mut &*key);
    assert_eq!(read(&key.public_key(|_| {})).map(|key| key.algorithm()), Ok(-7));
    let twice = key.public_key(|members| members.push(members[1].clone()));
    assert_eq!(read(&twice), Err(PublicKeyError::Malformed));
}

#[test]
fn keys_of_other_kinds_are_refused() {
    let key = Authenticator::new(b"key");
    let with = |at: usize, value: Value| {
        let changed = key.public_key(|members| members[at].1 = value);
        PublicKey::read(&mut changed.as_slice()).map(|key| key.algorithm())
    };
    assert_eq!(with(1, Value::from(-35)), Err(PublicKeyError::Algorithm(-35)));
    assert_eq!(with(1, text("ES256")), Err(PublicKeyError::Malformed));
    assert_eq!(with(0, Value::from(1)), Err(PublicKeyError::Malformed), "another type");
    assert_eq!(with(2, Value::from(2)), Err(PublicKeyError::Malformed), "another curve");
    assert_eq!(with(3, Value::Bytes(vec![0; 31])), Err(PublicKeyError::Malformed));
    assert_eq!(with(4, Value::Bool(true)), Err(PublicKeyError::Malformed), "a compressed point");
    assert_eq!(PublicKey::read(&mut [].as_slice()), Err(PublicKeyError::Malformed));
    assert_eq!(PublicKey::read(&mut [0x80].as_slice()), Err(PublicKeyError::Malformed));
}

#[test]
fn a_point_that_is_no_point_signs_nothing() {
    let mut key = Authenticator::new(b"key");
    let mut data = key.data(RP_ID, PRESENT | crate::authenticator::CREDENTIAL);
    data.extend([0; 16]);
    data.extend([0, 3]);
    data.extend(b"key");
    data.extend(key.public_key(|members| members[3].1 = Value::Bytes(vec![0xff; 32])));
    let client_data = key.create(&challenge().to_text(), ORIGIN, RP_ID).client_data;
    let attestation_object = attestation("none", Vec::new(), data);
    let made = Registration { client_data, attestation_object };
    let mut credential = here().register(challenge(), &made).unwrap();
    let shown = key.get(&challenge().to_text(), ORIGIN, RP_ID);
    let outcome = here().authenticate(challenge(), b"me", &mut credential, &shown);
    assert_eq!(outcome, Err(AssertionError::Signature));
}

#[test]
fn only_names_have_keys() {
    for origin in [
        "",
        "localhost",
        "https://",
        "https://127.0.0.1:9443",
        "https://[::1]:9443",
        "http://clinic.example",
        "ftp://localhost",
        "https://LOCALHOST",
        "https://a b",
    ] {
        assert_eq!(RelyingParty::at_origin(origin), None, "{origin}");
    }
    assert_eq!(RelyingParty::at_origin("http://localhost:80").unwrap().id(), "localhost");
}
