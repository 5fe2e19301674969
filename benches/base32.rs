//! Reading a secret of 160 bits as an authenticator app shows it: 32 symbols of base32.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use base32::Alphabet;
use data_encoding::BASE32_NOPAD;
use upheld_totp::Secret;

mod settings;

const TEXT: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const BYTES: &[u8; 20] = b"12345678901234567890";
const UNPADDED: Alphabet = Alphabet::Rfc4648 { padding: false };

fn main() {
    let ours = Secret::from_base32(TEXT).expect("the text is base32");
    assert_eq!(ours.expose(), BYTES);
    let theirs = totp_rs::Secret::try_from_base32(TEXT).expect("the text is base32");
    assert_eq!(theirs.as_bytes(), BYTES);
    assert_eq!(base32::decode(UNPADDED, TEXT).as_deref(), Some(&BYTES[..]));
    assert_eq!(decode_into_array(TEXT), *BYTES);

    let mut criterion = settings::criterion();
    let mut group = criterion.benchmark_group("base32");
    group.bench_function("upheld", |b| b.iter(|| Secret::from_base32(black_box(TEXT))));
    group.bench_function("totp-rs 6", |b| {
        b.iter(|| totp_rs::Secret::try_from_base32(black_box(TEXT)));
    });
    group.bench_function("base32", |b| b.iter(|| base32::decode(UNPADDED, black_box(TEXT))));
    group.bench_function("data-encoding", |b| {
        b.iter(|| BASE32_NOPAD.decode(black_box(TEXT).as_bytes()));
    });
    group.bench_function("data-encoding into an array", |b| {
        b.iter(|| decode_into_array(black_box(TEXT)));
    });
    group.finish();
    criterion.final_summary();
}

fn decode_into_array(text: &str) -> [u8; 20] {
    let mut bytes = [0; 20];
    BASE32_NOPAD.decode_mut(text.as_bytes(), &mut bytes).expect("the text is base32");
    bytes
}
