//! `Har` against the same recording read whole, as a tree.

use std::io::{self, Read};

use serde_json::Value;
use upheld_cookies::har::{CookieSource, Entry, Har, HarError, MAX_BODY_START, MAX_TEXT};

/// Reads the input as a recording.
///
/// How a source hands it out does not matter. What holds as JSON and has a log is read, with the
/// header fields that a tree of it has.
pub fn har(data: &[u8]) {
    let read = read(data);
    assert_eq!(read, self::read(Pieces(data)));
    let Ok(tree) = serde_json::from_slice::<Value>(data) else { return };
    // Written again, no key stands twice.
    let Some(expected) = entries(&tree) else { return };
    let Ok(read) = self::read(tree.to_string().as_bytes()) else {
        panic!("{data:?} is a recording and is refused");
    };
    assert_eq!(read.len(), expected.len());
    for (entry, (url, set_cookies)) in read.iter().zip(&expected) {
        assert!(entry.body_start().len() <= MAX_BODY_START);
        if url.len() <= MAX_TEXT {
            assert_eq!(entry.url(), url);
        }
        if !set_cookies.is_empty() {
            assert_eq!(entry.source(), CookieSource::Headers);
            assert!(entry.set_cookies().iter().eq(set_cookies.iter().map(String::as_bytes)));
        }
    }
}

fn read(source: impl Read) -> Result<Vec<Entry>, HarError> {
    let mut har = Har::new(source);
    let entries: Result<Vec<Entry>, HarError> = har.by_ref().collect();
    assert!(har.next().is_none());
    let _usability = har.recording().usability();
    entries
}

/// The address and the `Set-Cookie` fields of every entry.
fn entries(tree: &Value) -> Option<Vec<(String, Vec<String>)>> {
    let entries = tree.as_object()?.get("log")?.as_object()?.get("entries")?.as_array()?;
    let entries = entries.iter().filter(|entry| entry.is_object());
    let entry = |entry: &Value| {
        let url = entry.pointer("/request/url").and_then(Value::as_str).unwrap_or_default();
        let headers = entry.pointer("/response/headers").and_then(Value::as_array);
        let text = |header: &Value, key| header.get(key).and_then(Value::as_str).map(str::to_owned);
        let set_cookie = |header: &Value| {
            text(header, "name").is_some_and(|name| name.eq_ignore_ascii_case("set-cookie"))
        };
        let found = headers.into_iter().flatten().filter(|header| set_cookie(header));
        let values = found.filter_map(|header| text(header, "value"));
        let lines =
            values.flat_map(|value| value.split('\n').map(str::to_owned).collect::<Vec<_>>());
        let lines = lines.map(|line| line.strip_suffix('\r').unwrap_or(&line).to_owned());
        let is_blank = |line: &String| line.bytes().all(|byte| byte.is_ascii_whitespace());
        (url.to_owned(), lines.filter(|line| !is_blank(line)).collect())
    };
    Some(entries.map(entry).collect())
}

/// Hands out one to three bytes at a time.
struct Pieces<'a>(&'a [u8]);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = (self.0.len() % 3 + 1).min(self.0.len()).min(buffer.len());
        let (now, later) = self.0.split_at(length);
        buffer[..length].copy_from_slice(now);
        self.0 = later;
        Ok(length)
    }
}
