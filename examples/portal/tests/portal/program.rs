//! The program as its operator runs it: a folder of its own, an empty environment.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rand::rngs::SysRng;
use serde_json::Value;
use tempfile::TempDir;
use upheld_store::keys::KeyRing;

/// A folder in which the program is run.
pub(crate) struct Office(TempDir);

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) error: String,
}

/// A server that runs until it is told to stop.
pub(crate) struct Serving {
    child: Child,
    log: BufReader<std::process::ChildStderr>,
    pub(crate) address: SocketAddr,
    pub(crate) operations: SocketAddr,
}

impl Office {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One with a configuration for any free ports, keys and a database.
    pub(crate) fn migrated() -> Self {
        let office = Self::configured();
        office.run(&["migrate"]).assert_done();
        office
    }

    /// One with a configuration for any free ports.
    pub(crate) fn configured() -> Self {
        let office = Self::new();
        office.write(
            "portal.toml",
            "[server]\npublic_url = \"http://localhost:8080\"\nlisten = \"127.0.0.1:0\"\n\
             metrics_listen = \"127.0.0.1:0\"\n[database]\nsqlite = \"portal.db\"\n",
        );
        let keys = KeyRing::generate(&mut SysRng).unwrap();
        office.write("portal.keys", &keys.to_text());
        office.set_mode("portal.keys", 0o600);
        office
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        std::fs::set_permissions(self.path(name), Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn mode_of(&self, name: &str) -> u32 {
        std::fs::metadata(self.path(name)).unwrap().permissions().mode() & 0o777
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portal"));
        command.args(arguments).current_dir(self.0.path()).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        Said::of(self.command(arguments).output().unwrap())
    }

    /// Runs a command that reads `typed`.
    pub(crate) fn run_with(&self, arguments: &[&str], typed: &str) -> Said {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A program that reads nothing hangs up.
        drop(child.stdin.take().unwrap().write_all(typed.as_bytes()));
        Said::of(child.wait_with_output().unwrap())
    }

    /// Changes the tables as somebody with the database file could.
    pub(crate) fn tamper_with_schema(&self, sql: &str) {
        rusqlite::Connection::open(self.path("portal.db")).unwrap().execute_batch(sql).unwrap();
    }

    /// Does what somebody with the database file could, and says how many rows it changed.
    pub(crate) fn tamper(&self, sql: &str) -> usize {
        rusqlite::Connection::open(self.path("portal.db")).unwrap().execute(sql, []).unwrap()
    }

    pub(crate) fn serve(&self) -> Serving {
        Serving::start(self.command(&["serve", "--log", "info"]))
    }

    /// The same, where writing too much is an error and not the end of the process.
    pub(crate) fn serve_with_limits(&self) -> Serving {
        let mut command = Command::new("sh");
        let serve = r#"trap "" XFSZ; exec "$0" serve --log info"#;
        command.args(["-c", serve, env!("CARGO_BIN_EXE_portal")]);
        command.current_dir(self.0.path()).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Serving::start(command)
    }
}

impl Serving {
    /// Runs a server, and waits until it serves.
    pub(crate) fn start(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut address_of = |message: &str| {
            let line = line_with(&mut log, message);
            line["address"].as_str().unwrap().parse().unwrap()
        };
        let operations = address_of("metrics, healthz and readyz");
        let address = address_of("serving");
        Self { child, log, address, operations }
    }
}

/// The next line of the log with this message.
fn line_with(log: &mut impl BufRead, message: &str) -> Value {
    loop {
        let mut line = String::new();
        assert_ne!(log.read_line(&mut line).unwrap(), 0, "the log ended without {message:?}");
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["message"] == message {
            return line;
        }
    }
}

impl Said {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            error: String::from_utf8(output.stderr).unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn assert_done(&self) -> &Self {
        assert_eq!((self.code, &*self.error), (0, ""), "{}", self.out);
        self
    }

    #[track_caller]
    pub(crate) fn assert_refused(&self, code: i32, why: &str) {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.error.contains(why), "no {why:?} in {}", self.error);
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

impl Serving {
    /// Lets it write no file beyond `limit` bytes, or any again.
    pub(crate) fn limit_files(&self, limit: &str) {
        let process = self.child.id().to_string();
        let limit = format!("--fsize={limit}:unlimited");
        let limited = Command::new("prlimit").args(["--pid", &process, &limit]).status();
        assert!(limited.unwrap().success());
    }

    /// The next line of the log with this message.
    pub(crate) fn line_with(&mut self, message: &str) -> Value {
        line_with(&mut self.log, message)
    }

    /// Waits until the audit is sealed, which happens every two seconds, and returns its head.
    pub(crate) fn wait_until_sealed(&self, office: &Office) -> String {
        let give_up = Instant::now() + Duration::from_secs(30);
        loop {
            let said = office.run(&["audit", "verify", "--json"]).assert_done().json();
            if said["unsealed"] == 0 {
                return said["head"].as_str().unwrap().to_owned();
            }
            assert!(Instant::now() < give_up, "nothing was sealed by {}", self.address);
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Asks it to end, and returns its exit code.
    pub(crate) fn stop(mut self) -> i32 {
        let kill = format!("kill -s TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
        let give_up = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap();
            }
            assert!(Instant::now() < give_up, "the server did not end");
            thread::sleep(Duration::from_millis(20));
        }
    }
}
