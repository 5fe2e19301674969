//! Fuzzes [`upheld_fuzz::duo_date`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::duo_date(data));

#[cfg(not(fuzzing))]
fn main() {}
