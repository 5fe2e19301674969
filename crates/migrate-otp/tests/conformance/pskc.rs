//! PSKC containers with values in the clear.
//!
//! Source of `../vectors/rfc6030/`: the figures of RFC 6030. What the HOTP keys of the figures compute
//! is RFC 4226's appendix D.

use upheld_migrate_otp::pskc::{
    self, ContainerFault, KeyFault, PreSharedKey, XmlFault, XmlFaultKind as Kind,
};
use upheld_migrate_otp::steam::SteamAccount;
use upheld_migrate_otp::{
    Credential, Entry, EntryFault, ExportError, ImportError, Parameter, Repair,
};
use upheld_totp::{
    Algorithm, Counter, Digits, Factor, KeyUri, Label, Period, Secret, SecretError, UnixSeconds,
};

const RFC_4226_SECRET: &[u8] = b"12345678901234567890";

/// The figure of that number, from 2 on.
const FIGURES: [&str; 9] = [
    include_str!("../vectors/rfc6030/figure2.xml"),
    include_str!("../vectors/rfc6030/figure3.xml"),
    include_str!("../vectors/rfc6030/figure4.xml"),
    include_str!("../vectors/rfc6030/figure5.xml"),
    include_str!("../vectors/rfc6030/figure6.xml"),
    include_str!("../vectors/rfc6030/figure7.xml"),
    include_str!("../vectors/rfc6030/figure8.xml"),
    include_str!("../vectors/rfc6030/figure9.xml"),
    include_str!("../vectors/rfc6030/figure10.xml"),
];

fn figure(number: usize) -> &'static [u8] {
    FIGURES[number - 2].as_bytes()
}

fn figure_6_key() -> PreSharedKey {
    PreSharedKey::from_hex("12345678901234567890123456789012").unwrap()
}

fn otp(entry: &Entry) -> &KeyUri {
    match &entry.credential {
        Credential::Otp(uri) => uri,
        other => panic!("{other:?}"),
    }
}

fn hotp(account: &str, counter: Counter) -> KeyUri {
    KeyUri {
        label: Label::new(Some("Clinic"), account).unwrap(),
        secret: Secret::from_bytes(RFC_4226_SECRET).unwrap(),
        algorithm: Algorithm::Sha1,
        digits: Digits::Six,
        factor: Factor::Hotp { counter },
    }
}

#[test]
fn figure_2_is_read_with_repairs() {
    let entries = pskc::import(figure(2)).unwrap();
    let uri = otp(&entries[0]);
    assert_eq!(uri.secret.expose(), b"1234");
    assert_eq!((uri.label.issuer(), uri.label.account()), (Some("Issuer-A"), "12345678"));
    let repairs = [Repair::MissingDigits, Repair::WeakSecret { bits: 32 }, Repair::MissingCounter];
    assert_eq!(entries[0].repairs, repairs);
}

#[test]
fn figures_with_values_in_the_clear_are_read() {
    let device = "UID=jsmith,DC=example-bank,DC=net";
    let policy = &[Repair::Policy][..];
    let cases = [
        (3, "Issuer", vec![device], Digits::Eight, &[][..]),
        (9, "Example-Issuer", vec!["0755225266"], Digits::Six, &[Repair::Signature][..]),
        (10, "Issuer", vec!["654321", "123456", "9999999", "9999999"], Digits::Eight, policy),
    ];
    for (number, issuer, accounts, digits, repairs) in cases {
        let entries = pskc::import(figure(number)).unwrap();
        let read: Vec<&str> = entries.iter().map(|entry| otp(entry).label.account()).collect();
        assert_eq!(read, accounts, "figure {number}");
        for entry in &entries {
            let uri = otp(entry);
            assert_eq!(uri.secret.expose(), RFC_4226_SECRET);
            assert_eq!(uri.label.issuer(), Some(issuer));
            assert_eq!((uri.algorithm, uri.digits), (Algorithm::Sha1, digits));
            assert_eq!(uri.factor, Factor::Hotp { counter: Counter(0) });
            assert_eq!(entry.repairs, repairs);
            // RFC 4226 appendix D: the number at counter 0 is 1284755224.
            let code = uri.hotp().unwrap().code(Counter(0));
            assert!("1284755224".ends_with(code.to_text().expose()));
        }
    }
}

