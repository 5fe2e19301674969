//! The vectors of web-platform-tests, `cookies/`, which browsers are held to.
//!
//! From `attributes/{invalid,max-age,expires,resources/domain-child.sub}.html`, `value/value.html`,
//! `path/match.html` and `size/*.html` as of 2025. Left out: one value with a line feed, which no
//! HTTP message can carry, and two that navigate to other hosts by the browser's own means.

use upheld_cookies::{Jar, PublicSuffixes, Request, RequestUrl, UnixSeconds};

/// 2026-01-01.
const NOW: UnixSeconds = UnixSeconds(1_767_225_600);
const WWW: &str = "http://www.web-platform.test:8000/cookies/attributes/resources/path.html";
const WWW1: &str = "http://www1.web-platform.test:8000/cookies/attributes/resources/path.html";
const WWW2_WWW: &str =
    "http://www2.www.web-platform.test:8000/cookies/attributes/resources/path.html";

/// What is sent to `to` after every header field was received from `from`.
fn sent(received: &[&str], from: &str, to: &str) -> String {
    let (from, to) = (RequestUrl::parse(from).unwrap(), RequestUrl::parse(to).unwrap());
    let mut jar = Jar::new(PublicSuffixes);
    for header in received {
        let _outcome = jar.receive(header.as_bytes(), &Request::new(&from, NOW));
    }
    String::from_utf8(jar.cookie_header(&Request::new(&to, NOW))).unwrap()
}

fn check(vectors: &[(&[&str], &str)]) {
    for (received, expected) in vectors {
        assert_eq!(sent(received, WWW, WWW), *expected, "{received:?}");
    }
}

//= RFC 6265bis §5.6: attributes that are unknown or malformed
#[test]
fn invalid_attributes() {
    let vectors: [(&[&str], &str); 26] = [
        (&["test=1; lol; Path=/"], "test=1"),
        (&["test=2; Path=/; lol"], "test=2"),
        (&["test=3; Path=/; 'lol'"], "test=3"),
        (&["test=4; Path=/; \"lol\""], "test=4"),
        (&["test=5; Path=/; lol="], "test=5"),
        (&["test=6; lol=\"aaa;bbb\"; Path=/"], "test=6"),
        (&["test=7; Path=/; lol=\"aaa;bbb\""], "test=7"),
        (&["test=8; \"Secure\""], "test=8"),
        (&["test=9; Secure qux"], "test=9"),
        (&["test=10; b,az=qux"], "test=10"),
        (&["test=11; baz=q,ux"], "test=11"),
        (&["  test  = 12  ;foo;;;   bar"], "test=12"),
        (&["  test=== 13  ;foo;;;   bar"], "test=== 13"),
        (&["test=14; version=1;"], "test=14"),
        (&["test=15; version=1000;"], "test=15"),
        (&["test=16; customvalue='1000 or more';"], "test=16"),
        (&["test=17; customvalue='1000 or more'"], "test=17"),
        (&["test=18; foo=bar, a=b"], "test=18"),
        (&["test=19;max-age=3600, c=d;path=/"], "test=19"),
        (&["testA=20", "=", "testb=20"], "testA=20; testb=20"),
        (&["test=21", ""], "test=21"),
        (&["test22", "="], "test22"),
        (&["testA23", "; testB23"], "testA23"),
        (&["test24", "   "], "test24"),
        (&["test25", "\t"], "test25"),
        (&["test=26; domain=.parser.test; ;; ;=; ,,, ===,abc,=; abracadabra! max-age=20;=;;"], ""),
    ];
    check(&vectors);
}

//= RFC 6265bis §5.6.2: Max-Age
#[test]
fn max_age() {
    let vectors: [(&[&str], &str); 10] = [
        (&["test=1; Max-Age=50,399"], "test=1"),
        (&["test=2; max-age=10000"], "test=2"),
        (&["test=3; max-age=0"], ""),
        (&["test=4; max-age=-1"], ""),
        (&["test=5; max-age=-20"], ""),
        (&["testA=6; max-age=60", "testB=6; max-age=60"], "testA=6; testB=6"),
        (
            &["testA=7; max-age=60", "testB=7; max-age=60", "testA=differentvalue; max-age=0"],
            "testB=7",
        ),
        (
            &[
                "testA=8; max-age=60",
                "testB=8; max-age=60",
                "testA=differentvalue; max-age=0",
                "testC=8; max-age=0",
            ],
            "testB=8",
        ),
        (
            &["test=\"9! = foo;bar\";\" parser; max-age=6", "test9; max-age=2.63,"],
            "test=\"9! = foo; test9",
        ),
        (&["test=10; max-age=0", "test10; max-age=0"], ""),
    ];
    check(&vectors);
}

