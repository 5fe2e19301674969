//! Text files with one `otpauth` URI to a line: read.
//!
//! Empty lines and lines that start with `#` are skipped. Every URI is read by
//! [`KeyUri::parse_lenient`]; what had to be repaired stands in the entry's repairs. The type
//! `steam`, which Aegis, andOTP and 2FAS write, makes a [`SteamAccount`].

use upheld_totp::{Algorithm, Digits, Factor, KeyUri, Period, UriFault};
use zeroize::Zeroizing;

use crate::import::{MAX_ENTRIES, text};
use crate::steam::SteamAccount;
use crate::{Entry, ImportError, Repair};

/// Reads every URI of a file.
///
/// # Errors
///
/// [`ImportError::Line`] for the first line that is not a URI with one sensible reading.
pub fn import(bytes: &[u8]) -> Result<Vec<Entry>, ImportError> {
    let text = text(bytes)?;
    if lines(text).nth(MAX_ENTRIES).is_some() {
        return Err(ImportError::TooManyEntries);
    }
    lines(text)
        .map(|(line, uri)| entry(uri).map_err(|fault| ImportError::Line { line, fault }))
        .collect()
}

/// Why a line is not a credential. Carries nothing of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LineFault {
    /// Not an `otpauth` URI with one sensible reading.
    #[error(transparent)]
    Uri(#[from] UriFault),
    /// A Steam Guard URI with other parameters than Steam's.
    #[error("a Steam Guard URI has SHA1, five digits and 30 seconds")]
    Steam,
}

/// The lines that bear something, with their numbers from one.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = (1_usize..).zip(text.lines().map(str::trim_ascii));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn entry(uri: &str) -> Result<Entry, LineFault> {
    const STEAM: &str = "otpauth://steam/";
    if let Some((start, rest)) = uri.split_at_checked(STEAM.len())
        && start.eq_ignore_ascii_case(STEAM)
    {
        return steam(rest);
    }
    let reading = KeyUri::parse_lenient(uri)?;
    let repairs = reading.findings.into_iter().map(Repair::Uri).collect();
    Ok(Entry { repairs, ..Entry::from(reading.uri) })
}

/// Reads a Steam Guard URI as the TOTP URI that has its parameters.
fn steam(rest: &str) -> Result<Entry, LineFault> {
    let (label, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mut uri = Zeroizing::new(String::with_capacity(rest.len().saturating_add(16)));
    uri.extend(["otpauth://totp/", label, "?"]);
    for (index, pair) in query.split('&').enumerate() {
        // Six stands in for five, which is no number of digits and as long to write.
        let pair = match pair {
            "digits=5" => "digits=6",
            _ if pair.starts_with("digits=") => return Err(LineFault::Steam),
            _ => pair,
        };
        uri.extend([if index == 0 { "" } else { "&" }, pair]);
    }
    let reading = KeyUri::parse_lenient(&uri).map_err(one_on)?;
    let KeyUri { label, secret, algorithm, digits, factor } = reading.uri;
    let usual = Factor::Totp { period: Period::default() };
    if (algorithm, digits, factor) != (Algorithm::Sha1, Digits::Six, usual) {
        return Err(LineFault::Steam);
    }
    let repairs = reading.findings.into_iter().map(|fault| Repair::Uri(one_on(fault))).collect();
    Ok(Entry { repairs, ..Entry::from(SteamAccount { label, secret }) })
}

/// The same fault one byte further on: `steam` is one longer than `totp`.
fn one_on(mut fault: UriFault) -> UriFault {
    fault.at = fault.at.saturating_add(1);
    fault
}
