//! Fuzzes [`upheld_fuzz::totp_match`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::totp_match(data));

#[cfg(not(fuzzing))]
fn main() {}
