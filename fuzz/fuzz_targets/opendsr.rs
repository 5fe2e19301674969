//! Fuzzes [`upheld_fuzz::opendsr`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::opendsr(data));

#[cfg(not(fuzzing))]
fn main() {}
