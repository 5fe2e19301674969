//! Recordings of HTTP traffic (HAR 1.1 and 1.2), read as a stream.
//!
//! A recording may have gigabytes, most of them bodies. [`Har`] reads it once, from front to back,
//! and holds one entry at a time. What it reads of an entry is what cookies and beacons are told
//! by; bodies are passed over but for their first bytes.
//!
//! Browsers, Playwright, `WebPageTest` and proxies each write the format in their own way. A byte
//! order mark, a call around the whole (JSONP), a missing version, several `Set-Cookie` fields
//! joined by line ends, `cookies` lists that contradict the header fields: all of it is read. What
//! is *not* taken is a recording that has no cookies because somebody took them out, as Chrome does
//! unless it is asked: see [`Recording::usability`].
//!
//! # Source
//!
//! HTTP Archive (HAR) format 1.2, W3C Web Performance Working Group, historical draft.

use core::fmt;
use std::io::{ErrorKind, Read};

mod entry;
mod json;
mod moment;
mod read;
mod recording;

pub use entry::{CookieSource, Entry};
pub use moment::UnixMillis;
pub use recording::{Page, Recording, Unusable};

use json::Json;

/// The most bytes that are read of a text, such as an address; the rest is passed over.
pub const MAX_TEXT: usize = 64 * 1024;

/// The most bytes of a `Cookie` or `Set-Cookie` header field's value, joined ones together.
pub const MAX_COOKIES: usize = 1024 * 1024;

/// How many characters of a body are read.
pub const MAX_BODY_START: usize = 256;

/// The most pages that are remembered.
pub const MAX_PAGES: usize = 10_000;

/// The most bytes of a page's name and title.
const MAX_TITLE: usize = 1024;

/// Why a recording cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HarError {
    /// The source failed.
    #[error("reading failed at byte {at}: {kind}")]
    Read {
        /// Where.
        at: u64,
        /// How.
        kind: ErrorKind,
    },
    /// There is nothing.
    #[error("the file is empty")]
    Empty,
    /// It is something else.
    #[error("this is {what}, and a recording is JSON text in UTF-8; {hint}")]
    OtherFormat {
        /// What it is.
        what: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// It ends before it should.
    #[error("the file ends at byte {at}, in the middle of the recording")]
    Truncated {
        /// Where.
        at: u64,
    },
    /// It is no JSON.
    #[error("byte {at} is no JSON; expected {expected}")]
    Syntax {
        /// Where.
        at: u64,
        /// What would be right.
        expected: &'static str,
    },
    /// Its values are nested too deep.
    #[error("at byte {at} values are nested deeper than {limit} levels")]
    TooDeep {
        /// Where.
        at: u64,
        /// How deep they may be.
        limit: usize,
    },
    /// A header field has too many bytes.
    #[error("the cookies before byte {at} have too many bytes; a field may have {MAX_COOKIES}")]
    TooLong {
        /// Where it ends.
        at: u64,
    },
    /// There is no object `log`.
    #[error("there is no object \"log\", which a recording consists of")]
    NoLog,
    /// There is no array `entries`.
    #[error("\"log\" has no array \"entries\"")]
    NoEntries,
    /// Something follows the recording.
    #[error("something follows the recording at byte {at}; give each its own file")]
    Trailing {
        /// Where.
        at: u64,
    },
}

/// A reader of one recording: an iterator over its entries.
///
/// ```
/// use upheld_cookies::har::Har;
///
/// let file = br#"{ "log": { "version": "1.2", "entries": [ {
///     "startedDateTime": "2026-11-27T12:00:00.250Z",
///     "request": { "method": "GET", "url": "https://clinic.example/", "headers": [] },
///     "response": { "status": 200, "headers": [
///         { "name": "Set-Cookie", "value": "a=1; Path=/\nb=2; Path=/" }
///     ], "content": { "size": 5, "mimeType": "text/html", "text": "hello" } }
/// } ] } }"#;
/// let mut har = Har::new(&file[..]);
/// let entry = har.next().ok_or("no entry")??;
/// assert_eq!((entry.url(), entry.set_cookies().len()), ("https://clinic.example/", 2));
/// assert!(har.next().is_none());
/// assert_eq!(har.recording().usability(), Ok(()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// After an error the iterator is at its end.
pub struct Har<R> {
    json: Json<R>,
    place: Place,
    recording: Recording,
    key: Vec<u8>,
    text: Vec<u8>,
}

/// Where the reader stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Start,
    Log,
    Entries,
    End,
}

impl<R: Read> Har<R> {
    /// Reads from a source, which need not be buffered.
    pub fn new(source: R) -> Self {
        Self {
            json: Json::new(source),
            place: Place::Start,
            recording: Recording::default(),
            key: Vec::new(),
            text: Vec::new(),
        }
    }

    /// What is known of the recording as a whole by now; all of it once every entry was read.
    pub const fn recording(&self) -> &Recording {
        &self.recording
    }

    fn advance(&mut self) -> Result<Option<Entry>, HarError> {
        loop {
            match self.place {
                Place::Start => self.open()?,
                Place::Log => self.read_log()?,
                Place::Entries if self.json.item()? => {
                    let entry = read::entry(&mut self.json, &mut self.key, &mut self.text)?;
                    if let Some(entry) = entry {
                        self.recording.count(&entry);
                        return Ok(Some(entry));
                    }
                }
                Place::Entries => self.place = Place::Log,
                Place::End => return Ok(None),
            }
        }
    }

