//! Which days are working days, and where nobody knows yet.

use std::borrow::Cow;

use crate::Date;

mod gov_uk;
mod rule;
mod table;

pub use gov_uk::CalendarError;

/// A part of the United Kingdom with bank holidays of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "Banking and Financial Dealings Act 1971, Schedule 1")]
pub enum Division {
    /// England and Wales.
    EnglandAndWales,
    /// Scotland.
    Scotland,
    /// Northern Ireland.
    NorthernIreland,
}

impl Division {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::EnglandAndWales, Self::Scotland, Self::NorthernIreland];

    /// The name in the gov.uk data: `england-and-wales`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::EnglandAndWales => "england-and-wales",
            Self::Scotland => "scotland",
            Self::NorthernIreland => "northern-ireland",
        }
    }
}

/// Days off and working days, over the years for which they are known.
///
/// A day outside those years is neither: asking for it is an error, because a deadline that
/// overlooks a bank holiday is wrong, and one announced late is overlooked. [`Calendar::projected`]
/// goes on by the rules of the past, and a deadline that used them says so.
///
/// ```
/// use upheld_consent::{Calendar, Date, Division};
///
/// let calendar = Calendar::of(Division::EnglandAndWales);
/// assert_eq!(calendar.is_working_day(Date::new(2026, 12, 28)?), Ok(false)); // for Boxing Day
/// assert!(calendar.is_working_day(Date::new(2031, 1, 2)?).is_err());
/// # Ok::<(), upheld_consent::DateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calendar {
    name: Cow<'static, str>,
    first: Date,
    last: Date,
    /// One bit a day from the first on, set for days off that are no weekend.
    holidays: Cow<'static, [u64]>,
    beyond: Beyond,
}

#[derive(Clone, Copy, Debug)]
enum Beyond {
    Unknown,
    Rule(Division),
    Weekends,
}

impl Calendar {
    /// Saturdays and Sundays off, for ever, and no holidays.
    ///
    /// Every holiday it does not know could make a deadline later, none earlier: what is computed
    /// with it is never too late, and sometimes earlier than the law allows.
    pub const WEEKENDS: Self = Self {
        name: Cow::Borrowed("weekends"),
        first: Date::MIN,
        last: Date::MIN,
        holidays: Cow::Borrowed(&[]),
        beyond: Beyond::Weekends,
    };

    /// The bank holidays of a division from 2012 to 2028.
    ///
    /// # Source
    ///
    /// <https://www.gov.uk/bank-holidays> (Open Government Licence v3.0) as of February 2026, and
    /// the proclamation under section 1(3) of the Banking and Financial Dealings Act 1971 that
    /// appoints 15 June 2026 in Scotland.
    #[must_use]
    pub const fn of(division: Division) -> Self {
        Self {
            name: Cow::Borrowed(division.name()),
            first: table::FIRST,
            last: table::LAST,
            holidays: Cow::Borrowed(table::bits(division)),
            beyond: Beyond::Unknown,
        }
    }

    /// Goes on beyond the known years by the rules of the Banking and Financial Dealings Act 1971
    /// and its practice: holidays that are moved or added for an occasion are not foreseen.
    #[must_use]
    pub fn projected(self, division: Division) -> Self {
        Self { beyond: Beyond::Rule(division), ..self }
    }

    /// Makes a calendar of holidays known from `first` to `last`; those outside are left out.
    ///
    /// # Errors
    ///
    /// [`CalendarError::Span`] when `last` is before `first`.
    pub fn from_holidays(
        name: &str,
        first: Date,
        last: Date,
        holidays: &[Date],
    ) -> Result<Self, CalendarError> {
        let days = usize::try_from(last.days_since(first)).map_err(|_| CalendarError::Span)?;
        let mut bits = vec![0_u64; (days / 64).saturating_add(1)];
        for holiday in holidays.iter().filter(|date| (first..=last).contains(*date)) {
            let (word, bit) = place(first, *holiday);
            if let Some(word) = bits.get_mut(word) {
                *word |= bit;
            }
        }
        let (name, holidays) = (Cow::Owned(name.into()), Cow::Owned(bits));
        Ok(Self { name, first, last, holidays, beyond: Beyond::Unknown })
    }

    /// Reads the JSON that gov.uk publishes at <https://www.gov.uk/bank-holidays.json>.
    ///
    /// Take a newer file when a bank holiday is announced; the built-in calendar changes with a
    /// release.
    ///
    /// # Errors
    ///
    /// [`CalendarError`], also when the last year of the file is not complete.
    pub fn from_gov_uk_json(json: &[u8], division: Division) -> Result<Self, CalendarError> {
        gov_uk::read(json, division)
    }

    /// What the calendar is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether people work on `date`.
    ///
    /// # Errors
    ///
    /// [`OutsideCoverage`] when nobody knows.
    //= Regulation 1182/71, Article 2: working days are all but public holidays, Sundays and Saturdays
    #[inline]
    pub fn is_working_day(&self, date: Date) -> Result<bool, OutsideCoverage> {
        if !self.covers(date) {
            return self.is_working_day_beyond(date);
        }
        let (word, bit) = place(self.first, date);
        let is_holiday = self.holidays.get(word).is_some_and(|word| word & bit != 0);
        Ok(!is_holiday && !date.is_weekend())
    }

    /// Whether `date` lies in the years for which the holidays are known.
    #[must_use]
    pub fn covers(&self, date: Date) -> bool {
        (self.first..=self.last).contains(&date)
    }

    /// Whether what is said of `date` follows from rules of the past alone.
    #[must_use]
    pub fn is_projected(&self, date: Date) -> bool {
        matches!(self.beyond, Beyond::Rule(_)) && !self.covers(date)
    }

    /// Whether it knows of no holidays at all.
    pub(crate) const fn is_of_weekends(&self) -> bool {
        matches!(self.beyond, Beyond::Weekends)
    }

    #[cold]
    fn is_working_day_beyond(&self, date: Date) -> Result<bool, OutsideCoverage> {
        match self.beyond {
            Beyond::Unknown => Err(OutsideCoverage { date, first: self.first, last: self.last }),
            Beyond::Weekends => Ok(!date.is_weekend()),
            Beyond::Rule(division) => {
                Ok(!date.is_weekend() && !rule::is_bank_holiday(division, date))
            }
        }
    }
}

/// Where in the bits a day of the span is.
fn place(first: Date, date: Date) -> (usize, u64) {
    let offset = u32::try_from(date.days_since(first)).unwrap_or(u32::MAX);
    let bit = 1_u64.checked_shl(offset % 64).unwrap_or_default();
    (usize::try_from(offset / 64).unwrap_or(usize::MAX), bit)
}

/// A day of which it is not known whether it is a working day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the holidays of {date} are not known, only those from {first} to {last}; load newer ones or ask for a projection"
)]
pub struct OutsideCoverage {
    date: Date,
    first: Date,
    last: Date,
}
