//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};
use jiff::Timestamp;
use upheld_consent::{Clarification, Date, Division, RecordId, Regime, RequestKind};
use upheld_ledger::UnixMillis;

use crate::{BAD_INPUT, output};

const EXAMPLES: &str = "\
Exit status: 0 done or intact, 1 tampered, not proven or not as specified, 2 bad input.

Examples:
  dsr deadline --received 2026-01-31
  dsr deadline --received 2026-02-13 --clarification 2026-02-20..2026-02-27 --explain
  dsr complaint --received 2026-07-01
  dsr table
  dsr opendsr check request.json
  dsr receipt record.json --format kantara
  dsr ledger verify consent.ledger --checkpoint kept.checkpoint

This is not legal advice.";

/// Requests about personal data: statutory deadlines, what may be done when, messages, receipts, a
/// ledger.
#[derive(Debug, Parser)]
#[command(name = "dsr", version, after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Deadline(Deadline),
    Complaint(Complaint),
    Table(Table),
    #[command(subcommand, about = "Looks at messages of the OpenDSR protocol")]
    Opendsr(OpenDsr),
    Receipt(Receipt),
    /// Appends to a ledger, verifies it, proves an entry, checks a proof.
    #[command(subcommand)]
    Ledger(Ledger),
}

/// Computes when a request must be answered.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
#[command(after_help = "\
Examples:
  dsr deadline --received 2026-01-31
  dsr deadline --received 2026-12-02 --calendar scotland --json
  dsr deadline --received 2026-06-01 --identity-received 2026-06-09 --fee-paid 2026-06-15
  dsr deadline --received 2026-02-13 --clarification 2026-02-20..2026-02-27 --explain
  dsr deadline --received 2026-11-30 --extended=2026-12-20 --ics > request.ics
  dsr deadline --received 2026-01-05 --regime ccpa --kind erasure")]
pub(crate) struct Deadline {
    /// The day on which the request was received, in whatever way it came.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) received: Date,
    /// The law: uk, eu, ccpa or hipaa.
    #[arg(long, value_parser = regime, default_value = "uk")]
    pub(crate) regime: Regime,
    /// What is asked for: access, portability, rectification, erasure, restriction, objection,
    /// decision-review or consent-withdrawal.
    #[arg(long, value_parser = kind, default_value = "access")]
    pub(crate) kind: RequestKind,
    /// Proof of identity was asked for and has not come.
    #[arg(long, conflicts_with = "identity_received")]
    pub(crate) identity_asked: bool,
    /// The day on which proof of identity came that had been asked for.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) identity_received: Option<Date>,
    /// Proof of authority to act was asked for and has not come.
    #[arg(long, conflicts_with = "authority_received")]
    pub(crate) authority_asked: bool,
    /// The day on which proof of authority came that had been asked for.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) authority_received: Option<Date>,
    /// A fee was charged and has not been paid.
    #[arg(long, conflicts_with = "fee_paid")]
    pub(crate) fee_charged: bool,
    /// The day on which the fee was paid.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) fee_paid: Option<Date>,
    /// The days on which clarification was asked for and came; `ASKED..` if it has not come. May
    /// be given several times.
    #[arg(long, value_name = "ASKED..ANSWERED", value_parser = clarification)]
    pub(crate) clarification: Vec<Clarification>,
    /// The time was extended; with a day, the notice was given then, which is checked.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, num_args = 0..=1, require_equals = true)]
    #[expect(clippy::option_option, reason = "absent, bare, or with a day")]
    pub(crate) extended: Option<Option<Date>>,
    #[command(flatten)]
    pub(crate) days: Days,
    /// Prints JSON.
    #[arg(long, conflicts_with_all = ["explain", "ics"])]
    pub(crate) json: bool,
    /// Prints each step with the provision that it follows.
    #[arg(long, conflicts_with = "ics")]
    pub(crate) explain: bool,
    /// Prints an iCalendar file.
    #[arg(long)]
    pub(crate) ics: bool,
}

