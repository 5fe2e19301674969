//! The simulator as a program, and the person at its phones.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use crate::e2e::program::{self, Program};
use crate::e2e::{Outcome, check};

/// A simulator under way, with a folder of its own.
pub(super) struct Simulator {
    program: Program,
    _folder: TempDir,
    pub(super) host: String,
    pub(super) ca: PathBuf,
    /// Integration key and secret key, with a space between.
    pub(super) auth: String,
    pub(super) admin: String,
    pub(super) prompt: String,
    /// The page with the phones, which is the control plane.
    phones: String,
    agent: Agent,
}

impl Simulator {
    /// Starts it with these settings (TOML), or with its own if there are none.
    pub(super) fn start(settings: &str) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let mut command = Command::new(program::build("duo-sim")?);
        command.args(["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--seed", "7"]);
        command.arg("--dev-ca").arg(folder.path());
        if !settings.is_empty() {
            let file = folder.path().join("settings.toml");
            std::fs::write(&file, settings)?;
            command.arg("--config").arg(file);
        }
        let mut program = Program::start(&mut command)?;
        let ca = program.read_after("ca: ")?.into();
        let host = program.read_after("host: ")?;
        let [auth, admin, prompt] =
            ["auth: ", "admin: ", "prompt: "].map(|start| program.read_after(start));
        let phones = program.read_after("phones: ")?;
        program.read_after("listening on ")?;
        let agent = Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(Duration::from_mins(1)))
            .build()
            .new_agent();
        let (auth, admin, prompt) = (auth?, admin?, prompt?);
        Ok(Self { program, _folder: folder, host, ca, auth, admin, prompt, phones, agent })
    }

    /// All that a client needs to know, as JSON.
    pub(super) fn settings(&self) -> Outcome<String> {
        let (_, port) = self.host.rsplit_once(':').ok_or("no port")?;
        let port: u16 = port.parse()?;
        let settings = json!({
            "port": port, "ca": self.ca, "auth": self.auth, "admin": self.admin,
            "prompt": self.prompt, "phones": self.phones,
        });
        Ok(settings.to_string())
    }

    /// A command of the control plane; it must have an effect.
    pub(super) fn command(&self, name: &str, fields: &[(&str, &str)]) -> Outcome<Value> {
        let sent = self.agent.post(format!("{}{name}", self.phones));
        let answer: Value = sent.send_form(fields.iter().copied())?.body_mut().read_json()?;
        let is_done = answer.get("done").is_some_and(|done| done == true);
        check(is_done, &format!("{name} {fields:?} had no effect"))?;
        Ok(answer)
    }

    /// Orders a fault, on paths that begin like this.
    pub(super) fn fault(&self, path: &str, times: u32, fault: &Value) -> Outcome<()> {
        let order = json!({ "path": path, "times": times, "fault": fault });
        self.agent.post(format!("{}fault", self.phones)).send_json(order)?;
        Ok(())
    }

    pub(super) fn forget_faults(&self) -> Outcome<()> {
        self.command("clear", &[]).map(drop)
    }

    /// Pushes, calls and text messages.
    pub(super) fn state(&self) -> Outcome<Value> {
        Ok(self.agent.get(format!("{}state", self.phones)).call()?.body_mut().read_json()?)
    }

    /// Ends it as a service manager does.
    pub(super) fn terminate(self) -> Outcome<()> {
        check(self.program.terminate()?.success(), "the simulator did not end well")
    }
}
