//! Fuzzes [`upheld_fuzz::request_commands`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::request_commands(data));

#[cfg(not(fuzzing))]
fn main() {}
