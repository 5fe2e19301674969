//! Fuzzes [`upheld_fuzz::sol`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::sol(data));

#[cfg(not(fuzzing))]
fn main() {}
