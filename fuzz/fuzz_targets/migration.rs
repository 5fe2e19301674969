//! Fuzzes [`upheld_fuzz::migration`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::migration(data));

#[cfg(not(fuzzing))]
fn main() {}
