//! Python packages, in an environment of their own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Outcome, check};

const INSTALL: &str = "apt-get install -y python3-venv";

/// A Python with what `requirements` pins by hash; returns the interpreter. It is kept in `folder`
/// for the next time, and made anew when the pins change.
pub(super) fn environment(folder: &Path, requirements: &str) -> Outcome<PathBuf> {
    let quiet = || Stdio::null();
    let mut asked = Command::new("python3");
    asked.args(["-c", "import ensurepip, venv"]).stdout(quiet()).stderr(quiet());
    let is_there = asked.status().is_ok_and(|status| status.success());
    check(is_there, &format!("python3 with venv is missing; install it: {INSTALL}"))?;

    let (interpreter, stamp) = (folder.join("bin/python"), folder.join("installed.txt"));
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == requirements) {
        return Ok(interpreter);
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    let pins = folder.join("requirements.txt");
    fs::write(&pins, requirements)?;
    let mut pip = Command::new(&interpreter);
    pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install"]);
    run(pip.args(["--require-hashes", "--only-binary", ":all:", "-r"]).arg(pins))?;
    // Last, so that what was interrupted is not taken for complete.
    fs::write(stamp, requirements)?;
    Ok(interpreter)
}

fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status()?;
    let name = command.get_program().to_string_lossy().into_owned();
    check(status.success(), &format!("{name} failed: {status}"))
}
