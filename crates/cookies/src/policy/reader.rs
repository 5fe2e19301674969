//! From the file as it is written to what it means, with everything that is wrong on the way.

use std::collections::HashMap;

use super::error::{Fault, PolicyError, Problem};
use super::name::DomainPattern;
use super::place::{Lines, Places, element, member};
use super::word::{Word, expected, expected_of};
use super::{Lifetime, Place};
use crate::Day;

/// The most problems that are told at once.
const MOST_PROBLEMS: usize = 64;

/// A place in the file that is being read, and what was found wrong so far.
pub(super) struct Reader<'a> {
    lines: Lines<'a>,
    places: Places,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, places: Places) -> Self {
        Self { lines: Lines::of(text), places, problems: Vec::new() }
    }

    pub(super) fn finish<T>(self, read: T) -> Result<T, PolicyError> {
        if self.is_clean() { Ok(read) } else { Err(self.into_error()) }
    }

    pub(super) fn into_error(self) -> PolicyError {
        PolicyError::of(self.problems)
    }

    pub(super) fn place(&self, path: &str) -> Place {
        self.lines.place(self.places.byte(path))
    }

    /// Whether nothing was found wrong so far.
    pub(super) const fn is_clean(&self) -> bool {
        self.problems.is_empty()
    }

    pub(super) fn fault(&mut self, path: &str, fault: Fault) {
        if self.problems.len() < MOST_PROBLEMS {
            let place = self.place(path);
            self.problems.push(Problem { place, path: path.to_owned(), fault });
        }
    }

    pub(super) fn check(&mut self, is_right: bool, path: &str, fault: impl FnOnce() -> Fault) {
        // What a fault says may take time, and is not worked out where nobody is told.
        if !is_right && self.problems.len() < MOST_PROBLEMS {
            self.fault(path, fault());
        }
    }

    pub(super) fn word<W: Word>(&mut self, path: &str, given: &str) -> Option<W> {
        let found = W::of_word(given);
        self.check(found.is_some(), path, || Fault::Word {
            what: W::WHAT,
            given: shown(given),
            expected: expected::<W>(given),
        });
        found
    }

    pub(super) fn word_or<W: Word>(&mut self, path: &str, given: Option<&str>, other: W) -> W {
        given.and_then(|given| self.word(path, given)).unwrap_or(other)
    }

    pub(super) fn words<W: Word>(&mut self, path: &str, given: &[String]) -> Vec<W> {
        self.each(path, given, |reader, path, word| reader.word(path, word))
    }

    /// Reads each element; those that are wrong are left out.
    pub(super) fn each<G, T>(
        &mut self,
        path: &str,
        given: &[G],
        mut read: impl FnMut(&mut Self, &str, &G) -> Option<T>,
    ) -> Vec<T> {
        let numbered = given.iter().enumerate();
        numbered.filter_map(|(index, given)| read(self, &element(path, index), given)).collect()
    }

    pub(super) fn day(&mut self, path: &str, given: Option<&str>) -> Option<Day> {
        let read = Day::parse(given?);
        if let Err(error) = read {
            self.fault(path, Fault::Day(error));
        }
        read.ok()
    }

    pub(super) fn lifetime(&mut self, path: &str, given: Option<&str>) -> Option<Lifetime> {
        let given = given?;
        let read = Lifetime::parse(given);
        let also = ", or session, or until-deleted";
        self.check(read.is_some(), path, || Fault::Duration { given: shown(given), also });
        read
    }

    pub(super) fn seconds(&mut self, path: &str, given: Option<&str>, other: u64) -> u64 {
        let Some(given) = given else { return other };
        let read = Lifetime::parse(given).and_then(Lifetime::as_seconds);
        self.check(read.is_some(), path, || Fault::Duration { given: shown(given), also: "" });
        read.unwrap_or(other)
    }

    pub(super) fn domains(&mut self, path: &str, given: &[String]) -> Vec<DomainPattern> {
        self.each(path, given, |reader, path, domain| {
            let read = DomainPattern::parse(domain);
            reader.check(read.is_some(), path, || Fault::Domain { given: shown(domain) });
            read
        })
    }

    pub(super) fn paths(&mut self, path: &str, given: &[String]) -> Vec<String> {
        self.each(path, given, |reader, path, text| {
            let is_path = text.starts_with('/') && !text.contains(';') && text.is_ascii();
            let is_path = is_path && !text.bytes().any(|byte| byte.is_ascii_control());
            reader.check(is_path, path, || Fault::Path);
            is_path.then(|| text.clone())
        })
    }

    pub(super) fn address(&mut self, path: &str, given: Option<&String>) -> Option<String> {
        let given = given?;
        let is_near = given.starts_with('/') && !given.starts_with("//");
        let begins = given.starts_with("https://") || is_near;
        let is_clean = !given.chars().any(|char| char.is_whitespace() || char.is_control());
        self.check(begins && is_clean, path, || Fault::Address);
        (begins && is_clean).then(|| given.clone())
    }

    pub(super) fn reference(
        &mut self,
        path: &str,
        what: &'static str,
        given: &str,
        known: &Names,
    ) -> Option<String> {
        let is_known = known.contains(given);
        self.check(is_known, path, || {
            let expected = if known.is_empty() {
                "the file has none".to_owned()
            } else {
                expected_of(given, known.all())
            };
            Fault::Reference { what, given: shown(given), expected }
        });
        is_known.then(|| given.to_owned())
    }

    pub(super) fn references(
        &mut self,
        path: &str,
        what: &'static str,
        given: &[String],
        known: &Names,
    ) -> Vec<String> {
        self.each(path, given, |reader, path, given| reader.reference(path, what, given, known))
    }
}

/// What the file gives an id to, in its order.
#[derive(Debug, Default)]
pub(super) struct Names {
    order: Vec<String>,
    lines: HashMap<String, u32>,
}

impl Names {
    /// The ids in an array, each at `path[index].id`.
    pub(super) fn of<'g>(
        reader: &mut Reader<'_>,
        path: &str,
        what: &'static str,
        ids: impl Iterator<Item = &'g String>,
    ) -> Self {
        let mut names = Self::default();
        for (index, id) in ids.enumerate() {
            let at = member(&element(path, index), "id");
            let is_of_id =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
            let is_id = (1..=64).contains(&id.len()) && id.bytes().all(is_of_id);
            reader.check(is_id, &at, || Fault::Id);
            let line = reader.place(&at).line;
            if let Some(line) = names.add(id, line) {
                reader.fault(&at, Fault::Duplicate { what, given: shown(id), line });
            }
        }
        names
    }

    /// Adds a name, and returns the line of the one before it.
    pub(super) fn add(&mut self, name: &str, line: u32) -> Option<u32> {
        if let Some(line) = self.lines.get(name) {
            return Some(*line);
        }
        self.order.push(name.to_owned());
        self.lines.insert(name.to_owned(), line);
        None
    }

    fn contains(&self, name: &str) -> bool {
        self.lines.contains_key(name)
    }

    fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(String::as_str)
    }
}

/// The beginning of a text, for a message.
fn shown(text: &str) -> String {
    let clean = |char: char| if char.is_control() { '\u{FFFD}' } else { char };
    text.chars().map(clean).take(60).collect()
}
