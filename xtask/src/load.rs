//! What the portal does under load, beside another verifier, as a section of `BENCHMARKS.md`.
//!
//! Everything runs on this machine: the portal, its database and the generator share its cores,
//! as do the other verifier, its database and the same generator.

mod peer;
mod report;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::{Map, Value, json};

use crate::e2e::postgres::cluster::Ground;
use crate::e2e::say;
use peer::Peer;
use xtask::process;

/// How often everything is measured; the report gives the medians.
const ROUNDS: usize = 3;
const CONNECTIONS: &str = "8";
const SECONDS: &str = "5";

/// What the report calls a run, and how the generator is called for it, with options beside the
/// usual ones.
const SCENARIOS: [(&str, &[&str]); 6] = [
    ("second-factor", &["second-factor"]),
    ("second-factor-64", &["second-factor", "--connections", "64"]),
    ("wrong-codes", &["wrong-codes"]),
    ("race", &["race", "--connections", "64"]),
    ("login", &["login"]),
    ("overload", &["overload"]),
];

/// The program that makes the load, and how it is called.
#[derive(Debug)]
struct Generator {
    program: PathBuf,
}

impl Generator {
    /// Runs a scenario and reads what was measured. Fails when an invariant did not hold.
    fn run(&self, name: &str, arguments: &[&str]) -> Result<Value> {
        let mut command = Command::new(&self.program);
        let given = |option: &str| arguments.contains(&option);
        command.args(arguments).args(["--json", "--seconds", SECONDS]);
        if !given("--connections") {
            command.args(["--connections", CONNECTIONS]);
        }
        say(&format!("portal-load {}", arguments.join(" ")));
        let text = process::read(&mut command)?;
        let mut run: Map<String, Value> =
            serde_json::from_str(&text).context("portal-load printed no JSON object")?;
        run.insert("scenario".to_owned(), json!(name));
        Ok(run.into())
    }
}

/// Measures everything and writes the section.
pub(crate) fn run() -> Result<()> {
    let folder = folder()?;
    let generator = Generator { program: built("dist")? };
    let ground = Ground::new().map_err(of_cluster)?;
    let cluster = ground.primary().map_err(of_cluster)?;
    let peer = Peer::install(&root(), &folder)?;
    let mut runs = Vec::new();
    for round in 0..ROUNDS {
        for (name, arguments) in SCENARIOS {
            runs.push(generator.run(name, &[arguments, &["--database", "sqlite"]].concat())?);
            let database = format!("portal_{round}_{}", name.replace('-', "_"));
            cluster.create(&database).map_err(of_cluster)?;
            let url = cluster.url_of(&database);
            runs.push(generator.run(name, &[arguments, &["--database", &url]].concat())?);
        }
        runs.extend(peer.measure(&cluster, &generator, round)?);
        peer::clean_up(&folder)?;
    }
    let measured = json!({
        "taken": SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        "machine": report::machine(),
        "compiler": process::read(Command::new("rustc").arg("--version"))?.trim(),
        "postgresql": cluster.query("SHOW server_version").map_err(of_cluster)?,
        "peer": peer.versions()?,
        "rounds": ROUNDS,
        "seconds": SECONDS,
        "runs": runs,
    });
    fs::write(results(&folder), serde_json::to_string_pretty(&measured)?)?;
    write_section(&measured)
}

/// Measures one node and two on one server of `PostgreSQL`, in turns, and prints both. Nothing is
/// written: on one machine both share its cores, and the figures say what that machine does.
pub(crate) fn nodes() -> Result<()> {
    let generator = Generator { program: built("dist")? };
    let ground = Ground::new().map_err(of_cluster)?;
    let cluster = ground.primary().map_err(of_cluster)?;
    for scenario in ["second-factor", "login"] {
        let mut rates = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for (of_count, count) in rates.iter_mut().zip(["1", "2"]) {
                let database = format!("nodes_{}_{count}_{round}", scenario.replace('-', "_"));
                cluster.create(&database).map_err(of_cluster)?;
                let url = cluster.url_of(&database);
                let arguments = [scenario, "--nodes", count, "--database", &url];
                let run = generator.run(scenario, &arguments)?;
                let rate = run.pointer("/answers/accepted/per_second").and_then(Value::as_f64);
                of_count.push(rate.context("nobody got in")?);
            }
        }
        let [Some(one), Some(two)] = rates.map(report::median) else { bail!("nothing was run") };
        let times = two / one;
        say(&format!("{scenario}: {one:.1}/s of one node, {two:.1}/s of two: {times:.2} times"));
    }
    Ok(())
}

/// Writes the section again from what was measured last.
pub(crate) fn report() -> Result<()> {
    let file = results(&folder()?);
    let text = fs::read_to_string(&file).with_context(|| {
        format!("{} cannot be read; measure first: cargo xtask load", file.display())
    })?;
    write_section(&serde_json::from_str(&text)?)
}

fn write_section(measured: &Value) -> Result<()> {
    let path = root().join("BENCHMARKS.md");
    let before = fs::read_to_string(&path)?;
    fs::write(&path, report::put_section(&before, &report::section(measured)?)?)?;
    Ok(())
}

fn results(folder: &Path) -> PathBuf {
    folder.join("results.json")
}

fn folder() -> Result<PathBuf> {
    let folder = root().join("target/load");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Builds the portal and what drives it, `dist` or `debug`, and says where the latter is.
pub(crate) fn built(profile: &str) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--locked", "--package", "portal", "--bins"]);
    if profile != "debug" {
        command.args(["--profile", profile]);
    }
    process::run(command.current_dir(root()))?;
    let program = root().join("target").join(profile).join("portal-load");
    ensure!(program.exists(), "{} was not built", program.display());
    Ok(program)
}

/// The end-to-end tests have errors of their own.
#[expect(clippy::needless_pass_by_value, reason = "taken as `map_err` gives it")]
pub(crate) fn of_cluster(error: Box<dyn std::error::Error>) -> anyhow::Error {
    anyhow!("{error}")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
