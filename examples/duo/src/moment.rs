//! Moments: from the clock, or as a person writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use jiff::Timestamp;
use upheld_duo::UnixSeconds;

pub(crate) fn now() -> Result<UnixSeconds> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(UnixSeconds(since.context("the clock of this machine stands before 1970")?.as_secs()))
}

/// Reads seconds since 1970, or an RFC 3339 date and time with its offset from UTC.
pub(crate) fn parse(text: &str) -> Result<UnixSeconds, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(UnixSeconds(seconds));
    }
    let moment: Timestamp = text.parse().map_err(|_| {
        "it must be seconds since 1970, or a date, time and offset such as 2026-03-01T12:00:00Z"
    })?;
    let seconds = u64::try_from(moment.as_second());
    seconds.map(UnixSeconds).map_err(|_| "it must not be before 1970".to_owned())
}

/// Writes a moment as RFC 3339, in UTC; as seconds where that has no year for it.
pub(crate) fn text(moment: UnixSeconds) -> String {
    let written = i64::try_from(moment.0).ok().and_then(|s| Timestamp::from_second(s).ok());
    written.map_or_else(|| moment.0.to_string(), |moment| moment.to_string())
}
