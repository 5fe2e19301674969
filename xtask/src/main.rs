//! The project's own chores: `cargo xtask <chore>`.

#![forbid(unsafe_code)]

mod e2e;

use std::process::ExitCode;

fn main() -> ExitCode {
    let chore = std::env::args().nth(1);
    let done = match chore.as_deref() {
        Some("e2e") => e2e::run(),
        _ => Err("say which: cargo xtask e2e".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            e2e::say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}
