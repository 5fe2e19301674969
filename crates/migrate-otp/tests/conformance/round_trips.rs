//! Laws: whatever is exported is imported again alike, and no bytes make a reader panic.

use proptest::prelude::*;
use rand::rngs::SysRng;
use upheld_migrate_otp::steam::SteamAccount;
use upheld_migrate_otp::{
    Credential, Entry, Format, SecretDocument, aegis, andotp, freeotp_plus, google, import, pskc,
    qr::QrCode, two_fas, uri_list,
};
use upheld_totp::{Algorithm, Counter, Digits, Factor, KeyUri, Label, Period, Secret};

fn names() -> impl Strategy<Value = Label> {
    let name = || "[^:\\p{C}]{1,12}|[ -9;-~]{1,24}";
    (proptest::option::of(name()), name()).prop_filter_map("not a label", |(issuer, account)| {
        Label::new(issuer.as_deref(), &account).ok()
    })
}

fn secrets() -> impl Strategy<Value = Secret> {
    proptest::collection::vec(any::<u8>(), 16..=64)
        .prop_map(|bytes| Secret::from_bytes(&bytes).unwrap())
}

fn algorithms() -> impl Strategy<Value = Algorithm> {
    prop_oneof![Just(Algorithm::Sha1), Just(Algorithm::Sha256), Just(Algorithm::Sha512)]
}

fn counters() -> impl Strategy<Value = Factor> {
    (0..=i64::MAX.cast_unsigned()).prop_map(|counter| Factor::Hotp { counter: Counter(counter) })
}

/// What Aegis and PSKC carry.
fn uris() -> impl Strategy<Value = Entry> {
    let digits = prop_oneof![Just(Digits::Six), Just(Digits::Seven), Just(Digits::Eight)];
    let periods = (1..=2_147_483_u32)
        .prop_map(|seconds| Factor::Totp { period: Period::from_seconds(seconds).unwrap() });
    (names(), secrets(), algorithms(), digits, prop_oneof![periods, counters()]).prop_map(
        |(label, secret, algorithm, digits, factor)| {
            Entry::from(KeyUri { label, secret, algorithm, digits, factor })
        },
    )
}

/// What Google Authenticator carries.
fn google_uris() -> impl Strategy<Value = Entry> {
    let digits = prop_oneof![Just(Digits::Six), Just(Digits::Eight)];
    let period = Just(Factor::Totp { period: Period::default() });
    (names(), secrets(), algorithms(), digits, prop_oneof![period, counters()]).prop_map(
        |(label, secret, algorithm, digits, factor)| {
            Entry::from(KeyUri { label, secret, algorithm, digits, factor })
        },
    )
}

fn steam() -> impl Strategy<Value = Entry> {
    (names(), secrets()).prop_map(|(label, secret)| Entry::from(SteamAccount { label, secret }))
}

fn assert_alike(read: &[Entry], written: &[Entry]) {
    assert_eq!(read.len(), written.len());
    for (read, written) in read.iter().zip(written) {
        assert!(read.repairs.is_empty(), "{:?}", read.repairs);
        match (&read.credential, &written.credential) {
            (Credential::Otp(read), Credential::Otp(written)) => {
                assert_eq!(read.to_text().expose(), written.to_text().expose());
            }
            (Credential::Steam(read), Credential::Steam(written)) => {
                assert_eq!(read.label, written.label);
                assert_eq!(read.secret.expose(), written.secret.expose());
            }
            _ => panic!("the type changed on the way"),
        }
    }
}

