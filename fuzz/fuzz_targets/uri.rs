//! Fuzzes [`upheld_fuzz::uri`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::uri(data));

#[cfg(not(fuzzing))]
fn main() {}
