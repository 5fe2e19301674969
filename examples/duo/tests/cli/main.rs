//! The built program against the simulator, over TLS: one module per rule.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may panic"
)]

mod admin;
mod factors;
mod faults;
mod preauth;
mod secrecy;
mod universal;
mod usage;

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use upheld_duo_sim::{
    Asked, Config, Decision, DevCa, Fault, FaultAt, Keys, Options, Server, Transport,
};

/// Duo, simulated in this process, and a folder with the certificate to believe.
struct Duo {
    runtime: Runtime,
    server: Option<Server>,
    address: SocketAddr,
    config: Config,
    folder: TempDir,
}

/// One run of the program, in an environment without the variables it reads.
struct Run {
    command: Command,
    stdin: String,
}

/// A run that is under way.
struct Running(Child);

/// What a run left behind.
struct Done {
    code: i32,
    stdout: String,
    stderr: String,
}

const VARIABLES: [&str; 8] = [
    "DUO_HOST",
    "DUO_IKEY",
    "DUO_SKEY",
    "DUO_SKEY_FILE",
    "DUO_CA",
    "DUO_FAIL_MODE",
    "DUO_PASSCODE",
    "HTTPS_PROXY",
];

/// Longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_mins(2);

/// The program, with nothing set.
fn duo(args: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_duo"));
    command.args(args);
    for variable in VARIABLES {
        command.env_remove(variable);
    }
    Run { command, stdin: String::new() }
}

impl Duo {
    fn start() -> Self {
        Self::with(Config::default())
    }

    fn with(config: Config) -> Self {
        let runtime = Runtime::new().unwrap();
        let (ca, folder) = (DevCa::generate().unwrap(), TempDir::new().unwrap());
        std::fs::write(folder.path().join("ca.pem"), ca.authority_pem()).unwrap();
        let options = Options {
            config: config.clone(),
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            control: None,
            transport: Transport::Tls(Box::new(ca)),
            seed: 1,
        };
        let server = runtime.block_on(Server::start(options)).unwrap();
        let address = server.address();
        Self { runtime, server: Some(server), address, config, folder }
    }

    fn host(&self) -> String {
        format!("localhost:{}", self.address.port())
    }

    /// A run as the Auth API application.
    fn auth(&self, args: &[&str]) -> Run {
        self.run_as(&self.config.auth, args)
    }

    fn admin(&self, args: &[&str]) -> Run {
        self.run_as(&self.config.admin, &[&["admin"], args].concat())
    }

    fn prompt(&self, args: &[&str]) -> Run {
        self.run_as(&self.config.prompt, &[&["universal"], args].concat())
    }

    fn run_as(&self, keys: &Keys, args: &[&str]) -> Run {
        let ca = self.folder.path().join("ca.pem");
        duo(args)
            .env("DUO_HOST", &self.host())
            .env("DUO_IKEY", &keys.key)
            .env("DUO_SKEY", &keys.secret)
            .env("DUO_CA", ca.to_str().unwrap())
    }

    fn with_simulator<T>(&self, work: impl FnOnce(&mut upheld_duo_sim::Simulator) -> T) -> T {
        self.server.as_ref().unwrap().handle().with(|simulator, _| work(simulator))
    }

    fn fault(&self, path: &str, times: u32, fault: Fault) {
        self.with_simulator(|simulator| {
            simulator.clear_faults();
            simulator.fault(FaultAt { path: path.into(), times, fault });
        });
    }

    /// Waits until somebody is asked.
    fn asked(&self) -> Asked {
        eventually(|| {
            let asked = self.with_simulator(|simulator| simulator.asked());
            asked.into_iter().find(|asked| !asked.is_over)
        })
    }

    fn decide(&self, asked: &Asked, decision: Decision, code: Option<&str>) -> bool {
        let handle = self.server.as_ref().unwrap().handle();
        handle.with(|simulator, now| simulator.decide(&asked.txid, decision, code, now))
    }

    fn asked_so_often(&self) -> usize {
        self.with_simulator(|simulator| simulator.asked().len())
    }

    /// Nobody answers any more.
    fn stop(&mut self) {
        self.runtime.block_on(self.server.take().unwrap().stop());
    }
}

impl Run {
    fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stdin);
        self
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn with(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    fn start(mut self) -> Running {
        let piped =
            self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // A program that does not read its input closes it; that is its right.
        drop(child.stdin.take().unwrap().write_all(self.stdin.as_bytes()));
        Running(child)
    }

    fn run(self) -> Done {
        self.start().end()
    }

    /// The one JSON value of a run that ends with `code`.
    #[track_caller]
    fn json(mut self, code: i32) -> Value {
        self.command.arg("--json");
        let done = self.run();
        assert_eq!(done.code, code, "{}{}", done.stdout, done.stderr);
        serde_json::from_str(&done.stdout).unwrap()
    }

    /// What a run says that ends with `code`.
    #[track_caller]
    fn says(self, code: i32) -> String {
        let done = self.run();
        assert_eq!(done.code, code, "{}{}", done.stdout, done.stderr);
        done.stdout
    }

    /// The message of a run with bad input, which prints nothing else.
    #[track_caller]
    fn refusal(self) -> String {
        let done = self.run();
        assert_eq!((done.code, done.stdout.as_str()), (2, ""), "{}", done.stderr);
        assert!(done.stderr.starts_with("duo: ") && done.stderr.len() > 10, "{}", done.stderr);
        done.stderr
    }
}

impl Running {
    /// The next line of standard error that holds `words`.
    fn told(&mut self, words: &str) -> String {
        let mut lines = BufReader::with_capacity(1, self.0.stderr.as_mut().unwrap());
        let mut line = String::new();
        while lines.read_line(&mut line).unwrap() > 0 {
            if line.contains(words) {
                return line.trim_end().to_owned();
            }
            line.clear();
        }
        panic!("nothing was said of {words}");
    }

    fn end(self) -> Done {
        let output = self.0.wait_with_output().unwrap();
        Done {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn eventually<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < LONG {
        if let Some(found) = look() {
            return found;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("it did not happen");
}
