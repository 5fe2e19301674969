//! Where and with what was measured: machine, compiler, crates.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::available_parallelism;

use serde_json::Value;

/// The machine, the compiler and the crates of this run.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) workspace: PathBuf,
    /// Criterion's directory.
    pub(crate) criterion: PathBuf,
    pub(crate) cpu: Cpu,
    pub(crate) cores: usize,
    /// Version and host.
    pub(crate) compiler: String,
    pub(crate) crates: Vec<Crate>,
}

/// The processor, as far as the operating system says.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Cpu {
    pub(crate) model: Option<String>,
    /// Those of [`FLAGS`] that it has.
    pub(crate) flags: Vec<&'static str>,
}

/// A contender's crate as Cargo resolved it for the benches.
#[derive(Debug, PartialEq)]
pub(crate) struct Crate {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The features that are on, separated by commas.
    pub(crate) features: String,
}

/// Instructions that decide how fast a hash is.
const FLAGS: [&str; 4] = ["sha_ni", "avx2", "avx512f", "sha512"];

/// Why the surroundings could not be observed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingError {
    #[error("`{command}` failed; run this through `cargo run -p upheld-benches --bin report`")]
    Command { command: String },
    #[error("`cargo metadata` does not name the target directory and the workspace")]
    Metadata,
}

impl Setting {
    pub(crate) fn observe() -> Result<Self, SettingError> {
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let metadata = output(&cargo, &["metadata", "--format-version=1", "--no-deps"])?;
        let metadata: Value =
            serde_json::from_str(&metadata).map_err(|_| SettingError::Metadata)?;
        let path = |key| metadata.get(key)?.as_str().map(PathBuf::from);
        let tree = output(
            &cargo,
            &[
                "tree",
                "--package=upheld-benches",
                "--edges=dev",
                "--depth=1",
                "--prefix=none",
                "--format={p}|{f}",
            ],
        )?;
        Ok(Self {
            workspace: path("workspace_root").ok_or(SettingError::Metadata)?,
            criterion: path("target_directory").ok_or(SettingError::Metadata)?.join("criterion"),
            cpu: Cpu::parse(&fs::read_to_string("/proc/cpuinfo").unwrap_or_default()),
            cores: available_parallelism().map_or(1, Into::into),
            compiler: compiler(&output("rustc", &["-vV"])?),
            crates: tree.lines().filter_map(Crate::parse).collect(),
        })
    }
}

impl Cpu {
    /// Reads the first processor of Linux's `/proc/cpuinfo`.
    fn parse(cpuinfo: &str) -> Self {
        let value = |name| {
            let named = |line: &str| {
                let (key, value) = line.split_once(':')?;
                (key.trim() == name).then(|| value.trim().to_owned())
            };
            cpuinfo.lines().find_map(named)
        };
        let flags = value("flags").unwrap_or_default();
        let has = |flag: &&str| flags.split(' ').any(|word| word == *flag);
        Self { model: value("model name"), flags: FLAGS.into_iter().filter(has).collect() }
    }
}

impl Crate {
    /// Reads `name vX.Y.Z (path)|features`; `None` for the benches themselves.
    fn parse(line: &str) -> Option<Self> {
        let (package, features) = line.split_once('|')?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let is_contender = name != env!("CARGO_PKG_NAME");
        is_contender.then(|| Self {
            name: name.to_owned(),
            version: version.to_owned(),
            features: features.replace(',', ", "),
        })
    }
}

/// `rustc 1.88.0 (…)` and the host it compiles for.
fn compiler(verbose: &str) -> String {
    let version = verbose.lines().next().unwrap_or("unknown");
    let host = verbose.lines().find_map(|line| line.strip_prefix("host: ")).unwrap_or("unknown");
    format!("{version}, {host}")
}

fn output(program: &str, arguments: &[&str]) -> Result<String, SettingError> {
    let failed = || SettingError::Command { command: format!("{program} {}", arguments.join(" ")) };
    let output = Command::new(program).args(arguments).output().map_err(|_| failed())?;
    if !output.status.success() {
        return Err(failed());
    }
    String::from_utf8(output.stdout).map_err(|_| failed())
}

#[cfg(test)]
mod tests {
    use super::{Cpu, Crate, compiler};

    #[test]
    fn the_processor_is_read_from_linux() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2.80GHz\nflags\t\t: fpu avx2 sha_ni\n\n\
                    processor\t: 1\nmodel name\t: Other\n";
        let cpu = Cpu::parse(text);
        let model = Some("Some CPU @ 2.80GHz".to_owned());
        assert_eq!(cpu, Cpu { model, flags: vec!["sha_ni", "avx2"] });
        assert_eq!(Cpu::parse(""), Cpu::default());
    }

    #[test]
    fn crates_are_read_from_cargo_tree() {
        let rival = Crate::parse("totp-rs v6.0.0|alloc,default,zeroize");
        let expected = Crate {
            name: "totp-rs".to_owned(),
            version: "6.0.0".to_owned(),
            features: "alloc, default, zeroize".to_owned(),
        };
        assert_eq!(rival, Some(expected));
        let ours = Crate::parse("upheld-totp v0.1.0 (/home/someone/upheld/crates/totp)|");
        assert!(ours.is_some_and(|ours| ours.version == "0.1.0" && ours.features.is_empty()));
        assert_eq!(Crate::parse("upheld-benches v0.1.0 (/home/someone/upheld/benches)|"), None);
    }

    #[test]
    fn the_compiler_is_named_with_its_host() {
        let verbose = "rustc 1.88.0 (abc 2025-06-23)\nbinary: rustc\nhost: x86_64-linux\n";
        assert_eq!(compiler(verbose), "rustc 1.88.0 (abc 2025-06-23), x86_64-linux");
    }
}
