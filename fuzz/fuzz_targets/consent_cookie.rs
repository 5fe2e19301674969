//! Fuzzes [`upheld_fuzz::consent_cookie`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::consent_cookie(data));

#[cfg(not(fuzzing))]
fn main() {}
