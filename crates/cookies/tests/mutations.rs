//! A million broken consent strings: none panics, and what can be read is written and read alike.
//!
//! The strings that are broken are those of `vectors/consent_strings.json`. Which million is always
//! the same, so that a failure can be found again by its number.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests may panic"
)]

use std::panic::catch_unwind;

use serde_json::Value;
use upheld_cookies::UnixSeconds;
use upheld_cookies::additional_consent::AdditionalConsent;
use upheld_cookies::gpp::{Gpp, Section};
use upheld_cookies::tcf::{TcModel, TcString};
use upheld_cookies::us_privacy::UsPrivacy;

const MUTATIONS: u64 = 1_000_000;

/// Sebastiano Vigna's `SplitMix64`.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn strings() -> Vec<String> {
    let file: Value = serde_json::from_str(include_str!("vectors/consent_strings.json")).unwrap();
    let of = |kind: &str| file[kind].as_array().unwrap().clone();
    let all = of("tc").into_iter().chain(of("gpp"));
    let mut all: Vec<String> = all.map(|one| one["string"].as_str().unwrap().to_owned()).collect();
    // Long ones cost more and break in no other way.
    all.retain(|string| string.len() < 300);
    all.extend(["1YNN", "1~1.35.41", "2~1.35.41~dv.9.21"].map(str::to_owned));
    all
}

/// Cuts, changes, takes out, doubles, or turns over a bit, once to four times.
fn mutate(string: &str, other: &str, random: &mut Random) -> String {
    const DIGITS: &[u8; 67] =
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~=";
    let mut bytes = string.as_bytes().to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        let digit = *DIGITS.get(random.below(DIGITS.len())).unwrap();
        match random.below(7) {
            0 => bytes.truncate(at),
            1 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = digit),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 => bytes.insert(at, digit),
            4 => bytes.extend(bytes.clone().iter().skip(at)),
            5 => bytes.extend(other.bytes().skip(at)),
            _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (at % 7)),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn read(text: &str) {
    if let Ok(tc) = TcString::parse(text) {
        let _faults = tc.faults(UnixSeconds(1_795_500_000));
        let _allowed = tc.allows(7, 130);
        let model = TcModel::from(tc);
        let written = model.encode().unwrap();
        assert_eq!(TcModel::from(TcString::parse(&written).unwrap()), model);
    }
    if let Ok(gpp) = Gpp::parse(text) {
        let _signal = gpp.gpc();
        for (id, section) in gpp.sections() {
            let _read = Section::parse(id, section);
        }
    }
    let _read = (AdditionalConsent::parse(text), UsPrivacy::parse(text));
}

#[test]
fn a_million_broken_strings_panic_never() {
    let strings = strings();
    assert!(strings.len() > 140);
    let mut random = Random(20_261_127);
    let mut readable = 0_u64;
    for number in 0..MUTATIONS {
        let string = strings.get(random.below(strings.len())).unwrap();
        let other = strings.get(random.below(strings.len())).unwrap();
        let broken = mutate(string, other, &mut random);
        assert!(catch_unwind(|| read(&broken)).is_ok(), "number {number}: {broken}");
        readable += u64::from(TcString::parse(&broken).is_ok() || Gpp::parse(&broken).is_ok());
    }
    // Neither all refused nor all read: the mutations reach past the first check.
    assert!((50_000..950_000).contains(&readable), "{readable} were read");
}
