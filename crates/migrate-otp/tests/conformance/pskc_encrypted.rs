//! PSKC containers with values encrypted with a pre-shared key.
//!
//! Source: figure 6 of RFC 6030; its key and its secret stand in section 6.1.

use aes::Aes128;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::{BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use rand::rngs::SysRng;
use sha1::Sha1;
use upheld_migrate_otp::pskc::{self, ContainerFault, KeyFault, PreSharedKey};
use upheld_migrate_otp::{Credential, Entry, EntryFault, ImportError};
use upheld_totp::{Algorithm, Counter, Digits, Factor, KeyUri, Label, Period, Secret, SecretError};

const RFC_4226_SECRET: &[u8] = b"12345678901234567890";

const FIGURE_6: &str = include_str!("../vectors/rfc6030/figure6.xml");

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
fn figure_6_is_decrypted() {
    let entries = pskc::import_encrypted(FIGURE_6.as_bytes(), &figure_6_key()).unwrap();
    assert_eq!(entries.len(), 1);
    let uri = otp(&entries[0]);
    assert_eq!(uri.secret.expose(), RFC_4226_SECRET);
    assert_eq!((uri.label.issuer(), uri.label.account()), (Some("Issuer"), "987654321"));
    assert_eq!(uri.digits, Digits::Eight);
    assert!(entries[0].repairs.is_empty());
}

/// Figure 6 with one text replaced by another.
fn figure_6_with(from: &str, to: &str) -> ImportError {
    let text = FIGURE_6;
    assert_eq!(text.matches(from).count(), 1, "{from}");
    pskc::import_encrypted(text.replace(from, to).as_bytes(), &figure_6_key()).unwrap_err()
}

//= RFC 6030 §6.1.1: the MAC is computed over the encrypted value, initialisation vector included
#[test]
fn whatever_is_altered_in_an_encrypted_value_is_noticed() {
    let cipher = "AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv";
    let mac = "Su+NvtQfmvfJzF6bmQiJqoLRExc=";
    let aes = "http://www.w3.org/2001/04/xmlenc#aes128-cbc";
    let key = |fault: KeyFault| ImportError::Entry { index: 0, fault: fault.into() };
    // Every symbol of the value, the initialisation vector included, and of the MAC.
    for (text, len) in [(cipher, 64), (mac, 26)] {
        for at in 0..len {
            let other = if &text[at..=at] == "A" { "B" } else { "A" };
            let altered = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert_eq!(figure_6_with(text, &altered), key(KeyFault::Mac), "{altered}");
        }
    }
    assert_eq!(figure_6_with(cipher, &cipher[..44]), key(KeyFault::Mac));
    assert_eq!(figure_6_with(mac, "AAAA"), key(KeyFault::Mac));
    assert_eq!(figure_6_with(mac, ""), key(KeyFault::Mac));
    assert_eq!(figure_6_with(cipher, ""), key(KeyFault::Mac));
    assert_eq!(figure_6_with(cipher, "AB"), key(KeyFault::Base64));
    assert_eq!(figure_6_with(cipher, "****"), key(KeyFault::Base64));
    let no_mac = format!("<ValueMAC>{mac}\n                    </ValueMAC>");
    assert_eq!(figure_6_with(&no_mac, ""), key(KeyFault::MacMissing));

    // The MAC key and what says how it is encrypted.
    let mac_key = "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX";
    let other_key = mac_key.replacen('E', "F", 1);
    assert_eq!(figure_6_with(mac_key, &other_key), key(KeyFault::Mac));
    for value in ["", "AAAA", "****", &mac_key[..20], &mac_key[..44]] {
        assert_eq!(figure_6_with(mac_key, value), ContainerFault::MacKey.into(), "{value}");
    }
    let sha1 = "http://www.w3.org/2000/09/xmldsig#hmac-sha1";
    let sha256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    assert_eq!(figure_6_with(sha1, sha256), ContainerFault::MacMethod.into());

    let text = FIGURE_6;
    let second = text.rfind(aes).unwrap();
    let (head, tail) = text.split_at(second);
    let des = format!("{head}{}", tail.replace(aes, "http://www.w3.org/2001/04/xmlenc#kw-aes128"));
    let error = pskc::import_encrypted(des.as_bytes(), &figure_6_key()).unwrap_err();
    assert_eq!(error, key(KeyFault::Cipher));
    let none = text.replacen(aes, "", 1);
    let error = pskc::import_encrypted(none.as_bytes(), &figure_6_key()).unwrap_err();
    assert_eq!(error, ContainerFault::MacKey.into());
}

#[test]
fn a_wrong_key_opens_nothing() {
    for byte in 0..16 {
        let mut key = [0x12, 0x34, 0x56, 0x78, 0x90].repeat(4);
        key.truncate(16);
        key[byte] ^= 1;
        let key = PreSharedKey::from_bytes(key.try_into().unwrap());
        let error = pskc::import_encrypted(FIGURE_6.as_bytes(), &key).unwrap_err();
        let mac = ImportError::Entry { index: 0, fault: KeyFault::Mac.into() };
        assert!(error == mac || error == ContainerFault::MacKey.into(), "{error:?}");
    }
}

#[test]
fn a_secret_in_the_clear_does_not_pass_for_an_encrypted_one() {
    let text = FIGURE_6;
    let start = text.rfind("<EncryptedValue>").unwrap();
    let end = text.rfind("</Secret>").unwrap();
    let plain = "<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>";
    let swapped = format!("{}{plain}{}", &text[..start], &text[end..]);
    let entry = |fault: KeyFault| ImportError::Entry { index: 0, fault: fault.into() };
    let error = pskc::import_encrypted(swapped.as_bytes(), &figure_6_key()).unwrap_err();
    assert_eq!(error, entry(KeyFault::NotEncrypted));

    let both = format!("{}{plain}{}", &text[..start], &text[start..]);
    let error = pskc::import_encrypted(both.as_bytes(), &figure_6_key()).unwrap_err();
    assert_eq!(error, entry(KeyFault::Value));
    // A container that says nothing of encryption cannot be opened with a key either.
    let error =
        pskc::import_encrypted(include_bytes!("../vectors/rfc6030/figure3.xml"), &figure_6_key())
            .unwrap_err();
    assert_eq!(error, ContainerFault::MacMethod.into());
}

#[test]
fn encrypted_numbers_are_binary() {
    // TimeInterval, as `pskctool` and multiOTP write it: the fewest bytes, the highest first.
    let entries = [KeyUri {
        factor: Factor::Totp { period: Period::from_seconds(60).unwrap() },
        ..hotp("x", Counter(0))
    }];
    let entries = entries.map(Entry::from);
    let file = pskc::export_encrypted(&entries, &figure_6_key(), "k", &mut SysRng).unwrap();
    let secret = |bytes: &[u8]| {
        let weak = Secret::from_bytes_allowing_weak(bytes).unwrap();
        let entry = Entry::from(KeyUri { secret: weak, ..hotp("x", Counter(0)) });
        // Under the same MAC key: encrypt both values in one container.
        let pair = [Entry::from(hotp("y", Counter(0))), entry];
        let text = pskc::export_encrypted(&pair, &figure_6_key(), "k", &mut SysRng).unwrap();
        let text = text.expose().to_owned();
        let sealed = text.rsplit_once("<Secret>").unwrap().1.split_once("</Secret>").unwrap().0;
        let first = text.split_once("  </KeyPackage>\n").unwrap().0;
        let value = format!("<Counter>{sealed}</Counter>");
        format!(
            "{}  </KeyPackage>\n</KeyContainer>",
            first.replace("<Counter><PlainValue>0</PlainValue></Counter>", &value)
        )
    };
    assert!(file.expose().contains("<TimeInterval><PlainValue>60</PlainValue></TimeInterval>"));
    let read = |bytes: &[u8]| pskc::import_encrypted(secret(bytes).as_bytes(), &figure_6_key());
    let counter = |bytes: &[u8]| otp(&read(bytes).unwrap()[0]).factor;
    assert_eq!(counter(&[0]), Factor::Hotp { counter: Counter(0) });
    assert_eq!(
        counter(&[0x3b, 0xfe, 0xb1, 0x48, 0x80, 0x8d, 0xd6]),
        Factor::Hotp { counter: Counter(16_887_061_004_979_670) }
    );
    assert_eq!(counter(&[0, 0, 0, 0, 0, 0, 0, 7]), Factor::Hotp { counter: Counter(7) });
    let fault = |bytes: &[u8]| match read(bytes).unwrap_err() {
        ImportError::Entry { index: 0, fault: EntryFault::Pskc(fault) } => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(b"7"), KeyFault::AmbiguousNumber);
    assert_eq!(fault(&[0xff; 8]), KeyFault::Number);
    assert_eq!(fault(&[1; 9]), KeyFault::Number);
}

#[test]
fn an_encrypted_export_shows_no_secret_and_never_the_same_ciphertext() {
    let entries = [Entry::from(hotp("a & b", Counter(3))), Entry::from(hotp("c", Counter(4)))];
    let export =
        || pskc::export_encrypted(&entries, &figure_6_key(), "<ward>\u{1} 7", &mut SysRng).unwrap();
    let (one, two) = (export(), export());
    assert!(!one.expose().contains("MTIzNDU2Nzg5MDEyMzQ1Njc4OTA"));
    assert!(one.expose().contains("<ds:KeyName>&lt;ward&gt;\u{fffd} 7</ds:KeyName>"));
    let values = |text: &str| -> Vec<String> {
        let parts = text.split("<xenc:CipherValue>").skip(1);
        parts.map(|part| part.split('<').next().unwrap().to_owned()).collect()
    };
    let mut all: Vec<String> = [values(one.expose()), values(two.expose())].concat();
    assert_eq!(all.len(), 6);
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 6);
    let read = pskc::import_encrypted(one.expose().as_bytes(), &figure_6_key()).unwrap();
    assert_eq!(otp(&read[0]).label.account(), "a & b");
}

