//! Writing a container.

use upheld_totp::{Algorithm, Factor, KeyUri};

use super::cipher::Sealed;
use crate::export::{ExportError, Parameter};
use crate::wiped::{TextBuffer, encode_base64, push_escaped};
use crate::{Credential, Entry, SecretDocument};

/// What an encrypted container says about its keys.
pub(super) struct Head<'a> {
    pub(super) key_name: &'a str,
    pub(super) mac_key: Vec<u8>,
}

/// Writes the entries; `seal` encrypts a secret, or leaves it in the clear.
pub(super) fn container(
    entries: &[Entry],
    mut seal: impl FnMut(&[u8]) -> Result<Option<Sealed>, ExportError>,
    head: Option<&Head<'_>>,
) -> Result<SecretDocument, ExportError> {
    let room = entries.len().saturating_mul(900).saturating_add(1_200);
    let mut xml = TextBuffer::with_capacity(room);
    xml.push(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\"",
    ));
    match head {
        None => xml.push(">\n"),
        Some(head) => push_head(&mut xml, head),
    }
    for (index, entry) in entries.iter().enumerate() {
        let unsupported = |parameter| ExportError::Unsupported { index, parameter };
        let Credential::Otp(uri) = &entry.credential else {
            return Err(unsupported(Parameter::Type));
        };
        let sealed = seal(uri.secret.expose())?;
        push_key(&mut xml, index, uri, sealed.as_ref()).map_err(unsupported)?;
    }
    xml.push("</KeyContainer>\n");
    Ok(xml.into_document())
}

fn push_head(xml: &mut TextBuffer, head: &Head<'_>) {
    xml.push(concat!(
        " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
        " xmlns:xenc=\"http://www.w3.org/2001/04/xmlenc#\">\n",
        "  <EncryptionKey><ds:KeyName>",
    ));
    for character in head.key_name.chars() {
        push_escaped(xml, if is_xml(character) { character } else { '\u{fffd}' });
    }
    xml.push(concat!(
        "</ds:KeyName></EncryptionKey>\n",
        "  <MACMethod Algorithm=\"http://www.w3.org/2000/09/xmldsig#hmac-sha1\">\n    <MACKey>",
    ));
    push_cipher(xml, &head.mac_key);
    xml.push("</MACKey>\n  </MACMethod>\n");
}

//= XML Encryption §3.1, §5.2: the method, then initialisation vector and ciphertext as base64
fn push_cipher(xml: &mut TextBuffer, ciphertext: &[u8]) {
    xml.push(concat!(
        "<xenc:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes128-cbc\"/>",
        "<xenc:CipherData><xenc:CipherValue>",
    ));
    xml.push(&encode_base64(ciphertext));
    xml.push("</xenc:CipherValue></xenc:CipherData>");
}

//= RFC 6030 §11: the order of the elements within a key
fn push_key(
    xml: &mut TextBuffer,
    index: usize,
    uri: &KeyUri,
    sealed: Option<&Sealed>,
) -> Result<(), Parameter> {
    let number = index.saturating_add(1).to_string();
    let (kind, element, value) = match uri.factor {
        Factor::Totp { period } => {
            let seconds = i32::try_from(period.as_seconds()).map_err(|_| Parameter::Period)?;
            ("totp", "TimeInterval", i64::from(seconds))
        }
        Factor::Hotp { counter } => {
            let counter = i64::try_from(counter.0).map_err(|_| Parameter::Counter)?;
            ("hotp", "Counter", counter)
        }
    };
    xml.push_all(&["  <KeyPackage>\n    <Key Id=\"", &number]);
    xml.push_all(&["\" Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:", kind, "\">\n"]);
    if let Some(issuer) = uri.label.issuer() {
        push_name(xml, "Issuer", issuer)?;
    }
    xml.push("      <AlgorithmParameters>\n");
    match uri.algorithm {
        Algorithm::Sha1 => {}
        Algorithm::Sha256 => xml.push("        <Suite>HMAC-SHA256</Suite>\n"),
        Algorithm::Sha512 => xml.push("        <Suite>HMAC-SHA512</Suite>\n"),
    }
    let digits = uri.digits.count().to_string();
    xml.push_all(&["        <ResponseFormat Length=\"", &digits, "\" Encoding=\"DECIMAL\"/>\n"]);
    xml.push("      </AlgorithmParameters>\n");
    push_name(xml, "FriendlyName", uri.label.account())?;
    xml.push("      <Data>\n        <Secret>");
    match sealed {
        None => {
            xml.push_all(&["<PlainValue>", &encode_base64(uri.secret.expose()), "</PlainValue>"]);
        }
        Some(Sealed { ciphertext, mac }) => {
            xml.push("<EncryptedValue>");
            push_cipher(xml, ciphertext);
            xml.push_all(&["</EncryptedValue><ValueMAC>", &encode_base64(mac), "</ValueMAC>"]);
        }
    }
    let value = value.to_string();
    xml.push_all(&["</Secret>\n        <", element, "><PlainValue>", &value]);
    xml.push_all(&["</PlainValue></", element, ">\n      </Data>\n    </Key>\n  </KeyPackage>\n"]);
    Ok(())
}

fn push_name(xml: &mut TextBuffer, element: &str, name: &str) -> Result<(), Parameter> {
    xml.push_all(&["      <", element, ">"]);
    for character in name.chars() {
        if !is_xml(character) {
            return Err(Parameter::Name);
        }
        push_escaped(xml, character);
    }
    xml.push_all(&["</", element, ">\n"]);
    Ok(())
}

//= XML 1.0 §2.2: two code points above the surrogates are no characters, nor are most controls
fn is_xml(character: char) -> bool {
    !matches!(character, '\u{fffe}' | '\u{ffff}') && !character.is_control()
}
