//! Fuzzes [`upheld_fuzz::ledger_file`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::ledger_file(data));

#[cfg(not(fuzzing))]
fn main() {}
