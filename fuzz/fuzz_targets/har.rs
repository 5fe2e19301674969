//! Fuzzes [`upheld_fuzz::har`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::har(data));

#[cfg(not(fuzzing))]
fn main() {}
