//! How the two readers treat what other programs write, one row per peculiarity seen in the wild.

use upheld_totp::{KeyUri, Reading, UriFault};

enum Expected {
    /// Both readers take it, with this issuer and account.
    Both(&'static str, &'static str),
    /// The lenient reader takes it, with one repair and this issuer and account.
    Lenient(&'static str, &'static str),
    /// Neither takes it.
    Neither,
}
use Expected::{Both, Lenient, Neither};

const ROWS: [(&str, &str, Expected); 15] = [
    ("a space as %20", "totp/a?secret=S&issuer=Air%20Canada", Both("Air Canada", "a")),
    ("a space as +", "totp/a?secret=S&issuer=Air+Canada", Lenient("Air Canada", "a")),
    ("an encoded colon in the label", "totp/A%3AB?secret=S", Both("A", "B")),
    ("issuers that differ", "totp/A:b?secret=S&issuer=C", Lenient("C", "b")),
    ("a secret in lower case", "totp/a?secret=jbswy3dpehpk3pxpjbswy3dpehpk3pxp", Lenient("", "a")),
    ("a padded secret", "totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY======", Lenient("", "a")),
    (
        "a secret in groups",
        "totp/a?secret=JBSW%20Y3DP%20EHPK%203PXP%20JBSW%20Y3DP%20EHPK%203PXP",
        Lenient("", "a"),
    ),
    ("a secret given twice", "totp/a?secret=S&secret=S", Neither),
    ("hotp without a counter", "hotp/a?secret=S", Lenient("", "a")),
    ("99 digits", "totp/a?secret=S&digits=99", Neither),
    ("an unknown algorithm", "totp/a?secret=S&algorithm=SHA3", Neither),
    ("a period of zero", "totp/a?secret=S&period=0", Neither),
    ("the issuer Steam", "totp/Steam:a?secret=S&issuer=Steam", Both("Steam", "a")),
    (
        "parameters of some apps",
        "totp/a?secret=S&image=http://x/y.png&lock=false&codeDisplay=1",
        Both("", "a"),
    ),
    ("a double-encoded label", "totp/a%2541?secret=S", Both("", "a%41")),
];

fn read(parse: fn(&str) -> Result<Reading, UriFault>, text: &str) -> Option<Reading> {
    let text = text.replace("secret=S", "secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP");
    parse(&format!("otpauth://{text}")).ok()
}

fn names(reading: &Reading) -> (&str, &str) {
    (reading.uri.label.issuer().unwrap_or_default(), reading.uri.label.account())
}

#[test]
fn peculiarities_of_other_programs() {
    for (name, text, expected) in ROWS {
        let (strict, lenient) = (read(KeyUri::parse, text), read(KeyUri::parse_lenient, text));
        match expected {
            Both(issuer, account) => {
                assert_eq!(strict.as_ref().map(names), Some((issuer, account)), "{name}");
                assert_eq!(lenient.as_ref().map(names), Some((issuer, account)), "{name}");
            }
            Lenient(issuer, account) => {
                assert!(strict.is_none(), "{name}");
                let lenient = lenient.unwrap();
                assert_eq!(names(&lenient), (issuer, account), "{name}");
                assert_eq!(lenient.findings.len(), 1, "{name}");
            }
            Neither => assert!(strict.is_none() && lenient.is_none(), "{name}"),
        }
    }
}

/// A code is always six digits of the decimal alphabet, whoever issued it.
#[test]
fn an_issuer_named_steam_changes_nothing() {
    let read = |issuer| read(KeyUri::parse, &format!("totp/a?secret=S&issuer={issuer}")).unwrap();
    let code = |issuer| read(issuer).uri.totp().unwrap().code_at(upheld_totp::UnixSeconds(0));
    assert_eq!(code("Steam"), code("Other"));
}
