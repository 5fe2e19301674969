//! The Key URI format: writing it, reading it strictly, reading it with repairs.

use upheld_totp::{
    Algorithm, Counter, Digits, Factor, KeyUri, Label, LabelError, Period, Reading, Secret,
    SecretError, UnixSeconds, UriFault, UriFaultKind as Kind,
};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

/// `SECRET` put in place of `S`.
fn uri(text: &str) -> String {
    text.replace("secret=S", &format!("secret={SECRET}"))
}

fn strict(text: &str) -> Result<Reading, (Kind, usize)> {
    KeyUri::parse(&uri(text)).map_err(place)
}

fn lenient(text: &str) -> Result<Reading, (Kind, usize)> {
    KeyUri::parse_lenient(&uri(text)).map_err(place)
}

fn place(fault: UriFault) -> (Kind, usize) {
    (fault.kind, fault.at)
}

fn kinds(reading: &Reading) -> Vec<Kind> {
    reading.findings.iter().map(|finding| finding.kind).collect()
}

//= RFC 3986 §2.3: the characters that stand for themselves everywhere
#[test]
fn the_writer_says_everything_and_never_writes_a_plus() {
    let label = Label::new(Some("Ärzte & Co"), "a+b@x.org").unwrap();
    let secret = Secret::from_base32(SECRET).unwrap();
    let factor = Factor::Totp { period: Period::from_seconds(60).unwrap() };
    let uri = KeyUri { label, secret, algorithm: Algorithm::Sha256, digits: Digits::Eight, factor };
    assert_eq!(
        uri.to_text().expose(),
        "otpauth://totp/%C3%84rzte%20%26%20Co:a%2Bb%40x.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\
         &issuer=%C3%84rzte%20%26%20Co&algorithm=SHA256&digits=8&period=60"
    );
    let KeyUri { secret, .. } = uri;
    let label = Label::new(None, "token-1").unwrap();
    let factor = Factor::Hotp { counter: Counter(u64::MAX) };
    let uri = KeyUri { label, secret, algorithm: Algorithm::Sha1, digits: Digits::Six, factor };
    assert_eq!(
        uri.to_text().expose(),
        "otpauth://hotp/token-1?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\
         &algorithm=SHA1&digits=6&counter=18446744073709551615"
    );
}

/// The example of the format's own description, with a secret of full length.
#[test]
fn the_strict_reader_knows_the_format() {
    let read = strict("otpauth://totp/ACME%20Co:john.doe@email.com?secret=S&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30").unwrap();
    assert_eq!(read.uri.label, Label::new(Some("ACME Co"), "john.doe@email.com").unwrap());
    assert_eq!(read.uri.secret.to_base32().expose(), SECRET);
    assert_eq!((read.uri.algorithm, read.uri.digits), (Algorithm::Sha1, Digits::Six));
    assert_eq!(read.uri.factor, Factor::Totp { period: Period::default() });
    assert!(read.findings.is_empty());

    let read = strict("otpauth://hotp/x?counter=7&secret=S&digits=8&algorithm=SHA512").unwrap();
    assert_eq!(read.uri.factor, Factor::Hotp { counter: Counter(7) });
    assert_eq!((read.uri.algorithm, read.uri.digits), (Algorithm::Sha512, Digits::Eight));
    assert_eq!(read.uri.label.issuer(), None);
}

