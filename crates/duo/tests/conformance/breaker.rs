//! A service that does not answer is left alone, and not for longer than it must be.

use proptest::prelude::*;
use upheld_duo::{Breaker, BreakerPolicy, Failure, Passage, UnixSeconds};

use crate::policies::ALL;

#[test]
fn t51_the_default_is_five_failures_ten_seconds_and_half_a_minute() {
    let expected = BreakerPolicy { failures: 5, pause: 10, trial: 30 };
    assert_eq!(BreakerPolicy::default(), expected);
}

#[test]
fn t51_a_service_that_is_silent_is_left_alone_and_tried_by_one_call() {
    let policy = BreakerPolicy { failures: 3, pause: 10, trial: 30 };
    let mut breaker = Breaker::default();
    let mut now = 100;
    let silent = Some(Failure::Unavailable { status: 503 });
    for _ in 0..3 {
        assert_eq!(breaker.ask(&policy, UnixSeconds(now)), Passage::Send);
        breaker.settle(&policy, UnixSeconds(now), silent);
    }
    // Open.
    let until = UnixSeconds(110);
    let refused = Passage::Refuse { until, after: Failure::Unavailable { status: 503 } };
    assert_eq!(breaker.ask(&policy, UnixSeconds(now)), refused);
    breaker.settle(&policy, UnixSeconds(105), Some(Failure::Timeout));
    now = 109;
    assert_eq!(breaker.ask(&policy, UnixSeconds(now)), refused, "a late failure changes nothing");
    // On trial: one call, and no other.
    now = 110;
    assert_eq!(breaker.ask(&policy, UnixSeconds(now)), Passage::Send);
    assert!(matches!(breaker.ask(&policy, UnixSeconds(now)), Passage::Refuse { .. }));
    breaker.settle(&policy, UnixSeconds(115), Some(Failure::Timeout));
    let refused = Passage::Refuse { until: UnixSeconds(125), after: Failure::Timeout };
    assert_eq!(breaker.ask(&policy, UnixSeconds(124)), refused, "open for another pause");
    // The trial that is lost.
    assert_eq!(breaker.ask(&policy, UnixSeconds(125)), Passage::Send);
    assert!(matches!(breaker.ask(&policy, UnixSeconds(154)), Passage::Refuse { .. }));
    assert_eq!(breaker.ask(&policy, UnixSeconds(155)), Passage::Send);
    breaker.settle(&policy, UnixSeconds(156), None);
    assert_eq!(breaker, Breaker::default(), "closed");
}

#[test]
fn t51_an_answer_of_any_kind_closes_the_breaker() {
    let policy = BreakerPolicy { failures: 2, ..BreakerPolicy::default() };
    for failure in ALL {
        let mut breaker = Breaker::default();
        for _ in 0..2 {
            breaker.settle(&policy, UnixSeconds(0), Some(failure));
        }
        let is_silence = !matches!(failure, Failure::RateLimited | Failure::Clock | Failure::Other);
        let passage = breaker.ask(&policy, UnixSeconds(1));
        assert_eq!(matches!(passage, Passage::Refuse { .. }), is_silence, "{failure:?}");
        breaker.settle(&policy, UnixSeconds(1), Some(Failure::Other));
        assert_eq!(breaker, Breaker::default());
        breaker.settle(&policy, UnixSeconds(1), Some(Failure::Timeout));
        assert_eq!(breaker.ask(&policy, UnixSeconds(1)), Passage::Send, "one is not too many");
    }
    // A clock that was far ahead when it opened keeps nobody out.
    let mut breaker = Breaker::default();
    for _ in 0..2 {
        breaker.settle(&policy, UnixSeconds(1_000_000), Some(Failure::Timeout));
    }
    assert_eq!(breaker.ask(&policy, UnixSeconds(1)), Passage::Send);
}

#[test]
fn t51_a_trial_that_is_given_up_keeps_nobody_from_the_next() {
    let policy = BreakerPolicy { failures: 1, pause: 10, trial: 30 };
    let mut breaker = Breaker::default();
    breaker.give_up(UnixSeconds(100));
    assert_eq!(breaker, Breaker::default(), "closed");
    breaker.settle(&policy, UnixSeconds(100), Some(Failure::Timeout));
    breaker.give_up(UnixSeconds(101));
    let refused = Passage::Refuse { until: UnixSeconds(110), after: Failure::Timeout };
    assert_eq!(breaker.ask(&policy, UnixSeconds(101)), refused, "open, by a call from before");
    assert_eq!(breaker.ask(&policy, UnixSeconds(110)), Passage::Send);
    assert!(matches!(breaker.ask(&policy, UnixSeconds(112)), Passage::Refuse { .. }));
    breaker.give_up(UnixSeconds(112));
    assert_eq!(breaker.ask(&policy, UnixSeconds(112)), Passage::Send, "the next trial");
    let refused = Passage::Refuse { until: UnixSeconds(142), after: Failure::Timeout };
    assert_eq!(breaker.ask(&policy, UnixSeconds(113)), refused, "and that one alone");
}

proptest! {
    /// Whatever comes in whatever order, the breaker never refuses for longer than it may.
    #[test]
    fn t51_no_order_of_events_keeps_the_breaker_open(
        events in proptest::collection::vec((0_u64..40, 0_usize..12), 1..60),
    ) {
        let policy = BreakerPolicy::default();
        let mut breaker = Breaker::default();
        let mut now = 1_000;
        for (pause, event) in events {
            now += pause;
            match ALL.get(event) {
                Some(failure) => breaker.settle(&policy, UnixSeconds(now), Some(*failure)),
                None if event == 11 => breaker.give_up(UnixSeconds(now)),
                None => {
                    if let Passage::Refuse { until, after } = breaker.ask(&policy, UnixSeconds(now)) {
                        prop_assert!(until.0 > now && until.0 - now <= policy.trial);
                        prop_assert!(ALL[..4].contains(&after));
                    }
                }
            }
        }
        prop_assert_eq!(breaker.ask(&policy, UnixSeconds(now + policy.trial)), Passage::Send);
    }
}
