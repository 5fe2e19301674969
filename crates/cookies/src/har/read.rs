//! Reading one request and its response.

use std::io::Read;

use super::json::{Extent, Json};
use super::{CookieSource, Entry, HarError, MAX_BODY_START, MAX_COOKIES, MAX_TEXT, UnixMillis};

/// The most bytes of cookies that one entry holds.
const MAX_ENTRY: usize = 4 * MAX_COOKIES;

/// What a field costs besides its bytes, so that many short ones are limited as well.
const EACH: usize = 64;

/// Text for a person to read.
pub(super) fn words(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Reads an entry; `None` for what is no object.
pub(super) fn entry<R: Read>(
    json: &mut Json<R>,
    key: &mut Vec<u8>,
    text: &mut Vec<u8>,
) -> Result<Option<Entry>, HarError> {
    if !json.enter_object()? {
        return Ok(None);
    }
    let (entry, lists) = (Entry::default(), Lists::default());
    let mut reader = EntryReader { json, key, text, entry, lists, held: 0 };
    while reader.json.key(reader.key)? {
        match &reader.key[..] {
            b"startedDateTime" => reader.entry.started = UnixMillis::parse(reader.short()?),
            b"pageref" => reader.entry.page = Some(reader.words()?),
            b"request" => reader.request()?,
            b"response" => reader.response()?,
            b"_resourceType" | b"_resource_type" => {
                reader.entry.resource_type = Some(reader.words()?);
            }
            _ => reader.json.skip()?,
        }
    }
    let (mut entry, lists) = (reader.entry, reader.lists);
    // The lists are what the program made of the header fields, often with mistakes.
    if entry.cookies.is_empty() {
        entry.cookies = lists.request;
    }
    if entry.set_cookies.is_empty() && !lists.response.is_empty() {
        (entry.set_cookies, entry.source) = (lists.response, CookieSource::List);
    }
    Ok(Some(entry))
}

struct EntryReader<'a, R> {
    json: &'a mut Json<R>,
    key: &'a mut Vec<u8>,
    text: &'a mut Vec<u8>,
    entry: Entry,
    lists: Lists,
    /// How many bytes of cookies there are by now.
    held: usize,
}

/// Cookies from the lists of that name.
#[derive(Default)]
struct Lists {
    request: Vec<Vec<u8>>,
    response: Vec<Vec<u8>>,
}