//= Key URI Format, Label: issuer and account are joined by a colon, which neither contains
#[test]
fn labels() {
    let label = |text: &str| {
        let read = strict(&format!("otpauth://totp/{text}?secret=S")).map_err(|(kind, _)| kind)?;
        Ok((read.uri.label.issuer().map(str::to_owned), read.uri.label.account().to_owned()))
    };
    let pair = |issuer: &str, account: &str| Ok((Some(issuer.to_owned()), account.to_owned()));
    assert_eq!(label("alice"), Ok((None, "alice".to_owned())));
    assert_eq!(label("Example:alice"), pair("Example", "alice"));
    assert_eq!(label("Example%3Aalice"), pair("Example", "alice"));
    assert_eq!(label("Example:%20%20alice"), pair("Example", "alice"));
    assert_eq!(label("Example:a+b"), pair("Example", "a+b"), "in a path a plus is a plus");
    assert_eq!(label("Example:a+b%20c"), pair("Example", "a+b c"));
    assert_eq!(label("Big%20Corp:al%C3%A9"), pair("Big Corp", "alé"));
    assert_eq!(label(""), Err(Kind::Account));
    assert_eq!(label("Example:"), Err(Kind::Account));
    assert_eq!(label(":alice"), Err(Kind::EmptyIssuer));
    assert_eq!(label("A:b:c"), Err(Kind::Name));
    assert_eq!(label("A%3Ab:c"), Err(Kind::Name));
    assert_eq!(label("%20A:b"), Err(Kind::Name));
    assert_eq!(label("A:b%20"), Err(Kind::Name));
    assert_eq!(label("A:b%0Ac"), Err(Kind::Name));
    assert_eq!(label("A:b%C2%85c"), Err(Kind::Name), "a C1 control character");
}

#[test]
fn a_label_is_checked_when_it_is_made() {
    let cases = [
        (Some(""), "a"),
        (Some("a:b"), "a"),
        (Some(" a"), "a"),
        (None, ""),
        (None, "a:b"),
        (None, ":"),
        (None, "a\n"),
        (None, "\u{7f}"),
    ];
    for (issuer, account) in cases {
        assert_eq!(
            Label::new(issuer, account).map(|_| ()),
            Err(label_error()),
            "{issuer:?} {account:?}"
        );
    }
    assert!(Label::new(Some("Ünïcode ☂"), "日本語").is_ok());
    let longest = "x".repeat(160);
    assert!(Label::new(Some(&longest), &longest).is_ok());
    for (issuer, account) in [(Some(format!("{longest}x")), "a"), (None, &*format!("{longest}x"))] {
        assert_eq!(Label::new(issuer.as_deref(), account), Err(label_error()));
    }
}

/// What would mean something else in a URI is refused, or stands there as itself.
#[test]
fn t48_no_name_adds_a_parameter_or_a_line() {
    let secret = || Secret::from_base32(SECRET).unwrap();
    for account in ["a&secret=AAAA", "a?digits=8", "a#b", "a%0Ab", "a=b;c", "xn--e1afmkfd.example"]
    {
        let label = Label::new(Some("Clinic & Sons?x=1#y"), account).unwrap();
        let factor = Factor::Totp { period: Period::default() };
        let uri = KeyUri {
            label,
            secret: secret(),
            algorithm: Algorithm::Sha1,
            digits: Digits::Six,
            factor,
        };
        let text = uri.to_text();
        assert_eq!(text.expose().matches(['&', '?', '#']).count(), 5, "{}", text.expose());
        let read = KeyUri::parse(text.expose()).unwrap().uri;
        assert_eq!(read.label.account(), account);
        assert_eq!(read.secret.expose(), secret().expose());
    }
    for account in ["a:b", "a\nb", "a\r\nSet-Cookie: b", &"é".repeat(2048)] {
        assert_eq!(Label::new(Some("Clinic"), account), Err(label_error()));
    }
}

fn label_error() -> LabelError {
    Label::new(None, "").unwrap_err()
}

