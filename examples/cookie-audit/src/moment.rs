//! Moments: from the clock, or as a person writes them.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use jiff::Timestamp;
use upheld_cookies::UnixSeconds;

/// The moment that was given, or the clock's.
pub(crate) fn or_now(given: Option<UnixSeconds>) -> Result<UnixSeconds> {
    if let Some(moment) = given {
        return Ok(moment);
    }
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = since.context("the clock of this machine stands before 1970")?;
    Ok(UnixSeconds(i64::try_from(since.as_secs())?))
}

/// Reads seconds since 1970, or an RFC 3339 date and time with its offset from UTC.
pub(crate) fn parse(text: &str) -> Result<UnixSeconds, &'static str> {
    if let Ok(seconds) = text.parse() {
        return Ok(UnixSeconds(seconds));
    }
    let moment: Timestamp = text.parse().map_err(|_| {
        "it must be seconds since 1970, or a date, time and offset such as 2026-03-01T12:00:00Z"
    })?;
    Ok(UnixSeconds(moment.as_second()))
}
