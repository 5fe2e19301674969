//! T19: what guessing achieves, as a property of every policy and any mix of credentials.
#![expect(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests may panic")]

use proptest::prelude::*;
use upheld_second_factor::{Chance, Decision, Failures, Policy, Throttle, ThrottleError};
use upheld_totp::{Code, Digits, Match, Parameters, Secret, Totp, UnixSeconds, Window};

const DAY: u64 = 24 * 60 * 60;

#[test]
fn t19_the_default_lets_a_day_of_guessing_in_three_times_in_ten_thousand_at_most() {
    assert!(Policy::default().guess_probability_per_day() <= 3e-4);
    // The authenticator app that everybody has: the cap and the ceiling meet.
    let policy = Policy::default();
    let chance = policy.chance_of_totp(Digits::Six);
    let guesses = policy.throttle.attempts_per_day(chance);
    assert_eq!((guesses, chance), (100, Chance(300)));
}

/// The chance is not ours to assert: every code there is, tried against one moment.
#[test]
fn t19_of_a_million_codes_as_many_are_right_as_the_chance_says() {
    let totp = Totp::new(&Secret::from_bytes(&[7; 20]).unwrap(), Parameters::default());
    let right = (0..1_000_000).filter(|value| {
        let code = Code::parse(&format!("{value:06}")).unwrap();
        totp.find(&code, UnixSeconds(1_800_000_000), Window::default(), None) != Match::Wrong
    });
    assert_eq!(right.count(), 3);
    let chance = Policy::default().chance_of_totp(Digits::Six);
    assert!((chance.as_probability() - 3e-6).abs() < 1e-12);
    let exact = Policy { window: Window::EXACT, ..Policy::default() };
    assert_eq!(exact.chance_of_totp(Digits::Eight), Chance(1));
    assert_eq!(exact.chance_of_hotp(Digits::Seven), Chance(110));
}

fn any_throttle() -> impl Strategy<Value = Throttle> {
    (1..=10_u32, 1..=1000_u32, 0..=2000_u32, 1..=100_u32, 1..=100_000_u32).prop_map(
        |(free, first, more, cap, ceiling)| {
            let throttle = Throttle::default().with_free_attempts(free).unwrap();
            let throttle = throttle.with_waits(first, first + more).unwrap();
            throttle.with_cap(cap).unwrap().with_ceiling(Chance(ceiling)).unwrap()
        },
    )
}

proptest! {
    /// Whoever guesses whenever they like, at whatever the account has at that moment, and sets
    /// the clock back and forth, stays below the ceiling and the cap.
    #[test]
    fn t19_no_schedule_of_guesses_exceeds_the_ceiling(
        throttle in any_throttle(),
        schedule in prop::collection::vec((0..3000_u64, 1..5000_u32, 0..100_u64), 1..400),
    ) {
        let (mut failures, mut now) = (Failures::default(), UnixSeconds(1_800_000_000));
        let (mut achieved, mut guesses) = (0_u64, 0_u32);
        for (wait, chance, back) in schedule {
            now = UnixSeconds(now.0 + wait - wait.min(back));
            if let Decision::Charge(charged) = throttle.charge(failures, Chance(chance), now) {
                failures = charged;
                guesses += 1;
                achieved += u64::from(chance);
            }
        }
        prop_assert!(achieved <= u64::from(throttle.ceiling().0));
        prop_assert!(guesses <= Throttle::MAX_CAP);
    }

    /// Fewer attempts in a day than the waits allow, and none during a lock.
    #[test]
    fn t12_a_lock_holds_until_its_end_and_no_longer(
        throttle in any_throttle(),
        count in 0..200_u32,
        start in 0..u64::MAX / 2,
    ) {
        let now = UnixSeconds(start);
        let before = Failures { count, ..Failures::default() };
        let Decision::Charge(charged) = throttle.charge(before, Chance::NONE, now) else {
            return Err(TestCaseError::fail("what cannot be guessed was refused"));
        };
        let wait = u64::from(throttle.wait_seconds(charged.count));
        for early in [0, wait / 2, wait.saturating_sub(1)].into_iter().filter(|&early| early < wait) {
            let decision = throttle.charge(charged, Chance::NONE, UnixSeconds(start + early));
            prop_assert_eq!(decision, Decision::Throttled { until: UnixSeconds(start + wait) });
        }
        let in_time = throttle.charge(charged, Chance::NONE, UnixSeconds(start + wait));
        prop_assert!(matches!(in_time, Decision::Charge(_)));
    }

    /// T08: the clock jumped ahead, somebody failed, and it was set right again.
    #[test]
    fn t08_a_lock_from_the_future_lasts_no_longer_than_the_longest(
        throttle in any_throttle(),
        jump in 0..400 * DAY,
        count in 5..99_u32,
    ) {
        let now = UnixSeconds(1_800_000_000);
        let before = Failures { count, ..Failures::default() };
        let ahead = UnixSeconds(now.0 + jump);
        let Decision::Charge(charged) = throttle.charge(before, Chance::NONE, ahead) else {
            return Err(TestCaseError::fail("the first attempt was refused"));
        };
        let longest = u64::from(throttle.wait_seconds(u32::MAX)) + 60;
        let later = throttle.charge(charged, Chance::NONE, UnixSeconds(now.0 + longest));
        prop_assert!(matches!(later, Decision::Charge(_)) || jump < longest + 60);
        if let Decision::Charge(again) = later {
            prop_assert_eq!(again.count, charged.count + 1, "failures are not forgotten");
        }
    }
}

#[test]
fn a_throttle_that_throttles_too_little_is_refused() {
    let throttle = Throttle::default();
    assert_eq!(throttle.with_free_attempts(0), Err(ThrottleError::Free { attempts: 0 }));
    assert_eq!(throttle.with_free_attempts(11), Err(ThrottleError::Free { attempts: 11 }));
    assert_eq!(throttle.with_cap(101), Err(ThrottleError::Cap { failures: 101 }));
    for (first, longest) in [(0, 1), (2, 1), (1, 86_401)] {
        assert_eq!(
            throttle.with_waits(first, longest),
            Err(ThrottleError::Wait { first, longest })
        );
    }
    for ceiling in [Chance(0), Chance(100_001)] {
        assert_eq!(throttle.with_ceiling(ceiling), Err(ThrottleError::Ceiling { ceiling }));
    }
}
