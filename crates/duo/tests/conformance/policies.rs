//! Fail mode, retries, clock offset, pushes and texts: the rules that are pure.

use core::convert::Infallible;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use proptest::prelude::*;
use rand_core::TryRng;
use upheld_duo::auth::{Auth, Factor, Ping, Preauth, Target, User};
use upheld_duo::{
    ClockOffset, FailCause, FailMode, Failure, Fallback, GiveUp, NextAttempt, PushAnswer,
    PushDecision, PushPolicy, PushRecord, ReplyError, Retry, RetryPolicy, StatusMessage,
    UnixSeconds, retry_after,
};

pub(crate) const ALL: [Failure; 7] = [
    Failure::Unreachable,
    Failure::Broken,
    Failure::Timeout,
    Failure::Unavailable { status: 503 },
    Failure::RateLimited,
    Failure::Clock,
    Failure::Other,
];

#[test]
fn t51_only_an_outage_lets_in_and_only_where_that_was_chosen() {
    let preauth = Preauth::new(User::named("alice"));
    for failure in ALL {
        assert_eq!(FailMode::default().after(&preauth, failure), Fallback::Closed);
        let expected = match failure {
            Failure::Unreachable => Some(FailCause::Unreachable),
            Failure::Timeout => Some(FailCause::Timeout),
            Failure::Unavailable { status } => Some(FailCause::Unavailable { status }),
            Failure::RateLimited => Some(FailCause::RateLimited),
            _ => None,
        };
        let cause = match FailMode::Open.after(&preauth, failure) {
            Fallback::Open(open) => Some(open.cause()),
            Fallback::Closed => None,
        };
        assert_eq!(cause, expected, "{failure:?}");
    }
}

#[test]
fn t51_wrong_keys_and_garbage_are_no_outage() {
    for status in [301, 400, 401, 403, 404] {
        assert_eq!(Failure::from(&ReplyError::Status { status }), Failure::Other, "{status}");
    }
    for error in [
        ReplyError::UnknownResult,
        ReplyError::Malformed { line: 1, column: 1 },
        ReplyError::TooLarge { bytes: 2, limit: 1 },
    ] {
        assert_eq!(Failure::from(&error), Failure::Other);
    }
    assert_eq!(Failure::from(&ReplyError::Status { status: 429 }), Failure::RateLimited);
    let unavailable = Failure::Unavailable { status: 502 };
    assert_eq!(Failure::from(&ReplyError::Status { status: 502 }), unavailable);
}

/// No jitter, or all of it.
struct Constant(u32);

