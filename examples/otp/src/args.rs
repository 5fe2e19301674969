//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand, ValueEnum};
use upheld_totp::{Algorithm, Digits, Period, UnixSeconds};

use crate::{BAD_INPUT, moment};

const EXAMPLES: &str = "\
Secrets need not stand in the process list: a URI or a secret is also read from standard input
(-), from a file (--uri-file, --secret-file) or from the environment (OTP_URI, OTP_SECRET).

Exit status: 0 done or accepted, 1 rejected, 2 bad input.

Examples:
  otp new --issuer \"Northside Clinic\" --account alice@example.com
  otp code --uri-file alice.uri
  pass show clinic | otp code -
  otp verify --uri-file alice.uri 287082
  otp import aegis-export.json
  otp export --to google --qr ansi aegis-export.json";

/// Makes, shows, verifies, converts and resynchronises one-time-password credentials.
#[derive(Debug, Parser)]
#[command(name = "otp", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New(New),
    Code(Code),
    Verify(Verify),
    Parse(Parse),
    Import(Import),
    Export(Export),
    Resync(Resync),
}

/// Makes a new credential and shows it once, as a QR code or a URI.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  otp new --issuer Clinic --account alice                        QR code on the terminal
  otp new --issuer Clinic --account alice --out alice.uri        and the URI in a file
  otp new --issuer Clinic --account alice --qr png --out qr.png
  otp new --issuer Clinic --account token-7 --counter 0 --qr none")]
pub(crate) struct New {
    /// Who issues the credential.
    #[arg(long)]
    pub(crate) issuer: String,
    /// The account it signs in to.
    #[arg(long)]
    pub(crate) account: String,
    /// The hash; several apps compute SHA1 whatever the QR code says.
    #[arg(long, value_name = "SHA1|SHA256|SHA512", value_parser = algorithm, default_value = "SHA1")]
    pub(crate) algorithm: Algorithm,
    /// The length of a code: 6, 7 or 8.
    #[arg(long, value_parser = digits, default_value = "6")]
    pub(crate) digits: Digits,
    /// How long a code is shown, in seconds; 30 if neither this nor --counter is given.
    #[arg(long, value_name = "SECONDS", value_parser = period, conflicts_with = "counter")]
    pub(crate) period: Option<Period>,
    /// Makes the credential counter-based, starting there.
    #[arg(long, value_name = "N")]
    pub(crate) counter: Option<u64>,
    /// The QR code to draw: ansi, for the terminal, unless it or --json is given. With none the URI
    /// itself is written.
    #[arg(long, value_enum)]
    pub(crate) qr: Option<Qr>,
    /// Where the image goes (svg, png) or the URI (ansi, none). A file that exists is left alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) show: Show,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Qr {
    Ansi,
    Svg,
    Png,
    None,
}

/// Shows the current code, or the one of another moment or counter.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  otp code 'otpauth://totp/alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  OTP_SECRET=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ otp code --digits 8 --at 59
  otp code --uri-file alice.uri --at 2026-03-01T12:00:00Z --json
  otp code --secret-file token.base32 --counter 7
  otp code --uri-file alice.uri --watch")]
pub(crate) struct Code {
    /// An otpauth URI, or - for standard input.
    #[arg(conflicts_with_all = ["uri_file", "secret", "secret_file"])]
    pub(crate) uri: Option<String>,
    #[command(flatten)]
    pub(crate) file: UriFile,
    /// A secret in base32, or - for standard input.
    #[arg(long, value_name = "BASE32", conflicts_with_all = ["uri_file", "secret_file"])]
    pub(crate) secret: Option<String>,
    /// A file with a secret in base32.
    #[arg(long, value_name = "FILE", conflicts_with = "uri_file")]
    pub(crate) secret_file: Option<PathBuf>,
    /// The hash, beside a secret; SHA1 if it is not given.
    #[arg(long, value_name = "SHA1|SHA256|SHA512", value_parser = algorithm)]
    pub(crate) algorithm: Option<Algorithm>,
    /// The length of a code, beside a secret; 6 if it is not given.
    #[arg(long, value_parser = digits)]
    pub(crate) digits: Option<Digits>,
    /// How long a code is shown, beside a secret; 30 seconds if it is not given.
    #[arg(long, value_name = "SECONDS", value_parser = period, conflicts_with = "counter")]
    pub(crate) period: Option<Period>,
    /// The moment: seconds since 1970, or RFC 3339 as in 2026-03-01T12:00:00Z.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse, conflicts_with = "counter")]
    pub(crate) at: Option<UnixSeconds>,
    /// The counter: of a counter-based URI another than its own, or of a secret.
    #[arg(long, value_name = "N")]
    pub(crate) counter: Option<u64>,
    /// Prints every new code until it is interrupted.
    #[arg(long, conflicts_with_all = ["at", "counter"])]
    pub(crate) watch: bool,
    #[command(flatten)]
    pub(crate) show: Show,
}

