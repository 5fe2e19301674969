//! Fuzzes [`upheld_fuzz::policy_toml`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::policy_toml(data));

#[cfg(not(fuzzing))]
fn main() {}
