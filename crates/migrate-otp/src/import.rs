//! Reading a file of any known format, recognised by its content.

use core::fmt;

use crate::google::{BatchFault, MigrationFault};
use crate::json::JsonFault;
use crate::pskc::{ContainerFault, XmlFault};
use crate::{Entry, EntryFault};
use crate::{aegis, andotp, freeotp_plus, google, json, pskc, two_fas, uri_list};

/// The largest file read, in bytes: 4 MiB.
pub const MAX_BYTES: usize = 4 << 20;

/// The most entries that one import or export may have.
pub const MAX_ENTRIES: usize = 10_000;

/// Every entry of a file. A file with one faulty entry yields an error and none of the others.
#[derive(Debug)]
#[non_exhaustive]
pub struct Import {
    /// What the file was recognised as.
    pub format: Format,
    /// The entries in the file's order.
    pub entries: Vec<Entry>,
}

/// A format that [`import`] recognises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// `otpauth-migration` URIs, one to a line.
    Google,
    /// `otpauth` URIs, one to a line.
    UriList,
    /// An Aegis vault.
    Aegis,
    /// A 2FAS backup.
    TwoFas,
    /// An andOTP backup.
    AndOtp,
    /// A `FreeOTP+` backup.
    FreeOtpPlus,
    /// A PSKC container.
    Pskc,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Google => "Google Authenticator export",
            Self::UriList => "list of otpauth URIs",
            Self::Aegis => "Aegis vault",
            Self::TwoFas => "2FAS backup",
            Self::AndOtp => "andOTP backup",
            Self::FreeOtpPlus => "FreeOTP+ backup",
            Self::Pskc => "PSKC container",
        })
    }
}

/// Reads every credential of a file, whichever of the known formats it has.
///
/// The format is told from the content, never from a name. Either all entries are returned or
/// none. Encrypted PSKC containers need [`pskc::import_encrypted`].
///
/// ```
/// use upheld_migrate_otp::{Credential, Format, import};
///
/// let backup = br#"[{"secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "type": "TOTP",
///     "issuer": "Northside Clinic", "label": "alice", "algorithm": "SHA1", "digits": 6,
///     "period": 30}]"#;
/// let import = import(backup)?;
/// assert_eq!(import.format, Format::AndOtp);
/// assert_eq!(import.entries[0].credential.label().account(), "alice");
/// # Ok::<(), upheld_migrate_otp::ImportError>(())
/// ```
///
/// # Errors
///
/// [`ImportError`]: what is wrong and where, and nothing of the file.
pub fn import(bytes: &[u8]) -> Result<Import, ImportError> {
    let text = text(bytes)?;
    let format = recognise(text)?;
    let entries = match format {
        Format::Google => {
            google::import(&uri_list::lines(text).map(|(_, uri)| uri).collect::<Vec<_>>())
        }
        Format::UriList => uri_list::import(bytes),
        Format::Aegis => aegis::import(bytes),
        Format::TwoFas => two_fas::import(bytes),
        Format::AndOtp => andotp::import(bytes),
        Format::FreeOtpPlus => freeotp_plus::import(bytes),
        Format::Pskc => pskc::import(bytes),
    }?;
    Ok(Import { format, entries })
}

fn recognise(text: &str) -> Result<Format, ImportError> {
    if text.starts_with('<') {
        return Ok(Format::Pskc);
    }
    if text.starts_with(['[', '{']) {
        return json::recognise(text);
    }
    let Some((_, first)) = uri_list::lines(text).next() else {
        return Err(ImportError::Unrecognised);
    };
    match first.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("otpauth") => Ok(Format::UriList),
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("otpauth-migration") => Ok(Format::Google),
        _ => Err(ImportError::Unrecognised),
    }
}

/// The file as text, without a byte order mark and without space around it.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, ImportError> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportError::TooLarge);
    }
    let text =
        str::from_utf8(bytes).map_err(|error| ImportError::NotText { at: error.valid_up_to() })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii())
}

/// Finishes every draft, or names the first that is at fault.
pub(crate) fn all<T>(
    drafts: Vec<T>,
    finish: impl Fn(T) -> Result<Entry, EntryFault>,
) -> Result<Vec<Entry>, ImportError> {
    if drafts.len() > MAX_ENTRIES {
        return Err(ImportError::TooManyEntries);
    }
    let finished = drafts.into_iter().enumerate();
    finished
        .map(|(index, draft)| finish(draft).map_err(|fault| ImportError::Entry { index, fault }))
        .collect()
}

/// Why a file was not imported. Carries positions, counts and limits, and nothing of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// More than [`MAX_BYTES`].
    #[error("the file is larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// More than [`MAX_ENTRIES`].
    #[error("the file has more than {MAX_ENTRIES} entries")]
    TooManyEntries,
    /// Not UTF-8, and so none of the known formats; encrypted backups usually look like this.
    #[error("byte {at} is not UTF-8 text; is the file encrypted?")]
    NotText {
        /// Where the text ends, in bytes.
        at: usize,
    },
    /// None of the known formats.
    #[error(
        "the format is not known; expected otpauth or otpauth-migration URIs, a PSKC container, \
         or a backup of Aegis, 2FAS, andOTP or FreeOTP+"
    )]
    Unrecognised,
    /// The app encrypted the file.
    #[error("the {format} is encrypted; export it again without a password")]
    Encrypted {
        /// The app's format.
        format: Format,
    },
    /// A version of the format that this crate does not know.
    #[error("the {format} has version {found}; versions up to {newest} are known")]
    Version {
        /// The app's format.
        format: Format,
        /// The version of the file.
        found: u64,
        /// The newest version known.
        newest: u64,
    },
    /// Not JSON, or not of the shape that the app writes.
    #[error(transparent)]
    Json(#[from] JsonFault),
    /// An entry that is not a credential.
    #[error("entry {index}, counted from 0: {fault}")]
    Entry {
        /// Its position in the file, from zero.
        index: usize,
        /// What is wrong with it.
        #[source]
        fault: EntryFault,
    },
    /// A line that is not an `otpauth` URI.
    #[error("line {line}: {fault}")]
    Line {
        /// Its number, from one.
        line: usize,
        /// What is wrong with it.
        #[source]
        fault: uri_list::LineFault,
    },
    /// A URI that is not a Google Authenticator export.
    #[error("part {part}, counted from 0: {fault}")]
    Migration {
        /// Which of the URIs, from zero.
        part: usize,
        /// What is wrong with it.
        #[source]
        fault: MigrationFault,
    },
    /// URIs that do not make up one Google Authenticator export.
    #[error(transparent)]
    Batch(#[from] BatchFault),
    /// Not XML, or not a PSKC container.
    #[error(transparent)]
    Xml(#[from] XmlFault),
    /// A PSKC container whose encryption is not that of RFC 6030 §6.1, or does not hold.
    #[error(transparent)]
    Container(#[from] ContainerFault),
}
