//! Civil dates as the law counts them: whole days, no times, no zones.
//!
//! A date is the number of days since 1970-01-01. Bank holidays are looked up by that number and
//! periods walked along it, so that it is kept rather than year, month and day.

use core::fmt;
use std::borrow::Cow;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day of the Gregorian calendar, from 1900-01-01 to 2199-12-31.
///
/// ```
/// use upheld_consent::{Date, Weekday};
///
/// let date = Date::parse("2026-01-31")?;
/// assert_eq!(date.weekday(), Weekday::Saturday);
/// assert_eq!(date.plus_months(1), Date::parse("2026-02-28").ok());
/// # Ok::<(), upheld_consent::DateError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there are seven")]
#[expect(missing_docs, reason = "their names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

const FIRST_YEAR: i32 = 1900;
const LAST_YEAR: i32 = 2199;

impl Date {
    /// The first date there is.
    pub const MIN: Self = Self(days_from_civil(FIRST_YEAR, 1, 1));
    /// The last date there is.
    pub const MAX: Self = Self(days_from_civil(LAST_YEAR, 12, 31));

    /// Takes year, month (1 to 12) and day (1 to 31).
    ///
    /// # Errors
    ///
    /// [`DateError`] when there is no such day.
    pub const fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        #[expect(clippy::as_conversions, reason = "`From` is not const; widening")]
        let (year, month, day) = (year as i32, month as i32, day as i32);
        if year < FIRST_YEAR || year > LAST_YEAR {
            return Err(DateError::Year);
        }
        if month < 1 || month > 12 {
            return Err(DateError::Month);
        }
        if day < 1 || day > days_in_month(year, month) {
            return Err(DateError::Day);
        }
        Ok(Self(days_from_civil(year, month, day)))
    }

    /// Reads `YYYY-MM-DD` (RFC 3339 `full-date`).
    ///
    /// # Errors
    ///
    /// [`DateError`].
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let parts = text.as_bytes().first_chunk::<10>().filter(|bytes| bytes.len() == text.len());
        let Some([year @ .., b'-', m0, m1, b'-', d0, d1]) = parts else {
            return Err(DateError::Form);
        };
        let number = |digits: &[u8]| {
            let mut number = 0_u16;
            for digit in digits {
                let value = digit.checked_sub(b'0').filter(|value| *value < 10)?;
                number = number.checked_mul(10)?.checked_add(value.into())?;
            }
            Some(number)
        };
        let two = |digits: [u8; 2]| number(&digits).and_then(|number| u8::try_from(number).ok());
        let (Some(year), Some(month), Some(day)) = (number(year), two([*m0, *m1]), two([*d0, *d1]))
        else {
            return Err(DateError::Form);
        };
        Self::new(year, month, day)
    }

    /// The year, 1900 to 2199.
    #[must_use]
    pub fn year(self) -> u16 {
        let (year, _, _) = civil_from_days(self.0);
        u16::try_from(year).unwrap_or_default()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        let (_, month, _) = civil_from_days(self.0);
        u8::try_from(month).unwrap_or_default()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        let (_, _, day) = civil_from_days(self.0);
        u8::try_from(day).unwrap_or_default()
    }

    /// The day of the week.
    #[must_use]
    pub const fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        match self.0.wrapping_add(3).rem_euclid(7) {
            0 => Weekday::Monday,
            1 => Weekday::Tuesday,
            2 => Weekday::Wednesday,
            3 => Weekday::Thursday,
            4 => Weekday::Friday,
            5 => Weekday::Saturday,
            _ => Weekday::Sunday,
        }
    }

    /// Whether it is a Saturday or a Sunday.
    #[must_use]
    pub const fn is_weekend(self) -> bool {
        self.0.wrapping_add(3).rem_euclid(7) > 4
    }

    /// The date so many days later, or earlier; `None` outside the range.
    #[must_use]
    pub fn plus_days(self, days: i32) -> Option<Self> {
        let date = Self(self.0.checked_add(days)?);
        (Self::MIN..=Self::MAX).contains(&date).then_some(date)
    }

    /// The same day of the month so many months later, or the last day of that month where it has
    /// none such; `None` outside the range.
    //= Regulation 1182/71, Article 3(2)(c): ends on the same date of the last month, or on its last day
    #[must_use]
    pub fn plus_months(self, months: u16) -> Option<Self> {
        let (year, month, day) = civil_from_days(self.0);
        let months = month.saturating_sub(1).saturating_add(months.into());
        let year = year.saturating_add(months / 12);
        let month = (months % 12).saturating_add(1);
        let day = day.min(days_in_month(year, month));
        (year <= LAST_YEAR).then(|| Self(days_from_civil(year, month, day)))
    }

    /// The same day of the month so many months earlier, or the last day of that month where it
    /// has none such; `None` outside the range.
    #[must_use]
    pub fn minus_months(self, months: u8) -> Option<Self> {
        let (year, month, day) = civil_from_days(self.0);
        let all = year.saturating_mul(12).saturating_add(month).saturating_sub(1);
        let all = all.saturating_sub(months.into());
        let (year, month) = (all.div_euclid(12), all.rem_euclid(12).saturating_add(1));
        let day = day.min(days_in_month(year, month));
        (year >= FIRST_YEAR).then(|| Self(days_from_civil(year, month, day)))
    }

    /// How many days this date is after `earlier`.
    #[must_use]
    pub const fn days_since(self, earlier: Self) -> i32 {
        self.0.wrapping_sub(earlier.0)
    }

    /// The day after, which may be one past [`Date::MAX`].
    pub(crate) const fn next(self) -> Self {
        self.later(1)
    }

    /// The day so many days later, which may be past [`Date::MAX`].
    pub(crate) const fn later(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
///
/// Years begin in March, so that the leap day is the last of them; a month is 30.6 days.
#[expect(clippy::arithmetic_side_effects, reason = "years are 1900 to 2200")]
const fn days_from_civil(year: i32, month: i32, day: i32) -> i32 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

/// The reverse, for dates of the range.
#[expect(clippy::arithmetic_side_effects, reason = "years are 1900 to 2200")]
const fn civil_from_days(days: i32) -> (i32, i32, i32) {
    let days = days + 719_468;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = year + era * 400;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

const fn days_in_month(year: i32, month: i32) -> i32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    /// Writes `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    /// Writes the text `YYYY-MM-DD`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    /// Reads the text `YYYY-MM-DD`.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'_, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// Why there is no such date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// Not `YYYY-MM-DD`.
    #[error("a date is written YYYY-MM-DD")]
    Form,
    /// Outside the range.
    #[error("the year is outside 1900 to 2199")]
    Year,
    /// No such month.
    #[error("the month is not 01 to 12")]
    Month,
    /// No such day in that month.
    #[error("the month has no such day")]
    Day,
}
