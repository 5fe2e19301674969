//! The JSON of <https://www.gov.uk/bank-holidays.json>.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Calendar, Division};
use crate::{Date, DateError};

/// Forty times what was published in 2026.
const MAX_BYTES: usize = 4 * 1024 * 1024;

#[derive(Deserialize)]
struct Part {
    events: Vec<Event>,
}

#[derive(Deserialize)]
struct Event {
    date: String,
}

pub(super) fn read(json: &[u8], division: Division) -> Result<Calendar, CalendarError> {
    if json.len() > MAX_BYTES {
        return Err(CalendarError::Length { length: json.len() });
    }
    let parts: BTreeMap<String, Part> = serde_json::from_slice(json)
        .map_err(|error| CalendarError::Json { line: error.line(), column: error.column() })?;
    let part = parts.get(division.name()).ok_or(CalendarError::Division)?;
    let parse = |(event, of): (usize, &Event)| {
        Date::parse(&of.date).map_err(|error| CalendarError::Date { event, error })
    };
    let holidays = part.events.iter().enumerate().map(parse).collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(last)) = (holidays.iter().min(), holidays.iter().max()) else {
        return Err(CalendarError::Incomplete { year: None });
    };
    check_complete(&holidays, first.year(), last.year())?;
    let span = (Date::new(first.year(), 1, 1), Date::new(last.year(), 12, 31));
    let (Ok(first), Ok(last)) = span else { return Err(CalendarError::Span) };
    Calendar::from_holidays(division.name(), first, last, &holidays)
}

/// Every year must have Christmas, and no fewer holidays than any year had: a file that was cut
/// off would otherwise turn holidays into working days.
fn check_complete(holidays: &[Date], first: u16, last: u16) -> Result<(), CalendarError> {
    let mut years: BTreeMap<u16, (u32, bool)> =
        (first..=last).map(|year| (year, (0, false))).collect();
    for date in holidays {
        let (count, has_christmas) = years.entry(date.year()).or_default();
        *count = count.saturating_add(1);
        *has_christmas |= date.month() == 12 && date.day() >= 25;
    }
    let incomplete = years.iter().find(|(_, (count, has_christmas))| *count < 8 || !has_christmas);
    match incomplete {
        None => Ok(()),
        Some((year, _)) => Err(CalendarError::Incomplete { year: Some(*year) }),
    }
}

/// Why there is no calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// Longer than any such file.
    #[error("{length} bytes; a file of bank holidays has at most {MAX_BYTES}")]
    Length {
        /// In bytes.
        length: usize,
    },
    /// Not JSON of that form.
    #[error("line {line}, column {column}: not the JSON of gov.uk/bank-holidays.json")]
    Json {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// The division is not in the file.
    #[error("the file does not have this division")]
    Division,
    /// An event without a date.
    #[error("event {event}: {error}")]
    Date {
        /// Counted from 0 within the division.
        event: usize,
        /// What is wrong with it.
        error: DateError,
    },
    /// A year with fewer than eight holidays, or without Christmas.
    #[error("the holidays of {} are not complete", year.map_or_else(|| "every year".into(), |year| year.to_string()))]
    Incomplete {
        /// Which; none if there are no holidays at all.
        year: Option<u16>,
    },
    /// The last day is before the first.
    #[error("the last day is before the first")]
    Span,
}
