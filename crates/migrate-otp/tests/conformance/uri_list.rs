//! Files of `otpauth` URIs.
//!
//! Source: the Key URI format as Google describes it, and the type `steam` with which Aegis,
//! andOTP and 2FAS write Steam Guard. Codes are those of RFC 6238 and of `pyotp`'s Steam test.

use upheld_migrate_otp::uri_list::{self, LineFault};
use upheld_migrate_otp::{Credential, ImportError, MAX_ENTRIES, Repair};
use upheld_totp::{UnixSeconds, UriFaultKind as Kind};

const URI: &str = "otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&digits=8";
const STEAM: &str = "otpauth://steam/Boeing:Sophia?secret=FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW\
                     &issuer=Boeing&algorithm=SHA1&digits=5&period=30";

#[test]
fn every_line_is_read_and_its_repairs_are_listed() {
    let text = format!(
        "\u{feff}# exported\r\n\r\n{URI}\r\n  {}  \n\n#{URI}\n{STEAM}&icon=x",
        "OTPAUTH://hotp/A:b?secret=gezd gnbv gy3t qojq&issuer=A+C&algorithm=sha1"
    );
    let entries = uri_list::import(text.as_bytes()).unwrap();
    assert_eq!(entries.len(), 3);
    let Credential::Otp(uri) = &entries[0].credential else { panic!("not OTP") };
    let code = uri.totp().unwrap().code_at(UnixSeconds(59));
    assert_eq!(code.to_text().expose(), "94287082");
    assert!(entries[0].repairs.is_empty());

    let found = |entry: usize| -> Vec<(Kind, usize)> {
        let repairs = entries[entry].repairs.iter();
        repairs
            .map(|repair| match repair {
                Repair::Uri(fault) => (fault.kind, fault.at),
                other => panic!("{other:?}"),
            })
            .collect()
    };
    let kinds: Vec<Kind> = found(1).into_iter().map(|(kind, _)| kind).collect();
    let expected = [
        Kind::Case,
        Kind::SecretSpelling,
        Kind::WeakSecret { bits: 80 },
        Kind::Plus,
        Kind::IssuerMismatch,
        Kind::AlgorithmSpelling,
        Kind::MissingCounter,
    ];
    assert_eq!(kinds, expected);

    let Credential::Steam(steam) = &entries[2].credential else { panic!("not Steam") };
    assert_eq!((steam.label.issuer(), steam.label.account()), (Some("Boeing"), "Sophia"));
    assert_eq!(steam.guard().code_at(UnixSeconds(31)).to_text().expose(), "QJY8Y");
    // The position counts in the URI as it stands, not in the one it is read as.
    assert_eq!(found(2), [(Kind::Unknown, STEAM.len() + 1)]);
}

#[test]
fn a_faulty_line_is_named_by_its_number() {
    let fault =
        |line: &str| match uri_list::import(format!("# one\n\n{URI}\n{line}\n{URI}").as_bytes())
            .unwrap_err()
        {
            ImportError::Line { line: 4, fault } => fault,
            other => panic!("{other:?}"),
        };
    let uri = |line: &str| match fault(line) {
        LineFault::Uri(fault) => (fault.kind, fault.at),
        other => panic!("{other:?}"),
    };
    assert_eq!(uri("hello"), (Kind::Scheme, 0));
    assert_eq!(uri("otpauth-migration://offline?data=AA"), (Kind::Scheme, 0));
    assert_eq!(uri(&URI.replace("totp", "motp")), (Kind::Type, 10));
    assert_eq!(uri(&URI.replace("digits=8", "digits=9")), (Kind::Digits, 68));
    assert_eq!(uri(&STEAM.replace("secret", "scret")), (Kind::MissingSecret, 30));
    assert_eq!(uri(&format!("{STEAM}&digits=5")), (Kind::Duplicate, STEAM.len() + 1));
    assert_eq!(uri(&format!("{URI}{}", "x".repeat(2_048))), (Kind::TooLong, 2_048));
    assert_eq!(fault(&STEAM.replace("digits=5", "digits=6")), LineFault::Steam);
    assert_eq!(fault(&STEAM.replace("SHA1", "SHA256")), LineFault::Steam);
    assert_eq!(fault(&STEAM.replace("period=30", "period=60")), LineFault::Steam);
}

#[test]
fn steam_parameters_may_be_left_out() {
    let bare = "OTPAUTH://Steam/gabe?secret=FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW";
    let entries = uri_list::import(bare.as_bytes()).unwrap();
    assert!(matches!(entries[0].credential, Credential::Steam(_)));
    // And no issuer makes a TOTP entry Steam's.
    let named = format!("{URI}&issuer=Steam");
    let entries = uri_list::import(named.as_bytes()).unwrap();
    assert!(matches!(entries[0].credential, Credential::Otp(_)));
}

#[test]
fn ten_thousand_lines_are_the_most() {
    let line = format!("{URI}\n");
    assert_eq!(uri_list::import(line.repeat(MAX_ENTRIES).as_bytes()).unwrap().len(), MAX_ENTRIES);
    let error = uri_list::import(line.repeat(MAX_ENTRIES + 1).as_bytes()).unwrap_err();
    assert_eq!(error, ImportError::TooManyEntries);
}
