//! Fuzzes [`upheld_fuzz::webauthn`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::webauthn(data));

#[cfg(not(fuzzing))]
fn main() {}
