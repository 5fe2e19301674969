//! Erasing a person: the log verifies as before, and says nothing of them any more.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use upheld_ledger::Verifier;
use upheld_ledger::{
    Checkpoint, Commitment, Draft, Entry, Log, Opening, PseudonymKey, Salt, Value,
};

use crate::at;

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

//= RFC 2104 §2: HMAC
#[test]
fn commitments_and_pseudonyms_are_hmacs_that_others_compute_alike() {
    let payload = Value::parse(br#"{"b": 1, "a": "x"}"#).unwrap();
    let salt = Salt::from_bytes([3; 32]);
    let mut log = Log::default();
    let key = PseudonymKey::from_bytes([4; 32]);
    let draft = Draft::new(at(0), "a", "k")
        .about(key.name("clinic", "alice"))
        .committing(Commitment::to(&payload, &salt));
    let entry = log.append(&draft).unwrap();
    let base64 = |bytes: &[u8]| data_encoding::BASE64URL_NOPAD.encode(bytes);
    let commitment = base64(&hmac(&[3; 32], br#"{"a":"x","b":1}"#));
    let person = base64(&hmac(&[4; 32], b"\0\0\0\0\0\0\0\x06clinicalice")[..16]);
    let expected = format!(
        r#"{{"actor":"a","at":0,"commitment":"{commitment}","kind":"k","person":"{person}","seq":0}}"#
    );
    assert_eq!(entry.entry(), expected);
}

#[test]
fn erasing_leaves_a_log_that_verifies() {
    let mut random = rand::rngs::SysRng;
    let key = PseudonymKey::generate(&mut random).unwrap();
    let mut log = Log::default();
    let mut kept = Vec::new();
    let mut lines = Vec::new();
    for (number, person) in ["alice", "bob", "alice"].into_iter().enumerate() {
        let payload =
            Value::parse(format!(r#"{{"diagnosis":"{number} of {person}"}}"#).as_bytes()).unwrap();
        let salt = Salt::generate(&mut random).unwrap();
        let draft = Draft::new(at(number as u64), "dr", "note")
            .about(key.name("clinic", person))
            .committing(Commitment::to(&payload, &salt));
        lines.push(log.append(&draft).unwrap());
        kept.push(Some((payload, salt)));
    }
    let checkpoint = Checkpoint::of("clinic", log.tree()).unwrap();

    // Alice goes.
    kept[0] = None;
    kept[2] = None;
    let mut verifier = Verifier::against(vec![checkpoint]);
    for (record, kept) in lines.iter().zip(&kept) {
        verifier.push(record.as_ref()).unwrap();
        let entry = Entry::parse(record.entry().as_bytes()).unwrap();
        let text = record.to_line();
        assert!(!text.contains("alice") && !text.contains("diagnosis"));
        if let Some((payload, salt)) = kept {
            assert_eq!(entry.commitment.unwrap().open(payload, salt), Opening::Matches);
        }
    }
    verifier.finish().unwrap();
    // The same payload under another salt does not open what is left.
    let guess = Value::parse(br#"{"diagnosis":"0 of alice"}"#).unwrap();
    let first = Entry::parse(lines[0].entry().as_bytes()).unwrap().commitment.unwrap();
    assert_eq!(first.open(&guess, &Salt::generate(&mut random).unwrap()), Opening::Differs);
}

#[test]
fn people_of_two_tenants_are_two_people() {
    let key = PseudonymKey::from_bytes([5; 32]);
    assert_ne!(key.name("ab", "c"), key.name("a", "bc"));
    assert_ne!(key.name("a", "b"), key.name("b", "a"));
    assert_ne!(key.name("a", "b"), PseudonymKey::from_bytes([6; 32]).name("a", "b"));
    assert_eq!(key.name("a", "b"), key.clone().name("a", "b"));
}

#[test]
fn salts_and_keys_are_not_shown() {
    let (salt, key) = (Salt::from_bytes([65; 32]), PseudonymKey::from_bytes([65; 32]));
    assert_eq!(format!("{salt:?} {key:?}"), "Salt([redacted]) PseudonymKey([redacted])");
    assert_eq!((salt.expose(), key.expose()), (&[65; 32], &[65; 32]));
}