impl TryRng for Constant {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.into())
    }

    fn try_fill_bytes(&mut self, _to: &mut [u8]) -> Result<(), Infallible> {
        Ok(())
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

/// The schedule of `duo_client_python`'s `client.py`: 1, 2, 4, 8, 16, 32 seconds, then no more.
#[test]
fn the_schedule_is_that_of_the_official_clients() {
    for (draw, extra) in [(0, 0), (u32::MAX, 1)] {
        let policy = RetryPolicy { deadline: seconds(600), ..RetryPolicy::default() };
        let mut retry = Retry::of(&Ping, policy);
        let mut rng = Constant(draw);
        for wait in [1, 2, 4, 8, 16, 32] {
            let next = retry.after(Failure::RateLimited, None, seconds(1), &mut rng);
            assert_eq!(next, NextAttempt::After(seconds(wait + extra)));
        }
        let next = retry.after(Failure::RateLimited, None, seconds(1), &mut rng);
        assert_eq!(next, NextAttempt::GiveUp(GiveUp::Attempts));
    }
}

#[test]
fn what_duo_asks_for_is_waited_unless_the_deadline_is_before() {
    let mut rng = Constant(0);
    let mut after = |asked, elapsed| {
        Retry::of(&Ping, RetryPolicy::default()).after(
            Failure::RateLimited,
            asked,
            seconds(elapsed),
            &mut rng,
        )
    };
    assert_eq!(after(Some(seconds(20)), 0), NextAttempt::After(seconds(20)));
    assert_eq!(after(Some(seconds(0)), 0), NextAttempt::After(seconds(1)), "never at once");
    assert_eq!(after(Some(seconds(91)), 0), NextAttempt::GiveUp(GiveUp::Deadline));
    assert_eq!(after(None, 90), NextAttempt::GiveUp(GiveUp::Deadline));
    assert_eq!(after(Some(seconds(80)), 10), NextAttempt::GiveUp(GiveUp::Deadline), "no time left");
    assert_eq!(after(Some(Duration::MAX), 0), NextAttempt::GiveUp(GiveUp::Deadline));
}

#[test]
fn an_attempt_takes_no_longer_than_what_is_left() {
    let retry = Retry::of(&Ping, RetryPolicy { deadline: seconds(4), ..RetryPolicy::default() });
    assert_eq!(retry.time_left(Duration::ZERO), seconds(4));
    assert_eq!(retry.time_left(seconds(3)), seconds(1));
    assert_eq!(retry.time_left(seconds(5)), Duration::ZERO);
}

#[test]
fn t21_nobody_is_asked_twice_by_a_retry() {
    let auth = Auth::new(User::named("alice"), Factor::Phone(Target::Any));
    for failure in ALL {
        let mut retry = Retry::of(&auth, RetryPolicy::default());
        let next = retry.after(failure, None, seconds(0), &mut Constant(0));
        let expected = match failure {
            Failure::Unreachable | Failure::RateLimited => NextAttempt::After(seconds(1)),
            Failure::Clock => NextAttempt::After(Duration::ZERO),
            Failure::Other => NextAttempt::GiveUp(GiveUp::Useless),
            _ => NextAttempt::GiveUp(GiveUp::Unclear),
        };
        assert_eq!(next, expected, "{failure:?}");
    }
}

/// A push that nobody hears the answer of: no other is made so late that it may be cut off.
#[test]
fn t21_nobody_is_asked_so_late_that_the_answer_is_lost() {
    let auth = Auth::new(User::named("alice"), Factor::Phone(Target::Any));
    let late = NextAttempt::GiveUp(GiveUp::Deadline);
    let next = |deadline, elapsed| {
        let policy = RetryPolicy { deadline: seconds(deadline), ..RetryPolicy::default() };
        let at = |call: &mut Retry| {
            call.after(Failure::RateLimited, None, seconds(elapsed), &mut Constant(0))
        };
        (at(&mut Retry::of(&auth, policy)), at(&mut Retry::of(&Ping, policy)))
    };
    let again = NextAttempt::After(seconds(1));
    // The patience of a call that waits for a person is 75 seconds.
    assert_eq!(next(90, 14), (again, again));
    assert_eq!(next(90, 15), (late, again));
    assert_eq!(next(75, 0), (late, again));
    // There was less from the start: half of it.
    assert_eq!(next(6, 2), (again, again));
    assert_eq!(next(6, 3), (late, again));
    assert_eq!(next(6, 5), (late, late));
}

#[test]
fn a_clock_is_set_once() {
    let mut retry = Retry::of(&Ping, RetryPolicy::default());
    let mut rng = Constant(0);
    let first = retry.after(Failure::Clock, None, seconds(0), &mut rng);
    assert_eq!(first, NextAttempt::After(Duration::ZERO));
    let second = retry.after(Failure::Clock, None, seconds(0), &mut rng);
    assert_eq!(second, NextAttempt::GiveUp(GiveUp::Useless));
    let once =
        Retry::of(&Ping, RetryPolicy::ONCE).after(Failure::Timeout, None, seconds(0), &mut rng);
    assert_eq!(once, NextAttempt::GiveUp(GiveUp::Attempts));
}

//= RFC 9110 §10.2.3: a number of seconds or an HTTP date
#[test]
fn the_wait_is_read_in_both_spellings() {
    let now = UnixSeconds(784_111_777 - 20); // RFC 9110 §5.6.7: Sun, 06 Nov 1994 08:49:37 GMT
    let of = |pairs: &[(&'static str, &'static str)]| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        retry_after(&headers, now)
    };
    assert_eq!(of(&[]), None);
    assert_eq!(of(&[("retry-after", "7")]), Some(seconds(7)));
    assert_eq!(of(&[("x-retry-after", " 8 ")]), Some(seconds(8)));
    for date in [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ] {
        assert_eq!(of(&[("retry-after", date)]), Some(seconds(20)), "{date}");
    }
    assert_eq!(of(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), Some(seconds(0)));
    assert_eq!(of(&[("retry-after", "99999999999999999999999")]), Some(seconds(u64::MAX)));
    for nonsense in ["", "-1", "soon", "1.5", "Sun, 99 Nov 1994 08:49:37 GMT"] {
        assert_eq!(of(&[("retry-after", nonsense)]), None, "{nonsense}");
    }
    assert_eq!(of(&[("retry-after", "soon"), ("x-retry-after", "3")]), Some(seconds(3)));
}

#[test]
fn a_clock_offset_is_learnt_and_applied() {
    let mut headers = HeaderMap::new();
    headers.insert("date", HeaderValue::from_static("Tue, 21 Aug 2012 17:29:18 GMT"));
    let ours = UnixSeconds(1_345_570_158 + 600);
    let offset = ClockOffset::of_reply(&headers, ours).unwrap();
    assert_eq!(offset.as_seconds(), -600);
    assert_eq!(offset.apply(ours), UnixSeconds(1_345_570_158));
    assert_eq!(ClockOffset::of_reply(&HeaderMap::new(), ours), None);
    let extreme = ClockOffset::between(UnixSeconds(u64::MAX), UnixSeconds(0));
    assert_eq!(extreme.apply(UnixSeconds(5)), UnixSeconds(0));
}

