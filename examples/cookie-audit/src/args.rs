//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand, ValueEnum};
use upheld_cookies::lint::{Code, Severity};
use upheld_cookies::{RequestUrl, UnixSeconds};

use crate::report::Format;
use crate::{BAD_USAGE, moment};

pub(crate) mod publish;
pub(crate) mod scan;

/// Says what cookies do: what a site sets and sends against what it declares, what is wrong with a
/// Set-Cookie header field, what a user agent stores of it, and what it sends.
///
/// Exit status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or policy, 3 input that
/// says nothing, 4 a file that render --check finds stale.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Check(Check),
    Scan(scan::Scan),
    Diff(scan::Diff),
    Catalogue(Catalogue),
    Render(publish::Render),
    Import(publish::Import),
    SetCookie(SetCookie),
    Jar(Jar),
    Decode(Decode),
    /// Reads JSON as `decode` prints it from standard input, and prints the consent string.
    #[command(after_help = "\
Example:
  cookie-audit decode 1YNN | cookie-audit encode")]
    Encode,
    Explain(Explain),
}

/// Checks a policy: whether it can be read, agrees with itself, and claims what the law has.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cookie-audit check policy.toml
  cookie-audit check policy.toml --gpc-file site/.well-known/gpc.json --fail-on warning

Exit status: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or policy.")]
pub(crate) struct Check {
    /// The policy: TOML, or JSON if the name ends in .json.
    pub(crate) policy: PathBuf,
    /// The file that the site serves as /.well-known/gpc.json.
    #[arg(long, value_name = "FILE")]
    pub(crate) gpc_file: Option<PathBuf>,
    /// How to write what was found.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: Format,
    /// The least severity of a finding for exit status 1.
    #[arg(long, value_enum, default_value = "error")]
    pub(crate) fail_on: FailOn,
    /// The day that the policy is judged by: seconds since 1970, or RFC 3339.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) now: Option<UnixSeconds>,
}

/// Says what well-known cookies are likely to be: whose, what for, for how long.
///
/// Without a name it lists all that it knows. What it says is a hint for whoever writes a policy,
/// and no ground for anything.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cookie-audit catalogue _ga __adroll_fpc
  cookie-audit catalogue fr --domain www.facebook.com --format json
  cookie-audit catalogue tk_ai --import open-cookie-database.csv

Exit status: 0 every name is known, 1 one is not, 2 wrong usage or a file that cannot be read.")]
pub(crate) struct Catalogue {
    /// Names of cookies.
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// The domain of the cookies; some names mean something on one alone.
    #[arg(long, value_name = "HOST", default_value = "", hide_default_value = true)]
    pub(crate) domain: String,
    /// An Open Cookie Database of yours: CSV, or JSON if the name ends in .json.
    #[arg(long, value_name = "FILE")]
    pub(crate) import: Vec<PathBuf>,
    /// How to write it.
    #[arg(long, value_enum, default_value = "text")]
    pub(crate) format: CatalogueFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CatalogueFormat {
    /// For people.
    Text,
    /// A line of JSON to each.
    Json,
}

/// Reads Set-Cookie header fields, one to a line of standard input.
///
/// Prints one JSON object to a line: the cookie that a user agent stores, or null, and what is
/// wrong with the field. Each line is taken by itself.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  echo 'id=7; SameSite=None' | cookie-audit set-cookie --url https://clinic.example/
  curl -sI https://clinic.example/ | grep -i ^set-cookie: |
    cookie-audit set-cookie --url https://clinic.example/ --response --fail-on warning")]
pub(crate) struct SetCookie {
    /// The URL that the response is from.
    #[arg(long, value_parser = RequestUrl::parse)]
    pub(crate) url: RequestUrl,
    /// When it is received: seconds since 1970, or RFC 3339 as in 2026-03-01T12:00:00Z.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) now: Option<UnixSeconds>,
    /// Takes all lines for one response, whose fields also have to agree with each other.
    #[arg(long)]
    pub(crate) response: bool,
    /// The least severity of a finding for exit status 1.
    #[arg(long, value_enum, default_value = "never")]
    pub(crate) fail_on: FailOn,
}

/// Receives Set-Cookie header fields, one to a line of standard input, and prints the value of the
/// Cookie header field that goes with a later request.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  printf 'a=1; Path=/\\nb=2; Path=/staff\\n' |
    cookie-audit jar --set-url https://clinic.example/ --get-url https://clinic.example/staff/")]
pub(crate) struct Jar {
    /// The URL that the response is from.
    #[arg(long, value_parser = RequestUrl::parse)]
    pub(crate) set_url: RequestUrl,
    /// The URL of the request.
    #[arg(long, value_parser = RequestUrl::parse)]
    pub(crate) get_url: RequestUrl,
    /// When both happen: seconds since 1970, or RFC 3339 as in 2026-03-01T12:00:00Z.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) now: Option<UnixSeconds>,
}

/// Reads a consent string and prints it as JSON: TC (TCF 2), GPP, US Privacy or Additional Consent.
///
/// Whether a TC string is valid is another question than whether it can be read: see `faults`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cookie-audit decode COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA
  cookie-audit decode 'DBABLA~BVQqAAAAAgA.QA'
  cookie-audit decode '2~1.35.41~dv.9.21'")]
pub(crate) struct Decode {
    /// The string.
    pub(crate) string: String,
    /// When it is relied on: seconds since 1970, or RFC 3339 as in 2026-03-01T12:00:00Z.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) now: Option<UnixSeconds>,
}

/// Explains a finding, or lists them all.
#[derive(Debug, clap::Args)]
pub(crate) struct Explain {
    /// A code such as SC09 or CL05.
    #[arg(value_parser = code)]
    pub(crate) code: Option<Code>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

impl FailOn {
    /// Whether a finding of this severity is one too many.
    pub(crate) fn concerns(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity >= Severity::Error,
            Self::Warning => severity >= Severity::Warning,
            Self::Note => severity >= Severity::Note,
            Self::Never => false,
        }
    }
}

/// Reads the command line, or prints help or what is wrong with it.
pub(crate) fn parse() -> Result<Args, ExitCode> {
    Args::try_parse().map_err(|error| {
        // Printing fails only where nobody reads it.
        drop(error.print());
        let is_asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        if is_asked { ExitCode::SUCCESS } else { ExitCode::from(BAD_USAGE) }
    })
}

fn code(text: &str) -> Result<Code, &'static str> {
    Code::parse(text).ok_or("it must be a code such as SC09; `cookie-audit explain` lists all")
}
