//! RFC 4648: base32, its test vectors, and two other decoders as oracles.

use data_encoding::{BASE32, BASE32_NOPAD};
use upheld_totp::{Secret, SecretError};

use crate::pattern;

fn read(text: &str) -> Result<Vec<u8>, SecretError> {
    Secret::from_base32_allowing_weak(text).map(|secret| secret.expose().to_vec())
}

//= RFC 4648 §6: padding, if there is any, completes a group of eight
#[test]
fn section_10() {
    // RFC 4648 §10. The empty vector is no secret.
    let vectors = [
        ("f", "MY======"),
        ("fo", "MZXQ===="),
        ("foo", "MZXW6==="),
        ("foob", "MZXW6YQ="),
        ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI======"),
    ];
    for (bytes, text) in vectors {
        let bare = text.trim_end_matches('=');
        assert_eq!(read(text).unwrap(), bytes.as_bytes(), "{text}");
        assert_eq!(read(bare).unwrap(), bytes.as_bytes(), "{bare}");
        let secret = Secret::from_bytes_allowing_weak(bytes.as_bytes()).unwrap();
        assert_eq!(secret.to_base32().expose(), bare);
    }
    assert_eq!(read(""), Err(SecretError::Empty));
}

#[test]
fn people_type_lower_case_spaces_and_dashes() {
    for text in
        ["mzxw6ytboi", "MzXw 6yTb oI", "mzxw-6ytb-oi", " M Z-X W6YTB OI ", "mzxw6ytb oi==-=== ="]
    {
        assert_eq!(read(text).unwrap(), b"foobar", "{text}");
    }
}

//= RFC 4648 §6: 2, 4, 5 or 7 symbols may follow the groups of eight
//= RFC 4648 §3.5: the bits past the last byte must be zero
#[test]
fn faults_say_where_they_are() {
    let faults = [
        ("A", SecretError::Length { symbols: 1 }),
        ("AAA", SecretError::Length { symbols: 3 }),
        ("AA AA-AA", SecretError::Length { symbols: 6 }),
        ("AAAAAAAAA", SecretError::Length { symbols: 9 }),
        ("MZ", SecretError::SpareBits { at: 1 }),
        ("MZXW6YT=", SecretError::SpareBits { at: 6 }),
        ("MY-MZ ", SecretError::SpareBits { at: 4 }),
        ("GE0DGNBV", SecretError::Alphabet { at: 2 }),
        ("GEzd 1nbv", SecretError::Alphabet { at: 5 }),
        ("GEZDGNB8", SecretError::Alphabet { at: 7 }),
        ("GEZDGNB\u{ff}", SecretError::Alphabet { at: 7 }),
        // Three bytes of which none has the low seven bits of a symbol.
        ("GEZDG\u{800}", SecretError::Alphabet { at: 5 }),
        ("\u{12}\u{12}AAAAAA", SecretError::Alphabet { at: 0 }),
        ("AAAAAA\tA", SecretError::Alphabet { at: 6 }),
        ("AAAAAAA@", SecretError::Alphabet { at: 7 }),
        ("AAAAAAA[", SecretError::Alphabet { at: 7 }),
        ("AAAAAAA`", SecretError::Alphabet { at: 7 }),
        ("AAAAAAA{", SecretError::Alphabet { at: 7 }),
        ("GE=====A", SecretError::Padding),
        ("=A======", SecretError::Padding),
        ("MY=", SecretError::Padding),
        ("MY=====", SecretError::Padding),
        ("MY=======", SecretError::Padding),
        ("MZXW6YTB========", SecretError::Padding),
        ("========", SecretError::Padding),
        ("====", SecretError::Padding),
        (" - ", SecretError::Empty),
    ];
    for (text, fault) in faults {
        assert_eq!(read(text), Err(fault), "{text:?}");
    }
}

#[test]
fn every_byte_is_classified_as_data_encoding_does() {
    for byte in 0..=0x7f_u8 {
        if b" -=".contains(&byte) {
            continue;
        }
        for place in 0..8 {
            let mut text = *b"GEZDGNBV";
            text[place] = byte;
            let expected = BASE32_NOPAD.decode(&text.to_ascii_uppercase()).ok();
            let text = core::str::from_utf8(&text).unwrap();
            assert_eq!(read(text).ok(), expected, "{text:?}");
        }
    }
}

#[test]
fn both_oracles_agree_on_every_length() {
    for length in 1..=256_usize {
        let bytes = pattern(length);
        let secret = Secret::from_bytes_allowing_weak(&bytes).unwrap();
        let text = secret.to_base32();
        assert_eq!(text.expose(), BASE32_NOPAD.encode(&bytes));
        assert_eq!(
            text.expose(),
            base32::encode(base32::Alphabet::Rfc4648 { padding: false }, &bytes)
        );
        assert_eq!(read(text.expose()).unwrap(), bytes);
        assert_eq!(read(&BASE32.encode(&bytes)).unwrap(), bytes);
        assert_eq!(read(&text.expose().to_lowercase()).unwrap(), bytes);
    }
}
