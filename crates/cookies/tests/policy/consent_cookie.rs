//! The cookie that keeps a choice: its length, its form, and everything that it must not believe.

use data_encoding::BASE64URL_NOPAD;
use proptest::prelude::*;
use upheld_cookies::consent_cookie::{
    ConsentKey, ConsentKeyError, ConsentKeys, Reading, Rejection,
};
use upheld_cookies::lint::{Setting, lint};
use upheld_cookies::policy::Policy;
use upheld_cookies::{Choice, Host, UnixSeconds};

use crate::declaration::{clinic, clinic_with};

/// 2026-11-24, midnight.
const NOW: UnixSeconds = UnixSeconds(1_795_478_400);

fn key(id: u8, byte: u8) -> ConsentKey {
    ConsentKey::new(id, &[byte; 32]).unwrap()
}

fn keys() -> ConsentKeys {
    ConsentKeys::new(key(1, 7))
}

fn host() -> Host {
    Host::parse("clinic.example").unwrap()
}

fn read(keys: &ConsentKeys, policy: &Policy, value: &str) -> Reading {
    let field = format!("a=1; __Host-consent={value}; b=2");
    keys.read(policy, &host(), [field.as_bytes()])
}

fn eight_purposes() -> Policy {
    let more = "purposes = [\"authentication\", \"security\", \"media\"]";
    let policy = Policy::parse_toml(&clinic_with("purposes = [\"authentication\"]", more)).unwrap();
    assert_eq!(policy.purposes().len(), 8);
    policy
}

#[test]
fn eight_purposes_need_at_most_fifty_characters() {
    let policy = eight_purposes();
    let choice = Choice::made(&policy, &["statistics", "media"], NOW).despite_gpc();
    let value = keys().write(&policy, &host(), &choice).unwrap();
    assert_eq!(value.len(), 42);
    assert_eq!(read(&keys(), &policy, &value), Reading::Current(choice));
}

/// The fingerprint, the text and the MAC are those of Python 3.11's `hashlib`, `hmac` and `base64`.
#[test]
fn its_bytes_are_as_documented() {
    let policy = Policy::parse_toml(
        "schema = 1\nsite = { hosts = ['clinic.example'], jurisdictions = ['uk'], updated = \
         '2026-11-23' }\nitem = [{ name = 'theme', kind = 'http-cookie', purposes = \
         ['appearance'], lifetime = '365d' }]",
    );
    let policy = policy.unwrap();
    assert_eq!(policy.fingerprint().to_string(), "fa6889aa14e8216b");
    let choice = Choice::made(&policy, &["appearance"], NOW);
    let value = keys().write(&policy, &host(), &choice).unwrap();
    assert_eq!(value, "AQH6aImqFOghawnXAAEBKWs5HZiONMhKJbDngqJQMQ");
    let bytes = BASE64URL_NOPAD.decode(value.as_bytes()).unwrap();
    let mut expected = vec![1, 1];
    expected.extend_from_slice(policy.fingerprint().as_bytes());
    // 2020-01-01 to 2026-11-24 are 2,519 days; no flags; one purpose, agreed to.
    expected.extend_from_slice(&[0x09, 0xD7, 0, 1, 1]);
    assert_eq!(bytes[..15], expected);
    assert_eq!(bytes.len(), 31);
}

#[test]
fn the_set_cookie_field_has_nothing_to_find() {
    let policy = clinic();
    let choice = Choice::made(&policy, &[], NOW);
    for script_reads in [false, true] {
        let field = keys().set_cookie(&policy, &host(), &choice, script_reads).unwrap();
        assert_eq!(lint(field.as_bytes(), &Setting::new(NOW)), []);
        assert_eq!(field.contains("HttpOnly"), !script_reads);
        assert!(field.contains("; Path=/; Max-Age=15724800; Secure; SameSite=Lax"), "{field}");
    }
    assert_eq!(keys().write(&policy, &host(), &Choice::undecided()), None);
    let other = Policy::parse_toml(&clinic_with("gvl = 130", "gvl = 131")).unwrap();
    assert_eq!(keys().write(&other, &host(), &choice), None);
}

