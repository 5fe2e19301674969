//! Fuzzes [`upheld_fuzz::dossier`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::dossier(data));

#[cfg(not(fuzzing))]
fn main() {}
