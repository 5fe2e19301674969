//! Nothing that is printed by accident shows a secret or a code.

use core::fmt::{Debug, Display};

use upheld_totp::{
    Algorithm, Code, CodeError, Digits, Hotp, KeyUri, Parameters, Secret, Totp, UnixSeconds, Window,
};

const PLANTED: &str = "PLANTEDSECRETPLANTEDSECRETPLANTED";

fn check(what: impl Debug) {
    check_text(&format!("{what:?}"));
    check_text(&format!("{what:#?}"));
}

fn check_error(error: impl Debug + Display) {
    check_text(&error.to_string());
    check(error);
}

/// The secret as text, as bytes in decimal and hexadecimal, and the codes of the tests below.
fn check_text(printed: &str) {
    let secret = Secret::from_base32_allowing_weak(&PLANTED[..32]).unwrap();
    let bytes = &secret.expose()[..4];
    let decimal = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let lines = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(",\n");
    let hex = data_encoding::HEXLOWER.encode(bytes);
    let upper = printed.to_uppercase();
    for needle in ["PLANTED", "135790", "246813", &decimal, &lines, &hex, &hex.to_uppercase()] {
        assert!(!upper.contains(&needle.to_uppercase()), "{needle} in {printed}");
    }
}

#[test]
fn values_print_redacted() {
    let secret = Secret::from_base32(&PLANTED[..32]).unwrap();
    check(&secret);
    check(secret.to_base32());
    check(Hotp::new(&secret, Algorithm::Sha256, Digits::Six));
    let totp = Totp::new(&secret, Parameters::default());
    let shown = totp.code_at(UnixSeconds(59));
    let printed = format!("{totp:?} {shown:?} {:?}", shown.to_text());
    assert!(!printed.contains(shown.to_text().expose()), "{printed}");
    check(Code::parse("135790").unwrap());
    check(Code::parse("135790").unwrap().to_text());
    let uri = KeyUri::parse(&format!("otpauth://totp/a?secret={}", &PLANTED[..32])).unwrap();
    check(&uri);
    check(uri.uri.to_text());
    check(totp.find(&Code::parse("246813").unwrap(), UnixSeconds(0), Window::EXACT, None));
    assert_eq!(format!("{secret:?}"), "Secret([redacted])");
}

#[test]
fn errors_tell_places_not_contents() {
    for text in [PLANTED, "PLANTEDSECRET0", "PLANTED=SECRET", "PLANTEDSECRETS", "PLANTED"] {
        check_error(Secret::from_base32(text).unwrap_err());
    }
    check_error(Secret::from_base32(&PLANTED.repeat(40)).unwrap_err());
    for typed in ["135790246813", "135790 246813", "13579", "x135790", "135790-246813"] {
        check_error(Code::parse(typed).unwrap_err());
    }
    assert_eq!(Code::parse("135790246813"), Err(CodeError::Length { digits: 9 }));
    for text in [
        format!("otpauth://totp/a?secret={PLANTED}"),
        format!("otpauth://totp/a?secret={PLANTED}%zz"),
        format!("otpauth://totp/PLANTED%ff?secret={}", &PLANTED[..32]),
        format!("otpauth://PLANTED/a?secret={}", &PLANTED[..32]),
        format!("PLANTED://totp/a?secret={}", &PLANTED[..32]),
        format!("otpauth://totp/a?secret={0}&digits=PLANTED", &PLANTED[..32]),
        format!("otpauth://totp/a?secret={0}&algorithm=PLANTED", &PLANTED[..32]),
        format!("otpauth://totp/a?secret={0}&secret={0}", &PLANTED[..32]),
    ] {
        check_error(KeyUri::parse(&text).unwrap_err());
        check_error(KeyUri::parse_lenient(&text).unwrap_err());
    }
    let read = KeyUri::parse_lenient(&format!(
        "otpauth://totp/a?PLANTED=1&secret={}",
        PLANTED[..32].to_lowercase()
    ));
    for finding in read.unwrap().findings {
        check_error(finding);
    }
}