#[test]
fn the_other_figures_are_refused_for_what_they_are() {
    let entry = |index, fault| ImportError::Entry { index, fault };
    let cases = [
        // No key, only a reference to one that a manufacturer keeps.
        (4, entry(0, EntryFault::MissingSecret)),
        // The second key is a PIN.
        (5, entry(1, KeyFault::Algorithm.into())),
        (6, ContainerFault::KeyNeeded.into()),
        // A passphrase; a certificate.
        (7, ContainerFault::Unsupported.into()),
        (8, ContainerFault::Unsupported.into()),
    ];
    for (number, error) in cases {
        assert_eq!(pskc::import(figure(number)).unwrap_err(), error, "figure {number}");
    }
    for number in [7, 8] {
        let error = pskc::import_encrypted(figure(number), &figure_6_key()).unwrap_err();
        assert_eq!(error, ContainerFault::Unsupported.into());
    }
}

/// A container with one key of these attributes, parameters and data.
fn key(algorithm: &str, parameters: &str, data: &str) -> String {
    format!(
        "<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><KeyPackage>\
         <Key Id='1' Algorithm='urn:ietf:params:xml:ns:keyprov:pskc:{algorithm}'>\
         <AlgorithmParameters>{parameters}</AlgorithmParameters><Data>\
         <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>{data}</Data>\
         </Key></KeyPackage></KeyContainer>"
    )
}

const SIX: &str = "<ResponseFormat Length='6' Encoding='DECIMAL'/>";

#[test]
fn totp_keys_say_hash_interval_and_length() {
    let suites = [
        ("", Algorithm::Sha1, "94287082"),
        ("<Suite>HMAC-SHA1</Suite>", Algorithm::Sha1, "94287082"),
        ("<Suite> SHA1\n</Suite>", Algorithm::Sha1, "94287082"),
        // RFC 6238 erratum 2866: what SHA-256 makes of the 20-byte secret.
        ("<Suite>HMAC-SHA256</Suite>", Algorithm::Sha256, "32247374"),
    ];
    for (suite, algorithm, code) in suites {
        let parameters = format!("{suite}<ResponseFormat Length=' 8 ' Encoding='DECIMAL'/>");
        let data = "<Time><PlainValue>0</PlainValue></Time>\
                    <TimeInterval><PlainValue> 30 </PlainValue></TimeInterval>";
        let entries = pskc::import(key("totp", &parameters, data).as_bytes()).unwrap();
        let uri = otp(&entries[0]);
        assert_eq!(uri.algorithm, algorithm);
        let shown = uri.totp().unwrap().code_at(UnixSeconds(59));
        assert_eq!(shown.to_text().expose(), code);
        assert!(entries[0].repairs.is_empty());
    }
    let data = "<TimeInterval><PlainValue>60</PlainValue></TimeInterval>\
                <TimeDrift><PlainValue>4</PlainValue></TimeDrift>";
    let entries = pskc::import(key("totp", SIX, data).as_bytes()).unwrap();
    let minute = Factor::Totp { period: Period::from_seconds(60).unwrap() };
    assert_eq!(otp(&entries[0]).factor, minute);
    assert_eq!(entries[0].repairs, [Repair::TimeDrift]);
}

#[test]
fn what_is_no_plain_decimal_otp_is_refused() {
    let fault = |text: String| match pskc::import(text.as_bytes()).unwrap_err() {
        ImportError::Entry { index: 0, fault } => fault,
        other => panic!("{other:?}"),
    };
    let value =
        |name: &str, value: &str| format!("<{name}><PlainValue>{value}</PlainValue></{name}>");
    let cases: [(String, EntryFault); 17] = [
        (key("pin", SIX, ""), KeyFault::Algorithm.into()),
        (key("HOTP", SIX, ""), KeyFault::Algorithm.into()),
        (key("hotp2", SIX, ""), KeyFault::Algorithm.into()),
        (key("hotp", "<ResponseFormat Length='5' Encoding='DECIMAL'/>", ""), EntryFault::Digits),
        (key("hotp", "<ResponseFormat Length='-6' Encoding='DECIMAL'/>", ""), EntryFault::Digits),
        (key("hotp", "<ResponseFormat Length='' Encoding='DECIMAL'/>", ""), EntryFault::Digits),
        (
            key("hotp", "<ResponseFormat Length='6' Encoding='HEXADECIMAL'/>", ""),
            KeyFault::Response.into(),
        ),
        (key("hotp", "<ResponseFormat Length='6'/>", ""), KeyFault::Response.into()),
        (
            key("hotp", "<ResponseFormat Length='6' Encoding='DECIMAL' CheckDigits='true'/>", ""),
            KeyFault::Response.into(),
        ),
        (
            key("hotp", &format!("<Suite>OCRA-1:HOTP-SHA1-6:QN08</Suite>{SIX}"), ""),
            EntryFault::Algorithm,
        ),
        (key("hotp", &format!("<Suite>HMAC-MD5</Suite>{SIX}"), ""), EntryFault::Md5),
        (key("hotp", SIX, &value("Counter", "-1")), KeyFault::Number.into()),
        (key("hotp", SIX, &value("Counter", "+1")), KeyFault::Number.into()),
        (key("hotp", SIX, &value("Counter", "9223372036854775808")), KeyFault::Number.into()),
        (key("hotp", SIX, &value("Counter", "")), KeyFault::Number.into()),
        (key("totp", SIX, &value("TimeInterval", "0")), EntryFault::Period),
        (key("totp", SIX, &value("Time", "1")), KeyFault::Time.into()),
    ];
    for (text, expected) in cases {
        assert_eq!(fault(text.clone()), expected, "{text}");
    }
    let secret =
        |base64: &str| fault(key("hotp", SIX, "").replace("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=", base64));
    assert_eq!(secret("MTIz*"), KeyFault::Base64.into());
    assert_eq!(secret(""), EntryFault::Secret(SecretError::Empty));
    assert_eq!(secret(&"MTIz".repeat(86)), EntryFault::Secret(SecretError::TooLong));
}

