//! `django-otp` behind gunicorn, on the same database, driven by the same generator.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Generator, of_cluster};
use crate::e2e::postgres::cluster::Cluster;
use xtask::process;

/// Enough for ten seconds at five times the rate that was ever seen.
const DEVICES: u32 = 20_000;
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// How gunicorn is run; each is measured, and the report compares with the faster.
const WORKERS: [(&str, &[&str]); 2] = [
    ("2 sync workers", &["--workers=2", "--worker-class=sync"]),
    ("2 workers of 4 threads", &["--workers=2", "--worker-class=gthread", "--threads=4"]),
];

/// A Python environment with the packages of `benches/portal/requirements.txt`.
#[derive(Debug)]
pub(super) struct Peer {
    environment: PathBuf,
    sources: PathBuf,
}

impl Peer {
    /// Makes the environment, unless it is there from last time.
    pub(super) fn install(root: &Path, folder: &Path) -> Result<Self> {
        let peer =
            Self { environment: folder.join("django"), sources: root.join("benches/portal") };
        if !peer.environment.exists() {
            let make = ["-m", "venv"];
            process::run(Command::new("python3").args(make).arg(&peer.environment))
                .context("python3 with venv is needed: apt-get install python3-venv")?;
        }
        let requirements = peer.sources.join("requirements.txt");
        process::run(peer.program("pip").args(["install", "--quiet", "-r"]).arg(requirements))?;
        Ok(peer)
    }

    /// Name and version of each package that is compared, as installed.
    pub(super) fn versions(&self) -> Result<Vec<String>> {
        let listed = process::read(self.program("pip").args(["list", "--format=json"]))?;
        let listed: Value = serde_json::from_str(&listed)?;
        let packages = listed.as_array().into_iter().flatten().filter_map(|package| {
            let name = package.get("name")?.as_str()?;
            let version = package.get("version")?.as_str()?;
            Some((name.to_lowercase(), version.to_owned()))
        });
        let compared = ["django", "django-otp", "gunicorn", "psycopg"];
        let mut packages: Vec<_> =
            packages.filter(|(name, _)| compared.contains(&name.as_str())).collect();
        packages.sort();
        Ok(packages.into_iter().map(|(name, version)| format!("{name} {version}")).collect())
    }

    /// Measures each way of running it, in a database of its own.
    pub(super) fn measure(
        &self,
        cluster: &Cluster<'_>,
        generator: &Generator,
        round: usize,
    ) -> Result<Vec<Value>> {
        let mut runs = Vec::new();
        for (at, (name, workers)) in WORKERS.iter().enumerate() {
            let database = format!("peer_{round}_{at}");
            cluster.create(&database).map_err(of_cluster)?;
            let devices = self.seed(cluster, &database)?;
            let port = free_port()?;
            let server = self.serve(cluster, &database, port, workers)?;
            let url = format!("http://localhost:{port}/verify");
            let arguments = ["peer", "--url", &url, "--devices", path(&devices)?];
            let run = generator.run("peer", &arguments);
            drop(server);
            let mut run = run?;
            if let Some(run) = run.as_object_mut() {
                run.insert("store".to_owned(), json!(name));
            }
            runs.push(run);
        }
        Ok(runs)
    }

    fn seed(&self, cluster: &Cluster<'_>, database: &str) -> Result<PathBuf> {
        let file = self.environment.with_file_name(format!("{database}.devices"));
        let mut command = self.python(cluster, database);
        command.arg(self.sources.join("verifier.py")).arg(DEVICES.to_string());
        process::run(command.stdout(File::create(&file)?))?;
        Ok(file)
    }

    fn serve(
        &self,
        cluster: &Cluster<'_>,
        database: &str,
        port: u16,
        workers: &[&str],
    ) -> Result<Running> {
        let mut command = self.python(cluster, database);
        command.args(["-m", "gunicorn", "--log-level=warning"]).args(workers);
        command.arg("--chdir").arg(&self.sources).arg(format!("--bind=127.0.0.1:{port}"));
        let child = command.arg("verifier:application").stdin(Stdio::null()).spawn()?;
        let running = Running(child);
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            ensure!(start.elapsed() < START_TIMEOUT, "gunicorn did not start");
            thread::sleep(Duration::from_millis(50));
        }
        // It listens before its workers have loaded Django.
        thread::sleep(Duration::from_secs(3));
        Ok(running)
    }

    fn python(&self, cluster: &Cluster<'_>, database: &str) -> Command {
        let mut command = self.program("python");
        command.env("DATABASE_HOST", cluster.sockets());
        command.env("DATABASE_PORT", cluster.port().to_string()).env("DATABASE_NAME", database);
        // No compiled files among the sources.
        command.env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }

    fn program(&self, name: &str) -> Command {
        Command::new(self.environment.join("bin").join(name))
    }
}

/// A server that is stopped when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Asked to end, not killed: gunicorn has children of its own.
        let kill = format!("kill -s TERM {}", self.0.id());
        drop(Command::new("sh").args(["-c", &kill]).status());
        drop(self.0.wait());
    }
}

fn path(path: &Path) -> Result<&str> {
    path.to_str().context("a path that is not UTF-8")
}

/// A port of this machine that nobody listens on just now.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// Removes what earlier runs left in `folder`.
pub(super) fn clean_up(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "devices") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
