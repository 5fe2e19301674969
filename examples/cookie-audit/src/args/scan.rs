//! Arguments of `scan` and `diff`.

use std::path::PathBuf;

use anyhow::{Result, anyhow, bail};
use clap::ValueEnum;
use upheld_cookies::UnixSeconds;
use upheld_cookies::audit::{Mark, Phase, Timeline};
use upheld_cookies::har::UnixMillis;
use upheld_cookies::policy::DomainPattern;

use super::FailOn;
use crate::moment;
use crate::report::Format;

/// Reads recordings of traffic (HAR) and holds them against a policy.
///
/// Without --policy it lists what it saw. Export recordings with cookies: browsers leave them out
/// unless asked, and a recording without them is refused.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A visit has phases: before a choice, after acceptance, after refusal, after withdrawal. Give each
its own recording, or say where in a recording the choice was made.

Examples:
  cookie-audit scan visit.har
  cookie-audit scan visit.har --policy policy.toml --consent-at 2026-11-27T12:00:05Z
  cookie-audit scan first.har --accepted accept.har --refused reject.har --policy policy.toml
  cookie-audit scan first.har --policy policy.toml --format sarif > cookies.sarif

Exit status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or policy, 3 a recording that
says nothing.")]
pub(crate) struct Scan {
    /// Recordings of a visit that begins before a choice.
    pub(crate) files: Vec<PathBuf>,
    /// The policy: TOML, or JSON if the name ends in .json.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,
    /// A recording made after everything was accepted.
    #[arg(long, value_name = "HAR")]
    accepted: Vec<PathBuf>,
    /// A recording made after everything was refused.
    #[arg(long, value_name = "HAR")]
    refused: Vec<PathBuf>,
    /// A recording made after an acceptance was taken back.
    #[arg(long, value_name = "HAR")]
    withdrawn: Vec<PathBuf>,
    /// When the choice was made, in the recordings without a phase: RFC 3339, or seconds since 1970.
    #[arg(long, value_name = "MOMENT", value_parser = millis)]
    consent_at: Option<UnixMillis>,
    /// The page with which it took effect, by its `pageref`.
    #[arg(long, value_name = "PAGE", conflicts_with = "consent_at")]
    consent_page: Option<String>,
    /// What was chosen then.
    #[arg(long, value_enum, default_value = "accepted")]
    choice: Choice,
    /// When an acceptance was taken back, in the recordings without a phase.
    #[arg(long, value_name = "MOMENT", value_parser = millis)]
    withdrawn_at: Option<UnixMillis>,
    /// The page with which that took effect.
    #[arg(long, value_name = "PAGE", conflicts_with = "withdrawn_at")]
    withdrawn_page: Option<String>,
    /// A folder with Flash cookies (.sol), searched with all below it.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) flash: Vec<PathBuf>,
    /// A host of the site, if there is no policy to say so; `*.` before it for those below as well.
    #[arg(long, value_name = "HOST", value_parser = host)]
    pub(crate) site: Vec<DomainPattern>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// The least severity of a finding for exit status 1.
    #[arg(long, value_enum, default_value = "error")]
    pub(crate) fail_on: FailOn,
    /// Takes recordings without any cookie, though the policy declares some that need no consent.
    #[arg(long)]
    pub(crate) allow_empty: bool,
    /// The day that suppressions are judged by: seconds since 1970, or RFC 3339.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) now: Option<UnixSeconds>,
}

/// Compares two declarations, two recordings, or one of each.
///
/// Prints what only the right one has (+), what only the left one has (-), and what stays for
/// another time (~).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cookie-audit diff policy.toml visit.har
  cookie-audit diff last-release.har this-release.har
  cookie-audit diff policy.toml visit.har --format toml >> policy.toml

Exit status: 0 no difference, 1 differences, 2 wrong usage or policy, 3 a recording that says
nothing.")]
pub(crate) struct Diff {
    /// A policy (.toml, .json) or a recording (.har).
    pub(crate) left: PathBuf,
    /// Another.
    pub(crate) right: PathBuf,
    /// How to write the differences.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: DiffFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffFormat {
    /// For people.
    Text,
    /// A line of JSON to each.
    Json,
    /// Items for a policy, of what only the right one has.
    Toml,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Choice {
    Accepted,
    Refused,
}

impl Scan {
    /// Every recording with its phases.
    pub(crate) fn recordings(&self) -> Result<Vec<(&PathBuf, Timeline)>> {
        let timeline = self.timeline()?;
        let fixed = |files, phase| {
            let files: &Vec<PathBuf> = files;
            files.iter().map(move |file| (file, Timeline::always(phase)))
        };
        let all: Vec<_> = self
            .files
            .iter()
            .map(|file| (file, timeline.clone()))
            .chain(fixed(&self.accepted, Phase::Accepted))
            .chain(fixed(&self.refused, Phase::Refused))
            .chain(fixed(&self.withdrawn, Phase::Withdrawn))
            .collect();
        if all.is_empty() && self.flash.is_empty() {
            bail!("there is nothing to scan; give a recording");
        }
        Ok(all)
    }

    fn timeline(&self) -> Result<Timeline> {
        let mut timeline = Timeline::always(Phase::BeforeChoice);
        let chosen = match self.choice {
            Choice::Accepted => Phase::Accepted,
            Choice::Refused => Phase::Refused,
        };
        let consent = mark(self.consent_at, self.consent_page.as_ref());
        let withdrawn = mark(self.withdrawn_at, self.withdrawn_page.as_ref());
        if withdrawn.is_some() && (consent.is_none() || chosen != Phase::Accepted) {
            return Err(anyhow!(
                "only what was accepted can be withdrawn; say when by --consent-at"
            ));
        }
        for (mark, phase) in [(consent, chosen), (withdrawn, Phase::Withdrawn)] {
            if let Some(mark) = mark {
                timeline = timeline.then(mark, phase);
            }
        }
        Ok(timeline)
    }
}

fn mark(moment: Option<UnixMillis>, page: Option<&String>) -> Option<Mark> {
    moment.map(Mark::Moment).or_else(|| page.cloned().map(Mark::Page))
}

fn millis(text: &str) -> Result<UnixMillis, &'static str> {
    let parsed = UnixMillis::parse(text.as_bytes());
    let from_seconds = |moment: UnixSeconds| UnixMillis(moment.0.saturating_mul(1000));
    parsed.map_or_else(|| moment::parse(text).map(from_seconds), Ok)
}

fn host(text: &str) -> Result<DomainPattern, &'static str> {
    DomainPattern::parse(text).ok_or("it must be a host such as clinic.example")
}
