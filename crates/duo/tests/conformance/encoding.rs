//! Percent-encoding and sorting: the table of the tests of `duo_client_python`
//! (`tests/test_client.py`) and `duo_api_golang` (`duo_test.go`), and laws.

use proptest::prelude::*;
use upheld_duo::{Params, ParamsError, UnixSeconds};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PUNCTUATION: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

fn params(pairs: &[(&str, &str)]) -> Params {
    pairs.iter().fold(Params::new(), |params, (name, value)| params.with(name, value))
}

#[test]
fn the_table_of_the_official_clients() {
    let table: [(&[(&str, &str)], &str); 9] = [
        (&[], ""),
        (&[("realname", "First Last")], "realname=First%20Last"),
        (
            &[("realname", "First Last"), ("username", "root")],
            "realname=First%20Last&username=root",
        ),
        (
            &[("words", "First Last"), ("success", "true"), ("digit", "5")],
            "digit=5&success=true&words=First%20Last",
        ),
        (&[("foo_bar", "2"), ("foo", "1")], "foo=1&foo_bar=2"),
        (
            &[("ip_whitelist_enroll_policy", "2"), ("ip_whitelist", "1")],
            "ip_whitelist=1&ip_whitelist_enroll_policy=2",
        ),
        (
            &[
                ("digits", "0123456789"),
                ("letters", LETTERS),
                ("punctuation", PUNCTUATION),
                ("whitespace", "\t\n\u{b}\u{c}\r "),
            ],
            "digits=0123456789&letters=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ\
             &punctuation=%21%22%23%24%25%26%27%28%29%2A%2B%2C-.%2F%3A%3B%3C%3D%3E%3F%40%5B%5C%5D\
             %5E_%60%7B%7C%7D~&whitespace=%09%0A%0B%0C%0D%20",
        ),
        (
            &[("username", "H ell?o"), ("password", "H-._~i"), ("password", "A(!'*)")],
            "password=A%28%21%27%2A%29&password=H-._~i&username=H%20ell%3Fo",
        ),
        (
            &[("foo", "\u{d4ce}\u{d6d6}\u{7938}"), ("qux", "\u{8b97}\u{c846}-\u{828e}")],
            "foo=%ED%93%8E%ED%9B%96%E7%A4%B8&qux=%E8%AE%97%EC%A1%86-%E8%8A%8E",
        ),
    ];
    for (pairs, expected) in table {
        assert_eq!(params(pairs).canonical().as_str(), expected);
    }
}

#[test]
fn json_sorts_names_and_keeps_several_values() {
    let written = params(&[("b", "\"\\\n\u{1}é"), ("a", "2"), ("c", "x"), ("a", "1")]).to_json();
    let read: serde_json::Value = serde_json::from_slice(&written).unwrap();
    assert_eq!(read, serde_json::json!({"a": ["2", "1"], "b": "\"\\\n\u{1}é", "c": "x"}));
    assert!(written.starts_with(b"{\"a\":["), "sorted, without spaces");
    assert_eq!(Params::new().to_json().as_slice(), b"{}", "what Duo's clients send for nothing");
}

#[test]
fn forms_are_read_as_browsers_and_python_write_them() {
    let read = Params::parse_form("a=First+Last&b=%2B%20&&c&d=x=y").unwrap();
    assert_eq!(read, params(&[("a", "First Last"), ("b", "+ "), ("c", ""), ("d", "x=y")]));
    assert_eq!(Params::parse_form("a=1&b=%ff"), Err(ParamsError::Encoding { index: 1 }));
    let many = "a&".repeat(Params::MAX + 1);
    assert_eq!(Params::parse_form(&many), Err(ParamsError::TooMany { limit: 1_000 }));
}

#[test]
fn names_are_shown_and_values_are_not() {
    let shown = format!("{:?}", params(&[("passcode", "135790"), ("factor", "passcode")]));
    assert_eq!(shown, r#"Params["passcode", "factor"]"#);
}

/// Dates that Duo's clients and integrators send, all of one moment.
#[test]
fn dates_are_read_in_any_zone() {
    for date in [
        "Tue, 21 Aug 2012 17:29:18 -0000",
        "Tue, 21 Aug 2012 17:29:18 +0000",
        "Tue, 21 Aug 2012 17:29:18 GMT",
        "Tue, 21 Aug 2012 12:29:18 -0500",
        "21 Aug 2012 17:29:18 -0000",
    ] {
        assert_eq!(UnixSeconds::parse_date(date), Ok(UnixSeconds(1_345_570_158)), "{date}");
    }
    for date in [
        "",
        "now",
        "1345570158",
        "Tue, 04 Jul 2017 14:12:00",
        "Wed, 21 Aug 2012 17:29:18 -0000",
        "Tue, 32 Aug 2012 17:29:18 -0000",
        "Mon, 01 Jan 1900 00:00:00 -0000",
    ] {
        assert!(UnixSeconds::parse_date(date).is_err(), "{date}");
    }
    let padded = format!("{}Tue, 21 Aug 2012 17:29:18 -0000", " ".repeat(80));
    assert!(UnixSeconds::parse_date(&padded).is_err());
}

proptest! {
    #[test]
    fn the_order_of_adding_does_not_matter(
        pairs in proptest::collection::vec((".{0,3}", ".{0,5}"), 0..8),
        seed in any::<u64>(),
    ) {
        let mut other = pairs.clone();
        other.sort_by_key(|(name, value)| {
            let bytes = name.bytes().chain(value.bytes());
            bytes.fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
        });
        let text = |pairs: &[(String, String)]| {
            let mut params = Params::new();
            for (name, value) in pairs {
                params.push(name, value);
            }
            params.canonical()
        };
        prop_assert_eq!(text(&pairs), text(&other));
    }

    #[test]
    fn what_is_written_is_read(pairs in proptest::collection::vec((".{1,8}", ".{0,8}"), 0..8)) {
        let mut params = Params::new();
        for (name, value) in &pairs {
            params.push(name, value);
        }
        let read = Params::parse_form(&params.canonical()).unwrap();
        let sorted = |params: &Params| {
            let mut pairs: Vec<_> =
                params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            pairs.sort();
            pairs
        };
        prop_assert_eq!(sorted(&read), sorted(&params));
    }

    #[test]
    fn every_moment_is_written_and_read(seconds in 0_u64..253_402_200_000) {
        let moment = UnixSeconds(seconds);
        prop_assert_eq!(UnixSeconds::parse_date(&moment.to_date()), Ok(moment));
    }

    #[test]
    fn any_text_is_a_date_or_is_not(text in "\\PC{0,80}") {
        let _answer = UnixSeconds::parse_date(&text);
    }

    #[test]
    fn any_moment_can_be_written(seconds: u64) {
        prop_assert!(UnixSeconds(seconds).to_date().ends_with(" -0000"));
    }
}
