//! A length of time in the calendar.

use core::fmt;

use crate::Date;

/// Years, months or days. The last day is still within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period {
    unit: Unit,
    count: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Unit {
    Years,
    Months,
    Days,
}

impl Period {
    /// So many years.
    #[must_use]
    pub const fn years(count: u16) -> Self {
        Self { unit: Unit::Years, count }
    }

    /// So many months.
    #[must_use]
    pub const fn months(count: u16) -> Self {
        Self { unit: Unit::Months, count }
    }

    /// So many days.
    #[must_use]
    pub const fn days(count: u16) -> Self {
        Self { unit: Unit::Days, count }
    }

    pub(super) const fn is_zero(self) -> bool {
        self.count == 0
    }

    /// The last day of the period that runs from `day`: the same date, or the last of its month
    /// where there is none such. `None` after 2199.
    //= Regulation 1182/71, Article 3(2)(c): ends on the same date of the last month, or on its last day
    #[must_use]
    pub fn after(self, day: Date) -> Option<Date> {
        let count = i32::from(self.count);
        let months = match self.unit {
            Unit::Days => return day.plus_days(count),
            Unit::Months => count,
            Unit::Years => count.checked_mul(12)?,
        };
        let month = i32::from(day.month()).checked_sub(1)?.checked_add(months)?;
        let year = u16::try_from(i32::from(day.year()).checked_add(month.div_euclid(12))?).ok()?;
        let month = u8::try_from(month.rem_euclid(12).checked_add(1)?).ok()?;
        (28..=day.day()).rev().chain([day.day()]).find_map(|day| Date::new(year, month, day).ok())
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Years => "year",
            Unit::Months => "month",
            Unit::Days => "day",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}
