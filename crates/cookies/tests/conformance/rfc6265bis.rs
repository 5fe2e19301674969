//! What RFC 6265bis says in examples and notes, and the clauses that no public suite covers.

use upheld_cookies::{
    Api, Dropped, Host, HostError, Jar, Limits, MAX_AGE_LIMIT, Origin, Prefix, PublicSuffixes,
    Received, Request, RequestUrl, SameSite, SetCookie, SuffixList, TopLevelDomains, UnixSeconds,
};

const NOW: UnixSeconds = UnixSeconds(1_767_225_600);

fn url(text: &str) -> RequestUrl {
    RequestUrl::parse(text).unwrap()
}

fn received(header: &str, from: &str) -> Received {
    Jar::new(PublicSuffixes).receive(header.as_bytes(), &Request::new(&url(from), NOW))
}

//= RFC 6265bis §5.4: the examples of refused and accepted prefixes
#[test]
fn prefixes() {
    let site = "https://site.example/";
    for refused in [
        "__Secure-SID=12345; Domain=site.example",
        "__secure-SID=12345; Domain=site.example",
        "__SECURE-SID=12345; Domain=site.example",
        "__Host-SID=12345",
        "__host-SID=12345; Secure",
        "__host-SID=12345; Domain=site.example",
        "__HOST-SID=12345; Domain=site.example; Path=/",
        "__Host-SID=12345; Secure; Domain=site.example; Path=/",
        "__host-SID=12345; Secure; Domain=site.example; Path=/",
        "__HOST-SID=12345; Secure; Domain=site.example; Path=/",
    ] {
        let outcome = received(refused, site);
        assert!(matches!(outcome, Received::Dropped(Dropped::Prefix(_))), "{refused}: {outcome:?}");
    }
    for accepted in [
        "__Secure-SID=12345; Domain=site.example; Secure",
        "__secure-SID=12345; Domain=site.example; Secure",
        "__SECURE-SID=12345; Domain=site.example; Secure",
        "__Host-SID=12345; Secure; Path=/",
        "__host-SID=12345; Secure; Path=/",
        "__HOST-SID=12345; Secure; Path=/",
    ] {
        assert_eq!(received(accepted, site), Received::Stored, "{accepted}");
    }
    //= RFC 6265bis §5.7: "__Host-" needs a Path attribute, the path "/" and no Domain
    // A Path without a slash is the default path, which is "/" for a page at the root (§5.6.4).
    let by_default = "__Host-SID=12345; Secure; Path=x";
    assert_eq!(received(by_default, site), Received::Stored);
    let deeper = received(by_default, "https://site.example/staff/rota");
    assert_eq!(deeper, Received::Dropped(Dropped::Prefix(Prefix::Host)));
    let insecure = "__Secure-SID=12345; Domain=site.example; Secure";
    assert_eq!(
        received(insecure, "http://site.example/"),
        Received::Dropped(Dropped::InsecureConnection)
    );
}

//= RFC 6265bis §5.7: a nameless cookie is not to be sent back as a prefixed one
#[test]
fn nameless_prefixes() {
    for header in ["__Host-a=b", "=__Host-a=b", "__secure-a", "=__Secure-", "=__HTTP-a=b"] {
        let nameless = format!("={}", header.trim_start_matches('='));
        let outcome = received(&format!("{nameless}; Secure; Path=/"), "https://site.example/");
        assert!(
            matches!(outcome, Received::Dropped(Dropped::NamelessPrefix(_))),
            "{nameless}: {outcome:?}"
        );
    }
}

//= draft-ietf-httpbis-layered-cookies, Cookie Name Prefixes: "__Http-" and "__Host-Http-"
#[test]
fn http_prefixes() {
    let site = url("https://site.example/");
    for (header, stored) in [
        ("__Http-a=b; Secure; HttpOnly", true),
        ("__http-a=b; Secure; HttpOnly; Domain=site.example; Path=/x", true),
        ("__Http-a=b; Secure", false),
        ("__Http-a=b; HttpOnly", false),
        ("__Host-Http-a=b; Secure; HttpOnly; Path=/", true),
        ("__Host-Http-a=b; Secure; HttpOnly", false),
        ("__Host-Http-a=b; Secure; Path=/", false),
        ("__hOST-hTTP-a=b; Secure; HttpOnly; Path=/; Domain=site.example", false),
    ] {
        let outcome = received(header, "https://site.example/");
        assert_eq!(outcome == Received::Stored, stored, "{header}: {outcome:?}");
    }
    let script = Request::new(&site, NOW).by(Api::Script);
    let outcome = Jar::new(TopLevelDomains).receive(b"__Http-a=b; Secure", &script);
    assert_eq!(outcome, Received::Dropped(Dropped::Prefix(Prefix::Http)));
}

