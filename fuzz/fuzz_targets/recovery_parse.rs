//! Fuzzes [`upheld_fuzz::recovery_parse`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::recovery_parse(data));

#[cfg(not(fuzzing))]
fn main() {}
