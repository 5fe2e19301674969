//! Codes are generated, read and matched without the heap.

use allocation_counter::measure;
use upheld_totp::{
    Algorithm, Code, Counter, Digits, Hotp, Match, Parameters, Secret, Totp, UnixSeconds, Window,
};

#[test]
fn generating_and_matching_do_not_allocate() -> Result<(), Box<dyn std::error::Error>> {
    for algorithm in [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512] {
        let secret = Secret::from_bytes(&[7; 200])?;
        let window = Window::new(10, 10)?;
        let info = measure(|| {
            let totp = Totp::new(&secret, Parameters { algorithm, ..Parameters::default() });
            let code = totp.code_at(UnixSeconds(59));
            let found = totp.find(&code, UnixSeconds(59), window, None);
            assert!(matches!(found, Match::Unused { .. }));
            let hotp = Hotp::new(&secret, algorithm, Digits::Six);
            let codes = (hotp.code(Counter(40)), hotp.code(Counter(41)));
            assert!(hotp.find(&codes.0, Counter(0), 100).is_some());
            let found = hotp.resynchronize((&codes.0, &codes.1), &[], Counter(0), 100);
            assert_eq!(found, Some(Counter(41)));
            assert!(Code::parse("123 456").is_ok());
            assert!(Code::parse("+12345").is_err());
        });
        assert_eq!(info.count_total, 0, "{algorithm:?}");
    }
    // The control: making a secret does allocate, once, so the counting works.
    assert_eq!(measure(|| drop(Secret::from_bytes(&[7; 20]))).count_total, 1);
    Ok(())
}