#[test]
fn only_containers_are_read() {
    let fault = |text: &str| match pskc::import(text.as_bytes()).unwrap_err() {
        ImportError::Xml(XmlFault { kind, .. }) => kind,
        other => panic!("{other:?}"),
    };
    let good = key("hotp", SIX, "");
    let with = |from: &str, to: &str| {
        assert!(good.contains(from));
        good.replacen(from, to, 1)
    };
    let deep = format!("{}{}", "<x>".repeat(40), "</x>".repeat(40));
    let names: Vec<String> = (0..33).map(|number| format!(" a{number}=''")).collect();
    let many = names.concat();
    let cases = [
        ("", Kind::Root),
        ("<KeyContainer Version='1.0'/>", Kind::Root),
        (
            "<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc:1.0'/>",
            Kind::Root,
        ),
        ("<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'/>", Kind::NoKey),
        (&with("Version='1.0'", "Version='2.0'"), Kind::Root),
        (&with("Version='1.0'", ""), Kind::Root),
        (&good.replace("KeyContainer", "SecretContainer"), Kind::Root),
        (&format!("{good}{good}"), Kind::Root),
        (&format!("{good}text"), Kind::Syntax),
        (&format!("{good}</x>"), Kind::Syntax),
        (&good[..good.len() - 20], Kind::Syntax),
        (good.strip_suffix("</KeyContainer>").unwrap(), Kind::CutOff),
        (&with("</Data>", "</Date>"), Kind::Syntax),
        (&with("<Data>", "<Data"), Kind::Syntax),
        (&format!("<!DOCTYPE KeyContainer [<!ENTITY e 'MTIz'>]>{good}"), Kind::Dtd),
        (&format!("<!DOCTYPE KeyContainer SYSTEM 'file:///etc/passwd'>{good}"), Kind::Dtd),
        (&with("MTIz", "&e;"), Kind::Entity),
        (&with("Id='1'", "Id='&e;'"), Kind::Entity),
        (&with("MTIz", "&#0;"), Kind::Entity),
        (&with("<Data>", &format!("{deep}<Data>")), Kind::TooDeep),
        (&with("<ResponseFormat", &format!("<ResponseFormat{many}")), Kind::TooManyAttributes),
        (&with("<ResponseFormat", "<ResponseFormat Length='8'"), Kind::Duplicate),
        (&with("<ResponseFormat", &format!("{SIX}<ResponseFormat")), Kind::Duplicate),
        (&with("<PlainValue>", "<PlainValue>MTIz</PlainValue><PlainValue>"), Kind::Duplicate),
        (&with("<Secret>", "<Secret><PlainValue/></Secret><Secret>"), Kind::Duplicate),
        (&with("MTIz", "<b>MTIz</b>"), Kind::Content),
        (
            &format!("<?xml version='1.0' encoding='ISO-8859-1'?>{}", with("Id='1'", "Id='é'")),
            Kind::Encoding,
        ),
    ];
    for (text, kind) in cases {
        assert_eq!(fault(text), kind, "{text}");
    }
    assert_eq!(cases.len(), 27);
}

