//! Buffers that hold secrets while a file is read or written, and the finished outputs.

use core::fmt;
use std::io;

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, Engine, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, DecodeSliceError};
use zeroize::Zeroizing;

/// A text that bears secrets: a file or a URI to hand to another program, or a drawing of one.
///
/// Prints as `[redacted]` and is wiped on drop. Whoever gets hold of the text can sign in: write
/// it only where the person asked for it, readable by them alone.
pub struct SecretDocument(Zeroizing<String>);

impl SecretDocument {
    /// Shows the text, to store it or to put it in front of the person. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDocument([redacted])")
    }
}

/// An image file that bears secrets. Prints as `[redacted]` and is wiped on drop.
pub struct SecretImage(Zeroizing<Vec<u8>>);

impl SecretImage {
    /// Shows the bytes of the file, to send them to the person once. Not for logs.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretImage([redacted])")
    }
}

/// A text under construction that wipes what it outgrows: `String` frees it as it is.
#[derive(Default)]
pub(crate) struct TextBuffer(Zeroizing<String>);

impl TextBuffer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(String::with_capacity(bytes)))
    }

    pub(crate) fn push_all(&mut self, parts: &[&str]) {
        for part in parts {
            self.push(part);
        }
    }

    pub(crate) fn push(&mut self, part: &str) {
        let len = self.0.len().saturating_add(part.len());
        if len > self.0.capacity() {
            let capacity = self.0.capacity().saturating_mul(2).max(len);
            let mut larger = Zeroizing::new(String::with_capacity(capacity));
            larger.push_str(&self.0);
            self.0 = larger;
        }
        self.0.push_str(part);
    }

    pub(crate) fn push_char(&mut self, character: char) {
        self.push(character.encode_utf8(&mut [0; 4]));
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_text(self) -> Zeroizing<String> {
        self.0
    }

    pub(crate) fn into_document(self) -> SecretDocument {
        SecretDocument(self.0)
    }
}

/// Bytes under construction that wipe what they outgrow.
pub(crate) struct ByteBuffer(Zeroizing<Vec<u8>>);

impl ByteBuffer {
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self(Zeroizing::new(Vec::with_capacity(bytes)))
    }

    pub(crate) fn push(&mut self, part: &[u8]) {
        let len = self.0.len().saturating_add(part.len());
        if len > self.0.capacity() {
            let capacity = self.0.capacity().saturating_mul(2).max(len);
            let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
            larger.extend_from_slice(&self.0);
            self.0 = larger;
        }
        self.0.extend_from_slice(part);
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn into_image(self) -> SecretImage {
        SecretImage(self.0)
    }
}

impl io::Write for ByteBuffer {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.push(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The standard alphabet; padding may be left out, since bytes that are there decode alike.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes base64 (RFC 4648 §4), or says at which byte it stops being base64.
pub(crate) fn decode_base64(text: &[u8]) -> Result<Zeroizing<Vec<u8>>, usize> {
    let room = base64::decoded_len_estimate(text.len());
    let mut bytes = Zeroizing::new(vec![0; room]);
    match BASE64.decode_slice(text, &mut bytes) {
        Ok(len) => {
            bytes.truncate(len);
            Ok(bytes)
        }
        Err(DecodeSliceError::DecodeError(
            DecodeError::InvalidByte(at, _) | DecodeError::InvalidLastSymbol { offset: at, .. },
        )) => Err(at),
        Err(_) => Err(text.len()),
    }
}

/// Writes base64 with padding.
pub(crate) fn encode_base64(bytes: &[u8]) -> Zeroizing<String> {
    // Enough for all of it, so that no reallocation leaves a copy behind.
    let room = bytes.len().div_ceil(3).saturating_mul(4);
    let mut text = Zeroizing::new(String::with_capacity(room));
    BASE64.encode_string(bytes, &mut text);
    text
}

/// Writes a character so that it ends neither a text nor an attribute of XML.
pub(crate) fn push_escaped(xml: &mut TextBuffer, character: char) {
    match character {
        '&' => xml.push("&amp;"),
        '<' => xml.push("&lt;"),
        '>' => xml.push("&gt;"),
        '"' => xml.push("&quot;"),
        '\'' => xml.push("&apos;"),
        other => xml.push_char(other),
    }
}