/// Checks a code. Exit status 0 is accepted, 1 rejected, 2 bad input.
///
/// Remembers nothing: the same code is accepted again. Whoever signs people in stores the step or
/// counter that is printed, and accepts none at or before it.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "otp verify [OPTIONS] [URI] CODE",
    after_help = "\
Examples:
  otp verify --uri-file alice.uri 287082
  OTP_URI=otpauth://totp/… otp verify 287082 --at 59 --window 2,0
  otp verify --uri-file token.uri 755224 --window 0,20      counter-based: 20 codes ahead"
)]
pub(crate) struct Verify {
    /// An otpauth URI (or - for standard input) unless it comes from elsewhere, then the code.
    #[arg(value_name = "[URI] CODE", required = true, num_args = 1..=2)]
    pub(crate) uri_and_code: Vec<String>,
    #[command(flatten)]
    pub(crate) file: UriFile,
    /// The moment: seconds since 1970, or RFC 3339 as in 2026-03-01T12:00:00Z.
    #[arg(long, value_name = "UNIX|RFC3339", value_parser = moment::parse)]
    pub(crate) at: Option<UnixSeconds>,
    /// How many codes before and after the expected one count too: 1,1 for time-based URIs (at
    /// most 10,10), 0,10 for counter-based ones (at most 0,255).
    #[arg(long, value_name = "BEFORE,AFTER", value_parser = window)]
    pub(crate) window: Option<(u8, u8)>,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Explains an otpauth URI, and what had to be repaired to read it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  otp parse 'otpauth://totp/Clinic:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  otp parse --uri-file alice.uri --json --show-secret")]
pub(crate) struct Parse {
    /// An otpauth URI, or - for standard input.
    #[arg(conflicts_with = "uri_file")]
    pub(crate) uri: Option<String>,
    #[command(flatten)]
    pub(crate) file: UriFile,
    #[command(flatten)]
    pub(crate) show: Show,
}

/// `otp import`
#[derive(Debug, clap::Args)]
#[command(
    about = "Reads exports: Google Authenticator, Aegis, 2FAS, andOTP, FreeOTP+, PSKC, lists of URIs",
    long_about = "Reads exports: Google Authenticator, Aegis, 2FAS, andOTP, FreeOTP+, PSKC, lists \
                  of URIs\n\nThe format is told from the content. Every entry of every file is \
                  read, or none is. The parts of a Google Authenticator export are put together, \
                  in whichever files they are."
)]
#[command(after_help = "\
Examples:
  otp import aegis-export.json
  otp import part1.txt part2.txt --json
  zbarimg --raw -q export.png | otp import - --show-secret
  otp import tokens.pskcxml --key-file psk.hex")]
pub(crate) struct Import {
    /// Files, otpauth or otpauth-migration URIs, or - for standard input.
    #[arg(required = true, value_name = "FILE|URI")]
    pub(crate) sources: Vec<String>,
    #[command(flatten)]
    pub(crate) key: KeyFile,
    #[command(flatten)]
    pub(crate) show: Show,
}

/// Writes credentials for another program. The output holds their secrets.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  otp export --to google --qr ansi aegis-export.json
  otp export --to aegis --out vault.json part1.txt part2.txt
  otp export --to pskc --encrypt-with psk.hex --key-name ward-7 --out tokens.pskcxml uris.txt")]
