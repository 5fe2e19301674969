//! Duo's own clients for Python and Node.js, each of a pinned version, against the simulator.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::simulator::Simulator;
use crate::e2e::{Outcome, check, installed, program, say};

const NODE: &str = "apt-get install -y nodejs npm";

/// What each script must say that it has checked.
const DUO_CLIENT: &[&str] = &[
    "ping",
    "check",
    "every_signature",
    "wrong_keys",
    "clock",
    "certificate",
    "logo",
    "preauth",
    "push",
    "remembered",
    "passcode",
    "sms",
    "asynchronous",
    "verified_push",
    "enrolment",
    "rate_limit",
    "outage",
    "users",
    "devices",
    "log",
];
const DUO_UNIVERSAL: &[&str] = &[
    "health_check",
    "push",
    "nonce",
    "code_attribute",
    "passcode",
    "replay",
    "cancelled",
    "mutations",
    "other_algorithms",
    "assertion",
];
const NODE_UNIVERSAL: &[&str] =
    &["health_check", "certificate", "exchange", "code_attribute", "nonce", "replay", "mutations"];

/// Runs every script, each with a simulator of its own.
pub(in crate::e2e) fn accept_the_simulator() -> Outcome<()> {
    let kept = kept()?;
    let python = python(&kept.join("python"))?;
    let run = |script| {
        let mut command = Command::new(&python);
        command.arg("-B").arg(scripts().join(script));
        command
    };
    checks("duo_client for Python", &mut run("duo_client_checks.py"), DUO_CLIENT)?;
    checks("duo_universal for Python", &mut run("duo_universal_checks.py"), DUO_UNIVERSAL)?;
    let modules = node(&kept.join("node"))?;
    let mut command = Command::new("node");
    command.arg(scripts().join("duo_universal_checks.js")).env("NODE_PATH", modules);
    checks("@duosecurity/duo_universal for Node.js", &mut command, NODE_UNIVERSAL)
}

fn checks(client: &str, command: &mut Command, expected: &[&str]) -> Outcome<()> {
    say(&format!("duo: {client}"));
    let simulator = Simulator::start("")?;
    command.env("DUO_SIM", simulator.settings()?);
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, "localhost,127.0.0.1");
    }
    let output = command.stderr(Stdio::inherit()).output()?;
    let said = String::from_utf8(output.stdout)?;
    let passed: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("ok ")).collect();
    let next = expected.get(passed.len()).unwrap_or(&"nothing");
    check(output.status.success(), &format!("{client}: {next} failed after {passed:?}"))?;
    check(passed == expected, &format!("{client} checked {passed:?}, and not {expected:?}"))?;
    simulator.terminate()
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("duo-clients")
}

/// Where what was installed is kept for the next time.
fn kept() -> Outcome<PathBuf> {
    let binary = program::build("duo-sim")?;
    let target = program::target_of(&binary)?;
    let folder = target.join("e2e-duo-clients");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// A Python with the clients; returns the interpreter.
fn python(folder: &Path) -> Outcome<PathBuf> {
    installed::python(folder, &fs::read_to_string(scripts().join("requirements.txt"))?)
}

/// A folder with the client for Node.js; returns where its modules are.
fn node(folder: &Path) -> Outcome<PathBuf> {
    program::require("node", &["--version"], NODE)?;
    program::require("npm", &["--version"], NODE)?;
    let pins = fs::read_to_string(scripts().join("package-lock.json"))?;
    installed::once(folder, &pins, || {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(scripts().join(file), folder.join(file))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]);
        installed::run(npm.current_dir(folder))
    })?;
    Ok(folder.join("node_modules"))
}