//= RFC 6265bis §5.7: the note on overlaying, with a cookie for /login
#[test]
fn an_insecure_cookie_does_not_overlay_a_secure_one() {
    let mut jar = Jar::new(PublicSuffixes);
    let (secure, insecure) = (url("https://a.site.example/"), url("http://site.example/"));
    let old =
        jar.receive(b"a=1; Secure; Path=/login; Domain=site.example", &Request::new(&secure, NOW));
    assert_eq!(old, Received::Stored);
    for (path, stored) in [("/", true), ("/foo", true), ("/login", false), ("/login/en", false)] {
        let mut jar = jar.clone();
        let outcome =
            jar.receive(format!("a=2; Path={path}").as_bytes(), &Request::new(&insecure, NOW));
        let expected =
            if stored { Received::Stored } else { Received::Dropped(Dropped::OverlaysSecure) };
        assert_eq!(outcome, expected, "{path}");
    }
}

//= RFC 6265bis §5.5, §5.6.1, §5.6.2: 400 days are the limit for both attributes
#[test]
fn lifetimes() {
    for (header, expected) in [
        ("a=1; Max-Age=34560000", Some(NOW.0 + MAX_AGE_LIMIT)),
        ("a=1; Max-Age=34560001", Some(NOW.0 + MAX_AGE_LIMIT)),
        ("a=1; Max-Age=999999999999999999999999", Some(NOW.0 + MAX_AGE_LIMIT)),
        ("a=1; Max-Age=-999999999999999999999999", Some(UnixSeconds::EARLIEST.0)),
        ("a=1; Max-Age=", None),
        ("a=1; Max-Age=+60", None),
        ("a=1; Max-Age=--60", None),
        ("a=1; Max-Age=6 0", None),
        ("a=1; Max-Age=-", None),
        ("a=1; Max-Age=60; Max-Age=", Some(NOW.0 + 60)),
        ("a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT", Some(NOW.0 + MAX_AGE_LIMIT)),
        ("a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", Some(NOW.0 + 60)),
        ("a=1; Expires=Thu, 01 Jan 2026 00:01:00 GMT; Expires=never", Some(NOW.0 + 60)),
        ("a=1; Expires=never", None),
    ] {
        let cookie = SetCookie::parse(header.as_bytes()).unwrap();
        assert_eq!(cookie.expiry(NOW).map(|moment| moment.0), expected, "{header}");
    }
}

//= RFC 6265bis §5.7, §5.8.3: SameSite, when set and when sent
#[test]
fn same_site() {
    let site = url("https://site.example/");
    let same = Request::new(&site, NOW);
    let navigation = same.from(Origin::CrossSiteNavigation);
    let embedded = same.from(Origin::CrossSiteEmbedded);
    for (same_site, by_navigation, when_embedded) in
        [("Strict", "", ""), ("Lax", "a=1", ""), ("odd", "a=1", ""), ("None", "a=1", "a=1")]
    {
        let header = format!("a=1; Secure; SameSite={same_site}");
        let mut jar = Jar::new(PublicSuffixes);
        assert_eq!(jar.receive(header.as_bytes(), &same), Received::Stored);
        assert_eq!(jar.cookie_header(&same.unsafely()), b"a=1");
        assert_eq!(jar.cookie_header(&navigation), by_navigation.as_bytes(), "{same_site}");
        assert_eq!(jar.cookie_header(&embedded), when_embedded.as_bytes(), "{same_site}");
        let unsafely = if same_site == "None" { "a=1" } else { "" };
        assert_eq!(jar.cookie_header(&navigation.unsafely()), unsafely.as_bytes());

        let mut jar = Jar::new(PublicSuffixes);
        assert_eq!(jar.receive(header.as_bytes(), &navigation), Received::Stored);
        let mut jar = Jar::new(PublicSuffixes);
        let stored = jar.receive(header.as_bytes(), &embedded) == Received::Stored;
        assert_eq!(stored, same_site == "None");
    }
    assert_eq!(
        received("a=1; SameSite=None", "https://site.example/"),
        Received::Dropped(Dropped::SameSiteNoneInsecure)
    );
    let last = SetCookie::parse(b"a=1; SameSite=Strict; SameSite=odd").unwrap();
    assert_eq!(last.same_site(), SameSite::Default);
}

