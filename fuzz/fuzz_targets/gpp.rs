//! Fuzzes [`upheld_fuzz::gpp`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::gpp(data));

#[cfg(not(fuzzing))]
fn main() {}