//= RFC 6265bis §5.6.1: Expires
#[test]
fn expires() {
    let vectors: [(&[&str], &str); 5] = [
        (&["test=1; Expires=Fri, 01 Jan 2038 00:00:00 GMT"], "test=1"),
        (&["test=2; Expires=Fri 01 Jan 2038 00:00:00 GMT, baz=qux"], "test=2"),
        (&["test=3; Expires=Fri, 01 Jan 2038 00:00:00 GMT"], "test=3"),
        (
            &[
                "test=expired; Expires=Fri, 07 Aug 2007 08:04:19 GMT",
                "test=4; Expires=Fri, 07 Aug 2027 08:04:19 GMT",
            ],
            "test=4",
        ),
        (&["test=5; expires=Thu, 10 Apr 1980 16:33:12 GMT"], ""),
    ];
    check(&vectors);
}

//= RFC 6265bis §5.6: values
#[test]
fn values() {
    let vectors: [(&[&str], &str); 20] = [
        (&["test=1, baz=qux"], "test=1, baz=qux"),
        (&["test=\"2, baz=qux\""], "test=\"2, baz=qux\""),
        (&["test=\"3zz;pp\" ; ;"], "test=\"3zz"),
        (&["test=\"4zz ;"], "test=\"4zz"),
        (&["test=\"5zzz \"   \"ppp\"  ;"], "test=\"5zzz \"   \"ppp\""),
        (&["test=6A\"B ;"], "test=6A\"B"),
        (&["test7"], "test7"),
        (&["\"test8\"HHH\""], "\"test8\"HHH\""),
        (&["test=\"9"], "test=\"9"),
        (&["=test10"], "test10"),
        (&["test=\"14 \"   ;"], "test=\"14 \""),
        (&["test=15    ;"], "test=15"),
        (&["test=  16"], "test=16"),
        (&["test=\"17\""], "test=\"17\""),
        (&["test=\"  18 \""], "test=\"  18 \""),
        (&["test=\"19;wow\""], "test=\"19"),
        (&["test=\"20=20\""], "test=\"20=20\""),
        (&["test\t=\t21\t \t;\tttt"], "test=21"),
        (&["testA=22", "test22=", "testB=22"], "testA=22; test22=; testB=22"),
        (&["test=%32%33"], "test=%32%33"),
    ];
    check(&vectors);
}

//= RFC 6265bis §5.6: 4096 octets of name and value, 1024 of an attribute's value
#[test]
fn sizes() {
    let cookie = |name: usize, value: usize| format!("{}={}", "t".repeat(name), "1".repeat(value));
    let kept = [(2048, 2048), (4096, 0), (1, 4095)];
    for pair in kept.map(|(name, value)| cookie(name, value)) {
        assert_eq!(sent(&[&pair], WWW, WWW), pair);
    }
    assert_eq!(sent(&[&cookie(0, 4096)], WWW, WWW), "1".repeat(4096));
    for (name, value) in [(4097, 1), (4097, 0), (1, 4096), (4096, 1), (0, 4097), (4, 4094)] {
        assert_eq!(sent(&[&cookie(name, value)], WWW, WWW), "");
    }
    assert_eq!(sent(&[&"1".repeat(4097)], WWW, WWW), "");

    let (long, parent) = ("e".repeat(1024), "web-platform.test");
    for attributes in [
        format!("path=/cookies/attributes; path=/cookies/siz{long}"),
        format!("path=/cookies/siz{long}; path=/cookies/attributes"),
        format!("domain={parent}; domain={long}.com"),
        format!("domain={long}.com; domain={parent}"),
    ] {
        assert_eq!(sent(&[&format!("test=1; {attributes}")], WWW, WWW), "test=1", "{attributes}");
    }
}

//= RFC 6265bis §5.1.4: path-match
#[test]
fn paths() {
    let page = "http://web-platform.test:8000/cookies/path/echo-cookie.html";
    for (path, goes) in [
        ("/", true),
        ("match.html", true),
        ("cookies", true),
        ("/cookies", true),
        ("/cookies/", true),
        ("/cookies/path/echo-cookie.html", true),
        ("/cook", false),
        ("/w/", false),
    ] {
        let header = format!("a=1; path={path}");
        assert_eq!(sent(&[&header], page, page), if goes { "a=1" } else { "" }, "{path}");
    }
}

