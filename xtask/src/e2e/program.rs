//! Programs that run for as long as a test needs them.

use std::io::{BufRead, BufReader, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use serde_json::Value;

use super::Outcome;

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
    for program in ["chromium", "chromedriver"] {
        let asked = Command::new(program).arg("--version").stderr(Stdio::null()).output();
        match asked {
            Ok(answer) if answer.status.success() => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(format!("{program} is missing; install it: {BROWSER_PACKAGES}").into());
            }
            Ok(_) | Err(_) => return Err(format!("{program} --version failed").into()),
        }
    }
    Ok(())
}

/// Builds the binary of a package of this workspace and returns where it is.
pub(super) fn build(package: &str) -> Outcome<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let build = Command::new(cargo)
        .args(["build", "--package", package, "--message-format", "json-render-diagnostics"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .stderr(Stdio::inherit())
        .output()?;
    if !build.status.success() {
        return Err(format!("{package} was not built").into());
    }
    for line in build.stdout.lines() {
        let message: Value = serde_json::from_str(&line?)?;
        let is_binary = message.pointer("/target/name").is_some_and(|name| name == package);
        if let Some(executable) = message.get("executable").and_then(Value::as_str)
            && is_binary
        {
            return Ok(executable.into());
        }
    }
    Err(format!("{package} has no binary").into())
}