#[test]
fn what_is_not_believed() {
    let policy = clinic();
    let value = keys().write(&policy, &host(), &Choice::made(&policy, &[], NOW)).unwrap();
    let rejected = |keys: &ConsentKeys, value: &str, why| {
        assert_eq!(read(keys, &policy, value), Reading::Rejected(why), "{value}");
    };
    rejected(&ConsentKeys::new(key(1, 8)), &value, Rejection::Forged);
    rejected(&ConsentKeys::new(key(2, 7)), &value, Rejection::UnknownKey);
    for text in
        ["", "A", "AQ", "é", &"A".repeat(10_000), value.get(1..).unwrap(), &format!("{value}A")]
    {
        rejected(&keys(), text, Rejection::Malformed);
    }
    // Another host, another name.
    let elsewhere = Host::parse("www.clinic.example").unwrap();
    let field = format!("__Host-consent={value}");
    let found = keys().read(&policy, &elsewhere, [field.as_bytes()]);
    assert_eq!(found, Reading::Rejected(Rejection::Forged));
    let renamed = clinic_with("cookie = \"__Host-consent\"", "cookie = \"__Host-choice\"");
    let renamed = Policy::parse_toml(&renamed).unwrap();
    assert_eq!(renamed.fingerprint(), policy.fingerprint());
    let field = format!("__Host-choice={value}");
    let found = keys().read(&renamed, &host(), [field.as_bytes()]);
    assert_eq!(found, Reading::Rejected(Rejection::Forged));
    // Twice, in one field or in two.
    let twice = format!("__Host-consent={value}; __Host-consent={value}");
    let duplicate = Reading::Rejected(Rejection::Duplicate);
    assert_eq!(keys().read(&policy, &host(), [twice.as_bytes()]), duplicate);
    let field = format!("__Host-consent={value}");
    assert_eq!(keys().read(&policy, &host(), [field.as_bytes(); 2]), duplicate);
    assert_eq!(keys().read(&policy, &host(), []), Reading::Absent);
    assert!(!duplicate.to_choice().is_made());
}

#[test]
fn keys_are_changed_without_asking_again() {
    let policy = clinic();
    let choice = Choice::made(&policy, &["statistics"], NOW);
    let old = keys().write(&policy, &host(), &choice).unwrap();
    let rotated = ConsentKeys::new(key(2, 9)).with_previous(key(1, 7)).unwrap();
    assert_eq!(read(&rotated, &policy, &old), Reading::Current(choice));
    let new = rotated.write(&policy, &host(), &choice).unwrap();
    assert_eq!(read(&keys(), &policy, &new), Reading::Rejected(Rejection::UnknownKey));

    let same = ConsentKeys::new(key(1, 9)).with_previous(key(1, 7));
    assert_eq!(same.unwrap_err(), ConsentKeyError::SameId { id: 1 });
    let short = ConsentKey::new(1, &[1; 31]);
    assert_eq!(short.unwrap_err(), ConsentKeyError::TooShort { length: 31 });
    assert_eq!(format!("{:?}", key(3, 0x41)), "ConsentKey(3, [redacted])");
}

#[test]
fn a_material_change_asks_again_and_a_reworded_text_does_not() {
    let policy = clinic();
    let choice = Choice::made(&policy, &["statistics"], NOW);
    let value = keys().write(&policy, &host(), &choice).unwrap();
    let reworded =
        Policy::parse_toml(&clinic_with("Counts visits so", "We count visits so")).unwrap();
    assert_eq!(read(&keys(), &reworded, &value), Reading::Current(choice));
    let material =
        Policy::parse_toml(&clinic_with("data = [\"preference\"]", "data = [\"ip-address\"]"));
    assert_eq!(read(&keys(), &material.unwrap(), &value), Reading::Superseded);
}

proptest! {
    /// Any choice of any number of purposes is read as it was written; the day alone is rounded.
    #[test]
    fn reading_undoes_writing(
        granted in any::<u8>(),
        seconds in 1_577_836_800..7_000_000_000_i64,
        despite in any::<bool>(),
    ) {
        let policy = eight_purposes();
        let named = policy.purposes().iter().enumerate();
        let granted: Vec<&str> = named
            .filter(|(place, _)| granted >> place & 1 == 1)
            .map(|(_, purpose)| &*purpose.id)
            .collect();
        let choice = Choice::made(&policy, &granted, UnixSeconds(seconds));
        let choice = if despite { choice.despite_gpc() } else { choice };
        let value = keys().write(&policy, &host(), &choice).unwrap();
        prop_assert!(value.len() <= 50);
        let Reading::Current(found) = read(&keys(), &policy, &value) else {
            panic!("not read")
        };
        prop_assert_eq!(found.at(), Some(UnixSeconds(seconds - seconds.rem_euclid(86_400))));
        prop_assert_eq!(found.was_despite_gpc(), despite);
        prop_assert!(found.granted_ids(&policy).eq(granted));
    }

    /// One changed character, or one that is missing, is never believed.
    #[test]
    fn nothing_changed_is_believed(at in 0..42_usize, byte in any::<u8>()) {
        let policy = clinic();
        let choice = Choice::made(&policy, &["statistics"], NOW);
        let value = keys().write(&policy, &host(), &choice).unwrap();
        let mut bytes = value.clone().into_bytes();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        if byte.is_ascii_alphanumeric() && bytes != value.as_bytes() {
            let changed = String::from_utf8(bytes).unwrap();
            prop_assert!(matches!(read(&keys(), &policy, &changed), Reading::Rejected(_)));
        }
        let cut = value.get(..at).unwrap();
        prop_assert!(matches!(read(&keys(), &policy, cut), Reading::Rejected(_)));
    }
}