pub(crate) struct Export {
    /// The program that is to read it.
    #[arg(long, value_enum)]
    pub(crate) to: Target,
    /// Files, otpauth or otpauth-migration URIs, or - for standard input.
    #[arg(required = true, value_name = "FILE|URI")]
    pub(crate) sources: Vec<String>,
    /// Where the output goes instead of standard output. A file that exists is left alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Draws the parts of a Google Authenticator export on the terminal.
    #[arg(long, value_enum, default_value = "none")]
    pub(crate) qr: ExportQr,
    /// A file with the pre-shared key with which to encrypt a PSKC container.
    #[arg(long, value_name = "FILE")]
    pub(crate) encrypt_with: Option<PathBuf>,
    /// The name by which the recipient of the container knows that key.
    #[arg(long, requires = "encrypt_with", default_value = "Pre-shared-key")]
    pub(crate) key_name: String,
    #[command(flatten)]
    pub(crate) key: KeyFile,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Target {
    Google,
    Aegis,
    Pskc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportQr {
    Ansi,
    None,
}

/// Finds where a counter-based token stands from codes it shows one after another.
///
/// Searches 1000 counters from the URI's own on. Exit status 0 is found, 1 not found.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "otp resync [OPTIONS] [URI] CODE CODE...",
    after_help = "\
Examples:
  otp resync --uri-file token.uri 254676 287922
  OTP_URI=otpauth://hotp/… otp resync 254676 287922 162583 --json"
)]
pub(crate) struct Resync {
    /// An otpauth URI (or - for standard input) unless it comes from elsewhere, then two codes or
    /// more, in the order in which the token shows them.
    #[arg(value_name = "[URI] CODE CODE", required = true, num_args = 2..)]
    pub(crate) uri_and_codes: Vec<String>,
    #[command(flatten)]
    pub(crate) file: UriFile,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct UriFile {
    /// A file with an otpauth URI.
    #[arg(long, value_name = "FILE")]
    pub(crate) uri_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct KeyFile {
    /// A file with the pre-shared key of the PSKC containers to read, 32 hexadecimal digits.
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// Prints JSON, with the names of the URI's parameters.
    #[arg(long)]
    pub(crate) json: bool,
    /// Prints secrets, too.
    #[arg(long)]
    pub(crate) show_secret: bool,
}

/// Reads the command line, or prints help or what is wrong with it.
pub(crate) fn parse() -> Result<Args, ExitCode> {
    Args::try_parse().map_err(|error| {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            // Printing help fails only where nobody reads it.
            drop(error.print());
            return ExitCode::SUCCESS;
        }
        crate::output::complain(&without_values(&error.to_string()));
        ExitCode::from(BAD_INPUT)
    })
}

/// Takes the arguments' values out of a message: one of them may be a secret in the wrong place.
fn without_values(message: &str) -> String {
    let mut message = message.strip_prefix("error: ").unwrap_or(message).trim_end().to_owned();
    let mut values: Vec<String> = Vec::new();
    for argument in std::env::args_os().skip(1) {
        let argument = argument.to_string_lossy().into_owned();
        let value = argument.split_once('=').map(|(_, value)| value.to_owned());
        values.extend(value);
        values.push(argument);
    }
    // The longest first, so that no part of one is left where another was taken out.
    values.sort_by_key(|value| core::cmp::Reverse(value.len()));
    for value in values.iter().filter(|value| !value.is_empty() && !is_word(value)) {
        for quoted in [format!("'{value}'"), format!("'-- {value}'")] {
            message = message.replace(&quoted, "'…'");
        }
    }
    message
}

/// Whether an argument is a command or an option, or a slip in writing one, and no secret.
fn is_word(argument: &str) -> bool {
    let word = argument.strip_prefix("--").unwrap_or(argument);
    word.len() <= 12 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-')
}

fn algorithm(text: &str) -> Result<Algorithm, &'static str> {
    let all = [Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512];
    let found = all.into_iter().find(|algorithm| algorithm.name().eq_ignore_ascii_case(text));
    found.ok_or("it must be SHA1, SHA256 or SHA512")
}

fn digits(text: &str) -> Result<Digits, &'static str> {
    let digits = text.parse::<u8>().ok().and_then(|count| Digits::try_from(count).ok());
    digits.ok_or("it must be 6, 7 or 8")
}

fn period(text: &str) -> Result<Period, &'static str> {
    let period = text.parse().ok().and_then(Period::from_seconds);
    period.ok_or("it must be a number of seconds from 1 to 4294967295")
}

fn window(text: &str) -> Result<(u8, u8), &'static str> {
    let sides = text.split_once(',');
    let sides = sides.and_then(|(behind, ahead)| Some((behind.parse().ok()?, ahead.parse().ok()?)));
    sides.ok_or("it must be two numbers such as 1,1")
}
