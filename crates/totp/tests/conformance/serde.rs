//! Everything but secrets can be stored, and is validated when it comes back.

use core::fmt::Debug;

use ::serde::{Serialize, de::DeserializeOwned};
use upheld_totp::{
    Algorithm, Counter, Digits, Factor, Label, Parameters, Period, Step, UnixSeconds, Window,
};

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, json: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), json);
    assert_eq!(serde_json::from_str::<T>(json).unwrap(), *value);
}

#[test]
fn round_trips() {
    round_trip(&Algorithm::Sha256, "\"SHA256\"");
    round_trip(&Digits::Eight, "8");
    round_trip(&Counter(u64::MAX), "18446744073709551615");
    round_trip(&Step(7), "7");
    round_trip(&UnixSeconds(59), "59");
    round_trip(&Period::default(), "30");
    round_trip(&Window::default(), "[1,1]");
    round_trip(&Factor::Totp { period: Period::default() }, r#"{"type":"totp","period":30}"#);
    round_trip(&Factor::Hotp { counter: Counter(1) }, r#"{"type":"hotp","counter":1}"#);
    let label = Label::new(Some("I"), "a").unwrap();
    round_trip(&label, r#"{"issuer":"I","account":"a"}"#);
    let parameters = r#"{"algorithm":"SHA1","digits":6,"period":30,"t0":0}"#;
    round_trip(&Parameters::default(), parameters);
}

#[test]
fn what_the_constructors_refuse_is_refused() {
    fn refuse<T: DeserializeOwned + Debug>(json: &str) {
        assert!(serde_json::from_str::<T>(json).is_err(), "{json}");
    }
    refuse::<Algorithm>("\"MD5\"");
    refuse::<Digits>("5");
    refuse::<Digits>("9");
    refuse::<Digits>("262");
    refuse::<Period>("0");
    refuse::<Period>("-1");
    refuse::<Window>("[11,0]");
    refuse::<Window>("[0,11]");
    refuse::<Label>(r#"{"issuer":null,"account":""}"#);
    refuse::<Label>(r#"{"issuer":"a:b","account":"a"}"#);
    refuse::<Factor>(r#"{"type":"totp","period":0}"#);
    refuse::<Parameters>(r#"{"algorithm":"SHA1","digits":40,"period":30,"t0":0}"#);
}
