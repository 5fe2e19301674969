//! Fuzzes [`upheld_fuzz::hotp_search`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::hotp_search(data));

#[cfg(not(fuzzing))]
fn main() {}
