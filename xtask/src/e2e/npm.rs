//! Packages of npm that a test compares with, in the versions of a lock file.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::{Outcome, check, installed, program};

const NODE: &str = "apt-get install -y nodejs npm";

/// A folder with installed packages.
pub(super) struct Packages(PathBuf);

impl Packages {
    /// Installs what a lock file names below `target`, unless it is there already.
    ///
    /// No script of a package is run by that.
    pub(super) fn install(target: &Path, name: &str, files: [(&str, &str); 2]) -> Outcome<Self> {
        program::require("node", &["--version"], NODE)?;
        program::require("npm", &["--version"], NODE)?;
        let folder = target.join("e2e").join("npm").join(name);
        let pins = files.map(|(_, text)| text).concat();
        installed::once(&folder, &pins, || {
            for (name, text) in files {
                fs::write(folder.join(name), text)?;
            }
            let mut npm = Command::new("npm");
            npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
            installed::run(npm.current_dir(&folder))
        })?;
        Ok(Self(folder))
    }

    /// Unpacks one package without what it depends on, which one that is bundled does not need.
    ///
    /// `integrity` is what the registry says of that version, as in a lock file.
    pub(super) fn unpack(&self, package: &str, integrity: &str) -> Outcome<PathBuf> {
        let folder = self.0.join("unpacked").join(package);
        installed::once(&folder, integrity, || {
            let output = Command::new("npm")
                .args(["pack", "--json", package])
                .current_dir(&folder)
                .stderr(Stdio::inherit())
                .output()?;
            let packed: Value = serde_json::from_slice(&output.stdout)?;
            let said = |key: &str| packed.pointer(key).and_then(Value::as_str).unwrap_or_default();
            check(said("/0/integrity") == integrity, &format!("{package} is another than pinned"))?;
            let archive = said("/0/filename").to_owned();
            installed::run(Command::new("tar").arg("xzf").arg(archive).current_dir(&folder))
        })?;
        Ok(folder.join("package"))
    }

    /// A file that belongs to one of them.
    pub(super) fn file(&self, path: &str) -> PathBuf {
        self.0.join(path)
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
        let mut node = self.node(script)?.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
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