#[test]
fn faults_that_no_reader_repairs() {
    let too_long = format!("otpauth://totp/a?secret=S&x={}", "x".repeat(2048));
    let cases = [
        ("", (Kind::Scheme, 0)),
        ("otpauth:totp/a?secret=S", (Kind::Scheme, 0)),
        ("http://totp/a?secret=S", (Kind::Scheme, 0)),
        ("otpauth-migration://offline?data=", (Kind::Scheme, 0)),
        ("otpauth://steam/a?secret=S", (Kind::Type, 10)),
        ("otpauth:///a?secret=S", (Kind::Type, 10)),
        ("otpauth://totp/%4?secret=S", (Kind::Escape, 15)),
        ("otpauth://totp/%zz?secret=S", (Kind::Escape, 15)),
        ("otpauth://totp/%+f?secret=S", (Kind::Escape, 15)),
        ("otpauth://totp/%4\u{e9}?secret=S", (Kind::Escape, 15)),
        ("otpauth://totp/%ff?secret=S", (Kind::Escape, 15)),
        ("otpauth://totp/a%", (Kind::MissingSecret, 17)),
        ("otpauth://totp/a", (Kind::MissingSecret, 16)),
        ("otpauth://totp/a?", (Kind::MissingSecret, 17)),
        ("otpauth://totp/a?issuer=b", (Kind::MissingSecret, 17)),
        (&format!("otpauth://totp/{}?secret=S", "x".repeat(161)), (Kind::Name, 15)),
        ("otpauth://totp/a?secret=S#x", (Kind::Fragment, 56)),
        ("otpauth://totp/a?secret=S&secret=S", (Kind::Duplicate, 57)),
        ("otpauth://totp/a?secret=S&%73ecret=S", (Kind::Duplicate, 57)),
        ("otpauth://totp/a?secret=S&%7=S", (Kind::Escape, 57)),
        ("otpauth://totp/a?digits=6&secret=S&digits=6", (Kind::Duplicate, 66)),
        ("otpauth://totp/a?secret=", (Kind::Secret(SecretError::Empty), 24)),
        ("otpauth://totp/a?secret=A0", (Kind::Secret(SecretError::Alphabet { at: 1 }), 24)),
        ("otpauth://totp/a?secret=S&algorithm=MD5", (Kind::Algorithm, 67)),
        ("otpauth://totp/a?secret=S&algorithm=", (Kind::Algorithm, 67)),
        ("otpauth://totp/a?secret=S&digits=5", (Kind::Digits, 64)),
        ("otpauth://totp/a?secret=S&digits=9", (Kind::Digits, 64)),
        ("otpauth://totp/a?secret=S&digits=262", (Kind::Digits, 64)),
        ("otpauth://totp/a?secret=S&digits=06", (Kind::Digits, 64)),
        ("otpauth://totp/a?secret=S&digits=+6", (Kind::Digits, 64)),
        ("otpauth://totp/a?secret=S&digits=", (Kind::Digits, 64)),
        ("otpauth://totp/a?secret=S&period=0", (Kind::Period, 64)),
        ("otpauth://totp/a?secret=S&period=-30", (Kind::Period, 64)),
        ("otpauth://totp/a?secret=S&period=4294967296", (Kind::Period, 64)),
        ("otpauth://hotp/a?secret=S&counter=18446744073709551616", (Kind::Counter, 65)),
        ("otpauth://hotp/a?secret=S&counter=1.0", (Kind::Counter, 65)),
        (&too_long, (Kind::TooLong, 2048)),
    ];
    for (text, expected) in cases {
        assert_eq!(strict(text).map(|_| ()), Err(expected), "strict {text}");
        assert_eq!(lenient(text).map(|_| ()), Err(expected), "lenient {text}");
    }
}

#[test]
fn the_longest_uri_is_read() {
    let start = uri("otpauth://totp/a?secret=S&x=");
    let text = format!("{start}{}", "x".repeat(2048 - start.len()));
    assert_eq!(strict(&text).map(|read| kinds(&read)), Ok(vec![Kind::Unknown]));
}

