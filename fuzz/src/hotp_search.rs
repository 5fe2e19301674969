//! `Hotp::find` and `Hotp::resynchronize` agree with a search that tries every place by itself.

use upheld_totp::{Code, Counter, Hotp, Secret};

use crate::bytes::Bytes;
use crate::reference::{Key, with_other_digits};

/// Searches a stretch of counters for one code and for a sequence of codes.
///
/// | bytes | meaning |
/// |---|---|
/// | 1, 1 | algorithm, digits |
/// | 8 | the next counter |
/// | 1, 1 | how far `find` looks ahead, how many counters `resynchronize` searches |
/// | 1 | where the codes begin, relative to the next counter |
/// | 1 | how many codes there are: two and up to 70 more |
/// | 1, 1 | which of the codes is replaced, if there are as many, and by that of how many counters on: from 128 on that less 128, with other digits |
/// | rest | secret |
pub fn hotp_search(data: &[u8]) {
    let mut input = Bytes(data);
    let (algorithm, digits) = (input.algorithm(), input.digits());
    let next = input.u64();
    let (look_ahead, window) = (input.u8(), input.u8());
    let start = next.saturating_add_signed(input.i8().into());
    let count = 2 + u64::from(input.u8() % 71);
    let (replaced, by) = (usize::from(input.u8()), input.u8());
    let bytes = input.rest();
    let Ok(secret) = Secret::from_bytes_allowing_weak(bytes) else { return };

    let hotp = Hotp::new(&secret, algorithm, digits);
    let key = Key { algorithm, digits, bytes };
    let mut shown: Vec<String> =
        (0..count).map(|place| key.code(start.saturating_add(place))).collect();
    if let Some(code) = shown.get_mut(replaced) {
        let other = key.code(next.saturating_add((by % 128).into()));
        *code = if by < 128 { other } else { with_other_digits(&other) };
    }
    let present: Vec<String> = (0..=u64::from(look_ahead.max(window)))
        .map_while(|ahead| next.checked_add(ahead))
        .map(|counter| key.code(counter))
        .collect();

    let found_in = present.get(..=look_ahead.into()).unwrap_or(&present);
    check_find(&hotp, &shown, (next, look_ahead), found_in);
    // The last counter of all has none after it to store, so nothing is synchronised to it.
    let before_last = usize::try_from(u64::MAX - next).unwrap_or(usize::MAX);
    let searched = usize::from(window).min(before_last).min(present.len());
    check_resynchronize(&hotp, &shown, (next, window), present.get(..searched).unwrap_or_default());
}

/// The highest counter that has the code.
fn check_find(hotp: &Hotp, shown: &[String], (next, look_ahead): (u64, u8), searched: &[String]) {
    for text in shown.iter().take(2) {
        let expected = searched.iter().rposition(|code| code == text);
        let found = hotp.find(&parse(text), Counter(next), look_ahead);
        assert_eq!(found, expected.map(|ahead| counter(next, ahead)));
    }
}

/// The highest counter that ends a run of all the codes.
fn check_resynchronize(
    hotp: &Hotp,
    shown: &[String],
    (next, window): (u64, u8),
    searched: &[String],
) {
    let codes: Vec<Code> = shown.iter().map(|text| parse(text)).collect();
    let [first, second, more @ ..] = codes.as_slice() else { return };
    let found = hotp.resynchronize((first, second), more, Counter(next), window.into());

    let runs = || searched.windows(shown.len());
    let ends = runs().rposition(|run| run == shown).map(|begins| begins + shown.len() - 1);
    let expected = ends.filter(|_| shown.len() <= 64).map(|ahead| counter(next, ahead));
    assert_eq!(found, expected);
}

fn parse(text: &str) -> Code {
    Code::parse(text).expect("digits are a code")
}

fn counter(next: u64, ahead: usize) -> Counter {
    Counter(next + u64::try_from(ahead).expect("it is at most 255"))
}
