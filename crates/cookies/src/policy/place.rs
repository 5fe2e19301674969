//! Where in the file a thing stands.

use std::collections::HashMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in a policy file, both counted from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a place is a line and a column")]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl Place {
    /// The first character of a file.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte of `text`.
    pub(super) fn of(text: &str, byte: usize) -> Self {
        Lines::of(text).place(byte)
    }
}

/// A text in which places are found in a few steps each, however many are asked for.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a str,
    /// Where each line begins.
    starts: Vec<usize>,
    /// How many characters stand before each block.
    before: Vec<usize>,
}

impl<'a> Lines<'a> {
    const BLOCK: usize = 256;

    pub(super) fn of(text: &'a str) -> Self {
        let after = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at.saturating_add(1));
        let mut before = Vec::new();
        let mut count = 0_usize;
        for block in text.as_bytes().chunks(Self::BLOCK) {
            before.push(count);
            count = count.saturating_add(characters(block));
        }
        Self { text, starts: core::iter::once(0).chain(after).collect(), before }
    }

    /// The place of a byte.
    pub(super) fn place(&self, byte: usize) -> Place {
        let byte = byte.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= byte);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let column = self.characters_before(byte).saturating_sub(self.characters_before(start));
        let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
        Place { line: number(line), column: number(column.saturating_add(1)) }
    }

    fn characters_before(&self, byte: usize) -> usize {
        let block = byte.checked_div(Self::BLOCK).unwrap_or_default();
        // At the end of a text of whole blocks there is no further one.
        let block = block.min(self.before.len().saturating_sub(1));
        let rest = self.text.as_bytes().get(block.saturating_mul(Self::BLOCK)..byte);
        let before = self.before.get(block).copied().unwrap_or_default();
        before.saturating_add(characters(rest.unwrap_or_default()))
    }
}

/// How many characters begin in some bytes of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count()
}

/// The places of all values of a file by their path, such as `item[3].basis.uk`.
#[derive(Debug, Default)]
pub(super) struct Places {
    bytes: HashMap<String, usize>,
}

impl Places {
    /// The places in TOML; none where it is none.
    pub(super) fn of_toml(text: &str) -> Self {
        let mut places = Self::default();
        if let Ok(table) = DeTable::parse(text) {
            places.add_table("", table.get_ref());
        }
        places
    }

    fn add_table(&mut self, path: &str, table: &DeTable<'_>) {
        for (key, value) in table {
            let path = member(path, key.get_ref());
            self.add(&path, key.span().start, value);
        }
    }

    fn add(&mut self, path: &str, key_at: usize, value: &Spanned<DeValue<'_>>) {
        match value.get_ref() {
            DeValue::Table(table) => {
                self.bytes.insert(path.to_owned(), key_at);
                self.add_table(path, table);
            }
            DeValue::Array(values) => {
                self.bytes.insert(path.to_owned(), key_at);
                for (index, value) in values.iter().enumerate() {
                    self.add(&element(path, index), value.span().start, value);
                }
            }
            _ => {
                self.bytes.insert(path.to_owned(), value.span().start);
            }
        }
    }

    /// The places in JSON that was read already; none where it is none.
    pub(super) fn of_json(text: &str) -> Self {
        let mut places = Self::default();
        let mut json = Json { text, at: 0 };
        json.value("", &mut places);
        places
    }

    /// The byte of the longest beginning of `path` that the file has.
    pub(super) fn byte(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(at) = self.bytes.get(path) {
                return *at;
            }
            match path.rfind(['.', '[']) {
                Some(end) => path = path.get(..end).unwrap_or_default(),
                None => return 0,
            }
        }
    }
}

/// The path of a member.
pub(super) fn member(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// The path of an element.
pub(super) fn element(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

/// A walk through JSON that is known to be well formed, and so no deeper than its reader goes.
struct Json<'a> {
    text: &'a str,
    at: usize,
}

impl Json<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
        self.at = self.at.saturating_add(blank);
        self.text.as_bytes().get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn value(&mut self, path: &str, places: &mut Places) {
        let first = self.peek();
        places.bytes.insert(path.to_owned(), self.at);
        match first {
            Some(b'{') => self.members(path, places),
            Some(b'[') => self.elements(path, places),
            Some(b'"') => drop(self.string()),
            _ => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let length = rest.find([',', ']', '}', ' ', '\t', '\r', '\n']);
                self.at = self.at.saturating_add(length.unwrap_or(rest.len()));
            }
        }
    }

    fn members(&mut self, path: &str, places: &mut Places) {
        self.step();
        while self.peek() == Some(b'"') {
            let key = self.string();
            if self.peek() == Some(b':') {
                self.step();
            }
            self.value(&member(path, &key), places);
            if self.peek() == Some(b',') {
                self.step();
            }
        }
        self.step();
    }

    fn elements(&mut self, path: &str, places: &mut Places) {
        self.step();
        let mut index = 0_usize;
        while self.peek().is_some_and(|byte| byte != b']') {
            let before = self.at;
            self.value(&element(path, index), places);
            index = index.saturating_add(1);
            if self.peek() == Some(b',') {
                self.step();
            }
            if self.at == before {
                return;
            }
        }
        self.step();
    }

    /// The text between quotes, as it is written.
    fn string(&mut self) -> String {
        self.step();
        let start = self.at;
        while let Some(byte) = self.text.as_bytes().get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.at = self.at.saturating_add(2),
                _ => self.step(),
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default().to_owned();
        self.step();
        text
    }
}
