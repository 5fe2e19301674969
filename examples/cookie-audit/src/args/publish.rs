//! What is made public, and what others made public.

use std::path::PathBuf;

use clap::ValueEnum;
use upheld_cookies::UnixSeconds;

use crate::moment;

/// Makes what a site publishes from its policy, or checks that what was published is up to date.
///
/// The same policy gives the same bytes. They change with the day only when a way to opt out lapses.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cookie-audit render policy.toml --format html --output site/cookies.html
  cookie-audit render policy.toml --format html --output site/cookies.html --check
  cookie-audit render policy.toml --format gpc --output site/.well-known/gpc.json
  cookie-audit render policy.toml --format cookieconsent > site/banner.js

Exit status: 0 done or up to date, 2 wrong usage or policy, 4 stale (--check).")]
pub(crate) struct Render {
    /// The policy: TOML, or JSON if the name ends in .json.
    pub(crate) policy: PathBuf,
    /// What to make.
    #[arg(long, value_enum)]
    pub(crate) format: Artefact,
    /// The vendor whose storage is disclosed, by its id; without it the site's own.
    #[arg(long, value_name = "ID")]
    pub(crate) vendor: Option<String>,
    /// Where to write; without it, standard output.
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Writes nothing, and says whether the file is what would be written.
    #[arg(long, requires = "output")]
    pub(crate) check: bool,
    /// The day on which ways to opt out are judged: seconds since 1970, or RFC 3339.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) now: Option<UnixSeconds>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Artefact {
    /// The policy page, complete.
    Html,
    /// The policy page without its frame, to go below a heading of the site.
    Fragment,
    /// The policy page in Markdown.
    Markdown,
    /// The policy, and what follows from it, for programs.
    Json,
    /// The IAB's disclosure of device storage.
    DeviceStorage,
    /// The file to serve at /.well-known/gpc.json.
    Gpc,
    /// What a consent banner needs to know, as JSON.
    Banner,
    /// The same for orestbida's cookieconsent 3.
    Cookieconsent,
    /// The same for Klaro 0.7.
    Klaro,
}

/// Reads a vendor's disclosure of device storage (IAB), and prints items to add to a policy.
///
/// What is wrong with it goes to standard error.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  curl -s https://s.adroll.com/shares/device_storage.json > storage.json
  cookie-audit import storage.json --vendor nextroll >> policy.toml

Exit status: 0 read, 1 read and wrong in places, 2 cannot be read.")]
pub(crate) struct Import {
    /// The vendor's deviceStorage.json.
    pub(crate) file: PathBuf,
    /// The id that the vendor has in the policy.
    #[arg(long, value_name = "ID")]
    pub(crate) vendor: String,
}