/// What is received, where from, where it may go to, and what goes there.
const DOMAINS: [(&[&str], &str, &str, &str); 45] = [
    (&["test=1; domain=www.web-platform.test"], WWW, WWW, "test=1"),
    (&["test=2; domain=www.web-platform.test"], WWW, WWW1, ""),
    (&["test=3; domain=.www.web-platform.test"], WWW, WWW, "test=3"),
    (&["test=4; domain=www.web-platform.test"], WWW, WWW2_WWW, "test=4"),
    (&["test=5; domain=.www.web-platform.test"], WWW, WWW2_WWW, "test=5"),
    (&["test=6; domain=.www.web-platform.test"], WWW, WWW1, ""),
    (&["test=7; domain=www1.web-platform.test"], WWW, WWW1, ""),
    (&["test=8; domain=.web-platform.test"], WWW, WWW, "test=8"),
    (&["test=9; domain=web-platform.test"], WWW, WWW, "test=9"),
    (&["test=10; domain=..www.web-platform.test"], WWW, WWW, ""),
    (&["test=11; domain=www..web-platform.test"], WWW, WWW, ""),
    (&["test=12; domain=  .www.web-platform.test"], WWW, WWW, "test=12"),
    (&["test=13; domain=  .  www.web-platform.test"], WWW, WWW, ""),
    (&["test=14; domain=www.web-platform.test."], WWW, WWW, ""),
    (&["test=15; domain=www.web-platform.test.."], WWW, WWW, ""),
    (&["test=16; domain=www.web-platform.test ."], WWW, WWW, ""),
    (&["test=17; domain=.test"], WWW, WWW, ""),
    (&["test=18; domain=..test"], WWW, WWW, ""),
    (&["test=18b; domain=..test."], WWW, WWW, ""),
    (
        &["testA=19; domain=www.web-platform.test", "testB=19; domain=.www.web-platform.test"],
        WWW,
        WWW,
        "testA=19; testB=19",
    ),
    (
        &["testB=20; domain=.www.web-platform.test", "testA=20; domain=www.web-platform.test"],
        WWW,
        WWW,
        "testB=20; testA=20",
    ),
    (&["test=21; domain=\"www.web-platform.test\""], WWW, WWW, ""),
    (
        &["testA=22; domain=www.web-platform.test", "testB=22; domain=.web-platform.test"],
        WWW,
        WWW,
        "testA=22; testB=22",
    ),
    (
        &["testB=23; domain=.web-platform.test", "testA=23; domain=www.web-platform.test"],
        WWW,
        WWW,
        "testB=23; testA=23",
    ),
    (&["test=24; domain=.web-platform.test; domain=www.web-platform.test"], WWW, WWW1, ""),
    (&["test=25; domain=www.web-platform.test; domain=.web-platform.test"], WWW, WWW1, "test=25"),
    (&["test=26; domain=www.wEb-PlAtFoRm.test"], WWW, WWW, "test=26"),
    (&["test=27; domain=\"www.web-platform.test:8000\""], WWW, WWW, ""),
    (&["test=28; domain=www2.www.web-platform.test"], WWW, WWW2_WWW, ""),
    (&["test=29"], WWW, WWW2_WWW, ""),
    (&["test=30; domain="], WWW, WWW, "test=30"),
    (
        &["test=31; domain=www.web-platform.test"],
        WWW,
        "http://www.wEb-PlAtFoRm.test:8000/cookies/attributes/resources/path.html",
        "test=31",
    ),
    (&["test=32; domain=www.web-platform.test; domain=www.web-platform.testzzz"], WWW, WWW, ""),
    (
        &["test=33; domain=www.web-platform.testzzz; domain=www.web-platform.test"],
        WWW,
        WWW,
        "test=33",
    ),
    (
        &["test=34; domain=www.web-platform.test; domain=www.web-platform.testzzz; \
               domain=www.web-platform.test"],
        WWW,
        WWW,
        "test=34",
    ),
    (
        &["test=35; domain=www.web-platform.testzzz; domain=www.web-platform.test; \
               domain=www.web-platform.testzzz"],
        WWW,
        WWW,
        "",
    ),
    (&["test=36; domain=www.web-platform.test; domain=www.web-platform.test"], WWW, WWW, "test=36"),
    (&["test=37; domain=www.web-platform.test; domain=web-platform.test"], WWW, WWW, "test=37"),
    (&["test=38; domain=web-platform.test; domain=www.web-platform.test"], WWW, WWW, "test=38"),
    (&["test=39; domain=.www1.web-platform.test"], WWW, WWW1, ""),
    (&["test=40; domain=.www2.www.web-platform.test"], WWW, WWW2_WWW, ""),
    (&["test=41; domain=web-platform.test; domain="], WWW, WWW, "test=41"),
    // Browsers pass over an empty Domain, so the suite expects none here. RFC 6265bis §5.6.3
    // appends it like any other and §5.7 takes the last: the cookie is the host's own.
    (&["test=42; domain=www1.web-platform.test; domain="], WWW, WWW, "test=42"),
    (
        &["test=not44; domain=www.web-platform.test", "test=44; domain=.www.web-platform.test"],
        WWW,
        WWW,
        "test=44",
    ),
    (
        &["test=not45; domain=.www.web-platform.test", "test=45; domain=www.web-platform.test"],
        WWW,
        WWW,
        "test=45",
    ),
];

//= RFC 6265bis §5.1.3, §5.6.3: domain-match and Domain
#[test]
fn domains() {
    for (received, from, to, expected) in DOMAINS {
        assert_eq!(sent(received, from, to), expected, "{received:?}");
    }
}
