//! What the JSON formats share: telling them apart, limits, and strings that are wiped.

use core::fmt;
use core::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, SeqAccess, Visitor};
use zeroize::Zeroizing;

use crate::{Format, ImportError, MAX_ENTRIES};

/// JSON that is not well-formed, or not of the shape that the app writes.
///
/// Has the position alone: `serde_json` puts the offending value into its message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind} at line {line}, column {column}")]
#[non_exhaustive]
pub struct JsonFault {
    /// What is wrong.
    pub kind: JsonFaultKind,
    /// The line, from one.
    pub line: usize,
    /// The column in bytes, from one; zero when it is the end of the line before.
    pub column: usize,
}

/// What is wrong with JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFaultKind {
    /// Not well-formed, or nested more than 128 deep.
    #[error("the text is not JSON")]
    Syntax,
    /// The text ends too soon.
    #[error("the JSON is cut off")]
    CutOff,
    /// A field is missing, given twice, or has another type than the app writes.
    #[error("a field is missing, given twice or of the wrong type")]
    Shape,
}

impl From<serde_json::Error> for JsonFault {
    fn from(error: serde_json::Error) -> Self {
        use serde_json::error::Category;
        let kind = match error.classify() {
            Category::Syntax | Category::Io => JsonFaultKind::Syntax,
            Category::Eof => JsonFaultKind::CutOff,
            Category::Data => JsonFaultKind::Shape,
        };
        Self { kind, line: error.line(), column: error.column() }
    }
}

/// Reads a JSON text whole.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ImportError> {
    Ok(serde_json::from_str(text).map_err(JsonFault::from)?)
}

/// Tells the apps' formats apart by the fields at the top.
pub(crate) fn recognise(text: &str) -> Result<Format, ImportError> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Top {
        db: Option<IgnoredAny>,
        services: Option<IgnoredAny>,
        services_encrypted: Option<IgnoredAny>,
        tokens: Option<IgnoredAny>,
    }
    if text.starts_with('[') {
        return Ok(Format::AndOtp);
    }
    let top: Top = read(text)?;
    match top {
        Top { db: Some(_), services: None, services_encrypted: None, tokens: None } => {
            Ok(Format::Aegis)
        }
        Top { db: None, tokens: None, services, services_encrypted }
            if services.is_some() || services_encrypted.is_some() =>
        {
            Ok(Format::TwoFas)
        }
        Top { db: None, services: None, services_encrypted: None, tokens: Some(_) } => {
            Ok(Format::FreeOtpPlus)
        }
        _ => Err(ImportError::Unrecognised),
    }
}

/// A string that is wiped on drop. `serde_json` wipes no string with escapes; base32 has none.
pub(crate) struct SecretString(pub(crate) Zeroizing<String>);

impl<'de> Deserialize<'de> for SecretString {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = SecretString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret in base32")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<SecretString, E> {
                Ok(SecretString(Zeroizing::new(text.into())))
            }
        }
        from.deserialize_str(Text)
    }
}

/// Bytes written as an array of numbers from −128 to 127, wiped on drop; cut off after 257, of
/// which no secret is made.
pub(crate) struct SecretBytes(pub(crate) Zeroizing<Vec<u8>>);

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = SecretBytes;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a secret as an array of bytes")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<SecretBytes, A::Error> {
                let mut bytes = Zeroizing::new(Vec::with_capacity(257));
                while let Some(byte) = array.next_element::<i8>()? {
                    if bytes.len() < 257 {
                        bytes.push(byte.cast_unsigned());
                    }
                }
                Ok(SecretBytes(bytes))
            }
        }
        from.deserialize_seq(Bytes)
    }
}

/// An array of which [`MAX_ENTRIES`] and one elements are kept; one too many is the sign that
/// there were more.
pub(crate) struct Limited<T>(pub(crate) Vec<T>);

impl<T> Default for Limited<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Limited<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Elements<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
            type Value = Limited<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<Limited<T>, A::Error> {
                let mut elements = Vec::new();
                while elements.len() <= MAX_ENTRIES {
                    let Some(element) = array.next_element()? else {
                        return Ok(Limited(elements));
                    };
                    elements.push(element);
                }
                while array.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Limited(elements))
            }
        }
        from.deserialize_seq(Elements(PhantomData))
    }
}
