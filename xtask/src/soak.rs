//! Two portals, driven and disturbed for minutes; `portal-load soak` does it, on a file or on a
//! server of `PostgreSQL` that is made for it.

use std::process::Command;

use anyhow::{Result, bail, ensure};

use crate::e2e::postgres::cluster::Ground;
use crate::load::{built, of_cluster};
use xtask::process;

const USAGE: &str = "usage: cargo xtask soak [--minutes N] [--postgres]";

/// Runs it as the arguments say: ten minutes on a file, unless they say otherwise.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let (mut minutes, mut is_on_postgres) = ("10".to_owned(), false);
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match (argument.as_str(), arguments.as_slice()) {
            ("--postgres", _) => is_on_postgres = true,
            ("--minutes", [number, ..]) => {
                ensure!(number.parse::<u16>().is_ok_and(|number| number > 0), USAGE);
                minutes.clone_from(number);
                arguments.next();
            }
            _ => bail!(USAGE),
        }
    }
    // Not a release: that sums do not overflow is checked as well.
    let mut command = Command::new(built("debug")?);
    command.args(["soak", "--minutes", &minutes]);
    if !is_on_postgres {
        return process::run(&mut command);
    }
    let ground = Ground::new().map_err(of_cluster)?;
    let cluster = ground.primary().map_err(of_cluster)?;
    cluster.create("soak").map_err(of_cluster)?;
    command.args(["--database", &cluster.url_of("soak"), "--restart", &cluster.restart_command()]);
    process::run(&mut command)
}
