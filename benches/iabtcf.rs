//! The IAB's own decoder, which Node runs: it measures itself, and criterion is told.

use std::fs;
use std::io::{BufRead, BufReader, Error, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// `@iabtechlabtcf/core` in a process of its own, warm after the first thousand strings.
pub(crate) struct Iabtcf {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Iabtcf {
    /// Starts it; without Node or npm it is left out, and standard error says so.
    pub(crate) fn start() -> Option<Self> {
        let started = Self::install().and_then(|()| Self::spawn());
        if let Err(error) = &started {
            drop(writeln!(std::io::stderr(), "iabtcf-es is left out, for want of npm: {error}"));
        }
        started.ok().flatten()
    }

    /// Where Cargo lets benchmarks keep files.
    fn folder() -> &'static Path {
        Path::new(concat!(env!("CARGO_TARGET_TMPDIR"), "/iabtcf"))
    }

    fn install() -> Result<(), Error> {
        let folder = Self::folder();
        let lock = include_str!("iabtcf/package-lock.json");
        // Written last: what npm leaves when it is stopped half-way does not count.
        let installed = folder.join("installed");
        if fs::read_to_string(&installed).is_ok_and(|of| of == lock) {
            return Ok(());
        }
        fs::create_dir_all(folder)?;
        fs::write(folder.join("package.json"), include_str!("iabtcf/package.json"))?;
        fs::write(folder.join("package-lock.json"), lock)?;
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        let status = Command::new("npm")
            .args(arguments)
            .current_dir(folder)
            .stdout(Stdio::null())
            .status()?;
        if status.success() {
            fs::write(installed, lock)
        } else {
            Err(Error::other("npm ci failed"))
        }
    }

    fn spawn() -> Result<Option<Self>, Error> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/iabtcf/decode.mjs");
        let mut node = Command::new("node");
        node.arg(script).current_dir(Self::folder());
        let mut process = node.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pipes = process.stdin.take().zip(process.stdout.take());
        Ok(pipes.map(|(input, output)| Self { process, input, output: BufReader::new(output) }))
    }

    /// How long so many decodings take, and how many vendors the string consents to.
    pub(crate) fn decode(&mut self, string: &str, times: u64) -> Option<(Duration, usize)> {
        writeln!(self.input, "{string} {times}").ok()?;
        let mut answer = String::new();
        self.output.read_line(&mut answer).ok()?;
        let (nanoseconds, vendors) = answer.trim().split_once(' ')?;
        Some((Duration::from_nanos(nanoseconds.parse().ok()?), vendors.parse().ok()?))
    }
}

impl Drop for Iabtcf {
    fn drop(&mut self) {
        // It has no more to say, and what it has done is measured.
        let _killed = self.process.kill().and_then(|()| self.process.wait());
    }
}