proptest! {
    #[test]
    fn aegis_reads_what_it_writes(
        entries in proptest::collection::vec(prop_oneof![3 => uris(), 1 => steam()], 1..6),
    ) {
        let file = aegis::export(&entries).unwrap();
        let import = import(file.expose().as_bytes()).unwrap();
        prop_assert_eq!(import.format, Format::Aegis);
        assert_alike(&import.entries, &entries);
    }

    #[test]
    fn pskc_reads_what_it_writes(
        entries in proptest::collection::vec(uris(), 1..6),
        key in any::<[u8; 16]>(),
    ) {
        // XML has no characters for these two, and an export says so.
        prop_assume!(entries.iter().all(|entry| {
            let label = entry.credential.label();
            let names = [label.account(), label.issuer().unwrap_or_default()].concat();
            !names.contains(['\u{fffe}', '\u{ffff}'])
        }));
        let file = pskc::export(&entries).unwrap();
        let import = import(file.expose().as_bytes()).unwrap();
        prop_assert_eq!(import.format, Format::Pskc);
        assert_alike(&import.entries, &entries);

        let key = pskc::PreSharedKey::from_bytes(key);
        let file = pskc::export_encrypted(&entries, &key, "k", &mut SysRng).unwrap();
        let read = pskc::import_encrypted(file.expose().as_bytes(), &key).unwrap();
        assert_alike(&read, &entries);
    }

    #[test]
    fn google_reads_what_it_writes(
        entries in proptest::collection::vec(google_uris(), 1..25),
        turn in any::<proptest::sample::Index>(),
    ) {
        let parts = google::export(&entries, &mut SysRng).unwrap();
        let mut uris: Vec<&str> = parts.iter().map(SecretDocument::expose).collect();
        prop_assert!(uris.iter().all(|uri| uri.len() <= 2_953));
        let middle = turn.index(uris.len());
        uris.rotate_left(middle);
        let import = import(uris.join("\n").as_bytes()).unwrap();
        prop_assert_eq!(import.format, Format::Google);
        assert_alike(&import.entries, &entries);
    }

    #[test]
    fn a_list_reads_the_uris_of_the_core(entries in proptest::collection::vec(uris(), 1..6)) {
        let mut text = String::new();
        for entry in &entries {
            let Credential::Otp(uri) = &entry.credential else { continue };
            text.push_str(uri.to_text().expose());
            text.push('\n');
        }
        assert_alike(&import(text.as_bytes()).unwrap().entries, &entries);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
    }

    #[test]
    fn no_text_makes_a_reader_panic(text in "[\\PC\\n]{0,200}") {
        read_all(text.as_bytes());
        drop(QrCode::of_text(&text));
    }

    /// Bytes where the protobuf message is expected.
    #[test]
    fn no_message_makes_the_reader_panic(
        bytes in proptest::collection::vec(prop_oneof![
            4 => 0_u8..=0x40, 1 => any::<u8>(), 2 => proptest::sample::select(vec![0x0a, 0x12, 0x10, 0x80, 0xff]),
        ], 0..80),
    ) {
        use base64::Engine;
        let data = base64::engine::general_purpose::STANDARD.encode(&bytes);
        let uri = format!("otpauth-migration://offline?data={data}");
        if let Ok(entries) = google::import(&[&uri]) {
            prop_assert!(entries.iter().all(|entry| !entry.credential.secret().expose().is_empty()));
        }
    }

    /// A good file with pieces of itself moved about.
    #[test]
    fn no_shuffled_file_makes_a_reader_panic(
        entries in proptest::collection::vec(uris(), 1..3),
        cuts in proptest::collection::vec(any::<(proptest::sample::Index, proptest::sample::Index)>(), 1..6),
    ) {
        let files = [aegis::export(&entries), pskc::export(&entries)];
        for file in files.into_iter().flatten() {
            let mut bytes = file.expose().as_bytes().to_vec();
            for (from, to) in &cuts {
                let (from, to) = (from.index(bytes.len()), to.index(bytes.len()));
                bytes[from.min(to)..from.max(to)].reverse();
                bytes.rotate_left(from);
                read_all(&bytes);
            }
        }
    }
}

fn read_all(bytes: &[u8]) {
    let key = pskc::PreSharedKey::from_bytes([7; 16]);
    drop(import(bytes));
    drop(aegis::import(bytes));
    drop(andotp::import(bytes));
    drop(freeotp_plus::import(bytes));
    drop(two_fas::import(bytes));
    drop(uri_list::import(bytes));
    drop(pskc::import(bytes));
    drop(pskc::import_encrypted(bytes, &key));
    if let Ok(text) = str::from_utf8(bytes) {
        drop(google::import(&[text]));
    }
}
