//! Counters: look-ahead and resynchronisation (RFC 4226 §7.4).

use upheld_totp::{Algorithm, Code, Counter, Digits, Hotp, Secret};

use crate::rfc_key;

fn token() -> Hotp {
    Hotp::new(&rfc_key(Algorithm::Sha1), Algorithm::Sha1, Digits::Six)
}

#[test]
fn look_ahead_finds_the_counter_and_never_goes_back() {
    let token = token();
    for counter in 0..20_u64 {
        let code = token.code(Counter(counter));
        let expected = (5..=15).contains(&counter).then_some(Counter(counter));
        assert_eq!(token.find(&code, Counter(5), 10), expected, "counter {counter}");
        let exact = (counter == 5).then_some(Counter(5));
        assert_eq!(token.find(&code, Counter(5), 0), exact, "counter {counter}");
    }
}

#[test]
fn the_last_counter_is_found_and_has_no_next() {
    let token = token();
    let last = Counter(u64::MAX);
    assert_eq!(token.find(&token.code(last), Counter(u64::MAX - 3), 255), Some(last));
    assert_eq!(token.find(&token.code(last), last, 255), Some(last));
    assert_eq!(last.next(), None);
    assert_eq!(Counter(0).next(), Some(Counter(1)));
}

/// The key of `matching.rs` whose counters 0 and 1 show the same six digits: taking the lower
/// would let the same code in again.
#[test]
fn of_two_counters_with_one_code_the_highest_is_taken() {
    let mut key = [0; 20];
    key[..8].copy_from_slice(&257_644_u64.to_be_bytes());
    let token = Hotp::new(&Secret::from_bytes(&key).unwrap(), Algorithm::Sha1, Digits::Six);
    let code = token.code(Counter(0));
    let found = token.find(&code, Counter(0), 10).unwrap();
    assert_eq!(found, Counter(1));
    assert_eq!(token.find(&code, found.next().unwrap(), 10), None);
}

//= RFC 4226 §7.4: a sequence of codes must match before a distant counter is believed
#[test]
fn consecutive_codes_resynchronise() {
    let token = token();
    let codes =
        |counters: &[u64]| counters.iter().map(|at| token.code(Counter(*at))).collect::<Vec<_>>();
    let sync = |counters: &[u64], next, window| {
        let codes = codes(counters);
        token.resynchronize((&codes[0], &codes[1]), &codes[2..], Counter(next), window)
    };
    assert_eq!(sync(&[700, 701], 3, 1_000), Some(Counter(701)));
    assert_eq!(sync(&[700, 701, 702, 703], 3, 1_000), Some(Counter(703)));
    assert_eq!(sync(&[3, 4], 3, 1_000), Some(Counter(4)), "from the first counter on");
    assert_eq!(sync(&[700, 702], 3, 1_000), None, "not consecutive");
    assert_eq!(sync(&[701, 700], 3, 1_000), None, "in the wrong order");
    assert_eq!(sync(&[700, 700], 3, 1_000), None, "one code twice");
    assert_eq!(sync(&[700, 701, 703], 3, 1_000), None, "the third does not follow");
    assert_eq!(sync(&[2, 3], 3, 1_000), None, "begins below the next counter");
    assert_eq!(sync(&[2, 3], 2, 2), Some(Counter(3)));
    assert_eq!(sync(&[2, 3], 2, 1), None, "ends outside the window");
    assert_eq!(sync(&[2, 3], 2, 0), None);
    assert_eq!(sync(&[u64::MAX - 2, u64::MAX - 1], 1 << 63, u16::MAX), None, "far away");
    let near_end = u64::MAX - 100;
    assert_eq!(sync(&[near_end, near_end + 1], near_end, u16::MAX), Some(Counter(near_end + 1)));
}

#[test]
fn a_run_may_be_as_long_as_sixty_four_codes() {
    let token = token();
    let codes = |count| (0..count).map(|at| token.code(Counter(at))).collect::<Vec<_>>();
    let sync =
        |codes: &[Code]| token.resynchronize((&codes[0], &codes[1]), &codes[2..], Counter(0), 100);
    assert_eq!(sync(&codes(64)), Some(Counter(63)));
    assert_eq!(sync(&codes(65)), None);
    assert_eq!(sync(&codes(1_000)), None);
}

#[test]
fn codes_of_another_length_resynchronise_nothing() {
    let token = token();
    let (first, second) = (token.code(Counter(0)), token.code(Counter(1)));
    let eight = Hotp::new(&rfc_key(Algorithm::Sha1), Algorithm::Sha1, Digits::Eight);
    assert_eq!(eight.resynchronize((&first, &second), &[], Counter(0), 10), None);
    assert_eq!(eight.find(&first, Counter(0), 10), None);
    assert_eq!(eight.digits(), Digits::Eight);
    let longer = eight.code(Counter(2));
    assert_eq!(token.resynchronize((&first, &second), &[longer], Counter(0), 10), None);
}
