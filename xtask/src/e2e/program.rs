//! Programs that run for as long as a test needs them.

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;

use super::Outcome;

/// With a test among what is built, all of it has the features of `cargo test --workspace`: what
/// that compiled is not compiled again.
const AS_TESTED: [&str; 2] = ["--test", "leaks"];

const BROWSER_PACKAGES: &str = "apt-get install -y chromium chromium-driver";

/// A program under way. Killed when dropped.
pub(super) struct Program {
    name: String,
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Program {
    pub(super) fn start(command: &mut Command) -> Outcome<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} did not start: {error}"))?;
        let output = child.stdout.take().ok_or("no standard output")?;
        Ok(Self { name, child, output: BufReader::new(output) })
    }

    /// Reads lines until one has `start` in it, and returns what comes after that.
    pub(super) fn read_after(&mut self, start: &str) -> Outcome<String> {
        let mut line = String::new();
        while self.output.read_line(&mut line)? > 0 {
            if let Some((_, rest)) = line.split_once(start) {
                return Ok(rest.trim_end().to_owned());
            }
            line.clear();
        }
        Err(format!("{} ended without printing {start:?}", self.name).into())
    }

    /// All that is still to come, until the program closes its output.
    pub(super) fn read_rest(&mut self) -> Outcome<String> {
        let mut rest = String::new();
        self.output.read_to_string(&mut rest)?;
        Ok(rest)
    }

    /// Waits until the program has ended by itself.
    pub(super) fn wait(mut self) -> Outcome<ExitStatus> {
        Ok(self.child.wait()?)
    }

    /// What the processor has done for the program: proc(5), fields 14 and 15 of `stat`, in
    /// hundredths of a second.
    pub(super) fn processor_time(&self) -> Outcome<Duration> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name of the program, in brackets, may have spaces in it.
        let (_, fields) = stat.rsplit_once(')').ok_or("no fields")?;
        let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        let ticks = ticks.sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks.saturating_mul(10)))
    }

    /// Ends the program in the middle of whatever it does.
    pub(super) fn kill(mut self) -> Outcome<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks the program to end, and waits until it has.
    pub(super) fn terminate(mut self) -> Outcome<ExitStatus> {
        let kill = format!("kill -s TERM {}", self.child.id());
        Command::new("sh").args(["-c", &kill]).status()?;
        Ok(self.child.wait()?)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Fails unless the browser and its driver are installed.
pub(super) fn require_browser() -> Outcome<()> {
    require("chromium", &["--version"], BROWSER_PACKAGES)?;
    require("chromedriver", &["--version"], BROWSER_PACKAGES)
}

/// Fails unless a program is installed and can do this; `install` says how it becomes so.
pub(super) fn require(program: &str, arguments: &[&str], install: &str) -> Outcome<()> {
    let quiet = || Stdio::null();
    let asked = Command::new(program).args(arguments).stdout(quiet()).stderr(quiet()).status();
    match asked {
        Ok(status) if status.success() => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(format!("{program} is missing; install it: {install}").into())
        }
        Ok(_) | Err(_) => {
            Err(format!("{program} {} failed; try: {install}", arguments.join(" ")).into())
        }
    }
}

/// Builds a binary of this workspace, and returns where it is.
pub(super) fn build(binary: &str) -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = Command::new(cargo)
        .args(["build", "--workspace", "--bin", binary])
        .args(AS_TESTED)
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stderr(Stdio::inherit())
        .output()?;
    if !build.status.success() {
        return Err(format!("{binary} was not built").into());
    }
    for line in build.stdout.lines() {
        let message: Value = serde_json::from_str(&line?)?;
        let is_binary = message.pointer("/target/name").is_some_and(|name| name == binary);
        if let Some(executable) = message.get("executable").and_then(Value::as_str)
            && is_binary
        {
            return Ok(executable.into());
        }
    }
    Err(format!("no package has a binary {binary}").into())
}

/// The target folder that a binary of this workspace was built to.
pub(super) fn target_of(binary: &Path) -> Outcome<&Path> {
    Ok(binary.ancestors().nth(2).ok_or("the binary is in no target folder")?)
}
