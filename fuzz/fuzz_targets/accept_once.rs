//! Fuzzes [`upheld_fuzz::accept_once`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::accept_once(data));

#[cfg(not(fuzzing))]
fn main() {}
