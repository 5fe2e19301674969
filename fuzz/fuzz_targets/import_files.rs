//! Fuzzes [`upheld_fuzz::import_files`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::import_files(data));

#[cfg(not(fuzzing))]
fn main() {}
