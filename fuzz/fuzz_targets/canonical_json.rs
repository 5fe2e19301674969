//! Fuzzes [`upheld_fuzz::canonical_json`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::canonical_json(data));

#[cfg(not(fuzzing))]
fn main() {}
