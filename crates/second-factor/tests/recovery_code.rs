//! Recovery codes: what people type, and what a store learns from a set.
#![expect(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "tests may panic")]

use std::collections::HashSet;

use proptest::prelude::*;
use rand::rngs::SysRng;
use upheld_second_factor::{
    AccountId, CredentialId, Factor, Guard, MemoryStore, Outcome, Policy, RecoveryCode,
    RecoveryCodeError, RecoverySet, Registry,
};
use upheld_totp::UnixSeconds;

const ALICE: AccountId = AccountId(1);
const NOW: UnixSeconds = UnixSeconds(1_800_000_000);
/// Douglas Crockford's Base 32: the ten digits and the letters without I, L, O and U.
const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn generate() -> (RecoverySet, Vec<RecoveryCode>) {
    RecoverySet::generate(ALICE, CredentialId(7), &mut SysRng).unwrap()
}

#[test]
fn ten_codes_of_six_groups_in_crockfords_alphabet() {
    let (set, codes) = generate();
    assert_eq!((codes.len(), set.unused().len()), (10, 10));
    for code in &codes {
        let text = code.to_text();
        let groups: Vec<&str> = text.split('-').collect();
        assert_eq!(groups.len(), 6);
        assert!(groups.iter().all(|group| group.len() == 4));
        assert!(text.chars().all(|sign| sign == '-' || ALPHABET.contains(sign)));
    }
}

/// ASVS 5.0 §6.5.2 lets codes of 112 bits do without a slow hash. 23 of the 24 symbols are free:
/// every symbol comes up in every one of their places.
#[test]
fn every_symbol_is_drawn_in_every_place() {
    let mut seen: HashSet<(usize, char)> = HashSet::new();
    for _ in 0..60 {
        for code in generate().1 {
            seen.extend(code.to_text().replace('-', "").chars().enumerate());
        }
    }
    assert_eq!(seen.len(), 24 * 32);
}

#[test]
fn what_people_make_of_a_code_is_understood() {
    let (_, codes) = generate();
    for code in &codes {
        let text = code.to_text();
        let spoken = text.replace('0', "o").replace('1', "l").to_lowercase();
        let other = text.replace('0', "O").replace('1', "I").replace('-', " ");
        for typed in [spoken, other, text.replace('-', ""), format!("  {}  ", text.as_str())] {
            assert_eq!(*RecoveryCode::parse(&typed).unwrap().to_text(), *text);
        }
    }
}

#[test]
fn t03_what_is_no_code_is_refused_with_its_place() {
    let length = |symbols| Err(RecoveryCodeError::Length { symbols });
    let parse = |text: &str| RecoveryCode::parse(text).map(|_| ());
    assert_eq!(parse(""), length(0));
    assert_eq!(parse(&"0".repeat(23)), length(23));
    assert_eq!(parse(&"0".repeat(25)), length(25));
    assert_eq!(parse(&"0".repeat(65)), length(65));
    assert_eq!(parse("0000-U000"), Err(RecoveryCodeError::Alphabet { at: 5 }));
    assert_eq!(parse("0000\u{a0}0000"), Err(RecoveryCodeError::Alphabet { at: 4 }));
    assert_eq!(parse("０000"), Err(RecoveryCodeError::Alphabet { at: 0 }));
    assert_eq!(parse("+000"), Err(RecoveryCodeError::Alphabet { at: 0 }));
    assert_eq!(parse(&format!("{}1", "0".repeat(23))), Err(RecoveryCodeError::Mistyped));
    // All zeros check out, like any other; nobody is ever given them but by chance.
    assert_eq!(parse(&"0".repeat(24)), Ok(()));
}

proptest! {
    #[test]
    fn parsing_never_panics_and_writes_back_what_it_read(text in "\\PC{0,80}") {
        if let Ok(code) = RecoveryCode::parse(&text) {
            let written = code.to_text();
            prop_assert_eq!(RecoveryCode::parse(&written).unwrap().to_text(), written);
        }
    }

    #[test]
    fn one_wrong_symbol_or_two_that_changed_places_are_noticed(
        at in 0..24_usize,
        to in 0..32_usize,
    ) {
        let (_, codes) = generate();
        let right: Vec<char> = codes.first().unwrap().to_text().replace('-', "").chars().collect();
        let mut wrong = right.clone();
        wrong[at] = ALPHABET.chars().nth(to).unwrap();
        let read = RecoveryCode::parse(&wrong.iter().collect::<String>());
        prop_assert_eq!(read.is_ok(), wrong == right);
        if at < 23 {
            let mut swapped = right.clone();
            swapped.swap(at, at + 1);
            let read = RecoveryCode::parse(&swapped.iter().collect::<String>());
            prop_assert_eq!(read.is_ok(), swapped == right);
        }
    }
}

#[tokio::test]
async fn t09_each_code_is_accepted_once_in_any_order() {
    let guard = Guard::new(MemoryStore::default(), Policy::default());
    let (set, codes) = generate();
    guard.store().replace_recovery_set(ALICE, &set, NOW).await.unwrap();
    for (used, code) in codes.iter().enumerate().rev() {
        let outcome = guard.verify_recovery_code(ALICE, code, NOW).await.unwrap();
        let Outcome::Passed(accepted) = outcome else { panic!("code {used} was refused") };
        let left = u8::try_from(used).unwrap();
        assert_eq!(accepted.factor(), Factor::Recovery { set: CredentialId(7), left });
        let again = guard.verify_recovery_code(ALICE, code, NOW).await.unwrap();
        assert!(matches!(again, Outcome::Refused(_)));
    }
}

#[tokio::test]
async fn t10_what_is_stored_is_no_code() {
    let (set, _) = generate();
    for (_, hash) in set.unused() {
        // As text it is too long; its first symbols as a code are somebody else's guess.
        let hex = format!("{:064X}", u128::from_be_bytes(hash.0[..16].try_into().unwrap()));
        assert!(RecoveryCode::parse(&hex).is_err());
        let symbols: String = hash
            .0
            .iter()
            .take(24)
            .map(|byte| char::from(ALPHABET.as_bytes()[usize::from(byte & 31)]))
            .collect();
        if let Ok(code) = RecoveryCode::parse(&symbols) {
            let guard = Guard::new(MemoryStore::default(), Policy::default());
            guard.store().replace_recovery_set(ALICE, &set, NOW).await.unwrap();
            let outcome = guard.verify_recovery_code(ALICE, &code, NOW).await.unwrap();
            assert!(matches!(outcome, Outcome::Refused(_)));
        }
    }
}

#[tokio::test]
async fn t06_a_set_that_was_moved_to_another_account_opens_nothing() {
    let guard = Guard::new(MemoryStore::default(), Policy::default());
    let (set, codes) = generate();
    let mallory = AccountId(2);
    guard.store().replace_recovery_set(mallory, &set, NOW).await.unwrap();
    let outcome = guard.verify_recovery_code(mallory, &codes[0], NOW).await.unwrap();
    assert!(matches!(outcome, Outcome::Refused(_)));
}
