//! Fuzzes [`upheld_fuzz::tcf`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::tcf(data));

#[cfg(not(fuzzing))]
fn main() {}
