//! The portal's own tests, each on a database of a real server instead of a file.

use std::process::Command;

use super::postgres::cluster::Ground;
use super::{Outcome, check, say};

/// Runs them. Those of the program's commands make files of their own, and are left out.
pub(super) fn passes_its_tests() -> Outcome<()> {
    let ground = Ground::new()?;
    let server = ground.primary()?;
    say("portal-postgres: the tests of the portal, on PostgreSQL");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--workspace", "--test", "portal", "--"]);
    for name in ["commands::", "demo::", "config::", "readme::"] {
        command.args(["--skip", name]);
    }
    let passed = command.env("PORTAL_TEST_POSTGRES", server.address()).status()?;
    check(passed.success(), "the portal behaves otherwise on PostgreSQL")?;
    say("portal-postgres: passed");
    Ok(())
}