impl<R: Read> EntryReader<'_, R> {
    fn short(&mut self) -> Result<&[u8], HarError> {
        let _ = self.json.text(self.text, MAX_TEXT)?;
        Ok(self.text)
    }

    fn words(&mut self) -> Result<String, HarError> {
        Ok(words(self.short()?))
    }

    fn request(&mut self) -> Result<(), HarError> {
        if !self.json.enter_object()? {
            return Ok(());
        }
        while self.json.key(self.key)? {
            match &self.key[..] {
                b"method" => self.entry.method = self.words()?,
                b"url" => self.entry.url = self.words()?,
                b"headers" => self.headers(&[b"cookie", b"referer", b"user-agent"])?,
                b"cookies" => self.lists.request = self.cookies()?,
                _ => self.json.skip()?,
            }
        }
        Ok(())
    }

    fn response(&mut self) -> Result<(), HarError> {
        if !self.json.enter_object()? {
            return Ok(());
        }
        while self.json.key(self.key)? {
            match &self.key[..] {
                b"status" => {
                    let status = self.json.number()?.and_then(|status| u16::try_from(status).ok());
                    self.entry.status = status.unwrap_or_default();
                }
                b"headers" => self.headers(&[b"set-cookie"])?,
                b"cookies" => self.lists.response = self.cookies()?,
                b"content" => self.content()?,
                _ => self.json.skip()?,
            }
        }
        Ok(())
    }

    fn content(&mut self) -> Result<(), HarError> {
        if !self.json.enter_object()? {
            return Ok(());
        }
        let mut is_base64 = false;
        while self.json.key(self.key)? {
            match &self.key[..] {
                // -1 is for "not known".
                b"size" => {
                    self.entry.size = self.json.number()?.and_then(|size| u64::try_from(size).ok());
                }
                b"mimeType" => self.entry.mime_type = self.words()?,
                b"encoding" => is_base64 = self.short()?.eq_ignore_ascii_case(b"base64"),
                b"text" => {
                    let _ = self.json.text(self.text, MAX_BODY_START)?;
                    self.entry.body.clone_from(self.text);
                }
                _ => self.json.skip()?,
            }
        }
        if is_base64 {
            self.entry.body = decode_base64(&self.entry.body);
        }
        Ok(())
    }

    /// Reads the header fields of these names, which are in lower case.
    fn headers(&mut self, wanted: &[&[u8]]) -> Result<(), HarError> {
        if !self.json.enter_array()? {
            return Ok(());
        }
        let mut name = Vec::new();
        while self.json.item()? {
            if !self.json.enter_object()? {
                continue;
            }
            name.clear();
            let mut value = None;
            while self.json.key(self.key)? {
                match &self.key[..] {
                    b"name" => {
                        let _ = self.json.text(&mut name, 64)?;
                        name.make_ascii_lowercase();
                    }
                    // The name may come after the value.
                    b"value" if name.is_empty() || wanted.contains(&&*name) => {
                        let extent = self.json.text(self.text, MAX_COOKIES)?;
                        value = Some((core::mem::take(self.text), extent));
                    }
                    _ => self.json.skip()?,
                }
            }
            self.entry.header_fields = self.entry.header_fields.saturating_add(1);
            let Some((value, extent)) = value.filter(|_| wanted.contains(&&*name)) else {
                continue;
            };
            let lines = memchr::memchr_iter(b'\n', &value).count().saturating_add(1);
            self.hold(value.len().saturating_add(lines.saturating_mul(EACH)))?;
            if extent == Extent::Cut && name.ends_with(b"cookie") {
                return Err(HarError::TooLong { at: self.json.at() });
            }
            self.header(&name, value);
        }
        Ok(())
    }

    /// Counts what is held of this entry, and refuses too much.
    fn hold(&mut self, bytes: usize) -> Result<(), HarError> {
        self.held = self.held.saturating_add(bytes);
        let is_too_long = self.held > MAX_ENTRY;
        if is_too_long { Err(HarError::TooLong { at: self.json.at() }) } else { Ok(()) }
    }

    fn header(&mut self, name: &[u8], value: Vec<u8>) {
        match name {
            b"cookie" => self.entry.cookies.push(value),
            b"set-cookie" => {
                // Several fields joined by line ends, as Firefox, chrome-har and WebPageTest do.
                let lines = value.split(|byte| *byte == b'\n');
                let lines = lines.map(|line| line.strip_suffix(b"\r").unwrap_or(line));
                let lines = lines.filter(|line| !line.trim_ascii().is_empty());
                self.entry.set_cookies.extend(lines.map(<[u8]>::to_vec));
            }
            b"referer" => self.entry.referrer = Some(words(&value)),
            b"user-agent" => self.entry.user_agent = Some(words(&value)),
            _ => {}
        }
    }

    /// The list of cookies, each written as a header field without its value.
    fn cookies(&mut self) -> Result<Vec<Vec<u8>>, HarError> {
        let mut found = Vec::new();
        if !self.json.enter_array()? {
            return Ok(found);
        }
        while self.json.item()? {
            if !self.json.enter_object()? {
                continue;
            }
            let (mut name, mut attributes) = (Vec::new(), Vec::new());
            while self.json.key(self.key)? {
                match &self.key[..] {
                    b"name" => name = self.short()?.to_vec(),
                    b"path" => attribute(&mut attributes, b"Path", self.short()?),
                    b"domain" => attribute(&mut attributes, b"Domain", self.short()?),
                    b"sameSite" => attribute(&mut attributes, b"SameSite", self.short()?),
                    b"expires" => {
                        let moment = UnixMillis::parse(self.short()?).map(UnixMillis::to_seconds);
                        let date = moment.map(|moment| moment.to_imf_fixdate().to_string());
                        attribute(&mut attributes, b"Expires", date.unwrap_or_default().as_bytes());
                    }
                    b"secure" if self.json.flag()? => attributes.extend_from_slice(b"; Secure"),
                    b"httpOnly" if self.json.flag()? => attributes.extend_from_slice(b"; HttpOnly"),
                    b"secure" | b"httpOnly" => {}
                    _ => self.json.skip()?,
                }
                // A key may come any number of times.
                if attributes.len() > MAX_COOKIES {
                    return Err(HarError::TooLong { at: self.json.at() });
                }
            }
            if name.is_empty() {
                continue;
            }
            let field = [&name[..], b"=", &attributes].concat();
            self.hold(field.len().saturating_add(EACH))?;
            found.push(field);
        }
        Ok(found)
    }
}

fn attribute(attributes: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    let is_plain = !value.is_empty() && !value.contains(&b';');
    if is_plain {
        for part in [b"; ", name, b"=", value] {
            attributes.extend_from_slice(part);
        }
    }
}

/// What the text stands for, as far as it is base64.
fn decode_base64(text: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(byte.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(byte.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(byte.wrapping_sub(b'0').wrapping_add(52)),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = text.iter().map_while(digit).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let whole = four.iter().chain([&0; 4]).take(4);
        let bits = whole.fold(0_u32, |bits, digit| bits << 6 | u32::from(*digit));
        let [_, bytes @ ..] = bits.to_be_bytes();
        bytes.into_iter().take(four.len().saturating_sub(1))
    });
    bytes.collect()
}
