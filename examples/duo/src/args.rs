//! The command line.

use std::convert::Infallible;
use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ErrorKind};
use clap::{Parser, Subcommand, ValueEnum};
use upheld_duo::{SecretText, UnixSeconds};

use crate::{BAD_INPUT, moment};

const EXAMPLES: &str = "\
Settings come from options or from the environment: DUO_HOST, DUO_IKEY, DUO_SKEY or DUO_SKEY_FILE,
DUO_CA, DUO_FAIL_MODE, DUO_PASSCODE. They belong to one application at Duo: `universal` needs the
client ID and secret of a Web SDK application, `admin` an Admin API one, all else an Auth API one.

Exit status: 0 allowed, or done where nobody is to be let in; 1 denied; 2 usage; 3 Duo could not
be asked or turned the call down; 4 failed open; 5 not decided yet. Of a command that is about a
person, 0 always means: let them in.

Examples:
  duo check
  duo push alice --info action=payroll
  duo passcode alice            asks for the passcode
  duo universal login alice
  duo admin logs --result denied --json";

/// Duo: asks people for a second factor, by push, call, passcode or in the browser, and shows
/// users, devices and logs.
#[derive(Debug, Parser)]
#[command(name = "duo", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) settings: Settings,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Settings")]
pub(crate) struct Settings {
    /// The API host: api-XXXXXXXX.duosecurity.com.
    #[arg(long, global = true)]
    pub(crate) host: Option<String>,
    /// The integration key, or client ID.
    #[arg(long, global = true, value_name = "KEY")]
    pub(crate) ikey: Option<String>,
    /// The secret key, or - for standard input. As an option it stands in the process list.
    #[arg(long, global = true, value_name = "KEY", value_parser = secret, conflicts_with = "skey_file")]
    pub(crate) skey: Option<SecretText>,
    /// A file with the secret key.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) skey_file: Option<PathBuf>,
    /// Believes the certificates of this authority alone (PEM); else those the system believes.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca: Option<PathBuf>,
    /// Believes those authorities alone that Duo's own clients carry.
    #[arg(long, global = true, conflicts_with = "ca")]
    pub(crate) duo_roots: bool,
    /// Takes a proxy from the environment.
    #[arg(long, global = true)]
    pub(crate) env_proxy: bool,
    /// How calls are signed: older servers know v2 alone.
    #[arg(long, global = true, value_enum, default_value = "v5")]
    pub(crate) signature: Version,
    /// How often a call is tried at most. What asks a person is never repeated after an unclear
    /// failure.
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u8).range(1..))]
    pub(crate) attempts: Option<u8>,
    /// How long all of it may take, in seconds.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) timeout: Option<u32>,
    /// Whether people are let in while Duo is out of reach; closed unless said.
    #[arg(long, global = true, value_enum)]
    pub(crate) fail_mode: Option<OnOutage>,
    /// Prints JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Version {
    /// HMAC-SHA-1 over a form.
    V2Sha1,
    /// HMAC-SHA-512 over a form.
    V2,
    /// JSON, and its hash signed.
    V4,
    /// And the X-Duo- headers signed.
    V5,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnOutage {
    Closed,
    Open,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Asks whether Duo is there, and what time it is; nothing is signed.
    Ping,
    /// Asks whether the host, the keys and the clock are right.
    Check,
    /// Asks whether a person may go on, and with which devices; asks nothing of them.
    ///
    /// Exit status 0 is let in without a second factor, 1 not to be let in, 5 to be asked for one.
    Preauth(Person),
    /// Asks a person by a push to Duo Mobile, and waits for the answer.
    #[command(after_help = "\
Examples:
  duo push alice
  duo push alice --kind Transfer --info amount=100 --info to=Bob
  duo push alice --no-wait          prints a txid for `duo status`")]
    Push(Push),
    /// Calls a person, who presses a key.
    Phone(Ask),
    /// Sends a text message with passcodes; then `duo passcode`. Exit status 5 when it is sent.
    Sms(On),
    /// Checks a passcode: of Duo Mobile, a text message, a hardware token, or a bypass code.
    #[command(after_help = "\
Examples:
  duo passcode alice                   asks for it on the terminal
  duo passcode alice 755224            in the process list: it is good once
  pass show alice | duo passcode alice -")]
    Passcode(PasscodeOf),
    /// Waits for the end of an authentication that `--no-wait` started.
    Status(StatusOf),
    /// The Universal Prompt: any factor, security keys too, in the browser.
    #[command(subcommand)]
    Universal(Universal),
    /// Users, devices, bypass codes and the authentication log.
    #[command(subcommand)]
    Admin(Admin),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Person {
    /// The user name or alias.
    pub(crate) user: String,
    /// Where the person is: shown with a push, and looked at by policies.
    #[arg(long, value_name = "IP")]
    pub(crate) address: Option<IpAddr>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct On {
    #[command(flatten)]
    pub(crate) person: Person,
    /// On which device, as `duo preauth` calls it; auto is the first that can.
    #[arg(long, value_name = "ID")]
    pub(crate) device: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Ask {
    #[command(flatten)]
    pub(crate) on: On,
    /// Prints the txid and does not wait; exit status 5.
    #[arg(long)]
    pub(crate) no_wait: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Push {
    #[command(flatten)]
    pub(crate) ask: Ask,
    /// What is requested, if not a login.
    #[arg(long, value_name = "TEXT")]
    pub(crate) kind: Option<String>,
    /// The name that is shown instead of the user's.
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// A line that is shown; may be given several times.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) info: Vec<(String, String)>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PasscodeOf {
    #[command(flatten)]
    pub(crate) person: Person,
    /// The passcode, or - for standard input; asked for on the terminal if it is not given.
    #[arg(value_parser = secret)]
    pub(crate) code: Option<SecretText>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct StatusOf {
    /// What `--no-wait` printed.
    pub(crate) txid: String,
    /// Asks once, and does not wait for the end.
    #[arg(long)]
    pub(crate) once: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Universal {
    /// Asks whether the prompt is there, and whether the client ID and secret are right.
    Check,
    /// Sends a person to the prompt, and waits for them to come back.
    ///
    /// Asks first whether the prompt is there; if not, the fail mode decides. Then prints an address
    /// to open in a browser, and waits on this machine until it comes back, or for its address to be
    /// pasted. The token is believed only if it is about this person and this login.
    #[command(after_help = "\
Examples:
  duo universal login alice
  duo universal login alice --ask-again --listen 127.0.0.1:8080
  duo universal login alice --redirect-uri https://clinic.example/callback    paste what comes back")]
    Login(LoginOf),
}

#[derive(Debug, clap::Args)]
pub(crate) struct LoginOf {
    /// The user name.
    pub(crate) user: String,
    /// Where to wait for the browser, on this machine; port 0 is any.
    #[arg(long, value_name = "ADDRESS", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))]
    pub(crate) listen: SocketAddr,
    /// Waits nowhere: the browser goes to this address, and you paste where it came to.
    #[arg(long, value_name = "URI", conflicts_with = "listen")]
    pub(crate) redirect_uri: Option<String>,
    /// The name that the prompt shows instead of the user's.
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// Lets an earlier authentication count only if it is at most so old; 0 asks again.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) max_age: Option<u32>,
    /// Asks even a person whose device is remembered.
    #[arg(long)]
    pub(crate) ask_again: bool,
    /// Takes upper and lower case of user names for the same.
    #[arg(long)]
    pub(crate) ignore_case: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Admin {
    /// Lists users.
    Users(UsersOf),
    /// Lists phones.
    Phones(Of),
    /// Lists hardware tokens.
    Tokens(Of),
    /// Lists security keys, platform authenticators and older U2F tokens.
    SecurityKeys(Of),
    /// Lists, makes and deletes bypass codes.
    Bypass(BypassOf),
    /// Shows who showed which factor when.
    #[command(after_help = "\
Examples:
  duo admin logs
  duo admin logs --since 2026-03-01T00:00:00Z --result denied --result fraud")]
    Logs(LogsOf),
}

#[derive(Debug, clap::Args)]
pub(crate) struct UsersOf {
    /// Only the user of this name or alias.
    #[arg(long)]
    pub(crate) name: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Of {
    /// Only those of this user.
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct BypassOf {
    #[command(flatten)]
    pub(crate) of: Of,
    #[command(subcommand)]
    pub(crate) command: Option<Bypass>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Bypass {
    /// Makes codes and shows them once. The user's other codes end, unless --keep is given.
    New(NewBypass),
    /// Deletes a code.
    Delete {
        /// What the list calls it.
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewBypass {
    /// The user name or alias.
    pub(crate) user: String,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
    pub(crate) count: u8,
    /// How often each can be used; 0 is without end.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) reuse: u32,
    /// After how many seconds they end; else never.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) valid: Option<u32>,
    /// Leaves the user's other codes as they are.
    #[arg(long)]
    pub(crate) keep: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LogsOf {
    /// From when on; a day before the end unless said. Duo keeps 180 days.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) since: Option<UnixSeconds>,
    /// Until when; now unless said.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) until: Option<UnixSeconds>,
    /// Only what ended so: success, denied, fraud. May be given several times.
    #[arg(long)]
    pub(crate) result: Vec<String>,
    #[arg(
        long,
        help = "Only where this was shown: duo_push, phone_call, … May be given several times"
    )]
    pub(crate) factor: Vec<String>,
}

/// Reads the command line, or prints help or what is wrong with it.
pub(crate) fn parse() -> Result<Args, ExitCode> {
    Args::try_parse().map_err(|error| {
        let is_asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
        if is_asked {
            // Printing help fails only where nobody reads it.
            drop(error.print());
            return ExitCode::SUCCESS;
        }
        crate::output::say(&without_values(&error));
        ExitCode::from(BAD_INPUT)
    })
}

/// What is wrong, without what was typed: that may be a secret in the wrong place.
fn without_values(error: &clap::Error) -> String {
    let kind = error.kind();
    if kind == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return error.to_string().trim_end().to_owned();
    }
    let what = kind.as_str().unwrap_or("not a command line of this program");
    // In these the argument is what was typed, in all others it is one of ours.
    let typed = matches!(kind, ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand);
    let known = |context| error.get(context).map(ToString::to_string);
    let parts = [
        Some(what.to_owned()),
        known(ContextKind::InvalidArg).filter(|_| !typed),
        known(ContextKind::ValidValue),
        error.source().map(ToString::to_string),
    ];
    let message = parts.into_iter().flatten().collect::<Vec<_>>().join(": ");
    match known(ContextKind::Usage) {
        Some(usage) => [message, usage].join("\n\n"),
        None => message,
    }
}

#[expect(clippy::unnecessary_wraps, reason = "clap takes functions that can fail")]
fn secret(text: &str) -> Result<SecretText, Infallible> {
    Ok(SecretText::new(text))
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (name, value) = text.split_once('=').ok_or("it must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
