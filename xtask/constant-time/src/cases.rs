//! What is run on secrets: one function of a library each, by names that a report can carry.

#![expect(clippy::panic, reason = "a case that cannot run has failed")]

use std::convert::Infallible;
use std::hint::black_box;

use rand_core::{TryCryptoRng, TryRng};
use upheld_second_factor::{AccountId, CredentialId, RecoverySet};
use upheld_totp::{
    Algorithm, Code, Counter, Digits, Factor, Hotp, KeyUri, Label, Match, Parameters, Period,
    Secret, Step, Totp, Window,
};

use crate::memcheck::{hide, is_hidden, reveal};

/// What memcheck must find in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Nothing.
    Silence,
    /// The branch on the outcome, which is public, in the functions that `outcome.supp` names,
    /// and as often in a long run as in a short one: so no branch in a loop is among them.
    Outcome,
    /// A leak that was put there to show that leaks are found.
    Leak,
}

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) expected: Expected,
    pub(crate) run: fn(Length),
}

/// How much work a case does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Short,
    Long,
}

pub(crate) const CASES: [Case; 15] = [
    case("control-comparison", Expected::Leak, control_comparison),
    case("control-table", Expected::Leak, control_table),
    case("hotp-sha1", Expected::Silence, |_| hotp(Algorithm::Sha1)),
    case("hotp-sha256", Expected::Silence, |_| hotp(Algorithm::Sha256)),
    case("hotp-sha512", Expected::Silence, |_| hotp(Algorithm::Sha512)),
    case("code-equality", Expected::Silence, code_equality),
    case("code-to-text", Expected::Silence, code_to_text),
    case("secret-to-base32", Expected::Silence, secret_to_base32),
    case("uri-to-text", Expected::Silence, uri_to_text),
    case("recovery-codes", Expected::Silence, recovery_codes),
    case("secret-from-base32", Expected::Outcome, secret_from_base32),
    case("totp-find", Expected::Outcome, |length| totp_find(length, None)),
    case("totp-find-used", Expected::Outcome, |length| totp_find(length, Some(NOW))),
    case("hotp-find", Expected::Outcome, hotp_find),
    case("hotp-resynchronize", Expected::Outcome, hotp_resynchronize),
];

const fn case(name: &'static str, expected: Expected, run: fn(Length)) -> Case {
    Case { name, expected, run }
}

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
const DIGITS: [Digits; 3] = [Digits::Six, Digits::Seven, Digits::Eight];
const NOW: Step = Step(1_000_000);

fn control_comparison(_: Length) {
    let (first, second) = (hidden(16), hidden(16));
    black_box(black_box(&first) == black_box(&second));
}

fn control_table(_: Length) {
    let table: [u8; 256] = std::array::from_fn(|at| at.to_le_bytes()[0].wrapping_mul(7));
    for byte in hidden(1) {
        black_box(black_box(&table).get(usize::from(byte)).copied());
    }
}

/// Keys shorter than, as long as and longer than the blocks of 64 and 128 bytes.
fn hotp(algorithm: Algorithm) {
    for bytes in [1, 20, 63, 64, 65, 127, 128, 129, 256] {
        for digits in DIGITS {
            let hotp = Hotp::new(&secret(bytes), algorithm, digits);
            for counter in [0, 1, u64::MAX].map(Counter) {
                let same = hotp.code(counter) == hotp.code(counter);
                assert!(is_hidden(&[u8::from(same)]), "the code depends on the key");
            }
        }
    }
}

fn code_equality(_: Length) {
    for digits in DIGITS {
        assert!(reveal(code(1, digits) == code(1, digits)), "a code equals itself");
        assert!(!reveal(code(1, digits) == code(2, digits)), "these two codes differ");
    }
}

fn code_to_text(_: Length) {
    for digits in DIGITS {
        let text = code(1, digits).to_text();
        assert_eq!(text.expose().len(), usize::from(digits.count()), "the length is public");
        assert!(is_hidden(text.expose().as_bytes()), "the digits are secret");
    }
}