/// Each repair: how it is refused and where, and what the repaired reading is.
const REPAIRS: [(&str, Kind, usize, &str); 27] = [
    ("OTPAUTH://totp/a?secret=S", Kind::Case, 0, "otpauth://totp/a?secret=S"),
    ("otpauth://TOTP/a?secret=S", Kind::Case, 10, "otpauth://totp/a?secret=S"),
    (
        "otpauth://totp/a?secret=S&issuer=Air+Canada",
        Kind::Plus,
        64,
        "otpauth://totp/a?secret=S&issuer=Air%20Canada",
    ),
    ("otpauth://totp/al\u{e9}?secret=S", Kind::Unescaped, 15, "otpauth://totp/al%C3%A9?secret=S"),
    ("otpauth://totp/a b?secret=S", Kind::Unescaped, 15, "otpauth://totp/a%20b?secret=S"),
    ("otpauth://totp/a/b?secret=S", Kind::Unescaped, 15, "otpauth://totp/a%2Fb?secret=S"),
    ("otpauth://totp/I:a:b?secret=S", Kind::Name, 15, "otpauth://totp/I:a-b?secret=S"),
    ("otpauth://totp/I:a%0Db?secret=S", Kind::Name, 15, "otpauth://totp/I:a-b?secret=S"),
    ("otpauth://totp/I%20:a?secret=S", Kind::Name, 15, "otpauth://totp/I:a?secret=S"),
    ("otpauth://totp/?secret=S", Kind::Account, 15, "otpauth://totp/unnamed?secret=S"),
    ("otpauth://totp?secret=S", Kind::Account, 14, "otpauth://totp/unnamed?secret=S"),
    ("otpauth://totp/I:?secret=S", Kind::Account, 15, "otpauth://totp/I:unnamed?secret=S"),
    (
        "otpauth://totp/I:a?secret=S&issuer=J",
        Kind::IssuerMismatch,
        66,
        "otpauth://totp/J:a?secret=S&issuer=J",
    ),
    ("otpauth://totp/I:a?secret=S&issuer=", Kind::EmptyIssuer, 66, "otpauth://totp/I:a?secret=S"),
    ("otpauth://totp/:a?secret=S", Kind::EmptyIssuer, 15, "otpauth://totp/a?secret=S"),
    (
        "otpauth://totp/a?secret=jbswy3dpehpk3pxpjbswy3dpehpk3pxp",
        Kind::SecretSpelling,
        24,
        "otpauth://totp/a?secret=S",
    ),
    (
        "otpauth://totp/a?secret=JBSW-Y3DP%20EHPK3PXPJBSWY3DPEHPK3PXP",
        Kind::SecretSpelling,
        24,
        "otpauth://totp/a?secret=S",
    ),
    (
        "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY======",
        Kind::SecretSpelling,
        24,
        "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY",
    ),
    (
        "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY%3D%3D%3D%3D%3D%3D",
        Kind::SecretSpelling,
        24,
        "otpauth://totp/a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY",
    ),
    (
        "otpauth://totp/a?secret=S&algorithm=sha256",
        Kind::AlgorithmSpelling,
        67,
        "otpauth://totp/a?secret=S&algorithm=SHA256",
    ),
    (
        "otpauth://totp/a?secret=S&algorithm=HmacSHA1",
        Kind::AlgorithmSpelling,
        67,
        "otpauth://totp/a?secret=S&algorithm=SHA1",
    ),
    (
        "otpauth://totp/a?secret=S&algorithm=SHA-512",
        Kind::AlgorithmSpelling,
        67,
        "otpauth://totp/a?secret=S&algorithm=SHA512",
    ),
    ("otpauth://hotp/a?secret=S", Kind::MissingCounter, 17, "otpauth://hotp/a?secret=S&counter=0"),
    (
        "otpauth://hotp/a?secret=S&counter=3&period=30",
        Kind::OtherType,
        74,
        "otpauth://hotp/a?secret=S&counter=3",
    ),
    ("otpauth://totp/a?secret=S&counter=0", Kind::OtherType, 65, "otpauth://totp/a?secret=S"),
    ("otpauth://totp/a?secret=S&", Kind::NoValue, 57, "otpauth://totp/a?secret=S"),
    ("otpauth://totp/a?flag&secret=S", Kind::NoValue, 17, "otpauth://totp/a?secret=S"),
];

#[test]
fn the_lenient_reader_lists_every_repair() {
    let weak = Kind::WeakSecret { bits: 80 };
    for (text, kind, at, repaired) in REPAIRS {
        assert_eq!(strict(text).map(|_| ()), Err((kind, at)), "strict {text}");
        let read = lenient(text).unwrap();
        assert_eq!(
            read.findings.iter().copied().map(place).collect::<Vec<_>>(),
            [(kind, at)],
            "{text}"
        );
        let repaired = strict(repaired).unwrap();
        assert_eq!(read.uri.to_text().expose(), repaired.uri.to_text().expose(), "{text}");
    }
    let short = "otpauth://totp/a?secret=JBSWY3DPEHPK3PXP";
    assert_eq!(
        strict(short).map(|_| ()),
        Err((Kind::Secret(SecretError::TooShort { bits: 80 }), 24)).or(Err((weak, 24)))
    );
    assert_eq!(lenient(short).unwrap().uri.secret.expose().len(), 10);
    assert_eq!(kinds(&lenient(short).unwrap()), [weak]);
}

