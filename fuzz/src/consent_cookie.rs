//! The cookie that keeps a choice.

use upheld_cookies::consent_cookie::{ConsentKey, ConsentKeys, Reading};
use upheld_cookies::policy::Policy;
use upheld_cookies::{Choice, Host, UnixSeconds};

const POLICY: &str = "schema = 1
site = { hosts = ['clinic.example'], jurisdictions = ['uk'], updated = '2026-11-23' }
[[item]]
name = 'a'
kind = 'http-cookie'
purposes = ['statistics', 'appearance', 'advertising']
";

/// Reads the input as a `Cookie` header field: what is believed is what the key would write again.
/// Then the input's first bytes make a choice, which is read as it was written, and no longer once
/// a bit of it is changed.
pub fn consent_cookie(data: &[u8]) {
    let policy = Policy::parse_toml(POLICY).expect("a policy");
    let host = Host::parse("clinic.example").expect("a host");
    let keys = ConsentKeys::new(ConsentKey::new(1, &[7; 32]).expect("a key"));
    if let Reading::Current(choice) = keys.read(&policy, &host, [data]) {
        let written = keys.write(&policy, &host, &choice).expect("a choice that was made");
        let stands = data.windows(written.len()).any(|part| part == written.as_bytes());
        assert!(stands, "believed, and not what the key writes");
    }
    let &[granted, day, at, ..] = data else { return };
    let ids: Vec<&str> = policy.purposes().iter().map(|purpose| &*purpose.id).collect();
    let granted: Vec<&str> =
        (0..3).filter(|place| granted >> place & 1 == 1).map(|place| ids[place]).collect();
    let when = UnixSeconds(1_577_836_800 + i64::from(day) * 86_400);
    let choice = Choice::made(&policy, &granted, when);
    let mut value = keys.write(&policy, &host, &choice).expect("a choice").into_bytes();
    let field = |value: &[u8]| [b"__Host-consent=", value].concat();
    assert_eq!(keys.read(&policy, &host, [&*field(&value)]), Reading::Current(choice));
    let at = usize::from(at) % value.len();
    value[at] ^= 1;
    let changed = keys.read(&policy, &host, [&*field(&value)]);
    assert!(matches!(changed, Reading::Rejected(_)), "a changed cookie is believed");
}
