//! Telling formats apart, the limits, and hostile files.
//!
//! Source: the formats' own outermost elements; the limits are this crate's.

use upheld_migrate_otp::{
    Format, ImportError, JsonFaultKind, MAX_BYTES, MAX_ENTRIES, aegis, andotp, freeotp_plus,
    import, two_fas,
};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const CONTAINER: &str = "<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'";
const MIGRATION: &str = "otpauth-migration://offline?data=CjUKEPqlBekzoNEukL7qlsjBCDYSDnBpQHJhc3BiZ\
                         XJyeXBpGgtyYXNwYmVycnlwaSABKAEwAhABGAEgACjr4JKK%2B%2F%2F%2F%2F%2F8B";

fn pskc() -> String {
    "<KeyContainer Version='1.0' xmlns='urn:ietf:params:xml:ns:keyprov:pskc'><KeyPackage><Key \
     Id='1' Algorithm='urn:ietf:params:xml:ns:keyprov:pskc:hotp'><Data><Secret><PlainValue>\
     MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret></Data></Key></KeyPackage></KeyContainer>"
        .to_owned()
}

#[test]
fn formats_are_told_by_their_content() {
    let uri = format!("otpauth://totp/a?secret={SECRET}");
    let info = format!(r#"{{"secret":"{SECRET}"}}"#);
    let files = [
        (uri.clone(), Format::UriList),
        (format!("# comment\n\n  OTPAUTH://totp/a?secret={SECRET}"), Format::UriList),
        (MIGRATION.to_owned(), Format::Google),
        (format!("\n# from the phone\n{MIGRATION}\n"), Format::Google),
        (format!(r#"[{{"secret":"{SECRET}"}}]"#), Format::AndOtp),
        (format!(r#"{{"services":[{info}]}}"#), Format::TwoFas),
        (
            format!(
                r#"{{"version":1,"db":{{"version":3,"entries":[{{"type":"totp","info":{info}}}]}}}}"#
            ),
            Format::Aegis,
        ),
        (r#"{"tokens":[{"secret":[1],"type":"TOTP"}]}"#.to_owned(), Format::FreeOtpPlus),
        (pskc(), Format::Pskc),
        (format!("\u{feff} \r\n<?xml version='1.0'?>{}", pskc()), Format::Pskc),
    ];
    for (file, format) in files {
        let import = import(file.as_bytes()).unwrap();
        assert_eq!(import.format, format, "{file}");
        assert_eq!(import.entries.len(), 1, "{file}");
    }
}

#[test]
fn what_is_none_of_them_is_said_to_be_none() {
    let files = [
        "",
        "\u{feff}",
        "# nothing but a comment",
        "hello",
        "https://example.com/",
        "otpauth:totp/a",
        "{}",
        "{\"db\":null}",
        "{\"services\":[],\"tokens\":[]}",
        "{\"db\":{},\"services\":[]}",
        "\"otpauth://\"",
        "PK\u{3}\u{4}",
    ];
    for file in files {
        assert_eq!(import(file.as_bytes()).unwrap_err(), ImportError::Unrecognised, "{file}");
    }
    let error = import(&[b'{', 0xff]).unwrap_err();
    assert_eq!(error, ImportError::NotText { at: 1 });
    assert!(matches!(
        import(b"{\"db\":").unwrap_err(),
        ImportError::Json(fault) if fault.kind == JsonFaultKind::CutOff
    ));
    assert!(matches!(import(b"<html>").unwrap_err(), ImportError::Xml(_)));
}

#[test]
fn one_faulty_entry_stops_all() {
    let good = format!("otpauth://totp/a?secret={SECRET}\n");
    let error = import(format!("{good}{good}otpauth://totp/a?secret=1\n{good}").as_bytes());
    assert!(matches!(error.unwrap_err(), ImportError::Line { line: 3, .. }));
    let mixed = import(format!("{good}{MIGRATION}\n").as_bytes());
    assert!(matches!(mixed.unwrap_err(), ImportError::Line { line: 2, .. }));
    let mixed = import(format!("{MIGRATION}\n{good}").as_bytes());
    assert!(matches!(mixed.unwrap_err(), ImportError::Migration { part: 1, .. }));
}

#[test]
fn four_mebibytes_are_the_most() {
    let mut file = format!("otpauth://totp/a?secret={SECRET}").into_bytes();
    file.resize(MAX_BYTES, b'\n');
    assert_eq!(import(&file).unwrap().entries.len(), 1);
    file.push(b'\n');
    assert_eq!(import(&file).unwrap_err(), ImportError::TooLarge);
}

#[test]
fn ten_thousand_entries_are_the_most() {
    let list = |item: &str, count: usize| vec![item; count].join(",");
    let entry = format!(r#"{{"secret":"{SECRET}"}}"#);
    let typed = format!(r#"{{"type":"totp","info":{entry}}}"#);
    let bytes = r#"{"type":"totp","secret":[1]}"#;
    let key = pskc();
    let (head, rest) = key.split_once("<KeyPackage>").unwrap();
    let package = format!("<KeyPackage>{}", rest.strip_suffix("</KeyContainer>").unwrap());
    let files = |count: usize| {
        [
            format!("[{}]", list(&entry, count)),
            format!("{{\"services\":[{}]}}", list(&entry, count)),
            format!(
                "{{\"version\":1,\"db\":{{\"version\":1,\"entries\":[{}]}}}}",
                list(&typed, count)
            ),
            format!("{{\"tokens\":[{}]}}", list(bytes, count)),
            format!("{head}{}</KeyContainer>", package.repeat(count)),
        ]
    };
    for file in files(MAX_ENTRIES) {
        assert_eq!(import(file.as_bytes()).unwrap().entries.len(), MAX_ENTRIES);
    }
    for file in files(MAX_ENTRIES + 1) {
        assert_eq!(import(file.as_bytes()).unwrap_err(), ImportError::TooManyEntries);
    }
}

/// A quarter of the largest file, so that builds without optimisation do not take long either.
const LARGE: usize = MAX_BYTES / 4;

/// Large files, made to cost a careless reader time, memory or stack.
#[test]
fn hostile_files_are_refused_soon() {
    let fill = |head: &str, part: &str, tail: &str| {
        let room = LARGE - head.len() - tail.len();
        format!("{head}{}{tail}", part.repeat(room / part.len()))
    };
    let numbered = |head: &str, part: fn(usize) -> String| {
        let mut text = head.to_owned();
        let mut number = 0;
        while text.len() < LARGE - 100 {
            text.push_str(&part(number));
            number += 1;
        }
        text
    };
    let opened = format!("{CONTAINER}>");
    let files = [
        fill("", "[", ""),
        fill("{\"db\":", "{\"a\":", ""),
        fill("[", "{},", "{}]"),
        fill("[", "1,", "1]"),
        fill("{\"services\":[", "null,", "null]}"),
        fill("{\"tokens\":[{\"type\":\"TOTP\",\"secret\":[", "1,", "1]}]}"),
        fill("{\"tokenOrder\":[", "\"\",", "\"\"],\"tokens\":[1]}"),
        fill("[{\"secret\":\"", "A", "\"}]"),
        fill("[{\"secret\":\"", "\\u0041", "\"}]"),
        fill("[{\"label\":\"", "\\n:", "\",\"secret\":\"\"}]"),
        fill("<", "a", ""),
        fill("", "<a>", ""),
        fill(&opened, "<a>", ""),
        fill(&opened, "<a/>", ""),
        fill(&opened, "<a xmlns:b='c'>", ""),
        fill(&opened, "&amp;", ""),
        fill(&opened, "<!---->", ""),
        fill(&opened, "<KeyPackage><Key/></KeyPackage>", ""),
        fill(&format!("{opened}<KeyPackage><Key><Issuer>"), "&lt;x", ""),
        numbered(CONTAINER, |number| format!(" a{number}='b'")),
        numbered(CONTAINER, |number| format!(" xmlns:a{number}='b'")),
        numbered(&opened, |number| format!("<a xmlns:a{number}='b'/>")),
        fill("<!DOCTYPE a [", "<!ENTITY a '&a;&a;'>", "]><a/>"),
        fill("otpauth://totp/", "a", ""),
        fill("otpauth://totp/a?secret=A", "&a=b", ""),
        fill("otpauth-migration://offline?data=", "A", ""),
        fill("otpauth-migration://offline?data=", "%41", ""),
        fill("otpauth-migration://offline?data=", "CgA", "A="),
        fill("otpauth-migration://offline?", "data&", "data=AA"),
        fill("otpauth-migration://offline?data=AA\n", "otpauth-migration://offline?data=AA\n", ""),
    ];
    for (number, file) in files.iter().enumerate() {
        assert!(import(file.as_bytes()).is_err(), "file {number}");
    }
    assert_eq!(files.len(), 30);
}

#[test]
fn the_readers_of_one_format_refuse_the_others() {
    let readers = [aegis::import, two_fas::import, andotp::import, freeotp_plus::import];
    for reader in readers {
        for file in ["", "<a/>", "otpauth://totp/a", "null", "true", "7", "\"x\""] {
            assert!(reader(file.as_bytes()).is_err(), "{file}");
        }
    }
}
