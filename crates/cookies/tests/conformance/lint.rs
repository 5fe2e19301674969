//! The lint catalogue: each rule on its own examples, its fixes, and what it must not say.

use proptest::prelude::*;
use upheld_cookies::lint::{
    Code, Diagnostic, Family, MAX_DIAGNOSTICS, Role, Setting, Severity, lint, lint_jar,
    lint_response,
};
use upheld_cookies::{
    Api, Jar, PublicSuffixes, Received, Request, RequestUrl, SetCookie, UnixSeconds,
};

/// 2026-11-24.
const NOW: UnixSeconds = UnixSeconds(1_795_478_400);

fn codes(found: &[Diagnostic]) -> Vec<Code> {
    found.iter().map(|finding| finding.code).collect()
}

/// Lints an example of the catalogue in the setting that it speaks of.
fn of_example(code: Code, example: &str) -> Vec<Diagnostic> {
    let scheme = if code == Code::SecureOverHttp { "http" } else { "https" };
    let url = RequestUrl::parse(&format!("{scheme}://www.clinic.example/staff/")).unwrap();
    let api = if code == Code::ScriptLifetime { Api::Script } else { Api::Http };
    let setting = Setting::new(NOW).from_url(&url).with_suffixes(&PublicSuffixes).by(api);
    let headers: Vec<&[u8]> = example.lines().map(str::as_bytes).collect();
    lint_response(&headers, &setting).concat()
}

/// An example that is too long for the catalogue.
fn long_example(code: Code) -> (String, String) {
    match code {
        Code::TooLong => (format!("a={}", "1".repeat(4096)), format!("a={}", "1".repeat(4095))),
        Code::LongAttribute => {
            let path = |length| format!("a=1; Path=/{}", "x".repeat(length));
            (path(1024), path(1023))
        }
        Code::Budget => {
            let cookie = |number| format!("a{number}=1");
            let cookies = |count| (0..count).map(cookie).collect::<Vec<_>>().join("\n");
            (cookies(51), cookies(50))
        }
        other => panic!("{other:?} has no example"),
    }
}

#[test]
fn every_rule_finds_its_wrong_example_and_nothing_in_the_right_one() {
    assert_eq!(Code::of(Family::SetCookie).count(), 29);
    for code in Code::of(Family::SetCookie) {
        let rule = code.rule();
        assert_eq!((rule.code, Code::parse(&rule.id.to_lowercase())), (code, Some(code)));
        let (wrong, right) = match rule.wrong {
            "" => long_example(code),
            wrong => (wrong.to_owned(), rule.right.to_owned()),
        };
        let found = of_example(code, &wrong);
        assert!(codes(&found).contains(&code), "{}: {found:?}", rule.id);
        assert_eq!(of_example(code, &right), [], "{}", rule.id);
        let worst = found.iter().filter(|finding| finding.code == code).map(|f| f.severity).max();
        assert_eq!(worst, Some(rule.severity), "{}", rule.id);
    }
}

#[test]
fn ids_are_numbered_in_order_and_sources_are_named() {
    for (index, code) in Code::of(Family::SetCookie).enumerate() {
        let rule = code.rule();
        assert_eq!(rule.id, format!("SC{:02}", index + 1));
        assert!(!rule.source.is_empty() && rule.why.ends_with('.') && !rule.title.is_empty());
    }
}

fn found(header: &str) -> Vec<(Code, Severity)> {
    let url = RequestUrl::parse("https://www.clinic.example/staff/").unwrap();
    let setting = Setting::new(NOW).from_url(&url).with_suffixes(&PublicSuffixes);
    let found = lint(header.as_bytes(), &setting);
    found.iter().map(|finding| (finding.code, finding.severity)).collect()
}