//= RFC 6265bis §5.7, §5.8.3: what scripts may not set, overwrite and see
#[test]
fn scripts() {
    let site = url("https://site.example/");
    let (http, script) = (Request::new(&site, NOW), Request::new(&site, NOW).by(Api::Script));
    let mut jar = Jar::new(PublicSuffixes);
    assert_eq!(jar.receive(b"a=1; HttpOnly", &http), Received::Stored);
    let outcome = jar.receive(b"a=2", &script);
    assert_eq!(outcome, Received::Dropped(Dropped::OverwritesHttpOnly));
    let outcome = jar.receive(b"b=2; HttpOnly", &script);
    assert_eq!(outcome, Received::Dropped(Dropped::HttpOnlyFromScript));
    assert_eq!(jar.cookie_header(&script), b"");
    assert_eq!(jar.cookie_header(&http), b"a=1");
}

//= RFC 6265bis §5.7: public suffixes
#[test]
fn public_suffixes() {
    let dropped = Received::Dropped(Dropped::PublicSuffix);
    assert_eq!(received("a=1; Domain=co.uk", "https://clinic.co.uk/"), dropped);
    assert_eq!(received("a=1; Domain=github.io", "https://clinic.github.io/"), dropped);
    assert_eq!(received("a=1; Domain=com", "https://clinic.com/"), dropped);

    let mut jar = Jar::new(PublicSuffixes);
    let own = url("https://github.io/");
    assert_eq!(jar.receive(b"a=1; Domain=github.io", &Request::new(&own, NOW)), Received::Stored);
    assert!(jar.cookies().all(upheld_cookies::StoredCookie::is_host_only));
    assert_eq!(PublicSuffixes.registrable_domain("www.clinic.co.uk"), Some("clinic.co.uk"));
    assert_eq!(PublicSuffixes.registrable_domain("co.uk"), None);
    assert_eq!(TopLevelDomains.registrable_domain("www.clinic.co.uk"), Some("co.uk"));
}

//= RFC 6265bis §5.7: a Domain beyond ASCII
#[test]
fn foreign_domains() {
    let outcome = received("a=1; Domain=klinik-süd.example", "https://xn--klinik-sd-u9a.example/");
    assert_eq!(outcome, Received::Dropped(Dropped::DomainNotAscii));
    let outcome = received("a=1; Domain=0.0.1", "http://10.0.0.1/");
    assert_eq!(outcome, Received::Dropped(Dropped::ForeignDomain));
    assert_eq!(received("a=1; Domain=10.0.0.1", "http://10.0.0.1/"), Received::Stored);
    assert_eq!(received("a=1", "http://[2001:db8::1]:80/"), Received::Stored);
}

//= RFC 6265bis §5.1.2: hosts
#[test]
fn hosts() {
    for (text, canonical) in [
        ("WWW.Clinic.Example", "www.clinic.example"),
        ("[2001:DB8:0:0::1]", "[2001:db8::1]"),
        ("127.0.0.1", "127.0.0.1"),
        ("a_b.example", "a_b.example"),
        ("clinic.example.", "clinic.example."),
    ] {
        assert_eq!(Host::parse(text).unwrap().as_str(), canonical);
    }
    for wrong in ["", "a b", "klinik-süd", "1.2.3", "256.1.1.1", "a.0x1f", "[::1", "[g::]", "a%2e"]
    {
        assert!(Host::parse(wrong).is_err(), "{wrong}");
    }
    assert!(Host::parse(&"a".repeat(254)).is_err());
    for wrong in ["a..example", ".example", ".", "a.example..", &format!("{}.b", "a".repeat(64))] {
        assert_eq!(Host::parse(wrong), Err(HostError::Label), "{wrong}");
    }
    let urls = ["clinic.example", "ftp://a/", "https://a:port/", "https://a:70000/", "https:///x"];
    for wrong in urls {
        assert!(RequestUrl::parse(wrong).is_err(), "{wrong}");
    }
    for trusted in
        ["https://a/", "wss://a", "http://localhost:8080", "http://127.9.9.9", "http://[::1]/"]
    {
        assert!(url(trusted).is_secure(), "{trusted}");
    }
    assert!(!url("http://localhost.example/").is_secure());
    assert_eq!(url("https://user:secret@a.example?x=/y").path(), b"/");
}

