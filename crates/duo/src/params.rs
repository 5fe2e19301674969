//! The parameters of a call, and the one spelling under which they are signed.

use std::collections::BTreeMap;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

/// Everything but the unreserved characters of RFC 3986 §2.3.
//= RFC 5849 §3.6: letters, digits, `-`, `.`, `_` and `~` are not encoded, all else is
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Pairs of a name and a value. A name may stand in several pairs.
///
/// Values may be passcodes: `Debug` shows the names alone, and values are wiped on drop.
///
/// ```
/// use upheld_duo::Params;
///
/// let params = Params::new().with("username", "root").with("realname", "First Last");
/// assert_eq!(params.canonical().as_str(), "realname=First%20Last&username=root");
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(String, Zeroizing<String>)>);

/// Why a text is no form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// More than any call has.
    #[error("more than {limit} parameters")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// A name or value that is not UTF-8 once decoded.
    #[error("parameter {index} is not UTF-8 once its percent-encoding is undone")]
    Encoding {
        /// Which one, from 0.
        index: usize,
    },
}

impl Params {
    /// The most parameters that are read.
    pub const MAX: usize = 1_000;

    /// No parameters.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a pair.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.push(name, value);
        self
    }

    /// Adds a pair if there is a value.
    #[must_use]
    pub fn with_some(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Adds a pair.
    pub fn push(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), Zeroizing::new(value.to_owned())));
    }

    /// Adds all pairs of another.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first value of `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(other, _)| *other == name).map(|(_, value)| value)
    }

    /// The pairs, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Writes the pairs as they are signed and as they stand in a URI or a form: encoded, and
    /// sorted by encoded name, then encoded value. The order of adding does not matter.
    #[must_use]
    pub fn canonical(&self) -> Zeroizing<String> {
        let encode = |text| encode_into(String::new(), text);
        let mut pairs: Vec<_> = self
            .iter()
            .map(|(name, value)| (encode(name), Zeroizing::new(encode(value))))
            .collect();
        //= RFC 5849 §3.4.1.3.2: pairs are sorted after they are encoded
        pairs.sort_unstable_by(|(a, x), (b, y)| (a, x.as_str()).cmp(&(b, y.as_str())));
        let length = pairs.iter().map(|(name, value)| name.len().saturating_add(value.len()));
        let length = length.fold(pairs.len().saturating_mul(2), usize::saturating_add);
        // Once in its place the text does not move, which would leave a copy of it behind.
        let mut text = Zeroizing::new(String::with_capacity(length));
        for (index, (name, value)) in pairs.iter().enumerate() {
            if index > 0 {
                text.push('&');
            }
            text.push_str(name);
            text.push('=');
            text.push_str(value);
        }
        text
    }

    /// Writes the pairs as a JSON object, names sorted, values as texts; a name of several pairs
    /// has an array.
    #[must_use]
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let mut object: BTreeMap<&str, Values<'_>> = BTreeMap::new();
        for (name, value) in self.iter() {
            object.entry(name).or_default().0.push(value);
        }
        // Once in its place the text does not move, which would leave a copy of it behind. The
        // longest escape, `\u001f`, makes six bytes of one.
        let length = |text: &str| text.len().saturating_mul(6).saturating_add(4);
        let lengths = self.iter().map(|(name, value)| length(name).saturating_add(length(value)));
        let capacity = lengths.fold(2, usize::saturating_add);
        let mut text = Zeroizing::new(Vec::with_capacity(capacity));
        // Writing texts into memory does not fail.
        drop(serde_json::to_writer(&mut *text, &object));
        text
    }

    /// Reads a query or a form: `&` between pairs, `+` or `%20` for a space.
    ///
    /// # Errors
    ///
    /// [`ParamsError`], by position.
    pub fn parse_form(text: &str) -> Result<Self, ParamsError> {
        let mut params = Self::new();
        for (index, pair) in text.split('&').filter(|pair| !pair.is_empty()).enumerate() {
            if index >= Self::MAX {
                return Err(ParamsError::TooMany { limit: Self::MAX });
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let decoded = decode(name).zip(decode(value)).ok_or(ParamsError::Encoding { index })?;
            params.0.push((decoded.0.as_str().to_owned(), decoded.1));
        }
        Ok(params)
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Params")?;
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Percent-encodes one segment of a path or one value.
pub(crate) fn encode(text: &str) -> String {
    encode_into(String::new(), text)
}

fn encode_into(mut to: String, text: &str) -> String {
    // No byte takes more than three: the text is not moved while it grows.
    to.reserve_exact(text.len().saturating_mul(3));
    to.extend(utf8_percent_encode(text, ENCODED));
    to
}

fn decode(text: &str) -> Option<Zeroizing<String>> {
    let spaced = Zeroizing::new(text.replace('+', " "));
    let bytes = percent_decode_str(&spaced).collect::<Vec<u8>>();
    String::from_utf8(bytes).ok().map(Zeroizing::new)
}

/// The values of one name.
#[derive(Default)]
struct Values<'a>(Vec<&'a str>);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [value] => value.serialize(serializer),
            values => values.serialize(serializer),
        }
    }
}