/// Expected from the rules of RFC 6265bis for each way in which one may be broken.
#[test]
fn each_way_to_break_a_rule() {
    use Code as C;
    use Severity::{Error, Note, Warning};
    let cases: [(&str, &[(Code, Severity)]); 42] = [
        ("a=1", &[]),
        ("a=1;", &[]),
        ("a=1; ; ;=; Path=/", &[]),
        ("a=\"quoted\"; Path=/; Secure; HttpOnly; SameSite=Lax", &[]),
        ("", &[(C::Empty, Error)]),
        ("=", &[(C::Empty, Error)]),
        ("a=\u{7f}", &[(C::ControlCharacter, Error)]),
        ("a=1\nb=2", &[(C::ControlCharacter, Error), (C::Folded, Error)]),
        ("a=1\r\n", &[(C::ControlCharacter, Error)]),
        ("a b=1", &[(C::Octets, Warning)]),
        ("a=1 2", &[(C::Octets, Warning)]),
        ("a=\"1", &[(C::Octets, Warning)]),
        ("a=ä", &[(C::Octets, Warning)]),
        ("a=1; expires", &[(C::UnreadableExpires, Error)]),
        ("a=1; Expires=Wed, 25 Nov 2026 00:00:00 GMT", &[]),
        ("a=1; Expires=Tue, 25 Nov 2026 00:00:00 GMT", &[(C::UnusualDate, Warning)]),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0", &[]),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=9", &[(C::Disagreement, Note)]),
        ("a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", &[(C::LongLifetime, Warning)]),
        ("a=1; Max-Age=-1", &[(C::MaxAgeDigits, Note)]),
        ("a=1; Max-Age=\"60\"", &[(C::MaxAgeDigits, Error)]),
        ("a=1; Max-Age", &[(C::MaxAgeDigits, Error)]),
        ("a=1; max_age=60", &[(C::UnknownAttribute, Warning)]),
        ("a=1; http-only", &[(C::UnknownAttribute, Warning)]),
        ("a=1; Priority=High", &[(C::UnknownAttribute, Note)]),
        ("a=1; Domain=.clinic.example", &[(C::Domain, Note)]),
        ("a=1; Domain=", &[(C::Domain, Note)]),
        ("a=1; Domain=example", &[(C::Domain, Error)]),
        ("a=1; Domain=co.uk", &[(C::Domain, Error)]),
        ("a=1; Domain=other.example", &[(C::Domain, Error)]),
        ("a=1; Domain=10.0.0.1", &[(C::Domain, Error)]),
        ("a=1; Domain=süd.example", &[(C::Domain, Error)]),
        ("a=1; Path", &[(C::RelativePath, Warning)]),
        ("a=1; Secure; Partitioned", &[(C::Partitioned, Warning)]),
        ("__Host-a=1", &[(C::HostPrefix, Error), (C::HostPrefix, Error)]),
        ("__Host-a=1; Secure; Path=/; Domain=clinic.example", &[(C::HostPrefix, Error)]),
        ("__host-http-a=1; Secure; Path=/", &[(C::PrefixCase, Warning), (C::HttpPrefix, Error)]),
        ("csrf_session=1", &[]),
        ("PHPSESSID=1; Secure; SameSite=Lax", &[(C::UnprotectedSession, Warning)]),
        (
            "__Host-auth=1; Secure; Path=/",
            &[(C::UnprotectedSession, Warning), (C::UnprotectedSession, Warning)],
        ),
        (
            "a=1; Expires=Wed, 25 Nov 2026 00:00:00 GMT, bc=2",
            &[(C::UnusualDate, Warning), (C::Folded, Error)],
        ),
        ("a=1; path=/; PATH=/; path=/", &[(C::Repeated, Warning), (C::Repeated, Warning)]),
    ];
    for (header, expected) in cases {
        let mut found = found(header);
        let mut expected = expected.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "{header}");
    }
}

#[test]
fn a_default_path_will_do_for_a_prefix() {
    let severity = |page: &str| {
        let url = RequestUrl::parse(page).unwrap();
        let setting = Setting::new(NOW).from_url(&url);
        let found = lint(b"__Host-a=1; Secure; Path=x", &setting);
        found.iter().find(|found| found.code == Code::HostPrefix).map(|found| found.severity)
    };
    assert_eq!(severity("https://clinic.example/"), Some(Severity::Warning));
    assert_eq!(severity("https://clinic.example/staff/rota"), Some(Severity::Error));
}

#[test]
fn roles_and_jars() {
    let role = |role| codes(&lint(b"a=1; Secure; HttpOnly", &Setting::new(NOW).for_role(role)));
    assert_eq!(role(Role::Session), [Code::UnprotectedSession]);
    assert_eq!(role(Role::Other), []);

    let url = RequestUrl::parse("https://clinic.example/").unwrap();
    let mut jar = Jar::new(PublicSuffixes);
    for number in 0..51 {
        let header = format!("a{number}={}", "1".repeat(200));
        assert_eq!(jar.receive(header.as_bytes(), &Request::new(&url, NOW)), Received::Stored);
    }
    assert_eq!(codes(&lint_jar(&jar)), [Code::Budget, Code::Budget]);
}