#[test]
fn several_repairs_are_listed_in_order() {
    let read =
        lenient("otpauth://TOTP/I:?secret=jbswy3dpehpk3pxp&issuer=J+K&image=x&algorithm=sha1")
            .unwrap();
    let expected = [
        Kind::Case,
        Kind::Unknown,
        Kind::SecretSpelling,
        Kind::WeakSecret { bits: 80 },
        Kind::Account,
        Kind::Plus,
        Kind::IssuerMismatch,
        Kind::AlgorithmSpelling,
    ];
    assert_eq!(kinds(&read), expected);
}

//= RFC 3986 §2.1: a percent sign and two hexadecimal digits stand for a byte
//= RFC 3986 §3.3, §3.4: the characters that stand for themselves in a path or a query
#[test]
fn what_may_stand_for_itself_does() {
    let label = "a-._~!$&'()*,;=@+b";
    let read = strict(&format!("otpauth://totp/{label}?secret=S&issuer=-._~!$'()*,;=@/?")).unwrap();
    assert_eq!(read.uri.label.account(), label);
    assert_eq!(read.uri.label.issuer(), Some("-._~!$'()*,;=@/?"));
    for sign in ['"', '<', '>', '[', ']', '^', '`', '{', '|', '}', '\\', ' ', '\u{7f}'] {
        let refused = strict(&format!("otpauth://totp/a{sign}b?secret=S")).map(|_| ());
        assert_eq!(refused, Err((Kind::Unescaped, 15)), "{sign:?}");
        let refused = strict(&format!("otpauth://totp/a?secret=S&issuer=b{sign}c")).map(|_| ());
        assert_eq!(refused, Err((Kind::Unescaped, 64)), "{sign:?}");
    }
}

#[test]
fn unknown_parameters_are_reported_and_ignored() {
    for read in [strict, lenient] {
        let read =
            read("otpauth://totp/a?image=https://x/y?z&secret=S&lock=true&Secret=S").unwrap();
        let at: Vec<_> = read.findings.iter().map(|finding| (finding.kind, finding.at)).collect();
        assert_eq!(at, [(Kind::Unknown, 17), (Kind::Unknown, 77), (Kind::Unknown, 87)]);
    }
}

#[test]
fn a_uri_becomes_a_keyed_credential_of_its_type() {
    // RFC 6238 Appendix B at 59 s, RFC 4226 Appendix D at counter 1.
    let rfc = "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let totp = strict(&format!("otpauth://totp/a?{rfc}&digits=8")).unwrap().uri;
    assert_eq!(totp.totp().unwrap().code_at(UnixSeconds(59)).to_text().expose(), "94287082");
    assert!(totp.hotp().is_none());
    let hotp = strict(&format!("otpauth://hotp/a?{rfc}&counter=1")).unwrap().uri;
    assert_eq!(hotp.hotp().unwrap().code(Counter(1)).to_text().expose(), "287082");
    assert!(hotp.totp().is_none());
}

#[test]
fn a_fault_is_told_in_words() {
    let fault = KeyUri::parse("otpauth://totp/a?secret=JBSWY3DPEHPK3PX0").unwrap_err();
    let text =
        "the secret is not valid: byte 15 is not in the base32 alphabet (A-Z, 2-7) (at byte 24)";
    assert_eq!(fault.to_string(), text);
}

#[test]
fn writing_and_reading_are_inverse_at_the_extremes() {
    for factor in [
        Factor::Hotp { counter: Counter(u64::MAX) },
        Factor::Totp { period: Period::from_seconds(u32::MAX).unwrap() },
    ] {
        let uri = KeyUri {
            label: Label::new(Some(&"%&=+#?/☂".repeat(16)), &"☂".repeat(53)).unwrap(),
            secret: Secret::from_bytes(&[0xff; 256]).unwrap(),
            algorithm: Algorithm::Sha512,
            digits: Digits::Seven,
            factor,
        };
        let text = uri.to_text();
        let read = KeyUri::parse(text.expose()).unwrap();
        assert!(read.findings.is_empty());
        assert_eq!(read.uri.to_text().expose(), text.expose());
        assert_eq!((read.uri.label, read.uri.factor), (uri.label, uri.factor));
    }
}
