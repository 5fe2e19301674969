//! Fuzzes [`upheld_fuzz::set_cookie`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::set_cookie(data));

#[cfg(not(fuzzing))]
fn main() {}
