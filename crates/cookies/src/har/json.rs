//! JSON read forwards from a source, as far as a recording needs it.
//!
//! Most of a recording is bodies, which nobody here looks at: a string that is skipped is searched
//! for its end and not decoded. Separators are not policed; brackets and quotes are.

use std::io::{ErrorKind, Read};

use super::HarError;

/// How much there was of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it is there.
    Whole,
    /// It goes on, and the rest was passed over.
    Cut,
    /// The value is no text.
    None,
}

/// How much is read at a time.
const BUFFER: usize = 64 * 1024;

/// How deep values that are skipped may be nested.
const DEPTH: usize = 128;

/// A reader of JSON.
pub(super) struct Json<R> {
    source: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// How many bytes were taken from the source before those in the buffer.
    before: u64,
}

impl<R: Read> Json<R> {
    pub(super) fn new(source: R) -> Self {
        Self { source, buffer: vec![0; BUFFER].into(), start: 0, end: 0, before: 0 }
    }

    /// Where the next byte stands.
    pub(super) fn at(&self) -> u64 {
        self.before.saturating_add(u64::try_from(self.start).unwrap_or(u64::MAX))
    }

    pub(super) fn truncated(&self) -> HarError {
        HarError::Truncated { at: self.at() }
    }

    pub(super) fn wrong(&self, expected: &'static str) -> HarError {
        HarError::Syntax { at: self.at(), expected }
    }

    /// What is in the buffer; empty at the end of the source.
    fn rest(&mut self) -> Result<&[u8], HarError> {
        if self.start == self.end {
            self.before = self.at();
            (self.start, self.end) = (0, 0);
            self.end = loop {
                match self.source.read(&mut self.buffer) {
                    Ok(read) => break read,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => {
                        return Err(HarError::Read { at: self.before, kind: error.kind() });
                    }
                }
            };
        }
        Ok(self.buffer.get(self.start..self.end).unwrap_or_default())
    }

    fn take(&mut self, bytes: usize) {
        self.start = self.start.saturating_add(bytes).min(self.end);
    }

    /// The next byte, left where it is.
    pub(super) fn peek(&mut self) -> Result<Option<u8>, HarError> {
        Ok(self.rest()?.first().copied())
    }

    /// The next byte.
    pub(super) fn next(&mut self) -> Result<u8, HarError> {
        match self.peek()? {
            Some(byte) => {
                self.take(1);
                Ok(byte)
            }
            None => Err(self.truncated()),
        }
    }