#[test]
fn xml_may_be_written_in_several_ways() {
    let text = key("hotp", SIX, "");
    let plain = "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=";
    let spellings = [
        format!("\u{feff}\r\n<?xml version=\"1.0\" encoding=\"utf-8\"?><!-- x --><?y?>{text}\n"),
        format!("<?xml version='1.0' encoding='US-ASCII'?>{text}"),
        text.replace(plain, "<![CDATA[MTIzNDU2Nzg5]]>MDEyMzQ1\r\n\tNjc4OTA&#61;<!-- x -->"),
        text.replace(plain, &plain[..27]),
        text.replace("xmlns=", "xmlns:p=").replace('<', "<p:").replace("<p:/", "</p:"),
        // What stands elsewhere than RFC 6030 puts it, or in another namespace, does not count.
        text.replace("</Data>", "</Data><Secret><PlainValue>AAAA</PlainValue></Secret>"),
        text.replace("<Data>", "<x:Data xmlns:x='urn:x'><x:Secret/></x:Data><Data>"),
        text.replace("<Secret>", "<Extensions><Secret><PlainValue/></Secret></Extensions><Secret>"),
    ];
    for text in spellings {
        let entries = pskc::import(text.as_bytes()).unwrap();
        assert_eq!(otp(&entries[0]).secret.expose(), RFC_4226_SECRET, "{text}");
    }
    let named = text.replace(
        "<AlgorithmParameters>",
        "<Issuer>R&amp;D &lt;1&gt;</Issuer><FriendlyName> Zo&#xeb; </FriendlyName>\
         <FriendlyName>Zoé</FriendlyName><AlgorithmParameters>",
    );
    let label = otp(&pskc::import(named.as_bytes()).unwrap()[0]).label.clone();
    assert_eq!(label, Label::new(Some("R&D <1>"), "Zoë").unwrap());
}

//= XML 1.0 §2.2: two code points above the surrogates are no characters, nor are most controls
#[test]
fn what_the_format_cannot_carry_is_refused() {
    let second = |uri: KeyUri| [Entry::from(hotp("fits", Counter(0))), Entry::from(uri)];
    let unsupported = |parameter| ExportError::Unsupported { index: 1, parameter };
    let long = Period::from_seconds(1 << 31).unwrap();
    let cases = [
        (hotp("x", Counter(1 << 63)), Parameter::Counter),
        (
            KeyUri { factor: Factor::Totp { period: long }, ..hotp("x", Counter(0)) },
            Parameter::Period,
        ),
        (hotp("not \u{ffff} XML", Counter(0)), Parameter::Name),
    ];
    for (uri, parameter) in cases {
        assert_eq!(pskc::export(&second(uri)).unwrap_err(), unsupported(parameter));
    }
    let label = Label::new(None, "gabe").unwrap();
    let secret = Secret::from_bytes(&[7; 20]).unwrap();
    let steam =
        [Entry::from(hotp("fits", Counter(0))), Entry::from(SteamAccount { label, secret })];
    assert_eq!(pskc::export(&steam).unwrap_err(), unsupported(Parameter::Type));
    assert_eq!(pskc::export(&[]).unwrap_err(), ExportError::Nothing);
}

//= RFC 6030 §11: the order of the elements within a key
#[test]
fn an_export_is_what_the_schema_says() {
    let entries = [
        Entry::from(hotp("a & b", Counter(3))),
        Entry::from(KeyUri {
            label: Label::new(None, "c").unwrap(),
            algorithm: Algorithm::Sha256,
            factor: Factor::Totp { period: Period::from_seconds(60).unwrap() },
            ..hotp("c", Counter(0))
        }),
    ];
    let expected = r#"<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
  <KeyPackage>
    <Key Id="1" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
      <Issuer>Clinic</Issuer>
      <AlgorithmParameters>
        <ResponseFormat Length="6" Encoding="DECIMAL"/>
      </AlgorithmParameters>
      <FriendlyName>a &amp; b</FriendlyName>
      <Data>
        <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
        <Counter><PlainValue>3</PlainValue></Counter>
      </Data>
    </Key>
  </KeyPackage>
  <KeyPackage>
    <Key Id="2" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
      <AlgorithmParameters>
        <Suite>HMAC-SHA256</Suite>
        <ResponseFormat Length="6" Encoding="DECIMAL"/>
      </AlgorithmParameters>
      <FriendlyName>c</FriendlyName>
      <Data>
        <Secret><PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret>
        <TimeInterval><PlainValue>60</PlainValue></TimeInterval>
      </Data>
    </Key>
  </KeyPackage>
</KeyContainer>
"#;
    assert_eq!(pskc::export(&entries).unwrap().expose(), expected);
}
