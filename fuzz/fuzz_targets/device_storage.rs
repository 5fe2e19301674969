//! Fuzzes [`upheld_fuzz::device_storage`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::device_storage(data));

#[cfg(not(fuzzing))]
fn main() {}
