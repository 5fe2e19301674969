//! A server of our own, with everything that it syncs.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::e2e::{Outcome, check};

const PACKAGES: &str = "apt-get install -y --no-install-recommends postgresql";
const DEBIAN: &str = "/usr/lib/postgresql";
const PATIENCE: Duration = Duration::from_mins(1);

/// Where servers may keep their files, and the programs they are made of. Removed when dropped.
pub(crate) struct Ground {
    folder: tempfile::TempDir,
    programs: PathBuf,
}

/// A server under way. Killed when dropped.
pub(crate) struct Cluster<'g> {
    ground: &'g Ground,
    data: PathBuf,
    port: u16,
}

impl Ground {
    /// Finds the programs, and makes a folder that the server may use.
    pub(crate) fn new() -> Outcome<Self> {
        let programs = find_programs().ok_or_else(|| {
            format!("the server of PostgreSQL is missing; install it: {PACKAGES}")
        })?;
        let folder = tempfile::Builder::new().prefix("upheld-postgres-").tempdir()?;
        if is_root()? {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711))?;
            run(Command::new("chown").arg("postgres").arg(folder.path()))?;
        }
        Ok(Self { folder, programs })
    }

    /// Where tests may keep their own files.
    pub(in crate::e2e) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Makes a server that can have a standby, and starts it.
    pub(crate) fn primary(&self) -> Outcome<Cluster<'_>> {
        let cluster = self.cluster("primary")?;
        let options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"];
        run(self.command("initdb").args(options).arg("--pgdata").arg(&cluster.data))?;
        cluster.start()?;
        Ok(cluster)
    }

    /// Copies `primary`, follows it, and makes every commit wait until both have it.
    pub(in crate::e2e) fn standby(&self, primary: &Cluster<'_>) -> Outcome<Cluster<'_>> {
        let cluster = self.cluster("standby")?;
        let source = format!("{} application_name=standby", primary.address());
        let copy = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast"];
        let mut command = self.command("pg_basebackup");
        run(command.args(copy).arg("--pgdata").arg(&cluster.data).args(["--dbname", &source]))?;
        cluster.start()?;
        primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'")?;
        primary.query("SELECT pg_reload_conf()")?;
        wait_until("the standby follows synchronously", || {
            Ok(primary.query("SELECT sync_state FROM pg_stat_replication")? == "sync")
        })?;
        Ok(cluster)
    }

    fn cluster(&self, name: &str) -> Outcome<Cluster<'_>> {
        // Free now; nothing else on this machine asks for it within the next second.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Cluster { ground: self, data: self.folder.path().join(name), port })
    }

    /// A program of the server's, as a user that it agrees to run as.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let mut command = match is_root() {
            Ok(true) | Err(_) => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--"]).arg(path);
                command
            }
            Ok(false) => Command::new(path),
        };
        command.current_dir(self.folder.path());
        command
    }
}

