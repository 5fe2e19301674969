//! What a typed code costs to check: read it, and look for it in the usual window of three steps.
//!
//! A miss is the worst case. Upheld computes all three steps for a hit as well, so that the time
//! taken tells nothing; the others may stop at the match, here the second of three.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use upheld_totp::{Code, Match, Parameters, Step, Totp, UnixSeconds, Window};

use crate::rivals::{AwsLc, Case, Cloned, Codes, NOW, PERIOD, Rekeyed, Ring};

mod rivals;
mod settings;

fn main() {
    let mut criterion = settings::criterion();
    miss_and_hit::<Hmac<Sha1>>(&mut criterion, &rivals::SHA1);
    miss_and_hit::<Hmac<Sha256>>(&mut criterion, &rivals::SHA256);
    miss_and_hit::<Hmac<Sha512>>(&mut criterion, &rivals::SHA512);
    criterion.final_summary();
}

fn miss_and_hit<M: Mac + KeyInit + Clone>(criterion: &mut Criterion, case: &Case) {
    let hit = case.totp_lite(NOW);
    window::<M>(criterion, case, "match-miss", "000000", None);
    window::<M>(criterion, case, "match-hit", &hit, Some(NOW / PERIOD));
}

/// `typed` against the three steps around one moment, of which `expected` has it.
fn window<M: Mac + KeyInit + Clone>(
    criterion: &mut Criterion,
    case: &Case,
    topic: &str,
    typed: &str,
    expected: Option<u64>,
) {
    let mut group = criterion.benchmark_group(format!("{topic}/{}", case.name));

    let secret = case.secret_of_upheld();
    let parameters = Parameters { algorithm: case.upheld, ..Parameters::default() };
    let ours = Totp::new(&secret, parameters);
    assert_eq!(find(&ours, typed), expected);
    group.bench_function("upheld keyed", |b| b.iter(|| find(&ours, black_box(typed))));
    group.bench_function("upheld unkeyed", |b| {
        b.iter(|| find(&Totp::new(black_box(&secret), parameters), black_box(typed)));
    });

    let theirs = case.totp_rs(1);
    assert_eq!(theirs.check(typed, NOW), expected);
    group.bench_function("totp-rs 6", |b| {
        b.iter(|| theirs.check(black_box(typed), black_box(NOW)));
    });

    assert_eq!(find_with_totp_lite(case, typed), expected);
    group.bench_function("totp-lite 2", |b| {
        b.iter(|| find_with_totp_lite(case, black_box(typed)));
    });

    codes(&mut group, "ring keyed", &Ring::new(case), typed, expected);
    codes(&mut group, "aws-lc-rs keyed", &AwsLc::new(case), typed, expected);
    codes(&mut group, "hmac keyed", &Cloned::<M>::new(case), typed, expected);
    codes(&mut group, "hmac rekeyed", &Rekeyed::<M>::new(case), typed, expected);
    group.finish();
}

fn find(totp: &Totp, typed: &str) -> Option<u64> {
    let code = Code::parse(typed).expect("the code has six digits");
    match totp.find(&code, UnixSeconds(black_box(NOW)), Window::default(), None) {
        Match::Unused { step: Step(step), .. } => Some(step),
        Match::Used { .. } | Match::Wrong => None,
    }
}

fn find_with_totp_lite(case: &Case, typed: &str) -> Option<u64> {
    steps().find(|step| case.totp_lite(step.saturating_mul(PERIOD)) == typed)
}

fn codes(
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    key: &impl Codes,
    typed: &str,
    expected: Option<u64>,
) {
    let find = |typed: &str| {
        let typed: u32 = typed.parse().expect("the code has six digits");
        steps().find(|step| key.code(*step) == typed)
    };
    assert_eq!(find(typed), expected);
    group.bench_function(name, |b| b.iter(|| find(black_box(typed))));
}

/// The three steps around now.
fn steps() -> impl Iterator<Item = u64> {
    let step = black_box(NOW) / PERIOD;
    step.saturating_sub(1)..=step.saturating_add(1)
}
