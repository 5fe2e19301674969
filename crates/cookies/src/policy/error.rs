//! What is wrong with a policy file.

use core::fmt;

use super::Place;
use crate::DayError;

/// Why a text is no policy: everything that is wrong with it, in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where.
    pub place: Place,
    /// The same as a path, such as `item[2].basis.uk`; empty if the text could not be read.
    pub path: String,
    /// What.
    pub fault: Fault,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Not TOML or JSON, an unknown key, a missing one, or a value of another type.
    #[error("{message}")]
    Syntax {
        /// What the reader says.
        message: String,
    },
    /// More than is read.
    #[error("more than {limit} {what}")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// How many are read.
        limit: usize,
    },
    /// Another version.
    #[error("schema {schema} is not known; this is version 1")]
    Schema {
        /// The version that the file names.
        schema: u32,
    },
    /// A word that is none.
    #[error("`{given}` is no {what}; {expected}")]
    Word {
        /// What it should be.
        what: &'static str,
        /// What the file has.
        given: String,
        /// What it could be.
        expected: String,
    },
    /// A name for something that the file does not have.
    #[error("there is no {what} `{given}`; {expected}")]
    Reference {
        /// What it should name.
        what: &'static str,
        /// What the file has.
        given: String,
        /// What it could be.
        expected: String,
    },
    /// A name twice.
    #[error("there is another {what} `{given}`, in line {line}")]
    Duplicate {
        /// Of what.
        what: &'static str,
        /// The name.
        given: String,
        /// Where the first is.
        line: u32,
    },
    /// An empty list or text.
    #[error("at least one {what} is needed")]
    Empty {
        /// What is missing.
        what: &'static str,
    },
    /// A day that is none.
    #[error("{0}")]
    Day(#[from] DayError),
    /// A duration that is none.
    #[error("`{given}` is no duration; write a number with s, m, h, d, w or y, as in 182d{also}")]
    Duration {
        /// What the file has.
        given: String,
        /// What else is possible in this place.
        also: &'static str,
    },
    /// A pattern of names that is none.
    #[error("a name has at most one * and something besides, and no control characters")]
    Name,
    /// A domain that is none.
    #[error("`{given}` is no host; write clinic.example, or *.clinic.example for all below it")]
    Domain {
        /// What the file has.
        given: String,
    },
    /// A path that is none.
    #[error("a path begins with / and has no ; and no control character")]
    Path,
    /// An address that is none.
    #[error("an address begins with https:// or /, and has no blanks")]
    Address,
    /// A name for use within the file that has other characters.
    #[error("an id has letters a to z, digits and hyphens, 64 at most")]
    Id,
    /// The name of the consent cookie.
    #[error("the consent cookie's name begins with __Host- and is a token")]
    ConsentCookie,
    /// A language that is none.
    #[error("a language is a tag as in en or de-AT")]
    Language,
    /// A number of TCF.
    #[error("purposes of TCF are numbers from 1 to 24")]
    TcfPurpose,
}

impl PolicyError {
    pub(super) fn of(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.place);
        Self { problems }
    }

    /// Everything that is wrong, in the order of the file; at least one thing.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: ", self.place.line, self.place.column)?;
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.fault.fmt(f)
    }
}

/// One line to each problem.
impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl core::error::Error for PolicyError {}