    /// The first byte of the next token, left where it is; separators are passed over.
    pub(super) fn token(&mut self) -> Result<u8, HarError> {
        loop {
            let rest = self.rest()?;
            if rest.is_empty() {
                return Err(self.truncated());
            }
            let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b',' | b':');
            let blanks = rest.iter().take_while(|byte| is_blank(byte)).count();
            let first = rest.get(blanks).copied();
            self.take(blanks);
            if let Some(first) = first {
                return Ok(first);
            }
        }
    }

    /// Enters an object, or skips what is none.
    pub(super) fn enter_object(&mut self) -> Result<bool, HarError> {
        self.enter(b'{')
    }

    /// Enters an array, or skips what is none.
    pub(super) fn enter_array(&mut self) -> Result<bool, HarError> {
        self.enter(b'[')
    }

    fn enter(&mut self, bracket: u8) -> Result<bool, HarError> {
        if self.token()? == bracket {
            self.take(1);
            return Ok(true);
        }
        self.skip()?;
        Ok(false)
    }

    /// Reads the next key of the object that was entered; `false` at its end.
    ///
    /// A key that is longer than any that is known comes cut.
    pub(super) fn key(&mut self, key: &mut Vec<u8>) -> Result<bool, HarError> {
        const LONGEST: usize = 64;
        match self.token()? {
            b'}' => {
                self.take(1);
                Ok(false)
            }
            b'"' => {
                self.string(key, LONGEST)?;
                if self.token_after_key()? == b':' {
                    return Ok(true);
                }
                Err(self.wrong("a colon after a key"))
            }
            _ => Err(self.wrong("a key in quotes, or }")),
        }
    }

    /// The first byte after a key that is no blank.
    fn token_after_key(&mut self) -> Result<u8, HarError> {
        loop {
            match self.next()? {
                b' ' | b'\t' | b'\n' | b'\r' => {}
                byte => return Ok(byte),
            }
        }
    }

    /// Whether the array that was entered has another item; leaves it at its end.
    pub(super) fn item(&mut self) -> Result<bool, HarError> {
        if self.token()? == b']' {
            self.take(1);
            return Ok(false);
        }
        Ok(true)
    }

    /// Reads a string, as far as `limit` bytes. A value that is no string leaves `text` empty.
    pub(super) fn text(&mut self, text: &mut Vec<u8>, limit: usize) -> Result<Extent, HarError> {
        text.clear();
        if self.token()? == b'"' {
            return self.string(text, limit);
        }
        self.skip()?;
        Ok(Extent::None)
    }

    fn string(&mut self, text: &mut Vec<u8>, limit: usize) -> Result<Extent, HarError> {
        text.clear();
        self.take(1);
        loop {
            let rest = self.rest()?;
            if rest.is_empty() {
                return Err(self.truncated());
            }
            let found = memchr::memchr2(b'"', b'\\', rest);
            let plain = rest.get(..found.unwrap_or(rest.len())).unwrap_or_default();
            let room = limit.saturating_sub(text.len());
            let fits = plain.len() <= room;
            text.extend_from_slice(plain.get(..room.min(plain.len())).unwrap_or_default());
            let passed = plain.len();
            self.take(passed);
            if !fits {
                self.skip_string()?;
                return Ok(Extent::Cut);
            }
            if found.is_some() {
                if self.next()? == b'"' {
                    return Ok(Extent::Whole);
                }
                let mut bytes = [0; 4];
                let decoded = self.escape()?.encode_utf8(&mut bytes);
                if text.len().saturating_add(decoded.len()) > limit {
                    self.skip_string()?;
                    return Ok(Extent::Cut);
                }
                text.extend_from_slice(decoded.as_bytes());
            }
        }
    }

    /// What stands after a backslash. Half of a pair of surrogates is U+FFFD.
    fn escape(&mut self) -> Result<char, HarError> {
        Ok(match self.next()? {
            b'b' => '\u{8}',
            b'f' => '\u{C}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            byte @ (b'"' | b'\\' | b'/') => char::from(byte),
            b'u' => return self.unicode_escape(),
            _ => return Err(self.wrong("an escape that JSON has")),
        })
    }

    fn unicode_escape(&mut self) -> Result<char, HarError> {
        let first = self.four_digits()?;
        if !(0xD800..0xDC00).contains(&first) {
            return Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        // The other half follows, or this one stands alone.
        if self.peek()? != Some(b'\\') {
            return Ok(char::REPLACEMENT_CHARACTER);
        }
        self.take(1);
        if self.peek()? != Some(b'u') {
            // One escape is read in place of two; both would be one character each.
            return self.escape();
        }
        self.take(1);
        let second = self.four_digits()?;
        let pair = char::decode_utf16([first, second].map(|half| u16::try_from(half).unwrap_or(0)));
        Ok(pair.flatten().next().unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn four_digits(&mut self) -> Result<u32, HarError> {
        let mut number = 0_u32;
        for _ in 0..4 {
            let digit = char::from(self.next()?).to_digit(16);
            let digit = digit.ok_or_else(|| self.wrong("four hexadecimal digits"))?;
            number = number.saturating_mul(16).saturating_add(digit);
        }
        Ok(number)
    }

    /// Passes over the rest of a string.
    fn skip_string(&mut self) -> Result<(), HarError> {
        loop {
            let rest = self.rest()?;
            if rest.is_empty() {
                return Err(self.truncated());
            }
            let found = memchr::memchr2(b'"', b'\\', rest);
            let passed = found.unwrap_or(rest.len());
            self.take(passed);
            if found.is_some() {
                if self.next()? == b'"' {
                    return Ok(());
                }
                self.next()?;
            }
        }
    }

    /// Reads a whole number; `None` for anything else.
    pub(super) fn number(&mut self) -> Result<Option<i64>, HarError> {
        let first = self.token()?;
        if !(first == b'-' || first.is_ascii_digit()) {
            self.skip()?;
            return Ok(None);
        }
        let mut text = Vec::new();
        while let Some(byte) = self.peek()? {
            if !is_of_word(byte) {
                break;
            }
            if text.len() < 32 {
                text.push(byte);
            }
            self.take(1);
        }
        let whole = text.split(|byte| *byte == b'.').next().unwrap_or_default();
        Ok(str::from_utf8(whole).ok().and_then(|text| text.parse().ok()))
    }

    /// Reads `true` or `false`; anything else is `false`.
    pub(super) fn flag(&mut self) -> Result<bool, HarError> {
        let is_true = self.token()? == b't';
        self.skip()?;
        Ok(is_true)
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self) -> Result<(), HarError> {
        // A bit to each level, set for an object.
        let (mut objects, mut depth) = (0_u128, 0_usize);
        loop {
            match self.token()? {
                b'"' => {
                    self.take(1);
                    self.skip_string()?;
                }
                bracket @ (b'{' | b'[') => {
                    if depth == DEPTH {
                        return Err(HarError::TooDeep { at: self.at(), limit: DEPTH });
                    }
                    depth = depth.saturating_add(1);
                    objects = objects << 1 | u128::from(bracket == b'{');
                    self.take(1);
                }
                bracket @ (b'}' | b']') => {
                    if depth == 0 || (objects & 1 == 1) != (bracket == b'}') {
                        return Err(self.wrong("a value"));
                    }
                    depth = depth.saturating_sub(1);
                    objects >>= 1;
                    self.take(1);
                }
                byte if is_of_word(byte) => self.skip_word()?,
                _ => return Err(self.wrong("a value")),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn skip_word(&mut self) -> Result<(), HarError> {
        loop {
            let rest = self.rest()?;
            let word = rest.iter().take_while(|byte| is_of_word(**byte)).count();
            let ends = word < rest.len() || rest.is_empty();
            self.take(word);
            if ends {
                return Ok(());
            }
        }
    }
}

/// Whether a byte is of a number, `true`, `false` or `null`.
const fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}
