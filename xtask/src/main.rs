//! `cargo xtask <command>`.

#![forbid(unsafe_code)]
#![expect(clippy::print_stderr, reason = "a command says why it failed")]

mod e2e;
mod load;
mod soak;

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use xtask::{chores, citations, tidy};

struct Command {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<()>,
}

const COMMANDS: [Command; 11] = [
    Command { name: "tidy", about: "check what must hold of the tree", run: tidy::run },
    Command {
        name: "citations",
        about: "list clauses cited by code and by no test, and the reverse",
        run: citations::run,
    },
    Command {
        name: "ct",
        about: "look for secret-dependent branches and addresses under valgrind",
        run: chores::check_constant_time,
    },
    Command {
        name: "no-std",
        about: "prove that upheld-totp links no std",
        run: chores::prove_no_std,
    },
    Command {
        name: "package",
        about: "package every crate that is published, and build the packages",
        run: chores::package,
    },
    Command {
        name: "e2e",
        about: "run the end-to-end tests, or those of one topic: e2e postgres",
        run: || end_to_end(None),
    },
    Command {
        name: "load",
        about: "measure the portal under load, beside another verifier, for BENCHMARKS.md",
        run: load::run,
    },
    Command {
        name: "load-nodes",
        about: "measure two nodes of the portal beside one, on one server of PostgreSQL",
        run: load::nodes,
    },
    Command {
        name: "soak",
        about: "drive and disturb two portals for ten minutes: soak --minutes 2 --postgres",
        run: || soak::run(&[]),
    },
    Command {
        name: "load-report",
        about: "write that section again from what was measured last",
        run: load::report,
    },
    Command {
        name: "mutants",
        about: "change upheld-totp in every way cargo-mutants knows; its tests must notice",
        run: chores::mutants,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let command = match arguments {
        [name, topic, option] if name == "e2e" && topic == "tour" && option == "--pictures" => {
            return e2e::take_pictures().map_err(|error| anyhow!("{error}"));
        }
        [name, rest @ ..] if name == "soak" => return soak::run(rest),
        [name, topic] if name == "e2e" => return end_to_end(Some(topic)),
        [name, folder, number] if name == "e2e-writer" => {
            return e2e::run_writer(folder, number).map_err(|error| anyhow!("{error}"));
        }
        [name, folder] if name == "e2e-racer" => {
            return e2e::run_racer(folder).map_err(|error| anyhow!("{error}"));
        }
        [name] => COMMANDS.iter().find(|command| command.name == name),
        _ => None,
    };
    let command = command.with_context(usage)?;
    (command.run)()
}

fn end_to_end(topic: Option<&str>) -> Result<()> {
    e2e::run(topic).map_err(|error| anyhow!("{error}"))
}

fn usage() -> String {
    let mut text = String::from("usage: cargo xtask <command>\n");
    for Command { name, about, .. } in &COMMANDS {
        let _ = write!(text, "\n  {name:<10} {about}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::COMMANDS;

    #[test]
    fn contributing_has_every_command() {
        let contributing = include_str!("../../CONTRIBUTING.md");
        let is_missing =
            |name: &&str| !contributing.contains(&format!("\n| `cargo xtask {name}` | "));
        let names = COMMANDS.iter().map(|command| command.name);
        assert_eq!(names.filter(is_missing).collect::<Vec<_>>(), [""; 0]);
    }
}
