//! Side by side with the crate `totp-rs`.

use proptest::prelude::*;
use totp_rs::Builder;
use upheld_totp::{
    Algorithm, Code, Digits, Factor, KeyUri, Label, Match, Parameters, Period, Secret, Step, Totp,
    UnixSeconds, Window,
};

fn theirs(algorithm: Algorithm) -> totp_rs::Algorithm {
    match algorithm {
        Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
        Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
        Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
    }
}

proptest! {
    #[test]
    fn same_codes_same_verdicts(
        key in prop::collection::vec(any::<u8>(), 16..=128),
        algorithm in prop::sample::select(&[Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512][..]),
        count in 6..=8_u8,
        period in 1..=3_600_u32,
        now in 0..=u64::from(u32::MAX) * 16,
        skew in 0..=3_u8,
        off in -5..=5_i64,
    ) {
        let other = Builder::new()
            .with_algorithm(theirs(algorithm))
            .with_digits(count)
            .with_skew(skew.into())
            .with_step_duration(period.into())
            .with_secret(key.clone())
            .with_account_name("alice")
            .with_issuer(Some("Clinic"))
            .build()
            .unwrap();
        let (digits, period) = (Digits::try_from(count).unwrap(), Period::from_seconds(period).unwrap());
        let secret = Secret::from_bytes(&key).unwrap();
        let parameters = Parameters { algorithm, digits, period, ..Parameters::default() };
        let totp = Totp::new(&secret, parameters);
        let shown = other.generate(now).to_string();
        let code = totp.code_at(UnixSeconds(now));
        prop_assert_eq!(code.to_text().expose().to_owned(), shown.clone());

        // Theirs returns the first match, ours the newest: the same unless codes collide.
        let step = totp.step_at(UnixSeconds(now)).0.saturating_add_signed(off);
        let code = totp.code(Step(step));
        let window = Window::new(skew, skew).unwrap();
        let ours = totp.find(&code, UnixSeconds(now), window, None);
        let found = other.check(code.to_text().expose(), now);
        match (ours, found) {
            (Match::Unused { step, .. }, Some(first)) => prop_assert!(first <= step.0),
            (Match::Wrong, None) => {}
            (ours, found) => prop_assert!(false, "{ours:?} and {found:?}"),
        }

        let label = Label::new(Some("Clinic"), "alice").unwrap();
        let uri = KeyUri { label, secret, algorithm, digits, factor: Factor::Totp { period } };
        let theirs = totp_rs::Totp::from_url(uri.to_text().expose()).unwrap();
        prop_assert_eq!(theirs.generate(now).to_string(), shown);
        let ours = KeyUri::parse(&other.to_url().unwrap()).unwrap();
        prop_assert_eq!(ours.uri.totp().unwrap().code_at(UnixSeconds(now)), totp.code_at(UnixSeconds(now)));
    }
}

#[test]
fn the_codes_it_publishes_are_read() {
    let token =
        Builder::new().with_secret(vec![7; 20]).with_account_name("a").build().unwrap().generate(0);
    assert!(Code::parse(&token.to_string()).is_ok());
}
