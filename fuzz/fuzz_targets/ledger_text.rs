//! Fuzzes [`upheld_fuzz::ledger_text`].
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| upheld_fuzz::ledger_text(data));

#[cfg(not(fuzzing))]
fn main() {}
