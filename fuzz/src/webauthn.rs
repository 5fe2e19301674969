//! What a security key and a browser say.

use serde_json::Value;
use upheld_duo_sim::webauthn::{
    AttestationObject, AuthenticatorData, Challenge, Registration, RelyingParty,
};

/// W3C, Web Authentication Level 3, section 16.2: a registration, and what it was asked.
const OBJECT: &[u8] = include_bytes!("../corpus/webauthn/none-es256-object");
const CHALLENGE: &str = "AMMPt4UxxGTStncdq417YDwBFi8vpIa-pw8oOuVW4TA";

/// By the first byte, reads the rest as an attestation object, authenticator data or client data.
/// Nothing is left over and nothing is missing in what is read, and a browser is believed only if
/// it says what it was asked.
pub fn webauthn(data: &[u8]) {
    let Some((kind, data)) = data.split_first() else { return };
    match kind % 3 {
        0 => whole(data, |data| AttestationObject::parse(data).is_ok()),
        1 => {
            whole(data, |data| AuthenticatorData::parse(data).is_ok());
            identifier(data);
        }
        _ => client_data(data),
    }
}

/// What is read has no end but its own.
fn whole(data: &[u8], is_read: impl Fn(&[u8]) -> bool) {
    if !is_read(data) {
        return;
    }
    for end in [0, data.len() / 2, data.len().saturating_sub(1)] {
        assert!(!is_read(&data[..end]), "{end} of {} bytes", data.len());
    }
    assert!(!is_read(&[data, &[0]].concat()));
}

/// The identifier of a credential stands where §6.5.1 says.
fn identifier(data: &[u8]) {
    let Ok(read) = AuthenticatorData::parse(data) else { return };
    let has_credential = data[32] & 0x40 != 0;
    assert_eq!(read.credential().is_some(), has_credential);
    if let Some(credential) = read.credential() {
        let length = usize::from(u16::from_be_bytes([data[53], data[54]]));
        assert!(length <= 1_023);
        assert_eq!(credential.aaguid, data[37..53]);
        assert_eq!(credential.id, data[55..55 + length]);
    }
}

fn client_data(data: &[u8]) {
    let website = RelyingParty::at_origin("https://example.org").expect("it is one");
    let asked = data_encoding::BASE64URL_NOPAD.decode(CHALLENGE.as_bytes()).expect("base64url");
    let registration =
        Registration { client_data: data.to_vec(), attestation_object: OBJECT[1..].to_vec() };
    let is_believed = website.register(Challenge::from_bytes(&asked), &registration).is_ok();
    if is_believed {
        let text = String::from_utf8_lossy(data);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let said: Value = serde_json::from_str(text).expect("believed");
        assert_eq!(said["type"], "webauthn.create");
        assert_eq!(said["challenge"], CHALLENGE);
        assert_eq!(said["origin"], "https://example.org");
        assert!(matches!(said.get("crossOrigin"), None | Some(Value::Bool(false))));
        assert!(matches!(said.get("topOrigin"), None | Some(Value::Null)));
    }
}