/// Computes when receipt of a complaint must be acknowledged (DPA 2018, section 164A).
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr complaint --received 2026-07-01
  dsr complaint --received 2026-11-25 --calendar northern-ireland --json")]
pub(crate) struct Complaint {
    /// The day on which the complaint was received.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    pub(crate) received: Date,
    #[command(flatten)]
    pub(crate) days: Days,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Prints what may be done with requests and complaints, and where it leads.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr table
  dsr table --all | grep '^request *collecting'
  dsr table --mermaid > requests.mmd")]
pub(crate) struct Table {
    /// Prints every command in every state, with `-` for those that are refused.
    #[arg(long, conflicts_with = "mermaid")]
    pub(crate) all: bool,
    /// Prints the states of a request as a Mermaid diagram.
    #[arg(long)]
    pub(crate) mermaid: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum OpenDsr {
    Check(OpenDsrCheck),
}

/// Checks a message: a request, a status or callback, a cancellation, or a discovery document.
///
/// Exit status 0 is as the specification has it, 1 readable and not so, 2 unreadable. Nothing
/// personal is printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr opendsr check request.json
  dsr opendsr check callback.json --json")]
pub(crate) struct OpenDsrCheck {
    /// The message: the body, as it came.
    pub(crate) file: PathBuf,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Writes a receipt for a person: what they consented to, as others read it.
///
/// The file is a consent record: its events, the notices that they refer to, and whose it is. It is
/// checked first: what cannot have happened, and a notice with other words than were shown, is bad
/// input.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr receipt record.json
  dsr receipt record.json --format dpv > receipt.jsonld
  dsr receipt record.json --format iso27560 --at 2026-07-01T00:00:00Z")]
pub(crate) struct Receipt {
    /// The consent record.
    pub(crate) file: PathBuf,
    /// The form: kantara (Consent Receipt 1.1.0), iso27560 (ISO/IEC TS 27560:2023 as JSON) or dpv
    /// (Data Privacy Vocabulary 2.3 as JSON-LD).
    #[arg(long, value_parser = ["kantara", "iso27560", "dpv"], default_value = "kantara")]
    pub(crate) format: String,
    /// As of when, RFC 3339; now if it is not given.
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    pub(crate) at: Option<UnixMillis>,
    /// The name of the receipt; a random one if it is not given.
    #[arg(long, value_name = "UUID", value_parser = record_id)]
    pub(crate) id: Option<RecordId>,
}

/// Which days are working days.
#[derive(Debug, clap::Args)]
pub(crate) struct Days {
    /// Where the controller is established: england-and-wales, scotland or northern-ireland.
    /// england-and-wales under UK law if it is not given; elsewhere weekends alone are days off.
    #[arg(long, value_parser = division)]
    pub(crate) calendar: Option<Division>,
    /// A newer file of bank holidays, from <https://www.gov.uk/bank-holidays.json>.
    #[arg(long, value_name = "FILE")]
    pub(crate) bank_holidays: Option<PathBuf>,
    /// Goes on by rule where bank holidays have not been published yet.
    #[arg(long)]
    pub(crate) project: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    Append(Append),
    Verify(Verify),
    Prove(Prove),
    Check(Check),
}

/// Appends an entry to a ledger, which is made if there is none.
///
/// The file is verified first and locked meanwhile. The entry is on the disk when this ends.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr ledger append consent.ledger --actor web-form --kind consent.given
  dsr ledger append consent.ledger --actor dpo --kind request.closed --facts '{\"request\":7}'")]
pub(crate) struct Append {
    /// The ledger.
    pub(crate) file: PathBuf,
    /// Who did it. No personal data: an entry stays for good.
    #[arg(long)]
    pub(crate) actor: String,
    /// What was done.
    #[arg(long)]
    pub(crate) kind: String,
    /// Facts that need never be erased: a JSON object.
    #[arg(long, value_name = "JSON")]
    pub(crate) facts: Option<String>,
    /// When it happened, RFC 3339; now if it is not given.
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    pub(crate) at: Option<UnixMillis>,
}

/// Verifies a ledger. Exit status 0 is intact, 1 tampered with, 2 unreadable.
///
/// Without a checkpoint, a ledger that was rewritten with all its hashes, or whose end was cut off,
/// looks intact: nothing inside it can show that.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr ledger verify consent.ledger
  dsr ledger verify consent.ledger --origin clinic.example/consent > kept.checkpoint
  dsr ledger verify consent.ledger --checkpoint kept.checkpoint")]
pub(crate) struct Verify {
    /// The ledger.
    pub(crate) file: PathBuf,
    /// A checkpoint that was kept out of reach. May be given several times.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// Prints a checkpoint to keep, under this name of the ledger.
    #[arg(long, value_name = "NAME", conflicts_with = "json")]
    pub(crate) origin: Option<String>,
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Proves to somebody who has a checkpoint that an entry is in the ledger. Prints JSON.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr ledger prove consent.ledger 41 > entry-41.json
  dsr ledger prove consent.ledger 41 --size 100 > entry-41.json")]
pub(crate) struct Prove {
    /// The ledger.
    pub(crate) file: PathBuf,
    /// The entry, counted from 0.
    pub(crate) index: u64,
    /// The number of entries of the checkpoint; all if it is not given.
    #[arg(long, value_name = "ENTRIES")]
    pub(crate) size: Option<u64>,
}

/// Checks a proof against a checkpoint. Exit status 0 is proven, 1 not proven, 2 bad input.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dsr ledger check entry-41.json --checkpoint kept.checkpoint")]
pub(crate) struct Check {
    /// The proof.
    pub(crate) file: PathBuf,
    /// The checkpoint that was kept.
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: PathBuf,
}

/// Reads the command line, or prints help or what is wrong with it.
pub(crate) fn parse() -> Result<Args, ExitCode> {
    Args::try_parse().map_err(|error| {
        if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            // Printing help fails only where nobody reads it.
            drop(error.print());
            return ExitCode::SUCCESS;
        }
        let message = error.to_string();
        output::complain(message.strip_prefix("error: ").unwrap_or(&message).trim_end());
        ExitCode::from(BAD_INPUT)
    })
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse(text).map_err(|error| error.to_string())
}

fn regime(text: &str) -> Result<Regime, &'static str> {
    let found = Regime::ALL.into_iter().find(|regime| regime.name() == text);
    found.ok_or("it must be uk, eu, ccpa or hipaa")
}

fn kind(text: &str) -> Result<RequestKind, &'static str> {
    let found = RequestKind::ALL.into_iter().find(|kind| kind.name() == text);
    found.ok_or(
        "it must be access, portability, rectification, erasure, restriction, objection, \
         decision-review or consent-withdrawal",
    )
}

fn division(text: &str) -> Result<Division, &'static str> {
    let found = Division::ALL.into_iter().find(|division| division.name() == text);
    found.ok_or("it must be england-and-wales, scotland or northern-ireland")
}

fn clarification(text: &str) -> Result<Clarification, String> {
    let (asked, answered) = text.split_once("..").ok_or("it must be ASKED..ANSWERED or ASKED..")?;
    let answered = if answered.is_empty() { None } else { Some(date(answered)?) };
    Ok(Clarification { asked: date(asked)?, answered })
}

fn record_id(text: &str) -> Result<RecordId, String> {
    RecordId::parse(text).map_err(|error| error.to_string())
}

fn moment(text: &str) -> Result<UnixMillis, &'static str> {
    let form = "it must be a date, time and offset such as 2026-03-01T12:00:00Z, from 1970 on";
    let moment: Timestamp = text.parse().map_err(|_| form)?;
    u64::try_from(moment.as_millisecond()).ok().and_then(UnixMillis::new).ok_or(form)
}
