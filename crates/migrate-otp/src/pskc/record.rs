//! What a container says, before anything is decrypted or checked.

use zeroize::Zeroizing;

use super::PreSharedKey;
use super::cipher::Keys;
use super::fault::{ContainerFault, KeyFault};
use crate::wiped::{ByteBuffer, decode_base64};

#[derive(Default)]
pub(super) struct Container {
    /// Whether the encryption key is anything but a named pre-shared one.
    pub(super) other_key: bool,
    /// Whether the MAC is HMAC-SHA-1, if there is one.
    pub(super) hmac_sha1: Option<bool>,
    pub(super) mac_key: Value,
    pub(super) keys: Vec<Record>,
    pub(super) signed: bool,
}

#[derive(Default)]
pub(super) struct Record {
    pub(super) algorithm: Option<String>,
    pub(super) id: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) issuer: Option<String>,
    pub(super) friendly_name: Option<String>,
    pub(super) user_id: Option<String>,
    pub(super) suite: Option<String>,
    pub(super) response: Option<Response>,
    pub(super) secret: Value,
    pub(super) counter: Value,
    pub(super) time: Value,
    pub(super) interval: Value,
    pub(super) drift: Value,
    pub(super) policy: bool,
}

#[derive(Default)]
pub(super) struct Response {
    pub(super) length: Option<String>,
    pub(super) encoding: Option<String>,
    pub(super) check_digits: Option<String>,
}

/// A value in the clear, or encrypted with its MAC; or absent.
#[derive(Default)]
pub(super) struct Value {
    pub(super) plain: Option<Zeroizing<String>>,
    pub(super) cipher: Option<Zeroizing<String>>,
    /// Whether the encryption is AES-128-CBC, if it is named.
    pub(super) aes_128_cbc: Option<bool>,
    pub(super) mac: Option<Zeroizing<String>>,
}

impl Container {
    pub(super) fn is_encrypted(&self) -> bool {
        self.keys.iter().flat_map(Record::values).any(Value::is_encrypted)
    }

    pub(super) const fn key_needed(&self) -> ContainerFault {
        if self.other_key { ContainerFault::Unsupported } else { ContainerFault::KeyNeeded }
    }

    pub(super) fn keys(&self, key: &PreSharedKey) -> Result<Keys, ContainerFault> {
        if self.other_key {
            return Err(ContainerFault::Unsupported);
        }
        if self.hmac_sha1 != Some(true) {
            return Err(ContainerFault::MacMethod);
        }
        let cipher = self.mac_key.cipher.as_ref().ok_or(ContainerFault::MacKeyMissing)?;
        if self.mac_key.aes_128_cbc != Some(true) {
            return Err(ContainerFault::MacKey);
        }
        let cipher = decode(cipher).map_err(|_| ContainerFault::MacKey)?;
        Keys::open(key, &cipher).map_err(|_| ContainerFault::MacKey)
    }
}

impl Record {
    const fn values(&self) -> [&Value; 5] {
        [&self.secret, &self.counter, &self.time, &self.interval, &self.drift]
    }
}

impl Value {
    pub(super) const fn is_encrypted(&self) -> bool {
        self.cipher.is_some()
    }

    pub(super) const fn is_absent(&self) -> bool {
        self.plain.is_none() && self.cipher.is_none()
    }

    /// The bytes of an encrypted value.
    pub(super) fn decrypt(&self, keys: Option<&Keys>) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
        let (Some(cipher), None) = (&self.cipher, &self.plain) else {
            return Err(KeyFault::Value);
        };
        let keys = keys.ok_or(KeyFault::Value)?;
        if self.aes_128_cbc != Some(true) {
            return Err(KeyFault::Cipher);
        }
        let mac = decode(self.mac.as_ref().ok_or(KeyFault::MacMissing)?)?;
        keys.decrypt(&decode(cipher)?, &mac)
    }
}

/// Decodes the base64 of an XML document, which may be broken into lines.
pub(super) fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyFault> {
    let mut symbols = ByteBuffer::with_capacity(text.len());
    for part in text.split_ascii_whitespace() {
        symbols.push(part.as_bytes());
    }
    decode_base64(symbols.as_slice()).map_err(|_| KeyFault::Base64)
}