    /// Goes to the first key of `log`.
    fn open(&mut self) -> Result<(), HarError> {
        self.pass_preamble()?;
        if !self.json.enter_object()? {
            return Err(HarError::NoLog);
        }
        while self.json.key(&mut self.key)? {
            if self.key == b"log" && self.json.enter_object()? {
                self.place = Place::Log;
                return Ok(());
            } else if self.key != b"log" {
                self.json.skip()?;
            }
        }
        Err(HarError::NoLog)
    }

    /// A byte order mark, blanks, and the name of a function with its opening parenthesis.
    fn pass_preamble(&mut self) -> Result<(), HarError> {
        let json = &mut self.json;
        let mut name = Vec::new();
        while let Some(byte) = json.peek()? {
            if byte == b'{' || byte == b'[' {
                // Nothing, a byte order mark, or a call.
                let is_call = name.ends_with(b"(");
                let is_known = name.is_empty() || name == b"\xEF\xBB\xBF" || is_call;
                return if is_known { Ok(()) } else { Err(json.wrong("{")) };
            }
            let _ = json.next()?;
            if !byte.is_ascii_whitespace() {
                name.push(byte);
            }
            if let Some(error) = other_format(&name) {
                return Err(error);
            }
            if name.len() > 100 {
                return Err(json.wrong("{ at the beginning"));
            }
        }
        Err(if name.is_empty() { HarError::Empty } else { self.json.wrong("{") })
    }

    /// Goes through the keys of `log` as far as the entries, or to its end.
    fn read_log(&mut self) -> Result<(), HarError> {
        while self.json.key(&mut self.key)? {
            match &self.key[..] {
                b"entries" if self.json.enter_array()? => {
                    self.recording.has_entries = true;
                    self.place = Place::Entries;
                    return Ok(());
                }
                b"entries" => {}
                b"version" => {
                    let _ = self.json.text(&mut self.text, MAX_TEXT)?;
                    self.recording.version = read::words(&self.text);
                }
                b"creator" => self.recording.creator = self.program()?,
                b"browser" => self.recording.browser = self.program()?,
                b"pages" => self.read_pages()?,
                _ => self.json.skip()?,
            }
        }
        self.close()
    }

    /// What follows `log`.
    fn close(&mut self) -> Result<(), HarError> {
        self.place = Place::End;
        while self.json.key(&mut self.key)? {
            self.json.skip()?;
        }
        while let Some(byte) = self.json.peek()? {
            if !(byte.is_ascii_whitespace() || matches!(byte, b')' | b';')) {
                return Err(HarError::Trailing { at: self.json.at() });
            }
            let _ = self.json.next()?;
        }
        if self.recording.has_entries { Ok(()) } else { Err(HarError::NoEntries) }
    }

    /// Name and version of a program.
    fn program(&mut self) -> Result<String, HarError> {
        let (mut name, mut version) = (String::new(), String::new());
        if self.json.enter_object()? {
            while self.json.key(&mut self.key)? {
                match &self.key[..] {
                    b"name" => {
                        let _ = self.json.text(&mut self.text, MAX_TEXT)?;
                        name = read::words(&self.text);
                    }
                    b"version" => {
                        let _ = self.json.text(&mut self.text, MAX_TEXT)?;
                        version = read::words(&self.text);
                    }
                    _ => self.json.skip()?,
                }
            }
        }
        Ok(format!("{name} {version}").trim().to_owned())
    }

    fn read_pages(&mut self) -> Result<(), HarError> {
        if !self.json.enter_array()? {
            return Ok(());
        }
        while self.json.item()? {
            let mut page = Page::default();
            if !self.json.enter_object()? {
                continue;
            }
            while self.json.key(&mut self.key)? {
                match &self.key[..] {
                    b"id" => {
                        let _ = self.json.text(&mut self.text, MAX_TITLE)?;
                        page.id = read::words(&self.text);
                    }
                    b"title" => {
                        let _ = self.json.text(&mut self.text, MAX_TITLE)?;
                        page.title = read::words(&self.text);
                    }
                    b"startedDateTime" => {
                        let _ = self.json.text(&mut self.text, MAX_TEXT)?;
                        page.started = UnixMillis::parse(&self.text);
                    }
                    _ => self.json.skip()?,
                }
            }
            if self.recording.pages.len() < MAX_PAGES {
                self.recording.pages.push(page);
            }
        }
        Ok(())
    }
}

impl<R: Read> Iterator for Har<R> {
    type Item = Result<Entry, HarError>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = self.advance();
        if found.is_err() {
            self.place = Place::End;
        }
        found.transpose()
    }
}

impl<R> fmt::Debug for Har<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Har")
            .field("place", &self.place)
            .field("recording", &self.recording)
            .finish_non_exhaustive()
    }
}

/// What a file is that begins like this and is no recording.
fn other_format(start: &[u8]) -> Option<HarError> {
    let (what, hint) = match start {
        b"PK" => ("a ZIP archive", "unpack it and give the .har inside"),
        b"\x1F\x8B" => ("compressed by gzip", "run gunzip first"),
        b"\xFF\xFE" | b"\xFE\xFF" => ("text in UTF-16", "save it as UTF-8"),
        b"<" => ("HTML or XML", "export the traffic as HAR"),
        _ => return None,
    };
    Some(HarError::OtherFormat { what, hint })
}