//= CHIPS, Partitioned: kept apart by top-level site, and Secure
#[test]
fn partitioned() {
    let widget = url("https://maps.example/");
    let here = Request::new(&widget, NOW).within("clinic.example");
    let there = Request::new(&widget, NOW).within("bakery.example");
    let mut jar = Jar::new(PublicSuffixes);
    let header = b"a=1; Secure; SameSite=None; Partitioned";
    assert_eq!(jar.receive(header, &here), Received::Stored);
    assert_eq!(jar.cookie_header(&here), b"a=1");
    assert_eq!(jar.cookie_header(&there), b"");
    assert_eq!(jar.cookie_header(&Request::new(&widget, NOW)), b"");
    assert_eq!(jar.receive(b"a=2; Secure; SameSite=None; Partitioned", &there), Received::Stored);
    assert_eq!(jar.cookies().len(), 2);
    let outcome = jar.receive(b"a=1; Partitioned", &here);
    assert_eq!(outcome, Received::Dropped(Dropped::PartitionedInsecure));
}

//= RFC 6265bis §5.7: how many cookies are kept, and which go first
#[test]
fn limits() {
    let site = url("https://site.example/");
    let limits = Limits { per_domain: 3, total: 4 };
    let mut jar = Jar::with_limits(PublicSuffixes, limits);
    for (second, header) in [(0, "a=1; Secure"), (1, "b=1"), (2, "c=1; Secure"), (3, "d=1; Secure")]
    {
        let request = Request::new(&site, NOW.saturating_add(second));
        assert_eq!(jar.receive(header.as_bytes(), &request), Received::Stored);
    }
    let at = |second| Request::new(&site, NOW.saturating_add(second));
    assert_eq!(jar.cookie_header(&at(4)), b"a=1; c=1; d=1", "the one that is not Secure went");
    assert_eq!(jar.receive(b"e=1; Secure", &at(5)), Received::Stored);
    assert_eq!(jar.cookie_header(&at(6)), b"c=1; d=1; e=1", "the oldest went");
    for other in ["https://b.example/", "https://c.example/"] {
        assert_eq!(jar.receive(b"x=1", &Request::new(&url(other), NOW)), Received::Stored);
    }
    assert_eq!(jar.cookies().len(), 4);

    let mut jar = Jar::new(PublicSuffixes);
    for number in 0..10_000 {
        let host = url(&format!("https://{}.example/", number % 100));
        let header = format!("a{number}=1");
        assert_eq!(jar.receive(header.as_bytes(), &Request::new(&host, NOW)), Received::Stored);
    }
    assert_eq!(jar.cookies().len(), Limits::default().total);
}

//= RFC 6265bis §5.7: the session ends; replaced cookies keep their creation-time
#[test]
fn sessions_and_replacement() {
    let site = url("https://site.example/");
    let at = |second| Request::new(&site, NOW.saturating_add(second));
    let mut jar = Jar::new(PublicSuffixes);
    for (second, header) in [(0, "a=1"), (1, "b=1; Max-Age=60"), (2, "a=2"), (3, "c=1; Path=/x")] {
        assert_eq!(jar.receive(header.as_bytes(), &at(second)), Received::Stored);
    }
    assert_eq!(jar.cookie_header(&at(4)), b"a=2; b=1");
    let ended = jar.receive(b"a=; Max-Age=0", &at(5));
    assert_eq!(ended, Received::Expired { removed: true });
    assert_eq!(jar.receive(b"a=; Max-Age=0", &at(5)), Received::Expired { removed: false });
    jar.end_session();
    assert_eq!(jar.cookie_header(&at(6)), b"b=1");
    assert_eq!(jar.cookie_header(&at(61)), b"");
}

#[test]
fn no_value_is_printed() {
    let planted = "s3cret-value";
    let header = format!("session={planted}; Path=/");
    let site = url("https://site.example/");
    let mut jar = Jar::new(PublicSuffixes);
    assert_eq!(jar.receive(header.as_bytes(), &Request::new(&site, NOW)), Received::Stored);
    let cookie = SetCookie::parse(header.as_bytes()).unwrap();
    let syntax = upheld_cookies::Syntax::of(header.as_bytes());
    let printed = format!("{jar:?} {cookie:?} {syntax:?} {:?}", syntax.attributes().next());
    assert!(printed.contains("session") && !printed.contains(planted), "{printed}");
}
