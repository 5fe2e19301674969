//! Steam Guard codes.
//!
//! Source of the vectors: the test suite of `pyotp` 2.10 (`test.py`, class `SteamTOTP`), which has
//! two keys with four codes each. Laws are checked against RFC 6238's rule of one use.

use proptest::prelude::*;
use upheld_migrate_otp::steam::{SteamCode, SteamCodeError, SteamGuard};
use upheld_totp::{Match, Secret, Step, UnixSeconds, Window};

const VECTORS: [(&str, [&str; 4]); 2] = [
    ("BASE32SECRET3232", ["2TC8B", "YKKK4", "M4HQB", "DTVB3"]),
    ("FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW", ["C5V56", "QJY8Y", "R3WQY", "JG3T3"]),
];

fn guard() -> SteamGuard {
    SteamGuard::new(&Secret::from_base32("FMXNK4QEGKVPULRTADY6JIDK5VHUBGZW").unwrap())
}

//= RFC 4226 §5.3: the last byte's low half is the offset of four bytes without their top bit
#[test]
fn vectors() {
    let mut count = 0;
    for (secret, codes) in VECTORS {
        let guard = SteamGuard::new(&Secret::from_base32_allowing_weak(secret).unwrap());
        for (step, expected) in (0..).zip(codes) {
            let start = guard.start_of(Step(step));
            for now in [start.0, start.0 + 29] {
                let code = guard.code_at(UnixSeconds(now));
                assert_eq!(code.to_text().expose(), expected);
                assert!(code == SteamCode::parse(&expected.to_ascii_lowercase()).unwrap());
            }
            count += 1;
        }
    }
    assert_eq!(count, 8);
}

#[test]
fn codes_of_the_wrong_form_are_refused_without_being_shown() {
    let cases = [
        ("", SteamCodeError::Length { symbols: 0 }),
        ("C5V5", SteamCodeError::Length { symbols: 4 }),
        ("C5V56C", SteamCodeError::Length { symbols: 6 }),
        ("C5V56CCCC", SteamCodeError::Length { symbols: 6 }),
        ("C5V5A", SteamCodeError::Symbol { at: 4 }),
        ("C5 V56", SteamCodeError::Symbol { at: 2 }),
        ("0000", SteamCodeError::Symbol { at: 0 }),
        ("C5V5\u{ff16}", SteamCodeError::Symbol { at: 4 }),
    ];
    for (text, error) in cases {
        assert_eq!(SteamCode::parse(text).unwrap_err(), error, "{text}");
    }
    assert_eq!(format!("{:?}", SteamCode::parse("C5V56").unwrap()), "SteamCode([redacted])");
}

//= RFC 6238 §5.2: a code is accepted at most once
#[test]
fn a_step_is_used_once() {
    let guard = guard();
    let typed = SteamCode::parse("QJY8Y").unwrap();
    let find = |now, window, last| guard.find(&typed, UnixSeconds(now), window, last);
    let window = Window::default();
    assert_eq!(find(30, window, None), Match::Unused { step: Step(1), offset: 0 });
    assert_eq!(find(60, window, Some(Step(0))), Match::Unused { step: Step(1), offset: -1 });
    assert_eq!(find(0, window, None), Match::Unused { step: Step(1), offset: 1 });
    assert_eq!(find(30, window, Some(Step(1))), Match::Used { step: Step(1) });
    assert_eq!(find(30, window, Some(Step(9))), Match::Used { step: Step(1) });
    assert_eq!(find(90, window, None), Match::Wrong);
    assert_eq!(find(60, Window::EXACT, None), Match::Wrong);
    assert_eq!(
        find(90, Window::new(2, 0).unwrap(), None),
        Match::Unused { step: Step(1), offset: -2 }
    );
    assert_eq!(find(0, Window::new(2, 0).unwrap(), None), Match::Wrong);
}

proptest! {
    /// `find` agrees with comparing the codes of the window one by one, for every window.
    #[test]
    fn find_takes_the_newest_unused_step(
        now in any::<u64>(),
        behind in 0..=10_u8,
        ahead in 0..=10_u8,
        away in -12..=12_i64,
        last in proptest::option::of(-12..=12_i64),
    ) {
        let guard = guard();
        let current = guard.step_at(UnixSeconds(now)).0;
        let code = guard.code(Step(current.saturating_add_signed(away)));
        let last = last.map(|last| Step(current.saturating_add_signed(last)));
        let window = Window::new(behind, ahead).unwrap();
        let oldest = current.saturating_sub(behind.into());
        let newest = current.saturating_add(ahead.into());
        let same: Vec<u64> =
            (oldest..=newest).filter(|step| guard.code(Step(*step)) == code).collect();
        let expected = match same.iter().rev().find(|step| last < Some(Step(**step))) {
            Some(step) => Match::Unused {
                step: Step(*step),
                offset: i8::try_from(i128::from(*step) - i128::from(current)).unwrap(),
            },
            None => same.last().map_or(Match::Wrong, |step| Match::Used { step: Step(*step) }),
        };
        prop_assert_eq!(guard.find(&code, UnixSeconds(now), window, last), expected);
    }

    #[test]
    fn text_reads_back(step in any::<u64>()) {
        let code = guard().code(Step(step));
        let text = code.to_text();
        prop_assert!(SteamCode::parse(text.expose()) == Ok(code));
    }

    #[test]
    fn parsing_never_panics(text in ".*") {
        if let Ok(code) = SteamCode::parse(&text) {
            let written = code.to_text();
            prop_assert_eq!(written.expose(), text.to_ascii_uppercase());
        }
    }
}