impl Cluster<'_> {
    /// Starts it, also after a crash.
    pub(in crate::e2e) fn start(&self) -> Outcome<()> {
        let sockets = self.ground.folder.path().display();
        let options = format!(
            "-k {sockets} -p {} -c listen_addresses=127.0.0.1 -c max_connections=150 \
             -c fsync=on -c synchronous_commit=on",
            self.port
        );
        let log = self.data.with_extension("log");
        let mut command = self.ground.command("pg_ctl");
        command.arg("--pgdata").arg(&self.data).arg("--log").arg(&log);
        run(command.args(["--options", &options, "--wait", "start"])).map_err(|error| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            let last: Vec<&str> = said.lines().rev().take(5).collect();
            format!("{error}\nits last words, the last one first:\n{}", last.join("\n")).into()
        })
    }

    /// Stops it at once, as a machine that is switched off orderly does.
    pub(in crate::e2e) fn stop(&self) -> Outcome<()> {
        let mut command = self.ground.command("pg_ctl");
        command.arg("--pgdata").arg(&self.data);
        run(command.args(["--mode=fast", "--wait", "stop"]))
    }

    /// Kills the server as a power cut would: no process of it does anything more.
    pub(in crate::e2e) fn kill(&self) -> Outcome<()> {
        let number = fs::read_to_string(self.data.join("postmaster.pid"))?;
        let number: u32 = number.lines().next().ok_or("no process number")?.parse()?;
        // Children are found before their parent is gone, and killed with it.
        let children = fs::read_to_string(format!("/proc/{number}/task/{number}/children"))?;
        let children: Result<Vec<u32>, _> = children.split_whitespace().map(str::parse).collect();
        let all: Vec<u32> = std::iter::once(number).chain(children?).collect();
        let mut command = Command::new("kill");
        command.arg("-KILL").args(all.iter().map(u32::to_string)).stderr(Stdio::null());
        // A child may have ended by itself in the meantime: what counts is that all are gone.
        command.status()?;
        wait_until("the server is gone", || Ok(all.iter().all(|number| is_gone(*number))))?;
        // Where nobody clears away ended processes, the next server takes this one for alive.
        fs::remove_file(self.data.join("postmaster.pid"))?;
        let lock = format!(".s.PGSQL.{}.lock", self.port);
        Ok(fs::remove_file(self.ground.folder.path().join(lock))?)
    }

    /// What restarts it, for a shell: without a word to those who are connected.
    pub(crate) fn restart_command(&self) -> String {
        let mut command = self.ground.command("pg_ctl");
        command.arg("--pgdata").arg(&self.data).arg("--log").arg(self.data.with_extension("log"));
        command.args(["--mode=immediate", "--wait", "restart"]);
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let quoted = words.map(|word| format!("'{}'", word.to_string_lossy()));
        format!(
            "cd '{}' && {} > /dev/null",
            self.sockets().display(),
            quoted.collect::<Vec<_>>().join(" ")
        )
    }

    /// Makes a standby a primary.
    pub(in crate::e2e) fn promote(&self) -> Outcome<()> {
        let mut command = self.ground.command("pg_ctl");
        run(command.arg("--pgdata").arg(&self.data).args(["--wait", "promote"]))
    }

    /// What a client connects with.
    pub(in crate::e2e) fn address(&self) -> String {
        let sockets = self.ground.folder.path().display();
        format!("host={sockets} port={} user=postgres dbname=postgres", self.port)
    }

    /// What a client connects with over TCP.
    pub(in crate::e2e) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// What a client of one of its databases connects with.
    pub(crate) fn url_of(&self, database: &str) -> String {
        let sockets = self.sockets().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{sockets}:{}/{database}", self.port)
    }

    /// The folder of its socket.
    pub(crate) fn sockets(&self) -> &Path {
        self.ground.folder.path()
    }

    /// Where it listens on this machine.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database.
    pub(crate) fn create(&self, database: &str) -> Outcome<()> {
        self.query(&format!("CREATE DATABASE {database}")).map(drop)
    }

    /// What a client connects with that knows both, and takes the one that can write.
    pub(in crate::e2e) fn address_with(&self, other: &Self) -> String {
        let sockets = self.ground.folder.path().display();
        let (one, two) = (self.port, other.port);
        format!("host={sockets},{sockets} port={one},{two} user=postgres dbname=postgres")
    }

    /// Asks as an administrator would.
    pub(crate) fn query(&self, sql: &str) -> Outcome<String> {
        self.query_in("postgres", sql)
    }

    /// The same, in another database.
    pub(in crate::e2e) fn query_in(&self, database: &str, sql: &str) -> Outcome<String> {
        let address = self.address().replace("dbname=postgres", &format!("dbname={database}"));
        let mut command = self.ground.command("psql");
        command.args(["--no-psqlrc", "--tuples-only", "--no-align", "--quiet"]);
        let output = command.args(["--dbname", &address, "--command", sql]).output()?;
        let complaint = String::from_utf8_lossy(&output.stderr);
        check(output.status.success(), &format!("psql: {complaint}"))?;
        Ok(String::from_utf8(output.stdout)?.trim().into())
    }
}

impl Drop for Cluster<'_> {
    fn drop(&mut self) {
        if self.data.join("postmaster.pid").exists() {
            // It may have been killed by the test.
            let mut command = self.ground.command("pg_ctl");
            command.arg("--pgdata").arg(&self.data).args(["--mode=immediate", "stop"]);
            drop(command.stdout(Stdio::null()).stderr(Stdio::null()).status());
        }
    }
}

/// Waits for something that happens soon.
pub(in crate::e2e) fn wait_until(what: &str, holds: impl Fn() -> Outcome<bool>) -> Outcome<()> {
    let since = Instant::now();
    while !holds()? {
        check(since.elapsed() < PATIENCE, &format!("waited too long until {what}"))?;
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The newest that Debian has installed, or else what is on the path.
fn find_programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version = path.file_name()?.to_str()?.parse().ok()?;
            let programs = path.join("bin");
            programs.join("initdb").exists().then_some((version, programs))
        })
        .collect();
    versions.sort_unstable();
    if let Some((_, newest)) = versions.pop() {
        return Some(newest);
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).find(|folder| folder.join("initdb").exists())
}

/// Whether we are root, whom the server refuses to run as.
fn is_root() -> Outcome<bool> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

/// Whether a process has ended, even if its parent has not noticed yet.
fn is_gone(number: u32) -> bool {
    fs::read_to_string(format!("/proc/{number}/stat")).map_or(true, |stat| {
        stat.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
    })
}

fn run(command: &mut Command) -> Outcome<()> {
    let program = format!("{command:?}");
    // Into a file by pg_ctl itself; a pipe would stay open for as long as the server runs.
    let status = command.stdout(Stdio::null()).stderr(Stdio::inherit()).status()?;
    check(status.success(), &format!("{program} failed: {status}"))
}
