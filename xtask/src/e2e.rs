//! End to end: real programs, a real browser.
//!
//! What needs a program from outside lives here and not in `cargo test`. A missing program is an
//! error that names the command to install it.

mod consent;
mod cookies;
mod duo;
mod export;
mod installed;
mod npm;
mod paper;
mod phone;
mod portal;
mod portal_cookies;
mod portal_duo;
mod portal_postgres;
pub(crate) mod postgres;
mod program;
mod screen;
mod tour;
mod webdriver;

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};

pub(crate) type Outcome<T> = Result<T, Box<dyn Error>>;

/// A test: what it is called by, and what it runs.
type Test = (&'static str, fn() -> Outcome<()>);

const TESTS: [Test; 16] = [
    ("consent", consent::receipts_are_read_by_others),
    ("cookies", cookies::agree_with_others),
    ("duo", duo::clients::accept_the_simulator),
    ("duo", duo::command_line::shows_every_factor),
    ("duo", duo::command_line::survives_every_fault),
    ("duo", duo::security_key::signs_in),
    ("export", export::is_read_by_others),
    ("keyboard", tour::is_for_the_keyboard),
    ("portal", portal::first_sign_in),
    ("portal-cookies", portal_cookies::are_asked_about),
    ("portal-duo", portal_duo::signs_in_with_duo),
    ("portal-postgres", portal_postgres::passes_its_tests),
    ("postgres", postgres::keeps_everything),
    ("records", postgres::keeps_records),
    ("tour", tour::tells_the_story),
    ("tour", tour::leaves_nothing_behind),
];

/// Runs the end-to-end tests of one topic, or all.
pub(crate) fn run(topic: Option<&str>) -> Outcome<()> {
    let is_wanted = |name: &str| topic.is_none_or(|topic| topic == name);
    let wanted: Vec<&Test> = TESTS.iter().filter(|(name, _)| is_wanted(name)).collect();
    let topics: BTreeSet<&str> = TESTS.iter().map(|(name, _)| *name).collect();
    check(!wanted.is_empty(), &format!("the topics are {topics:?}"))?;
    wanted.into_iter().try_for_each(|(_, test)| test())
}

/// Goes through the story of the README, and takes its pictures.
pub(crate) fn take_pictures() -> Outcome<()> {
    tour::take_pictures()
}

/// What the tests start this program again for.
pub(crate) fn run_racer(folder: &str) -> Outcome<()> {
    postgres::run_racer(folder.as_ref())
}

/// The same, for tests of the log.
pub(crate) fn run_writer(folder: &str, number: &str) -> Outcome<()> {
    postgres::run_writer(folder.as_ref(), number)
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