#[test]
fn a_hostile_header_has_a_limit_of_findings_and_of_time() {
    let header = format!("a=1{}", "; nonsense".repeat(100_000));
    assert_eq!(lint(header.as_bytes(), &Setting::new(NOW)).len(), MAX_DIAGNOSTICS);
    let header = format!("a=1{}", ";x=1,bc=".repeat(100_000));
    assert_eq!(lint(header.as_bytes(), &Setting::new(NOW)).len(), MAX_DIAGNOSTICS);
}

#[test]
fn no_value_is_told() {
    let planted = "pl4nted";
    let header = format!(
        "session={planted} x; Secure; Path={planted}; Domain=.{planted}.test; Max-Age={planted}"
    );
    let found = lint(header.as_bytes(), &Setting::new(NOW));
    assert!(found.len() >= 4);
    assert!(found.iter().all(|finding| !finding.message.contains(planted)), "{found:?}");
}

fn header() -> impl Strategy<Value = String> {
    let name = prop_oneof!["[a-z]{0,3}", "__(Host|Secure|Http|host-http)-[a-z]", "sid|auth"];
    let attribute = prop_oneof![
        "Secure|HttpOnly|Partitioned|secur|Httponly|path|Path=x?/?|Domain=\\.?(clinic.example|com|)",
        "Max-Age=(-?[0-9]{1,9}|\"60\"|1h)",
        "SameSite=(None|Lax|Strict|x)|expire=1",
        "Expires=(Wed, 25 Nov 2026 00:00:00 GMT|25-nov-26 0:0:0|Fri, 31 Dec 9999 23:59:59 GMT|x)",
    ];
    (name, "[!-:<-~]{0,6}", prop::collection::vec(attribute, 0..5)).prop_map(
        |(name, value, attributes)| {
            let pair = format!("{name}={value}");
            [vec![pair], attributes].concat().join("; ")
        },
    )
}

proptest! {
    /// A fix leaves fewer findings of its rule, and makes no kept cookie a dropped one.
    #[test]
    fn fixes_fix(header in header()) {
        let url = RequestUrl::parse("https://www.clinic.example/staff/").unwrap();
        let setting = Setting::new(NOW).from_url(&url).with_suffixes(&PublicSuffixes);
        let count = |header: &[u8], code| {
            codes(&lint(header, &setting)).iter().filter(|other| **other == code).count()
        };
        for finding in lint(header.as_bytes(), &setting) {
            prop_assert!(finding.span.end <= header.len());
            let Some(fix) = finding.fix else { continue };
            let fixed = fix.apply(header.as_bytes());
            let (before, after) = (count(header.as_bytes(), finding.code), count(&fixed, finding.code));
            prop_assert!(after < before, "{:?}: {header} -> {}", finding.code, fixed.escape_ascii());
            let name = SetCookie::parse(header.as_bytes()).map(|cookie| cookie.value().to_vec());
            prop_assert_eq!(SetCookie::parse(&fixed).map(|cookie| cookie.value().to_vec()), name);
        }
    }

    /// The jar drops a cookie if and only if an error says so.
    #[test]
    fn a_dropped_cookie_has_an_error(header in header()) {
        let url = RequestUrl::parse("https://www.clinic.example/staff/").unwrap();
        let setting = Setting::new(NOW).from_url(&url).with_suffixes(&PublicSuffixes);
        let outcome = Jar::new(PublicSuffixes).receive(header.as_bytes(), &Request::new(&url, NOW));
        let found = lint(header.as_bytes(), &setting);
        let is_told = found.iter().any(|finding| {
            finding.severity == Severity::Error && finding.message.contains("dropped")
        });
        prop_assert_eq!(matches!(outcome, Received::Dropped(_)), is_told, "{:?} {:?}", outcome, found);
    }

    #[test]
    fn nothing_panics(header in prop::collection::vec(any::<u8>(), 0..80)) {
        let found = lint(&header, &Setting::new(NOW));
        prop_assert!(found.iter().all(|finding| finding.span.end <= header.len()));
    }
}
