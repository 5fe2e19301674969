//! Google Authenticator exports.
//!
//! Source of `../vectors/google_migration.json`: Google's own protobuf library encoded the messages;
//! `../vectors/google_migration.py` writes the file anew. The schema is the one that readers agree on
//! (see `src/google/schema.rs`), MD5 and the meaning of zero included.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::SysRng;
use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;
use upheld_migrate_otp::google::{self, BatchFault, MigrationFault};
use upheld_migrate_otp::qr::QrCode;
use upheld_migrate_otp::steam::SteamAccount;
use upheld_migrate_otp::{
    Credential, Entry, EntryFault, ExportError, ImportError, Parameter, Repair, SecretDocument,
};
use upheld_totp::{Algorithm, Counter, Digits, Factor, KeyUri, Label, Period, Secret, SecretError};

const HEAD: &str = "otpauth-migration://offline?data=";

fn uri_of(bytes: &[u8]) -> String {
    let data = STANDARD.encode(bytes);
    format!("{HEAD}{}", data.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"))
}

fn fault(uri: &str) -> MigrationFault {
    match google::import(&[uri]).unwrap_err() {
        ImportError::Migration { part: 0, fault } => fault,
        other => panic!("{other:?}"),
    }
}

/// The entry as the vector file writes it.
fn shape(entry: &Entry) -> Value {
    let Credential::Otp(uri) = &entry.credential else { panic!("not OTP") };
    let (kind, counter) = match uri.factor {
        Factor::Totp { period } => {
            assert_eq!(period, Period::default());
            ("totp", None)
        }
        Factor::Hotp { counter } => ("hotp", Some(counter.0)),
    };
    serde_json::json!({
        "secret": uri.secret.to_base32().expose(),
        "issuer": uri.label.issuer(),
        "account": uri.label.account(),
        "type": kind,
        "algorithm": uri.algorithm.name(),
        "digits": uri.digits.count(),
        "counter": counter,
    })
}

#[test]
fn vectors() {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../vectors/google_migration.json")).unwrap();
    for case in &cases {
        let uris: Vec<&str> =
            case["uris"].as_array().unwrap().iter().map(|uri| uri.as_str().unwrap()).collect();
        let read = google::import(&uris);
        if let Some(error) = case.get("error") {
            let message = read.unwrap_err().to_string();
            assert!(message.contains(error.as_str().unwrap()), "{}: {message}", case["about"]);
            continue;
        }
        let entries = read.unwrap();
        assert!(entries.iter().all(|entry| entry.repairs.is_empty()), "{}", case["about"]);
        let read: Vec<Value> = entries.iter().map(shape).collect();
        assert_eq!(Value::from(read), case["entries"], "{}", case["about"]);
    }
    assert_eq!(cases.len(), 19);
}

//= RFC 3986 §2.1: a percent sign and two digits stand for a byte; a plus sign stands for itself
#[test]
fn the_uri_may_be_spelt_in_several_ways_and_a_plus_stays_a_plus() {
    let secret = [0xfb, 0xef, 0xbe].repeat(8);
    let entry = [&[0x0a, 33, 0x12, 3][..], b"abc", &[0x0a, 24], &secret, &[0x20, 1]];
    let data = STANDARD.encode(entry.concat());
    assert!(data.contains("++++") && data.ends_with('='));
    let encoded = data.replace('+', "%2b");
    let spellings = [
        format!("{HEAD}{data}"),
        format!("{HEAD}{}", data.trim_end_matches('=')),
        format!("{HEAD}{encoded}"),
        format!("OTPAUTH-Migration://offline/?lang=en&data={data}&x"),
    ];
    for uri in spellings {
        let entries = google::import(&[&uri]).unwrap();
        assert_eq!(entries[0].credential.secret().expose(), secret);
    }
}

#[test]
fn faults_of_the_uri() {
    let cases = [
        ("", MigrationFault::Scheme),
        ("otpauth://offline?data=AA", MigrationFault::Scheme),
        ("otpauth-migration://online?data=AA", MigrationFault::Scheme),
        ("otpauth-migration://offline", MigrationFault::MissingData),
        ("otpauth-migration://offline?data=", MigrationFault::MissingData),
        ("otpauth-migration://offline?Data=AA", MigrationFault::MissingData),
        ("otpauth-migration://offline?data=AA&data=AA", MigrationFault::DuplicateData),
        ("otpauth-migration://offline?data=AA%", MigrationFault::Percent { at: 35 }),
        ("otpauth-migration://offline?data=%+1AA", MigrationFault::Percent { at: 33 }),
        ("otpauth-migration://offline?data=AA%3", MigrationFault::Percent { at: 35 }),
        ("otpauth-migration://offline?data=A%20A", MigrationFault::Base64 { at: 1 }),
        ("otpauth-migration://offline?data=A_-A", MigrationFault::Base64 { at: 1 }),
        ("otpauth-migration://offline?data=AB", MigrationFault::Base64 { at: 1 }),
        ("otpauth-migration://offline?data=AAAAA", MigrationFault::Base64 { at: 5 }),
    ];
    for (uri, expected) in cases {
        assert_eq!(fault(uri), expected, "{uri}");
    }
}

#[test]
fn faults_of_the_message() {
    let ten = [0xff; 9];
    let entry = |field: &[u8]| [&[0x0a, u8::try_from(field.len()).unwrap()], field].concat();
    let cases: [(Vec<u8>, MigrationFault); 17] = [
        (vec![0x0a], MigrationFault::CutOff { at: 1 }),
        (vec![0x0a, 5, 1], MigrationFault::CutOff { at: 2 }),
        (vec![0x10], MigrationFault::CutOff { at: 1 }),
        (vec![0x10, 0x80], MigrationFault::CutOff { at: 2 }),
        ([&[0x0a][..], &ten, &[1]].concat(), MigrationFault::CutOff { at: 11 }),
        ([&[0x10][..], &ten, &[2]].concat(), MigrationFault::Number { at: 1 }),
        ([&[0x10][..], &ten, &[0x81, 0]].concat(), MigrationFault::Number { at: 1 }),
        (vec![0x02, 0], MigrationFault::WireType { at: 0 }),
        (vec![0x0b], MigrationFault::WireType { at: 0 }),
        (vec![0x0e], MigrationFault::WireType { at: 0 }),
        (vec![0x08, 1], MigrationFault::WireType { at: 1 }),
        (vec![0x12, 0], MigrationFault::WireType { at: 2 }),
        (vec![0x15, 0, 0, 0, 0], MigrationFault::WireType { at: 1 }),
        (vec![0x10, 1, 0x10, 1], MigrationFault::Duplicate { at: 3 }),
        (entry(&[0x0a, 1, 0, 0x0a, 1, 0]), MigrationFault::Duplicate { at: 7 }),
        (entry(&[0x12, 3, b'a', 0xff, b'b']), MigrationFault::Text { at: 5 }),
        (entry(&[0x20, 0x80]), MigrationFault::CutOff { at: 4 }),
    ];
    for (bytes, expected) in cases {
        assert_eq!(fault(&uri_of(&bytes)), expected, "{bytes:02x?}");
    }
    // Fields of every other kind are skipped when they are not known.
    let unknown = [0x52, 2, 9, 9, 0x58, 3, 0x61, 1, 2, 3, 4, 5, 6, 7, 8, 0x6d, 1, 2, 3, 4];
    assert_eq!(google::import(&[&uri_of(&unknown)]).unwrap().len(), 0);
}

#[test]
fn what_is_repaired_is_listed() {
    let part = |name: &str, issuer: &str, secret: &[u8]| {
        let mut entry = Vec::new();
        for (tag, bytes) in [(0x0a, secret), (0x12, name.as_bytes()), (0x1a, issuer.as_bytes())] {
            entry.extend([tag, u8::try_from(bytes.len()).unwrap()]);
            entry.extend(bytes);
        }
        uri_of(&[&[0x0a, u8::try_from(entry.len()).unwrap()], &entry[..]].concat())
    };
    let cases: [(String, Option<&str>, &str, &[Repair]); 5] = [
        (part("", "", &[7; 16]), None, "unnamed", &[Repair::Unnamed]),
        (part("A:b", "C", &[7; 16]), Some("C"), "b", &[Repair::IssuerMismatch]),
        (part("A:b:c\n", "A", &[7; 16]), Some("A"), "b-c", &[Repair::Name]),
        (part(" x", "", &[7; 10]), None, "x", &[Repair::WeakSecret { bits: 80 }, Repair::Name]),
        (part(":", " ", &[7; 16]), None, "unnamed", &[Repair::Name, Repair::Unnamed]),
    ];
    for (uri, issuer, account, repairs) in cases {
        let entry = google::import(&[&uri]).unwrap().remove(0);
        let label = entry.credential.label();
        assert_eq!((label.issuer(), label.account()), (issuer, account));
        assert_eq!(entry.repairs, repairs);
    }
}

#[test]
fn a_faulty_entry_is_named() {
    let good = [0x0a, 18, 0x0a, 16, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7];
    let long = [&[0x0a, 0x84, 0x02, 0x0a, 0x81, 0x02][..], &[7; 257]].concat();
    let uri = uri_of(&[&good[..], &long].concat());
    let error = google::import(&[&uri_of(&good), &uri]).unwrap_err();
    let secret = EntryFault::Secret(SecretError::TooLong);
    let fault = MigrationFault::Entry { index: 1, fault: secret };
    assert_eq!(error, ImportError::Migration { part: 1, fault });
}

#[test]
fn a_batch_is_whole_or_refused() {
    let parts =
        export(&(0..35).map(|number| totp(&format!("account {number}"))).collect::<Vec<_>>());
    let uris: Vec<&str> = parts.iter().map(SecretDocument::expose).collect();
    assert_eq!(uris.len(), 4);
    let batch = |uris: &[&str]| match google::import(uris).unwrap_err() {
        ImportError::Batch(fault) => fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(batch(&[]), BatchFault::Empty);
    assert_eq!(batch(&uris[..2]), BatchFault::Missing { missing: vec![2, 3], size: 4 });
    assert_eq!(batch(&[uris[3]]), BatchFault::Missing { missing: vec![0, 1, 2], size: 4 });
    assert_eq!(batch(&[uris[1], uris[0], uris[1]]), BatchFault::Repeated { part: 2, index: 1 });
    let other = export(&[totp("other")]);
    assert_eq!(batch(&[uris[0], other[0].expose()]), BatchFault::Foreign { part: 1 });
    let message = ImportError::from(batch(&uris[1..3])).to_string();
    assert_eq!(message, "of 4 parts these are missing, counted from 0: [0, 3]");

    let shuffled = [uris[2], uris[0], uris[3], uris[1]];
    let names: Vec<String> = google::import(&shuffled)
        .unwrap()
        .iter()
        .map(|entry| entry.credential.label().account().to_owned())
        .collect();
    assert_eq!(names, (0..35).map(|number| format!("account {number}")).collect::<Vec<_>>());
}

fn totp(account: &str) -> Entry {
    Entry::from(KeyUri {
        label: Label::new(Some("Northside Clinic"), account).unwrap(),
        secret: Secret::generate(Algorithm::Sha1, &mut SysRng).unwrap(),
        algorithm: Algorithm::Sha1,
        digits: Digits::Six,
        factor: Factor::Totp { period: Period::default() },
    })
}

fn export(entries: &[Entry]) -> Vec<SecretDocument> {
    google::export(entries, &mut SysRng).unwrap()
}

#[test]
fn every_part_fits_a_symbol_that_scans() {
    let long = |number: usize| totp(&format!("{number} {}", "long ".repeat(30).trim()));
    for entries in [(0..11).map(long).collect(), (0..40).map(|n| totp(&n.to_string())).collect()] {
        let entries: Vec<Entry> = entries;
        let parts = export(&entries);
        let uris: Vec<&str> = parts.iter().map(SecretDocument::expose).collect();
        for uri in &uris {
            // 117 modules a side is the symbol that 1,273 bytes fill.
            assert!(QrCode::of_text(uri).unwrap().size() <= 117);
        }
        assert_eq!(google::import(&uris).unwrap().len(), entries.len());
    }
    // The largest there is has a symbol of its own, whatever its bytes look like in base64.
    let largest = |secret: u8| {
        Entry::from(KeyUri {
            label: Label::new(Some(&"y".repeat(160)), &"z".repeat(160)).unwrap(),
            secret: Secret::from_bytes(&[secret; 256]).unwrap(),
            algorithm: Algorithm::Sha512,
            digits: Digits::Eight,
            factor: Factor::Hotp { counter: Counter(u64::MAX >> 1) },
        })
    };
    let parts = export(&[totp("x"), largest(0xff), largest(0xfb), totp("z")]);
    assert_eq!(parts.len(), 4);
    for part in &parts {
        assert!(QrCode::of_text(part.expose()).is_ok());
    }
}

#[test]
fn what_the_format_cannot_carry_is_refused() {
    let with = |change: fn(&mut KeyUri)| {
        let Credential::Otp(mut uri) = totp("odd").credential else { panic!("not OTP") };
        change(&mut uri);
        Entry::from(uri)
    };
    let steam = Entry::from(SteamAccount {
        label: Label::new(Some("Steam"), "gabe").unwrap(),
        secret: Secret::from_bytes(&[7; 20]).unwrap(),
    });
    let cases = [
        (with(|uri| uri.digits = Digits::Seven), Parameter::Digits),
        (
            with(|uri| uri.factor = Factor::Totp { period: Period::from_seconds(60).unwrap() }),
            Parameter::Period,
        ),
        (with(|uri| uri.factor = Factor::Hotp { counter: Counter(1 << 63) }), Parameter::Counter),
        (steam, Parameter::Type),
    ];
    for (entry, parameter) in cases {
        let error = google::export(&[totp("fits"), entry], &mut SysRng).unwrap_err();
        assert_eq!(error, ExportError::Unsupported { index: 1, parameter });
    }
    assert_eq!(google::export(&[], &mut SysRng).unwrap_err(), ExportError::Nothing);
}

#[test]
fn without_randomness_nothing_is_exported() {
    #[derive(Debug)]
    struct Empty;
    impl TryRng for Empty {
        type Error = core::fmt::Error;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            Err(core::fmt::Error)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            Err(core::fmt::Error)
        }
        fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Self::Error> {
            Err(core::fmt::Error)
        }
    }
    impl TryCryptoRng for Empty {}
    assert_eq!(google::export(&[totp("x")], &mut Empty).unwrap_err(), ExportError::Random);
}