fn secret_to_base32(_: Length) {
    for bytes in [1, 2, 3, 4, 5, 20, 256] {
        let text = secret(bytes).to_base32();
        assert!(is_hidden(text.expose().as_bytes()), "the symbols are secret");
    }
}

fn uri_to_text(_: Length) {
    let label = Label::new(Some("Northside Clinic"), "alice@example.com");
    let uri = KeyUri {
        label: label.unwrap_or_else(|error| panic!("these names are fine: {error}")),
        secret: secret(20),
        algorithm: Algorithm::Sha1,
        digits: Digits::Six,
        factor: Factor::Totp { period: Period::default() },
    };
    assert!(is_hidden(uri.to_text().expose().as_bytes()), "the secret stands in the URI");
}

/// Drawing the codes, hashing them and writing them.
fn recovery_codes(_: Length) {
    let (set, codes) = RecoverySet::generate(AccountId(1), CredentialId(2), &mut Hidden)
        .unwrap_or_else(|never| match never {});
    for (code, (_, hash)) in codes.iter().zip(set.unused()) {
        let text = code.to_text();
        assert_eq!(text.len(), 29, "the length is public");
        assert!(is_hidden(text.as_bytes()) && is_hidden(&hash.0), "the symbols are secret");
    }
}

/// Draws bytes that memcheck knows to be secret.
struct Hidden;

impl TryRng for Hidden {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(0)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(0)
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        to.copy_from_slice(&hidden(to.len()));
        Ok(())
    }
}

impl TryCryptoRng for Hidden {}

/// Symbols alone: where separators stand is public, and memcheck cannot be told so in advance.
fn secret_from_base32(length: Length) {
    let text = "MZXW6YTB".repeat(if length == Length::Short { 4 } else { 50 });
    hide(text.as_bytes());
    let secret = Secret::from_base32(black_box(&text));
    assert!(secret.is_ok_and(|secret| is_hidden(secret.expose())), "the bytes are secret");
}

fn totp_find(length: Length, last_used: Option<Step>) {
    let steps = if length == Length::Short { 1 } else { Window::MAX };
    let window = Window::new(steps, steps).unwrap_or_default();
    for algorithm in ALGORITHMS {
        let totp = Totp::new(&secret(20), Parameters { algorithm, ..Parameters::default() });
        let found = totp.find(&totp.code(NOW), totp.start_of(NOW), window, last_used);
        decide(
            &found,
            &match last_used {
                None => Match::Unused { step: NOW, offset: 0 },
                Some(_) => Match::Used { step: NOW },
            },
        );
    }
}

fn hotp_find(length: Length) {
    let look_ahead = if length == Length::Short { 2 } else { 200 };
    let hotp = Hotp::new(&secret(20), Algorithm::Sha1, Digits::Six);
    let found = hotp.find(&hotp.code(Counter(1)), Counter(0), look_ahead);
    decide(&found, &Some(Counter(1)));
}

fn hotp_resynchronize(length: Length) {
    let window = if length == Length::Short { 3 } else { 300 };
    let hotp = Hotp::new(&secret(20), Algorithm::Sha1, Digits::Six);
    let [first, second, third] = [0, 1, 2].map(|counter| hotp.code(Counter(counter)));
    let found = hotp.resynchronize((&first, &second), &[third], Counter(0), window);
    decide(&found, &Some(Counter(2)));
}

/// Branches on what was found, if the compiler left that undecided until here.
#[inline(never)]
fn decide<T: PartialEq>(found: &T, expected: &T) {
    assert!(found == expected, "something else was found");
}

fn code(counter: u64, digits: Digits) -> Code {
    Hotp::new(&secret(20), Algorithm::Sha1, digits).code(Counter(counter))
}

fn secret(bytes: usize) -> Secret {
    Secret::from_bytes_allowing_weak(&hidden(bytes))
        .unwrap_or_else(|error| panic!("{bytes} bytes are a secret: {error}"))
}

fn hidden(bytes: usize) -> Vec<u8> {
    let bytes: Vec<u8> = (1..=u8::MAX).cycle().take(bytes).collect();
    hide(&bytes);
    black_box(bytes)
}
