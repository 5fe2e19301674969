//! One code: from a credential that is ready, and from a secret that is not keyed yet.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use criterion::{BenchmarkGroup, Criterion, measurement::WallTime};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use upheld_totp::{Parameters, Totp, UnixSeconds};

use crate::rivals::{AwsLc, Case, Cloned, Codes, NOW, PERIOD, Rekeyed, Ring};

mod rivals;
mod settings;

fn main() {
    let mut criterion = settings::criterion();
    ready::<Hmac<Sha1>>(&mut criterion, &rivals::SHA1);
    ready::<Hmac<Sha256>>(&mut criterion, &rivals::SHA256);
    ready::<Hmac<Sha512>>(&mut criterion, &rivals::SHA512);
    from_secret::<Hmac<Sha1>>(&mut criterion, &rivals::SHA1);
    from_secret::<Hmac<Sha256>>(&mut criterion, &rivals::SHA256);
    from_secret::<Hmac<Sha512>>(&mut criterion, &rivals::SHA512);
    criterion.final_summary();
}

/// The code at one moment, from whatever the contender keeps for a credential.
fn ready<M: Mac + KeyInit + Clone>(criterion: &mut Criterion, case: &Case) {
    let ours = Totp::new(&case.secret_of_upheld(), parameters(case));
    let theirs = case.totp_rs(0);
    assert_agreement::<M>(case, &ours, &theirs);

    let mut group = criterion.benchmark_group(format!("generate/{}", case.name));
    group.bench_function("upheld keyed", |b| b.iter(|| ours.code_at(UnixSeconds(black_box(NOW)))));
    group.bench_function("upheld keyed, as text", |b| {
        b.iter(|| ours.code_at(UnixSeconds(black_box(NOW))).to_text());
    });
    group.bench_function("totp-rs 6", |b| b.iter(|| theirs.generate(black_box(NOW))));
    group.bench_function("totp-rs 6, as text", |b| {
        b.iter(|| theirs.generate(black_box(NOW)).to_string());
    });
    group.bench_function("totp-lite 2, as text", |b| b.iter(|| case.totp_lite(black_box(NOW))));
    codes(&mut group, "ring keyed", &Ring::new(case));
    codes(&mut group, "aws-lc-rs keyed", &AwsLc::new(case));
    codes(&mut group, "hmac keyed", &Cloned::<M>::new(case));
    codes(&mut group, "hmac rekeyed", &Rekeyed::<M>::new(case));
    group.finish();
}

fn codes(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, key: &impl Codes) {
    group.bench_function(name, |b| b.iter(|| key.code(black_box(NOW) / PERIOD)));
}

/// The code at one moment, with the key absorbed for this code alone.
///
/// `totp-rs` holds secrets and absorbs one for every code, so here too its credential is ready;
/// ours starts from a held `Secret`. "From bytes" adds making and wiping what holds the secret.
fn from_secret<M: Mac + KeyInit>(criterion: &mut Criterion, case: &Case) {
    let secret = case.secret_of_upheld();
    let theirs = case.totp_rs(0);

    let mut group = criterion.benchmark_group(format!("generate-unkeyed/{}", case.name));
    group.bench_function("upheld", |b| {
        b.iter(|| {
            Totp::new(black_box(&secret), parameters(case)).code_at(UnixSeconds(black_box(NOW)))
        });
    });
    group.bench_function("upheld from bytes", |b| {
        b.iter(|| {
            let secret = black_box(case).secret_of_upheld();
            Totp::new(&secret, parameters(case)).code_at(UnixSeconds(black_box(NOW)))
        });
    });
    group.bench_function("totp-rs 6", |b| {
        b.iter(|| black_box(&theirs).generate(black_box(NOW)));
    });
    group.bench_function("totp-rs 6 from bytes", |b| {
        b.iter(|| black_box(case).totp_rs(0).generate(black_box(NOW)));
    });
    group.bench_function("totp-lite 2, as text", |b| {
        b.iter(|| black_box(case).totp_lite(black_box(NOW)));
    });
    group.bench_function("ring", |b| {
        b.iter(|| Ring::new(black_box(case)).code(black_box(NOW) / PERIOD));
    });
    group.bench_function("aws-lc-rs", |b| {
        b.iter(|| AwsLc::new(black_box(case)).code(black_box(NOW) / PERIOD));
    });
    group.bench_function("hmac", |b| {
        b.iter(|| Rekeyed::<M>::new(black_box(case)).code(black_box(NOW) / PERIOD));
    });
    group.finish();
}

fn parameters(case: &Case) -> Parameters {
    Parameters { algorithm: case.upheld, ..Parameters::default() }
}

/// Nobody is measured at computing something else.
fn assert_agreement<M: Mac + KeyInit + Clone>(case: &Case, ours: &Totp, theirs: &totp_rs::Totp) {
    let text = ours.code_at(UnixSeconds(NOW)).to_text();
    assert_eq!(text.expose(), theirs.generate(NOW).to_string());
    assert_eq!(text.expose(), case.totp_lite(NOW));
    for code in [
        Ring::new(case).code(NOW / PERIOD),
        AwsLc::new(case).code(NOW / PERIOD),
        Cloned::<M>::new(case).code(NOW / PERIOD),
        Rekeyed::<M>::new(case).code(NOW / PERIOD),
    ] {
        assert_eq!(text.expose(), format!("{code:06}"));
    }
}
