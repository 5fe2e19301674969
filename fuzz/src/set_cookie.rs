//! `SetCookie`, the linter and the jar against the algorithm, written out without shortcuts.

use upheld_cookies::lint::{MAX_DIAGNOSTICS, Setting, Severity, lint};
use upheld_cookies::{
    Jar, PathAttribute, PublicSuffixes, Received, Request, RequestUrl, SetCookie, UnixSeconds,
};

const NOW: UnixSeconds = UnixSeconds(1_795_478_400);

/// Reads the input as a header field's value.
///
/// Name, value, path and flags are what splitting finds. The jar drops the cookie if and only if
/// the linter has an error that says so; a fix applies within the input.
pub fn set_cookie(data: &[u8]) {
    let read = SetCookie::parse(data);
    let simple = Simple::read(data);
    assert_eq!(read.is_ok(), simple.is_some());
    if let (Ok(read), Some(simple)) = (read, simple) {
        assert_eq!((read.name(), read.value()), (&*simple.name, &*simple.value));
        assert_eq!(read.is_secure(), simple.has(b"secure"));
        assert_eq!(read.is_http_only(), simple.has(b"httponly"));
        let path = simple.last(b"path").map(|path| path.starts_with(b"/").then_some(path));
        let expected = match &path {
            None => PathAttribute::Absent,
            Some(None) => PathAttribute::Default,
            Some(Some(path)) => PathAttribute::Path(path),
        };
        assert!(read.path() == expected);
        assert!(read.expiry(NOW).is_none_or(|end| end <= NOW.saturating_add(400 * 86_400)));
    }

    let url = RequestUrl::parse("https://www.clinic.example/staff/").expect("a URL");
    let setting = Setting::new(NOW).from_url(&url).with_suffixes(&PublicSuffixes);
    let findings = lint(data, &setting);
    for finding in &findings {
        assert!(finding.span.start <= finding.span.end && finding.span.end <= data.len());
        let removed = finding.fix.as_ref().map(|fix| fix.span.len()).unwrap_or_default();
        let added = finding.fix.as_ref().map(|fix| fix.replacement.len()).unwrap_or_default();
        let fixed = finding.fix.as_ref().map(|fix| fix.apply(data).len());
        assert!(fixed.is_none_or(|length| length + removed == data.len() + added));
    }
    let outcome = Jar::new(PublicSuffixes).receive(data, &Request::new(&url, NOW));
    let is_told = findings
        .iter()
        .any(|finding| finding.severity == Severity::Error && finding.message.contains("dropped"));
    if findings.len() < MAX_DIAGNOSTICS {
        assert_eq!(matches!(outcome, Received::Dropped(_)), is_told, "{outcome:?} {findings:?}");
    }
}

struct Simple {
    name: Vec<u8>,
    value: Vec<u8>,
    attributes: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Simple {
    fn read(data: &[u8]) -> Option<Self> {
        if data.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return None;
        }
        let mut pieces = data.split(|byte| *byte == b';');
        let pair = pieces.next().unwrap_or_default();
        let (name, value) = if pair.contains(&b'=') { halves(pair) } else { (vec![], trim(pair)) };
        let length = name.len() + value.len();
        let attributes = pieces.map(halves).filter(|(_, value)| value.len() <= 1024);
        let attributes =
            attributes.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        (1..=4096).contains(&length).then_some(Self { name, value, attributes })
    }

    fn last(&self, name: &[u8]) -> Option<Vec<u8>> {
        let found = self.attributes.iter().rfind(|(other, _)| other == name);
        found.map(|(_, value)| value.clone())
    }

    fn has(&self, name: &[u8]) -> bool {
        self.last(name).is_some()
    }
}

fn halves(text: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut halves = text.splitn(2, |byte| *byte == b'=');
    (trim(halves.next().unwrap_or_default()), trim(halves.next().unwrap_or_default()))
}

fn trim(text: &[u8]) -> Vec<u8> {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let mut text: Vec<u8> = text.iter().skip_while(is_blank).copied().collect();
    while matches!(text.last(), Some(b' ' | b'\t')) {
        text.pop();
    }
    text
}
