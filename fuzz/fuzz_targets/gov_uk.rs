//! Fuzzes [`upheld_fuzz::gov_uk`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::gov_uk(data));

#[cfg(not(fuzzing))]
fn main() {}
