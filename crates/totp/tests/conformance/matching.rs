//! Which step a code belongs to.

use upheld_totp::{
    Algorithm, Code, Digits, Match, Parameters, Period, Secret, Step, Totp, UnixSeconds, Window,
    WindowError,
};

use crate::rfc_key;

fn totp() -> Totp {
    Totp::new(&rfc_key(Algorithm::Sha1), Parameters::default())
}

#[test]
fn every_step_of_the_window_and_none_outside() {
    let (totp, now) = (totp(), UnixSeconds(3_000_000_000));
    let current = totp.step_at(now).0;
    for (behind, ahead) in [(0, 0), (1, 1), (2, 0), (0, 3), (10, 10)] {
        let window = Window::new(behind, ahead).unwrap();
        for offset in -12..=12_i8 {
            let step = Step(current.wrapping_add_signed(offset.into()));
            let found = totp.find(&totp.code(step), now, window, None);
            let inside = -i16::from(behind) <= offset.into() && i16::from(offset) <= ahead.into();
            let expected = if inside { Match::Unused { step, offset } } else { Match::Wrong };
            assert_eq!(found, expected, "{offset} in -{behind}..=+{ahead}");
        }
    }
}

//= RFC 6238 §5.2: a code is accepted at most once
#[test]
fn a_used_step_is_never_found_again() {
    let (totp, now) = (totp(), UnixSeconds(59));
    let window = Window::default();
    for last_used in [Step(1), Step(2), Step(u64::MAX)] {
        let found = totp.find(&totp.code(Step(1)), now, window, Some(last_used));
        assert_eq!(found, Match::Used { step: Step(1) }, "after {last_used:?}");
    }
    let found = totp.find(&totp.code(Step(1)), now, window, Some(Step(0)));
    assert_eq!(found, Match::Unused { step: Step(1), offset: 0 });
    let found = totp.find(&totp.code(Step(0)), now, window, Some(Step(0)));
    assert_eq!(found, Match::Used { step: Step(0) }, "step 0 can be used up");
}

#[test]
fn a_clock_set_back_does_not_revive_a_code() {
    let totp = totp();
    let accepted = Step(100);
    for now in [3_000, 2_990, 2_500, 0] {
        let code = totp.code_at(UnixSeconds(now));
        let found = totp.find(&code, UnixSeconds(now), Window::default(), Some(accepted));
        assert!(matches!(found, Match::Used { .. }), "at {now}");
    }
}

/// Found by search: steps 0 and 1 of this key show the same six digits.
#[test]
fn of_two_steps_with_one_code_the_newest_unused_wins() {
    let mut key = [0; 20];
    key[..8].copy_from_slice(&257_644_u64.to_be_bytes());
    let totp = Totp::new(&Secret::from_bytes(&key).unwrap(), Parameters::default());
    let code = Code::parse("051286").unwrap();
    assert!(totp.code(Step(0)) == code && totp.code(Step(1)) == code);

    let find = |now, last_used| totp.find(&code, UnixSeconds(now), Window::default(), last_used);
    assert_eq!(find(30, None), Match::Unused { step: Step(1), offset: 0 });
    assert_eq!(find(30, Some(Step(0))), Match::Unused { step: Step(1), offset: 0 });
    assert_eq!(find(30, Some(Step(1))), Match::Used { step: Step(1) });
    assert_eq!(find(0, None), Match::Unused { step: Step(1), offset: 1 });
    assert_eq!(find(60, Some(Step(1))), Match::Used { step: Step(1) });
}

#[test]
fn the_ends_of_time_are_no_edge() {
    let second = Period::from_seconds(1).unwrap();
    let parameters = Parameters { period: second, ..Parameters::default() };
    let totp = Totp::new(&rfc_key(Algorithm::Sha1), parameters);
    let window = Window::new(10, 10).unwrap();
    for now in [0, 1, 9, u64::MAX - 9, u64::MAX - 1, u64::MAX] {
        let code = totp.code_at(UnixSeconds(now));
        let found = totp.find(&code, UnixSeconds(now), window, None);
        assert_eq!(found, Match::Unused { step: Step(now), offset: 0 }, "at {now}");
    }
    let found = totp.find(&totp.code(Step(u64::MAX)), UnixSeconds(u64::MAX - 10), window, None);
    assert_eq!(found, Match::Unused { step: Step(u64::MAX), offset: 10 });
    let found = totp.find(&totp.code(Step(0)), UnixSeconds(10), window, None);
    assert_eq!(found, Match::Unused { step: Step(0), offset: -10 });
}

#[test]
fn a_code_of_another_length_is_wrong() {
    let parameters = Parameters { digits: Digits::Eight, ..Parameters::default() };
    let eight = Totp::new(&rfc_key(Algorithm::Sha1), parameters);
    let code = Code::parse("287082").unwrap();
    assert_eq!(eight.find(&code, UnixSeconds(59), Window::EXACT, None), Match::Wrong);
    // 8-digit codes with two leading zeros hold the same number as a 6-digit code.
    let code = Code::parse("00287082").unwrap();
    assert_eq!(totp().find(&code, UnixSeconds(59), Window::EXACT, None), Match::Wrong);
}

#[test]
fn windows_are_bounded() {
    assert_eq!(<(u8, u8)>::from(Window::new(10, 10).unwrap()), (10, 10));
    assert_eq!(Window::new(11, 0), Err(window_error(11)));
    assert_eq!(Window::new(0, 255), Err(window_error(255)));
    assert_eq!(Window::new(0, 0), Ok(Window::EXACT));
    assert_eq!(Window::default(), Window::new(1, 1).unwrap());
}

fn window_error(steps: u8) -> WindowError {
    let error = Window::try_from((steps, 0)).unwrap_err();
    assert_eq!(error.steps, steps);
    error
}
