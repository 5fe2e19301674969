//! End to end: real programs, a real browser.
//!
//! What needs a program from outside lives here and not in `cargo test`. A missing program is an
//! error that names the command to install it.

mod portal;
mod program;
mod screen;
mod webdriver;

use std::error::Error;
use std::io::{self, Write};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// Runs every end-to-end test.
pub(crate) fn run() -> Outcome<()> {
    portal::first_sign_in()
}

/// Tells the developer how far it got.
pub(crate) fn say(line: &str) {
    // Nobody is there to hear of an error.
    drop(writeln!(io::stderr().lock(), "{line}"));
}

/// Fails with `what` unless `holds`.
fn check(holds: bool, what: &str) -> Outcome<()> {
    if holds { Ok(()) } else { Err(what.into()) }
}
