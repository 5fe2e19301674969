//! A `PostgreSQL` server of one's own, with the settings it comes with, for as long as it is held.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

const HINT: &str = "PostgreSQL is missing: apt-get install postgresql";
/// `PostgreSQL` refuses to run as root; Debian's package makes this user.
const USER: &str = "postgres";

/// A running cluster in a temporary folder. Stopped and removed when dropped.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    /// Makes a cluster and starts it on a free port of this machine.
    ///
    /// # Errors
    ///
    /// When `PostgreSQL` is missing or does not start.
    pub fn start() -> Result<Self> {
        let programs = find_programs()?;
        let folder = tempfile::Builder::new().prefix("upheld-postgres-").tempdir()?;
        if is_root()? {
            run(Command::new("chown").arg(USER).arg(folder.path()))?;
        }
        let port = free_port()?;
        let cluster = Self { programs, folder, port };
        run(cluster.program("initdb")?.arg("--pgdata").arg(cluster.data()).args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
        ]))?;
        let options = format!(
            "-p {port} -k {} -c listen_addresses=127.0.0.1",
            cluster.folder.path().display()
        );
        let log = cluster.folder.path().join("log");
        run(cluster
            .control()?
            .args(["start", "--wait", "--options", &options])
            .arg("--log")
            .arg(log))?;
        Ok(cluster)
    }

    /// Where it listens on this machine.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The address of a database in it.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Makes an empty database.
    ///
    /// # Errors
    ///
    /// When there is one of this name.
    pub fn create(&self, database: &str) -> Result<()> {
        let mut command = self.program("createdb")?;
        run(command.args(["--host=127.0.0.1", "--username=postgres"]).args([
            "--port",
            &self.port.to_string(),
            database,
        ]))
    }

    /// What the server says it is: `15.14 (Debian 15.14-0+deb12u1)`.
    ///
    /// # Errors
    ///
    /// When it cannot be asked.
    pub fn version(&self) -> Result<String> {
        let output = self.program("postgres")?.arg("--version").output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        Ok(text.trim().trim_start_matches("postgres (PostgreSQL) ").to_owned())
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn control(&self) -> Result<Command> {
        let mut command = self.program("pg_ctl")?;
        command.arg("--pgdata").arg(self.data());
        Ok(command)
    }

    fn program(&self, name: &str) -> Result<Command> {
        let path = self.programs.join(name);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", USER, "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // The user must be able to look at where it is started.
        command.current_dir(self.folder.path());
        Ok(command)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Nothing can be done about a server that does not stop but to leave it.
        if let Ok(mut stop) = self.control() {
            drop(run(stop.args(["stop", "--wait", "--mode=fast"])));
        }
    }
}

/// A port of this machine that nobody listens on just now.
///
/// # Errors
///
/// When the system has none.
pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Runs a program whose output matters only when it fails.
fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    // Not a pipe: what a server inherits is not closed when its starter ends.
    let log = tempfile::NamedTempFile::new()?;
    let status = command
        .stdin(Stdio::null())
        .stdout(log.reopen()?)
        .stderr(log.reopen()?)
        .status()
        .with_context(|| format!("cannot start {name}"))?;
    let said = std::fs::read_to_string(log.path()).unwrap_or_default();
    ensure!(status.success(), "{command:?} failed: {status}\n{said}");
    Ok(())
}

fn is_root() -> Result<bool> {
    let output = Command::new("id").arg("-u").output().context("cannot start id")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// The folder with `initdb`: the newest version that Debian has, or the one on the path.
fn find_programs() -> Result<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok())
        .max()
        .map(|version| PathBuf::from(format!("/usr/lib/postgresql/{version}/bin")));
    if let Some(folder) = newest.filter(|folder| folder.join("initdb").exists()) {
        return Ok(folder);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).find(|folder| folder.join("initdb").exists());
    match on_path {
        Some(folder) => Ok(folder),
        None => bail!(HINT),
    }
}
