//! Fuzzes [`upheld_fuzz::drp`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::drp(data));

#[cfg(not(fuzzing))]
fn main() {}
