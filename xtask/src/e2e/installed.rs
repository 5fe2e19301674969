//! What tests install for themselves, pinned, and keep for the next time.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Outcome, check, program};

const PYTHON: &str = "apt-get install -y python3-venv";

/// A Python with the packages that `requirements` pins by their hashes; returns the interpreter.
pub(super) fn python(folder: &Path, requirements: &str) -> Outcome<PathBuf> {
    program::require("python3", &["-c", "import ensurepip, venv"], PYTHON)?;
    let interpreter = folder.join("bin/python");
    once(folder, requirements, || {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        let pins = folder.join("requirements.txt");
        fs::write(&pins, requirements)?;
        let mut pip = Command::new(&interpreter);
        pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check", "install"]);
        run(pip.args(["--require-hashes", "--only-binary", ":all:", "-r"]).arg(pins))
    })?;
    Ok(interpreter)
}

/// Installs into a folder what is pinned, unless it has exactly that.
pub(super) fn once(
    folder: &Path,
    pins: &str,
    install: impl FnOnce() -> Outcome<()>,
) -> Outcome<()> {
    let stamp = folder.join("installed");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    install()?;
    // Last, so that what was interrupted is not taken for complete.
    Ok(fs::write(stamp, pins)?)
}

/// Runs a program that must succeed and whose output nobody reads.
pub(super) fn run(command: &mut Command) -> Outcome<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    check(command.stdout(Stdio::null()).status()?.success(), &format!("{name} failed"))
}
