//! Reading the `otpauth` URI that enrolment puts into a QR code.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use upheld_totp::KeyUri;

mod settings;

/// The Key URI format's own full example, with a secret of 160 bits.
const URI: &str = "otpauth://totp/ACME%20Co:john.doe%40email.com?\
    secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30";

fn main() {
    let ours = KeyUri::parse(URI).expect("the URI follows the format").uri;
    let theirs = totp_rs::Totp::from_url(URI).expect("the URI follows the format");
    assert_eq!(ours.label.issuer(), theirs.issuer());
    assert_eq!(ours.label.account(), theirs.account_name());
    assert_eq!(ours.secret.expose(), theirs.secret().as_bytes());

    let mut criterion = settings::criterion();
    let mut group = criterion.benchmark_group("uri");
    group.bench_function("upheld strict", |b| b.iter(|| KeyUri::parse(black_box(URI))));
    group.bench_function("upheld lenient", |b| b.iter(|| KeyUri::parse_lenient(black_box(URI))));
    group.bench_function("totp-rs 6", |b| b.iter(|| totp_rs::Totp::from_url(black_box(URI))));
    group.finish();
    criterion.final_summary();
}
