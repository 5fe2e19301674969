//! Fuzzes [`upheld_fuzz::deadline_facts`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::deadline_facts(data));

#[cfg(not(fuzzing))]
fn main() {}
