//! What can be wrong with a configuration. Names keys, never what they were set to.

use std::fmt;
use std::path::PathBuf;

use super::keys::KEYS;

/// Why a configuration was refused: everything that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.faults))]
#[non_exhaustive]
pub struct ConfigError {
    /// Each thing that is wrong.
    pub faults: Vec<Fault>,
}

/// Where something was set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// By a key of the file.
    File {
        /// The key, with its table.
        key: String,
    },
    /// By an environment variable.
    Environment {
        /// Its name.
        variable: String,
    },
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The file cannot be read.
    #[error("{} cannot be read: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// The file is not TOML.
    #[error("{}, line {line}: {what}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser said.
        what: String,
    },
    /// There is no such setting.
    #[error("{origin}: there is no such setting; {known}")]
    Unknown {
        /// What asked for it.
        origin: Origin,
        /// What there is.
        known: String,
    },
    /// A text where a number is wanted, and the like.
    #[error("{origin}: {wanted} is wanted here")]
    Kind {
        /// What set it.
        origin: Origin,
        /// What is wanted.
        wanted: &'static str,
    },
    /// A secret was given, and a file with it as well.
    #[error("{origin}: {key} is set already; set it or its file, not both")]
    Twice {
        /// The setting.
        key: String,
        /// What set it again.
        origin: Origin,
    },
    /// The file with a secret cannot be read.
    #[error("{origin}: {} cannot be read: {why}", path.display())]
    SecretFile {
        /// What named the file.
        origin: Origin,
        /// The file.
        path: PathBuf,
        /// What the system said.
        why: String,
    },
    /// A setting has no default, and was not made.
    #[error("{key} is not set; {advice}")]
    Missing {
        /// The setting.
        key: String,
        /// What to do.
        advice: String,
    },
    /// A value that cannot be used.
    #[error("{origin}: {why}")]
    Invalid {
        /// What set it.
        origin: Origin,
        /// What would be right.
        why: String,
    },
    /// Two settings that cannot both be.
    #[error("{0}")]
    Together(&'static str),
}

impl Fault {
    pub(super) fn unknown(origin: Origin, section: &str) -> Self {
        let names: Vec<_> =
            KEYS.iter().filter(|key| key.section == section).map(|key| key.name).collect();
        let known = if names.is_empty() {
            let mut sections: Vec<_> = KEYS.iter().map(|key| key.section).collect();
            sections.dedup();
            format!("the tables are {}", sections.join(", "))
        } else {
            format!("[{section}] has {}", names.join(", "))
        };
        Self::Unknown { origin, known }
    }

    pub(super) fn unknown_in_file(section: &str) -> Self {
        Self::unknown(Origin::File { key: section.to_owned() }, "")
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { key } => f.write_str(key),
            Self::Environment { variable } => f.write_str(variable),
        }
    }
}

fn lines(faults: &[Fault]) -> String {
    let lines: Vec<_> = faults.iter().map(|fault| format!("- {fault}")).collect();
    format!("the configuration cannot be used:\n{}", lines.join("\n"))
}