#[test]
fn a_key_is_sixteen_bytes() {
    let key = PreSharedKey::from_hex("12 34 56 78 90 12 34 56 78 90 12 34 56 78 90 12").unwrap();
    assert!(pskc::import_encrypted(FIGURE_6.as_bytes(), &key).is_ok());
    for text in [
        "",
        "12",
        "1234567890123456789012345678901",
        "123456789012345678901234567890123",
        "x2345678901234567890123456789012",
        "+2345678901234567890123456789012",
    ] {
        assert!(PreSharedKey::from_hex(text).is_err(), "{text}");
    }
    assert_eq!(format!("{key:?}"), "PreSharedKey([redacted])");
}

//= XML Encryption §3.1, §5.2: padding may have any value but for the last byte, its length
#[test]
fn padding_is_what_its_last_byte_says() {
    let key = [0x42; 16];
    let mac_key = [7; 20];
    let seal = |plaintext: &[u8]| {
        let mut value = vec![9; 16];
        let mut cipher = cbc::Encryptor::<Aes128>::new(&key.into(), &[9; 16].into());
        for block in plaintext.as_chunks::<16>().0 {
            let mut block = (*block).into();
            cipher.encrypt_block(&mut block);
            value.extend_from_slice(&block);
        }
        let mut mac = Hmac::<Sha1>::new_from_slice(&mac_key).unwrap();
        mac.update(&value);
        [STANDARD.encode(&value), STANDARD.encode(mac.finalize().into_bytes())]
    };
    let [mac_key_value, _] =
        seal(&[&mac_key[..], &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]].concat());
    let read = |plaintext: &[u8]| {
        let [value, mac] = seal(plaintext);
        let text = FIGURE_6;
        let text = text
            .replace(
                "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX",
                &mac_key_value,
            )
            .replace("AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv", &value)
            .replace("Su+NvtQfmvfJzF6bmQiJqoLRExc=", &mac);
        pskc::import_encrypted(text.as_bytes(), &PreSharedKey::from_bytes(key))
    };
    let padded = |secret: usize, padding: &[u8]| [&vec![b's'; secret], padding].concat();
    for (secret, padding) in [
        (31, &[1][..]),
        (30, &[0xee, 2]),
        (28, &[4, 4, 4, 4]),
        (16, &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16]),
    ] {
        let entries = read(&padded(secret, padding)).unwrap();
        assert_eq!(otp(&entries[0]).secret.expose(), vec![b's'; secret]);
    }
    let entry = |fault| ImportError::Entry { index: 0, fault };
    for padding in [0, 17, 0xff] {
        let error = read(&padded(31, &[padding])).unwrap_err();
        assert_eq!(error, entry(KeyFault::Ciphertext.into()), "{padding}");
    }
    assert_eq!(read(&[]).unwrap_err(), entry(KeyFault::Ciphertext.into()));
    let nothing = entry(EntryFault::Secret(SecretError::Empty));
    assert_eq!(read(&[16; 16]).unwrap_err(), nothing);
}
