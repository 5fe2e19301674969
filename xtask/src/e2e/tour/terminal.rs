//! The terminal that the demonstration runs in is closed.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::super::{Outcome, check, program, say};
use super::stage::PATIENCE;

/// A terminal whose window is closed, or that is killed, takes the demonstration and its folder along.
pub(super) fn is_closed(portal: &Path) -> Outcome<()> {
    program::require("script", &["--version"], "apt-get install bsdutils")?;
    say("tour: the terminal of a demonstration is killed");
    let folder = tempfile::tempdir()?;
    let command = format!("{} demo --listen 127.0.0.1:0", portal.display());
    let mut terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env("TMPDIR", folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let is_there = || -> Outcome<bool> { Ok(fs::read_dir(&folder)?.next().is_some()) };
    await_that(|| Ok(is_there()? && has_settings(folder.path())?), "nothing was started")?;
    // Its end of the line is closed by that: whoever is at the other end is told.
    terminal.kill()?;
    terminal.wait()?;
    await_that(|| Ok(!is_there()?), "the demonstration left its folder behind")?;
    say("tour: nothing is left behind");
    Ok(())
}

/// Whether the demonstration is so far as to have written its settings.
fn has_settings(folder: &Path) -> Outcome<bool> {
    for entry in fs::read_dir(folder)? {
        if entry?.path().join("portal.toml").exists() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn await_that(holds: impl Fn() -> Outcome<bool>, what: &str) -> Outcome<()> {
    let begun = Instant::now();
    while !holds()? {
        check(begun.elapsed() < PATIENCE, what)?;
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
