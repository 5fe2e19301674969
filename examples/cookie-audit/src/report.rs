//! Findings for people, for programs, and for what runs programs.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::ValueEnum;
use upheld_cookies::audit::{AuditFinding, Evidence};
use upheld_cookies::lint::{Finding, Severity};

use crate::args::FailOn;
use crate::output;

mod github;
mod json;
mod junit;
mod sarif;
mod text;

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON document.
    Json,
    /// SARIF 2.1.0, which code-scanning services read.
    Sarif,
    /// `JUnit` XML, which build servers read.
    Junit,
    /// Annotations of GitHub Actions.
    Github,
}

/// Everything that was found.
pub(crate) struct Report {
    /// The policy file.
    pub(crate) policy: PathBuf,
    pub(crate) findings: Vec<Reported>,
    /// What was looked at, in a few words.
    pub(crate) scope: String,
    pub(crate) fail_on: FailOn,
}

/// One finding, and where it shows.
pub(crate) struct Reported {
    pub(crate) finding: Finding,
    pub(crate) evidence: Option<Evidence>,
}

impl From<AuditFinding> for Reported {
    fn from(found: AuditFinding) -> Self {
        let AuditFinding { finding, evidence, .. } = found;
        Self { finding, evidence }
    }
}

impl From<Finding> for Reported {
    fn from(finding: Finding) -> Self {
        Self { finding, evidence: None }
    }
}

impl Report {
    /// Writes it, and says whether there is a finding too many.
    pub(crate) fn write(&self, format: Format) -> Result<bool> {
        let text = match format {
            Format::Text => text::write(self),
            Format::Json => json::write(self)?,
            Format::Sarif => sarif::write(self)?,
            Format::Junit => junit::write(self),
            Format::Github => github::write(self),
        };
        output::line(text.trim_end().as_bytes())?;
        Ok(self.findings.iter().any(|found| self.is_failure(found)))
    }

    fn is_failure(&self, found: &Reported) -> bool {
        self.fail_on.concerns(found.finding.severity)
    }

    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|found| found.finding.severity == severity).count()
    }
}

impl Reported {
    /// The file to look at: the policy where the finding is about something in it, else the
    /// recording.
    fn file<'a>(&'a self, policy: &'a Path) -> String {
        let recording = self.evidence.as_ref().map(|evidence| &*evidence.recording);
        match (self.finding.place, recording) {
            (None, Some(recording)) => recording.to_owned(),
            _ => policy.display().to_string(),
        }
    }

    /// Line and column there.
    fn region(&self) -> Option<(u32, u32)> {
        self.finding.place.map(|place| (place.line, place.column))
    }

    /// Where in the recordings it shows, in words.
    fn seen(&self) -> Option<String> {
        let Evidence { recording, entry, url, .. } = self.evidence.as_ref()?;
        let url = clean(url);
        Some(match entry {
            0 => recording.clone(),
            entry => format!("{recording}, entry {entry}: {url}"),
        })
    }
}

/// Text without control characters, which could change what a terminal shows.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{FFFD}' } else { letter }).collect()
}
