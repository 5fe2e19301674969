//! Civil days, for what is agreed by the day.

use core::fmt;

use crate::UnixSeconds;
use crate::date::{date, days, length_of_month};

/// A day, counted from 1 January 1970.
///
/// ```
/// use upheld_cookies::{Day, UnixSeconds};
///
/// let day = Day::parse("2026-02-05")?;
/// assert_eq!(day.to_string(), "2026-02-05");
/// assert_eq!(Day::of(UnixSeconds(1_770_300_000)), day);
/// # Ok::<(), upheld_cookies::DayError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// Why a text is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DayError {
    /// Another form.
    #[error("a day is written YYYY-MM-DD, from 1601 on")]
    Form,
    /// No such day in the calendar.
    #[error("the calendar has no such day")]
    Calendar,
}

impl Day {
    /// Reads `2026-02-05`.
    ///
    /// # Errors
    ///
    /// [`DayError`].
    ///
    /// # Source
    ///
    /// RFC 3339 §5.6 (full-date).
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else {
            return Err(DayError::Form);
        };
        let year = digits(&[y1, y2, y3, y4]).filter(|year| *year >= 1601).ok_or(DayError::Form)?;
        let month = digits(&[m1, m2]).ok_or(DayError::Form)?;
        let day = digits(&[d1, d2]).ok_or(DayError::Form)?;
        let month = usize::try_from(month).unwrap_or_default();
        if !(1..=12).contains(&month) {
            return Err(DayError::Calendar);
        }
        let month = month.saturating_sub(1);
        if day < 1 || day > length_of_month(year, month) {
            return Err(DayError::Calendar);
        }
        i32::try_from(days(year, month, day)).map(Self).map_err(|_| DayError::Form)
    }

    /// The day in UTC on which a moment falls; moments before 1601 and after 9999 are clamped.
    #[must_use]
    pub fn of(moment: UnixSeconds) -> Self {
        let moment = moment.clamp(UnixSeconds::EARLIEST, UnixSeconds::LATEST);
        Self(i32::try_from(moment.0.div_euclid(86_400)).unwrap_or(i32::MAX))
    }

    /// A day so many days after 1 January 1970, clamped to 1601 to 9999.
    #[must_use]
    pub fn from_days(days: i32) -> Self {
        Self::of(UnixSeconds(i64::from(days).saturating_mul(86_400)))
    }

    /// How many days after 1 January 1970 it is.
    #[must_use]
    pub const fn as_days(self) -> i32 {
        self.0
    }

    /// How many days it is from `earlier` to this one; negative if that comes later.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        i64::from(self.0).saturating_sub(i64::from(earlier.0))
    }
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0_i64, |number, byte| {
        let digit = char::from(*byte).to_digit(10)?;
        Some(number.saturating_mul(10).saturating_add(i64::from(digit)))
    })
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(i64::from(self.0));
        write!(f, "{year:04}-{:02}-{day:02}", month.saturating_add(1))
    }
}
