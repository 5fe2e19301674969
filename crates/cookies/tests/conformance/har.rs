//! Recordings as the programs that people have write them.
//!
//! The texts are our own; their oddities are those of the program that is named. What Chromium
//! itself records is read in `cargo xtask e2e cookies`.

use std::io::{self, Read};

use upheld_cookies::har::{CookieSource, Entry, Har, HarError, Recording, UnixMillis, Unusable};
use upheld_cookies::{SetCookie, UnixSeconds};

fn read(text: impl AsRef<[u8]>) -> Result<(Vec<Entry>, Recording), HarError> {
    let mut har = Har::new(text.as_ref());
    let entries = har.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((entries, har.recording().clone()))
}

fn set_cookies(entry: &Entry) -> Vec<&str> {
    entry.set_cookies().iter().map(|field| str::from_utf8(field).unwrap()).collect()
}

/// A recording with one entry, in parts.
fn with(request: &str, response: &str) -> String {
    format!(
        r#"{{"log":{{"version":"1.2","creator":{{"name":"test","version":"1"}},"entries":[
        {{"startedDateTime":"2026-11-27T12:00:00Z","request":{request},"response":{response}}}]}}}}"#
    )
}

const REQUEST: &str = r#"{"method":"GET","url":"https://clinic.example/","headers":[]}"#;

fn chrome(headers: &str, set_cookie: &str) -> String {
    format!(
        r#"{{ "log": {{ "version": "1.2", "creator": {{ "name": "WebInspector", "version": "537.36" }},
        "pages": [ {{ "startedDateTime": "2026-11-27T12:00:00.100Z", "id": "page_1",
                      "title": "https://clinic.example/", "pageTimings": {{ "onLoad": 81.5 }} }} ],
        "entries": [ {{ "_initiator": {{ "type": "script", "stack": {{ "callFrames": [ {{}} ] }} }},
            "_priority": "VeryHigh", "_resourceType": "ping", "cache": {{}}, "pageref": "page_1",
            "request": {{ "method": "POST", "url": "https://t.example/c?v=2", "httpVersion": "h2",
                "headers": [ {{ "name": "User-Agent", "value": "Mozilla/5.0 Chrome/131.0.0.0 Safari/537.36" }}
                             {headers} ], "queryString": [], "cookies": [], "bodySize": 0 }},
            "response": {{ "status": 204, "headers": [ {set_cookie} ], "cookies": [],
                "content": {{ "size": -1, "mimeType": "x-unknown" }}, "_transferSize": 96 }},
            "startedDateTime": "2026-11-27T12:00:01.250Z", "time": 12.5, "timings": {{ "wait": -1 }} }} ] }} }}"#
    )
}

#[test]
fn chrome_with_sensitive_data() {
    let cookie = r#", { "name": "cookie", "value": "a=1; __Host-b=x=y;c" }"#;
    let set = r#"{ "name": "set-cookie", "value": "id=7; Path=/" }, { "name": "set-cookie", "value": "t=1" }"#;
    let (entries, recording) = read(chrome(cookie, set)).unwrap();
    let [entry] = &entries[..] else { panic!() };
    assert_eq!((entry.method(), entry.url()), ("POST", "https://t.example/c?v=2"));
    assert_eq!((entry.status(), entry.size(), entry.mime_type()), (204, None, "x-unknown"));
    assert_eq!((entry.page(), entry.resource_type()), (Some("page_1"), Some("ping")));
    assert_eq!(entry.started(), Some(UnixMillis(1_795_780_801_250)));
    assert_eq!(entry.cookie_names().collect::<Vec<_>>(), [&b"a"[..], b"__Host-b"]);
    assert_eq!(set_cookies(entry), ["id=7; Path=/", "t=1"]);
    assert_eq!((recording.creator(), recording.version()), ("WebInspector 537.36", "1.2"));
    assert_eq!(recording.pages()[0].started, Some(UnixMillis(1_795_780_800_100)));
    assert_eq!(recording.usability(), Ok(()));
}

#[test]
fn what_chrome_exports_unless_asked_is_refused() {
    let (_, recording) = read(chrome("", "")).unwrap();
    assert_eq!(recording.usability(), Err(Unusable::Sanitized { version: 131 }));
    let older = chrome("", "").replace("Chrome/131", "Chrome/129");
    assert_eq!(read(older).unwrap().1.usability(), Ok(()));
    let other = chrome("", "").replace("WebInspector", "Playwright");
    assert_eq!(read(other).unwrap().1.usability(), Ok(()));
}