#[test]
fn t21_three_pushes_in_ten_minutes_one_at_a_time() {
    let policy = PushPolicy::default();
    let mut record = PushRecord::default();
    for begin in [0, 10, 20] {
        assert_eq!(record.begin(&policy, UnixSeconds(begin)), PushDecision::Send);
        let until = UnixSeconds(begin + 75);
        let second = record.begin(&policy, UnixSeconds(begin + 1));
        assert_eq!(second, PushDecision::Pending { until });
        record.settle(&policy, UnixSeconds(begin + 5), PushAnswer::Denied);
    }
    let until = UnixSeconds(600);
    assert_eq!(record.begin(&policy, UnixSeconds(30)), PushDecision::TooMany { until });
    assert_eq!(record.begin(&policy, UnixSeconds(599)), PushDecision::TooMany { until });
    assert_eq!(record.begin(&policy, until), PushDecision::Send);
    record.settle(&policy, UnixSeconds(601), PushAnswer::Approved);
    assert_eq!(record, PushRecord::default(), "the person is there");
}

#[test]
fn t21_a_report_of_fraud_ends_the_pushes() {
    let policy = PushPolicy::default();
    let mut record = PushRecord::default();
    assert_eq!(record.begin(&policy, UnixSeconds(0)), PushDecision::Send);
    assert_eq!(record.blocked_until(&policy, UnixSeconds(4)), None);
    record.settle(&policy, UnixSeconds(5), PushAnswer::Fraud);
    let until = UnixSeconds(605);
    assert_eq!(record.blocked_until(&policy, UnixSeconds(6)), Some(until));
    assert_eq!(record.blocked_until(&policy, until), None);
    assert_eq!(record.begin(&policy, UnixSeconds(6)), PushDecision::TooMany { until });
    let stored = serde_json::to_string(&record).unwrap();
    let mut restored: PushRecord = serde_json::from_str(&stored).unwrap();
    assert_eq!(restored.begin(&policy, UnixSeconds(604)), PushDecision::TooMany { until });
    assert_eq!(restored.begin(&policy, until), PushDecision::Send);
}

/// Texts of the tests of `duo_unix` (`tests/mockduo.py`), and of ECMA-48.
#[test]
fn messages_cannot_drive_a_terminal() {
    for (text, shown) in [
        ("Please enter verification code 376 into Duo Mobile...", None),
        ("\u{1b}]0;PWNED\u{7}Log in", Some("Log in")),
        ("\u{1b}]0;PWNED\u{1b}\\Log in", Some("Log in")),
        ("\u{1b}[31mred\u{1b}[0m", Some("red")),
        ("\u{9b}31mred", Some("red")),
        ("\u{90}q#0\u{9c}six", Some("six")),
        ("a\u{1b}(Bb", Some("ab")),
        ("a\r\n\tb\u{0}\u{7f}", Some("ab")),
        ("\u{202e}gnp.exe", Some("gnp.exe")),
        ("tail\u{1b}", Some("tail")),
        ("\u{1b}]never ends", Some("")),
        ("grüße 日本", None),
    ] {
        let message = StatusMessage::new(text);
        assert_eq!(message.to_string(), shown.unwrap_or(text), "{text:?}");
        assert_eq!(message.as_received(), text);
        assert!(!format!("{message:?}").contains("PWNED"));
    }
    assert_eq!(StatusMessage::new(&"x".repeat(5_000)).to_string().len(), 1_000);
}

proptest! {
    #[test]
    fn no_text_shows_a_control_character(text in "(?s).{0,60}") {
        let shown = StatusMessage::new(&text).to_string();
        prop_assert!(!shown.chars().any(char::is_control));
        prop_assert_eq!(StatusMessage::new(&shown).to_string(), shown);
    }

    /// Whatever happens in whatever order: never more than `most` in a window, and never two
    /// at a time.
    #[test]
    fn t21_no_order_of_events_sends_more(
        events in proptest::collection::vec((0_u64..120, 0_u8..4), 1..60),
        most in 0_u8..5,
    ) {
        let policy = PushPolicy { most, ..PushPolicy::default() };
        let mut record = PushRecord::default();
        let (mut now, mut sent, mut pending) = (1_000, Vec::new(), false);
        for (pause, event) in events {
            now += pause;
            let moment = UnixSeconds(now);
            if event == 3 {
                if record.begin(&policy, moment) == PushDecision::Send {
                    let last = sent.last().copied().unwrap_or(0);
                    prop_assert!(!pending || now - last >= policy.pending);
                    sent.push(now);
                    pending = true;
                    let recent = sent.iter().filter(|sent| now - **sent < policy.window).count();
                    prop_assert!(recent <= usize::from(most));
                }
            } else if event > 0 && pending {
                let answer = if event == 1 { PushAnswer::Denied } else { PushAnswer::Fraud };
                record.settle(&policy, moment, answer);
                pending = false;
            }
        }
    }

    #[test]
    fn a_wait_never_passes_the_deadline(
        elapsed in 0_u64..200,
        asked in proptest::option::of(any::<u64>()),
        draw: u32,
    ) {
        let policy = RetryPolicy::default();
        let mut retry = Retry::of(&Ping, policy);
        let elapsed = seconds(elapsed);
        let asked = asked.map(seconds);
        while let NextAttempt::After(wait) =
            retry.after(Failure::Timeout, asked, elapsed, &mut Constant(draw))
        {
            prop_assert!(elapsed + wait < policy.deadline);
            prop_assert!(retry.time_left(elapsed + wait) > Duration::ZERO);
            prop_assert!(wait >= asked.unwrap_or_default());
        }
    }
}
