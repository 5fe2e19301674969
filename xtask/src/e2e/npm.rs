//! Packages of npm that a test compares with, in the versions of a lock file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Outcome;

const NODE_PACKAGES: &str = "apt-get install -y nodejs npm";

/// A folder with installed packages.
pub(super) struct Packages(PathBuf);

impl Packages {
    /// Installs what a lock file names below `target`, unless it is there already.
    ///
    /// No script of a package is run by that.
    pub(super) fn install(target: &Path, name: &str, files: [(&str, &str); 2]) -> Outcome<Self> {
        let folder = target.join("e2e").join("npm").join(name);
        fs::create_dir_all(&folder)?;
        let is_installed = folder.join("node_modules").is_dir()
            && files.iter().all(|(name, text)| {
                fs::read_to_string(folder.join(name)).is_ok_and(|there| there == *text)
            });
        if is_installed {
            return Ok(Self(folder));
        }
        for (name, text) in files {
            fs::write(folder.join(name), text)?;
        }
        let status = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .status()
            .map_err(|error| format!("npm did not start: {error}; install it: {NODE_PACKAGES}"))?;
        if !status.success() {
            // A half is not taken for the whole the next time.
            drop(fs::remove_dir_all(folder.join("node_modules")));
            return Err(format!("npm ci failed in {}", folder.display()).into());
        }
        Ok(Self(folder))
    }

    /// A script to be run by Node where the packages are.
    pub(super) fn node(&self, script: &str) -> Outcome<Command> {
        let file = self.0.join("script.mjs");
        fs::write(&file, script)?;
        let mut command = Command::new("node");
        command.arg(file).current_dir(&self.0);
        Ok(command)
    }

    /// What a script answers, a line of JSON to each.
    pub(super) fn ask(&self, script: &str, questions: &[Value]) -> Outcome<Vec<Value>> {
        let mut command = self.node(script)?;
        let mut node =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(|error| {
                format!("node did not start: {error}; install it: {NODE_PACKAGES}")
            })?;
        let mut input = node.stdin.take().ok_or("no standard input")?;
        let lines: Vec<String> = questions.iter().map(|question| format!("{question}\n")).collect();
        // Beside reading: both pipes are short.
        let writer = std::thread::spawn(move || input.write_all(lines.concat().as_bytes()));
        let output = node.wait_with_output()?;
        writer.join().map_err(|_| "writing to node panicked")??;
        let text = String::from_utf8(output.stdout)?;
        let answers = text.lines().map(serde_json::from_str).collect::<Result<Vec<Value>, _>>()?;
        if answers.len() != questions.len() {
            let (asked, got) = (questions.len(), answers.len());
            return Err(format!("node answered {got} of {asked} questions").into());
        }
        Ok(answers)
    }
}
