//! Reading TC strings: "may vendor 130 measure for purpose 7?", and everything else in them.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;
use std::str::FromStr;

use criterion::BenchmarkGroup;
use criterion::measurement::WallTime;
use iab_gpp::sections::tcfeuv2::TcfEuV2;
use lib_tcstring::TcModelV2;
use upheld_cookies::tcf::{TcModel as OwnModel, TcString};

use iabtcf::Iabtcf;

mod iabtcf;
mod settings;

/// The shortest that occurs; the example of the specification, with segments; and one of a
/// publisher with some hundred vendors. From the tests of the IAB's libraries.
const STRINGS: [(&str, &str); 3] = [
    ("short", "COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA"),
    ("segments", "CQSbk4AQSbk4ANwAAAENAwCgAAAAAAAAAAYgACPAAAAA.IDKQA4AAgAKAGQAygAAA.YAAAAAAAAAAA"),
    (
        "vendors",
        "CQMC4oAQMC4oAPoABABGBaEAAP_gAP_gAAqIKxtX_G__bXlv-X736ftkeY1f99h77sQxBhbJs-4FzLvW_JwX32E7NE36tqYKmRIAu3TBIQNtHJjURVChaogVrTDsaEyUoTtKJ-BkiHMRY2dYCFxvm4tjeQCZ5vr_91d52R_t7dr-3dzyy5hnv3a9_-S1WJidK5-tHfv9bROb-_I-9_x-_4v4_N7pE2_eT1t_tWvt739-8tv_9__99__7_f______3_-_f__f____grG1f8b_9teW_5fvfp-2R5jV_32HvuxDEGFsmz7gXMu9b8nBffYTs0Tfq2pgqZEgC7dMEhA20cmNRFUKFqiBWtMOxoTJShO0on4GSIcxFjZ1gIXG-bi2N5AJnm-v_3V3nZH-3t2v7d3PLLmGe_dr3_5LVYmJ0rn60d-_1tE5v78j73_H7_i_j83ukTb95PW3-1a-3vf37y2__3__33__v9_______f_79__9____-AAA.QKxtX_G__bXlv-X736ftkeY1f99h77sQxBhbJs-4FzLvW_JwX32E7NE36tqYKmRIAu3TBIQNtHJjURVChaogVrTDsaEyUoTtKJ-BkiHMRY2dYCFxvm4tjeQCZ5vr_91d52R_t7dr-3dzyy5hnv3a9_-S1WJidK5-tHfv9bROb-_I-9_x-_4v4_N7pE2_eT1t_tWvt739-8tv_9__99__7_f______3_-_f__f____gAA.IKxtX_G__bXlv-X736ftkeY1f99h77sQxBhbJs-4FzLvW_JwX32E7NE36tqYKmRIAu3TBIQNtHJjURVChaogVrTDsaEyUoTtKJ-BkiHMRY2dYCFxvm4tjeQCZ5vr_91d52R_t7dr-3dzyy5hnv3a9_-S1WJidK5-tHfv9bROb-_I-9_x-_4v4_N7pE2_eT1t_tWvt739-8tv_9__99__7_f______3_-_f__f____gAA",
    ),
];

/// The last vendor that the bomb names.
const LAST_VENDOR: u16 = 65_534;

fn main() {
    let mut criterion = settings::criterion();
    let mut node = Iabtcf::start();
    for (name, text) in STRINGS {
        check(text, node.as_mut());
        let mut group = criterion.benchmark_group(format!("tc-string/{name}"));
        measure_own(&mut group, text);
        group.bench_function("lib_tcstring 0.5", |b| {
            b.iter(|| TcModelV2::try_from(black_box(text)));
        });
        group.bench_function("iab_gpp 0.1", |b| b.iter(|| TcfEuV2::from_str(black_box(text))));
        if let Some(node) = &mut node {
            group.bench_function("iabtcf-es 1.5", |b| {
                b.iter_custom(|times| node.decode(text, times).expect("an answer of Node's").0);
            });
        }
        group.finish();
    }
    let bomb = bomb();
    assert!(vendors(&bomb).eq(1..=LAST_VENDOR));
    let mut group = criterion.benchmark_group("tc-bomb");
    measure_own(&mut group, &bomb);
    group.finish();
    criterion.final_summary();
}

fn measure_own(group: &mut BenchmarkGroup<'_, WallTime>, text: &str) {
    group.bench_function("upheld", |b| {
        b.iter(|| {
            let tc = TcString::parse(black_box(text)).expect("a TC string");
            tc.allows(black_box(7), black_box(130))
        });
    });
    group.bench_function("upheld owned", |b| {
        b.iter(|| TcString::parse(black_box(text)).map(OwnModel::from));
    });
}

/// Those with consent, as we read them.
fn vendors(text: &str) -> impl Iterator<Item = u16> {
    let ours = OwnModel::from(TcString::parse(text).expect("a TC string")).vendor_consents;
    ours.ranges().to_vec().into_iter().flatten()
}

/// All of them read the same vendors.
fn check(text: &str, node: Option<&mut Iabtcf>) {
    let theirs = TcfEuV2::from_str(text).expect("a TC string");
    assert!(vendors(text).eq(theirs.core.vendor_consents.iter().copied()));
    assert!(TcModelV2::try_from(text).is_ok());
    if let Some(node) = node {
        assert_eq!(node.decode(text, 1).map(|(_, count)| count), Some(vendors(text).count()));
    }
}

/// A thousand times the range of all vendors, in 5.5 kB: only what we make of it is measured.
fn bomb() -> String {
    const RANGES: u64 = 1000;
    let mut bits: Vec<bool> = Vec::new();
    let mut push = |number: u64, width: u32| {
        bits.extend((0..width).rev().map(|place| number >> place & 1 == 1));
    };
    // The fields before the vendors are those of the shortest string.
    let digit = |byte: u8| ALPHABET.iter().position(|digit| *digit == byte).expect("a digit");
    for byte in STRINGS[0].1.bytes().take(35) {
        push(u64::try_from(digit(byte)).expect("a digit"), 6);
    }
    push(0, 3);
    push(LAST_VENDOR.into(), 16);
    push(1, 1);
    push(RANGES, 12);
    for _ in 0..RANGES {
        push(1, 1);
        push(1, 16);
        push(LAST_VENDOR.into(), 16);
    }
    // No vendor has a legitimate interest, and nothing is restricted.
    push(0, 29);
    let digits = bits.chunks(6).map(|six| {
        let set = (0..6).filter(|place| six.get(*place) == Some(&true));
        let digit: usize = set.map(|place| 32_usize >> place).sum();
        char::from(*ALPHABET.get(digit).expect("a digit"))
    });
    digits.collect()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
