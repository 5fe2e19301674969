//! RFC 6238: the published values, steps, and keys as long as the MAC.

use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use upheld_totp::{
    Algorithm, Code, Digits, Match, Parameters, Period, Secret, Step, Totp, UnixSeconds, Window,
};

use crate::{algorithm, rfc_key, rows};

const APPENDIX_B: &str = include_str!("../vectors/rfc6238-appendix-b.txt");

#[test]
fn appendix_b() {
    let rows = rows(APPENDIX_B);
    assert_eq!(rows.len(), 18, "a vector went missing");
    for row in rows {
        let algorithm = algorithm(row[2]);
        let parameters = Parameters { algorithm, digits: Digits::Eight, ..Parameters::default() };
        let totp = Totp::new(&rfc_key(algorithm), parameters);
        let now = UnixSeconds(row[0].parse().unwrap());
        let step = Step(u64::from_str_radix(row[1], 16).unwrap());

        assert_eq!(totp.step_at(now), step, "{row:?}");
        assert_eq!(totp.code_at(now).to_text().expose(), row[3], "{row:?}");
        let code = Code::parse(row[3]).unwrap();
        let found = totp.find(&code, now, Window::EXACT, None);
        assert_eq!(found, Match::Unused { step, offset: 0 }, "{row:?}");
    }
}

//= RFC 6238 §4.1: thirty seconds unless agreed otherwise
#[test]
fn the_period_is_thirty_seconds_unless_agreed_otherwise() {
    assert_eq!(Period::default().as_seconds(), 30);
    assert_eq!(Period::from_seconds(0), None);
}

//= RFC 6238 §4.2: T is the number of whole periods between T0 and now, beyond 32 bits too
#[test]
fn steps_count_whole_periods_from_t0() {
    let period = Period::from_seconds(60).unwrap();
    let parameters = Parameters { period, t0: UnixSeconds(1_000), ..Parameters::default() };
    let totp = Totp::new(&rfc_key(Algorithm::Sha1), parameters);
    let expected =
        [(0, 0), (999, 0), (1_000, 0), (1_059, 0), (1_060, 1), (1_000 + (1 << 41), 36_650_387_592)];
    for (now, step) in expected {
        assert_eq!(totp.step_at(UnixSeconds(now)), Step(step), "at {now}");
    }
    assert_eq!(totp.step_at(UnixSeconds(u64::MAX)), Step((u64::MAX - 1_000) / 60));
}

#[test]
fn a_step_starts_where_its_code_appears() {
    let totp = Totp::new(&rfc_key(Algorithm::Sha1), Parameters::default());
    assert_eq!(totp.start_of(Step(2)), UnixSeconds(60));
    assert_eq!(totp.start_of(Step(u64::MAX)), UnixSeconds(u64::MAX), "past the end of time");
}

//= RFC 6238 §5.1: keys should be as long as the output of the HMAC
#[test]
fn generated_keys_are_as_long_as_the_mac() {
    for (algorithm, bytes) in
        [(Algorithm::Sha1, 20), (Algorithm::Sha256, 32), (Algorithm::Sha512, 64)]
    {
        let secret = Secret::generate(algorithm, &mut Counting(0)).unwrap();
        assert_eq!(secret.expose(), (0..bytes).collect::<Vec<u8>>());
        assert_eq!(Secret::generate_from_os(algorithm).unwrap().expose().len(), usize::from(bytes));
    }
    let drawn = || Secret::generate_from_os(Algorithm::Sha1).unwrap().expose().to_vec();
    assert_ne!(drawn(), drawn());
}

/// Not random: shows that every byte of a secret comes from the generator given.
struct Counting(u8);

impl TryRng for Counting {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("bytes are asked for")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("bytes are asked for")
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for byte in to {
            *byte = self.0;
            self.0 += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Counting {}
