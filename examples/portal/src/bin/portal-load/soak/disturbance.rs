//! What happens to the portals while they are driven: a node is killed and comes back, the keys are
//! changed, and a backup is taken and put back elsewhere, or the server of the database restarted.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::Site;
use super::laws::Given;
use crate::Failure;
use crate::fixture::SQLITE;
use crate::server::Server;

/// How long the node stays away.
const AWAY: Duration = Duration::from_secs(2);
/// How much of a run there is to each disturbance, and within what bounds.
const SHARE: f64 = 12.0;
const PAUSE: (Duration, Duration) = (Duration::from_secs(8), Duration::from_secs(45));

/// What was done to the portals.
#[derive(Debug)]
pub(crate) struct Disturbed {
    /// The node that was killed, as it runs now.
    pub(crate) second: Server,
    pub(crate) kills: usize,
    /// How many requests were under way there when it was.
    pub(crate) struck: usize,
    pub(crate) given: Vec<Given>,
}

/// Disturbs them in turn, until `duration` is almost over.
pub(crate) async fn disturb(
    site: Rc<Site>,
    second: Server,
    duration: Duration,
) -> Result<Disturbed, Failure> {
    let (start, pause) = (Instant::now(), duration.div_f64(SHARE).clamp(PAUSE.0, PAUSE.1));
    let mut so_far = Disturbed { second, kills: 0, struck: 0, given: Vec::new() };
    for turn in 0_usize.. {
        sleep(pause).await;
        if start.elapsed().saturating_add(pause) >= duration {
            break;
        }
        match turn % 3 {
            0 => so_far = so_far.kill(&site).await?,
            1 => so_far.given.extend(change_keys(&site).await?),
            _ => so_far.given.extend(match &site.restart {
                Some(restart) => vec![restart_database(restart).await?],
                None if site.fixture.store() == SQLITE => back_up(&site, turn).await?,
                None => Vec::new(),
            }),
        }
    }
    Ok(so_far)
}

impl Disturbed {
    /// Kills the second node in the middle of a request, which it has no time to end, and starts it
    /// again.
    async fn kill(mut self, site: &Site) -> Result<Self, Failure> {
        let (begun, (_, longest)) = (Instant::now(), PAUSE);
        while site.awaited.get() == 0 && begun.elapsed() < longest {
            sleep(Duration::from_millis(1)).await;
        }
        self.struck = self.struck.saturating_add(site.awaited.get());
        drop(self.second);
        self.kills = self.kills.saturating_add(1);
        sleep(AWAY).await;
        self.second = site.start(1, self.kills).await?;
        Ok(self)
    }
}

/// Makes a new key, encrypts everything anew, and removes the old one.
async fn change_keys(site: &Site) -> Result<Vec<Given>, Failure> {
    let rotated = give(site, "keys rotate", &["--json", "--wait", "4"], None).await?;
    if rotated.0.failed.is_some() {
        return Ok(vec![rotated.0]);
    }
    let current = serde_json::from_slice::<Value>(&rotated.1.stdout).unwrap_or_default();
    let old = current.pointer("/current").and_then(Value::as_u64).unwrap_or_default();
    let old = old.saturating_sub(1).to_string();
    let retired = give(site, "keys retire", &[&old], None).await?;
    Ok(vec![rotated.0, retired.0])
}

/// Takes a backup, puts it back elsewhere, and looks at what came back.
async fn back_up(site: &Site, number: usize) -> Result<Vec<Given>, Failure> {
    let file = site.fixture.path(&format!("{number}.backup"));
    let copy = site.fixture.path(&format!("{number}.db"));
    let name = file.to_string_lossy().into_owned();
    let mut given = Vec::new();
    given.push(give(site, "backup create", &[&name], None).await?.0);
    given.push(give(site, "backup verify", &[&name], None).await?.0);
    given.push(give(site, "backup restore", &[&name], Some(&copy)).await?.0);
    given.extend(verify(site, Some(&copy)).await?);
    for suffix in ["", "-wal", "-shm"] {
        // What was not made cannot be removed.
        drop(fs::remove_file(format!("{}{suffix}", copy.display())));
    }
    drop(fs::remove_file(file));
    Ok(given)
}

/// Takes the server of the database away from under both nodes. Its backups are not the portal's.
async fn restart_database(restart: &str) -> Result<Given, Failure> {
    let mut program = Command::new("sh");
    program.args(["-c", restart]).stdin(Stdio::null());
    run("restart of the database", program).await.map(|(given, _)| given)
}

/// Goes through the audit and the log of consents, of the portals or of a copy.
pub(crate) async fn verify(site: &Site, copy: Option<&Path>) -> Result<[Given; 2], Failure> {
    let audit = give(site, "audit verify", &[], copy).await?.0;
    let consents = give(site, "consents verify", &[], copy).await?.0;
    Ok([audit, consents])
}

/// Gives a command to the portal's program, about the portals or a copy of their database.
async fn give(
    site: &Site,
    command: &'static str,
    more: &[&str],
    copy: Option<&Path>,
) -> Result<(Given, Output), Failure> {
    let mut program = Command::new(&site.program);
    program.args(command.split(' ')).args(more).stdin(Stdio::null());
    program.envs(site.fixture.environment());
    if let Some(copy) = copy {
        program.env("PORTAL__DATABASE__SQLITE", copy);
    }
    run(command, program).await
}

/// Runs a program on a thread of its own: the load goes on.
async fn run(command: &'static str, mut program: Command) -> Result<(Given, Output), Failure> {
    let output = spawn_blocking(move || program.output()).await??;
    let failed = (!output.status.success()).then(|| {
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        format!("{}: {}", output.status, String::from_utf8_lossy(&said).trim())
    });
    Ok((Given { command, failed }, output))
}
