//! Flash cookies: the layout that `OSFlash` and Gnash describe, and Adobe's two formats of values.

use upheld_cookies::sol::{MAX_KEYS, SharedObject, SolError};

/// A file around a body, with version 0 or 3 of the format of values.
fn file(version: u8, body: &[u8]) -> Vec<u8> {
    let rest = [b"TCSO\0\x04\0\0\0\0\0\x05prefs\0\0\0", &[version][..], body].concat();
    let length = u32::try_from(rest.len()).unwrap().to_be_bytes();
    [b"\0\xBF", &length[..], &rest].concat()
}

fn keys(file: &[u8]) -> Result<Vec<&str>, SolError> {
    SharedObject::parse(file).map(|object| object.keys().to_vec())
}

fn amf0(name: &str, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap().to_be_bytes();
    [&length[..], name.as_bytes(), value, b"\0"].concat()
}

//= Adobe AMF 0, Data Types: every kind of value has an end that can be found
#[test]
fn every_kind_of_amf0() {
    let values: [&[u8]; 13] = [
        b"\0\x3F\xF0\0\0\0\0\0\0",
        b"\x01\x01",
        b"\x02\0\x02hi",
        b"\x03\0\x01a\x05\0\x01b\x02\0\0\0\0\x09",
        b"\x05",
        b"\x06",
        b"\x07\0\x01",
        b"\x08\0\0\0\x01\0\x010\x01\0\0\0\x09",
        b"\x0A\0\0\0\x02\x05\x06",
        b"\x0B\0\0\0\0\0\0\0\0\0\0",
        b"\x0C\0\0\0\x01x",
        b"\x0F\0\0\0\x03<a/",
        b"\x10\0\x01C\0\x01a\x05\0\0\x09",
    ];
    let names: Vec<String> = (0..values.len()).map(|number| format!("key{number}")).collect();
    let body: Vec<u8> =
        names.iter().zip(values).flat_map(|(name, value)| amf0(name, value)).collect();
    let file = file(0, &body);
    let object = SharedObject::parse(&file).unwrap();
    assert_eq!((object.name(), object.is_complete()), ("prefs", true));
    assert_eq!(object.keys(), names);
}

//= Adobe AMF 3, Data Types: every kind of value, with references to earlier texts and traits
#[test]
fn every_kind_of_amf3() {
    let body: &[&[u8]] = &[
        b"\x03a\x00\0\x03b\x01\0\x03c\x02\0\x03d\x03\0",
        b"\x03e\x04\x7F\0\x03f\x04\xFF\xFF\xFF\xFF\0",
        b"\x03g\x05\x3F\xF0\0\0\0\0\0\0\0",
        b"\x03h\x06\x05hi\0",
        // The name is the first text again, and the value the ninth.
        b"\0\x06\x10\0",
        b"\x03i\x08\x01\0\0\0\0\0\0\0\0\0",
        b"\x03j\x09\x05\x01\x04\x01\x04\x02\0",
        b"\x03k\x0A\x23\x01\x03x\x03y\x04\x01\x04\x02\0",
        b"\x03l\x0A\x01\x04\x01\x04\x02\0",
        b"\x03m\x0A\x0B\x01\x03x\x02\x01\0",
        b"\x03n\x0C\x05\xAA\xBB\0",
        b"\x03o\x0D\x03\0\0\0\0\x01\0",
    ];
    let file = file(3, &body.concat());
    let object = SharedObject::parse(&file).unwrap();
    assert!(object.is_complete());
    assert_eq!(object.keys().concat(), "abcdefghaijklmno");
}

#[test]
fn an_object_with_a_format_of_its_own_ends_the_list() {
    let file = file(3, b"\x03a\x02\0\x03b\x0A\x07\x07Ext\x01\x02\x03");
    let object = SharedObject::parse(&file).unwrap();
    assert_eq!((object.keys(), object.is_complete()), (&["a", "b"][..], false));
}

#[test]
fn what_is_no_shared_object_says_so() {
    assert_eq!(keys(b""), Err(SolError::Signature));
    assert_eq!(keys(b"GIF89a"), Err(SolError::Signature));
    let good = file(0, &amf0("a", b"\x05"));
    assert_eq!(keys(&good), Ok(vec!["a"]));
    let cut = &good[..good.len() - 1];
    let length = u32::try_from(good.len() - 6).unwrap();
    assert_eq!(keys(cut), Err(SolError::Length { said: length, found: good.len() - 7 }));
    assert!(matches!(keys(&file(0, b"\0\x01a\x02\xFF\xFF")), Err(SolError::Truncated { .. })));
    assert!(matches!(keys(&file(0, &amf0("a", b"\x44"))), Err(SolError::Kind { .. })));
    assert!(matches!(keys(&file(0, b"\0\x01\xFF\x05\0")), Err(SolError::Text { .. })));
    assert!(matches!(keys(&file(1, b"")), Err(SolError::Kind { .. })));
}

#[test]
fn hostile_files_end_soon() {
    let deep = [&b"\0\x01a"[..], &b"\x0A\0\0\0\x01".repeat(10_000)].concat();
    assert!(matches!(keys(&file(0, &deep)), Err(SolError::TooDeep { .. })));
    let wide = amf0("a", b"\x0A\xFF\xFF\xFF\xFF\x05");
    assert!(keys(&file(0, &wide)).is_err());
    let many = amf0("a", b"\x05").repeat(MAX_KEYS + 1);
    assert_eq!(keys(&file(0, &many)), Err(SolError::TooMany));
}

#[test]
fn values_are_not_printed() {
    let file = file(0, &amf0("login", b"\x02\0\x07hunter2"));
    let printed = format!("{:?}", SharedObject::parse(&file));
    assert!(!printed.contains("hunter2") && printed.contains("login"));
}
