//! What holds for every input.

use proptest::prelude::*;
use upheld_cookies::{
    Host, Jar, MAX_AGE_LIMIT, PathAttribute, PublicSuffixes, Received, Request, RequestUrl,
    SetCookie, Syntax, UnixSeconds, default_path, path_matches,
};

const NOW: UnixSeconds = UnixSeconds(1_767_225_600);

/// Header fields that look like some, and some that do not.
fn header() -> impl Strategy<Value = Vec<u8>> {
    let name = prop_oneof!["[a-z]{0,5}", "__(Host|Secure|Http|host-http)-[a-z]", "[ -~]{0,8}"];
    let attribute = prop_oneof![
        "Secure|HttpOnly|Partitioned|secure ",
        "Path=/?[a-z]{0,3}/?",
        "Domain=\\.?((a|b)\\.)?site\\.example",
        "Max-Age=-?[0-9]{0,12}",
        "SameSite=(None|Lax|Strict|x)",
        "Expires=[A-Z][a-z]{2}, [0-9]{2} (Jan|Jun) [0-9]{2,4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT",
        "[ -~]{0,12}",
    ];
    let printable = (name, "[!-:<-~]{0,8}", prop::collection::vec(attribute, 0..5)).prop_map(
        |(name, value, attributes)| {
            format!("{name}={value};{}", attributes.join("; ")).into_bytes()
        },
    );
    prop_oneof![4 => printable, 1 => prop::collection::vec(any::<u8>(), 0..40)]
}

proptest! {
    /// The parts and one delimiter each between them are the whole header; gaps are blank.
    #[test]
    fn the_syntax_loses_nothing(header in header()) {
        let syntax = Syntax::of(&header);
        let mut parts = vec![syntax.value()];
        if syntax.has_equals() {
            parts.insert(0, syntax.name());
        }
        for attribute in syntax.attributes() {
            prop_assert_eq!(&header[attribute.whole.range()], attribute.whole.text);
            parts.push(attribute.name);
            parts.extend(attribute.value);
        }
        let mut end = 0;
        for (index, part) in parts.iter().enumerate() {
            prop_assert_eq!(&header[part.range()], part.text);
            let gap = &header[end..part.at];
            let delimiters = gap.iter().filter(|byte| b"=;".contains(byte)).count();
            prop_assert_eq!(delimiters, usize::from(index > 0));
            prop_assert!(gap.iter().all(|byte| b" \t=;".contains(byte)));
            end = part.range().end;
        }
        prop_assert!(header[end..].iter().all(|byte| b" \t".contains(byte)));
    }

    /// Printing what was read and reading it again gives the same cookie.
    #[test]
    fn reading_undoes_printing(header in header()) {
        let Ok(read) = SetCookie::parse(&header) else { return Ok(()) };
        let printed = print(&read);
        prop_assert_eq!(SetCookie::parse(&printed), Ok(read));
    }

    /// What is stored has the name and value of the header, lives no longer than 400 days, is
    /// covered by the request's host, and can be removed by the same attributes.
    #[test]
    fn what_is_stored(header in header(), secure in any::<bool>()) {
        let scheme = if secure { "https" } else { "http" };
        let url = RequestUrl::parse(&format!("{scheme}://a.site.example/x/y")).unwrap();
        let request = Request::new(&url, NOW);
        let mut jar = Jar::new(PublicSuffixes);
        let outcome = jar.receive(&header, &request);
        prop_assert_eq!(jar.cookies().len(), usize::from(outcome == Received::Stored));
        let Some(cookie) = jar.cookies().next().cloned() else { return Ok(()) };
        let read = SetCookie::parse(&header).unwrap();
        prop_assert_eq!((cookie.name(), cookie.value()), (read.name(), read.value()));
        let ends = cookie.expires().unwrap_or(NOW.saturating_add(1));
        prop_assert!(ends > NOW && ends <= NOW.saturating_add(MAX_AGE_LIMIT));
        prop_assert!(url.host().domain_matches(cookie.domain()));
        prop_assert!(secure || !cookie.is_secure());

        let mut again = header.clone();
        again.extend_from_slice(b"; Max-Age=0");
        prop_assert_eq!(jar.receive(&again, &request), Received::Expired { removed: true });
        prop_assert_eq!(jar.cookies().len(), 0);
    }

    /// Every moment of four-digit years survives being written and read.
    #[test]
    fn dates(seconds in UnixSeconds::EARLIEST.0..=UnixSeconds::LATEST.0) {
        let moment = UnixSeconds(seconds);
        let written = moment.to_imf_fixdate().to_string();
        prop_assert_eq!(UnixSeconds::parse_cookie_date(written.as_bytes()), Ok(moment));
        prop_assert_eq!(UnixSeconds::parse_imf_fixdate(written.as_bytes()), Some(moment));
    }

    /// A default path covers the path that it is taken from.
    #[test]
    fn default_paths(path in "(/[a-z]{0,2}){0,4}") {
        let path = if path.is_empty() { "/".to_owned() } else { path };
        prop_assert!(path_matches(path.as_bytes(), default_path(path.as_bytes())));
    }

    /// A host has one canonical form.
    #[test]
    fn hosts(text in "[a-zA-Z0-9._\\[\\]:-]{0,20}") {
        let Ok(host) = Host::parse(&text) else { return Ok(()) };
        prop_assert_eq!(Host::parse(host.as_str()), Ok(host.clone()));
        prop_assert!(host.domain_matches(host.as_str()));
    }
}

/// The shortest header field that means the same.
fn print(cookie: &SetCookie<'_>) -> Vec<u8> {
    let mut text = [cookie.name(), b"=", cookie.value()].concat();
    let mut push = |part: &[u8]| text.extend_from_slice(part);
    if let Some(expires) = cookie.expires() {
        push(format!("; Expires={}", expires.to_imf_fixdate()).as_bytes());
    }
    if let Some(seconds) = cookie.max_age() {
        push(format!("; Max-Age={seconds}").as_bytes());
    }
    if let Some(domain) = cookie.domain() {
        push(b"; Domain=.");
        push(domain);
    }
    match cookie.path() {
        PathAttribute::Path(path) => push(&[b"; Path=", path].concat()),
        PathAttribute::Default => push(b"; Path"),
        _ => {}
    }
    if let Some(same_site) = cookie.same_site().as_str() {
        push(format!("; SameSite={same_site}").as_bytes());
    }
    let flags = [
        (cookie.is_secure(), "; Secure"),
        (cookie.is_http_only(), "; HttpOnly"),
        (cookie.is_partitioned(), "; Partitioned"),
    ];
    flags.iter().filter(|(is_set, _)| *is_set).for_each(|(_, flag)| push(flag.as_bytes()));
    text
}
