//! Reading TC strings: "may vendor 130 measure for purpose 7?", and everything else in them.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;
use std::str::FromStr;

use iab_gpp::sections::tcfeuv2::TcfEuV2;
use lib_tcstring::TcModelV2;
use upheld_cookies::tcf::{TcModel as OwnModel, TcString};

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

fn main() {
    let mut criterion = settings::criterion();
    for (name, text) in STRINGS {
        check(text);
        let mut group = criterion.benchmark_group(format!("tc-string/{name}"));
        group.bench_function("upheld", |b| {
            b.iter(|| {
                let tc = TcString::parse(black_box(text)).expect("a TC string");
                (tc.allows(black_box(7), black_box(130)), tc)
            });
        });
        group.bench_function("upheld owned", |b| {
            b.iter(|| TcString::parse(black_box(text)).map(OwnModel::from));
        });
        group.bench_function("lib_tcstring 0.5", |b| {
            b.iter(|| TcModelV2::try_from(black_box(text)));
        });
        group.bench_function("iab_gpp 0.1", |b| b.iter(|| TcfEuV2::from_str(black_box(text))));
        group.finish();
    }
    criterion.final_summary();
}

/// All three read the same vendors.
fn check(text: &str) {
    let ours = TcString::parse(text).expect("a TC string");
    let vendors: Vec<u16> = ours.vendor_consents().ranges().flatten().collect();
    let theirs = TcfEuV2::from_str(text).expect("a TC string");
    assert!(vendors.iter().copied().eq(theirs.core.vendor_consents.iter().copied()));
    assert!(TcModelV2::try_from(text).is_ok());
}
