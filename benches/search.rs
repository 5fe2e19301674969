//! Searching a thousand counters for a code that none of them has: a token that was dropped.
//!
//! `totp-rs` has no counters; its steps are the same numbers, and 500 on either side of one are
//! a thousand and one.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use upheld_totp::{Code, Counter, Digits, Hotp};

use crate::rivals::{AwsLc, Case, Cloned, Codes, NOW, PERIOD, Rekeyed, Ring};

mod rivals;
mod settings;

const COUNTERS: u16 = 1_000;

fn main() {
    let mut criterion = settings::criterion();
    search::<Hmac<Sha1>>(&mut criterion, &rivals::SHA1);
    search::<Hmac<Sha256>>(&mut criterion, &rivals::SHA256);
    search::<Hmac<Sha512>>(&mut criterion, &rivals::SHA512);
    criterion.final_summary();
}

fn search<M: Mac + KeyInit + Clone>(criterion: &mut Criterion, case: &Case) {
    let mut group = criterion.benchmark_group(format!("search-1000/{}", case.name));
    let first = first();
    let typed = absent_code(&Ring::new(case));

    // Two codes make a resynchronisation; both are the one that no counter has.
    let ours = Hotp::new(&case.secret_of_upheld(), case.upheld, Digits::Six);
    let code = Code::parse(&typed).expect("the code has six digits");
    let resynchronize =
        || ours.resynchronize((&code, &code), &[], Counter(black_box(first)), COUNTERS);
    assert_eq!(resynchronize(), None);
    group.bench_function("upheld keyed", |b| b.iter(resynchronize));

    let theirs = case.totp_rs(COUNTERS / 2);
    let middle = first.saturating_add(u64::from(COUNTERS / 2)).saturating_mul(PERIOD);
    assert_eq!(theirs.check(&typed, middle), None);
    group.bench_function("totp-rs 6", |b| {
        b.iter(|| theirs.check(black_box(&typed), black_box(middle)));
    });

    let with_totp_lite = || counters().find(|c| case.totp_lite(c.saturating_mul(PERIOD)) == typed);
    assert_eq!(with_totp_lite(), None);
    group.bench_function("totp-lite 2", |b| b.iter(with_totp_lite));

    codes(&mut group, "ring keyed", &Ring::new(case), &typed);
    codes(&mut group, "aws-lc-rs keyed", &AwsLc::new(case), &typed);
    codes(&mut group, "hmac keyed", &Cloned::<M>::new(case), &typed);
    codes(&mut group, "hmac rekeyed", &Rekeyed::<M>::new(case), &typed);
    group.finish();
}

fn codes(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, key: &impl Codes, typed: &str) {
    let find = |typed: &str| {
        let typed: u32 = typed.parse().expect("the code has six digits");
        counters().find(|counter| key.code(*counter) == typed)
    };
    assert_eq!(find(typed), None);
    group.bench_function(name, |b| b.iter(|| find(black_box(typed))));
}

/// The lowest code that none of the counters has, nor the one after them.
fn absent_code(key: &impl Codes) -> String {
    let last = first().saturating_add(COUNTERS.into());
    let present: Vec<u32> = (first()..=last).map(|counter| key.code(counter)).collect();
    let absent = (0..=1_000_000).find(|code| !present.contains(code));
    format!("{:06}", absent.expect("there are more codes than counters"))
}

fn first() -> u64 {
    NOW / PERIOD
}

fn counters() -> impl Iterator<Item = u64> {
    let first = black_box(first());
    first..first.saturating_add(COUNTERS.into())
}