#[test]
fn what_was_blotted_out_is_refused() {
    for word in ["[set-cookie redacted]", "REDACTED", "***", "<removed>"] {
        let headers = format!(r#"{{"headers":[{{"name":"Set-Cookie","value":"{word}"}}]}}"#);
        let (_, recording) = read(with(REQUEST, &headers)).unwrap();
        assert_eq!(recording.usability(), Err(Unusable::Redacted { count: 1 }), "{word}");
    }
}

#[test]
fn nothing_to_go_by_is_refused() {
    let usability = |text: &str| read(text).unwrap().1.usability();
    assert_eq!(usability(r#"{"log":{"entries":[]}}"#), Err(Unusable::NoEntries));
    assert_eq!(usability(&with("{}", "{}")), Err(Unusable::NoHeaders));
}

/// Firefox, chrome-har, `WebPageTest` and Firebug join header fields by line ends.
#[test]
fn several_in_one_field() {
    let response = r#"{"headers":[{"name":"Set-Cookie","value":"a=1; Path=/\nb=2\r\n\nc=3"},
        {"value":"d=4","name":"SET-COOKIE","comment":""}]}"#;
    let (entries, recording) = read(with(REQUEST, response)).unwrap();
    assert_eq!(set_cookies(&entries[0]), ["a=1; Path=/", "b=2", "c=3", "d=4"]);
    assert_eq!(recording.set_cookies(), 4);
}

/// Header fields count; the list is what a program made of them, and serves where they are missing.
#[test]
fn the_list_of_cookies_stands_in() {
    let list = r#""cookies":[{"name":"a","value":"secret","path":"/x","domain":".clinic.example",
        "expires":"2027-01-01T00:00:00.000Z","httpOnly":true,"secure":false,"sameSite":"Lax"},
        {"name":"","value":"1"},{"name":"b","value":"2","expires":null}]"#;
    let (entries, _) = read(with(REQUEST, &format!(r#"{{"headers":[],{list}}}"#))).unwrap();
    assert_eq!(entries[0].source(), CookieSource::List);
    let [a, b] = entries[0].set_cookies() else { panic!() };
    let cookie = SetCookie::parse(a).unwrap();
    assert_eq!(
        (cookie.name(), cookie.value(), cookie.domain()),
        (&b"a"[..], &b""[..], Some(&b"clinic.example"[..]))
    );
    assert_eq!(cookie.expires(), Some(UnixSeconds(1_798_761_600)));
    assert!(cookie.is_http_only() && !cookie.is_secure());
    assert_eq!(b, b"b=");

    let header = r#"{"headers":[{"name":"set-cookie","value":"z=1"}],"#;
    let (entries, _) = read(with(REQUEST, &format!("{header}{list}}}"))).unwrap();
    assert_eq!(
        (set_cookies(&entries[0]), entries[0].source()),
        (vec!["z=1"], CookieSource::Headers)
    );
}

#[test]
fn a_byte_order_mark_a_call_and_old_versions() {
    let log = r#"{"log":{"version":"1.1","entries":[]}}"#;
    for text in [
        log.to_owned(),
        format!("\u{FEFF}{log}"),
        format!("onInputData({log});\n"),
        format!(" \r\n{log}\n\n"),
        r#"{"log":{"entries":[]},"comment":"no version"}"#.to_owned(),
        r#"{"before":[1,{"log":2}],"log":{"entries":[],"version":1.1,"pages":null}}"#.to_owned(),
    ] {
        assert_eq!(read(&text).map(|(entries, _)| entries.len()), Ok(0), "{text}");
    }
}

#[test]
fn tiny_bodies_are_read_and_long_ones_passed_over() {
    // The shortest GIF there is: 1 by 1.
    let gif = r#"{"status":200,"headers":[],"content":{"size":43,"mimeType":"image/gif","encoding":"base64",
        "text":"R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"}}"#;
    let (entries, _) = read(with(REQUEST, gif)).unwrap();
    assert_eq!(&entries[0].body_start()[..10], b"GIF89a\x01\0\x01\0");
    assert_eq!((entries[0].body_start().len(), entries[0].size()), (42, Some(43)));

    let long = format!(r#"{{"content":{{"text":"{}","size":9}}}}"#, "\\\"x\\u00e9".repeat(100_000));
    let (entries, _) = read(with(REQUEST, &long)).unwrap();
    assert!(entries[0].body_start().starts_with("\"xé".as_bytes()));
    assert_eq!((entries[0].body_start().len(), entries[0].size()), (256, Some(9)));
}

#[test]
fn what_is_no_recording_says_so() {
    let other = |error| matches!(error, Err(HarError::OtherFormat { .. }));
    assert!(other(read(b"PK\x03\x04").map(drop)) && other(read(b"\x1F\x8B\x08").map(drop)));
    assert!(other(read(b"<!DOCTYPE html>").map(drop)) && other(read(b"\xFF\xFE{\0").map(drop)));
    for (text, error) in [
        ("", HarError::Empty),
        (" \n", HarError::Empty),
        ("[]", HarError::NoLog),
        ("{}", HarError::NoLog),
        (r#"{"log":[]}"#, HarError::NoLog),
        (r#"{"log":{}}"#, HarError::NoEntries),
        (r#"{"log":{"entries":null}}"#, HarError::NoEntries),
        (r#"{"log":{"entries":[]}}{"log":{"entries":[]}}"#, HarError::Trailing { at: 22 }),
        (r#"{"log":{"entries":["#, HarError::Truncated { at: 19 }),
        (r#"{"log":{"entries":[{"request":{"url":"htt"#, HarError::Truncated { at: 41 }),
    ] {
        assert_eq!(read(text).map(drop), Err(error), "{text}");
    }
    assert!(matches!(read("hello {}").map(drop), Err(HarError::Syntax { .. })));
    let deep = format!(r#"{{"log":{{"x":{}"#, "[".repeat(200));
    assert_eq!(read(deep).map(drop), Err(HarError::TooDeep { at: 140, limit: 128 }));
}

/// A writer that was killed leaves what it had written readable up to there.
#[test]
fn entries_before_a_fault_are_there() {
    let text = with(REQUEST, "{}").replace("]}}", r#",{"request":"#);
    let mut har = Har::new(text.as_bytes());
    assert!(har.next().unwrap().is_ok());
    assert!(matches!(har.next(), Some(Err(HarError::Truncated { .. }))));
    assert!(har.next().is_none());
}

#[test]
fn cookies_are_never_cut() {
    let field = |length| {
        format!(r#"{{"headers":[{{"name":"set-cookie","value":"a={}"}}]}}"#, "x".repeat(length))
    };
    assert_eq!(
        read(with(REQUEST, &field(1 << 19))).unwrap().0[0].set_cookies()[0].len(),
        (1 << 19) + 2
    );
    assert!(matches!(read(with(REQUEST, &field(1 << 20))), Err(HarError::TooLong { .. })));
    let many = [r#"{"name":"set-cookie","value":"a=VALUE"}"#; 9]
        .join(",")
        .replace("VALUE", &"x".repeat(1 << 19));
    let many = format!(r#"{{"headers":[{many}]}}"#);
    assert!(matches!(read(with(REQUEST, &many)), Err(HarError::TooLong { .. })));
}

#[test]
fn what_is_held_of_an_entry_is_limited() {
    // A key that comes again and again, and header fields of no bytes.
    let path = format!(r#""path":"/{}","#, "x".repeat(1000)).repeat(2000);
    let list = format!(r#"{{"cookies":[{{{path}"name":"a"}}]}}"#);
    assert!(matches!(read(with(REQUEST, &list)), Err(HarError::TooLong { .. })));
    let empty = vec![r#"{"name":"cookie","value":""}"#; 100_000].join(",");
    let empty = format!(r#"{{"url":"https://clinic.example/","headers":[{empty}]}}"#);
    assert!(matches!(read(with(&empty, r#"{"status":200}"#)), Err(HarError::TooLong { .. })));
    let lines =
        format!(r#"{{"headers":[{{"name":"set-cookie","value":"{}"}}]}}"#, "a\\n".repeat(99_999));
    assert!(matches!(read(with(REQUEST, &lines)), Err(HarError::TooLong { .. })));
}

/// Hands out one byte at a time, and is interrupted before each.
struct Drip<'a>(&'a [u8], bool);

impl Read for Drip<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let [first, rest @ ..] = self.0 else { return Ok(0) };
        (buffer[0], self.0) = (*first, rest);
        Ok(1)
    }
}

#[test]
fn how_a_source_hands_it_out_does_not_matter() {
    let text = chrome(
        r#", {"name":"cookie","value":"a=\u00e9\ud83c\udf6a"}"#,
        r#"{"name":"Set-Cookie","value":"\"q\\\""}"#,
    );
    let slow: Vec<Entry> =
        Har::new(Drip(text.as_bytes(), false)).collect::<Result<_, _>>().unwrap();
    assert_eq!(slow, read(&text).unwrap().0);
    assert_eq!(set_cookies(&slow[0]), ["\"q\\\""]);
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::ErrorKind::ConnectionReset.into())
    }
}

#[test]
fn a_source_that_fails_is_an_error() {
    let error = Har::new(Broken).next();
    assert_eq!(error, Some(Err(HarError::Read { at: 0, kind: io::ErrorKind::ConnectionReset })));
}

#[test]
fn values_and_queries_are_not_printed() {
    let request = r#"{"url":"https://clinic.example/?token=hunter2","headers":[{"name":"cookie","value":"a=hunter2"}]}"#;
    let response = r#"{"headers":[{"name":"set-cookie","value":"b=hunter2"}]}"#;
    let (entries, recording) = read(with(request, response)).unwrap();
    let printed = format!("{entries:?} {recording:?}");
    assert!(!printed.contains("hunter2") && printed.contains("clinic.example"), "{printed}");
}

#[test]
fn moments() {
    for (text, expected) in [
        ("1970-01-01T00:00:00Z", Some(0)),
        ("2026-11-27T12:00:00.5+0100", Some(1_795_777_200_500)),
        ("2026-11-27T12:00:00.123456-05:30", Some(1_795_800_600_123)),
        ("2026-11-27 12:00:00", Some(1_795_780_800_000)),
        ("2024-02-29T23:59:60Z", Some(1_709_251_200_000)),
        ("2026-02-29T00:00:00Z", None),
        ("2026-11-27T24:00:00Z", None),
        ("2026-11-27T12:00:00X", None),
        ("2026-11-27", None),
        ("", None),
        ("2026-11-é7T12:00:00Z", None),
    ] {
        assert_eq!(UnixMillis::parse(text.as_bytes()), expected.map(UnixMillis), "{text}");
    }
}
